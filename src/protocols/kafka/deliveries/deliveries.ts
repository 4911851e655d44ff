/**
 * Records that clients of one service have produced become Calls, after the broker has them; what mocks answer is produced in turn. The records
 * of a partition come one after the other, as a consumer has them.
 */
import type { Tenant } from '../../../core/call.ts'
import type { Clock } from '../../../core/clock.ts'
import { SvcMockError } from '../../../core/errors.ts'
import type { LiveOperations } from '../../../core/operations.ts'
import type { ProtocolHost } from '../../../core/protocol.ts'
import { RecordCall, type RecordFacts, textOf } from '../call.ts'
import type { ProducedRecord } from '../client/producer.ts'
import type { Formats } from '../formats/topic-formats.ts'
import { tagHeader } from '../lane/who.ts'
import type { Message } from '../messages/index.ts'
import { recordsOf } from '../mock/outcome.ts'
import { type Acknowledged, fetchedIn, type HeldPartition, recordsIn } from './held.ts'
import { type SendingTools, sendAll } from './sending.ts'

export interface DeliveryFacts {
  readonly host: Pick<ProtocolHost, 'nextId' | 'handle' | 'finished' | 'tenantNamed' | 'notice'>
  readonly operations: LiveOperations
  readonly clock: Clock
  now(): number
  readonly formats: Formats
  /** Produces as a client of the tenant's would. `depth`: how many mocks stand before it. */
  send(record: ProducedRecord, tenant: Tenant, depth: number): Promise<unknown>
}

/** A mock whose message is another mock's, and so on: what never ends ends here. */
const deepest = 10
/** So many records wait at most; then clients wait for their acknowledgement. */
const mostWaiting = 10_000

export class Deliveries {
  readonly facts: DeliveryFacts
  /** The last work of each partition. */
  private readonly queues = new Map<string, Promise<void>>()
  private readonly ended = new AbortController()
  private waiting = 0
  private room = Promise.withResolvers<void>()

  constructor(facts: DeliveryFacts) {
    this.facts = facts
  }

  /** Whether records are wanted that clients fetch, besides those that they produce: they are recorded. */
  get records(): boolean {
    const { any, service } = this.facts.operations
    return any && service.mode === 'record'
  }

  /** Whether any record of the topic is wanted: by a mock, by what holds it against its schema, or because it is recorded. */
  wants(topic: string): boolean {
    const { operations, formats } = this.facts
    return (
      operations.mocks(topic, true) ||
      this.records ||
      (operations.wants(topic, true) && formats.checks(topic))
    )
  }

  /** Why the broker must not get these records; undefined: it may. */
  async refuses(held: readonly HeldPartition[], tenant: Tenant, depth: number): Promise<string | undefined> {
    const { operations, formats } = this.facts
    if (operations.service.contract?.enforce !== 'fail') return undefined
    for (const one of held) {
      if (!formats.checks(one.topic)) continue
      for (const record of readable(one)) {
        const [breach] = await formats.breaches(one.topic, record.value)
        if (breach === undefined) continue
        await this.one(record, tenant, depth)
        const at = breach.path === '' ? '' : `${breach.path}: `
        return `a value for ${one.topic} breaks its contract: ${at}${breach.message}`
      }
    }
    return undefined
  }

  /** The broker has taken these records. A promise where too many wait. */
  arrived(
    held: HeldPartition,
    at: Acknowledged | undefined,
    tenant: Tenant,
    depth: number,
  ): Promise<void> | undefined {
    try {
      return this.queue(held.place, recordsIn(held, at), (record) => this.one(record, tenant, depth))
    } catch (error) {
      this.unread(`records of ${held.topic}`, error)
      return undefined
    }
  }

  /** Records that a client is about to get. A promise where too many wait. */
  delivered(message: Message, tenant: Tenant, logOf: (topic: string) => string): Promise<void> | undefined {
    let room: Promise<void> | undefined
    try {
      for (const records of fetchedIn(message, logOf)) {
        const [first] = records
        if (first === undefined) continue
        const place = `fetched ${first.log}/${first.partition}`
        room = this.queue(place, records, (record) => this.seen(record, tenant))
      }
    } catch (error) {
      this.unread('records that a client has fetched', error)
    }
    return room
  }

  private queue(
    place: string,
    records: readonly RecordFacts[],
    one: (record: RecordFacts) => Promise<void>,
  ): Promise<void> | undefined {
    const before = this.queues.get(place) ?? Promise.resolve()
    this.waiting += records.length
    const done = before.then(() => this.all(records, one))
    this.queues.set(place, done)
    void done.then(() => {
      if (this.queues.get(place) === done) this.queues.delete(place)
    })
    return this.waiting > mostWaiting ? this.room.promise : undefined
  }

  private unread(what: string, error: unknown): void {
    const { host, operations } = this.facts
    const { name } = operations.service
    host.notice(`kafka ${name} unread`, `${name}: ${what} cannot be read: ${(error as Error).message}`)
  }

  /** Nothing more is sent. */
  close(): void {
    this.ended.abort()
  }

  private async all(
    records: readonly RecordFacts[],
    one: (record: RecordFacts) => Promise<void>,
  ): Promise<void> {
    for (const record of records) {
      if (!this.ended.signal.aborted) await one(record)
      this.waiting--
    }
    if (this.waiting > mostWaiting) return
    this.room.resolve()
    this.room = Promise.withResolvers()
  }

  /** Nobody answers what a client fetches. */
  private async seen(record: RecordFacts, tenant: Tenant): Promise<void> {
    const { host, operations, formats } = this.facts
    const startedAt = performance.now()
    const call = new RecordCall({
      id: host.nextId(),
      tenant: this.tenantOf(record) ?? tenant,
      service: operations.service,
      record,
      unmocked: true,
      delivered: true,
      signal: this.ended.signal,
      read: formats.reader(record.topic),
    })
    try {
      const reply = await host.handle(call)
      host.finished(call, reply.kind === 'fault' ? 0 : 200, startedAt, 'fetched')
    } catch (error) {
      this.failed(call, error, startedAt)
    }
  }

  private async one(record: RecordFacts, tenant: Tenant, depth: number): Promise<void> {
    const { host, operations, formats } = this.facts
    const { topic } = record
    const startedAt = performance.now()
    const call = new RecordCall({
      id: host.nextId(),
      tenant: this.tenantOf(record) ?? tenant,
      service: operations.service,
      record,
      unmocked: !operations.mocks(topic, true),
      signal: this.ended.signal,
      read: formats.reader(topic),
      breaches: operations.service.contract === undefined ? [] : await formats.breaches(topic, record.value),
    })
    try {
      const reply = await host.handle(call)
      const out = recordsOf(reply)
      if (out.length === 0) {
        host.finished(call, reply.kind === 'fault' ? 0 : 200, startedAt, wordOf(call, 0))
        return
      }
      if (depth >= deepest) throw tooDeep(call)
      // The next record of the partition does not wait for delays of this one's messages.
      const handed = Promise.withResolvers<void>()
      void this.send(call, depth, out, startedAt, handed.resolve)
      await handed.promise
    } catch (error) {
      this.failed(call, error, startedAt)
    }
  }

  private async send(
    call: RecordCall,
    depth: number,
    out: ReturnType<typeof recordsOf>,
    startedAt: number,
    handed: () => void,
  ): Promise<void> {
    const { host, clock, now, formats, send } = this.facts
    try {
      const tools: SendingTools = {
        clock,
        now,
        encode: (topic, value) => formats.encode(topic, value),
        send: (record) => send(record, call.tenant, depth + 1),
      }
      await sendAll(call, out, tools, handed)
      host.finished(call, 200, startedAt, wordOf(call, out.length))
    } catch (error) {
      this.failed(call, error, startedAt)
    } finally {
      handed()
    }
  }

  private failed(call: RecordCall, error: unknown, startedAt: number): void {
    const { context } = call
    context.outcome ??= 'error'
    if (context.outcome === 'mock') context.outcome = 'error'
    context.error = error instanceof SvcMockError ? error.code : 'UPSTREAM_UNREACHABLE'
    if (context.outcome !== 'miss') context.note = (error as Error).message
    this.facts.host.finished(call, 500, startedAt, 'not sent')
  }

  /** Its tag decides; what else could is asked by the pipeline. */
  private tenantOf({ headers }: RecordFacts): Tenant | undefined {
    const tag = headers.findLast(({ name, value }) => name.toLowerCase() === tagHeader && value !== null)
    return tag === undefined ? undefined : this.facts.host.tenantNamed(textOf(tag.value!))
  }
}

const wordOf = ({ context }: RecordCall, sent: number): string => {
  if (context.outcome !== 'mock') return 'taken'
  return sent === 0 ? 'nothing sent' : `sent ${sent}`
}

const tooDeep = ({ record }: RecordCall): SvcMockError =>
  new SvcMockError(
    'MOCK_LOOP',
    `a record of ${record.topic} is the ${deepest}th that mocks have sent to each other, so none answers it`,
  )

/** What cannot be read is refused by the broker itself. */
const readable = (held: HeldPartition): readonly RecordFacts[] => {
  try {
    return recordsIn(held, undefined)
  } catch {
    return []
  }
}
