/**
 * A value of a source that knows its place, and remembers what of it has been looked at. So a reader can tell in the end what the
 * source said and nobody read: nothing is left out silently.
 */
import type { SourceLocation } from '../../../core/source.ts'

type Path = readonly (string | number)[]
type Locate = (path: Path) => SourceLocation

export class JsonNode {
  readonly path: Path
  readonly #raw: unknown
  readonly #locate: Locate
  readonly #children = new Map<string | number, JsonNode>()
  #read = false
  #whole = false

  constructor(raw: unknown, path: Path, locate: Locate) {
    this.#raw = raw
    this.path = path
    this.#locate = locate
  }

  /** Of the value, or of the nearest thing that holds it. */
  get at(): SourceLocation {
    return this.#locate(this.path)
  }

  get key(): string {
    return String(this.path.at(-1) ?? '')
  }

  get missing(): boolean {
    return this.#raw === undefined || this.#raw === null
  }

  get isList(): boolean {
    return Array.isArray(this.#raw)
  }

  get isMap(): boolean {
    return typeof this.#raw === 'object' && this.#raw !== null && !Array.isArray(this.#raw)
  }

  get isText(): boolean {
    return typeof this.#raw === 'string'
  }

  /** The value itself, all of it counted as read. */
  get value(): unknown {
    this.#whole = true
    return this.#raw
  }

  /** A member, or nothing where there is none. */
  get(key: string): JsonNode {
    const here = this.isMap && Object.hasOwn(this.#raw as object, key)
    if (here) this.#read = true
    return this.#child(key, here ? (this.#raw as Readonly<Record<string, unknown>>)[key] : undefined)
  }

  /** Counted as read, without a look: what says nothing about calls. */
  skip(...keys: readonly string[]): void {
    for (const key of keys) void this.get(key).value
    if (keys.length === 0) this.#whole = true
  }

  /** Empty for what is no list. */
  items(): readonly JsonNode[] {
    if (!Array.isArray(this.#raw)) return []
    this.#read = true
    return this.#raw.map((item, i) => this.#child(i, item))
  }

  /** Empty for what is no map. */
  fields(): readonly (readonly [string, JsonNode])[] {
    if (!this.isMap) return []
    this.#read = true
    return Object.entries(this.#raw as object).map(([key, value]) => [key, this.#child(key, value)])
  }

  /** undefined for what is no text. */
  text(): string | undefined {
    return this.#leaf(typeof this.#raw === 'string' ? this.#raw : undefined)
  }

  number(): number | undefined {
    return this.#leaf(typeof this.#raw === 'number' ? this.#raw : undefined)
  }

  boolean(): boolean | undefined {
    return this.#leaf(typeof this.#raw === 'boolean' ? this.#raw : undefined)
  }

  /** Numbers and booleans as their text: what tools accept where a text stands. */
  scalar(): string | undefined {
    const raw = this.#raw
    return this.#leaf(
      typeof raw === 'string' ||
        typeof raw === 'number' ||
        typeof raw === 'boolean' ||
        typeof raw === 'bigint'
        ? String(raw)
        : undefined,
    )
  }

  /** What nobody has looked at, but for what says nothing: null, false, and what is empty. */
  unread(): readonly JsonNode[] {
    if (this.#whole || isNothing(this.#raw)) return []
    if (typeof this.#raw !== 'object' || !this.#read) return this.#read ? [] : [this]
    const children: readonly JsonNode[] = Array.isArray(this.#raw)
      ? this.#raw.map((item, i) => this.#child(i, item))
      : Object.entries(this.#raw as object).map(([key, value]) => this.#child(key, value))
    return children.flatMap((child) => child.unread())
  }

  #leaf<T>(value: T | undefined): T | undefined {
    if (value !== undefined) this.#read = true
    return value
  }

  #child(key: string | number, raw: unknown): JsonNode {
    const known = this.#children.get(key)
    if (known !== undefined) return known
    const child = new JsonNode(raw, [...this.path, key], this.#locate)
    this.#children.set(key, child)
    return child
  }
}

const isNothing = (raw: unknown): boolean =>
  raw === undefined ||
  raw === null ||
  raw === false ||
  raw === '' ||
  (typeof raw === 'object' && Object.keys(raw).length === 0)
