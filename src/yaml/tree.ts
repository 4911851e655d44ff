/** Parser events to a tree of places, to find where a path of a value stands. Built only when there is a problem. */
import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml'
import { offsetOf } from './offset.ts'

export type Path = readonly (string | number)[]

export type TreeNode =
  | { readonly kind: 'scalar'; readonly offset: number; readonly text: string; readonly plain: boolean }
  | { readonly kind: 'list'; readonly offset: number; readonly items: TreeNode[] }
  | {
      readonly kind: 'map'
      readonly offset: number
      readonly flow: boolean
      readonly pairs: Map<string, Pair>
    }
  | { readonly kind: 'alias'; readonly offset: number; readonly target: TreeNode | undefined }

export interface Pair {
  readonly keyOffset: number
  readonly value: TreeNode
}

export const buildTree = (events: readonly Event[], text: string): TreeNode | undefined => {
  const anchors = new Map<string, TreeNode>()
  let next = 1
  const named = (event: Extract<Event, { tagStart: number }>, node: TreeNode): TreeNode => {
    if (event.anchorStart !== -1) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node)
    return node
  }
  const read = (fallback: number): TreeNode => {
    const event = events[next++]!
    const found = offsetOf(event, text)
    const offset = found === -1 ? fallback : found
    if (event.type === EVENT_ID.ALIAS) {
      return { kind: 'alias', offset, target: anchors.get(text.slice(event.anchorStart, event.anchorEnd)) }
    }
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: TreeNode[] = []
      const list = named(event, { kind: 'list', offset, items })
      while (events[next]!.type !== EVENT_ID.POP) items.push(read(offset))
      next++
      return list
    }
    if (event.type === EVENT_ID.MAPPING) {
      const pairs = new Map<string, Pair>()
      const map = named(event, { kind: 'map', offset, flow: event.style === COLLECTION_STYLE.FLOW, pairs })
      while (events[next]!.type !== EVENT_ID.POP) {
        const key = read(offset)
        const value = read(key.offset)
        const name = keyText(key)
        if (!pairs.has(name)) pairs.set(name, { keyOffset: key.offset, value })
      }
      next++
      return map
    }
    if (event.type !== EVENT_ID.SCALAR) return { kind: 'scalar', offset, text: '', plain: false }
    const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart === -1
    return named(event, { kind: 'scalar', offset, text: getScalarValue(text, event), plain })
  }
  return events.length > 2 ? read(0) : undefined
}

const keyText = (node: TreeNode): string => {
  const key = follow(node)
  return key?.kind === 'scalar' ? key.text : ''
}

export const follow = (node: TreeNode): TreeNode | undefined => (node.kind === 'alias' ? node.target : node)

/** The node at `path`, or the deepest one on the way to it. */
export const findNode = (
  root: TreeNode,
  path: Path,
): { readonly node: TreeNode; readonly keyOffset: number; readonly complete: boolean } => {
  let node = root
  let keyOffset = root.offset
  for (const step of path) {
    const inner = follow(node)
    const pair = inner?.kind === 'map' ? inner.pairs.get(String(step)) : undefined
    const item = inner?.kind === 'list' ? inner.items[Number(step)] : undefined
    const child = pair?.value ?? item
    if (child === undefined) return { node, keyOffset, complete: false }
    node = child
    keyOffset = pair?.keyOffset ?? child.offset
  }
  return { node, keyOffset, complete: true }
}
