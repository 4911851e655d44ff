/**
 * Every real value that a run has seen, in memory only: what is about to be written is searched for all of them, as
 * they are, percent-encoded, escaped, in base64 at each alignment, in hexadecimal, and as digests.
 */
import { createHash } from 'node:crypto'
import type { Detector } from './detectors/detector.ts'
import { FormIndex } from './form-index.ts'
import { normalText } from './text/normal-text.ts'

export interface Real {
  /** May turn out better: what was opaque in one field is a card number in the next. */
  detector: Detector
  canon: string
  /** As it was written where it was first seen. */
  readonly surface: string
  /** Counts up. */
  readonly number: number
}

export interface Remains {
  readonly real: Real
  readonly sure: boolean
}

export type DigestName = 'md5' | 'sha1' | 'sha256'
const digestNames: Readonly<Record<number, DigestName>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' }

/** Shorter ones are looked for as whole fields only. */
const sweptAtLeast = 5
const encodedAtLeast = 8
const shortEncodedAtLeast = 6
/** From this length on a value is found inside other words too: `ORD13800138000`. */
const insideAtLeast = 8

/** What was replaced without being known is remembered, in case that it is recognised later. */
const unknownAtMost = 50_000
const unknownLength = 64

/** Never swept: too common to be told from other things that look the same. */
const isCommonWord = (text: string): boolean => text.length < 10 && /^[A-Z]?[a-z]+$|^[A-Z]+$/.test(text)
const unswept = new Set(['masked', 'last-four', 'card-expiry'])

export class RealValues {
  readonly #plain = new FormIndex<Real>(insideAtLeast)
  readonly #shortPlain = new FormIndex<Real>(sweptAtLeast)
  readonly #encoded = new FormIndex<Real>(encodedAtLeast)
  /** Of short values: few, so that the long ones can be looked for in long steps. */
  readonly #shortEncoded = new FormIndex<Real>(shortEncodedAtLeast)
  readonly #whole = new Map<string, Real>()
  /** Of those, the ones that are too short to be looked for within a text. */
  readonly #short = new Set<string>()
  #lastShort = -1
  /** Fakes of what nothing was known of, by what they stood for. */
  readonly #unknown = new Map<string, string>()
  readonly #canons = new Set<string>()
  readonly #all: Real[] = []
  readonly #digests = new Map<string, { readonly real: Real; readonly form: string }>()
  #digested = 0

  /** How many there are: a mark to tell by what came later. */
  get count(): number {
    return this.#all.length
  }

  /** A value seen again under another type stays what it was first, so that it has one fake. */
  known(surface: string): Real | undefined {
    return this.#whole.get(surface)
  }

  add(detector: Detector, canon: string, surface: string): Real {
    const before = this.#whole.get(surface)
    if (before !== undefined) {
      if (before.detector.type === 'opaque' && detector.type !== 'opaque') {
        before.detector = detector
        before.canon = canon
        this.#nowKnown([surface, canon], before)
      }
      return before
    }
    const same = surface === canon ? undefined : this.#whole.get(canon)
    const real: Real = {
      detector: same?.detector ?? detector,
      canon: same?.canon ?? canon,
      surface,
      number: this.#all.length,
    }
    if (unswept.has(detector.type)) return real
    this.#all.push(real)
    this.#canons.add(canon)
    for (const form of surface === canon ? [canon] : [surface, canon]) this.#know(form, real)
    if (this.#unknown.size > 0 && detector.type !== 'opaque') this.#nowKnown([surface, canon], real)
    return real
  }

  #know(form: string, real: Real): void {
    if (!this.#whole.has(form)) this.#whole.set(form, real)
    if (form.length < sweptAtLeast && this.wholeField(form) !== undefined) {
      this.#short.add(form)
      this.#lastShort = real.number
    }
    this.#index(form, real)
  }

  /** `fake` took the place of a text that nothing was known of. */
  stoodFor(text: string, fake: string): void {
    if (text === '' || text.length > unknownLength || this.#whole.get(text)?.detector.type === 'free-text')
      return
    if (this.#unknown.size >= unknownAtMost) this.#unknown.clear()
    this.#unknown.set(text, fake)
  }

  /** One value has one fake: what stood for it before is to be replaced wherever it was written. */
  #nowKnown(forms: readonly string[], { detector, canon }: Real): void {
    for (const form of forms) {
      const fake = this.#unknown.get(form)
      if (fake === undefined) continue
      this.#unknown.delete(form)
      const real: Real = { detector, canon, surface: fake, number: this.#all.length }
      this.#all.push(real)
      this.#know(fake, real)
    }
  }

  /** A field that is nothing but a real value. Very short ones of digits are too many other things. */
  wholeField(text: string): Real | undefined {
    if (text.length < 4 && /^[\x00-\x7f]*$/.test(text)) return undefined
    return this.#whole.get(text)
  }

  /** Whether a text is a real value, or holds one as it is. */
  standsIn(text: string): boolean {
    let stands = this.#canons.has(text)
    if (!stands)
      this.search(text, () => {
        stands = true
      })
    return stands
  }

  search(text: string, found: (start: number, end: number, real: Real) => void): void {
    this.#plain.search(text, (start, end, real) => {
      found(start, end, real)
      return true
    })
    this.#shortPlain.search(text, (start, end, real) => {
      if (!isBounded(text, start, end)) return false
      found(start, end, real)
      return true
    })
  }

  /**
   * A value seen as `from` or later that stands in a text in any form: for a last look, and for what was written before.
   * Of several one that is `sure`: short ones count only as whole fields, of which a text does not tell all.
   */
  remains(text: string, from = 0, counts: (real: Real) => boolean = always): Remains | undefined {
    let short: Remains | undefined
    let left: Real | undefined
    const take = (real: Real | undefined, sure: boolean): void => {
      if (real === undefined || real.number < from || !counts(real)) return
      if (sure) left ??= real
      else short ??= { real, sure }
    }
    const known = (word: string): void => take(this.#whole.get(word), false)
    for (const plain of readings(text, this.#lastShort >= from, known)) {
      this.search(plain, (_start, _end, real) => take(real, true))
      for (const index of [this.#encoded, this.#shortEncoded])
        index.search(plain, (start, end, real) => {
          if (left !== undefined || real.number < from || !holds(plain, start, end, real)) return false
          take(real, real.canon.length >= sweptAtLeast)
          return true
        })
      for (const hex of left === undefined ? digestsIn(plain) : []) take(this.byDigest(hex)?.real, true)
      if (left !== undefined) return { real: left, sure: true }
    }
    return short
  }

  /** The value, and how it was written, of which `hex` is the digest. */
  byDigest(
    hex: string,
  ): { readonly real: Real; readonly form: string; readonly name: DigestName } | undefined {
    const name = digestNames[hex.length]
    if (name === undefined) return undefined
    for (; this.#digested < this.#all.length; this.#digested++) {
      const real = this.#all[this.#digested]!
      for (const form of new Set([real.surface, real.canon]))
        for (const each of ['md5', 'sha1', 'sha256'] as const) {
          const key = createHash(each).update(form).digest('hex')
          if (!this.#digests.has(key)) this.#digests.set(key, { real, form })
        }
    }
    const known = this.#digests.get(hex.toLowerCase())
    return known === undefined ? undefined : { ...known, name }
  }

  *since(number: number): Generator<Real> {
    for (let at = number; at < this.#all.length; at++) yield this.#all[at]!
  }

  #index(form: string, real: Real): void {
    if (isCommonWord(form) && real.detector.kind === 'secret') return
    if (form.length >= insideAtLeast) this.#plain.add(form, real)
    else if (form.length >= sweptAtLeast) this.#shortPlain.add(form, real)
    if (form.length < sweptAtLeast && !/[^\x00-\x7f]/.test(form)) return
    for (const encoded of encodedForms(form))
      if (encoded.length >= encodedAtLeast) this.#encoded.add(encoded, real)
      else if (encoded.length >= shortEncodedAtLeast) this.#shortEncoded.add(encoded, real)
  }
}

/** A code may stand beside letters, but not be a part of a longer number. Other scripts are nobody's hash. */
const isBounded = (text: string, start: number, end: number): boolean => {
  const value = text.slice(start, end)
  if (/[^\x00-\x7f]/.test(value)) return true
  const neighbour = /^\d+$/.test(value) ? /\d/ : /[0-9A-Za-z]/
  return !neighbour.test(text[start - 1] ?? ' ') && !neighbour.test(text[end] ?? ' ')
}

/** Percent-encoding and escapes are undone before anything is looked for: see `readings`. */
const encodedForms = (form: string): string[] => {
  const bytes = Buffer.from(form, 'utf8')
  const hex = bytes.toString('hex')
  const forms = [hex]
  if (/[a-f]/.test(hex)) forms.push(hex.toUpperCase())
  // Base64 works on three bytes at a time: what stands before decides which of three texts it becomes, less the ends.
  const shifted = Buffer.concat([Buffer.alloc(2), bytes])
  for (let shift = 0; shift < 3; shift++) {
    const text = shifted.toString('base64', 2 - shift)
    const whole = Math.floor(((shift + bytes.length) * 8) / 6)
    const inner = text.slice(shift === 0 ? 0 : shift + 1, whole)
    forms.push(inner)
    if (/[+/]/.test(inner)) forms.push(inner.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return forms.filter((encoded) => encoded !== form)
}

const always = (): boolean => true

/**
 * A text as it is, and without escapes, percent-encoding, entities and compatibility forms, where it has any. `word` gets
 * what a short value or a number in groups may be.
 */
function* readings(text: string, words: boolean, word: (text: string) => void): Generator<string> {
  yield text
  if (!glance(text, words, word)) return
  const plain = readable(text)
  if (plain === text) return
  glance(plain, words, word)
  yield plain
}

const readable = (text: string): string => {
  let plain = text
  if (plain.includes('\\u'))
    plain = plain.replace(/\\u([0-9a-f]{4})/gi, (_all, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
  for (let times = 0; times < 3 && /%[0-9a-f]{2}/i.test(plain); times++)
    plain = plain.replace(/(?:%[0-9a-f]{2})+/gi, (codes) =>
      Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8'),
    )
  if (plain.includes('&#'))
    plain = plain.replace(/&#(?:(\d{1,7})|x([0-9a-f]{1,6}));/gi, (whole, decimal?: string, hex = '') => {
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    })
  return /[\u200b-\u200f\u2060\uff01-\uff5e]/.test(plain) ? normalText(plain, false).text : plain
}

const groupedAtLeast = 8
const digitBit = 1
const wordBit = 2
const separatorBit = 4
const codedBit = 8
const signs = new Uint8Array(128)
for (let code = 33; code < 127; code++) signs[code] = wordBit
for (const char of '"\'<>=&:,;[](){}/|') signs[char.charCodeAt(0)] = 0
for (const char of '0123456789') signs[char.charCodeAt(0)] = digitBit | wordBit
for (const char of '.-') signs[char.charCodeAt(0)] = separatorBit | wordBit
signs[32] = separatorBit
for (const char of '\\%') signs[char.charCodeAt(0)] = codedBit | wordBit
signs[0x26] = codedBit

/**
 * Tells in one pass whether anything in a text may be encoded, and what `word` is to be asked: numbers in groups, and,
 * where `words` is set, whatever stands alone and is short.
 */
const glance = (text: string, words: boolean, word: (text: string) => void): boolean => {
  let coded = false
  let start = -1
  let wide = -1
  let group = -1
  let digits = 0
  let lastDigit = -1
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 34
    if (code > 127) {
      if (wide < 0) wide = at
      if (code >= 0xff01 || (code >= 0x200b && code <= 0x2060)) coded = true
      start = -1
      if (code === 0xb7) continue
    } else {
      if (wide >= 0) {
        if (words && at - wide <= 4) word(text.slice(wide, at))
        wide = -1
      }
      const sign = signs[code]!
      if ((sign & codedBit) !== 0) coded = true
      if ((sign & wordBit) === 0) {
        if (words && start >= 0 && at - start === 4) word(text.slice(start, at))
        start = -1
      } else if (start < 0) start = at
      if ((sign & digitBit) !== 0) {
        if (group < 0) {
          group = at
          digits = 0
        }
        digits++
        lastDigit = at
        continue
      }
      if ((sign & separatorBit) !== 0 && lastDigit === at - 1) continue
    }
    if (group >= 0) {
      if (digits >= groupedAtLeast && lastDigit + 1 - group > digits)
        word(text.slice(group, lastDigit + 1).replace(/\D/g, ''))
      group = -1
    }
  }
  return coded
}

/**
 * Base64 of a part of a value may be that of another's: a last character counts half. So what stands around it is decoded.
 */
const holds = (text: string, start: number, end: number, { surface, canon }: Real): boolean => {
  const found = text.slice(start, end)
  if (/^(?:[0-9a-f]+|[0-9A-F]+)$/.test(found)) return true
  const forms = [Buffer.from(surface), Buffer.from(canon)]
  for (let shift = 0; shift < 4; shift++) {
    const bytes = Buffer.from(text.slice(Math.max(0, start - 4) + shift, end + 4), 'base64')
    if (forms.some((form) => bytes.includes(form))) return true
  }
  return false
}

const isHexDigit = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)

/** Runs of as many hexadecimal digits as a digest has. Looks at every 32nd character where there are none. */
function* digestsIn(text: string): Generator<string> {
  for (let at = 31; at < text.length; ) {
    if (!isHexDigit(text.charCodeAt(at))) {
      at += 32
      continue
    }
    let start = at
    while (start > 0 && isHexDigit(text.charCodeAt(start - 1))) start--
    let end = at + 1
    while (end < text.length && isHexDigit(text.charCodeAt(end))) end++
    if (digestNames[end - start] !== undefined) yield text.slice(start, end)
    at = end + 32
  }
}
