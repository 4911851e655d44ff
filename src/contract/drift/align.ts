/** Which item of a list became which: by what names items, else by equal items in their order. */
import { isFields } from '../../core/fields.ts'
import { stringifyJson } from '../../core/json.ts'

/** Positions; undefined: it is gone, or new. */
export type Pair = readonly [before: number | undefined, after: number | undefined]

type Fields = Readonly<Record<string, unknown>>

/** `same`: the text of an item without what belongs to the moment. */
export const align = (
  before: readonly unknown[],
  after: readonly unknown[],
  same: (item: unknown) => string = stringifyJson,
): readonly Pair[] => byName(before, after) ?? byOrder(before.map(same), after.map(same))

/** What items are called by, the best first. */
const ranks: readonly RegExp[] = [
  /^(?:id|_id|uuid|guid)$/i,
  /(?:[a-z]I[dD]|_id|uuid|guid|编号)$/,
  /(?:^|[a-z_])(?:[cC]ode|[kK]ey|[nN]o|[sS]ku|[nN]umber)$/,
  /^(?:name|title|slug|type)$/i,
]

const byName = (before: readonly unknown[], after: readonly unknown[]): readonly Pair[] | undefined => {
  if (before.length === 0 || after.length === 0) return undefined
  if (![...before, ...after].every(isFields)) return undefined
  const names = Object.keys(before[0] as Fields)
  for (const rank of ranks)
    for (const name of names) {
      const [old, now] = rank.test(name) ? [ids(before, name), ids(after, name)] : []
      // With nothing in common the name says nothing: all of it may have been made anew.
      if (old !== undefined && now !== undefined && [...old.keys()].some((id) => now.has(id)))
        return paired(old, now)
    }
  return undefined
}

/** By what stands under the name; undefined: it does not tell items apart. */
const ids = (items: readonly unknown[], name: string): ReadonlyMap<string, number> | undefined => {
  const found = new Map<string, number>()
  for (const [at, item] of items.entries()) {
    const id = (item as Fields)[name]
    if ((typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint') || found.has(String(id)))
      return undefined
    found.set(String(id), at)
  }
  return found
}

/** In the new order; what is gone comes where it stood. */
const paired = (old: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): readonly Pair[] => {
  const pairs: Pair[] = [...now].map(([id, at]) => [old.get(id), at])
  for (const [id, at] of old) {
    if (now.has(id)) continue
    const behind = pairs.findIndex(([was]) => was !== undefined && was > at)
    pairs.splice(behind < 0 ? pairs.length : behind, 0, [at, undefined])
  }
  return pairs
}

/** Beyond it lists are compared item by item. */
const cellsAtMost = 4_000_000

const byOrder = (before: readonly string[], after: readonly string[]): readonly Pair[] => {
  const pairs: Pair[] = []
  let [from, to] = [0, 0]
  for (const [i, j] of [...common(before, after), [before.length, after.length] as const]) {
    // What lies between equal items belongs together as it comes.
    for (; from < i && to < j; from++, to++) pairs.push([from, to])
    for (; from < i; from++) pairs.push([from, undefined])
    for (; to < j; to++) pairs.push([undefined, to])
    if (i < before.length && j < after.length) pairs.push([from++, to++])
  }
  return pairs
}

/** Positions of a longest common subsequence. */
const common = (
  before: readonly string[],
  after: readonly string[],
): readonly (readonly [number, number])[] => {
  const width = after.length + 1
  if (before.length * after.length > cellsAtMost) return []
  const lengths = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const found: (readonly [number, number])[] = []
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (before[i] === after[j]) found.push([i++, j++])
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++
    else j++
  }
  return found
}
