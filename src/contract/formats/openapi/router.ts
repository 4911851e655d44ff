/** Which operations the calls of a mock's path can be. A mock's path may be a pattern itself, and wider than any operation. */
import type { Description, Operation } from './operations.ts'

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'part'; readonly test: RegExp; readonly sample: string }
  | { readonly kind: 'rest' }

interface Route {
  readonly path: string
  readonly segments: readonly Segment[]
  readonly operations: readonly Operation[]
}

export interface Routed {
  /** `whole`: every call of the mock is of this path. `overlap`: some are. */
  readonly kind: 'whole' | 'overlap'
  /** All operations of the path, or of all paths that overlap. */
  readonly operations: readonly Operation[]
}

export class Router {
  readonly #byLength = new Map<number, Route[]>()
  readonly #basePaths: readonly string[]
  readonly #all: readonly Route[]
  readonly #known = new Map<string, Routed | undefined>()

  constructor({ operations, basePaths }: Description) {
    this.#basePaths = [...basePaths].sort((a, b) => b.length - a.length)
    this.#all = [...Map.groupBy(operations, ({ path }) => path)].map(([path, own]) => ({
      path,
      segments: segmentsOf(path),
      operations: own,
    }))
    for (const route of this.#all) {
      const { length } = route.segments
      this.#byLength.set(length, [...(this.#byLength.get(length) ?? []), route])
    }
  }

  /** `path`: of a mock. `fixed`: its parameters with known values. undefined: the description has no such path. */
  find(path: string, fixed: Readonly<Record<string, string>> = {}): Routed | undefined {
    const filled = path.replaceAll(/\{([^{}*]+)\}/g, (whole, name: string) =>
      Object.hasOwn(fixed, name) ? encodeURIComponent(fixed[name]!) : whole,
    )
    if (!this.#known.has(filled)) this.#known.set(filled, this.#search(filled))
    return this.#known.get(filled)
  }

  /** All operations of a path that was called. Nothing is remembered: callers make up any number of them. */
  called(path: string): readonly Operation[] {
    return this.#search(path, literalsOf)?.operations ?? []
  }

  #search(path: string, segments = segmentsOf): Routed | undefined {
    for (const base of this.#basePaths) {
      if (base !== '' && path !== base && !path.startsWith(`${base}/`)) continue
      const found = this.#below(segments(path.slice(base.length) || '/'))
      if (found !== undefined) return found
    }
    return undefined
  }

  #below(mock: readonly Segment[]): Routed | undefined {
    const rest = mock.at(-1)?.kind === 'rest'
    const candidates = rest ? this.#all : (this.#byLength.get(mock.length) ?? [])
    let most = -1
    let best: Operation[] = []
    const overlapping: Route[] = []
    for (const route of candidates) {
      const fit = rest ? overlapsRest(mock, route.segments) : fitOf(mock, route.segments)
      if (fit === undefined) continue
      if (fit.whole && fit.literals > most) {
        most = fit.literals
        best = []
      }
      // Some descriptions have one path under two names of a parameter.
      if (fit.whole && fit.literals === most) best.push(...route.operations)
      if (!fit.whole) overlapping.push(route)
    }
    if (best.length > 0) return { kind: 'whole', operations: best }
    if (overlapping.length === 0) return undefined
    return { kind: 'overlap', operations: overlapping.flatMap(({ operations }) => operations) }
  }
}

interface Fit {
  readonly whole: boolean
  readonly literals: number
}

/** undefined: no call of the mock is of this path. */
const fitOf = (mock: readonly Segment[], spec: readonly Segment[]): Fit | undefined => {
  let whole = true
  let literals = 0
  for (let i = 0; i < spec.length; i++) {
    const theirs = spec[i]!
    const ours = mock[i]!
    if (theirs.kind === 'literal') {
      if (ours.kind === 'literal') {
        if (ours.text !== theirs.text) return undefined
        literals++
      } else {
        if (ours.kind === 'part' && !ours.test.test(theirs.text)) return undefined
        whole = false
      }
    } else if (theirs.kind === 'part') {
      if (ours.kind === 'literal' && !theirs.test.test(ours.text)) return undefined
      if (ours.kind === 'part' && ours.sample !== theirs.sample && !theirs.test.test(ours.sample))
        return undefined
      if (ours.kind === 'any') whole = false
      literals += 0.5
    }
  }
  return { whole, literals }
}

const overlapsRest = (mock: readonly Segment[], spec: readonly Segment[]): Fit | undefined => {
  const fixed = mock.slice(0, -1)
  if (spec.length < mock.length) return undefined
  const fit = fitOf(fixed, spec.slice(0, fixed.length))
  return fit === undefined ? undefined : { ...fit, whole: false }
}

/** Decoded: `%41` is `A`. */
const segmentsOf = (path: string): readonly Segment[] => path.replace(/^\//, '').split('/').map(segmentOf)

const literalsOf = (path: string): readonly Segment[] =>
  path
    .replace(/^\//, '')
    .split('/')
    .map((text) => ({ kind: 'literal', text: decoded(text) }))

const segmentOf = (text: string): Segment => {
  if (/^\{[^{}]*\*\}$/.test(text)) return { kind: 'rest' }
  if (/^\{[^{}]*\}$/.test(text)) return { kind: 'any' }
  if (!/\{[^{}]*\}/.test(text)) return { kind: 'literal', text: decoded(text) }
  const source = text
    .split(/\{[^{}]*\}/)
    .map((part) => RegExp.escape(decoded(part)))
    .join('.+')
  return { kind: 'part', test: new RegExp(`^${source}$`), sample: text.replaceAll(/\{[^{}]*\}/g, 'x') }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
