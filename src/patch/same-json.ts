/** Equality of decoded JSON values as JSON Patch's `test` means it (RFC 6902 section 4.6). */
import { sameScalar } from '../core/json.ts'

/** Order of members does not count; `1` is `1.0`; integers beyond 2^53 are compared by all their digits. */
export const sameJson = (a: unknown, b: unknown): boolean => {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return sameScalar(a, b)
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => sameJson(item, b[i]))
  }
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(at(a, key), at(b, key)))
}

const at = (value: object, key: string): unknown => (value as Record<string, unknown>)[key]
