/**
 * Parser events to a value. Every mapping is a plain object in which `__proto__` is an ordinary own key. What
 * aliases expand to is bounded, an alias inside its own anchor is refused, equal keys are a mistake.
 */
import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'
import { offsetOf } from './offset.ts'
import { losesText, resolvePlain } from './scalar.ts'

/** A mistake that does not end the reading. */
export interface Finding {
  readonly message: string
  readonly hint: string
  readonly offset: number
}

export interface Constructed {
  readonly value: unknown
  readonly findings: readonly Finding[]
  /** Where the items of each list directly under a top-level key begin. */
  readonly items: ReadonlyMap<string, readonly number[]>
  /** True when some number or boolean would be printed differently from how the file writes it. */
  readonly losesText: boolean
}

/** Nodes that all aliases of one file may expand to, together. */
export const maxExpandedNodes = 10_000

interface Anchor {
  value: unknown
  size: number
  open: boolean
}

export const construct = (events: readonly Event[], text: string): Constructed => {
  const reader = new Reader(events, text)
  const value = reader.document()
  return { value, findings: reader.findings, items: reader.items, losesText: reader.losesText }
}

class Reader {
  readonly findings: Finding[] = []
  readonly items = new Map<string, number[]>()
  losesText = false
  readonly #events: readonly Event[]
  readonly #text: string
  readonly #anchors = new Map<string, Anchor>()
  /** The event that is read next; 0 opens the document. */
  #next = 1
  #nodes = 0
  #expanded = 0
  #topKey = ''

  constructor(events: readonly Event[], text: string) {
    this.#events = events
    this.#text = text
  }

  document(): unknown {
    const first = this.#events[1]
    return first === undefined || first.type === EVENT_ID.POP ? undefined : this.#node(0)
  }

  #node(depth: number): unknown {
    const event = this.#events[this.#next++]!
    this.#nodes++
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event)
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        return this.#collection(event, depth)
      case EVENT_ID.ALIAS:
        return this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd), event.anchorStart - 1)
      default:
        return undefined
    }
  }

  #collection(event: Extract<Event, { start: number }>, depth: number): unknown {
    const isMap = event.type === EVENT_ID.MAPPING
    const value: unknown = isMap ? {} : []
    if (event.tagStart !== -1) this.#checkTag(event, isMap ? '!!map' : '!!seq')
    const anchor = event.anchorStart === -1 ? undefined : this.#anchor(event, value, true)
    const before = this.#nodes
    if (isMap) this.#pairs(value as Record<string, unknown>, depth, event.start)
    else this.#list(value as unknown[], depth)
    this.#next++
    if (anchor !== undefined) {
      anchor.size = this.#nodes - before + 1
      anchor.open = false
    }
    return value
  }

  #list(list: unknown[], depth: number): void {
    let offsets: number[] | undefined
    if (depth === 1) {
      offsets = []
      this.items.set(this.#topKey, offsets)
    }
    for (;;) {
      const event = this.#events[this.#next]!
      if (event.type === EVENT_ID.POP) return
      if (offsets !== undefined) offsets.push(offsetOf(event, this.#text))
      list.push(this.#node(depth + 1))
    }
  }

  /** `start`: where the map stands, for keys that are not written (`: a`). */
  #pairs(map: Record<string, unknown>, depth: number, start: number): void {
    for (;;) {
      const event = this.#events[this.#next]!
      if (event.type === EVENT_ID.POP) return
      const key = this.#key(event)
      if (depth === 0) this.#topKey = key
      const duplicate = Object.hasOwn(map, key)
      const value = this.#node(depth + 1)
      if (duplicate) {
        this.findings.push({
          message: `the key ${JSON.stringify(key)} stands twice in one map`,
          hint: 'keep one of the two',
          offset: Math.max(start, offsetOf(event, this.#text)),
        })
      } else if (key === '__proto__') {
        Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
      } else map[key] = value
    }
  }

  /** Keys are texts as written: `200`, `1.40` and `true` stay what they are. */
  #key(event: Event): string {
    if (event.type === EVENT_ID.SCALAR) {
      this.#next++
      const key = getScalarValue(this.#text, event)
      if (event.anchorStart !== -1) this.#anchor(event, key, false)
      return key
    }
    const value = this.#node(2)
    if (event.type === EVENT_ID.ALIAS && (typeof value !== 'object' || value === null)) return String(value)
    this.findings.push({
      message: 'a map or a list stands where a key is expected',
      hint: "quote the key if it is text that holds a brace or bracket: '{id}': …",
      offset: offsetOf(event, this.#text),
    })
    return `key ${this.#next}`
  }

  #scalar(event: ScalarEvent): unknown {
    const text = getScalarValue(this.#text, event)
    let value: unknown = text
    if (event.tagStart !== -1) value = this.#tagged(event, text)
    else if (event.style === SCALAR_STYLE.PLAIN) {
      value = resolvePlain(text)
      if (typeof value !== 'string' && !this.losesText && losesText(value, text)) this.losesText = true
    }
    if (event.anchorStart !== -1) this.#anchor(event, value, false)
    return value
  }

  #tagged(event: ScalarEvent, text: string): unknown {
    const tag = this.#text.slice(event.tagStart, event.tagEnd)
    if (tag === '!' || tag === '!!str') return text
    const value = resolvePlain(text)
    const fits =
      (tag === '!!int' && (Number.isInteger(value) || typeof value === 'bigint')) ||
      (tag === '!!float' && typeof value === 'number') ||
      (tag === '!!bool' && typeof value === 'boolean') ||
      (tag === '!!null' && value === null)
    if (fits) return value
    if (text === '' && tag === '!!map') return {}
    if (text === '' && tag === '!!seq') return []
    this.#unknownTag(tag, event.tagStart)
    return text
  }

  #checkTag(event: Extract<Event, { start: number }>, allowed: string): void {
    const tag = this.#text.slice(event.tagStart, event.tagEnd)
    if (tag !== allowed && tag !== '!') this.#unknownTag(tag, event.tagStart)
  }

  #unknownTag(tag: string, offset: number): void {
    this.findings.push({
      message: `the YAML tag ${tag} cannot be used here`,
      hint: 'remove it, or quote the text if it begins with !',
      offset,
    })
  }

  #anchor(event: Extract<Event, { tagStart: number }>, value: unknown, open: boolean): Anchor {
    const anchor = { value, size: 1, open }
    this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), anchor)
    return anchor
  }

  #alias(name: string, offset: number): unknown {
    const anchor = this.#anchors.get(name)
    if (anchor === undefined) {
      this.findings.push({
        message: `*${name} refers to an anchor &${name}, which does not exist above`,
        hint: `quote it if it is text: '*${name}'`,
        offset,
      })
      return undefined
    }
    if (anchor.open) {
      this.findings.push({
        message: `*${name} stands inside its own anchor &${name}, so the value would never end`,
        hint: 'write the value out',
        offset,
      })
      return undefined
    }
    this.#nodes += anchor.size - 1
    const before = this.#expanded
    this.#expanded += anchor.size
    if (before <= maxExpandedNodes && this.#expanded > maxExpandedNodes) {
      this.findings.push({
        message: `the aliases of this file expand to more than ${maxExpandedNodes.toLocaleString('en')} values`,
        hint: 'write the values out, or use fewer aliases of aliases',
        offset,
      })
    }
    return anchor.value
  }
}
