/**
 * Path shapes as a tree of segments; where a shape ends stand its candidates by method. Laid out for large
 * libraries: a mock that is alone at its place is reached over as few objects as possible, because with a
 * hundred thousand of them each is a cache miss.
 */
import { buildCandidates, type Candidates, mocksIn } from './candidates.ts'
import type { CompiledMock } from './compiled.ts'
import type { Segment } from './path-pattern.ts'
import { captureParts } from './segment-parts.ts'
import { finished, type TextMap } from './text-table.ts'

/** Mocks of one method (undefined: any) at one place. */
type Place = CompiledMock | CompiledMock[]

export class Leaf {
  private method: string | undefined
  /** Of the first method; undefined while there is none. */
  private place: Place | Candidates | undefined
  /** Of the other methods; '' for any. */
  private others: Map<string, Place | Candidates> | undefined

  get empty(): boolean {
    return this.place === undefined
  }

  add(mock: CompiledMock): void {
    const method = mock.method ?? ''
    if (this.place === undefined) {
      this.method = method
      this.place = mock
    } else if (this.method === method) this.place = grown(this.place, mock)
    else {
      this.others ??= new Map()
      this.others.set(method, grown(this.others.get(method), mock))
    }
  }

  /** '' for mocks that give no method. */
  methods(): readonly string[] {
    return this.method === undefined ? [] : [this.method, ...(this.others?.keys() ?? [])]
  }

  candidates(method: string): Candidates | undefined {
    if (this.method === method) {
      if (!Array.isArray(this.place)) return this.place
      this.place = planted(this.place)
      return this.place
    }
    if (this.others === undefined) return undefined
    const place = this.others.get(method)
    if (!Array.isArray(place)) return place
    const tree = planted(place)
    this.others.set(method, tree)
    return tree
  }
}

/** Where a path ends: the mocks of one shape, or the only one. */
export type Spot = Leaf | CompiledMock

export const candidatesAt = (spot: Spot, method: string): Candidates | undefined => {
  if (spot instanceof Leaf) return spot.candidates(method)
  return (spot.method ?? '') === method ? spot : undefined
}

/** '' for mocks that give no method. */
export const methodsOf = (spot: Spot): readonly string[] =>
  spot instanceof Leaf ? spot.methods() : [spot.method ?? '']

export const mocksAt = (spot: Spot): readonly CompiledMock[] =>
  methodsOf(spot).flatMap((method) => mocksIn(candidatesAt(spot, method)!))

const grown = (place: Place | Candidates | undefined, mock: CompiledMock): Place => {
  if (place === undefined) return mock
  if (Array.isArray(place)) {
    place.push(mock)
    return place
  }
  if (place.kind !== 'mock') throw new Error('a leaf cannot grow after it was asked')
  return [place, mock]
}

/** Trees are made on first use: most places of a large library are never asked. */
const planted = (mocks: CompiledMock[]): Candidates => buildCandidates(mocks.sort((a, b) => a.rank - b.rank))

class Node extends Leaf {
  /** A mock that is alone at the end of its path needs no node. */
  literals: Map<string, Node | CompiledMock> | undefined
  /** `literals` as they are asked, from the first call on; nothing is added afterwards. */
  asked: TextMap<Node | CompiledMock> | undefined
  parts: { readonly segment: Segment & { kind: 'part' }; readonly node: Node }[] | undefined
  param: Node | undefined
  rest: Leaf | undefined
}

export class PathTrie {
  private readonly root = new Node()

  add(mock: CompiledMock): void {
    const { segments } = mock.pattern
    let node = this.root
    for (let i = 0; i < segments.length; i++) {
      const segment = segments[i]!
      if (segment.kind === 'rest') {
        node.rest ??= new Leaf()
        node.rest.add(mock)
        return
      }
      if (segment.kind === 'literal' && i === segments.length - 1 && standsAlone(node, segment.text, mock))
        return
      node = child(node, segment)
    }
    node.add(mock)
  }

  /** Spots whose shape fits, the more literal first. */
  find(segments: readonly string[]): readonly Spot[] {
    const found: Spot[] = []
    collect(this.root, segments, 0, found)
    return found
  }
}

/** Puts a mock without a node of its own; false when something is there already. */
const standsAlone = (node: Node, text: string, mock: CompiledMock): boolean => {
  node.literals ??= new Map()
  if (node.literals.has(text)) return false
  node.literals.set(text, mock)
  return true
}

const child = (node: Node, segment: Exclude<Segment, { kind: 'rest' }>): Node => {
  switch (segment.kind) {
    case 'literal': {
      node.literals ??= new Map()
      const there = node.literals.get(segment.text)
      if (there instanceof Node) return there
      const next = new Node()
      if (there !== undefined) next.add(there)
      node.literals.set(segment.text, next)
      return next
    }
    case 'param':
      node.param ??= new Node()
      return node.param
    case 'part': {
      node.parts ??= []
      const same = node.parts.find((part) => sameTexts(part.segment.texts, segment.texts))
      if (same !== undefined) return same.node
      const part = { segment, node: new Node() }
      node.parts.push(part)
      return part.node
    }
  }
}

/** The map itself would only fill the memory from then on. */
const ask = (node: Node, literals: NonNullable<Node['literals']>): void => {
  node.asked = finished(literals)
  node.literals = undefined
}

/** Names of parameters do not tell places apart. */
const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i])

const collect = (node: Node, segments: readonly string[], at: number, found: Spot[]): void => {
  if (at === segments.length) {
    if (!node.empty) found.push(node)
    return
  }
  const segment = segments[at]!
  if (node.asked === undefined && node.literals !== undefined) ask(node, node.literals)
  const literal = node.asked?.get(segment)
  if (literal instanceof Node) collect(literal, segments, at + 1, found)
  else if (literal !== undefined && at + 1 === segments.length) found.push(literal)
  if (segment !== '') {
    if (node.parts !== undefined) {
      for (const part of node.parts) {
        if (captureParts(part.segment.texts, segment) !== undefined)
          collect(part.node, segments, at + 1, found)
      }
    }
    if (node.param !== undefined) collect(node.param, segments, at + 1, found)
  }
  if (node.rest !== undefined) found.push(node.rest)
}
