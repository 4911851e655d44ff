/**
 * Requests, responses and messages as Pact files of version 2, 3 and 4 write them, to one form. The versions differ in the
 * query (a text, or lists), in headers (texts, or lists), in bodies (a value, or `{ content, contentType, encoded }`) and in rules.
 */
import { parseForm } from '../../../../core/form.ts'
import { type Body, bodyOfV4, bodyOfValue, isV4Body } from '../body.ts'
import { type Headers, type HeaderValues, splitHeader } from '../compare/headers.ts'
import type { TextLists } from '../compare/text-lists.ts'
import { type Fields, isFields, isNumber, shown, textOf } from '../json-value.ts'
import { type MatchingRules, readMatchingRules } from '../matching-rules.ts'
import type { RuleTools } from '../rules/rule.ts'

/** Of the specification. */
export type SpecVersion = 2 | 3 | 4

export interface PactRequest {
  readonly method: string
  readonly path: string
  readonly query: TextLists
  readonly headers: Headers
  readonly body: Body
  readonly rules: MatchingRules
}

export interface PactResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
  readonly rules: MatchingRules
}

export interface PactMessage {
  readonly metadata: ReadonlyMap<string, unknown>
  readonly contents: Body
  readonly rules: MatchingRules
}

/** What cannot be read of a part, and where in it: `headers.Accept`. */
export class PartError extends Error {
  readonly path: string

  constructor(path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`)
    this.path = path
  }
}

const fieldsOf = (value: unknown, what: string): Fields => {
  if (value === undefined) return {}
  if (isFields(value)) return value
  throw new PartError(what, `must be an object, not ${shown(value)}`)
}

/** Throws PartError and RuleError. */
export const readRequest = (value: unknown, spec: SpecVersion, tools: RuleTools): PactRequest => {
  const part = fieldsOf(value, 'request')
  const headers = readHeaders(part['headers'])
  return {
    method: readText(part['method'], 'method', 'GET'),
    path: readText(part['path'], 'path', '/'),
    query: readQuery(part['query']),
    headers,
    body: readBody(part, 'body', spec, contentTypeOf(headers)),
    rules: readMatchingRules(part['matchingRules'], tools),
  }
}

export const readResponse = (value: unknown, spec: SpecVersion, tools: RuleTools): PactResponse => {
  const part = fieldsOf(value, 'response')
  const headers = readHeaders(part['headers'])
  const status = part['status'] ?? 200
  const code = isNumber(status) || typeof status === 'string' ? Number(textOf(status)) : NaN
  if (!Number.isInteger(code)) throw new PartError('status', `must be a whole number, not ${shown(status)}`)
  return {
    status: code,
    headers,
    body: readBody(part, 'body', spec, contentTypeOf(headers)),
    rules: readMatchingRules(part['matchingRules'], tools),
  }
}

/** V3 wrote `metaData` at first, and early files `metadata`. */
export const readMessage = (value: unknown, spec: SpecVersion, tools: RuleTools): PactMessage => {
  const part = fieldsOf(value, 'message')
  const metadata = new Map(Object.entries(fieldsOf(part['metadata'] ?? part['metaData'], 'metadata')))
  const type = [...metadata].find(([name]) => isContentType(name))?.[1]
  const contentType = typeof type === 'string' ? type : undefined
  return {
    metadata,
    contents: readBody(part, part['contents'] === undefined ? 'content' : 'contents', spec, contentType),
    rules: readMatchingRules(part['matchingRules'], tools),
  }
}

export const isContentType = (name: string): boolean => /^content-?type$/i.test(name)

const readText = (value: unknown, what: string, otherwise: string): string => {
  if (value === undefined || value === null) return otherwise
  if (typeof value === 'string') return value
  throw new PartError(what, `must be a text, not ${shown(value)}`)
}

const readBody = (part: Fields, key: string, spec: SpecVersion, contentType: string | undefined): Body => {
  const value = part[key]
  if (spec === 4 && isFields(value) && isV4Body(value)) return bodyOfV4(value, contentType)
  return bodyOfValue(value, contentType)
}

const contentTypeOf = (headers: Headers): string | undefined => headers.get('content-type')?.values[0]

const readHeaders = (value: unknown): Headers => {
  const headers = new Map<string, HeaderValues>()
  for (const [name, given] of Object.entries(fieldsOf(value ?? undefined, 'headers'))) {
    const key = name.toLowerCase()
    const values = (Array.isArray(given) ? given : [given]).map((one: unknown) => {
      if (typeof one === 'string' || typeof one === 'boolean' || isNumber(one)) return textOf(one)
      throw new PartError(`headers.${name}`, `must be a text or a list of texts, not ${shown(one)}`)
    })
    const split = values.flatMap((one) => splitHeader(key, one))
    headers.set(key, { name, values: [...(headers.get(key)?.values ?? []), ...split] })
  }
  return headers
}

/** V2: `a=1&b=2`, encoded. From V3 on lists by name, not encoded. */
export const readQuery = (value: unknown): TextLists => {
  if (value === undefined || value === null) return new Map()
  if (typeof value === 'string') return parseForm(value.replace(/^\?/, ''))
  const query = new Map<string, readonly string[]>()
  for (const [name, given] of Object.entries(fieldsOf(value, 'query'))) {
    const values = (Array.isArray(given) ? given : [given]).map((one: unknown) => {
      // A name without `=` has no value in the files of some.
      if (one === null) return ''
      if (typeof one === 'string' || typeof one === 'boolean' || isNumber(one)) return textOf(one)
      throw new PartError(`query.${name}`, `must be a text or a list of texts, not ${shown(one)}`)
    })
    query.set(name, values)
  }
  return query
}
