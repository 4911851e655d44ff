/** What recording says: a line that moves while it goes on, and what came of it. */
import type { RecordResult } from '../app/record/recorder-slot.ts'
import type { RecordingView } from '../app/running.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Output } from './output.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

type Numbers = RecordingView['numbers']

const number = (n: number): string => n.toLocaleString('en')

/** `1,204 calls · 37 different · masked 12 cn-mobile, 3 email · 2 in quarantine`. */
export const progressText = (numbers: Numbers): string => {
  const masked = Object.entries(numbers.masked)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([type, count]) => `${number(count)} ${type}`)
  const lost = numbers.dropped + numbers.tooLarge + numbers.brokenOff
  return [
    `${number(numbers.calls)} calls`,
    `${number(numbers.distinct)} different`,
    ...(masked.length > 0 ? [`masked ${masked.join(', ')}`] : []),
    ...(numbers.quarantined > 0 ? [`${number(numbers.quarantined)} in quarantine`] : []),
    ...(lost > 0 ? [`${number(lost)} not recorded`] : []),
  ].join(' · ')
}

/** Prints the result. Throws RECORDING_LOST or FIXTURE_VERSION_UNKNOWN when something was not recorded that should have been. */
export const finishRecording = (out: Output, { report, losses, file }: RecordResult): void => {
  if (report === undefined)
    throw new SvcMockError('RECORDING_LOST', 'not everything that was recorded could be written in time')
  out.line({ type: 'recorded', report: file ?? null, ...report, ...losses })
  out.print(renderResult(report, out.style, out.width))
  for (const line of lossTexts(losses)) out.log(out.errorStyle.yellow(line))
  if (file !== undefined) out.print(`report: ${file}`)
  const unversioned = Object.entries(losses.withoutVersion)
  if (unversioned.length === 0) return
  const services = unversioned.map(([service, count]) => `${service} (${count} calls)`).join(', ')
  const [first] = unversioned
  throw new SvcMockError('FIXTURE_VERSION_UNKNOWN', `nothing says which version answered: ${services}`, {
    hint: `say --version ${first![0]}=1.4.0, or write version: 1.4.0 for it in svc-mock.yaml`,
  })
}

const keptWords = {
  edited: 'kept: edited by a person',
  exists: 'kept: was there already',
  none: 'not written',
  'real value': 'not written: its name would hold a real value',
} as const

const renderResult = (report: NonNullable<RecordResult['report']>, style: Style, width: number): string => {
  const rows = report.fixtures.map(({ file, operation, requests, answers, kept }) => [
    file,
    operation,
    String(requests),
    String(answers),
    kept === undefined ? 'written' : keptWords[kept],
  ])
  const masked = Object.entries(report.masked).map(([type, count]) => `${number(count)} ${type}`)
  const lines = [
    `${number(report.calls)} calls, ${number(report.distinct)} different, ${number(report.files)} files written`,
    ...(masked.length > 0 ? [`masked: ${masked.join(', ')}`] : []),
    ...(report.quarantined > 0
      ? [style.yellow(`in quarantine, and not written: ${report.quarantine.map(quarantineText).join('; ')}`)]
      : []),
    ...Object.entries(report.skipped).map(([reason, count]) =>
      style.dim(`no fixture: ${number(count)} × ${reason}`),
    ),
  ]
  if (rows.length === 0) return lines.join('\n')
  const table = renderTable(['file', 'operation', 'requests', 'answers', ''], rows, { style, width })
  return [table, '', ...lines].join('\n')
}

const quarantineText = ({
  service,
  reason,
  count,
}: {
  service: string
  reason: string
  count: number
}): string => `${number(count)} × ${service}: ${reason}`

const lossTexts = ({ dropped, tooLarge, brokenOff }: RecordResult['losses']): readonly string[] => [
  ...(dropped > 0
    ? [`${number(dropped)} calls were dropped, because the queue was full; --on-full wait loses none`]
    : []),
  ...(tooLarge > 0 ? [`${number(tooLarge)} calls were larger than --max-bytes`] : []),
  ...(brokenOff > 0 ? [`${number(brokenOff)} calls broke off`] : []),
]
