/** What our own commands do on a message bus: put a message in, read what is there. Always in a tenant's lane. */
import type { Tenant } from './call.ts'
import type { ServiceEntry } from './service-entry.ts'

export interface MessageHeader {
  readonly name: string
  readonly value: Uint8Array | null
}

export interface BusMessage {
  readonly topic: string
  readonly key: Uint8Array | null
  /** Where `typed`, JSON that the topic's format makes bytes of, if it has one. */
  readonly value: Uint8Array | null
  readonly typed: boolean
  readonly headers: readonly MessageHeader[]
  /** undefined: the bus decides. */
  readonly partition: number | undefined
  /** Milliseconds since 1970; undefined: now. */
  readonly timestamp: number | undefined
}

export interface SentMessage {
  readonly partition: number
  readonly offset: bigint
}

export interface ReadMessage {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** The value as JSON text, where the topic has a format that makes such of it. */
  readonly json: string | undefined
  readonly headers: readonly MessageHeader[]
}

/** Where reading begins: for each partition the offset of its next message. */
export type ReadFrom = 'beginning' | 'latest' | ReadonlyMap<number, bigint>

export interface ReadMessages {
  readonly messages: readonly ReadMessage[]
  /** Where to go on. */
  readonly next: ReadonlyMap<number, bigint>
}

/** All reject with SvcMockError. */
export interface MessageBus {
  send(service: ServiceEntry, tenant: Tenant, message: BusMessage): Promise<SentMessage>
  /** Waits for something to come, at most `waitMs`. */
  read(
    service: ServiceEntry,
    tenant: Tenant,
    topic: string,
    from: ReadFrom,
    waitMs: number,
  ): Promise<ReadMessages>
}
