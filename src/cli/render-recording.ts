/** What came of recording: files, what was masked, what is missing and why. */
import type { RecordResult } from '../app/record/recorder-slot.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Output } from './output.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

type Report = NonNullable<RecordResult['report']>

const number = (n: number): string => n.toLocaleString('en')
const many = (n: number, what: string): string => `${number(n)} ${what}${n === 1 ? '' : 's'}`

/**
 * Prints the result. Throws RECORDING_LOST, FIXTURE_VERSION_UNKNOWN or FIELDS_UNDECIDED when something was not recorded
 * that should have been. With --learn stdout carries the diff alone.
 */
export const finishRecording = (
  out: Output,
  result: RecordResult,
  more: Readonly<Record<string, unknown>> = {},
): void => {
  const { report, losses, file, undecided, proposal } = result
  if (report === undefined)
    throw new SvcMockError('RECORDING_LOST', 'not everything that was recorded could be written in time')
  const decisions = { undecided, ...(proposal !== undefined && { diff: proposal.diff }) }
  out.line({ type: 'recorded', report: file ?? null, ...report, ...losses, ...decisions, ...more })
  const tell = (text: string): void => (proposal === undefined ? out.print(text) : out.log(text))
  const [style, width] = proposal === undefined ? [out.style, out.width] : [out.errorStyle, out.errorWidth]
  tell(renderResult(report, style, width))
  for (const line of lossTexts(losses)) out.log(out.errorStyle.yellow(line))
  if (proposal !== undefined) renderProposal(out, result)
  else if (undecided.length > 0) out.log(renderUndecided(undecided, out.errorStyle, out.errorWidth))
  if (file !== undefined)
    tell(`report: ${file}${report.files > 0 ? '; read it before you commit the fixtures' : ''}`)
  refuse(result)
}

const refuse = ({ losses, undecided, proposal }: RecordResult): void => {
  const unversioned = Object.entries(losses.withoutVersion)
  const [first] = unversioned
  if (first !== undefined) {
    const services = unversioned.map(([service, count]) => `${service} (${many(count, 'call')})`).join(', ')
    throw new SvcMockError('FIXTURE_VERSION_UNKNOWN', `nothing says which version answered: ${services}`, {
      hint: `say --version ${first[0]}=1.4.0, or write version: 1.4.0 for it in svc-mock.yaml`,
    })
  }
  if (undecided.length === 0 || proposal !== undefined) return
  throw new SvcMockError(
    'FIELDS_UNDECIDED',
    `desensitize.yaml leaves ${many(undecided.length, 'field')} open; their operations were not written`,
  )
}

/** The diff on stdout, all else beside it. */
const renderProposal = (out: Output, { undecided, proposal }: RecordResult): void => {
  const { diff = '', file } = proposal ?? {}
  const style = out.errorStyle
  const left = undecided.filter(({ line }) => line === undefined)
  if (left.length > 0) out.log(renderUndecided(left, style, out.errorWidth))
  if (diff !== '') {
    out.print(diff.replace(/\n$/, ''))
    if (file !== undefined) out.log(`read it, then take it over: git apply ${file}`)
  } else if (undecided.length > left.length) {
    out.log(renderUndecided(undecided, style, out.errorWidth))
    out.log(style.yellow('desensitize.yaml cannot be added to line by line: add these lines yourself'))
  } else if (left.length === 0) out.log('desensitize.yaml decides about everything that came')
}

const renderUndecided = (undecided: RecordResult['undecided'], style: Style, width: number): string => {
  const rows = undecided.map(({ service, path, count, line }) => [
    line?.calls ?? service,
    path,
    number(count),
    line === undefined ? 'no line can decide it' : `${line.path}: ${line.action}`,
  ])
  const head = ['calls', 'field', 'how often', 'line under calls: in desensitize.yaml']
  return `\nnobody has decided about these fields:\n${renderTable(head, rows, { style, width })}\n`
}

const keptWords = {
  edited: 'kept: edited by a person',
  exists: 'kept: was there already',
  none: 'not written',
  'real value': 'not written: its name would hold a real value',
  undecided: 'not written: undecided',
} as const

const renderResult = (report: Report, style: Style, width: number): string => {
  const rows = report.fixtures.map(({ file, operation, requests, answers, kept }) => [
    file,
    operation,
    String(requests),
    String(answers),
    kept === undefined ? 'written' : keptWords[kept],
  ])
  const masked = Object.entries(report.masked).map(([type, count]) => `${number(count)} ${type}`)
  const lines = [
    `${many(report.calls, 'call')}, ${number(report.distinct)} different, ${many(report.files, 'file')} written`,
    ...(masked.length > 0 ? [`masked: ${masked.join(', ')}`] : []),
    ...unknownLines(report, style),
    ...quarantineLines(report, style),
    ...Object.entries(report.skipped).map(([reason, count]) =>
      style.dim(`no fixture: ${number(count)} × ${reason}`),
    ),
  ]
  if (rows.length === 0) return lines.join('\n')
  const table = renderTable(['file', 'operation', 'requests', 'answers', ''], rows, { style, width })
  return [table, '', ...lines].join('\n')
}

const unknownLines = ({ fields, fixtures }: Report, style: Style): string[] => {
  const paths = new Set(
    fields.filter(({ rule }) => rule === 'unknown').map(({ service, path }) => `${service} ${path}`),
  )
  if (paths.size === 0 || !fixtures.some(({ kept }) => kept === undefined)) return []
  return [
    style.dim(
      `nothing is known of ${many(paths.size, 'field')}, masked to be safe; --learn proposes what to say of them`,
    ),
  ]
}

/** Every reason, with what became of it. */
const quarantineLines = ({ quarantine }: Report, style: Style): string[] =>
  quarantine.map(({ service, operation, path, reason, count, bytes, recovered }) => {
    const what = `${many(count, 'call')} (${number(bytes)} bytes)`
    const where = `${service} ${operation}${path === '' ? '' : `, ${path}`}`
    const became =
      recovered === count
        ? 'read at the second try'
        : recovered === 0
          ? 'dropped'
          : `${number(recovered)} read at the second try, the others dropped`
    const text = `quarantine: ${what} of ${where}: ${reason}; ${became}`
    return recovered === count ? text : style.yellow(text)
  })

const lossTexts = ({ dropped, tooLarge, brokenOff }: RecordResult['losses']): readonly string[] => [
  ...(dropped > 0
    ? [`${many(dropped, 'call')} dropped, because the queue was full; --on-full wait loses none`]
    : []),
  ...(tooLarge > 0 ? [`${many(tooLarge, 'call')} not recorded: larger than --max-bytes`] : []),
  ...(brokenOff > 0 ? [`${many(brokenOff, 'call')} not recorded: no whole answer came`] : []),
]
