/**
 * Goes over the records of a batch without making anything of them: places and lengths only
 * (https://kafka.apache.org/documentation/#record). A kilobyte is skipped as fast as a byte.
 *
 *     length: varint · attributes: int8 · timestampDelta: varlong · offsetDelta: varint
 *     keyLength: varint (-1: null) · key · valueLength: varint (-1: null) · value
 *     headers: varint · (nameLength: varint · name · valueLength: varint (-1: null) · value)*
 */
import { MalformedRecords } from './malformed.ts'

export class RecordCursor {
  readonly bytes: Uint8Array
  /** Records passed, the present one included. */
  index = 0
  // Where things of the present record are.
  start = 0
  /** Behind its length. */
  body = 0
  /** Behind it. */
  next: number
  private timestampAt = 0
  offsetDelta = 0
  keyAt = 0
  /** -1: null. */
  keyLength = 0
  valueAt = 0
  /** -1: null. */
  valueLength = 0
  /** Where the number of headers stands. */
  headersAt = 0
  headers = 0
  /** Where the first header begins. */
  firstHeader = 0
  // Of the present header.
  headerNameAt = 0
  headerNameLength = 0
  headerValueAt = 0
  /** -1: null. */
  headerValueLength = 0

  private readonly end: number
  private readonly count: number
  private at: number
  private headersLeft = 0

  /** `count` records fill the bytes [from, to). */
  constructor(bytes: Uint8Array, from: number, to: number, count: number) {
    this.bytes = bytes
    this.next = from
    this.at = from
    this.end = to
    this.count = count
  }

  private fail(what: string): never {
    throw new MalformedRecords(`record ${Math.max(1, this.index)} of ${this.count}: ${what}`)
  }

  private varint(): number {
    const { bytes } = this
    const byte = bytes[this.at++]!
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      const more = bytes[this.at++]!
      value |= (more & 0x7f) << shift
      if (more < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    return this.fail('a number of more than five bytes')
  }

  /** Passes `length` bytes, -1 for none, and gives where they begin. */
  private skip(length: number, what: string): number {
    const { at } = this
    if (length > 0) {
      if (length > this.next - at) this.fail(`${what} of ${length} bytes reaches beyond it`)
      this.at = at + length
    } else if (length < -1) this.fail(`${what} of ${length} bytes`)
    return at
  }

  /** Goes to the next record; false: there is none, and all bytes are passed. Throws MalformedRecords. */
  advance(): boolean {
    const start = this.next
    if (this.index === this.count) {
      if (start !== this.end) this.fail(`${this.end - start} bytes are left over behind the last`)
      return false
    }
    this.index++
    if (start >= this.end) this.fail("isn't there")
    this.start = start
    this.at = start
    // Numbers beyond the end of all bytes never end; those beyond the record's end are found at its end.
    const length = this.varint()
    const body = this.at
    if (length < 0 || length > this.end - body) this.fail(`a length of ${length} in ${this.end - body} bytes`)
    this.body = body
    const next = body + length
    this.next = next
    this.at = body + 1
    this.timestampAt = this.at
    this.skipVarlong()
    this.offsetDelta = this.varint()
    this.keyLength = this.varint()
    this.keyAt = this.skip(this.keyLength, 'a key')
    this.valueLength = this.varint()
    this.valueAt = this.skip(this.valueLength, 'a value')
    this.headersAt = this.at
    this.headers = this.varint()
    this.firstHeader = this.at
    this.headersLeft = this.headers
    if (this.at > next) this.fail('its fields reach beyond it')
    if (this.headers <= 0) {
      if (this.headers < 0) this.fail(`${this.headers} headers`)
      if (this.at !== next) this.fail(`${next - this.at} bytes are left over in it`)
    }
    return true
  }

  /** Goes to the record's next header; false: there is none, and all of its bytes are passed. Throws MalformedRecords. */
  nextHeader(): boolean {
    if (this.headersLeft === 0) {
      if (this.at !== this.next) this.fail(`${this.next - this.at} bytes are left over in it`)
      return false
    }
    this.headersLeft--
    if (this.at >= this.next) this.fail('its headers reach beyond it')
    const nameLength = this.varint()
    if (nameLength < 0) this.fail("a header's name is null")
    this.headerNameLength = nameLength
    this.headerNameAt = this.skip(nameLength, "a header's name")
    this.headerValueLength = this.varint()
    this.headerValueAt = this.skip(this.headerValueLength, "a header's value")
    if (this.at > this.next) this.fail('its headers reach beyond it')
    return true
  }

  private skipVarlong(): void {
    for (let i = 0; i < 10; i++) if (this.bytes[this.at++]! < 0x80) return
    this.fail('a number of more than ten bytes')
  }

  get attributes(): number {
    return this.bytes[this.body]!
  }

  /** In milliseconds, to the batch's first timestamp. Throws MalformedRecords where it is no time at all. */
  get timestampDelta(): number {
    const { bytes } = this
    let value = 0n
    let at = this.timestampAt
    let small = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++]!
      small |= (byte & 0x7f) << shift
      if (byte < 0x80) return (small >>> 1) ^ -(small & 1)
    }
    at = this.timestampAt
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const delta = Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)))
    if (!Number.isSafeInteger(delta)) this.fail(`a time of ${delta} ms`)
    return delta
  }
}
