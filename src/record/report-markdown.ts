/** A run's report for a person who decides whether the fixtures may be committed. */
import type { Kept } from './fixture-store.ts'
import {
  differentAtMost,
  type FieldRow,
  type FileRow,
  type KeptRow,
  type Losses,
  type MaskedRow,
  type QuarantineRow,
  type ReportData,
} from './report-data.ts'

export const keptWords: Readonly<Record<Kept, string>> = {
  edited: 'kept: edited by a person',
  exists: 'kept: was there already (--record once)',
  none: 'not written (--record none, or --learn)',
  'real value': 'not written: its name would hold a real value',
  undecided: 'not written: not all of it is decided (--strict)',
}

export const reportMarkdown = (data: ReportData, losses: Losses, runAt: string): string => {
  const { origin } = data
  const lines = [
    '# Recording',
    '',
    `${runAt}. Nothing in here is a real value.`,
    '',
    `- ${many(data.calls, 'call')}, ${data.distinct} different, ${many(data.files, 'file')} written`,
    `- ${many(sum(data.masked), 'value')} masked, ${many(data.quarantined, 'call')} dropped from quarantine`,
    ...(origin === undefined
      ? []
      : [`- fakes by key ${origin.keyId}, desensitize.yaml ${origin.policyHash ?? 'not there'}`]),
    ...lossLines(losses),
  ]
  const add = (title: string, head: readonly string[], rows: readonly (readonly unknown[])[]): void => {
    if (rows.length === 0) return
    lines.push('', `## ${title}`, '', row(head), row(head.map(() => '---')), ...rows.map(row))
  }
  const unknown = data.fields.filter(({ rule }) => rule === 'unknown')
  const known = data.fields.filter(({ rule }) => rule !== 'unknown')
  add(
    'Fields of which nothing is known: masked',
    ['service', 'field', 'type', 'count', 'different', 'now, for example'],
    unknown.map(unknownCells),
  )
  add(
    'Fields of which nothing is known: kept',
    ['service', 'field', 'looks like', 'count', 'different'],
    data.keptFields.map(keptCells),
  )
  add(
    'Quarantine',
    ['service', 'operation', 'field', 'reason', 'count', 'bytes', 'became'],
    data.quarantine.map(quarantineCells),
  )
  add('Fixtures', ['file', 'operation', 'requests', 'answers', ''], data.fixtures.map(fixtureCells))
  add(
    'Masked fields',
    ['service', 'field', 'type', 'found by', 'count', 'now, for example'],
    known.map(maskedCells),
  )
  add(
    'Not compared, because they change from call to call',
    ['file', 'field', 'kind'],
    data.fixtures.flatMap(({ file, volatile }) => volatile.map(({ place, kind }) => [file, place, kind])),
  )
  add(
    'Notes',
    ['file', ''],
    data.fixtures.flatMap(({ file, notes }) => notes.map((note) => [file, note])),
  )
  add('No fixtures', ['reason', 'count'], Object.entries(data.skipped))
  return `${lines.join('\n')}\n`
}

/** '' where nobody counted. */
const differentText = ({ different }: FieldRow): string =>
  different === undefined
    ? ''
    : different >= differentAtMost
      ? `over ${differentAtMost - 1}`
      : String(different)

/** What became of the exchanges of a row. */
const becameText = ({ count, recovered }: QuarantineRow): string =>
  recovered === 0
    ? 'dropped'
    : recovered === count
      ? 'read at the second try'
      : `${recovered} read at the second try, ${count - recovered} dropped`

const maskedCells = ({ service, path, type, rule, count, example = '' }: MaskedRow): readonly unknown[] => [
  service,
  path,
  type,
  rule,
  count,
  code(example),
]

const unknownCells = (field: MaskedRow): readonly unknown[] => [
  field.service,
  field.path,
  field.type,
  field.count,
  differentText(field),
  code(field.example ?? ''),
]

const keptCells = (field: KeptRow): readonly unknown[] => [
  field.service,
  field.path,
  field.looks,
  field.count,
  differentText(field),
]

const quarantineCells = (held: QuarantineRow): readonly unknown[] => [
  held.service,
  held.operation,
  held.path,
  held.reason,
  held.count,
  held.bytes,
  becameText(held),
]

const fixtureCells = ({ file, operation, requests, answers, kept }: FileRow): readonly unknown[] => [
  file,
  operation,
  requests,
  answers,
  kept === undefined ? '' : keptWords[kept],
]

const lossLines = ({ dropped, tooLarge, brokenOff, withoutVersion }: Losses): readonly string[] => [
  ...(dropped > 0 ? [`- ${dropped} calls dropped, because the queue was full`] : []),
  ...(tooLarge > 0 ? [`- ${tooLarge} calls larger than --max-bytes`] : []),
  ...(brokenOff > 0 ? [`- ${brokenOff} calls to which no whole answer came`] : []),
  ...Object.entries(withoutVersion).map(
    ([service, count]) => `- ${count} calls of ${service} without a version`,
  ),
]

const many = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, n) => total + n, 0)

/** Nothing in it is Markdown. */
const code = (text: string): string => {
  if (text === '') return ''
  const fence = text.includes('`') ? '``' : '`'
  return `${fence}${fence === '``' ? ` ${text} ` : text}${fence}`
}

const row = (cells: readonly unknown[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
