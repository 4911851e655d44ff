/**
 * A finished map from texts to values, for tables that do not fit into the processor's caches. V8's Map walks a chain of about two
 * entries and looks into the key of each, which are strings somewhere on the heap: five cache misses a look-up, one after the other, where there are
 * a hundred thousand. Here the hash says where all of it is, the key itself if it is short, so that the processor fetches it at once.
 */

/** Fewer entries fit into the caches as a Map, too. */
const manyEntries = 512

export interface TextMap<Value> {
  get(text: string): Value | undefined
  /** In no order. */
  values(): Iterable<Value>
}

/** The map itself while it is small. */
export const finished = <Value>(map: ReadonlyMap<string, Value>): TextMap<Value> =>
  map.size < manyEntries ? map : new TextTable(map)

/** Of 32 bits: hash, length of the key counted from 1, and then the key's code units, or where a longer key begins in `units`. */
const slotWords = 8
const keyWord = 2
/** Code units that fit into a slot. */
const shortKey = (slotWords - keyWord) * 2

export class TextTable<Value> implements TextMap<Value> {
  /** Open addressing, at most three quarters full; behind the slots the longer keys, one after the other. */
  private readonly words: Int32Array
  /** The same memory. */
  private readonly units: Uint16Array
  private readonly mask: number
  /** By slot. */
  private readonly all: (Value | undefined)[]

  constructor(map: ReadonlyMap<string, Value>) {
    const capacity = 2 ** Math.ceil(Math.log2((map.size * 4) / 3 + 2))
    this.mask = capacity - 1
    let long = 0
    for (const key of map.keys()) if (key.length > shortKey) long += key.length
    const slots = capacity * slotWords
    this.words = new Int32Array(slots + Math.ceil(long / 2))
    this.units = new Uint16Array(this.words.buffer)
    this.all = new Array<Value | undefined>(capacity).fill(undefined)
    let end = slots * 2
    for (const [key, value] of map) {
      const start = this.place(key, value, end)
      for (let i = 0; i < key.length; i++) this.units[start + i] = key.charCodeAt(i)
      if (start === end) end += key.length
    }
  }

  get(text: string): Value | undefined {
    const hash = hashOf(text)
    const { words, mask } = this
    const length = text.length + 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * slotWords
      const found = words[at + 1]!
      if (found === 0) return undefined
      if (words[at] === hash && found === length && this.isKey(at + keyWord, text)) return this.all[slot]
    }
  }

  *values(): Iterable<Value> {
    for (let slot = 0; slot < this.all.length; slot++)
      if (this.words[slot * slotWords + 1] !== 0) yield this.all[slot] as Value
  }

  /** Returns where the key's code units belong; `end`: where those of a longer one do. */
  private place(key: string, value: Value, end: number): number {
    const { words, mask } = this
    const hash = hashOf(key)
    let slot = hash & mask
    while (words[slot * slotWords + 1] !== 0) slot = (slot + 1) & mask
    this.all[slot] = value
    const at = slot * slotWords
    words[at] = hash
    words[at + 1] = key.length + 1
    if (key.length <= shortKey) return (at + keyWord) * 2
    words[at + keyWord] = end
    return end
  }

  private isKey(word: number, text: string): boolean {
    const { words, units } = this
    const start = text.length <= shortKey ? word * 2 : words[word]!
    for (let i = 0; i < text.length; i++) if (units[start + i] !== text.charCodeAt(i)) return false
    return true
  }
}

/** FNV-1a over UTF-16 code units (32 bits), its low bits mixed once more, because they choose the slot. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
