/** What is recorded: one call and its reply, as they were on the wire or as a protocol has decoded them. */

/** Decoded by a protocol (protobuf, Hessian …), which also writes it again: objects, lists, texts, numbers, bigint, bytes. */
export interface NamedFields {
  readonly kind: 'fields'
  readonly value: unknown
  /** Paths of fields that their schema calls sensitive (`debug_redact`): `customer.ssn`, `items[*].code`. */
  readonly sensitive?: readonly string[]
}

export interface RawBody {
  readonly kind: 'bytes'
  readonly bytes: Uint8Array
}

export type RecordedBody = RawBody | NamedFields

export interface RecordedMessage {
  /** Path and query as sent; only of a call. */
  readonly target?: string
  /** Name, value, name, value …, as in Metadata. */
  readonly headers: readonly string[]
  readonly trailers?: readonly string[]
  readonly status?: number
  /** Several for a stream. */
  readonly bodies: readonly RecordedBody[]
}

export interface Exchange {
  readonly protocol: string
  readonly service: string
  readonly version?: string
  /** `GET /orders/42`, `acme.Inventory/Get`. */
  readonly operation: string
  readonly request: RecordedMessage
  readonly reply: RecordedMessage
}
