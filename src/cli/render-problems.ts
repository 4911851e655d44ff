/** The list of everything that is wrong in a user's files: sorted by place, each with its frame and hint, cut at 50. */
import type { Problem } from '../core/problem.ts'
import { formatLocation } from '../core/source.ts'
import type { Style } from './style.ts'

const shownAtMost = 50

export const sortProblems = (problems: readonly Problem[]): Problem[] =>
  [...problems].sort(
    (a, b) =>
      (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : 0) ||
      a.at.line - b.at.line ||
      a.at.column - b.at.column,
  )

const indent = (text: string): string => text.replace(/^/gm, '    ')

/** What a file holds is shown, and must not speak to the terminal. */
const printable = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')

const renderProblem = (problem: Problem, style: Style): string => {
  const severity = problem.severity === 'error' ? style.red('error') : style.yellow('warning')
  const lines = [
    `${style.bold(formatLocation(problem.at))}  ${severity} ${printable(problem.message)} ${style.dim(problem.code)}`,
  ]
  if (problem.frame) lines.push(indent(style.dim(problem.frame.trimEnd())))
  if (problem.hint) lines.push(`    ${style.cyan('hint:')} ${printable(problem.hint)}`)
  return lines.join('\n')
}

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`

/** `2 errors, 1 warning in 2 files`. */
export const problemSummary = (problems: readonly Problem[]): string => {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const parts = [errors > 0 && count(errors, 'error'), warnings > 0 && count(warnings, 'warning')]
  const files = new Set(problems.map(({ at }) => at.file)).size
  return `${parts.filter(Boolean).join(', ')} in ${count(files, 'file')}`
}

export const renderProblems = (problems: readonly Problem[], style: Style): string => {
  const shown = sortProblems(problems).slice(0, shownAtMost)
  const blocks = shown.map((problem) => renderProblem(problem, style))
  const rest = problems.length - shown.length
  if (rest > 0) blocks.push(style.dim(`… and ${rest} more`))
  return blocks.join('\n\n')
}
