/** What may stand as a method, in mocks and in examples. */
import { SpecError } from '../../core/matcher.ts'

/** Throws SpecError, its path from what holds the key. */
export const checkMethod = (method: string | undefined): void => {
  if (method === undefined) return
  if (method === 'ANY')
    throw new SpecError('ANY is no method', ['method'], 'leave method out: then any method matches')
  if (/^[a-z]+$/.test(method)) {
    throw new SpecError(
      `methods are compared as they stand, and ${method} is not sent by any client`,
      ['method'],
      `write ${method.toUpperCase()}`,
    )
  }
  if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(method))
    throw new SpecError(`"${method}" is no method`, ['method'])
}
