/**
 * The generators of a request or an answer, applied before it is sent or compared: values that the provider state made, times that are
 * relative to now, what must be new each time (Pact specification V3 and V4, "Generators").
 */
import { type Body, JsonContent, TextContent } from '../body.ts'
import type { Headers } from '../compare/headers.ts'
import type { TextLists } from '../compare/text-lists.ts'
import type { Part } from '../file/pact-file.ts'
import type { PactRequest, PactResponse } from '../file/parts.ts'
import { type Fields, isFields, textOf } from '../json-value.ts'
import { bodyKindOf } from '../media-type.ts'
import { PathError, parsePathExpression, type Token } from '../path-expression.ts'
import { type GeneratorTools, generated, NoValue } from './values.ts'

export interface Applied<T> {
  readonly part: T
  /** What could not be generated, in sentences: the example stands there. */
  readonly notes: readonly string[]
}

type Make = (generator: Fields, example: unknown, where: string) => unknown

/** `only`: generators of this type. */
const maker = (state: Fields, tools: GeneratorTools, notes: string[], only: string | undefined): Make => {
  return (generator, example, where) => {
    if (only !== undefined && generator['type'] !== only) return example
    try {
      const made = generated(generator, example, state, tools)
      return made === undefined ? example : made.value
    } catch (error) {
      if (!(error instanceof NoValue)) throw error
      notes.push(`${where}: ${error.message}`)
      return example
    }
  }
}

export const generateRequest = <T extends Part<PactRequest>>(
  request: T,
  state: Fields,
  tools: GeneratorTools,
): Applied<T> => {
  const notes: string[] = []
  const make = maker(state, tools, notes, undefined)
  const { method, path, query, header, headers, body } = request.generators
  return {
    part: {
      ...request,
      ...(isFields(method) && { method: textOf(make(method, request.method, 'method')) }),
      ...(isFields(path) && { path: textOf(make(path, request.path, 'path')) }),
      query: texts(request.query, query, make, 'query', (name) => name),
      headers: headersOf(request.headers, header ?? headers, make),
      body: bodyOf(request.body, body, make, notes),
    },
    notes,
  }
}

/** Only what the provider state made: whatever else a generator would make is the provider's to choose. */
export const withStateValues = <T extends Part<PactResponse>>(
  response: T,
  state: Fields,
  tools: GeneratorTools,
): T => {
  const make = maker(state, tools, [], 'ProviderState')
  const { header, headers, body } = response.generators
  return {
    ...response,
    headers: headersOf(response.headers, header ?? headers, make),
    body: bodyOf(response.body, body, make, []),
  }
}

export const hasStateValues = ({ generators }: Part<PactResponse>): boolean =>
  Object.values(generators).some(
    (category) =>
      isFields(category) &&
      Object.values(category).some((one) => isFields(one) && one['type'] === 'ProviderState'),
  )

const entries = (category: unknown): readonly (readonly [string, Fields])[] =>
  isFields(category)
    ? Object.entries(category).flatMap(([key, one]) => (isFields(one) ? [[key, one] as const] : []))
    : []

/** `name`, `$.name` and `$.name[0]`: all values, or one of them. */
const named = (key: string): { readonly name: string; readonly index: number | undefined } => {
  const tokens = tokensOf(key) ?? []
  const [, name, index] = tokens
  return {
    name: name?.kind === 'name' ? name.name : key,
    index: index?.kind === 'name' && /^\d+$/.test(index.name) ? Number(index.name) : undefined,
  }
}

const texts = (
  lists: TextLists,
  category: unknown,
  make: Make,
  where: string,
  keyOf: (name: string) => string,
): TextLists => {
  const changed = new Map(lists)
  for (const [key, generator] of entries(category)) {
    const { name, index } = named(key)
    // A parameter that the example does not have comes with the generator.
    const values = changed.get(keyOf(name)) ?? ['']
    changed.set(
      keyOf(name),
      values.map((value, i) =>
        index === undefined || index === i ? textOf(make(generator, value, `${where} ${name}`)) : value,
      ),
    )
  }
  return changed
}

const headersOf = (headers: Headers, category: unknown, make: Make): Headers => {
  const changed = new Map(headers)
  for (const [key, generator] of entries(category)) {
    const { name } = named(key)
    const before = changed.get(name.toLowerCase())
    const value = textOf(make(generator, before?.values.join(', ') ?? '', `header ${name}`))
    changed.set(name.toLowerCase(), { name: before?.name ?? name, values: [value] })
  }
  return changed
}

const bodyOf = (body: Body, category: unknown, make: Make, notes: string[]): Body => {
  const list = entries(category)
  if (list.length === 0 || body.kind !== 'present') return body
  const kind = body.type === undefined ? 'json' : bodyKindOf(body.type)
  if (kind === 'form') {
    const fields = new Map<string, readonly string[]>()
    for (const [name, value] of new URLSearchParams(body.content.text()))
      fields.set(name, [...(fields.get(name) ?? []), value])
    const changed = texts(fields, category, make, 'body', (name) => name)
    const pairs = [...changed].flatMap(([name, values]) => values.map((value) => [name, value]))
    return { ...body, content: new TextContent(new URLSearchParams(pairs).toString()) }
  }
  const read = kind === 'json' ? body.content.json() : undefined
  if (read?.ok !== true) {
    notes.push('body: generators are applied to JSON and to forms only')
    return body
  }
  // Outer ones first: they may make what inner ones change.
  const tokens = list
    .flatMap(([key, generator]) => {
      const path = tokensOf(key)
      if (path === undefined) notes.push(`body ${key}: the path cannot be read`)
      return path === undefined ? [] : [{ key, path, generator }]
    })
    .sort((a, b) => a.path.length - b.path.length)
  const value = tokens.reduce(
    (document, { key, path, generator }) =>
      changedAt(document, path.slice(1), (example) => make(generator, example, `body ${key}`)),
    read.value,
  )
  return { ...body, content: new JsonContent(value) }
}

const tokensOf = (key: string): readonly Token[] | undefined => {
  try {
    return parsePathExpression(key)
  } catch (error) {
    if (error instanceof PathError) return undefined
    throw error
  }
}

/** Places that are not there stay away. */
const changedAt = (
  value: unknown,
  [token, ...rest]: readonly Token[],
  change: (value: unknown) => unknown,
): unknown => {
  if (token === undefined) return change(value)
  if (Array.isArray(value))
    return value.map((item: unknown, i) =>
      token.kind !== 'name' || token.name === String(i) ? changedAt(item, rest, change) : item,
    )
  if (!isFields(value) || token.kind === 'anyIndex') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      token.kind === 'any' || token.name === key ? changedAt(member, rest, change) : member,
    ]),
  )
}
