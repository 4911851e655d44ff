/**
 * The work of recording, off the calls' way: decode, desensitize, group, write. One object is one run. What it has
 * not cleaned it holds only while it looks at it.
 */
import { hash } from 'node:crypto'
import { bytesOf, type Exchange, type RecordedMessage } from '../core/exchange.ts'
import type { FixtureDialect, FixturePolicy } from '../core/fixture.ts'
import type { Desensitizer, MaskedField, Outcome } from './desensitizer.ts'
import { type Added, type CleanRecord, FixtureSet } from './fixture-set.ts'
import type { FixtureStore } from './fixture-store.ts'
import { maskedPlaces } from './masked-places.ts'
import { type RawRecord, sizeOf } from './records.ts'
import { type RecordStats, RunReport } from './report.ts'

export interface RecordingOptions {
  readonly desensitizer: Desensitizer
  readonly dialects: ReadonlyMap<string, FixtureDialect>
  readonly policy: FixturePolicy
  readonly store: FixtureStore
  /** Bytes of clean exchanges that are kept for a run; what comes then is counted and not written. Default 256 MB. */
  readonly keptAtMost?: number
}

interface Kept extends CleanRecord {
  readonly found: readonly MaskedField[]
}

export class Recording {
  private readonly options: RecordingOptions
  private set: FixtureSet
  private kept: Kept[] = []
  private keptBytes = 0
  private report = new RunReport()
  private readonly seen = new LastReplies()
  private pending = false

  constructor(options: RecordingOptions) {
    this.options = options
    this.set = this.freshSet()
    options.store.clean()
  }

  private freshSet(): FixtureSet {
    return new FixtureSet(this.options.dialects, this.options.policy)
  }

  get isDirty(): boolean {
    return this.pending
  }

  take({ exchange: raw, at, case: label, definitions }: RawRecord): void {
    this.report.calls++
    const { service } = raw
    const dialect = this.options.dialects.get(raw.protocol)
    // An answer that came the same before says nothing new, whoever asked.
    if (this.seen.repeats(raw, label, this.options.policy.headers, dialect?.ending)) return
    const exchange = dialect?.decode?.(raw, definitions) ?? { ok: true as const, value: raw }
    if ('skipped' in exchange) {
      this.report.skipped(service, exchange.skipped)
      return
    }
    if (!exchange.ok) {
      this.report.quarantined(service, exchange.problem)
      return
    }
    const cleaned = this.cleaned(() => this.options.desensitizer.clean(exchange.value))
    if (cleaned?.kind !== 'clean') {
      this.report.quarantined(service, reasonOf(cleaned))
      return
    }
    const masked = maskedPlaces(exchange.value, cleaned.exchange, cleaned.masked)
    this.keep({ exchange: cleaned.exchange, at, case: label, definitions, masked, found: cleaned.masked })
  }

  /** Writes what has changed. Values that were recognised since are taken out of everything this run has written. */
  flush(): void {
    if (!this.pending) return
    this.pending = false
    this.revise()
    if (this.set.dirty.size === 0) return
    this.options.desensitizer.commit()
    for (const operation of this.set.dirty) this.options.store.write(operation)
    this.set.dirty.clear()
  }

  stats(): RecordStats {
    return this.report.stats(this.set, this.options.store)
  }

  finish(): RunReport {
    this.pending = true
    this.flush()
    this.report.close(this.set, this.options.store)
    return this.report
  }

  private keep(record: Kept): void {
    if (this.keptBytes > (this.options.keptAtMost ?? 256 * 2 ** 20)) {
      this.report.skipped(record.exchange.service, 'the run has recorded all that fits into memory')
      return
    }
    const added = this.add(record)
    if (added !== 'request' && added !== 'answer') return
    this.kept.push(record)
    this.keptBytes += sizeOf(record.exchange)
    this.pending = true
  }

  private add(record: Kept): Added {
    const added = this.set.add(record)
    if (typeof added === 'object') this.report.skipped(record.exchange.service, added.skipped)
    else if (added !== 'known')
      this.report.masked(record.exchange.service, record.exchange.operation, record.found)
    return added
  }

  private revise(): void {
    const { desensitizer, store } = this.options
    const before = this.kept
    let changed = false
    const after = before.flatMap((record): Kept[] => {
      const revised = this.cleaned(() => desensitizer.revise(record.exchange) ?? unchanged)
      if (revised === unchanged) return [record]
      changed = true
      if (revised?.kind !== 'clean') {
        this.report.quarantined(record.exchange.service, reasonOf(revised))
        return []
      }
      const { exchange, masked: found } = revised
      const masked = maskedPlaces(record.exchange, exchange, found, record.masked)
      return [{ ...record, exchange, masked, found: [...record.found, ...found] }]
    })
    if (!changed) return
    this.set = this.freshSet()
    this.report.restart()
    this.kept = after.filter((record) => {
      const added = this.add(record)
      return added === 'request' || added === 'answer'
    })
    store.retain(new Set(this.set.operations.keys()))
  }

  /** undefined: it failed, and why may quote what it failed on. */
  private cleaned<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch {
      return undefined
    }
  }
}

const unchanged = { kind: 'unchanged' } as const

const reasonOf = (cleaned: Outcome | typeof unchanged | undefined): string =>
  cleaned?.kind === 'quarantine'
    ? (cleaned.reasons[0]?.reason ?? 'it could not be read')
    : 'the desensitizer failed'

/** Headers that tell who asked; what is answered may hold them. */
const whoAsks = ['accept', 'authorization', 'content-type', 'cookie']

/** Digests of the last reply to each request, as both came; in memory only. */
class LastReplies {
  private readonly replies = new Map<string, string>()

  /** Notes the reply. */
  repeats(
    exchange: Exchange,
    label: string | undefined,
    headers: readonly string[],
    ending: readonly string[] = [],
  ): boolean {
    const { protocol, service, version, operation, request, reply } = exchange
    const asked = digest([protocol, service, version, label, operation, request.target], request, [
      ...whoAsks,
      ...headers,
    ])
    const answered = digest([reply.status], reply, ['content-type', 'location', 'set-cookie', ...ending])
    const before = this.replies.get(asked)
    if (before === answered) return true
    if (before === undefined && this.replies.size >= 200_000) this.replies.clear()
    this.replies.set(asked, answered)
    return false
  }
}

const digest = (facts: readonly unknown[], message: RecordedMessage, names: readonly string[]): string => {
  const { headers, trailers = [], bodies } = message
  const counted = [headers, trailers].map((pairs) =>
    pairs.filter((_, i) => names.includes(pairs[i - (i % 2)]!.toLowerCase())),
  )
  const lengths = bodies.map((body) => (body.kind === 'bytes' ? body.bytes.length : 0))
  const head = hash('sha256', JSON.stringify([facts, counted, lengths]), 'base64')
  const bytes = bytesOf(message)
  return bytes.length === 0 ? head : head + hash('sha256', bytes, 'base64')
}
