/**
 * A mock as a Pact interaction. What the import kept is written again; for mocks that people wrote, conditions become rules,
 * and the reply is a contract by its shape.
 */

import type { ProviderState } from '../file/pact-file.ts'
import { type Fields, isFields, readJson } from '../json-value.ts'
import { bodyKindOf, parseMediaType } from '../media-type.ts'
import { escapeText } from '../rules/escape-text.ts'
import { conditionRules, type ReadCondition } from './condition-rules.ts'
import { type ContractExample, type ContractSpec, statesOfSpec } from './contract.ts'

/** A mock, as far as it matters here. */
export interface ExportedMock {
  readonly name: string
  readonly request: Fields
  readonly response: Fields
  readonly contract: ContractSpec
}

/** Versions differ only in how this is written. */
export interface Interaction {
  readonly description: string
  readonly states: readonly ProviderState[]
  readonly request: {
    readonly method: string
    readonly path: string
    readonly query: Readonly<Record<string, readonly string[]>>
    readonly headers: Fields
    readonly body: WrittenBody | undefined
    readonly matchingRules: Fields
    readonly generators: Fields
  }
  readonly response: {
    readonly status: number
    readonly headers: Fields
    readonly body: WrittenBody | undefined
    readonly matchingRules: Fields
    readonly generators: Fields
  }
  readonly extra: Fields
  readonly notes: readonly string[]
}

export type WrittenBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown; readonly type: string | undefined }
  | { readonly kind: 'text'; readonly text: string; readonly type: string | undefined }
  | { readonly kind: 'base64'; readonly base64: string; readonly type: string | undefined }

/** A string: why it is no contract that a Pact file could hold. */
export const interactionOf = (mock: ExportedMock): Interaction | string => {
  const { request, response, contract } = mock
  if (response['bodyFile'] !== undefined) return 'its body is a file'
  if (hasExpressions(response)) return 'its answer has expressions'
  const status = response['status'] ?? 200
  if (typeof status !== 'number') return 'its answer has expressions'
  const example = contract.example ?? {}
  const kept = contract.pact
  const rules: Record<string, Record<string, unknown>> = { path: {}, query: {}, header: {}, body: {} }
  const notes: string[] = []
  const path = pathOf(request, example, rules)
  if (path === undefined) return 'nothing says for which path: write contract: { example: { path: … } }'
  const query = queryOf(request, example, rules, notes)
  const headers = headersOf(request, example, rules, notes)
  if (query === undefined) return 'nothing says with which query: write contract: { example: { query: … } }'
  if (headers === undefined)
    return 'nothing says with which headers: write contract: { example: { headers: … } }'
  const body = bodyOf(request, example, headers, rules, notes)
  if (body === 'unknown') return 'nothing says with which body: write contract: { example: { body: … } }'
  const requestRules = kept === undefined ? withoutEmpty(rules) : (kept.matchingRules?.request ?? {})
  return {
    description: descriptionOf(mock.name, contract),
    states: statesOfSpec(contract.state),
    request: {
      method: typeof request['method'] === 'string' ? request['method'] : 'GET',
      path,
      query,
      headers,
      body,
      matchingRules: requestRules,
      generators: kept?.generators?.request ?? {},
    },
    response: {
      status,
      headers: plainHeaders(response['headers']),
      body: responseBody(response),
      matchingRules:
        kept === undefined ? shapeRules(response, contract) : (kept.matchingRules?.response ?? {}),
      generators: kept?.generators?.response ?? {},
    },
    extra: kept?.extra ?? {},
    notes: kept === undefined ? notes : [],
  }
}

const hasExpressions = (value: unknown): boolean => {
  if (typeof value === 'string') return /(^|[^$])\$\{\{/.test(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpressions)
}

const unescaped = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('$${{', '${{')
  if (Array.isArray(value)) return value.map(unescaped)
  if (isFields(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unescaped(one)]))
  return value
}

/** The import puts the states behind the description. */
const descriptionOf = (name: string, { state, pact }: ContractSpec): string => {
  const given = `, given ${statesOfSpec(state)
    .map((one) => one.name)
    .join(', ')}`
  return pact !== undefined && state !== undefined && name.endsWith(given)
    ? name.slice(0, -given.length)
    : name
}

type Rules = Record<string, Record<string, unknown>>

const withoutEmpty = (rules: Rules): Fields =>
  Object.fromEntries(Object.entries(rules).filter(([, list]) => Object.keys(list).length > 0))

const pathOf = (request: Fields, { path }: ContractExample, rules: Rules): string | undefined => {
  const pattern = typeof request['path'] === 'string' ? request['path'] : undefined
  const params = isFields(request['params']) ? request['params'] : {}
  if (pattern === undefined) return path
  if (!/[{}]/.test(pattern)) return path ?? decoded(pattern)
  const expression = pattern
    .split(/(\{[^{}]*\})/)
    .map((part) =>
      part.startsWith('{')
        ? expressionFor(params[part.slice(1, -1).replace('*', '')], part)
        : escapeText(part),
    )
    .join('')
  rules['path'] = { matchers: [{ match: 'regex', regex: expression }] }
  if (path !== undefined) return path
  const texts = pattern.match(/\{[^{}]*\}/g)!.map((name) => params[name.slice(1, -1).replace('*', '')])
  if (texts.some((text) => typeof text === 'object')) return undefined
  let i = 0
  return pattern.replace(/\{[^{}]*\}/g, () => String(texts[i++] ?? '1'))
}

const decoded = (path: string): string =>
  path.replace(/%7B/gi, '{').replace(/%7D/gi, '}').replace(/%3F/gi, '?')

const expressionFor = (condition: unknown, part: string): string => {
  if (isFields(condition) && typeof condition['$matches'] === 'string') return `(?:${condition['$matches']})`
  if (condition !== undefined && typeof condition !== 'object') return escapeText(String(condition))
  return part.endsWith('*}') ? '.*' : '[^/]+'
}

/** Names with conditions on texts; undefined where nothing says a value. */
const texts = (
  conditions: unknown,
  given: Fields | undefined,
  rules: Record<string, unknown>,
  notes: string[],
): Fields | undefined => {
  const found: Record<string, unknown> = { ...given }
  for (const [name, condition] of Object.entries(isFields(conditions) ? conditions : {})) {
    const read: ReadCondition = conditionRules(condition, 'text')
    if (read.absent) continue
    if (read.rules.length > 0) rules[name] = { matchers: read.rules }
    notes.push(...read.notes.map((note) => `${name}: ${note}`))
    if (found[name] !== undefined) continue
    if (!read.known) return undefined
    found[name] = read.value
  }
  return found
}

const queryOf = (
  request: Fields,
  { query }: ContractExample,
  rules: Rules,
  notes: string[],
): Readonly<Record<string, readonly string[]>> | undefined => {
  const found = texts(request['query'], query, rules['query']!, notes)
  return (
    found &&
    Object.fromEntries(
      Object.entries(found).map(([name, value]) => [
        name,
        (Array.isArray(value) ? value : [value]).map(String),
      ]),
    )
  )
}

const headersOf = (
  request: Fields,
  { headers }: ContractExample,
  rules: Rules,
  notes: string[],
): Fields | undefined => {
  const found = texts(request['headers'], headers, rules['header']!, notes)
  return (
    found &&
    Object.fromEntries(
      Object.entries(found).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : String(value),
      ]),
    )
  )
}

const contentType = (headers: Fields): string | undefined => {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return typeof found === 'string' ? found : undefined
}

const bodyOf = (
  request: Fields,
  example: ContractExample,
  headers: Fields,
  rules: Rules,
  notes: string[],
): WrittenBody | undefined | 'unknown' => {
  const type = contentType(headers)
  const condition = request['body']
  const read = condition === undefined ? undefined : conditionRules(condition, 'body')
  if (read !== undefined) {
    for (const [path, list] of Object.entries(read.byPath)) rules['body']![path] = { matchers: list }
    notes.push(...read.notes)
  }
  if (example.bodyBase64 !== undefined) return { kind: 'base64', base64: example.bodyBase64, type }
  if (example.body !== undefined) return written(example.body, type)
  if (read === undefined) return undefined
  if (read.absent) return { kind: 'none' }
  return read.known ? written(read.value, type) : 'unknown'
}

/** Text under a JSON type is JSON, with the spelling of its numbers. */
const written = (value: unknown, type: string | undefined): WrittenBody => {
  if (typeof value !== 'string') return { kind: 'json', value, type }
  const read = isJson(type) ? readJson(value) : undefined
  if (read?.ok !== true) return { kind: 'text', text: value, type }
  // A text that could be taken for JSON itself stays in quotes.
  const ambiguous = typeof read.value === 'string' && readJson(read.value).ok
  return ambiguous ? { kind: 'text', text: value, type } : { kind: 'json', value: read.value, type }
}

const isJson = (type: string | undefined): boolean => {
  const media = type === undefined ? undefined : parseMediaType(type)
  return media !== undefined && bodyKindOf(media) === 'json'
}

const plainHeaders = (headers: unknown): Fields =>
  Object.fromEntries(
    Object.entries(isFields(headers) ? headers : {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((one) => unescaped(String(one))) : unescaped(String(value)),
    ]),
  )

const responseBody = (response: Fields): WrittenBody | undefined => {
  const type = contentType(plainHeaders(response['headers']))
  if (typeof response['bodyBase64'] === 'string')
    return { kind: 'base64', base64: response['bodyBase64'], type }
  if (response['body'] === undefined) return undefined
  return written(unescaped(response['body']), type)
}

/** Types and fields count, values do not, but where the mock says so. */
const shapeRules = (response: Fields, { exact = [] }: ContractSpec): Fields => {
  const { body } = response
  if (typeof body !== 'object' || body === null) return {}
  const equal = exact.map((path) => [path, { matchers: [{ match: 'equality' }] }])
  return { body: { $: { matchers: [{ match: 'type' }] }, ...Object.fromEntries(equal) } }
}
