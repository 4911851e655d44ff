/** One entry of the error table, for `explain <CODE>`. */
import { type ErrorCode, errors, exitCodes, type Fault, SvcMockError } from '../core/errors.ts'
import { nearest } from './nearest.ts'

export interface CodeExplanation {
  readonly code: string
  readonly fault: Fault
  readonly exitCode: number
  readonly summary: string
  readonly hint: string
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errors, code)

export const explainCode = (text: string): CodeExplanation => {
  const code = text.toUpperCase()
  if (!isCode(code)) {
    const meant = nearest(code, Object.keys(errors))
    throw new SvcMockError('FLAG_INVALID', `there is no error code ${code}`, {
      hint: meant
        ? `did you mean ${meant}?`
        : 'for a call, give a method and a url: svc-mock explain GET http://host/path',
    })
  }
  const { fault, summary, hint } = errors[code]
  return { code, fault, exitCode: exitCodes[fault], summary, hint }
}
