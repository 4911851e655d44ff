/** The end of every contract command: files that flags ask for, the table or the one document, and the exit code. */
import { Flags } from '@oclif/core'
import {
  type ContractReport,
  countBySeverity,
  github,
  reportForms,
  severities,
  severityWords,
  sortFindings,
  type Violation,
  writeReport,
} from '../app/contract-view.ts'
import { exitCodes, SvcMockError } from '../core/errors.ts'
import { formatLocation } from '../core/source.ts'
import type { Output } from './output.ts'
import { problemSummary, renderProblems } from './render-problems.ts'
import type { Style } from './style.ts'

const shownAtMost = 200

const reportFile = (form: string) =>
  Flags.string({ helpGroup: 'REPORT', helpValue: '<file>', summary: `write the report as ${form} too` })

/** For `static flags` of a command. */
export const reportFlags = {
  all: Flags.boolean({ helpGroup: 'REPORT', summary: 'show what is no violation, too' }),
  github: Flags.boolean({
    allowNo: true,
    helpGroup: 'REPORT',
    summary: 'annotate files for GitHub; the default inside GitHub Actions',
  }),
  gitlab: reportFile("GitLab's code quality report"),
  html: reportFile('an HTML page that stands alone'),
  junit: reportFile('JUnit XML'),
  sarif: reportFile('SARIF'),
}

export interface ReportOptions {
  /** The parsed flags of the command, reportFlags among them. */
  readonly flags: Readonly<Record<string, unknown>>
  /** Of svc-mock. */
  readonly version: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** What people are shown; default the findings by file. */
  readonly render?: (style: Style, all: boolean) => string
  /** What went wrong after all was verified: it is thrown when the report has been printed. */
  readonly failed?: SvcMockError | undefined
}

/** Returns the exit code: 0, 1 with violations. Throws CONTRACT_INVALID (exit 2) when files could not be used. */
export const printContractReport = (
  out: Output,
  unsorted: ContractReport,
  { flags, version, env, failed, render }: ReportOptions,
): number => {
  const report = { ...unsorted, findings: sortFindings(unsorted.findings) }
  for (const { flag, render } of reportForms) {
    const path = flags[flag]
    if (typeof path === 'string') writeReport(`--${flag}`, path, render(report, version))
  }
  const annotations = (flags['github'] ?? env['GITHUB_ACTIONS'] === 'true') ? github(report.findings) : ''
  // The runner reads both streams; stdout belongs to the table, or to the one document.
  if (annotations !== '') out.warn(annotations)
  const counts = countBySeverity(report.findings)
  const broken = report.problems.some(({ severity }) => severity === 'error')
  if (!out.json || (!broken && failed === undefined)) {
    out.document({ ...report, counts })
    const all = flags['all'] === true
    out.print(render === undefined ? renderReport(report, out.style, all) : render(out.style, all))
  }
  if (failed !== undefined)
    throw new SvcMockError(failed.code, failed.message, { hint: failed.hint, details: { ...report, counts } })
  if (broken) {
    throw new SvcMockError('CONTRACT_INVALID', brokenWords(report), {
      details: { ...report, counts, problems: report.problems },
    })
  }
  if (report.problems.length > 0 && !out.json) {
    out.warn(renderProblems(report.problems, out.errorStyle))
    out.warn(problemSummary(report.problems))
  }
  return counts.violation > 0 ? exitCodes.check : 0
}

const brokenWords = ({ problems, checked }: ContractReport): string => {
  const files = new Set(problems.filter(({ severity }) => severity === 'error').map(({ at }) => at.file))
  const [only] = files
  const what = files.size === 1 ? `${only} could not be used` : `${files.size} files could not be used`
  return `${what}; ${count(checked.length, 'thing')} checked without ${files.size === 1 ? 'it' : 'them'}`
}

export const renderReport = (report: ContractReport, style: Style, all: boolean): string => {
  const wanted = report.findings.filter(({ severity }) => all || isTold(severity))
  const shown = wanted.slice(0, shownAtMost)
  const blocks = [...Map.groupBy(shown, ({ at }) => at.file)].map(([file, own]) =>
    [style.bold(printable(file)), ...own.flatMap((one) => findingLines(one, style))].join('\n'),
  )
  if (wanted.length > shown.length)
    blocks.push(style.dim(`… and ${wanted.length - shown.length} more; --json and the report files have all`))
  return [...blocks, summary(report, style, all)].join('\n\n')
}

const isTold = (severity: Violation['severity']): boolean =>
  severity === 'violation' || severity === 'pending' || severity === 'dataMissing'

const findingLines = (one: Violation, style: Style): string[] => {
  const { severity, operation, mock, consumer, at, path, message, expected, actual, contract, since, hint } =
    one
  const paint = severity === 'violation' ? style.red : isTold(severity) ? style.yellow : style.dim
  const by = mock === undefined || mock === operation ? '' : `${printable(mock)} ${style.dim('›')} `
  const lines = [
    `  ${paint(severityWords[severity])}  ${consumer === undefined ? '' : `${printable(consumer)}: `}${by}${printable(operation)}  ${style.dim(formatLocation(at))}`,
    `    ${path === '' ? '' : `${style.bold(printable(path))}: `}${printable(message)}`,
  ]
  if (expected !== undefined) lines.push(`    expected ${style.green(printable(expected))}`)
  if (actual !== undefined) lines.push(`    got      ${style.red(printable(actual))}`)
  if (contract !== undefined || since !== undefined) {
    const place = contract === undefined ? '' : ` ${formatLocation(contract)}`
    lines.push(style.dim(`    contract${place}${since === undefined ? '' : `, since ${since}`}`))
  }
  if (hint !== undefined) lines.push(`    ${style.cyan('hint:')} ${printable(hint)}`)
  return lines
}

const summary = ({ checked, findings, skipped, durationMs }: ContractReport, style: Style, all: boolean) => {
  const counts = countBySeverity(findings)
  const parts = severities.flatMap((severity) => {
    const n = counts[severity]
    if (n === 0) return []
    const words =
      severity === 'violation' || severity === 'note' ? plural(n, severity) : severityWords[severity]
    return severity === 'violation' ? [style.red(`${n} ${words}`)] : [`${n} ${words}`]
  })
  if (counts.violation === 0) parts.unshift(style.green('no violation'))
  const left = Object.entries(skipped).map(([reason, n]) => `${n} ${printable(reason)}`)
  const rest = left.length === 0 ? '' : style.dim(`; not checked: ${left.join(', ')}`)
  const hidden =
    !all && findings.some(({ severity }) => !isTold(severity)) ? style.dim(' (--all shows them)') : ''
  return `${parts.join(', ')}${hidden} in ${count(checked.length, 'thing')} checked, ${Math.round(durationMs)} ms${rest}`
}

const plural = (n: number, what: string): string => (n === 1 ? what : `${what}s`)
const count = (n: number, what: string): string => `${n} ${plural(n, what)}`

/** What a file holds must not speak to the terminal. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
