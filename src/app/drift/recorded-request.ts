/**
 * The request that a fixture recorded, to be sent once more. Fakes become real values where somebody gave them; what would ask
 * for something else than was asked then is not asked at all.
 */

import { randomUUID } from 'node:crypto'
import { type Fields, isFields } from '../../core/fields.ts'
import { stringifyJson } from '../../core/json.ts'
import { volatileName } from '../../core/volatile.ts'
import type { ProviderRequest } from '../contract/ask-provider.ts'

export interface RequestSources {
  /** Real values by their fakes. */
  readonly values: ReadonlyMap<string, string>
  /** Whether a text holds a fake. */
  holdsFake(text: string): boolean
  /** In ms since the epoch. */
  readonly now: number
  /** Sent with each request, in place of recorded ones of the same name. */
  readonly headers: readonly (readonly [string, string])[]
}

export type Asking = { readonly request: ProviderRequest } | { readonly cannot: string }

/** Why it cannot be asked, in words without any value. */
class Cannot extends Error {}

export const masked = 'it asks with a masked value, which the real service does not know'

export const recordedRequest = (spec: Fields, sources: RequestSources): Asking => {
  try {
    return { request: new Asker(sources).request(spec) }
  } catch (error) {
    if (error instanceof Cannot) return { cannot: error.message }
    throw error
  }
}

export interface AskedRpc {
  /** Name and value; values of `-bin` names in base64. */
  readonly metadata: readonly (readonly [string, string])[]
  /** As mock files write them. */
  readonly messages: readonly unknown[]
}

/** `each`: its mocks are asked message by message, which is no call of its own. */
export const recordedRpc = (
  spec: Fields,
  each: boolean,
  sources: RequestSources,
): { readonly rpc: AskedRpc } | { readonly cannot: string } => {
  try {
    return { rpc: new Asker(sources).rpc(spec, each) }
  } catch (error) {
    if (error instanceof Cannot) return { cannot: error.message }
    throw error
  }
}

const knownSections: ReadonlySet<string> = new Set([
  'method',
  'path',
  'params',
  'query',
  'headers',
  'body',
  'multipart',
])

/** Shorter fakes are replaced only where they are a whole value. */
const insideAtLeast = 6

class Asker {
  readonly #sources: RequestSources

  constructor(sources: RequestSources) {
    this.#sources = sources
  }

  request(spec: Fields): ProviderRequest {
    if (Object.keys(spec).some((section) => !knownSections.has(section))) throw new Cannot(edited)
    const { method, path, params, query } = spec
    if (typeof path !== 'string') throw new Cannot(edited)
    const search = this.#texts(fieldsOf(query), encode).join('&')
    const body = this.#body(spec)
    const own = this.#sources.headers
    const named = new Set(own.map(([name]) => name.toLowerCase()))
    const recorded = this.#headers(fieldsOf(spec['headers']), body?.type).filter(([name]) => !named.has(name))
    return {
      method: typeof method === 'string' ? method : 'GET',
      target: `${this.#path(path, fieldsOf(params))}${search === '' ? '' : `?${search}`}`,
      headers: [...recorded, ...own],
      body: body?.bytes,
    }
  }

  rpc({ message, messages, metadata, method: _method, ...others }: Fields, each: boolean): AskedRpc {
    if (Object.keys(others).length > 0) throw new Cannot(edited)
    if (each && messages === undefined) throw new Cannot('it is one message of a stream both ways')
    const own = this.#sources.headers
    const named = new Set(own.map(([name]) => name.toLowerCase()))
    const list = Array.isArray(messages) ? messages : [message ?? {}]
    return {
      metadata: [
        ...this.#headers(fieldsOf(metadata), undefined).filter(([name]) => !named.has(name)),
        ...own,
      ],
      messages: list.map((one) => this.#document(one, '')),
    }
  }

  #path(path: string, params: Fields): string {
    const filled = path.replace(/\{([^{}]*)\}/g, (_all, name: string) => {
      if (!Object.hasOwn(params, name)) throw new Cannot(edited)
      return encodeURIComponent(String(this.#value(params[name], name)))
    })
    this.#refuseFakes(decoded(path))
    return filled
  }

  /** Names with each of their values. */
  #texts(fields: Fields, pair: (name: string, value: string) => string): string[] {
    return Object.entries(fields).flatMap(([name, spec]) => {
      this.#refuseFakes(name)
      return this.#several(spec, name).map((value) => pair(name, value))
    })
  }

  #several(spec: unknown, name: string): readonly string[] {
    const list = isFields(spec) ? spec['$hasExactly'] : undefined
    return Array.isArray(list)
      ? list.map((value) => String(this.#value(value, name)))
      : [String(this.#value(spec, name))]
  }

  /** `type`: of a body that is made here. */
  #headers(fields: Fields, type: string | undefined): readonly (readonly [string, string])[] {
    return Object.entries(fields).flatMap(([written, spec]): readonly (readonly [string, string])[] => {
      const name = written.toLowerCase()
      if (name === 'content-type' && type !== undefined) return [[name, type]]
      return this.#several(spec, name).map((value) => [name, value] as const)
    })
  }

  #body({
    headers,
    body,
    multipart,
  }: Fields): { readonly bytes: Uint8Array; readonly type?: string } | undefined {
    const text = new TextEncoder()
    if (multipart !== undefined) return this.#multipart(fieldsOf(multipart))
    if (body === undefined) {
      // Its type is recorded only of a request that had one.
      if (Object.keys(fieldsOf(headers)).some((name) => name.toLowerCase() === 'content-type'))
        throw new Cannot('its request body was not recorded')
      return undefined
    }
    if (typeof body === 'string') return { bytes: text.encode(String(this.#plain(body))) }
    const form = isFields(body) ? body['$form'] : undefined
    if (isFields(form)) return { bytes: text.encode(this.#texts(form, encodeForm).join('&')) }
    return { bytes: text.encode(stringifyJson(this.#document(body, ''))) }
  }

  #document(spec: unknown, name: string): unknown {
    if (Array.isArray(spec)) return spec.map((item) => this.#document(item, name))
    if (!isFields(spec)) return this.#value(spec, name)
    if (Object.hasOwn(spec, '$equalToJson')) return this.#literal(spec['$equalToJson'])
    if (isOperator(spec)) return this.#value(spec, name)
    return Object.fromEntries(
      Object.entries(spec).map(([key, member]) => {
        this.#refuseFakes(key)
        return [key, this.#document(member, key)]
      }),
    )
  }

  #literal(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#literal(item))
    if (!isFields(value)) return this.#plain(value)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.#literal(member)]))
  }

  #multipart(parts: Fields): { readonly bytes: Uint8Array; readonly type: string } {
    const boundary = `svc-mock-${randomUUID()}`
    const written = Object.entries(parts).map(([name, spec]) => {
      const { filename, body } = fieldsOf(spec)
      const value = body === undefined ? '' : this.#value(body, name)
      // A file that was no text, or was too long for one.
      if (body === undefined || (isAnything(body) && volatileName(name) === undefined))
        throw new Cannot('a part of its request body was not recorded')
      const file = typeof filename === 'string' ? `; filename=${JSON.stringify(this.#plain(filename))}` : ''
      return `--${boundary}\r\ncontent-disposition: form-data; name=${JSON.stringify(name)}${file}\r\n\r\n${String(value)}\r\n`
    })
    return {
      bytes: new TextEncoder().encode(`${written.join('')}--${boundary}--\r\n`),
      type: `multipart/form-data; boundary=${boundary}`,
    }
  }

  /** Of one field, as the fixture asks for it. */
  #value(spec: unknown, name: string): unknown {
    if (!isFields(spec)) return this.#plain(spec)
    const { $masked: fake, $type: type } = spec as { $masked?: { value?: unknown }; $type?: unknown }
    if (fake !== undefined) {
      const real = this.#sources.values.get(String(fake.value))
      if (real === undefined) throw new Cannot(masked)
      return typeof fake.value === 'string' ? real : numberOf(real)
    }
    if (type !== undefined || isAnything(spec)) return this.#fresh(name, type)
    throw new Cannot(edited)
  }

  /** A value that differs from call to call. */
  #fresh(name: string, type: unknown): unknown {
    const { now } = this.#sources
    switch (volatileName(name)) {
      case 'signature':
        throw new Cannot('it was signed, which only the program that asked can do')
      case 'nonce':
      case 'trace id':
      case 'idempotency key':
        return type === 'number' ? Math.floor(now / 1000) : randomUUID().replaceAll('-', '')
      default:
        if (type === 'number') return now
        return type === 'string' ? new Date(now).toISOString() : String(now)
    }
  }

  #plain(value: unknown): unknown {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return value
    const text = String(value)
    const whole = this.#sources.values.get(text)
    if (whole !== undefined) return typeof value === 'string' ? whole : numberOf(whole)
    const [real, rest] = this.#replaced(text)
    this.#refuseFakes(rest)
    return real === text ? value : real
  }

  /** A text with real values in it, and what is left of it without them. */
  #replaced(text: string): readonly [real: string, rest: string] {
    let [real, rest] = [text, text]
    const fakes = [...this.#sources.values].filter(([fake]) => fake.length >= insideAtLeast)
    for (const [fake, value] of fakes.sort(([a], [b]) => b.length - a.length)) {
      real = real.replaceAll(fake, () => value)
      rest = rest.replaceAll(fake, '')
    }
    return [real, rest]
  }

  #refuseFakes(text: string): void {
    if (this.#sources.holdsFake(text)) throw new Cannot(masked)
  }
}

export const edited = 'no request can be made from its conditions'

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

const isOperator = (spec: Fields): boolean => Object.keys(spec)[0]?.startsWith('$') === true

const isAnything = (spec: unknown): boolean => isFields(spec) && Object.hasOwn(spec, '$anything')

const encode = (name: string, value: string): string =>
  `${encodeURIComponent(name)}=${encodeURIComponent(value)}`

const encodeForm = (name: string, value: string): string => new URLSearchParams([[name, value]]).toString()

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** With all its digits. */
const numberOf = (text: string): unknown => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text))
