/** JSON Merge Patch (RFC 7396), on the text. */
import { stringifyJson } from '../core/json.ts'
import type { DocumentPatch } from '../core/patch.ts'
import { JsonNode, splice } from './splice.ts'

/** Made once: a value's JSON text, or what happens to each member. */
type Merge = { readonly text: string } | { readonly members: readonly (readonly [string, Merge | null])[] }

/** Any value is a merge patch: what is no object takes the document's place. */
export const mergePatch = (patch: unknown): DocumentPatch => {
  const merge = prepare(patch)
  return {
    of: 'json',
    apply: (text) => splice(text, (root) => merged(root, merge)),
    describe: () => 'merge',
  }
}

const prepare = (patch: unknown): Merge => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    return { text: stringifyJson(patch) }
  return {
    members: Object.entries(patch).map(([key, value]) => [key, value === null ? null : prepare(value)]),
  }
}

const merged = (target: JsonNode | undefined, merge: Merge): JsonNode => {
  if ('text' in merge) return new JsonNode(merge.text)
  const node = target?.kind === 'object' ? target : new JsonNode('{}')
  for (const [key, change] of merge.members) {
    if (change === null) node.removeMember(key)
    else node.setMember(key, merged(node.member(key), change))
  }
  return node
}
