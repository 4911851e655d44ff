/**
 * Path patterns of mocks: `/orders/{id}`, `/v{n}/items`, `/files/{rest*}`. A path is split at `/` before
 * anything is decoded, so `%2F` never separates; case and a trailing slash count.
 */
import { SpecError } from '../core/matcher.ts'
import { captureParts } from './segment-parts.ts'

/** Ordered from most to least specific; the order decides which mock wins. */
export const segmentRank = { literal: 0, part: 1, conditioned: 2, param: 3, rest: 4 } as const

export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'part'
      readonly source: string
      readonly names: readonly string[]
      /** Exact texts around and between the parameters, decoded. */
      readonly texts: readonly string[]
    }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'rest'; readonly name: string }

export interface PathPattern {
  readonly source: string
  readonly segments: readonly Segment[]
  /** Names of parameters, in order. */
  readonly names: readonly string[]
}

/** `%41` becomes `A`; a broken escape stays as it stands, as browsers and servers leave it. */
export const decodeSegment = (raw: string): string => {
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

/** The raw segments of a raw path; `/` is one empty segment. A path without a leading slash (`*`) is one segment. */
export const splitPath = (path: string): string[] => {
  const segments: string[] = []
  let start = path.charCodeAt(0) === 47 ? 1 : 0
  for (;;) {
    const end = path.indexOf('/', start)
    if (end < 0) {
      segments.push(decodeSegment(path.slice(start)))
      return segments
    }
    segments.push(decodeSegment(path.slice(start, end)))
    start = end + 1
  }
}

const anyPath: PathPattern = { source: '{path*}', segments: [{ kind: 'rest', name: 'path' }], names: [] }

/** Throws SpecError for a query in the path, unbalanced braces, a name used twice, or a rest that is not last. */
export const parsePathPattern = (source: string | undefined): PathPattern => {
  if (source === undefined) return anyPath
  if (source.includes('?')) {
    throw new SpecError(
      `the path holds a query: ${source}`,
      [],
      `move it to query: ${JSON.stringify(Object.fromEntries(new URLSearchParams(source.slice(source.indexOf('?') + 1))))}`,
    )
  }
  if (source !== '*' && !source.startsWith('/')) {
    throw new SpecError(`the path does not begin with a slash: ${source}`, [], `write /${source}`)
  }
  const raw = source.slice(1).split('/')
  const segments =
    source === '*' ? [literal('*')] : raw.map((text, i) => parseSegment(text, i === raw.length - 1))
  const names = segments.flatMap(namesOf)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new SpecError(`the path names the parameter {${twice}} twice: ${source}`)
  return { source, segments, names }
}

const literal = (text: string): Segment => ({ kind: 'literal', text: decodeSegment(text) })

const namesOf = (segment: Segment): readonly string[] => {
  if (segment.kind === 'literal') return []
  return segment.kind === 'part' ? segment.names : [segment.name]
}

const parameter = /\{([^{}]*)\}/g

const parseSegment = (text: string, last: boolean): Segment => {
  const names = [...text.matchAll(parameter)].map((match) => match[1]!)
  if (/[{}]/.test(text.replace(parameter, ''))) {
    throw new SpecError(
      `the path has a brace without its partner in "${text}"`,
      [],
      'a parameter is written {name}',
    )
  }
  if (names.length === 0) return literal(text)
  const whole = names.length === 1 && text === `{${names[0]}}`
  const rest = names.find((name) => name.endsWith('*'))
  if (rest !== undefined) {
    if (!whole || !last) {
      throw new SpecError(`{${rest}} stands for the rest of the path and must be its last, whole segment`)
    }
    return { kind: 'rest', name: checkName(rest.slice(0, -1)) }
  }
  names.forEach(checkName)
  if (whole) return { kind: 'param', name: names[0]! }
  const texts = text.split(/\{[^{}]*\}/).map(decodeSegment)
  return { kind: 'part', source: text, names, texts }
}

const checkName = (name: string): string => {
  if (!/^[\p{L}_$][\p{L}\p{N}_$.-]*$/u.test(name)) {
    throw new SpecError(
      `"{${name}}" is no parameter name`,
      [],
      'use letters, digits, _ - . and begin with a letter',
    )
  }
  return name
}

/** Values of the pattern's parameters in a path that it matches, decoded. */
export const captureParams = (pattern: PathPattern, segments: readonly string[]): Record<string, string> => {
  const params: Record<string, string> = Object.create(null)
  pattern.segments.forEach((segment, i) => {
    const value = segments[i] ?? ''
    if (segment.kind === 'param') params[segment.name] = value
    else if (segment.kind === 'rest') params[segment.name] = segments.slice(i).join('/')
    else if (segment.kind === 'part') {
      const parts = captureParts(segment.texts, value)
      segment.names.forEach((name, n) => {
        params[name] = parts?.[n] ?? ''
      })
    }
  })
  return params
}

/** Whether the pattern's shape fits; used where no index is at hand (near misses, the tests' oracle). */
export const matchesPath = (pattern: PathPattern, segments: readonly string[]): boolean => {
  const length = pattern.segments.length
  const hasRest = pattern.segments[length - 1]?.kind === 'rest'
  if (hasRest ? segments.length < length : segments.length !== length) return false
  return pattern.segments.every((segment, i) => fitsSegment(segment, segments[i]!))
}

export const fitsSegment = (segment: Segment, value: string): boolean => {
  switch (segment.kind) {
    case 'literal':
      return segment.text === value
    case 'param':
      return value !== ''
    case 'part':
      return captureParts(segment.texts, value) !== undefined
    case 'rest':
      return true
  }
}
