/**
 * Mocks that can never answer, because another that wins over them takes every call of theirs. Found without
 * comparing each with each: a broader mock has the same clauses, one of them, or none.
 */
import type { CompiledMock } from './compiled.ts'
import type { ServiceMocks, VersionMocks } from './mock-index.ts'
import { matchesPath, type PathPattern, type Segment } from './path-pattern.ts'
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

/** No client sends it, so that only parameters and rests take it. */
const anySegment = '\u0000'

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
    let winner: CompiledMock | undefined
    for (const place of places) {
      let broad = broadest.get(place)
      if (broad === undefined) {
        broad = new Broad(place)
        broadest.set(place, broad)
      }
      const found = broad.before(mock, path)
      if (found !== undefined && (winner === undefined || found.rank < winner.rank)) winner = found
    }
    if (winner !== undefined) yield [mock, winner]
  }
}

/** A path that stands for all that the pattern takes. */
const representative = (pattern: PathPattern): string[] => pattern.segments.map(standIn)

const standIn = (segment: Segment): string => {
  if (segment.kind === 'literal') return segment.text
  return segment.kind === 'part' ? segment.source : anySegment
}

/** The mocks of one place, by what they ask for. */
class Broad {
  private readonly byClauses = new Map<string, CompiledMock[]>()

  constructor(mocks: readonly CompiledMock[]) {
    for (const mock of [...mocks].sort((a, b) => a.rank - b.rank)) {
      const key = clauseKeys(mock).join('\n')
      const same = this.byClauses.get(key)
      if (same === undefined) this.byClauses.set(key, [mock])
      // Of equal ones only the first few can matter: one for each method.
      else if (!same.some((other) => other.method === mock.method)) same.push(mock)
    }
  }

  /** The first mock that takes every call of `mock`. */
  before(mock: CompiledMock, path: readonly string[]): CompiledMock | undefined {
    const clauses = clauseKeys(mock)
    const keys = new Set(['', ...clauses, clauses.join('\n')])
    let best: CompiledMock | undefined
    for (const key of keys) {
      for (const other of this.byClauses.get(key) ?? []) {
        if (other.rank >= mock.rank || !covers(other, mock, path)) continue
        if (best === undefined || other.rank < best.rank) best = other
      }
    }
    return best
  }
}

const covers = (broad: CompiledMock, narrow: CompiledMock, path: readonly string[]): boolean => {
  if (broad.method !== undefined && broad.method !== narrow.method) return false
  // The narrow one's rest may be longer than any single segment: only a rest at the same place or before takes it.
  const rest = narrow.pattern.segments.findIndex(({ kind }) => kind === 'rest')
  if (rest >= 0 && !broad.pattern.segments.slice(0, rest + 1).some(({ kind }) => kind === 'rest'))
    return false
  return matchesPath(broad.pattern, path)
}

/** Each clause as text; parameters are told by their place in the path, so that names do not matter. */
const clauseKeys = (mock: CompiledMock): string[] => {
  const request = (mock.request ?? {}) as Record<string, unknown>
  const keys: string[] = [...mock.stateKeys]
  for (const [section, value] of Object.entries(request)) {
    if (section === 'method' || section === 'path') continue
    if (section === 'body' || typeof value !== 'object' || value === null)
      keys.push(`${section} ${text(value)}`)
    else
      for (const [name, spec] of Object.entries(value))
        keys.push(`${section} ${nameOf(mock, section, name)} ${text(spec)}`)
  }
  return keys.sort()
}

const nameOf = (mock: CompiledMock, section: string, name: string): string => {
  if (section === 'headers') return name.toLowerCase()
  return section === 'params' ? `#${mock.pattern.names.indexOf(name)}` : name
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : sorted(part)))

const sorted = (part: unknown): unknown => {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
}
