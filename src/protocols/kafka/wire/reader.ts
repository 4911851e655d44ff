/**
 * Kafka's primitive types, read (https://kafka.apache.org/protocol#protocol_types; the compact ones and tagged fields: KIP-482).
 * No length that is announced costs anything before its bytes are there.
 */
import { MalformedMessage } from './malformed.ts'

export class Reader {
  readonly bytes: Buffer
  /** Where the next value begins. */
  at: number
  private readonly end: number
  /** What is being read, for messages: the path of a field. */
  place: string

  constructor(bytes: Uint8Array, at = 0, place = '') {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
    this.end = this.bytes.length
    this.place = place
  }

  get left(): number {
    return this.end - this.at
  }

  /** Where the next `count` bytes begin, which are passed. */
  private take(count: number): number {
    const { at } = this
    if (count > this.end - at) {
      this.fail(`${count} bytes are needed, ${this.end - at} are there`)
    }
    this.at = at + count
    return at
  }

  fail(what: string): never {
    throw new MalformedMessage(`${this.place}: ${what} (byte ${this.at})`)
  }

  int8(): number {
    const at = this.take(1)
    return (this.bytes[at]! << 24) >> 24
  }

  bool(): boolean {
    return this.int8() !== 0
  }

  int16(): number {
    const at = this.take(2)
    return (((this.bytes[at]! << 8) | this.bytes[at + 1]!) << 16) >> 16
  }

  uint16(): number {
    return this.int16() & 0xffff
  }

  int32(): number {
    const at = this.take(4)
    const { bytes } = this
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.take(8))
  }

  float64(): number {
    return this.bytes.readDoubleBE(this.take(8))
  }

  uuid(): string {
    const at = this.take(16)
    return this.bytes.toString('hex', at, at + 16)
  }

  /** At most 32 bits, in at most five bytes. */
  uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.take(1)]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        if (shift === 28 && byte > 0x0f) this.fail('a number of more than 32 bits')
        return value >>> 0
      }
    }
    return this.fail('a number of more than five bytes')
  }

  /** -1: null. */
  length(compact: boolean): number {
    const length = compact ? this.uvarint() - 1 : this.int32()
    if (length < -1) this.fail(`a length of ${length}`)
    return length
  }

  /** -1: null. Elements that can't be there are refused before anything is made of them; each takes a byte at least. */
  count(compact: boolean): number {
    const count = this.length(compact)
    if (count > this.left) this.fail(`${count} elements are announced in ${this.left} bytes`)
    return count
  }

  string(compact: boolean): string | null {
    const length = compact ? this.uvarint() - 1 : this.int16()
    if (length < 0) {
      if (length < -1) this.fail(`a length of ${length}`)
      return null
    }
    const at = this.take(length)
    return textOf(this.bytes, at, at + length)
  }

  /** A view. */
  blob(compact: boolean): Buffer | null {
    const length = this.length(compact)
    if (length < 0) return null
    const at = this.take(length)
    return this.bytes.subarray(at, at + length)
  }

  raw(length: number): Buffer {
    const at = this.take(length)
    return this.bytes.subarray(at, at + length)
  }

  /** Passes tagged fields that nobody asks for. */
  skipTags(): void {
    const count = this.uvarint()
    for (let i = 0; i < count; i++) {
      this.uvarint()
      this.take(this.uvarint())
    }
  }
}

/** Names are short and ASCII: for them this takes a third of the time that the decoder needs to start. */
const textOf = (bytes: Buffer, from: number, to: number): string => {
  if (to - from > 24) return bytes.toString('utf8', from, to)
  let text = ''
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    if (byte >= 0x80) return bytes.toString('utf8', from, to)
    text += String.fromCharCode(byte)
  }
  return text
}
