/** What became of contracts, for people. */
import type { HandOver } from '../app/handover/hand-over.ts'
import type { Style } from './style.ts'

export const renderHandOver = (one: HandOver, style: Style): string => {
  if (one.kind === 'skipped') return style.yellow(`no contract is written: ${one.reason}`)
  const { files, left, notes } = one
  const lines = files.map(({ file, interactions, change }) =>
    change === 'removed'
      ? `  ${file}  ${style.yellow('removed, because nothing of it was used')}`
      : `  ${file}  ${interactions} ${interactions === 1 ? 'interaction' : 'interactions'}  ${style.dim(change)}`,
  )
  const outside = Object.entries(left).map(([reason, n]) => `${n} ${reason}`)
  return [
    '',
    style.bold('contracts'),
    ...(lines.length > 0 ? lines : [style.dim('  no mock was used')]),
    ...(outside.length > 0 ? [style.yellow(`calls that are in no contract: ${outside.join(', ')}`)] : []),
    ...notes.map((note) => style.dim(`  ${note}`)),
  ].join('\n')
}
