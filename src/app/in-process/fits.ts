/** Whether a value holds what a test wants of it: see WantedCall. */

export const fits = (value: unknown, wanted: unknown): boolean => {
  if (isAsymmetric(wanted)) return wanted.asymmetricMatch(value)
  if (typeof wanted === 'function') return (wanted as (value: unknown) => unknown)(value) === true
  if (wanted instanceof RegExp) return typeof value === 'string' && value.search(wanted) >= 0
  if (wanted instanceof Uint8Array) return value instanceof Uint8Array && sameBytes(value, wanted)
  if (Array.isArray(wanted))
    return (
      Array.isArray(value) &&
      value.length === wanted.length &&
      wanted.every((item, i) => fits(value[i], item))
    )
  if (typeof wanted !== 'object' || wanted === null) return sameScalar(value, wanted)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(wanted).every(([key, item]) => fits((value as Record<string, unknown>)[key], item))
}

/** A number beyond 2^53 was read as a bigint, and 5n is 5. */
const sameScalar = (value: unknown, wanted: unknown): boolean =>
  Object.is(value, wanted) ||
  (typeof value === 'bigint' &&
    typeof wanted === 'number' &&
    value === BigInt(Math.trunc(wanted)) &&
    Number.isInteger(wanted)) ||
  (value === 0 && wanted === 0)

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i])

/** Of vitest, jest and whoever took it over from them. */
const isAsymmetric = (value: unknown): value is { asymmetricMatch(other: unknown): boolean } =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { asymmetricMatch?: unknown }).asymmetricMatch === 'function'
