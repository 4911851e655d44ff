/** JSON Merge Patch (RFC 7396) on values. For documents whose text must stay, see merge-patch.ts. */
import { isFields } from './fields.ts'

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
