/**
 * Headers and their like: a flat list of raw pairs `[name, value, name, value, …]`, in the order and case of
 * the wire, as `node:http` gives `rawHeaders`. Look-up ignores ASCII case (RFC 9110 section 5.1).
 */
export type Metadata = readonly string[]

/** `lower`: a lower-case name. */
export const sameName = (name: string, lower: string): boolean =>
  name.length === lower.length && (name === lower || name.toLowerCase() === lower)

/** The first value under `lower` (a lower-case name), or undefined. */
export const firstValue = (metadata: Metadata, lower: string): string | undefined => {
  for (let i = 0; i < metadata.length; i += 2) {
    if (sameName(metadata[i]!, lower)) return metadata[i + 1]
  }
  return undefined
}

/** All values under `lower` (a lower-case name), in wire order; not split at commas. */
export const allValues = (metadata: Metadata, lower: string): readonly string[] => {
  let found: string[] | undefined
  for (let i = 0; i < metadata.length; i += 2) {
    if (sameName(metadata[i]!, lower)) {
      found ??= []
      found.push(metadata[i + 1]!)
    }
  }
  return found ?? none
}

const none: readonly string[] = []
