/** Choices that look like chance and are the same again for the same key, type and value. */
import { hash } from 'node:crypto'
import type { MaskKey } from './mask-key.ts'

export class Draw {
  /** How many fakes were taken already: types with few that tell by themselves go on with others. */
  readonly attempt: number
  readonly #key: MaskKey
  readonly #seed: Buffer
  #bytes: Buffer
  #at = 0
  #block = 0

  constructor(key: MaskKey, purpose: string, value: string, attempt: number) {
    this.attempt = attempt
    this.#key = key
    this.#seed = key.hmac(purpose, `${attempt}\0${value}`)
    this.#bytes = this.#seed
  }

  /** From 0 to `limit` - 1; `limit` up to 2^32. There are enough bits that the bias is nothing to speak of. */
  below(limit: number): number {
    const size = limit <= 256 ? 3 : 6
    if (this.#at + size > this.#bytes.length) {
      // The seed is keyed and as long as a key, so what is hashed from it needs no key of its own.
      this.#bytes = hash('sha512', Buffer.concat([this.#seed, Buffer.from(String(++this.#block))]), 'buffer')
      this.#at = 0
    }
    const bytes = this.#bytes
    let number = 0
    for (let end = this.#at + size; this.#at < end; this.#at++) number = number * 256 + bytes[this.#at]!
    return number % limit
  }

  /**
   * Where there are so few values that lots would fall twice: what stands for value `index` of `size`, the same whatever
   * is drawn for.
   */
  other(label: string, size: number, index: number): number {
    return this.#key.other(label, size, index)
  }

  /** One UTF-16 unit of `alphabet`. */
  char(alphabet: string): string {
    return alphabet[this.below(alphabet.length)]!
  }

  chars(alphabet: string, count: number): string {
    let text = ''
    for (let i = 0; i < count; i++) text += this.char(alphabet)
    return text
  }

  digits(count: number): string {
    return this.chars('0123456789', count)
  }
}

const digits = '0123456789'
const upper = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const lower = 'abcdefghjkmnpqrstuvwxyz'

/** What was a number of 32 or 64 bits must still be one, and these have as many digits as the largest. */
const leading: Readonly<Record<number, string>> = { 10: '1', 19: '1', 20: '10' }

/** Another text of the same shape: digit for digit, letter for letter of the same case, all else as it is. */
export const redraw = (text: string, draw: Draw): string => {
  let out = ''
  const fixed = /^\d+$/.test(text) ? (leading[text.length] ?? '') : ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char >= '0' && char <= '9')
      out += i < fixed.length ? fixed[i]! : char === '0' || i > 0 ? draw.char(digits) : draw.char('123456789')
    else if (char >= 'A' && char <= 'Z') out += draw.char(upper)
    else if (char >= 'a' && char <= 'z') out += draw.char(lower)
    else out += char
  }
  return out
}

/** As `redraw` for text in hexadecimal digits. */
export const redrawHex = (text: string, draw: Draw): string =>
  text.replace(/[0-9a-f]/gi, () => draw.char(/[A-F]/.test(text) ? '0123456789ABCDEF' : '0123456789abcdef'))
