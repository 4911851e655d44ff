/** What `start` and `record` say at their end of the contracts that were in force: each way of breaking one, with how often. */
import type { Running } from '../app/running.ts'
import type { Output } from './output.ts'
import { violationLines } from './render-violation.ts'

const shownAtMost = 50

/** Nothing, where none was broken. */
export const endOfContracts = (out: Output, running: Running): void => {
  const violations = running.violations()
  if (violations.length === 0) return
  out.line({ type: 'violations', violations })
  if (out.json) return
  const lines = violationLines(violations, out.errorStyle)
  const rest = lines.length - shownAtMost
  out.log(
    [
      out.errorStyle.bold('contracts were broken:'),
      ...lines.slice(0, shownAtMost),
      ...(rest > 0 ? [out.errorStyle.dim(`  … and ${rest} more`)] : []),
    ].join('\n'),
  )
}
