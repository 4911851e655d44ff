/**
 * JSON as the rules see it: numbers whose text says more than their value (`100.0`, `1e3`, integers beyond 2^53) keep that
 * text, because `integer` and `decimal` ask for it.
 */
import { jsonProblem } from '../../../core/json-problem.ts'

interface RawJson {
  rawJSON(text: string): unknown
}

/** A number that a double would not write as it stood in the text. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** So that JSON.stringify writes the digits that were read. */
  toJSON(): unknown {
    return (JSON as unknown as RawJson).rawJSON(this.text)
  }
}

export type JsonRead =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string }

const keepText = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
  typeof value === 'number' && source !== undefined && String(value) !== source
    ? new ExactNumber(source)
    : value

export const readJson = (text: string): JsonRead => {
  try {
    return { ok: true, value: JSON.parse(text, keepText as never) }
  } catch (error) {
    return { ok: false, problem: jsonProblem(text, error as Error) }
  }
}

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)

/** `number` and ExactNumber alike. */
export const isNumber = (value: unknown): value is number | ExactNumber =>
  typeof value === 'number' || value instanceof ExactNumber

const numberText = (value: number | ExactNumber): string =>
  typeof value === 'number' ? String(value) : value.text

/** Written without fraction and exponent: `100.0` is no integer, whatever its value. */
export const isInteger = (value: unknown): boolean => isNumber(value) && /^-?\d+$/.test(numberText(value))

export const isDecimal = (value: unknown): boolean => isNumber(value) && /[.eE]/.test(numberText(value))

export type JsonType = 'Object' | 'Array' | 'Null' | 'Boolean' | 'Number' | 'String'

export const typeOf = (value: unknown): JsonType => {
  if (value === null || value === undefined) return 'Null'
  if (Array.isArray(value)) return 'Array'
  if (isNumber(value)) return 'Number'
  if (typeof value === 'object') return 'Object'
  return typeof value === 'boolean' ? 'Boolean' : 'String'
}

/** What rules on text compare: text as it is, anything else as JSON. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')

/** For messages; a long document says its beginning. */
export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? `'${value}'` : textOf(value)
  return text.length <= 200 ? text : `${text.slice(0, 197)}…`
}

/** `1` is `1.0`: JSON has one kind of number (RFC 8259 section 6). */
const sameNumber = (a: number | ExactNumber, b: number | ExactNumber): boolean => {
  const [one, other] = [numberText(a), numberText(b)]
  if (one === other) return true
  if (/^-?\d+$/.test(one) && /^-?\d+$/.test(other)) return BigInt(one) === BigInt(other)
  return Number(one) === Number(other)
}

export const sameJson = (a: unknown, b: unknown): boolean => {
  if (isNumber(a)) return isNumber(b) && sameNumber(a, b)
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  if (isFields(a)) {
    if (!isFields(b)) return false
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
    )
  }
  return a === b
}
