/**
 * Many texts looked for in one pass: a rolling hash over a window, a table of bits that rules almost all places out,
 * and a map for the rest. Adding a text costs no rebuilding, which an automaton's would.
 */

const base = 0x01000193
const tableBits = 21

export class FormIndex<Value> {
  readonly window: number
  readonly #power: number
  readonly #table = new Uint8Array(1 << (tableBits - 3))
  readonly #forms = new Map<string, { readonly form: string; readonly value: Value }[]>()

  /** No form may be shorter than `window`. */
  constructor(window: number) {
    this.window = window
    let power = 1
    for (let i = 0; i < window; i++) power = Math.imul(power, base)
    this.#power = power
  }

  get isEmpty(): boolean {
    return this.#forms.size === 0
  }

  add(form: string, value: Value): void {
    const key = form.slice(0, this.window)
    const forms = this.#forms.get(key)
    if (forms === undefined) {
      this.#forms.set(key, [{ form, value }])
      const bit = bitOf(hash(key))
      this.#table[bit >> 3]! |= 1 << (bit & 7)
    } else if (!forms.some((other) => other.form === form)) {
      // The longest first: of two that begin alike it is the one meant.
      forms.push({ form, value })
      forms.sort((a, b) => b.form.length - a.form.length)
    }
  }

  /** Calls `found` for each; goes on behind it when that says true, else one further. */
  search(text: string, found: (start: number, end: number, value: Value) => boolean): void {
    const { window } = this
    if (this.#forms.size === 0 || text.length < window) return
    const power = this.#power
    const table = this.#table
    let rolling = 0
    let free = 0
    for (let at = 0; at < text.length; at++) {
      rolling = (Math.imul(rolling, base) + text.charCodeAt(at)) | 0
      if (at >= window) rolling = (rolling - Math.imul(text.charCodeAt(at - window), power)) | 0
      const start = at - window + 1
      if (start < free) continue
      const bit = bitOf(rolling)
      if ((table[bit >> 3]! & (1 << (bit & 7))) === 0) continue
      const forms = this.#forms.get(text.slice(start, at + 1))
      if (forms === undefined) continue
      for (const { form, value } of forms) {
        if (!text.startsWith(form, start) || !found(start, start + form.length, value)) continue
        free = start + form.length
        break
      }
    }
  }
}

const hash = (text: string): number => {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, base) + text.charCodeAt(at)) | 0
  return sum
}

const bitOf = (sum: number): number => (Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> (32 - tableBits)) | 0
