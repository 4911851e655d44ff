/** Nothing starts with files that have mistakes. */
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'

/** Throws `code` with all of them, if there is an error among them. */
export const refuseProblems = (
  problems: readonly Problem[],
  code: 'MOCK_FILE_INVALID' | 'DRILL_INVALID' | 'DEFINITION_INVALID' | 'CONTRACT_INVALID',
  kind: string,
): void => {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  const files = new Set(errors.map(({ at }) => at.file)).size
  throw new SvcMockError(code, `${count(errors.length, 'mistake')} in ${count(files, kind)}`, {
    details: { problems },
  })
}

export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
