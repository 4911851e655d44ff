/**
 * A JSON text that is changed without being rewritten. Values are ranges of the source text; only containers on the
 * way to a change are opened into their members, and all other bytes (numbers of any length, escapes, white space,
 * the order of keys) leave as they came.
 */

import { parseJson } from '../core/json.ts'
import { jsonProblem } from '../core/json-problem.ts'
import { PatchFailure } from '../core/patch.ts'
import { skipSpace, skipString, skipValue } from './json-scan.ts'

/** A member of an object, or an item of a list (`key` and `head` empty). */
interface Part {
  /** White space before it. */
  lead: string
  readonly key: string
  /** The key as written, its colon and the white space around that. */
  readonly head: string
  value: JsonNode
  /** White space before the comma. */
  readonly trail: string
}

interface Container {
  readonly parts: Part[]
  /** White space before the closing bracket. */
  readonly tail: string
}

export class JsonNode {
  private readonly source: string
  private readonly start: number
  private readonly end: number
  private opened: Container | undefined

  constructor(source: string, start = 0, end = source.length) {
    this.source = source
    this.start = start
    this.end = end
  }

  get kind(): 'object' | 'list' | 'scalar' {
    const first = this.source.charCodeAt(this.start)
    return first === 0x7b ? 'object' : first === 0x5b ? 'list' : 'scalar'
  }

  /** Of an object or a list. */
  get length(): number {
    return this.open().parts.length
  }

  /** A key that stands twice counts where it stands last, as for JSON.parse. */
  member(key: string): JsonNode | undefined {
    return this.open().parts.findLast((part) => part.key === key)?.value
  }

  item(index: number): JsonNode | undefined {
    return this.open().parts[index]?.value
  }

  /** In its place, or as the last member. */
  setMember(key: string, value: JsonNode): void {
    const { parts } = this.open()
    const last = parts.findLastIndex((part) => part.key === key)
    if (last >= 0) {
      parts[last]!.value = value
      for (let i = last - 1; i >= 0; i--) if (parts[i]!.key === key) this.drop(i)
      return
    }
    const before = parts.at(-1)
    // The colon as the neighbour has it: the text after its key's closing quote.
    const colon = before === undefined ? ':' : before.head.slice(skipString(before.head, 0))
    parts.push({
      lead: before?.lead ?? '',
      key,
      head: JSON.stringify(key) + colon,
      value,
      trail: '',
    })
  }

  removeMember(key: string): void {
    const { parts } = this.open()
    for (let i = parts.length - 1; i >= 0; i--) if (parts[i]!.key === key) this.drop(i)
  }

  setItem(index: number, value: JsonNode): void {
    this.open().parts[index]!.value = value
  }

  insertItem(index: number, value: JsonNode): void {
    const { parts } = this.open()
    const neighbour = parts[index] ?? parts.at(-1)
    const lead = neighbour?.lead ?? ''
    // In `[1, 2]` only the items after the first stand behind a space.
    const next = parts[index]
    if (index === 0 && next !== undefined) next.lead = parts[1]?.lead ?? next.lead
    parts.splice(index, 0, { lead, key: '', head: '', value, trail: '' })
  }

  removeItem(index: number): void {
    this.open()
    this.drop(index)
  }

  /** The JSON text: the source's own where nothing was changed. */
  text(): string {
    if (this.opened === undefined) return this.source.slice(this.start, this.end)
    const { parts, tail } = this.opened
    let text = this.source[this.start]!
    for (let i = 0; i < parts.length; i++) {
      const { lead, head, value, trail } = parts[i]!
      if (i > 0) text += ','
      text += lead + head + value.text()
      if (i < parts.length - 1) text += trail
    }
    return text + tail + this.source[this.end - 1]!
  }

  /** Decoded; integers beyond 2^53 as bigint. */
  value(): unknown {
    const parsed = parseJson(this.text())
    return parsed.ok ? parsed.value : undefined
  }

  private drop(index: number): void {
    const { parts } = this.open()
    const [dropped] = parts.splice(index, 1)
    const next = parts[index]
    if (index === 0 && next !== undefined) next.lead = dropped!.lead
  }

  private open(): Container {
    this.opened ??= readContainer(this.source, this.start)
    return this.opened
  }
}

/** `start` is `{` or `[`. */
const readContainer = (source: string, start: number): Container => {
  const keyed = source.charCodeAt(start) === 0x7b
  const parts: Part[] = []
  let at = skipSpace(source, start + 1)
  let space = start + 1
  if (isClosing(source, at)) return { parts, tail: source.slice(space, at) }
  for (;;) {
    const lead = source.slice(space, at)
    let key = ''
    let valueAt = at
    if (keyed) {
      const keyEnd = skipString(source, at)
      key = keyOf(source, at, keyEnd)
      valueAt = skipSpace(source, skipSpace(source, keyEnd) + 1)
    }
    const end = skipValue(source, valueAt)
    const after = skipSpace(source, end)
    const last = isClosing(source, after)
    const space2 = source.slice(end, after)
    parts.push({
      lead,
      key,
      head: source.slice(at, valueAt),
      value: new JsonNode(source, valueAt, end),
      trail: last ? '' : space2,
    })
    if (last) return { parts, tail: space2 }
    space = after + 1
    at = skipSpace(source, space)
  }
}

const isClosing = (source: string, at: number): boolean => (source.charCodeAt(at) | 0x20) === 0x7d

const keyOf = (source: string, start: number, end: number): string => {
  const inner = source.slice(start + 1, end - 1)
  return inner.includes('\\') ? (JSON.parse(source.slice(start, end)) as string) : inner
}

/** Applies `change` to the value of a JSON text; white space (and a byte order mark) around it stays. */
export const splice = (text: string, change: (root: JsonNode) => JsonNode): string => {
  const from = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const json = from === 0 ? text : text.slice(from)
  try {
    JSON.parse(json)
  } catch (error) {
    throw new PatchFailure(json.trim() === '' ? 'the body is empty' : jsonProblem(json, error as Error))
  }
  const start = skipSpace(text, from)
  const end = skipValue(text, start)
  return text.slice(0, start) + change(new JsonNode(text, start, end)).text() + text.slice(end)
}
