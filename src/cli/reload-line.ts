/** A reload in two forms: a few lines for people, an object for --json. */
import type { ReloadRecord } from '../app/running.ts'
import { renderProblems } from './render-problems.ts'
import type { Style } from './style.ts'

export const reloadLine = (record: ReloadRecord): object => ({
  type: 'reload',
  changed: record.changed,
  mocks: record.mocks,
  problems: record.problems,
  healed: record.healed,
  needsRestart: record.needsRestart,
})

const names = (files: readonly string[]): string =>
  files.length <= 3 ? files.join(', ') : `${files.slice(0, 3).join(', ')} and ${files.length - 3} more`

export const renderReload = (record: ReloadRecord, style: Style): string => {
  const { changed, healed, needsRestart, problems } = record
  const lines = [style.dim(`reloaded ${names(changed)}: ${record.mocks} mocks`)]
  if (healed.length > 0) lines.push(style.green(`healed ${names(healed)}`))
  for (const text of needsRestart) lines.push(style.yellow(`needs a restart: ${text}`))
  if (problems.length > 0) {
    const broken = problems.some(({ severity }) => severity === 'error')
    lines.push(renderProblems(problems, style))
    if (broken) lines.push(style.yellow('what is broken keeps its last good version'))
  }
  return lines.join('\n')
}
