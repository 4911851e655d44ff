/**
 * JSON without loss: integers beyond 2^53 keep their digits as bigint, in both directions. Everything else is
 * JSON.parse and JSON.stringify, at their speed.
 */
import type { Decoded } from './body.ts'
import { jsonProblem } from './json-problem.ts'
import type { Scalar } from './matcher.ts'

/** Only a run of 16 digits can be an integer that a double cannot hold. */
const longDigits = /\d{16}/

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** `context.source` (JSON.parse source text access, ECMAScript stage 4) is the number as it was written. */
const keepDigits: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value

export const parseJson = (text: string): Decoded<unknown> => {
  try {
    const value: unknown = longDigits.test(text) ? JSON.parse(text, keepDigits as never) : JSON.parse(text)
    return { ok: true, value }
  } catch (error) {
    return new BrokenJson(text, error as Error)
  }
}

/** Finding the place takes longer than failing, and is asked for only when somebody reads why. */
class BrokenJson {
  readonly ok = false
  private readonly text: string
  private readonly error: Error

  constructor(text: string, error: Error) {
    this.text = text
    this.error = error
  }

  get problem(): string {
    return jsonProblem(this.text, this.error)
  }
}

interface RawJson {
  rawJSON(text: string): unknown
}

/** bigint as its digits. undefined becomes null, as inside a list. */
export const stringifyJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? (JSON as unknown as RawJson).rawJSON(String(part)) : part,
  ) ?? 'null'

/** Equal numbers give equal texts, whether number or bigint: what an index hashes. */
export const indexText = (value: Scalar): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return String(BigInt(value))
  return value === 0 ? '0' : String(value)
}

/** `1` is `1.0`, and `1e20` is `100000000000000000000`; a number is never a text. */
export const sameScalar = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a === 'bigint' && typeof b === 'number') return Number.isInteger(b) && BigInt(b) === a
  if (typeof a === 'number' && typeof b === 'bigint') return Number.isInteger(a) && BigInt(a) === b
  return false
}
