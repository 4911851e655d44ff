/** What is known of the calls that a mock's conditions let in: values, absence, or that something is there. */
import { isFields } from '../../../core/fields.ts'
import { hole } from './convert-schema.ts'

/** Of everything under one name of a query, of headers, of a path. */
export type TextKnowledge =
  /** Each may come alone. */
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  /** These come together. */
  | { readonly kind: 'all'; readonly values: readonly string[] }
  | { readonly kind: 'absent' }
  /** Something is there. */
  | { readonly kind: 'present' }
  /** An operator that also takes calls without it. */
  | { readonly kind: 'unknown' }

/** Operators that hold, or may hold, where nothing is. */
const takesAbsence = new Set(['$anything', '$doesNotContain', '$doesNotMatch', '$not', '$or', '$and'])

export const knownText = (condition: unknown): TextKnowledge => {
  if (isScalar(condition)) return { kind: 'oneOf', values: [String(condition)] }
  if (!isFields(condition)) return { kind: 'present' }
  const keys = Object.keys(condition)
  if (condition['$absent'] === true) return { kind: 'absent' }
  const equal = condition['$equalTo']
  if (Object.hasOwn(condition, '$equalTo') && isScalar(equal))
    return { kind: 'oneOf', values: [String(equal)] }
  const oneOf = condition['$oneOf']
  if (Array.isArray(oneOf) && oneOf.every(isScalar)) return { kind: 'oneOf', values: oneOf.map(String) }
  const exactly = condition['$hasExactly'] ?? condition['$includes']
  if (Array.isArray(exactly) && exactly.every(isScalar)) return { kind: 'all', values: exactly.map(String) }
  return { kind: keys.every((key) => takesAbsence.has(key)) ? 'unknown' : 'present' }
}

export interface KnownBody {
  /** With `hole` for what only a call tells. */
  readonly value: unknown
  readonly holes: number
  /** More fields than these may come. */
  readonly part: boolean
}

/** Of a body, or of a value inside one. undefined: nothing at all is known. */
export const knownBody = (condition: unknown): KnownBody | undefined => {
  if (isFields(condition)) {
    const exact = exactValue(condition)
    if (exact !== undefined) return exact
    if (isOperators(condition)) return undefined
  }
  const count = { holes: 0 }
  const value = withHoles(condition, count)
  return { value, holes: count.holes, part: holdsObject(condition) }
}

/** `$equalToJson` and `$equalTo` name a whole value; with `$ignoreExtraElements` a part of one. */
const exactValue = (condition: Readonly<Record<string, unknown>>): KnownBody | undefined => {
  for (const key of ['$equalToJson', '$equalTo']) {
    if (!Object.hasOwn(condition, key)) continue
    const operand = condition[key]
    const parsed =
      key === '$equalToJson' && typeof operand === 'string' ? parsedJson(operand) : { value: operand }
    if (parsed === undefined) return undefined
    return { value: parsed.value, holes: 0, part: condition['$ignoreExtraElements'] === true }
  }
  return undefined
}

const parsedJson = (text: string): { readonly value: unknown } | undefined => {
  // Placeholders (`${json-unit.any-string}`) stand for values of calls.
  if (text.includes('${')) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const withHoles = (condition: unknown, count: { holes: number }): unknown => {
  if (Array.isArray(condition)) return condition.map((item) => withHoles(item, count))
  if (!isFields(condition)) return condition
  if (isOperators(condition)) {
    const exact = exactValue(condition)
    if (exact !== undefined && !exact.part) return exact.value
    count.holes++
    return hole
  }
  return Object.fromEntries(
    Object.entries(condition).flatMap(([key, inner]) =>
      isFields(inner) && inner['$absent'] === true ? [] : [[key, withHoles(inner, count)]],
    ),
  )
}

/** In a response, strings with expressions are what only a call tells. */
export const templateHoles = (value: unknown, count: { holes: number }): unknown => {
  if (typeof value === 'string') {
    if (!/(^|[^$])\$\{\{/.test(value)) return value.replaceAll('$${{', '${{')
    count.holes++
    return hole
  }
  if (Array.isArray(value)) return value.map((item) => templateHoles(item, count))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, templateHoles(inner, count)]))
}

const holdsObject = (condition: unknown): boolean =>
  Array.isArray(condition) ? condition.some(holdsObject) : isFields(condition)

export const isOperators = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isFields(value) && Object.keys(value).some((key) => key.startsWith('$'))

const isScalar = (value: unknown): value is string | number | bigint | boolean | null =>
  value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
