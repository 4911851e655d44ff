/**
 * A decision tree over the mocks that share a method and a path shape. Where many of them ask for different
 * values of one field, they are hashed by that field, so that ten thousand cost as much as one. The tree only
 * skips mocks that cannot match; the mock's own clauses decide.
 */
import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import type { IndexHint } from '../core/dialect.ts'
import { type CompiledMock, holds } from './compiled.ts'
import { finished, type TextMap } from './text-table.ts'

/** A list this short is faster to walk than to hash. */
const shortList = 4
/** One level for each field that mocks are told apart by; beyond it the rest is walked. */
const maxDepth = 64

interface List {
  readonly plain: false
  readonly decided: false
  readonly kind: 'list'
  readonly first: number
  readonly needsBody: boolean
  /** By rank. */
  readonly mocks: readonly CompiledMock[]
}

interface Split {
  readonly plain: false
  readonly decided: false
  readonly kind: 'split'
  readonly first: number
  readonly needsBody: boolean
  readonly hint: IndexHint
  readonly buckets: TextMap<Candidates>
  /** Mocks that do not ask for this field. */
  readonly rest: Candidates | undefined
}

/**
 * A mock alone is a tree of its own. `first` is the lowest rank inside: a tree whose first is behind the best
 * found so far is skipped whole.
 */
export type Candidates = CompiledMock | List | Split

/** Every mock inside, in no order. */
export const mocksIn = (tree: Candidates): readonly CompiledMock[] => {
  if (tree.kind === 'mock') return [tree]
  if (tree.kind === 'list') return tree.mocks
  const inside = [...tree.buckets.values()].flatMap(mocksIn)
  return [...new Set([...inside, ...(tree.rest === undefined ? [] : mocksIn(tree.rest))])]
}

/** `mocks` sorted by rank. */
export const buildCandidates = (mocks: readonly CompiledMock[], depth = 0): Candidates => {
  if (mocks.length === 1) return mocks[0]!
  const list: List = {
    plain: false,
    decided: false,
    kind: 'list',
    first: mocks[0]?.rank ?? Number.POSITIVE_INFINITY,
    needsBody: mocks.some((mock) => mock.needsBody),
    mocks,
  }
  if (mocks.length <= shortList || depth >= maxDepth) return list
  const key = bestKey(mocks)
  return key === undefined ? list : split(list, key, depth)
}

const split = (list: List, key: string, depth: number): Split => {
  const buckets = new Map<string, CompiledMock[]>()
  const rest: CompiledMock[] = []
  let hint: IndexHint | undefined
  for (const mock of list.mocks) {
    const own = hintOf(mock, key)
    if (own === undefined) {
      rest.push(mock)
      continue
    }
    hint = own
    for (const value of new Set(own.values)) {
      const bucket = buckets.get(value)
      if (bucket === undefined) buckets.set(value, [mock])
      else bucket.push(mock)
    }
  }
  return {
    plain: false,
    decided: false,
    kind: 'split',
    first: list.first,
    needsBody: list.needsBody,
    hint: hint!,
    buckets: finished(
      new Map([...buckets].map(([value, mocks]) => [value, buildCandidates(mocks, depth + 1)])),
    ),
    rest: rest.length === 0 ? undefined : buildCandidates(rest, depth + 1),
  }
}

const hintOf = (mock: CompiledMock, key: string): IndexHint | undefined => {
  for (const clause of mock.clauses) {
    for (const hint of clause.hints) if (hint.key === key) return hint
  }
  return undefined
}

interface Spread {
  covered: number
  readonly sizes: Map<string, number>
}

/** The field that leaves the fewest mocks to look at for a call that asks for one of its values. */
const bestKey = (mocks: readonly CompiledMock[]): string | undefined => {
  const spreads = new Map<string, Spread>()
  for (const mock of mocks) {
    const seen = new Set<string>()
    for (const clause of mock.clauses) {
      for (const hint of clause.hints) {
        if (seen.has(hint.key)) continue
        seen.add(hint.key)
        count(spreads, hint)
      }
    }
  }
  let best: string | undefined
  // Reading a field costs about as much as testing a few mocks, so a split must spare more than those.
  let bestCost = mocks.length - shortList
  for (const [key, spread] of spreads) {
    let squares = 0
    let placed = 0
    for (const size of spread.sizes.values()) {
      squares += size * size
      placed += size
    }
    const cost = mocks.length - spread.covered + squares / placed
    if (cost < bestCost) {
      best = key
      bestCost = cost
    }
  }
  return best
}

const count = (spreads: Map<string, Spread>, hint: IndexHint): void => {
  let spread = spreads.get(hint.key)
  if (spread === undefined) {
    spread = { covered: 0, sizes: new Map() }
    spreads.set(hint.key, spread)
  }
  spread.covered++
  for (const value of hint.values) spread.sizes.set(value, (spread.sizes.get(value) ?? 0) + 1)
}

/** The matching mock of lowest rank, if it is before `best`; else `best`. */
export const search = (
  tree: Candidates,
  call: Call,
  segments: readonly string[],
  body: DecodedBody | undefined,
  best: CompiledMock | undefined,
): CompiledMock | undefined => {
  if (tree.kind === 'mock') {
    if (best !== undefined && best.rank < tree.rank) return best
    return holds(tree, call, segments, body) ? tree : best
  }
  if (best !== undefined && best.rank < tree.first) return best
  if (tree.kind === 'list') return searchList(tree.mocks, call, segments, body, best)
  let found = best
  const values = tree.hint.read(call, body)
  for (let i = 0; i < values.length; i++) {
    const bucket = tree.buckets.get(values[i]!)
    if (bucket === undefined) continue
    if (bucket.decided) {
      if (found === undefined || bucket.rank < found.rank) found = bucket
    } else found = search(bucket, call, segments, body, found)
  }
  return tree.rest === undefined ? found : search(tree.rest, call, segments, body, found)
}

const searchList = (
  mocks: readonly CompiledMock[],
  call: Call,
  segments: readonly string[],
  body: DecodedBody | undefined,
  best: CompiledMock | undefined,
): CompiledMock | undefined => {
  for (let i = 0; i < mocks.length; i++) {
    const mock = mocks[i]!
    if (best !== undefined && best.rank < mock.rank) return best
    if (holds(mock, call, segments, body)) return mock
  }
  return best
}
