/** Counts what a run does. What it gives out has passed the search for real values once more. */
import type { KeptField, MaskedField } from './desensitizer.ts'
import type { FixtureSet } from './fixture-set.ts'
import type { FixtureStore } from './fixture-store.ts'
import type { MessageSet } from './message-set.ts'
import {
  differentAtMost,
  type FileRow,
  type KeptRow,
  type MaskedRow,
  type QuarantineRow,
  type RecordStats,
  type ReportData,
  type ReportOrigin,
} from './report-data.ts'

type Counted<Row> = Omit<Row, 'count' | 'different'> & {
  count: number
  /** How many of `count` told their value. */
  told: number
  readonly values: Set<string>
}

export interface Closing {
  readonly origin: ReportOrigin | undefined
  /** Nothing for which it is true is told. */
  readonly namesReal: (text: string) => boolean
}

const exampleAtMost = 40

export class RunReport {
  calls = 0
  private distinct = 0
  private readonly fields = new Map<string, Counted<MaskedRow>>()
  private readonly stays = new Map<string, Counted<KeptRow>>()
  /** Outlive a restart: the first exchange with a field may have gone since. */
  private readonly examples = new Map<string, string>()
  private readonly refused = new Map<string, QuarantineRow>()
  private readonly skips = new Map<string, number>()
  private files: readonly FileRow[] = []
  private written = 0
  private closing: Closing = { origin: undefined, namesReal: () => false }

  /** The row stays the same object, so that what becomes of the exchange can be noted there. */
  quarantined(
    service: string,
    operation: string,
    path: string,
    reason: string,
    bytes: number,
  ): QuarantineRow {
    const key = [service, operation, path, reason].join('\n')
    const row = this.refused.get(key) ?? {
      service,
      operation,
      path: path.replace(/\[\d+\]/g, '[*]'),
      reason,
      count: 0,
      bytes: 0,
      recovered: 0,
    }
    row.count++
    row.bytes += bytes
    this.refused.set(key, row)
    return row
  }

  /** Whether exchanges of an operation are missing. */
  hasLost(service: string, operation: string): boolean {
    return [...this.refused.values()].some(
      (row) => row.service === service && row.operation === operation && row.count > row.recovered,
    )
  }

  skipped(service: string, reason: string): void {
    const key = `${service}: ${reason}`
    this.skips.set(key, (this.skips.get(key) ?? 0) + 1)
  }

  masked(service: string, fields: readonly MaskedField[], stays: readonly KeptField[] = []): void {
    this.distinct++
    for (const { path: place, type, rule, example } of fields) {
      const path = place.replace(/\[\d+\]/g, '[*]')
      const key = [service, path, type, rule].join('\n')
      const shown = [path, type].join('\n')
      if (example !== undefined && !this.examples.has(shown)) this.examples.set(shown, shortened(example))
      const row = this.fields.get(key) ?? { service, path, type, rule, count: 0, told: 0, values: new Set() }
      row.count++
      if (example !== undefined) row.told++
      if (example !== undefined && row.values.size < differentAtMost) row.values.add(example)
      this.fields.set(key, row)
    }
    for (const { path: place, looks, digest } of stays) {
      const path = place.replace(/\[\d+\]/g, '[*]')
      const key = [service, path, looks].join('\n')
      const row = this.stays.get(key) ?? { service, path, looks, count: 0, told: 0, values: new Set() }
      row.count++
      if (row.values.size < differentAtMost) row.values.add(digest)
      this.stays.set(key, row)
    }
  }

  /** Everything kept is added once more. */
  restart(): void {
    this.fields.clear()
    this.stays.clear()
    this.distinct = 0
  }

  stats(_set: FixtureSet, store: FixtureStore): RecordStats {
    return this.numbers(store.written().length)
  }

  close(set: FixtureSet, messages: MessageSet, store: FixtureStore, closing: Closing): void {
    this.closing = closing
    const kept = store.kept()
    this.written = store.written().length
    const topics = [...messages.topics.values()].map((topic): FileRow => {
      const why = kept.get(topic.path)
      return {
        file: topic.path,
        service: topic.service,
        operation: `messages of ${topic.topic}`,
        ...(topic.case !== undefined && { case: topic.case }),
        requests: topic.count,
        answers: 0,
        ...(why !== undefined && { kept: why }),
        volatile: [],
        notes: [],
      }
    })
    this.files = [...set.operations.values()]
      .map((operation): FileRow => {
        const why = kept.get(operation.path)
        return {
          file: operation.path,
          service: operation.service,
          operation: operation.title,
          ...(operation.case !== undefined && { case: operation.case }),
          requests: operation.mocks.size,
          answers: operation.exchanges,
          ...(why !== undefined && { kept: why }),
          volatile: [...operation.volatile.values()],
          notes: [...operation.notes],
        }
      })
      .concat(topics)
      .sort((a, b) => (a.file < b.file ? -1 : 1))
  }

  data(): ReportData {
    const { origin, namesReal } = this.closing
    const told = {
      ...this.numbers(this.written),
      fixtures: this.files,
      fields: [...this.fields.values()].sort(byRow).map(({ values, told, ...row }): MaskedRow => {
        const example = this.examples.get([row.path, row.type].join('\n'))
        return {
          ...row,
          ...(example !== undefined && { example }),
          ...(row.rule === 'unknown' && told === row.count && { different: values.size }),
        }
      }),
      keptFields: [...this.stays.values()]
        .sort(byPlace)
        .map(({ values, told: _told, ...row }): KeptRow => ({ ...row, different: values.size })),
      quarantine: [...this.refused.values()].sort(byPlace),
    }
    return { origin, ...(swept(told, namesReal) as typeof told) }
  }

  private numbers(files: number): RecordStats {
    const masked: Record<string, number> = {}
    for (const { type, count } of this.fields.values()) masked[type] = (masked[type] ?? 0) + count
    return {
      calls: this.calls,
      distinct: this.distinct,
      files,
      masked,
      quarantined: [...this.refused.values()].reduce(
        (sum, { count, recovered }) => sum + count - recovered,
        0,
      ),
      skipped: Object.fromEntries(this.skips),
    }
  }
}

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > exampleAtMost ? `${line.slice(0, exampleAtMost - 1)}…` : line
}

/** Texts that name a real value of the run, which may have been recognised after they were made, are left out. */
const swept = (value: unknown, namesReal: (text: string) => boolean): unknown => {
  if (typeof value === 'string') return sweptText(value, namesReal)
  if (Array.isArray(value)) return value.map((item) => swept(item, namesReal))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [namesReal(name) ? '…' : name, swept(member, namesReal)]),
  )
}

/** Of a path only the step that names it. */
const sweptText = (text: string, namesReal: (text: string) => boolean): string => {
  if (!namesReal(text)) return text
  const steps = /^(?:request|reply)\./.test(text)
    ? text
        .split('.')
        .map((step) => (namesReal(step) ? '…' : step))
        .join('.')
    : '…'
  return namesReal(steps) ? '…' : steps
}

interface Placed {
  readonly service: string
  readonly path: string
}

const byPlace = (a: Placed, b: Placed): number => {
  const [left, right] = [`${a.service} ${a.path}`, `${b.service} ${b.path}`]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Unknown fields first: they are what a reviewer must look at. */
const byRow = (a: Counted<MaskedRow>, b: Counted<MaskedRow>): number =>
  Number(b.rule === 'unknown') - Number(a.rule === 'unknown') || byPlace(a, b)
