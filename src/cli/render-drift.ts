/** What has changed, mock by mock and field by field. */

import type { Violation } from '../app/contract-view.ts'
import type { DriftReport } from '../app/drift/drift.ts'
import { formatLocation } from '../core/source.ts'
import { printable } from './contract-report.ts'
import type { Style } from './style.ts'

/** Of one mock; the rest is counted. */
const fieldsAtMost = 40
/** Of those that were not asked for one reason. */
const namesAtMost = 5

export const renderDrift = (report: DriftReport, style: Style, all: boolean): string => {
  const changes = report.findings.filter(({ rule }) => rule !== 'not-asked')
  const blocks = [...Map.groupBy(changes, mockOf).values()].map((own) => mockLines(own, style, all))
  const left = leftLines(report, style, all)
  const written = [
    ...report.updated.map((file) => `${style.green('updated')}  ${printable(file)}`),
    ...report.kept.map(
      ({ file, operation, why }) =>
        `${style.yellow('kept')}     ${printable(file)}  ${printable(operation)}: ${printable(why)}`,
    ),
  ]
  return [...blocks, left, written.join('\n'), summary(report, style)]
    .filter((one) => one !== '')
    .join('\n\n')
}

const mockOf = ({ service, operation, mock, at }: Violation): string =>
  JSON.stringify([at.file, service, operation, mock])

const mockLines = (found: readonly Violation[], style: Style, all: boolean): string => {
  const own = found.toSorted(({ at: a }, { at: b }) => a.line - b.line || a.column - b.column)
  const [first] = own as [Violation]
  const shown = all ? own : own.slice(0, fieldsAtMost)
  const name = first.mock === undefined || first.mock === first.operation ? '' : `  ${printable(first.mock)}`
  const more = own.length - shown.length
  return [
    `${style.bold(printable(first.operation))}${name}  ${style.dim(formatLocation(first.at))}`,
    ...shown.map((one) => fieldLine(one, first, style)),
    ...(more > 0 ? [style.dim(`  … and ${more} more; --all shows them`)] : []),
    ...own.flatMap(({ hint }) => (hint === undefined ? [] : [`  ${style.cyan('hint:')} ${printable(hint)}`])),
  ].join('\n')
}

/** `+` is new, `-` is gone, `!` has another type or status, `~` another value. */
const fieldLine = (one: Violation, first: Violation, style: Style): string => {
  const { rule, path, message, expected, actual, severity, at } = one
  const [sign, paint] = signOf(rule, style)
  const counts = severity === 'violation' ? paint : style.dim
  const place = at.line === first.at.line ? '' : `  ${style.dim(`:${at.line}`)}`
  const values = [expected, actual].flatMap((value) => (value === undefined ? [] : [printable(value)]))
  const told = values.length === 0 ? '' : ` ${values.join(' → ')}`
  const words = rule === 'value' ? often(message) : `  ${printable(message)}`
  return `  ${counts(`${sign} ${printable(path.replace(/^response\./, ''))}`)}${told}${style.dim(words)}${place}`
}

const signOf = (rule: string, style: Style): readonly [string, (text: string) => string] => {
  if (rule.startsWith('new-')) return ['+', style.green]
  if (rule.startsWith('missing-')) return ['-', style.red]
  return rule === 'value' ? ['~', style.yellow] : ['!', style.red]
}

const often = (message: string): string => /, \d+ times$/.exec(message)?.[0].replace(',', '  ') ?? ''

/** What was not asked, by reason, and its names. */
const leftLines = ({ findings }: DriftReport, style: Style, all: boolean): string => {
  const left = findings.filter(({ rule }) => rule === 'not-asked')
  return [...Map.groupBy(left, ({ message }) => message)]
    .map(([reason, own]) => {
      const shown = all ? own : own.slice(0, namesAtMost)
      const [{ hint }] = own as [Violation]
      return [
        `${own.length} not compared: ${printable(reason)}${hint === undefined ? '' : style.dim(` (${printable(hint)})`)}`,
        ...shown.map(({ operation, at }) => `  ${printable(operation)}  ${style.dim(formatLocation(at))}`),
        ...(own.length > shown.length
          ? [style.dim(`  … and ${own.length - shown.length} more; --all shows them`)]
          : []),
      ].join('\n')
    })
    .join('\n')
}

const summary = ({ checked, findings, skipped, durationMs, updated }: DriftReport, style: Style): string => {
  const count = (wanted: (one: Violation) => boolean): number =>
    new Set(findings.filter(wanted).map(mockOf)).size
  const changed = count(({ severity }) => severity === 'violation')
  const values = count(({ severity, rule }) => severity !== 'violation' && rule !== 'not-asked')
  const parts = [
    changed === 0 ? style.green('nothing has changed') : style.red(`${changed} changed`),
    ...(values > 0 ? [updated.length > 0 ? `${values} updated` : `${values} with other values or data`] : []),
  ]
  const left = Object.entries(skipped).map(([reason, n]) => `${n} ${printable(reason)}`)
  const rest = left.length === 0 ? '' : style.dim(`; left out: ${left.join(', ')}`)
  const fixtures = checked.length === 1 ? 'fixture' : 'fixtures'
  return `${parts.join(', ')} in ${checked.length} ${fixtures} asked for, ${Math.round(durationMs)} ms${rest}`
}
