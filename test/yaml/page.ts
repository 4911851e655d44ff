/** A page of problems as the terminal shows it, for golden files. */
import type { Problem } from '../../src/core/problem.ts'
import { formatLocation } from '../../src/core/source.ts'

export const page = (problems: readonly Problem[]): string =>
  problems
    .map((p) => {
      const hint = p.hint === undefined ? '' : `\n  hint: ${p.hint}`
      return `${p.severity} ${p.code} ${formatLocation(p.at)}\n  ${p.message}\n${p.frame ?? ''}${hint}\n`
    })
    .join('\n')
