/** Headers of requests and replies: names in any case, lists by their items, parameters of media types in any order. */
import { shown } from '../json-value.ts'
import type { Mismatch } from '../mismatch.ts'
import { root } from '../path-expression.ts'
import { type Context, problemsOf } from './context.ts'
import { compareTexts } from './text-lists.ts'

/** Lists by name in lower case, as `original` spells it. */
export interface HeaderValues {
  readonly name: string
  readonly values: readonly string[]
}

export type Headers = ReadonlyMap<string, HeaderValues>

/** Headers whose value is a list with commas (RFC 9110 section 5.6.1); in others a comma is part of the value. */
const listHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-expose-headers',
  'access-control-request-headers',
  'allow',
  'cache-control',
  'if-match',
  'if-none-match',
  'vary',
])

export const splitHeader = (name: string, value: string): readonly string[] =>
  listHeaders.has(name) ? value.split(',').map((item) => item.trim()) : [value.trim()]

const parameterised: ReadonlySet<string> = new Set(['accept', 'content-type'])

/** What is there beyond the expected headers never counts: clients and proxies add their own. */
export const compareHeaders = (expected: Headers, actual: Headers, context: Context): readonly Mismatch[] =>
  [...expected].flatMap(([key, { name, values }]): readonly Mismatch[] => {
    const got = actual.get(key)?.values
    const wanted = values.join(', ')
    const at = { kind: 'header', path: name, expected: wanted } as const
    if (got === undefined) return [{ ...at, actual: null, message: `the header ${name} is missing` }]
    return compareHeader(key, values, got, context).map((message) => ({
      ...at,
      actual: got.join(', '),
      message: `the header ${name}: ${message}`,
    }))
  })

/** Sentences. `key` in lower case. */
export const compareHeader = (
  key: string,
  expected: readonly string[],
  actual: readonly string[],
  context: Context,
): readonly string[] => {
  const path = [...root, key]
  const list = context.rules.at(path)
  if (list !== undefined) {
    // V2 and V3 ask the whole line; files with lists, each value.
    const pair = { position: 'text', expected: expected.join(', '), actual: actual.join(', ') } as const
    const whole = list.rules.some(({ min, max }) => min !== undefined || max !== undefined)
      ? ['']
      : problemsOf(list, pair)
    if (whole.length === 0) return []
    const each = compareTexts(path, expected, actual, context)
    return each.length > 0 && actual.length === 1 ? whole : each
  }
  if (expected.some((_, i) => context.rules.has([...path, String(i)])))
    return compareTexts(path, expected, actual, context)
  if (expected.length !== actual.length)
    return [`expected ${shown(expected.join(', '))} but got ${shown(actual.join(', '))}`]
  return expected.flatMap((value, i) => {
    const same = parameterised.has(key)
      ? sameWithParameters(value, actual[i]!)
      : withoutBlanks(value) === withoutBlanks(actual[i]!)
    return same ? [] : [`expected ${shown(value)} but got ${shown(actual[i]!)}`]
  })
}

/** White space after a comma means nothing (RFC 9110 section 5.6.1). */
const withoutBlanks = (value: string): string =>
  value
    .split(',')
    .map((item) => item.trim())
    .join(',')

/** The parameters that are expected must be there, in any order; their values have no case, and boundaries differ always. */
const sameWithParameters = (expected: string, actual: string): boolean => {
  const [wanted = '', ...wantedRest] = expected.split(';').map((part) => part.trim())
  const [got = '', ...gotRest] = actual.split(';').map((part) => part.trim())
  if (wanted !== got) return false
  const found = new Map(gotRest.map(parameter))
  return wantedRest
    .filter((part) => part !== '')
    .map(parameter)
    .every(([name, value]) => name === 'boundary' || found.get(name) === value)
}

const parameter = (text: string): readonly [name: string, value: string] => {
  const equals = text.indexOf('=')
  if (equals < 0) return [text.toLowerCase(), '']
  const value = text.slice(equals + 1).trim()
  return [text.slice(0, equals).trim().toLowerCase(), value.toLowerCase()]
}
