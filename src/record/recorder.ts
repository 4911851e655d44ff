/**
 * Recording as calls see it: a bounded queue in memory, counted in bytes, that a thread of its own empties. Nothing in
 * here waits, decodes or touches the disk.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Call } from '../core/call.ts'
import type { Definitions } from '../core/definitions.ts'
import type { FixtureDialect, MessageDialect, MessageFixture } from '../core/fixture.ts'
import type { Metadata } from '../core/metadata.ts'
import { messageRecord } from './message-record.ts'
import { pack, type RawRecord, sizeOf } from './records.ts'
import type { Losses, RecordStats, ReportData } from './report-data.ts'
import type { FromWorker, ToWorker } from './worker.ts'

export type OnFull = 'drop' | 'wait'

export interface RecorderOptions {
  /** The thread, which speaks ToWorker and FromWorker. */
  readonly worker: Worker
  readonly dialects: ReadonlyMap<string, FixtureDialect>
  /** Of protocols whose calls are messages. */
  readonly messages: ReadonlyMap<string, MessageDialect>
  /** Bytes of all exchanges that wait. */
  readonly queueBytes: number
  /** Bytes of one exchange, both bodies together. */
  readonly maxBytes: number
  readonly onFull: OnFull
  readonly case: string | undefined
  /** Which calls are recorded at all. */
  readonly wants: (call: Call) => boolean
  /** The version that a fixture of this exchange belongs to; undefined: nothing says it. */
  readonly versionOf: (call: Pick<Call, 'service' | 'version'>, replyHeaders: Metadata) => string | undefined
  readonly changed?: () => void
  /** Called when the thread has ended, however that came. */
  readonly ended?: () => void
  /** Something went wrong that a person should read. */
  readonly notice: (text: string) => void
}

export interface RecorderNumbers extends RecordStats, Losses {
  /** Bytes in the queue. */
  readonly waiting: number
}

/** What the thread may have at once; the rest stays here, where it can still be counted. */
const sentAtMost = 2 * 2 ** 20
/** Packing is done in the thread of the calls, about 20 us for 1 kB: calls wait for one batch, not for all that has gathered. */
const batchAtMost = 64 * 2 ** 10
const batchMs = 10

const noStats: RecordStats = { calls: 0, distinct: 0, files: 0, masked: {}, quarantined: 0, skipped: {} }

export class Recorder {
  readonly maxBytes: number
  readonly waits: boolean
  readonly dialects: ReadonlyMap<string, FixtureDialect>
  readonly messages: ReadonlyMap<string, MessageDialect>
  private readonly options: RecorderOptions
  private readonly worker: Worker
  private queue: RawRecord[] = []
  private held = 0
  private sent = 0
  private timer: NodeJS.Timeout | undefined
  private next: NodeJS.Immediate | undefined
  private stats = noStats
  private dropped = 0
  private tooLarge = 0
  private brokenOff = 0
  /** What the thread has been given, under which number. */
  private readonly handedOver = new Map<Definitions, number>()
  private readonly withoutVersion = new Map<string, number>()
  private waiting: (() => void)[] = []
  private readonly ended = Promise.withResolvers<ReportData | undefined>()
  private finishing = false
  private retryMs = 0
  private failed: string | undefined

  constructor(options: RecorderOptions) {
    this.options = options
    this.worker = options.worker
    this.maxBytes = options.maxBytes
    this.waits = options.onFull === 'wait'
    this.dialects = options.dialects
    this.messages = options.messages
    this.worker.on('message', (message: FromWorker) => this.heard(message))
    this.worker.on('error', (error) => this.lost(`the recording thread ended: ${error.name}`))
    this.worker.on('exit', () => this.lost('the recording thread has ended'))
    // The calls keep the program alive, or finish() does.
    this.worker.unref()
  }

  wants(call: Call): boolean {
    return this.failed === undefined && this.options.wants(call)
  }

  get full(): boolean {
    return this.held >= this.options.queueBytes
  }

  /** Resolves when there is room again. */
  room(): Promise<void> {
    return this.full && this.failed === undefined
      ? new Promise((resolve) => this.waiting.push(resolve))
      : Promise.resolve()
  }

  /** More of an exchange has come in; false: there is no room for it, and it counts as dropped. */
  hold(bytes: number): boolean {
    if (this.full && !this.waits) {
      this.dropped++
      this.changed()
      return false
    }
    this.held += bytes
    return true
  }

  /** Of what was held. */
  release(bytes: number): void {
    this.held -= bytes
    if (this.full) return
    const waiting = this.waiting
    this.waiting = []
    for (const resume of waiting) resume()
  }

  lose(why: 'tooLarge' | 'brokenOff'): void {
    this[why]++
    this.changed()
  }

  /** `held`: what `hold` was told about it. */
  add(call: Pick<Call, 'service' | 'version'>, record: Omit<RawRecord, 'case'>, held: number): void {
    const version = this.options.versionOf(call, record.exchange.reply.headers)
    if (version === undefined) {
      this.release(held)
      const { name } = call.service
      if (!this.withoutVersion.has(name)) this.options.notice(noVersionText(name, call.service.version))
      this.withoutVersion.set(name, (this.withoutVersion.get(name) ?? 0) + 1)
      return
    }
    const { definitions } = call.service
    const exchange = { ...record.exchange, version }
    this.push({ ...record, case: this.options.case, definitions, exchange }, held)
  }

  /** A message is replayed whichever version its service has, so that none need be known. */
  addMessage(call: Pick<Call, 'service' | 'version' | 'protocol'>, message: MessageFixture): void {
    const { service, protocol } = call
    const record = messageRecord({ protocol, service: service.name }, message)
    const size = sizeOf(record.exchange)
    if (size > this.maxBytes) {
      this.lose('tooLarge')
      return
    }
    if (!this.hold(size)) return
    const version = this.options.versionOf(call, [])
    const exchange = { ...record.exchange, ...(version !== undefined && { version }) }
    this.push({ ...record, case: this.options.case, exchange }, size)
  }

  private push(record: RawRecord, held: number): void {
    const size = sizeOf(record.exchange)
    this.held += size - held
    this.queue.push(record)
    this.timer ??= setTimeout(() => this.send(), batchMs)
  }

  numbers(): RecorderNumbers {
    return { ...this.stats, ...this.losses(), waiting: this.held }
  }

  losses(): Losses {
    const { dropped, tooLarge, brokenOff } = this
    return { dropped, tooLarge, brokenOff, withoutVersion: Object.fromEntries(this.withoutVersion) }
  }

  /**
   * Everything that waits is worked off and written, for at most `patienceMs`. When that is not enough, what is left is
   * dropped and counted, in time to write what has been done. Resolves with undefined when the thread did not even
   * manage that, or `signal` ended it.
   */
  async finish(patienceMs: number, signal?: AbortSignal): Promise<ReportData | undefined> {
    this.finishing = true
    this.retryMs = patienceMs * 0.2
    this.worker.ref()
    this.send()
    const enough = setTimeout(() => this.dropRest(), patienceMs * 0.6)
    const timeUp = wait(patienceMs, undefined, { ref: false, ...(signal !== undefined && { signal }) }).catch(
      () => undefined,
    )
    const report = await Promise.race([this.ended.promise, timeUp])
    clearTimeout(enough)
    await this.worker.terminate()
    this.options.ended?.()
    return report
  }

  private dropRest(): void {
    this.dropped += this.queue.length
    this.queue = []
    this.send()
  }

  private send(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.isSendable) {
      let size = 0
      let count = 0
      while (count < this.queue.length && size < batchAtMost) size += sizeOf(this.queue[count++]!.exchange)
      const batch = pack(this.queue.splice(0, count), (definitions) => this.numberOf(definitions))
      const message: ToWorker = { type: 'batch', size, ...batch }
      this.sent += size
      this.worker.postMessage(message, [batch.bytes.buffer])
      if (this.isSendable) this.sendSoon()
    }
    if (this.finishing && this.queue.length === 0)
      this.worker.postMessage({ type: 'finish', retryMs: this.retryMs } satisfies ToWorker)
  }

  private get isSendable(): boolean {
    return this.queue.length > 0 && this.sent < sentAtMost && this.failed === undefined
  }

  /** After what has come in meanwhile. */
  private sendSoon(): void {
    this.next ??= setImmediate(() => {
      this.next = undefined
      this.send()
    })
  }

  /** They go before the first batch that needs them. */
  private numberOf(definitions: Definitions): number {
    const known = this.handedOver.get(definitions)
    if (known !== undefined) return known
    const number = this.handedOver.size + 1
    this.handedOver.set(definitions, number)
    const { protocol } = definitions
    const message: ToWorker = { type: 'definitions', number, protocol, portable: definitions.portable() }
    this.worker.postMessage(message)
    return number
  }

  private heard(message: FromWorker): void {
    if (message.type === 'done') {
      this.stats = message.stats
      this.sent -= message.size
      this.release(message.size)
      if (this.queue.length > 0) this.sendSoon()
    } else if (message.type === 'written') this.stats = message.stats
    else if (message.type === 'failed') this.options.notice(`recording: ${message.message}`)
    else if (message.type === 'finished') {
      this.stats = message.report
      this.ended.resolve(message.report)
    }
    this.changed()
  }

  private lost(text: string): void {
    if (this.failed !== undefined) return
    this.failed = text
    this.ended.resolve(undefined)
    if (!this.finishing) this.options.notice(`${text}; nothing is recorded any more`)
    for (const resume of this.waiting.splice(0)) resume()
  }

  private changed(): void {
    this.options.changed?.()
  }
}

/** `configured`: a range, or it would have told. */
const noVersionText = (service: string, configured: string | undefined): string => {
  const range = configured === undefined ? '' : `, for ${configured} in svc-mock.yaml is a range`
  return `nothing says which version of ${service} answers${range} (FIXTURE_VERSION_UNKNOWN); nothing of it is recorded: say --version ${service}=1.4.0`
}
