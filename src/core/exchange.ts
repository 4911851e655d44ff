/** What is recorded: one call with its whole reply, as they were on the wire or as a protocol has decoded them. */

/**
 * Decoded by a protocol (protobuf, Hessian …), which also writes it again: objects, lists, texts, numbers, bigint, bytes.
 * What is none of these (true, null, a Word) stays as it is.
 */
export interface NamedFields {
  readonly kind: 'fields'
  readonly value: unknown
  /** Paths of fields that their schema calls sensitive (`debug_redact`): `customer.ssn`, `items[*].code`. */
  readonly sensitive?: readonly string[]
  /** Other names that a schema gives its fields, by the names in `value`; what either says of a value counts. */
  readonly aliases?: Readonly<Record<string, string>>
}

/** A text that stands in the schema (an enum's name, a type's) and is nobody's data. */
export class Word {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }
}

export interface RawBody {
  readonly kind: 'bytes'
  readonly bytes: Uint8Array
}

export type RecordedBody = RawBody | NamedFields

export interface RecordedMessage {
  /** Path and query as sent, without the part that belongs to the service's address; only of a call. */
  readonly target?: string
  /** Name, value, name, value …, as in Metadata. */
  readonly headers: readonly string[]
  readonly trailers?: readonly string[]
  /** Only of a reply. */
  readonly status?: number
  /** Several for a stream; none for no body. */
  readonly bodies: readonly RecordedBody[]
}

export interface Exchange {
  readonly protocol: string
  readonly service: string
  /** Version of the interface that answered. */
  readonly version?: string
  /** `GET /orders/42`, `acme.Inventory/Get`. */
  readonly operation: string
  readonly request: RecordedMessage
  readonly reply: RecordedMessage
  /**
   * How the sides took turns: when the reply had so many bytes, the request had so many. Only of what was seen on the
   * wire, and where the dialect asks for it.
   */
  readonly turns?: readonly (readonly [reply: number, request: number])[]
}

/** All of a message's bytes; empty where it has no body or a decoded one. */
export const bytesOf = ({ bodies }: RecordedMessage): Uint8Array => {
  const pieces = bodies.flatMap((body) => (body.kind === 'bytes' ? [body.bytes] : []))
  return pieces.length === 1 ? pieces[0]! : joined(pieces)
}

export const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
