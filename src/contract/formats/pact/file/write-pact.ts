/** Interactions as a Pact file of version 2, 3 or 4. */

import { type Fields, isFields } from '../json-value.ts'
import type { Interaction, WrittenBody } from '../mocks/from-mock.ts'
import type { SpecVersion } from './parts.ts'
import { toFlat } from './rules-form.ts'

export interface WrittenPact {
  /** As JSON.stringify takes it; integers beyond 2^53 as bigint. */
  readonly document: Fields
  /** What the version cannot say, in sentences. */
  readonly notes: readonly string[]
}

export const writePact = (
  parties: { readonly consumer: string; readonly provider: string },
  interactions: readonly Interaction[],
  spec: SpecVersion,
  program: { readonly name: string; readonly version: string },
): WrittenPact => {
  const notes: string[] = []
  const versions = { 2: '2.0.0', 3: '3.0.0', 4: '4.0' } as const
  const document = {
    consumer: { name: parties.consumer },
    provider: { name: parties.provider },
    interactions: interactions.map((one) => writeInteraction(one, spec, notes)),
    metadata: {
      pactSpecification: { version: versions[spec] },
      [program.name]: { version: program.version },
    },
  }
  return { document, notes }
}

/** What the version cannot say goes to `notes`. */
export const writeInteraction = (one: Interaction, spec: SpecVersion, notes: string[]): Fields => {
  const { description, states, request, response, extra } = one
  const names = states.map(({ name }) => name)
  if (spec === 2 && states.length > 1)
    notes.push(`${description}: version 2 has one provider state, of ${names.join(', ')}`)
  return {
    ...(spec === 4 && { type: 'Synchronous/HTTP', ...extra }),
    description,
    ...(states.length > 0 &&
      (spec === 2
        ? { providerState: names[0] }
        : {
            providerStates: states.map(({ name, params }) => ({
              name,
              ...(params !== undefined && { params }),
            })),
          })),
    request: {
      method: request.method,
      path: request.path,
      ...(Object.keys(request.query).length > 0 && {
        query: spec === 2 ? queryText(request.query) : request.query,
      }),
      ...headersOf(request.headers, spec),
      ...bodyOf(request.body, spec, `${description}: the request`, notes),
      ...rulesOf(request, spec, `${description}: the request`, notes),
    },
    response: {
      status: response.status,
      ...headersOf(response.headers, spec),
      ...bodyOf(response.body, spec, `${description}: the response`, notes),
      ...rulesOf(response, spec, `${description}: the response`, notes),
    },
  }
}

const queryText = (query: Readonly<Record<string, readonly string[]>>): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value])),
  ).toString()

const headersOf = (headers: Fields, spec: SpecVersion): Fields => {
  const entries = Object.entries(headers)
  if (entries.length === 0) return {}
  return {
    headers: Object.fromEntries(
      entries.map(([name, value]) => {
        const values: readonly unknown[] = Array.isArray(value) ? value : [value]
        return [name, spec === 4 ? values : values.join(', ')]
      }),
    ),
  }
}

const bodyOf = (body: WrittenBody | undefined, spec: SpecVersion, where: string, notes: string[]): Fields => {
  if (body === undefined) return {}
  if (body.kind === 'none') return spec === 4 ? { body: { content: '' } } : { body: '' }
  if (spec === 4) return { body: v4Body(body) }
  if (body.kind === 'json') return { body: isLikeNone(body.value) ? JSON.stringify(body.value) : body.value }
  if (body.kind === 'text') return { body: body.text }
  notes.push(`${where}: version ${spec} has no bodies of bytes; it was left out`)
  return {}
}

/** These two stand for no body; as JSON values they are written as text. */
const isLikeNone = (value: unknown): boolean => value === null || value === ''

const v4Body = (body: Exclude<WrittenBody, { readonly kind: 'none' }>): Fields => {
  const contentType =
    body.type ??
    { json: 'application/json', text: 'text/plain', base64: 'application/octet-stream' }[body.kind]
  if (body.kind === 'base64') return { content: body.base64, contentType, encoded: 'base64' }
  if (body.kind === 'json')
    return isLikeNone(body.value)
      ? { content: JSON.stringify(body.value), contentType, encoded: 'JSON' }
      : { content: body.value, contentType, encoded: false }
  // Text under a JSON type is JSON already, which V4 must be told.
  const isJson = /^application\/(?:[^;]*\+)?json/i.test(contentType)
  return { content: body.text, contentType, encoded: isJson ? 'JSON' : false }
}

const rulesOf = (
  part: { readonly matchingRules: Fields; readonly generators: Fields },
  spec: SpecVersion,
  where: string,
  notes: string[],
): Fields => {
  const hasGenerators = Object.keys(part.generators).length > 0
  if (spec === 2) {
    const { rules, dropped } = toFlat(part.matchingRules)
    for (const rule of dropped) notes.push(`${where}: version 2 has no rule like ${rule}; it was left out`)
    if (hasGenerators) notes.push(`${where}: version 2 has no generators; they were left out`)
    return Object.keys(rules).length > 0 ? { matchingRules: rules } : {}
  }
  return {
    ...(Object.keys(part.matchingRules).length > 0 && { matchingRules: withCombine(part.matchingRules) }),
    ...(hasGenerators && { generators: part.generators }),
  }
}

/** V3 asks for combine beside every list. */
const withCombine = (categories: Fields): Fields =>
  Object.fromEntries(
    Object.entries(categories).map(([category, spec]) => [
      category,
      isFields(spec) && !Array.isArray(spec['matchers'])
        ? Object.fromEntries(Object.entries(spec).map(([key, list]) => [key, combined(list)]))
        : combined(spec),
    ]),
  )

const combined = (list: unknown): unknown =>
  isFields(list) && list['combine'] === undefined ? { ...list, combine: 'AND' } : list
