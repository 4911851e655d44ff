/**
 * What goes from the thread of the calls to the one that records: exchanges, packed so that their bytes are copied once
 * and then handed over.
 */
import type { Definitions } from '../core/definitions.ts'
import type { Exchange, RecordedMessage } from '../core/exchange.ts'
import type { MessageFixture } from '../core/fixture.ts'

/** An exchange as it was, with what stands beside it. It lives in memory only. */
export interface RawRecord {
  readonly exchange: Exchange
  /** When the call was made, in ms since the epoch. */
  readonly at: number
  readonly case: string | undefined
  /** Those in force when the call was made. */
  readonly definitions?: Definitions | undefined
  /** It is a message, and this is where it stood. */
  readonly message?: MessagePlace | undefined
  /** The mock whose answer this is, asked for once more; it never goes between threads. */
  readonly renews?: RenewedMock | undefined
}

/** A message without what it says. Its key and its value are the bodies of the request, one after the other, where they are not null. */
export interface MessagePlace
  extends Pick<MessageFixture, 'topic' | 'log' | 'partition' | 'offset' | 'timestamp'> {
  readonly hasKey: boolean
  readonly hasValue: boolean
  /** The value is the JSON that the topic's format has made of it. */
  readonly isJson: boolean
}

/** A mock of a file that is there already: it keeps its place and what it asks for, whatever they would be called now. */
export interface RenewedMock {
  /** Below the folder of fixtures, with `/`. */
  readonly path: string
  /** As the file has it. */
  readonly request: Readonly<Record<string, unknown>>
}

/** A record whose bodies stand in a common block of bytes, one behind the other. */
interface PackedRecord extends Omit<RawRecord, 'exchange' | 'definitions' | 'renews'> {
  /** By the number under which they were handed over before. */
  readonly definitions: number | undefined
  readonly exchange: Omit<Exchange, 'request' | 'reply'>
  readonly request: PackedMessage
  readonly reply: PackedMessage
}

interface PackedMessage extends Omit<RecordedMessage, 'bodies'> {
  readonly lengths: readonly number[]
}

export interface Batch {
  readonly records: readonly PackedRecord[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Bodies are bytes still: what only a protocol can decode is decoded by the one who records. */
export const pack = (
  records: readonly RawRecord[],
  numberOf: (definitions: Definitions) => number = () => 0,
): Batch => {
  const pieces: Uint8Array[] = []
  // By name: what else stands in a record may be nothing that can be sent.
  const packed = records.map(
    ({ exchange: { request, reply, ...exchange }, at, case: label, definitions, message }) => ({
      exchange,
      at,
      case: label,
      message,
      definitions: definitions === undefined ? undefined : numberOf(definitions),
      request: packMessage(request, pieces),
      reply: packMessage(reply, pieces),
    }),
  )
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return { records: packed, bytes }
}

const packMessage = ({ bodies, ...message }: RecordedMessage, pieces: Uint8Array[]): PackedMessage => ({
  ...message,
  lengths: bodies.map((body) => {
    if (body.kind !== 'bytes') throw new Error('a decoded body is not recorded from the wire')
    pieces.push(body.bytes)
    return body.bytes.length
  }),
})

export const unpack = (
  { records, bytes }: Batch,
  numbered: ReadonlyMap<number, Definitions> = new Map(),
): readonly RawRecord[] => {
  let offset = 0
  const message = ({ lengths, ...rest }: PackedMessage): RecordedMessage => ({
    ...rest,
    bodies: lengths.map((length) => {
      offset += length
      return { kind: 'bytes', bytes: bytes.subarray(offset - length, offset) }
    }),
  })
  return records.map(({ exchange, definitions, request, reply, ...beside }) => ({
    ...beside,
    exchange: { ...exchange, request: message(request), reply: message(reply) },
    definitions: definitions === undefined ? undefined : numbered.get(definitions),
  }))
}

/** What a record costs in memory, near enough. */
export const sizeOf = ({ request, reply, operation }: Exchange): number =>
  200 + operation.length + messageSize(request) + messageSize(reply)

const messageSize = ({ target = '', headers, trailers = [], bodies }: RecordedMessage): number => {
  let size = target.length
  for (const text of headers) size += text.length
  for (const text of trailers) size += text.length
  for (const body of bodies) size += body.kind === 'bytes' ? body.bytes.length : 1000
  return size
}
