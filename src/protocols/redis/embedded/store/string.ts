/** A string: as a text where it is read and appended to, as bytes where single bits and bytes are written. */
import { isInteger64 } from './values.ts'

export class StringValue {
  readonly kind = 'string'
  private shown: string | undefined
  private raw: Buffer | undefined
  /** It has been written in place, after which Redis keeps it as it is. */
  private grown = false
  private readonly counts: boolean

  /** `counts`: an integer is kept as a number. */
  constructor(text: string, counts = true) {
    this.shown = text
    this.counts = counts
  }

  static of(bytes: Buffer): StringValue {
    const value = new StringValue('')
    value.shown = undefined
    value.raw = bytes
    value.grown = true
    return value
  }

  get text(): string {
    this.shown ??= this.raw!.toString('latin1')
    return this.shown
  }

  set text(text: string) {
    this.shown = text
    this.raw = undefined
    this.grown = true
  }

  get length(): number {
    return this.shown?.length ?? this.raw!.length
  }

  /** For looking at. */
  get bytes(): Buffer {
    this.raw ??= Buffer.from(this.shown!, 'latin1')
    return this.raw
  }

  /** Bytes to write to, at least so many. */
  writable(length: number): Buffer {
    let { bytes } = this
    if (bytes.length < length) {
      const longer = Buffer.alloc(length)
      bytes.copy(longer)
      bytes = longer
    }
    this.raw = bytes
    this.shown = undefined
    this.grown = true
    return bytes
  }

  get encoding(): string {
    if (this.grown) return 'raw'
    if (this.counts && this.length <= 20 && isInteger64(this.text)) return 'int'
    return this.length <= 44 ? 'embstr' : 'raw'
  }

  clone(): StringValue {
    const value = new StringValue(this.text, this.counts)
    value.grown = this.grown
    return value
  }
}
