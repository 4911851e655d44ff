/**
 * A Pact interaction as a mock: its rules become conditions on the request, its response the answer. The example request and
 * the rules themselves are kept under `contract:`, since conditions are no values, and an answer has no rules.
 */
import type { Body } from '../body.ts'
import type { Headers } from '../compare/headers.ts'
import type { TextLists } from '../compare/text-lists.ts'
import type { HttpInteraction } from '../file/pact-file.ts'
import { type Fields, isFields } from '../json-value.ts'
import type { RuleSet } from '../matching-rules.ts'
import { bodyKindOf, type MediaType } from '../media-type.ts'
import { root } from '../path-expression.ts'
import { escapeText } from '../rules/escape-text.ts'
import type { RuleTools } from '../rules/rule.ts'
import { type ContractExample, type ContractSpec, filled, statesToSpec } from './contract.ts'
import { expressionOf } from './expressions.ts'
import { jsonCondition } from './json-condition.ts'
import { losesSpelling, plainValue } from './numbers.ts'
import { pathCondition } from './path-condition.ts'
import { textCondition } from './text-condition.ts'

export interface ImportedMock {
  /** As a mock file has it. */
  readonly mock: Fields
  /** What could not be said in it, in sentences. */
  readonly notes: readonly string[]
}

/** Kept short in a file: an undefined member is left out by the writer. */
type Draft = Record<string, unknown>

/** `provider`: its name, where the service is called otherwise. */
export interface Parties {
  readonly consumer: string
  readonly provider: string | undefined
}

export const mockOf = (interaction: HttpInteraction, parties: Parties, tools: RuleTools): ImportedMock => {
  const notes: string[] = []
  const { request, response, description, states } = interaction
  const { draft, example } = requestOf(request, tools, notes)
  const kept = {
    ...parties,
    matchingRules: both(withoutAnd(request.matchingRules), withoutAnd(response.matchingRules)),
    generators: both(request.generators, response.generators),
    extra: filled(plainValue(interaction.extra) as Fields),
  }
  const contract: ContractSpec & Draft = {
    state: statesToSpec(
      states.map(({ name, params }) => ({ name, params: plainValue(params) as Fields | undefined })),
    ),
    example: filled(example as Fields),
    pact: kept,
  }
  const mock = {
    name: nameOf(description, states),
    request: draft,
    response: responseOf(response, notes),
    contract,
  }
  return { mock, notes }
}

const both = (request: Fields, response: Fields): Fields | undefined =>
  filled({
    ...(filled(request) && { request: plainValue(request) }),
    ...(filled(response) && { response: plainValue(response) }),
  })

/** AND is what is meant where nothing is said. */
const withoutAnd = (value: unknown): Fields => stripped(value) as Fields

const stripped = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(stripped)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) =>
      key === 'combine' && one === 'AND' ? [] : [[key, stripped(one)]],
    ),
  )
}

const nameOf = (description: string, states: HttpInteraction['states']): string | undefined => {
  const given = states.map(({ name }) => name).join(', ')
  const name = given === '' ? description : `${description || 'a request'}, given ${given}`
  return name === '' ? undefined : name
}

interface DraftRequest {
  readonly draft: Draft
  readonly example: ContractExample
}

const requestOf = (request: HttpInteraction['request'], tools: RuleTools, notes: string[]): DraftRequest => {
  const { rules } = request
  const draft: Draft = { method: request.method.toUpperCase() }
  const example: { -readonly [Key in keyof ContractExample]: ContractExample[Key] } = {}
  const path = pathCondition(request.path, rules.path.only())
  if (path === undefined) {
    notes.push('the rule on the path cannot be said in a mock, which answers the example path only')
    draft['path'] = pathCondition(request.path, undefined)!.path
  } else Object.assign(draft, path)
  if (rules.path.only() !== undefined) example.path = request.path
  draft['query'] = filled(queryConditions(request.query, rules.query))
  if (hasRules(rules.query, request.query.keys())) example.query = Object.fromEntries(request.query)
  draft['headers'] = filled(headerConditions(request.headers, rules.header))
  if (headersNeedExample(request.headers, rules.header))
    example.headers = Object.fromEntries(
      [...request.headers.values()].map(({ name, values }) => [name, values.join(', ')]),
    )
  bodyConditions(request.body, rules.body, { draft, example, notes, tools })
  return { draft, example }
}

const hasRules = (rules: RuleSet, names: Iterable<string>): boolean =>
  [...names].some((name) => ruleAt(rules, name) !== undefined)

const ruleAt = (rules: RuleSet, name: string) => rules.at([...root, name]) ?? rules.at([...root, name, '0'])

const queryConditions = (query: TextLists, rules: RuleSet): Fields =>
  Object.fromEntries(
    [...query].map(([name, values]) => {
      const list = ruleAt(rules, name)
      const [only = ''] = values
      if (list !== undefined) return [name, textCondition(list, only)]
      return [name, values.length === 1 ? only : { $hasExactly: values }]
    }),
  )

/** A client adds parameters to these, and Pact does not mind. */
const parameterised: ReadonlySet<string> = new Set(['content-type', 'accept'])

const headerConditions = (headers: Headers, rules: RuleSet): Fields =>
  Object.fromEntries(
    [...headers].map(([key, { name, values }]) => {
      const text = values.join(', ')
      const list = ruleAt(rules, key)
      if (list !== undefined) return [name, textCondition(list, text)]
      return [name, parameterised.has(key) ? { $matches: withParameters(text) } : text]
    }),
  )

const withParameters = (text: string): string =>
  text
    .split(',')
    .map(
      (item) =>
        `${item
          .trim()
          .split(/\s*;\s*/)
          .map(escapeText)
          .join('\\s*;\\s*')}(?:\\s*;[^,]*)?`,
    )
    .join('\\s*,\\s*')

const headersNeedExample = (headers: Headers, rules: RuleSet): boolean =>
  [...headers.keys()].some((key) => parameterised.has(key)) || hasRules(rules, headers.keys())

interface BodyTarget {
  readonly draft: Draft
  readonly example: { -readonly [Key in keyof ContractExample]: ContractExample[Key] }
  readonly notes: string[]
  readonly tools: RuleTools
}

const bodyConditions = (body: Body, rules: RuleSet, target: BodyTarget): void => {
  const { draft, example, notes, tools } = target
  if (body.kind === 'missing') return
  if (body.kind !== 'present') {
    draft['body'] = { $absent: true }
    return
  }
  const kind = body.type === undefined ? 'text' : bodyKindOf(body.type)
  const ruled = rules.exists()
  const text = (): string => body.content.text()
  const json = kind === 'json' ? body.content.json() : undefined
  if (json?.ok === true) {
    draft['body'] = jsonCondition(json.value, rules, tools)
    if (ruled || isText(draft['body']) || hasOperators(draft['body']))
      example.body = typeof json.value === 'string' ? JSON.stringify(json.value) : plainValue(json.value)
    return
  }
  if (kind === 'xml') {
    draft['body'] = ruled
      ? { $matchesXPath: `/*[local-name()='${rootName(text())}']` }
      : { $equalToXml: text() }
    if (ruled) notes.push('of the rules on its XML body, a mock can only ask for the root element')
    example.body = text()
    return
  }
  if (kind === 'form') {
    const fields = new Map<string, string[]>()
    for (const [name, value] of new URLSearchParams(text()))
      fields.set(name, [...(fields.get(name) ?? []), value])
    draft['body'] = { $form: queryConditions(fields, rules) }
    example.body = text()
    return
  }
  const bytes = body.content.bytes()
  const list = rules.at(root)
  if (kind === 'multipart') notes.push('its multipart body is not asked for')
  else if (list !== undefined) {
    const expression = list.rules.flatMap((rule) => expressionOf(rule) ?? [])[0]
    draft['body'] = expression === undefined ? { $absent: false } : { $matches: expression }
  } else if (isUtf8(bytes)) draft['body'] = { $equalTo: text() }
  else {
    draft['body'] = { $absent: false }
    notes.push('of its binary body, a mock can only ask that there is one')
  }
  if (isUtf8(bytes)) example.body = text()
  else example.bodyBase64 = base64(bytes)
}

const isText = (condition: unknown): boolean => typeof condition === 'string'

const hasOperators = (condition: unknown): boolean =>
  typeof condition === 'object' &&
  condition !== null &&
  Object.entries(condition).some(([key, one]) => key.startsWith('$') || hasOperators(one))

const rootName = (xml: string): string =>
  /<(?![?!])(?:[^\s>/:]+:)?([^\s>/]+)/.exec(xml)?.[1]?.replaceAll("'", '') ?? '*'

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

const base64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

const responseOf = ({ status, headers, body }: HttpInteraction['response'], notes: string[]): Draft => {
  const draft: Draft = { status, headers: filled(responseHeaders(headers)) }
  if (status < 200 || status > 599) {
    notes.push(`the status ${status} cannot be answered by a mock; it answers 200`)
    draft['status'] = 200
  }
  if (body.kind !== 'present' || status === 204 || status === 304) return draft
  const { content, type } = body
  const json = type !== undefined && bodyKindOf(type) === 'json' ? content.json() : undefined
  if (json?.ok === true && typeof json.value !== 'string' && !losesSpelling(json.value)) {
    draft['body'] = escapeExpressions(plainValue(json.value))
    return draft
  }
  const bytes = content.bytes()
  if (!isUtf8(bytes)) {
    draft['bodyBase64'] = base64(bytes)
    return draft
  }
  draft['body'] = escapeExpressions(content.text())
  if (!headers.has('content-type') && type !== undefined)
    draft['headers'] = { ...(draft['headers'] as Fields | undefined), 'Content-Type': formatType(type) }
  return draft
}

const formatType = ({ type, subtype, suffix }: MediaType): string =>
  `${type}/${subtype}${suffix === undefined ? '' : `+${suffix}`}`

/** The proxy's own: what a mock must not say. */
const framing: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
])

const responseHeaders = (headers: Headers): Fields =>
  Object.fromEntries(
    [...headers].flatMap(([key, { name, values }]) => {
      if (framing.has(key)) return []
      // One line each, where commas do not join them.
      return [
        [name, key === 'set-cookie' && values.length > 1 ? values : escapeExpressions(values.join(', '))],
      ]
    }),
  )

/** `${{` begins an expression in mocks. */
const escapeExpressions = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('${{', () => '$${{')
  if (Array.isArray(value)) return value.map(escapeExpressions)
  if (isFields(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escapeExpressions(one)]))
  return value
}
