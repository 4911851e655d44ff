/** One record that a client produced, as a Call: made only of records that some filter wants to see, after the broker has them. */
import type { Body } from '../../core/body.ts'
import { type Call, type CallContext, newContext, type Tenant } from '../../core/call.ts'
import { decodedBody } from '../../core/decoded-body.ts'
import type { MessageFixture } from '../../core/fixture.ts'
import type { Metadata } from '../../core/metadata.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import type { SchemaBreach } from './formats/format.ts'
import { type ValueReader, valueBody } from './mock/value-body.ts'

/** A record as mocks and people see it. */
export interface RecordFacts {
  readonly topic: string
  /** Equal for records of one log: private topics of tenants have one name here. */
  readonly log: string
  readonly partition: number
  /** undefined: the broker did not say (acks 0). */
  readonly offset: bigint | undefined
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

export interface RecordHeader {
  readonly name: string
  readonly value: Uint8Array | null
}

export interface RecordCallFacts {
  readonly id: number
  readonly tenant: Tenant
  readonly service: ServiceEntry
  readonly record: RecordFacts
  readonly unmocked: boolean
  /** A client has fetched it; else one has produced it. */
  readonly delivered?: boolean | undefined
  readonly signal: AbortSignal
  /** In what its value breaks its schema. */
  readonly breaches?: readonly SchemaBreach[]
  /** How values of the topic are read; undefined: as what they are. */
  readonly read?: ValueReader | undefined
}

export class RecordCall implements Call {
  readonly id: number
  readonly protocol = 'kafka'
  tenant: Tenant
  readonly service: ServiceEntry
  readonly version = undefined
  readonly path = '/'
  readonly metadata: Metadata
  readonly body: Body
  readonly oneway = true
  readonly unmocked: boolean
  readonly signal: AbortSignal
  readonly context: CallContext = newContext()
  readonly record: RecordFacts
  readonly breaches: readonly SchemaBreach[]
  private readonly delivered: boolean
  private readonly read: ValueReader | undefined

  constructor(facts: RecordCallFacts) {
    const { id, tenant, service, record, unmocked, delivered = false, signal, breaches = [], read } = facts
    this.delivered = delivered
    this.read = read
    this.breaches = breaches
    this.id = id
    this.tenant = tenant
    this.service = service
    this.record = record
    this.unmocked = unmocked
    this.signal = signal
    this.metadata = record.headers.flatMap(({ name, value }) => [name, textOf(value ?? none)])
    this.body = valueBody(record, read)
  }

  /** Mocks are told apart by topic first, as others by method. */
  get method(): string {
    return this.record.topic
  }

  get operation(): string {
    return `${this.delivered ? 'Fetch' : 'Produce'} ${this.record.topic}`
  }

  /** One, or none for a key that is null. */
  get keys(): readonly string[] {
    const { key } = this.record
    return key === null ? [] : [textOf(key)]
  }

  get keyBody(): ReturnType<typeof decodedBody> {
    return decodedBody(this.record.key ?? none, '')
  }

  /** As it is recorded. A value that is not what its format says stays bytes. */
  async fixture(): Promise<MessageFixture> {
    const { record, read } = this
    if (read === undefined || record.value === null) return { ...record, json: undefined }
    try {
      return { ...record, json: await read(record.value) }
    } catch {
      return { ...record, json: undefined }
    }
  }

  /** All values under the name, whose case counts. */
  headers(name: string): readonly string[] {
    return this.record.headers.flatMap((header) =>
      header.name === name && header.value !== null ? [textOf(header.value)] : [],
    )
  }
}

const none = new Uint8Array(0)

/** UTF-8, else one character a byte. */
export const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  }
}
