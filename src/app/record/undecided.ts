/**
 * What nobody has decided about: fields of which nothing is known, and what could not be read. For each the line of
 * desensitize.yaml that would decide it; what is unsafe is never proposed.
 */
import {
  differentAtMost,
  type FieldRow,
  type QuarantineRow,
  type ReportData,
} from '../../record/report-data.ts'

export interface Undecided {
  readonly service: string
  /** `request.body.note`, as in the report. */
  readonly path: string
  readonly count: number
  /** What is known all the same, in words. */
  readonly about: string
  /** undefined: no line can decide it. */
  readonly line: PolicyLine | undefined
}

export interface PolicyLine {
  /** Key under `calls`. */
  readonly calls: string
  readonly path: string
  /** As YAML: `keep`, `drop`, `{ mask: opaque }`. */
  readonly action: string
}

/** More different words may be names of people. */
const fewWords = differentAtMost - 1

/** Later ones win where a path has values of several kinds. */
const kinds = ['word', 'number', 'opaque', 'free-text', 'unreadable'] as const
type Kind = (typeof kinds)[number]

interface Found {
  readonly kind: Kind
  readonly row: Pick<FieldRow, 'service' | 'path' | 'count' | 'different'>
  readonly calls: string
  /** As desensitize.yaml says it; undefined: it cannot. */
  readonly place: string | undefined
  readonly reason?: string
}

/** Of each path once, whatever side of a call it is on. */
export const undecidedOf = ({ fields, keptFields, quarantine }: ReportData): readonly Undecided[] => {
  const found = [
    ...fields.filter(({ rule }) => rule === 'unknown').map((row) => ofField(row, row.type)),
    ...keptFields.map((row) => ofField(row, row.looks)),
    ...quarantine.filter(({ count, recovered }) => count > recovered).map(ofUnreadable),
  ]
  const byLine = new Map<string, Found>()
  for (const one of found) {
    const key = [one.calls, one.place ?? [one.row.path, one.reason].join('\n')].join('\n')
    const before = byLine.get(key)
    byLine.set(key, before === undefined ? one : together(before, one))
  }
  return [...byLine.values()].map(undecided)
}

const ofField = (row: FieldRow, kind: string): Found => ({
  kind: kinds.find((each) => each === kind) ?? 'opaque',
  row,
  calls: row.service,
  place: pathOf(row.path),
})

const ofUnreadable = ({ service, operation, path, reason, count, recovered }: QuarantineRow): Found => {
  const side = /^(?:request|reply)\./.exec(path)?.[0] ?? ''
  const place = pathOf(path)
  const shown = /^[\x21-\x7e]+(?: [\x21-\x7e]+)?$/.test(operation)
  return {
    kind: 'unreadable',
    row: { service, path: path === '' ? operation : path, count: count - recovered },
    calls: shown ? `${service} ${operation}` : service,
    place: place === undefined ? undefined : side + place,
    reason,
  }
}

const together = (a: Found, b: Found): Found => {
  const winner = kinds.indexOf(b.kind) > kinds.indexOf(a.kind) ? b : a
  const different = Math.max(a.row.different ?? 0, b.row.different ?? 0)
  return { ...winner, row: { ...winner.row, count: a.row.count + b.row.count, different } }
}

const undecided = ({ kind, row, calls, place, reason = '' }: Found): Undecided => {
  const { service, path, count, different = 0 } = row
  const various = different > fewWords ? `over ${fewWords} different` : `${different} different`
  const judged: Record<Kind, readonly [about: string, action: string]> = {
    word:
      different > fewWords
        ? [`${many(count, 'word')}, ${various}, which may be names`, '{ mask: opaque }']
        : [`${many(count, 'word')}, ${various}: mask, if they are names`, 'keep'],
    number: [`${many(count, 'long number')}, ${various}: keep, if they are nobody's`, '{ mask: opaque }'],
    opaque: [
      `${many(count, 'value')}, ${various}, of unknown meaning: keep, if they are nobody's`,
      '{ mask: opaque }',
    ],
    'free-text': [`${many(count, 'text')}, ${various}: keep, if they name nobody`, '{ mask: free-text }'],
    unreadable: [`${many(count, 'call')} with ${reason}: keep writes it as it is`, 'drop'],
  }
  const [about, action] = judged[kind]
  return {
    service,
    path,
    count,
    about,
    line: place === undefined ? undefined : { calls, path: place, action },
  }
}

/** Without its side, items and keys that are values themselves as wild cards; undefined where it cannot be said. */
const pathOf = (path: string): string | undefined => {
  const [first = '', ...steps] = path.replace(/^(?:request|reply)\./, '').split('.')
  if (!/^(?:body|header|trailer|query|path)(?:\[\*\])*$/.test(first)) return undefined
  return [
    first,
    ...steps.map((step) => step.replace(/^[^[\]]*/, (name) => (isValue(name) ? '*' : name))),
  ].join('.')
}

const isValue = (name: string): boolean => name.includes('…') || /\d{4}/.test(name) || /^\d+$/.test(name)

const many = (n: number, what: string): string => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`
