/** `--case`: a name that no fixture has is a slip of the pen. */
import { SvcMockError } from '../../core/errors.ts'
import { nearest } from '../../yaml/nearest.ts'

/** Throws FLAG_INVALID. */
export const refuseUnknownCases = (asked: readonly string[], known: readonly string[]): void => {
  const wrong = asked.find((name) => !known.includes(name))
  if (wrong === undefined) return
  const near = nearest(wrong, known)
  throw new SvcMockError('FLAG_INVALID', `no fixture was recorded with the case ${wrong}`, {
    hint: near === undefined ? `cases: ${known.join(', ') || 'none'}` : `did you mean ${near}?`,
  })
}
