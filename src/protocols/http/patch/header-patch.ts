/** `patch.headers`: set, remove, append. Order and case of all other headers stay. */
import { SpecError } from '../../../core/matcher.ts'
import type { Metadata } from '../../../core/metadata.ts'
import type { PatchSpec } from '../mock-schema.ts'
import { headerPairs } from '../response.ts'

type HeaderPatchSpec = NonNullable<PatchSpec['headers']>

export type HeaderPatch = (headers: Metadata) => string[]

/** Throws SpecError, its path from the patch's root. */
export const compileHeaderPatch = (spec: HeaderPatchSpec, patchesBody: boolean): HeaderPatch => {
  const set = headerPairs(spec.set, ['headers', 'set'])
  const append = headerPairs(spec.append, ['headers', 'append'])
  const removed = new Set<string>()
  spec.remove?.forEach((name, i) => {
    headerPairs({ [name]: '' }, ['headers', 'remove'], { at: ['headers', 'remove', i] })
    removed.add(name.toLowerCase())
  })
  if (patchesBody) refuseCoding(spec)
  const replaced = new Map<string, string[]>()
  for (let i = 0; i < set.length; i += 2) {
    const lower = set[i]!.toLowerCase()
    if (removed.has(lower))
      throw new SpecError(
        `${set[i]} is set and removed`,
        ['headers', 'set', set[i]!],
        'keep one of them',
        true,
      )
    replaced.set(lower, [...(replaced.get(lower) ?? []), set[i]!, set[i + 1]!])
  }
  return (headers) => {
    const changed: string[] = []
    const done = new Set<string>()
    for (let i = 0; i < headers.length; i += 2) {
      const lower = headers[i]!.toLowerCase()
      if (removed.has(lower)) continue
      const values = replaced.get(lower)
      if (values === undefined) changed.push(headers[i]!, headers[i + 1]!)
      else if (!done.has(lower)) {
        done.add(lower)
        changed.push(...values)
      }
    }
    for (const [lower, values] of replaced) if (!done.has(lower)) changed.push(...values)
    changed.push(...append)
    return changed
  }
}

const refuseCoding = ({ set, append, remove }: HeaderPatchSpec): void => {
  const why = 'content-encoding is chosen as the client accepts, because the body is patched'
  const isCoding = (name: string): boolean => name.toLowerCase() === 'content-encoding'
  for (const [section, names] of [
    ['set', Object.keys(set ?? {})],
    ['append', Object.keys(append ?? {})],
  ] as const) {
    const name = names.find(isCoding)
    if (name !== undefined) throw new SpecError(why, ['headers', section, name], 'remove it', true)
  }
  const at = (remove ?? []).findIndex(isCoding)
  if (at >= 0) throw new SpecError(why, ['headers', 'remove', at], 'remove it')
}
