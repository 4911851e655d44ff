/** What is known of a call: of those that a mock's conditions let in, or of one that really came. */
import { isFields } from '../../../core/fields.ts'
import type { Pointer } from './document.ts'
import { isOperators, type KnownBody, knownBody, knownText, type TextKnowledge } from './knowledge.ts'

export type TextPlace = 'query' | 'header' | 'cookie'

export interface KnownText {
  /** From `request`. */
  readonly path: Pointer
  readonly known: TextKnowledge
}

export interface KnownRequest {
  /** It is one call, so that what is not known to be there is not there. */
  readonly real: boolean
  /** `/orders/{id}` of a mock, `/orders/42` of a call. */
  readonly path: string
  /** undefined: nothing is known. Headers are asked for in lower case. */
  text(place: TextPlace, name: string): KnownText | undefined
  /** Of a segment of `path`. undefined: nothing is known. */
  segment(text: string): KnownText | undefined
  /** Those that may be there. */
  queryNames(): readonly string[]
  readonly body: KnownRequestBody
}

export type KnownRequestBody =
  /** Nothing is known. */
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'some'
      /** From `request`. */
      readonly path: Pointer
      /** undefined: nothing is known. */
      readonly type: TextKnowledge | undefined
      /** It is a form, whatever its type says. */
      readonly isForm: boolean
      /** There is nothing in it that could be looked into. */
      readonly opaque: boolean
      /** As JSON. undefined: nothing is known. */
      json(): KnownBody | { readonly problem: string } | undefined
      /** As a form. undefined: nothing is known. */
      form(): ReadonlyMap<string, TextKnowledge> | undefined
    }

/** Of `request` as a mock's file has it. */
export const knownOfMock = (request: Readonly<Record<string, unknown>>): KnownRequest => ({
  real: false,
  path: String(request['path']),
  text: (place, name) => {
    const section = sections[place]
    const [key, condition] = memberOf(request[section], name, place === 'header')
    return key === undefined ? undefined : { path: [section, key], known: knownText(condition) }
  },
  segment: (text) => {
    if (text.includes('*}')) return undefined
    const name = /^\{([^{}]*)\}$/.exec(text)?.[1]
    if (name === undefined)
      return text.includes('{')
        ? undefined
        : { path: ['path'], known: { kind: 'oneOf', values: [decoded(text)] } }
    const [key, condition] = memberOf(request['params'], name, false)
    return key === undefined ? undefined : { path: ['params', key], known: knownText(condition) }
  },
  queryNames: () => {
    const { query } = request
    if (!isFields(query)) return []
    return Object.keys(query).filter((name) => knownText(query[name]).kind !== 'absent')
  },
  body: bodyOfMock(request),
})

export const sections = { query: 'query', header: 'headers', path: 'params', cookie: 'cookies' } as const

const bodyOfMock = ({ body, multipart, headers }: Readonly<Record<string, unknown>>): KnownRequestBody => {
  if (body === undefined && multipart === undefined) return { kind: 'unsaid' }
  if (isFields(body) && body['$absent'] === true) return { kind: 'none' }
  const [, type] = memberOf(headers, 'content-type', true)
  const form = isFields(body) && isFields(body['$form']) ? body['$form'] : body
  return {
    kind: 'some',
    path: [body === undefined ? 'multipart' : 'body'],
    type: type === undefined ? undefined : knownText(type),
    isForm: isFields(body) && Object.hasOwn(body, '$form'),
    opaque: body === undefined,
    json: () => {
      const known = knownBody(body)
      // Text is compared as a whole, which may be a document or not.
      const value =
        known !== undefined && typeof known.value === 'string' ? parsed(known.value) : known?.value
      return known === undefined || value === undefined ? undefined : { ...known, value }
    },
    form: () =>
      isFields(form) && !isOperators(form)
        ? new Map(Object.entries(form).map(([name, condition]) => [name, knownText(condition)]))
        : undefined,
  }
}

const memberOf = (
  section: unknown,
  name: string,
  anyCase: boolean,
): readonly [string, unknown] | readonly [undefined, undefined] => {
  if (!isFields(section)) return [undefined, undefined]
  const lower = name.toLowerCase()
  for (const key of Object.keys(section))
    if (key === name || (anyCase && key.toLowerCase() === lower) || key === `${name}[]`)
      return [key, section[key]]
  return [undefined, undefined]
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
