/**
 * Whether one mock takes every call of another. What the narrower one asks for settles values (a literal in the
 * path, an equality in query, headers or body), and a condition of the broader one that they satisfy asks for
 * nothing new. Sound, not complete.
 */
import { indexText } from '../core/json.ts'
import type { Equality } from '../core/matcher.ts'
import type { CompiledMock } from './compiled.ts'
import { captureParams, matchesPath, type PathPattern, type Segment } from './path-pattern.ts'

/** No client sends it, so that only parameters and rests take it. */
const anySegment = '\u0000'

/** A path that stands for all that the pattern takes. */
export const representative = (pattern: PathPattern): string[] =>
  pattern.segments.map((segment) => {
    if (segment.kind === 'literal') return segment.text
    return segment.kind === 'part' ? segment.source : anySegment
  })

/** One thing that a mock asks for. */
interface Ask {
  /** Equal texts are equal conditions. */
  readonly text: string
  readonly place: string
  /** Of a path's parameter. */
  readonly param?: string
}

/** What a mock asks for beside method and path shape, ready to be compared with others. */
export class Asks {
  readonly mock: CompiledMock
  readonly all: readonly Ask[]
  /** Sorted. */
  readonly texts: readonly string[]

  constructor(mock: CompiledMock) {
    this.mock = mock
    this.all = [...asksOf(mock)]
    this.texts = this.all.map(({ text }) => text).sort()
  }

  /** Values that calls of this mock must have somewhere; a mock that covers it asks for none but these. */
  *settled(): Generator<readonly string[]> {
    for (const { place, condition } of this.mock.clauses) {
      if (place === undefined || condition === undefined) continue
      for (const { path, values } of condition.equalities)
        yield values.map((value) => `${place} ${JSON.stringify(path)} ${indexText(value)}`)
    }
  }
}

export const covers = (broad: Asks, narrow: Asks, path: readonly string[]): boolean => {
  const { mock: wide } = broad
  if (wide.method !== undefined && wide.method !== narrow.mock.method) return false
  if (!takesPath(wide.pattern, narrow.mock.pattern, path)) return false
  return broad.all.every((ask) => narrow.texts.includes(ask.text) || isImplied(ask, wide, narrow.mock, path))
}

const takesPath = (wide: PathPattern, narrow: PathPattern, path: readonly string[]): boolean => {
  // The narrow one's rest may be longer than any single segment: only a rest at the same place or before takes it.
  const rest = narrow.segments.findIndex(({ kind }) => kind === 'rest')
  if (rest >= 0 && !wide.segments.slice(0, rest + 1).some(({ kind }) => kind === 'rest')) return false
  return matchesPath(wide, path)
}

const isImplied = (ask: Ask, wide: CompiledMock, narrow: CompiledMock, path: readonly string[]): boolean => {
  if (ask.param !== undefined) {
    const known = knownParam(wide.pattern, ask.param, narrow, path)
    return wide.params.get(ask.param)?.impliedBy?.(known) === true
  }
  const at = ({ place }: CompiledMock['clauses'][number]): boolean => place === ask.place
  const known = narrow.clauses.filter(at).flatMap(({ condition }) => condition?.equalities ?? [])
  const own = wide.clauses.filter(at)
  return own.length > 0 && own.every(({ condition }) => condition?.impliedBy?.(known) === true)
}

/** What the narrow mock's path says of a parameter of the wide one. */
const knownParam = (
  wide: PathPattern,
  name: string,
  narrow: CompiledMock,
  path: readonly string[],
): readonly Equality[] => {
  const at = wide.segments.findIndex((segment) => namesIn(segment).includes(name))
  const segment = wide.segments[at]!
  const segments = narrow.pattern.segments
  const there = segment.kind === 'rest' ? segments.slice(at) : segments.slice(at, at + 1)
  if (there.every(({ kind }) => kind === 'literal'))
    return [{ path: [], values: [captureParams(wide, path)[name]!] }]
  const [only] = there
  if (segment.kind !== 'param' || only?.kind !== 'param') return []
  return narrow.params.get(only.name)?.equalities ?? []
}

const namesIn = (segment: Segment): readonly string[] => {
  if (segment.kind === 'literal') return []
  return segment.kind === 'part' ? segment.names : [segment.name]
}

function* asksOf(mock: CompiledMock): Generator<Ask> {
  for (const key of mock.stateKeys) yield { text: key, place: '' }
  for (const [section, value] of Object.entries((mock.request ?? {}) as Record<string, unknown>)) {
    if (section === 'method' || section === 'path') continue
    if (section === 'body' || typeof value !== 'object' || value === null) {
      yield { text: `${section} ${text(value)}`, place: section }
      continue
    }
    for (const [name, spec] of Object.entries(value)) {
      if (section === 'params') {
        yield { text: `params ${placeOf(mock.pattern, name)} ${text(spec)}`, place: section, param: name }
        continue
      }
      const key = section === 'headers' ? name.toLowerCase() : name
      yield { text: `${section} ${key} ${text(spec)}`, place: `${section}.${key}` }
    }
  }
}

/** Parameters are told by their place in the path, so that their names do not matter. */
const placeOf = ({ segments }: PathPattern, name: string): string => {
  const at = segments.findIndex((segment) => namesIn(segment).includes(name))
  const segment = segments[at]
  if (segment === undefined) return `#${at}`
  // Inside a segment, what stands around a parameter is part of its place.
  const around = segment.kind === 'part' ? ` ${JSON.stringify(segment.texts)}` : ''
  return `#${at}${segment.kind === 'rest' ? '*' : ''}.${namesIn(segment).indexOf(name)}${around}`
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : sorted(part)))

const sorted = (part: unknown): unknown => {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
}
