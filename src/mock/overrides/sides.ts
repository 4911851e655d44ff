/** Of a mock that was made by a patch: what of it the patch has written, and what stayed from its base. */
import { isFields } from '../../core/fields.ts'
import type { Path } from '../../yaml/tree.ts'

/** Who wrote what stands at `path`; where nothing stands, who wrote the nearest map above it. */
export const sideOf = (path: Path, patch: unknown, base: unknown): 'patch' | 'base' => {
  let [changed, kept] = [patch, base]
  for (const [depth, step] of path.entries()) {
    // What is no map has taken the base's place, and so has all in it.
    if (!isFields(changed)) return 'patch'
    const below = isFields(kept) && Object.hasOwn(kept, step) ? kept[step] : undefined
    if (!Object.hasOwn(changed, step)) return below !== undefined || depth === 0 ? 'base' : 'patch'
    changed = changed[step]
    kept = below
  }
  return 'patch'
}

/** All texts that a patch brings. */
export const textsOf = (patch: unknown, found = new Set<string>()): ReadonlySet<string> => {
  if (typeof patch === 'string') found.add(patch)
  else if (typeof patch === 'object' && patch !== null)
    for (const inner of Object.values(patch)) textsOf(inner, found)
  return found
}
