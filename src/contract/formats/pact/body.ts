/** A body or the contents of a message: missing, empty, or bytes that can be read as text or JSON when somebody asks. */
import { type JsonRead, readJson, textOf } from './json-value.ts'
import { bodyKindOf, type MediaType, parseMediaType } from './media-type.ts'
import { textTypeOf } from './rules/content-type.ts'

export type Body =
  /** Nothing is said of it. */
  | { readonly kind: 'missing' }
  /** JSON's null in the file: there must be none. */
  | { readonly kind: 'null' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'present'; readonly content: Content; readonly type: MediaType | undefined }

export interface Content {
  text(): string
  bytes(): Uint8Array
  json(): JsonRead
}

const utf8 = new TextDecoder()

export class BytesContent implements Content {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  text(): string {
    return utf8.decode(this.#bytes)
  }

  bytes(): Uint8Array {
    return this.#bytes
  }

  json(): JsonRead {
    return readJson(this.text())
  }
}

export class TextContent implements Content {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  text(): string {
    return this.#text
  }

  bytes(): Uint8Array {
    return new TextEncoder().encode(this.#text)
  }

  json(): JsonRead {
    return readJson(this.#text)
  }
}

/** A document that the Pact file holds as it is. */
export class JsonContent implements Content {
  readonly #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  text(): string {
    return JSON.stringify(this.#value)
  }

  bytes(): Uint8Array {
    return new TextEncoder().encode(this.text())
  }

  json(): JsonRead {
    return { ok: true, value: this.#value }
  }
}

export const missing: Body = { kind: 'missing' }

/** What the reply or request really was; `contentType` as its header says. */
export const bodyOfBytes = (bytes: Uint8Array, contentType: string | undefined): Body =>
  bytes.length === 0
    ? { kind: 'empty' }
    : {
        kind: 'present',
        content: new BytesContent(bytes),
        type: typeOf(contentType, new BytesContent(bytes)),
      }

const typeOf = (given: string | undefined, content: Content): MediaType | undefined =>
  (given === undefined ? undefined : parseMediaType(given)) ?? parseMediaType(textTypeOf(content.text()))

/**
 * A body of V1 to V3: any JSON value under `body`. Text under a JSON media type is JSON text where it can be read so, and
 * else a JSON text value.
 */
export const bodyOfValue = (value: unknown, contentType: string | undefined): Body => {
  if (value === undefined) return missing
  if (value === null) return { kind: 'null' }
  if (value === '') return { kind: 'empty' }
  if (typeof value !== 'string') {
    const type = contentType === undefined ? undefined : parseMediaType(contentType)
    return {
      kind: 'present',
      content: new JsonContent(value),
      type: type ?? parseMediaType('application/json'),
    }
  }
  const text = new TextContent(value)
  const type = typeOf(contentType, text)
  const isJson = type !== undefined && bodyKindOf(type) === 'json'
  const content = isJson && !text.json().ok ? new JsonContent(value) : text
  return { kind: 'present', content, type }
}

/** The keys of a body of V4. */
const bodyKeys: ReadonlySet<string> = new Set(['content', 'contentType', 'encoded', 'contentTypeHint'])

export const isV4Body = (value: Readonly<Record<string, unknown>>): boolean =>
  Object.hasOwn(value, 'content') || Object.keys(value).every((key) => bodyKeys.has(key))

/** A body of V4: `{ content, contentType, encoded }`. */
export const bodyOfV4 = (value: Readonly<Record<string, unknown>>, header: string | undefined): Body => {
  const { content, encoded } = value
  if (content === undefined) return missing
  if (content === null) return { kind: 'null' }
  const given = typeof value['contentType'] === 'string' ? value['contentType'] : header
  const coding = typeof encoded === 'string' ? encoded.toLowerCase() : encoded === true ? 'base64' : ''
  const type = given === undefined ? undefined : parseMediaType(given)
  const read = contentOfV4(content, coding, type)
  if (read.bytes().length === 0 || content === '') return { kind: 'empty' }
  return { kind: 'present', content: read, type: type ?? typeOf(undefined, read) }
}

const contentOfV4 = (content: unknown, coding: string, type: MediaType | undefined): Content => {
  if (coding === 'base64') return new BytesContent(fromBase64(textOf(content)))
  if (coding !== '') return new TextContent(textOf(content))
  if (typeof content !== 'string') return new JsonContent(content)
  return type !== undefined && bodyKindOf(type) === 'json'
    ? new JsonContent(content)
    : new TextContent(content)
}

const fromBase64 = (text: string): Uint8Array => {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, '')), (char) => char.charCodeAt(0))
  } catch {
    return new TextEncoder().encode(text)
  }
}
