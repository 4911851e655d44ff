/**
 * How Confluent's serializers put a schema's id before a value: a zero, four bytes of id; for protobuf the message's indexes behind them
 * (https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format).
 */
import { varintSize, writeVarint } from '../records/varint.ts'

export interface Framed {
  readonly id: number
  readonly rest: Buffer
}

/** undefined: it is not framed. */
export const framed = (bytes: Uint8Array): Framed | undefined => {
  if (bytes.length < 5 || bytes[0] !== 0) return undefined
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { id: buffer.readUInt32BE(1), rest: buffer.subarray(5) }
}

export const frame = (id: number, ...parts: readonly Uint8Array[]): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  return Buffer.concat([head, ...parts])
}

/** A single zero stands for [0]. undefined: there are none. */
export const readIndexes = (
  bytes: Buffer,
): { readonly indexes: readonly number[]; readonly rest: Buffer } | undefined => {
  const numbers: number[] = []
  let at = 0
  for (let left = 1; left > 0; left--) {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 28) return undefined
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    numbers.push((value >>> 1) ^ -(value & 1))
    if (numbers.length === 1) left += Math.min(Math.max(0, numbers[0]!), 100)
  }
  const [, ...indexes] = numbers
  return { indexes: indexes.length === 0 ? [0] : indexes, rest: bytes.subarray(at) }
}

export const writeIndexes = (indexes: readonly number[]): Buffer => {
  const [only, another] = indexes
  if (only === 0 && another === undefined) return Buffer.from([0])
  const numbers = [indexes.length, ...indexes]
  const bytes = Buffer.alloc(numbers.reduce((sum, n) => sum + varintSize(n), 0))
  let at = 0
  for (const n of numbers) at = writeVarint(bytes, at, n)
  return bytes
}
