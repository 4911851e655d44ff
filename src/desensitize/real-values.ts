/**
 * Every real value that a run has seen, in memory only: what is about to be written is searched for all of them, as
 * they are, percent-encoded, escaped, in base64 at each alignment, in hexadecimal, and as digests.
 */
import { createHash } from 'node:crypto'
import type { Detector } from './detectors/detector.ts'
import { FormIndex } from './form-index.ts'

export interface Real {
  /** May turn out better: what was opaque in one field is a card number in the next. */
  detector: Detector
  canon: string
  /** As it was written where it was first seen. */
  readonly surface: string
  /** Counts up. */
  readonly number: number
}

export type DigestName = 'md5' | 'sha1' | 'sha256'
const digestNames: Readonly<Record<number, DigestName>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' }

/** Shorter ones are looked for as whole fields only. */
const sweptAtLeast = 5
const encodedAtLeast = 8
const shortEncodedAtLeast = 6
/** From this length on a value is found inside other words too: `ORD13800138000`. */
const insideAtLeast = 8

/** Never swept: too common to be told from other things that look the same. */
const isCommonWord = (text: string): boolean => text.length < 10 && /^[A-Z]?[a-z]+$|^[A-Z]+$/.test(text)
const unswept = new Set(['masked', 'last-four', 'card-expiry'])

export class RealValues {
  readonly #plain = new FormIndex<Real>(sweptAtLeast)
  readonly #encoded = new FormIndex<Real>(encodedAtLeast)
  /** Of short values: few, so that the long ones can be looked for in long steps. */
  readonly #shortEncoded = new FormIndex<Real>(shortEncodedAtLeast)
  readonly #whole = new Map<string, Real>()
  readonly #canons = new Set<string>()
  readonly #all: Real[] = []
  readonly #digests = new Map<string, { readonly real: Real; readonly form: string }>()
  #digested = 0

  /** How many there are: a mark to tell by what came later. */
  get count(): number {
    return this.#all.length
  }

  hasCanon(canon: string): boolean {
    return this.#canons.has(canon)
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
    for (const form of new Set([surface, canon])) {
      if (!this.#whole.has(form)) this.#whole.set(form, real)
      this.#index(form, real)
    }
    return real
  }

  /** A field that is nothing but a real value. Very short ones of digits are too many other things. */
  wholeField(text: string): Real | undefined {
    if (text.length < 4 && /^[\x00-\x7f]*$/.test(text)) return undefined
    return this.#whole.get(text)
  }

  search(text: string, found: (start: number, end: number, real: Real) => void): void {
    this.#plain.search(text, (start, end, real) => {
      if (end - start < insideAtLeast && !isBounded(text, start, end)) return false
      found(start, end, real)
      return true
    })
  }

  /** Values seen as `number` or later that stand in a text in any form: for a last look, and for what was written before. */
  remains(text: string, from = 0): Real | undefined {
    let left: Real | undefined
    this.search(text, (_start, _end, real) => {
      if (real.number >= from) left ??= real
    })
    for (const index of [this.#encoded, this.#shortEncoded])
      index.search(text, (_start, _end, real) => {
        if (real.number >= from) left ??= real
        return true
      })
    for (const hex of left === undefined ? digestsIn(text) : []) {
      const real = this.byDigest(hex)?.real
      if (real !== undefined && real.number >= from) left ??= real
    }
    return left
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
    if (form.length >= sweptAtLeast) this.#plain.add(form, real)
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

const encodedForms = (form: string): string[] => {
  const bytes = Buffer.from(form, 'utf8')
  const ascii = bytes.length === form.length
  const hex = bytes.toString('hex')
  const forms = [hex]
  if (/[a-f]/.test(hex)) forms.push(hex.toUpperCase())
  if (/[^0-9A-Za-z_.!~*'()-]/.test(form)) {
    const percent = /[\ud800-\udfff]/.test(form)
      ? hex.replace(/../g, '%$&').toUpperCase()
      : encodeURIComponent(form)
    forms.push(percent)
    if (/%[0-9A-F]?[A-F]/.test(percent))
      forms.push(percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))
    if (percent.includes('%20')) forms.push(percent.replaceAll('%20', '+'))
  }
  if (!ascii) {
    const escaped = form.replace(
      /[^\x00-\x7f]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    forms.push(
      escaped,
      escaped.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`),
    )
  }
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
