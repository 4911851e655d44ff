/**
 * Many texts looked for in one pass, after Wu and Manber (1994): a table tells from a block of characters how far to go
 * on, most often past the block; only where that says 0 is a map asked. Adding a text costs no rebuilding, which an
 * automaton's would.
 */

const tableBits = 19
const tableMask = (1 << tableBits) - 1

interface Entry<Value> {
  readonly form: string
  /** Where in the form its window begins: the part that tells it best, since card numbers begin and addresses end alike. */
  readonly anchor: number
  readonly value: Value
}

export class FormIndex<Value> {
  readonly window: number
  readonly #block: number
  readonly #skips: Uint8Array
  /** By a number made of their window: quicker to make than a piece of text. */
  readonly #entries = new Map<number, Entry<Value>[]>()

  /** No form may be shorter than `window`, which is at least 4. */
  constructor(window: number) {
    this.window = window
    this.#block = window >= 8 ? 4 : 3
    this.#skips = new Uint8Array(1 << tableBits).fill(window - this.#block + 1)
  }

  add(form: string, value: Value): void {
    const anchor = this.#anchorOf(form)
    const key = this.#key(form, anchor)
    const entries = this.#entries.get(key)
    if (entries !== undefined) {
      entries.push({ form, anchor, value })
      return
    }
    this.#entries.set(key, [{ form, anchor, value }])
    for (let end = this.#block; end <= this.window; end++) {
      const place = this.#hash(form, anchor + end - 1)
      this.#skips[place] = Math.min(this.#skips[place]!, this.window - end)
    }
  }

  /** Calls `found` for each; goes on behind it when that says true, else one further. */
  search(text: string, found: (start: number, end: number, value: Value) => boolean): void {
    if (this.#entries.size === 0) return
    const { window } = this
    const skips = this.#skips
    let free = 0
    for (let at = window - 1; at < text.length; ) {
      const skip = skips[this.#hash(text, at)]!
      if (skip > 0) {
        at += skip
        continue
      }
      const start = at - window + 1
      let next = at + 1
      const entries = this.#entries.get(this.#key(text, start))
      for (let i = 0; entries !== undefined && i < entries.length; i++) {
        const { form, anchor, value } = entries[i]!
        const from = start - anchor
        if (from < free || !text.startsWith(form, from) || !found(from, from + form.length, value)) continue
        free = from + form.length
        next = Math.max(next, free + window - 1)
        break
      }
      at = next
    }
  }

  /** The window that fewest others share. */
  #anchorOf(form: string): number {
    const last = form.length - this.window
    let best = 0
    let fewest = Number.POSITIVE_INFINITY
    for (const anchor of [last >> 1, last, 0]) {
      const count = this.#entries.get(this.#key(form, anchor))?.length ?? 0
      if (count === 0) return anchor
      if (count < fewest) {
        fewest = count
        best = anchor
      }
    }
    return best
  }

  /** Of the window that begins at `start`; two may have one, so what is found is compared. */
  #key(text: string, start: number): number {
    let key = 0
    for (let at = start; at < start + this.window; at++)
      key = (Math.imul(key, 0x01000193) ^ text.charCodeAt(at)) | 0
    return key & 0x3fffffff
  }

  /** Of the block that ends at `last`. */
  #hash(text: string, last: number): number {
    let sum = Math.imul(text.charCodeAt(last), 0x9e3779b1) ^ Math.imul(text.charCodeAt(last - 1), 0x85ebca6b)
    sum ^= Math.imul(text.charCodeAt(last - 2), 0xc2b2ae35)
    if (this.#block === 4) sum ^= Math.imul(text.charCodeAt(last - 3), 0x27d4eb2f)
    return (sum ^ (sum >>> 13)) & tableMask
  }
}
