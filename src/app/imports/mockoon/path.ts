/** Endpoints of Mockoon (path-to-regexp) as path patterns. */
import { parsePathPattern } from '../../../mock/path-pattern.ts'
import type { JsonNode } from '../source/json-node.ts'
import { NotPossible } from '../source/things.ts'

/** One pattern for each way to leave optional parts out. Throws NotPossible. */
export const patternsOf = (prefix: string, endpoint: JsonNode): readonly string[] => {
  const text = `/${prefix}/${endpoint.text() ?? ''}`.replaceAll(' ', '%20').replaceAll(/\/{2,}/g, '/')
  if (/[()+[\]!]/.test(text))
    throw new NotPossible(
      `the endpoint ${text} holds signs that mean something to Mockoon and nothing in a path here`,
      endpoint,
    )
  const path = text.length > 1 ? text.replace(/\/$/, '') : text
  const ways = optional(path.split('/').slice(1)).map(
    (segments) => `/${segments.map(segmentOf(endpoint)).join('/')}`,
  )
  for (const way of ways) check(way, endpoint)
  return [...new Set(ways)]
}

const optional = (segments: readonly string[]): readonly (readonly string[])[] =>
  segments.reduce<readonly (readonly string[])[]>(
    (ways, segment) =>
      /^:\w+\?$/.test(segment)
        ? ways.flatMap((way) => [[...way, segment.slice(0, -1)], way])
        : ways.map((way) => [...way, segment]),
    [[]],
  )

const segmentOf =
  (endpoint: JsonNode) =>
  (segment: string, i: number, all: readonly string[]): string => {
    if (segment === '*' && i === all.length - 1) return '{rest*}'
    if (segment.includes('*') || segment.includes('?'))
      throw new NotPossible(
        `the endpoint has ${segment} inside: a wildcard stands at the end of a path here`,
        endpoint,
      )
    return segment
      .replaceAll('{', '%7B')
      .replaceAll('}', '%7D')
      .replaceAll(/:([A-Za-z_$][\w$]*)/g, '{$1}')
  }

const check = (pattern: string, endpoint: JsonNode): void => {
  try {
    parsePathPattern(pattern)
  } catch (error) {
    throw new NotPossible((error as Error).message, endpoint)
  }
}
