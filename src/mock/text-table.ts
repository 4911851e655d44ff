/**
 * A finished map from texts to values, for tables that do not fit into the processor's caches. V8's Map walks a chain of about two
 * entries and looks into the key of each, which are strings somewhere on the heap: five cache misses a look-up where there are
 * a hundred thousand. Here the hashes stand in one array and all keys, one behind the other, in another: a few megabytes.
 */

/** Fewer entries fit into the caches as a Map, too. */
const manyEntries = 512

export interface TextMap<Value> {
  get(text: string): Value | undefined
  values(): Iterable<Value>
}

/** The map itself while it is small. */
export const finished = <Value>(map: ReadonlyMap<string, Value>): TextMap<Value> =>
  map.size < manyEntries ? map : new TextTable(map)

export class TextTable<Value> implements TextMap<Value> {
  /**
   * Four numbers a slot, which lie in one cache line: hash, entry counted from 1, where its key begins in `chars`, and how long
   * that is. Open addressing, at most half full.
   */
  private readonly slots: Int32Array
  private readonly mask: number
  private readonly chars: Uint16Array
  private readonly all: Value[]

  constructor(map: ReadonlyMap<string, Value>) {
    const keys = [...map.keys()]
    this.all = [...map.values()]
    const capacity = 2 ** Math.ceil(Math.log2(keys.length * 2 + 2))
    this.mask = capacity - 1
    this.slots = new Int32Array(capacity * 4)
    this.chars = new Uint16Array(keys.reduce((sum, key) => sum + key.length, 0))
    let at = 0
    for (let entry = 0; entry < keys.length; entry++) {
      const key = keys[entry]!
      this.place(hashOf(key), entry, at, key.length)
      for (let i = 0; i < key.length; i++) this.chars[at++] = key.charCodeAt(i)
    }
  }

  get(text: string): Value | undefined {
    const hash = hashOf(text)
    const { slots, mask } = this
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4
      const entry = slots[at + 1]!
      if (entry === 0) return undefined
      if (slots[at] === hash && slots[at + 3] === text.length && this.isKey(slots[at + 2]!, text))
        return this.all[entry - 1]
    }
  }

  values(): Iterable<Value> {
    return this.all
  }

  private place(hash: number, entry: number, start: number, length: number): void {
    let slot = hash & this.mask
    while (this.slots[slot * 4 + 1] !== 0) slot = (slot + 1) & this.mask
    this.slots.set([hash, entry + 1, start, length], slot * 4)
  }

  private isKey(start: number, text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.chars[start + i] !== text.charCodeAt(i)) return false
    return true
  }
}

/** FNV-1a over UTF-16 code units (32 bits), its low bits mixed once more, because they choose the slot. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
