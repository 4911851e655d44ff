/** What a run has done, for people (Markdown) and programs (JSON). It holds fakes and names of fields, never what was recorded. */
import type { MaskedField } from './desensitizer.ts'
import type { FixtureSet } from './fixture-set.ts'
import type { FixtureStore, Kept } from './fixture-store.ts'

/** What a progress line shows. */
export interface RecordStats {
  /** Exchanges looked at. */
  readonly calls: number
  /** Different requests and answers among them. */
  readonly distinct: number
  readonly files: number
  /** Values masked, by type. */
  readonly masked: Readonly<Record<string, number>>
  readonly quarantined: number
  /** Exchanges that are no fixture, by reason. */
  readonly skipped: Readonly<Record<string, number>>
}

/** What the thread of the calls has counted. */
export interface Losses {
  /** The queue was full. */
  readonly dropped: number
  /** Larger than the limit for one exchange. */
  readonly tooLarge: number
  /** Broken off by either side. */
  readonly brokenOff: number
  /** Nothing says the version of what answered; by service. */
  readonly withoutVersion: Readonly<Record<string, number>>
}

export const noLosses: Losses = { dropped: 0, tooLarge: 0, brokenOff: 0, withoutVersion: {} }

interface MaskedRow {
  readonly service: string
  /** `request.body.items[*].phone`. */
  readonly path: string
  readonly type: string
  readonly rule: string
  count: number
}

interface FileRow {
  readonly file: string
  readonly operation: string
  readonly case?: string
  readonly requests: number
  readonly answers: number
  readonly kept?: Kept
  readonly volatile: readonly { readonly place: string; readonly kind: string }[]
  readonly notes: readonly string[]
}

/** Plain data, as it is sent between threads and written as JSON. */
export interface ReportData extends RecordStats {
  readonly fixtures: readonly FileRow[]
  readonly fields: readonly MaskedRow[]
  readonly quarantine: readonly {
    readonly service: string
    readonly reason: string
    readonly count: number
  }[]
}

export class RunReport {
  calls = 0
  private distinct = 0
  private readonly fields = new Map<string, MaskedRow>()
  private readonly refused = new Map<string, { service: string; reason: string; count: number }>()
  private readonly skips = new Map<string, number>()
  private files: readonly FileRow[] = []
  private written = 0

  quarantined(service: string, reason: string): void {
    const key = `${service}\n${reason}`
    const row = this.refused.get(key) ?? { service, reason, count: 0 }
    row.count++
    this.refused.set(key, row)
  }

  skipped(service: string, reason: string): void {
    const key = `${service}: ${reason}`
    this.skips.set(key, (this.skips.get(key) ?? 0) + 1)
  }

  masked(service: string, _operation: string, fields: readonly MaskedField[]): void {
    this.distinct++
    for (const { path, type, rule } of fields) {
      const place = path.replace(/\[\d+\]/g, '[*]')
      const key = `${service}\n${place}\n${type}\n${rule}`
      const row = this.fields.get(key) ?? { service, path: place, type, rule, count: 0 }
      row.count++
      this.fields.set(key, row)
    }
  }

  /** Everything kept is added once more. */
  restart(): void {
    this.fields.clear()
    this.distinct = 0
  }

  stats(_set: FixtureSet, store: FixtureStore): RecordStats {
    return this.numbers(store.written().length)
  }

  close(set: FixtureSet, store: FixtureStore): void {
    const kept = store.kept()
    this.written = store.written().length
    this.files = [...set.operations.values()]
      .map((operation): FileRow => {
        const why = kept.get(operation.path)
        return {
          file: operation.path,
          operation: operation.title,
          ...(operation.case !== undefined && { case: operation.case }),
          requests: operation.mocks.size,
          answers: operation.exchanges,
          ...(why !== undefined && { kept: why }),
          volatile: [...operation.volatile.values()],
          notes: [...operation.notes],
        }
      })
      .sort((a, b) => (a.file < b.file ? -1 : 1))
  }

  data(): ReportData {
    return {
      ...this.numbers(this.written),
      fixtures: this.files,
      fields: [...this.fields.values()].sort((a, b) => order(a, b)),
      quarantine: [...this.refused.values()],
    }
  }

  private numbers(files: number): RecordStats {
    const masked: Record<string, number> = {}
    for (const { type, count } of this.fields.values()) masked[type] = (masked[type] ?? 0) + count
    return {
      calls: this.calls,
      distinct: this.distinct,
      files,
      masked,
      quarantined: [...this.refused.values()].reduce((sum, { count }) => sum + count, 0),
      skipped: Object.fromEntries(this.skips),
    }
  }
}

/** Unknown fields first: they are what a reviewer must look at. */
const order = (a: MaskedRow, b: MaskedRow): number => {
  const unknown = Number(b.rule === 'unknown') - Number(a.rule === 'unknown')
  if (unknown !== 0) return unknown
  const [left, right] = [`${a.service} ${a.path}`, `${b.service} ${b.path}`]
  return left < right ? -1 : left > right ? 1 : 0
}

const keptWords: Readonly<Record<Kept, string>> = {
  edited: 'kept: edited by a person',
  exists: 'kept: there already (--record once)',
  none: 'not written (--record none)',
  'real value': 'not written: a real value would have stood in it',
}

/** For a person who decides whether the fixtures may be committed. */
export const reportMarkdown = (data: ReportData, losses: Losses, runAt: string): string => {
  const lines = [
    '# Recording',
    '',
    `${runAt}. Nothing in here is a real value.`,
    '',
    `- ${data.calls} calls, ${data.distinct} different, ${data.files} files written`,
    `- ${sum(data.masked)} values masked, ${data.quarantined} exchanges in quarantine`,
    ...lossLines(losses),
  ]
  const add = (title: string, head: readonly string[], rows: readonly (readonly unknown[])[]): void => {
    if (rows.length === 0) return
    lines.push('', `## ${title}`, '', row(head), row(head.map(() => '---')), ...rows.map(row))
  }
  add('Fixtures', ['file', 'operation', 'requests', 'answers', ''], data.fixtures.map(fixtureCells))
  add(
    'Masked fields',
    ['service', 'field', 'type', 'found by', 'count'],
    data.fields.map(({ service, path, type, rule, count }) => [service, path, type, rule, count]),
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
  add(
    'Quarantine',
    ['service', 'reason', 'count'],
    data.quarantine.map(({ service, reason, count }) => [service, reason, count]),
  )
  add('No fixtures', ['reason', 'count'], Object.entries(data.skipped))
  return `${lines.join('\n')}\n`
}

const fixtureCells = ({ file, operation, requests, answers, kept }: FileRow): readonly unknown[] => [
  file,
  operation,
  requests,
  answers,
  kept === undefined ? '' : keptWords[kept],
]

export const lossLines = ({ dropped, tooLarge, brokenOff, withoutVersion }: Losses): readonly string[] => [
  ...(dropped > 0 ? [`- ${dropped} exchanges dropped, because the queue was full`] : []),
  ...(tooLarge > 0 ? [`- ${tooLarge} exchanges larger than --max-bytes`] : []),
  ...(brokenOff > 0 ? [`- ${brokenOff} exchanges broken off`] : []),
  ...Object.entries(withoutVersion).map(
    ([service, count]) => `- ${count} exchanges of ${service} without a version`,
  ),
]

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, n) => total + n, 0)

const row = (cells: readonly unknown[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
