/** Where decompressors write: bytes that grow up to a bound, with copies of what was written before. */
import { MalformedRecords } from '../malformed.ts'

export class Output {
  bytes: Buffer
  at = 0
  private readonly largest: number
  private readonly name: string

  /** `name`: of the compression, for messages. */
  constructor(name: string, expected: number, largest: number) {
    this.name = name
    this.largest = largest
    if (expected > largest) this.tooMuch()
    this.bytes = Buffer.allocUnsafe(expected)
  }

  fail(what: string): never {
    throw new MalformedRecords(`${this.name}: ${what}`)
  }

  private tooMuch(): never {
    return this.fail(`more than ${this.largest} bytes come out`)
  }

  private reserve(more: number): void {
    const needed = this.at + more
    if (needed <= this.bytes.length) return
    if (needed > this.largest) this.tooMuch()
    const grown = Buffer.allocUnsafe(Math.min(this.largest, Math.max(needed, 2 * this.bytes.length)))
    this.bytes.copy(grown, 0, 0, this.at)
    this.bytes = grown
  }

  /** `[from, from + length)` of `source`, which must be there. */
  literal(source: Uint8Array, from: number, length: number): void {
    if (length > source.length - from) this.fail('the bytes end early')
    this.reserve(length)
    const { bytes, at } = this
    if (length > 64) bytes.set(source.subarray(from, from + length), at)
    else for (let i = 0; i < length; i++) bytes[at + i] = source[from + i]!
    this.at = at + length
  }

  /** What was written `distance` bytes ago, which may reach into what is being written. */
  copy(distance: number, length: number): void {
    const { at } = this
    if (distance === 0 || distance > at) this.fail('a reference to what was never written')
    this.reserve(length)
    const { bytes } = this
    const from = at - distance
    if (length > 64 && distance >= length) bytes.copyWithin(at, from, from + length)
    else for (let i = 0; i < length; i++) bytes[at + i] = bytes[from + i]!
    this.at = at + length
  }

  done(): Buffer {
    return this.bytes.subarray(0, this.at)
  }
}
