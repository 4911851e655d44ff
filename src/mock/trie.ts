/** Path shapes as a tree of segments; a leaf holds the candidates of one shape by method. */
import { buildCandidates, type Candidates } from './candidates.ts'
import type { CompiledMock } from './compiled.ts'
import type { PathPattern, Segment } from './path-pattern.ts'

export class Leaf {
  /** By method as written; '' for mocks that give none. */
  readonly byMethod = new Map<string, CompiledMock[]>()
  private readonly built = new Map<string, Candidates>()

  add(mock: CompiledMock): void {
    const method = mock.method ?? ''
    const mocks = this.byMethod.get(method)
    if (mocks === undefined) this.byMethod.set(method, [mock])
    else mocks.push(mock)
  }

  /** Made on first use: most leaves of a large library are never asked. */
  candidates(method: string): Candidates | undefined {
    const ready = this.built.get(method)
    if (ready !== undefined) return ready
    const mocks = this.byMethod.get(method)
    if (mocks === undefined) return undefined
    const tree = buildCandidates(mocks.sort((a, b) => a.rank - b.rank))
    this.built.set(method, tree)
    return tree
  }
}

class Node {
  literals: Map<string, Node> | undefined
  parts: { readonly segment: Segment & { kind: 'part' }; readonly node: Node }[] | undefined
  param: Node | undefined
  rest: Leaf | undefined
  leaf: Leaf | undefined
}

export class PathTrie {
  private readonly root = new Node()

  add(mock: CompiledMock): void {
    this.leafOf(mock.pattern).add(mock)
  }

  private leafOf(pattern: PathPattern): Leaf {
    let node = this.root
    for (const segment of pattern.segments) {
      if (segment.kind === 'rest') {
        node.rest ??= new Leaf()
        return node.rest
      }
      node = child(node, segment)
    }
    node.leaf ??= new Leaf()
    return node.leaf
  }

  /** Leaves whose shape fits, the more literal first. */
  find(segments: readonly string[]): readonly Leaf[] {
    const found: Leaf[] = []
    collect(this.root, segments, 0, found)
    return found
  }
}

const child = (node: Node, segment: Exclude<Segment, { kind: 'rest' }>): Node => {
  switch (segment.kind) {
    case 'literal': {
      node.literals ??= new Map()
      let next = node.literals.get(segment.text)
      if (next === undefined) {
        next = new Node()
        node.literals.set(segment.text, next)
      }
      return next
    }
    case 'param':
      node.param ??= new Node()
      return node.param
    case 'part': {
      node.parts ??= []
      const same = node.parts.find((part) => part.segment.regex.source === segment.regex.source)
      if (same !== undefined) return same.node
      const part = { segment, node: new Node() }
      node.parts.push(part)
      return part.node
    }
  }
}

const collect = (node: Node, segments: readonly string[], at: number, found: Leaf[]): void => {
  if (at === segments.length) {
    if (node.leaf !== undefined) found.push(node.leaf)
    return
  }
  const segment = segments[at]!
  const literal = node.literals?.get(segment)
  if (literal !== undefined) collect(literal, segments, at + 1, found)
  if (segment !== '') {
    if (node.parts !== undefined) {
      for (const part of node.parts) {
        if (part.segment.regex.test(segment)) collect(part.node, segments, at + 1, found)
      }
    }
    if (node.param !== undefined) collect(node.param, segments, at + 1, found)
  }
  if (node.rest !== undefined) found.push(node.rest)
}
