/** Messages as the control address carries them: JSON, bytes in base64, offsets as text. */
import type { ReadMessage } from '../../core/message-bus.ts'

export interface WireHeader {
  readonly name: string
  readonly value: string | null
}

export interface SendWish {
  /** undefined: the only message bus there is. */
  readonly service?: string | undefined
  /** undefined: whose lane the service's port is. */
  readonly tenant?: string | undefined
  readonly topic: string
  readonly key: string | null
  readonly value: string | null
  /** The value is text that the topic's format makes bytes of. */
  readonly typed: boolean
  readonly headers: readonly WireHeader[]
  readonly partition?: number | undefined
  readonly timestamp?: number | undefined
}

export interface SentView {
  readonly service: string
  readonly tenant: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

export type WireOffsets = Readonly<Record<string, string>>

export interface ReadWish {
  readonly service?: string | undefined
  readonly tenant?: string | undefined
  readonly topic: string
  readonly from: 'beginning' | 'latest' | WireOffsets
  readonly waitMs: number
}

export interface WireMessage {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  /** The value as JSON text, where the topic has a format of its own. */
  readonly json?: string | undefined
  readonly headers: readonly WireHeader[]
}

export interface ReadView {
  readonly service: string
  readonly tenant: string
  readonly messages: readonly WireMessage[]
  readonly next: WireOffsets
}

export const toWire = (message: ReadMessage): WireMessage => ({
  topic: message.topic,
  partition: message.partition,
  offset: String(message.offset),
  timestamp: message.timestamp,
  key: base64(message.key),
  value: base64(message.value),
  json: message.json,
  headers: message.headers.map(({ name, value }) => ({ name, value: base64(value) })),
})

export const base64 = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

export const fromBase64 = (text: string | null): Buffer | null =>
  text === null ? null : Buffer.from(text, 'base64')

export const offsetsOf = (wire: WireOffsets): ReadonlyMap<number, bigint> =>
  new Map(Object.entries(wire).map(([partition, offset]) => [Number(partition), BigInt(offset)]))

export const wireOffsets = (offsets: ReadonlyMap<number, bigint>): WireOffsets =>
  Object.fromEntries([...offsets].map(([partition, offset]) => [String(partition), String(offset)]))
