/** Kafka's primitive types, written into a buffer that doubles (https://kafka.apache.org/protocol#protocol_types, KIP-482). */
import { MalformedMessage } from './malformed.ts'

export class Writer {
  private buffer: Buffer
  /** Bytes written. */
  at = 0
  /** What is being written, for messages: the path of a field. */
  place = ''

  constructor(size = 256) {
    this.buffer = Buffer.allocUnsafe(size)
  }

  /** What was written; the writer is not to be used afterwards. */
  done(): Buffer {
    return this.buffer.subarray(0, this.at)
  }

  fail(what: string): never {
    throw new MalformedMessage(`${this.place}: ${what}`)
  }

  /** Where `count` bytes may be written. */
  private room(count: number): number {
    const { at } = this
    const needed = at + count
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length))
      this.buffer.copy(grown, 0, 0, at)
      this.buffer = grown
    }
    this.at = needed
    return at
  }

  int8(value: number): void {
    const at = this.room(1)
    this.buffer[at] = value
  }

  int16(value: number): void {
    const at = this.room(2)
    this.buffer[at] = value >> 8
    this.buffer[at + 1] = value
  }

  int32(value: number): void {
    const at = this.room(4)
    this.setInt32(at, value)
  }

  /** Over what was written at `at`. */
  setInt32(at: number, value: number): void {
    const { buffer } = this
    buffer[at] = value >> 24
    buffer[at + 1] = value >> 16
    buffer[at + 2] = value >> 8
    buffer[at + 3] = value
  }

  int64(value: bigint): void {
    const at = this.room(8)
    this.buffer.writeBigInt64BE(BigInt.asIntN(64, value), at)
  }

  float64(value: number): void {
    const at = this.room(8)
    this.buffer.writeDoubleBE(value, at)
  }

  /** 32 hex digits. */
  uuid(value: string): void {
    const at = this.room(16)
    if (value.length !== 32 || this.buffer.write(value, at, 16, 'hex') !== 16) {
      this.fail(`'${value}' is no uuid of 32 hexadecimal digits`)
    }
  }

  uvarint(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.int8((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.int8(rest)
  }

  /** -1: null. */
  length(value: number, compact: boolean): void {
    if (compact) this.uvarint(value + 1)
    else this.int32(value)
  }

  string(value: string | null, compact: boolean): void {
    const length = value === null ? -1 : Buffer.byteLength(value)
    if (compact) this.uvarint(length + 1)
    else if (length > 0x7fff) this.fail(`a text of ${length} bytes, where ${0x7fff} are the most`)
    else this.int16(length)
    if (value !== null && length > 0) {
      const at = this.room(length)
      this.buffer.write(value, at, length, 'utf8')
    }
  }

  blob(value: Uint8Array | null, compact: boolean): void {
    this.length(value === null ? -1 : value.length, compact)
    if (value !== null) this.raw(value)
  }

  raw(value: Uint8Array): void {
    const at = this.room(value.length)
    this.buffer.set(value, at)
  }
}
