/** JSON Merge Patch (RFC 7396) on values. For documents whose text must stay, see merge-patch.ts. */

type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A new value; neither argument is changed. Members keep their order, new ones come last. */
export const mergeValues = (target: unknown, patch: unknown): unknown => {
  if (!isFields(patch)) return patch
  const merged = new Map(isFields(target) ? Object.entries(target) : [])
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) merged.delete(key)
    else merged.set(key, mergeValues(merged.get(key), change))
  }
  // `__proto__` is a member like any other here.
  return Object.fromEntries(merged)
}
