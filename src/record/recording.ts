/**
 * The work of recording, off the calls' way: decode, desensitize, group, write. One object is one run. What it has
 * not cleaned it holds only while it looks at it.
 */
import { bytesOf, type Exchange } from '../core/exchange.ts'
import type { FixtureDialect, FixturePolicy, MaskedPlaces } from '../core/fixture.ts'
import type { Desensitizer, KeptField, MaskedField, Outcome } from './desensitizer.ts'
import { type Added, type CleanRecord, FixtureSet, type RecordedOperation } from './fixture-set.ts'
import type { FixtureStore } from './fixture-store.ts'
import { LastReplies } from './last-replies.ts'
import { maskedPlaces } from './masked-places.ts'
import { decodedMessage } from './message-record.ts'
import { MessageSet, SeenMessages } from './message-set.ts'
import type { Quarantine } from './quarantine.ts'
import { type MessagePlace, type RawRecord, sizeOf } from './records.ts'
import { RunReport } from './report.ts'
import type { QuarantineRow, RecordStats, ReportOrigin } from './report-data.ts'

export interface RecordingOptions {
  readonly desensitizer: Desensitizer
  readonly dialects: ReadonlyMap<string, FixtureDialect>
  readonly policy: FixturePolicy
  readonly store: FixtureStore
  /** What cannot be made clean waits in it for the end of the run, when it is tried once more; absent: it is dropped. */
  readonly quarantine?: Quarantine<QuarantineRow>
  readonly onQuarantine?: 'retry' | 'drop'
  /** Operations with fields that nobody has decided about are not written. */
  readonly strict?: boolean
  /** For the report. */
  readonly origin?: () => ReportOrigin
  /** Bytes of clean exchanges that are kept for a run; what comes then is counted and not written. Default 256 MB. */
  readonly keptAtMost?: number
}

interface Kept extends CleanRecord {
  readonly message?: MessagePlace | undefined
  readonly found: readonly MaskedField[]
  /** Stay, although nothing is known of them. */
  readonly stays: readonly KeptField[]
}

/** Why an exchange cannot be written. */
interface Refused {
  readonly path: string
  readonly reason: string
}

export class Recording {
  private readonly options: RecordingOptions
  private set: FixtureSet
  private messages = new MessageSet()
  private kept: Kept[] = []
  private keptBytes = 0
  private report = new RunReport()
  private readonly seen = new LastReplies()
  private readonly seenMessages = new SeenMessages()
  private pending = false
  private finishing = false

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

  /** Why nothing of it is kept, in words; undefined: it is, or it came the same before. */
  take(record: RawRecord): string | undefined {
    const { exchange, case: label, renews, message } = record
    const { dialects, policy } = this.options
    if (message !== undefined && this.seenMessages.repeats(exchange.service, message)) return undefined
    this.report.calls++
    // An answer that came the same before says nothing new, whoever asked.
    const ending = dialects.get(exchange.protocol)?.ending
    if (
      renews === undefined &&
      message === undefined &&
      this.seen.repeats(exchange, label, policy.headers, ending)
    )
      return undefined
    const looked = this.look(record)
    if (typeof looked === 'object') this.refuse(record, looked)
    return typeof looked === 'object' ? looked.reason : looked
  }

  /** undefined: it is clean, and kept. A text: why it says nothing that could be kept. */
  private look(record: RawRecord): Refused | string | undefined {
    const { exchange: raw, at, case: label, definitions, renews, message } = record
    const dialect = this.options.dialects.get(raw.protocol)
    const exchange =
      message === undefined
        ? (dialect?.decode?.(raw, definitions) ?? { ok: true as const, value: raw })
        : { ok: true as const, value: decodedMessage(raw, message) }
    if ('skipped' in exchange) {
      this.report.skipped(raw.service, exchange.skipped)
      return exchange.skipped
    }
    if (!exchange.ok) return { path: '', reason: exchange.problem }
    const cleaned = this.cleaned(() => this.options.desensitizer.clean(exchange.value))
    if (cleaned?.kind !== 'clean') return refusalOf(cleaned)
    const masked = maskedPlaces(exchange.value, cleaned.exchange, cleaned.masked)
    const { masked: found, kept: stays = [] } = cleaned
    return this.keep({
      exchange: cleaned.exchange,
      at,
      case: label,
      definitions,
      renews,
      message,
      masked,
      found,
      stays,
    })
  }

  /** `waits`: false for what cannot get better. */
  private refuse(record: RawRecord, { path, reason }: Refused, waits = true): void {
    const { service } = record.exchange
    const row = this.report.quarantined(
      service,
      this.shownOperation(record),
      path,
      reason,
      weightOf(record.exchange),
    )
    if (waits && this.options.onQuarantine !== 'drop') this.options.quarantine?.put(record, row)
  }

  /** A path may name somebody: as fixtures would show it. */
  private shownOperation({ exchange, ...beside }: RawRecord): string {
    const { request, reply, ...rest } = exchange
    // What definitions name is nobody's data.
    if (beside.definitions?.operations.includes(exchange.operation) === true) return exchange.operation
    const { target = '' } = request
    const bare = {
      ...rest,
      request: { target, headers: [], bodies: [] },
      reply: { status: 200, headers: [], bodies: [] },
    }
    const shown = this.cleaned(() => {
      const cleaned = this.options.desensitizer.clean(bare)
      if (cleaned.kind !== 'clean') return undefined
      const dialect = this.options.dialects.get(exchange.protocol)
      const parts = dialect?.describe(cleaned.exchange, { ...beside, masked: nowhere }, this.options.policy)
      const [first] = parts === undefined || 'skipped' in parts ? [] : [parts].flat()
      return first?.operation ?? cleaned.exchange.operation
    })
    return shown ?? 'an operation that cannot be shown'
  }

  /** What would be written now, by path: without every value that has been recognised. */
  settled(): ReadonlyMap<string, RecordedOperation> {
    this.revise()
    return this.set.operations
  }

  /** Writes what has changed. Values that were recognised since are taken out of everything this run has written. */
  flush(): void {
    const { strict = false, desensitizer, store } = this.options
    // What is undecided may come with the last call.
    if (!this.pending || (strict && !this.finishing)) return
    this.pending = false
    this.revise()
    if (this.set.dirty.size === 0 && this.messages.dirty.size === 0) return
    desensitizer.commit()
    for (const operation of this.set.dirty)
      if (strict && this.isUndecided(operation)) store.leave(operation.path, 'undecided')
      else store.write(operation)
    this.set.dirty.clear()
    for (const topic of this.messages.dirty) {
      const undecided = topic.undecided > 0 || this.report.hasLost(topic.service, `Produce ${topic.topic}`)
      if (strict && undecided) store.leave(topic.path, 'undecided')
      else store.writeMessages(topic)
    }
    this.messages.dirty.clear()
  }

  private isUndecided({ undecided, service, title }: RecordedOperation): boolean {
    return undecided > 0 || this.report.hasLost(service, title)
  }

  /** Everything recognisable has been recognised by now, and somebody may have changed the policy. */
  private retry(ms: number): void {
    const { quarantine, onQuarantine, desensitizer } = this.options
    if (quarantine === undefined) return
    try {
      if (onQuarantine === 'drop') return
      desensitizer.refresh?.()
      const until = performance.now() + ms
      for (const { record, about } of quarantine.take()) {
        if (performance.now() > until) break
        if (typeof this.look(record) !== 'object') about.recovered++
      }
    } catch {
      // Somebody has touched the file: what cannot be opened stays counted as dropped, and the rest of the run goes on.
    } finally {
      quarantine.close()
    }
  }

  stats(): RecordStats {
    return this.report.stats(this.set, this.options.store)
  }

  /** `retryMs`: for another look at what is in quarantine. */
  finish(retryMs = 2_000): RunReport {
    this.pending = true
    // First of all what is clean.
    this.flush()
    this.retry(retryMs)
    this.pending = true
    this.finishing = true
    this.flush()
    const { store, desensitizer, origin } = this.options
    this.report.close(this.set, this.messages, store, {
      origin: origin?.(),
      namesReal: (text) => desensitizer.namesReal(text),
    })
    return this.report
  }

  /** Why it is not kept; undefined: it is, or the same is already. */
  private keep(record: Kept): string | undefined {
    if (this.keptBytes > (this.options.keptAtMost ?? 256 * 2 ** 20)) {
      const reason = 'the run has recorded all that fits into memory'
      this.report.skipped(record.exchange.service, reason)
      return reason
    }
    const added = this.add(record)
    if (typeof added === 'object') return added.skipped
    if (added === 'known') return undefined
    this.kept.push(record)
    this.keptBytes += sizeOf(record.exchange)
    this.pending = true
    return undefined
  }

  private add(record: Kept): Added {
    const undecided = record.stays.length + record.found.filter(({ rule }) => rule === 'unknown').length
    const { message } = record
    const added =
      message === undefined
        ? this.set.add({ ...record, undecided })
        : this.messages.add({ ...record, message, undecided })
    if (typeof added === 'object') this.report.skipped(record.exchange.service, added.skipped)
    else if (added !== 'known') this.report.masked(record.exchange.service, record.found, record.stays)
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
        this.refuse(record, refusalOf(revised), false)
        return []
      }
      const { exchange, masked: found } = revised
      const masked = maskedPlaces(record.exchange, exchange, found, record.masked)
      return [{ ...record, exchange, masked, found: [...record.found, ...found] }]
    })
    if (!changed) return
    this.set = this.freshSet()
    this.messages = new MessageSet()
    this.report.restart()
    this.kept = after.filter((record) => {
      const added = this.add(record)
      return added === 'request' || added === 'answer'
    })
    store.retain(new Set([...this.set.operations.keys(), ...this.messages.topics.keys()]))
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

const nowhere: MaskedPlaces = { fields: new Map(), segments: new Map() }

const refusalOf = (cleaned: Outcome | typeof unchanged | undefined): Refused => {
  const [first] = cleaned?.kind === 'quarantine' ? cleaned.reasons : []
  return first ?? { path: '', reason: 'the desensitizer failed' }
}

/** Bytes of both bodies. */
const weightOf = ({ request, reply }: Exchange): number => bytesOf(request).length + bytesOf(reply).length
