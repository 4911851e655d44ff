/**
 * Mocks that can never answer, because another that wins over them takes every call of theirs. Found without
 * comparing each with each: a broader mock asks for the same, for a part of it, or for values that the narrower
 * one has settled.
 */
import type { CompiledMock } from './compiled.ts'
import { Asks, covers, representative } from './covers.ts'
import type { ServiceMocks, VersionMocks } from './mock-index.ts'
import { mocksAt } from './trie.ts'

/** The shadowed mock, and the one before it. */
export type Shadows = ReadonlyMap<CompiledMock, CompiledMock>

export const findShadows = (service: ServiceMocks): Shadows => {
  const shadows = new Map<CompiledMock, CompiledMock>()
  for (const version of service.versions) {
    for (const [mock, winner] of inVersion(version)) {
      // A mock without a version stands in each of them; it is shadowed only if it is everywhere, which is not looked for.
      if (mock.version === version.version) shadows.set(mock, winner)
    }
  }
  return shadows
}

function* inVersion(version: VersionMocks): Generator<[CompiledMock, CompiledMock]> {
  const broadest = new Map<readonly CompiledMock[], Broad>()
  const spots = new Map<string, readonly (readonly CompiledMock[])[]>()
  for (const mock of version.mocks) {
    const path = representative(mock.pattern)
    const key = path.join('/')
    let places = spots.get(key)
    if (places === undefined) {
      places = version.trie.find(path).map((spot) => mocksAt(spot))
      spots.set(key, places)
    }
    const asks = new Asks(mock)
    let winner: CompiledMock | undefined
    for (const place of places) {
      let broad = broadest.get(place)
      if (broad === undefined) {
        broad = new Broad(place)
        broadest.set(place, broad)
      }
      const found = broad.before(asks, path)
      if (found !== undefined && (winner === undefined || found.rank < winner.rank)) winner = found
    }
    if (winner !== undefined) yield [mock, winner]
  }
}

/** Of mocks that no value tells apart, the first few are looked at: a library may hold thousands of them. */
const looseAtMost = 100

/** The mocks of one place, by what they ask for. */
class Broad {
  private readonly byTexts = new Map<string, Asks[]>()
  /** By one value that a mock asks for, the one that the fewest others ask for. */
  private readonly byValue = new Map<string, Asks[]>()
  /** Mocks that ask for no certain value. */
  private readonly loose: Asks[] = []

  constructor(mocks: readonly CompiledMock[]) {
    const all = [...mocks].sort((a, b) => a.rank - b.rank).map((mock) => new Asks(mock))
    const counts = new Map<string, number>()
    for (const asks of all) {
      for (const value of [...asks.settled()].flat()) counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    for (const asks of all) {
      this.addByTexts(asks)
      const rarest = rarestOf(asks, counts)
      if (rarest === undefined) addUpTo(this.loose, asks)
      else for (const value of rarest) addUpTo(listAt(this.byValue, value), asks)
    }
  }

  private addByTexts(asks: Asks): void {
    const same = listAt(this.byTexts, asks.texts.join('\n'))
    // Of equal ones only the first few can matter: one for each method.
    if (!same.some(({ mock }) => mock.method === asks.mock.method)) same.push(asks)
  }

  /** The first mock that takes every call of this one. */
  before(asks: Asks, path: readonly string[]): CompiledMock | undefined {
    let best: CompiledMock | undefined
    for (const other of this.candidates(asks)) {
      if (other.mock.rank >= (best ?? asks.mock).rank) continue
      if (covers(other, asks, path)) best = other.mock
    }
    return best
  }

  private *candidates(asks: Asks): Generator<Asks> {
    for (const key of new Set(['', ...asks.texts, asks.texts.join('\n')])) yield* this.byTexts.get(key) ?? []
    // Whichever of an equality's values a call has, a mock that covers it must ask for that one too.
    for (const [value] of asks.settled()) if (value !== undefined) yield* this.byValue.get(value) ?? []
    yield* this.loose
  }
}

const rarestOf = (asks: Asks, counts: ReadonlyMap<string, number>): readonly string[] | undefined => {
  let rarest: readonly string[] | undefined
  let least = Number.POSITIVE_INFINITY
  for (const values of asks.settled()) {
    const count = values.reduce((sum, value) => sum + counts.get(value)!, 0)
    if (count >= least) continue
    rarest = values
    least = count
  }
  return rarest
}

const listAt = (lists: Map<string, Asks[]>, key: string): Asks[] => {
  let list = lists.get(key)
  if (list === undefined) {
    list = []
    lists.set(key, list)
  }
  return list
}

const addUpTo = (list: Asks[], asks: Asks): void => {
  if (list.length < looseAtMost) list.push(asks)
}
