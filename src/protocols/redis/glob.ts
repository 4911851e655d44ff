/** Redis' glob patterns (stringmatchlen): `*`, `?`, `[a-z]`, `[^a]` and `\` before what stands for itself. */

/** Whether the pattern matches all of the name. Never slower than their lengths multiplied. */
export const globMatches = (pattern: Uint8Array, name: Uint8Array): boolean => {
  let p = 0
  let n = 0
  let star = -1
  let starName = 0
  while (n < name.length) {
    if (p < pattern.length && pattern[p] === 42) {
      star = p++
      starName = n
      continue
    }
    const after = p < pattern.length ? one(pattern, p, name[n]!) : -1
    if (after >= 0) {
      p = after
      n++
    } else if (star >= 0) {
      // The last star takes one more; those before it have no reason to.
      p = star + 1
      n = ++starName
    } else return false
  }
  while (p < pattern.length && pattern[p] === 42) p++
  return p === pattern.length
}

/** The place after the element at `p` when it matches `c`, else -1. */
const one = (pattern: Uint8Array, p: number, c: number): number => {
  const char = pattern[p]!
  if (char === 63) return p + 1
  if (char === 91) return set(pattern, p + 1, c)
  if (char === 92 && p + 1 < pattern.length) return pattern[p + 1] === c ? p + 2 : -1
  return char === c ? p + 1 : -1
}

const set = (pattern: Uint8Array, from: number, c: number): number => {
  let p = from
  const not = pattern[p] === 94
  if (not) p++
  let matches = false
  for (;;) {
    if (p >= pattern.length) break
    const char = pattern[p]!
    if (char === 92 && p + 1 < pattern.length) {
      if (pattern[p + 1] === c) matches = true
      p += 2
    } else if (char === 93) {
      p++
      break
    } else if (p + 2 < pattern.length && pattern[p + 1] === 45) {
      const low = Math.min(char, pattern[p + 2]!)
      const high = Math.max(char, pattern[p + 2]!)
      if (c >= low && c <= high) matches = true
      p += 3
    } else {
      if (char === c) matches = true
      p++
    }
  }
  return matches !== not ? p : -1
}

/** The name as a pattern that matches only it. */
export const escapeGlob = (name: Uint8Array): Buffer => {
  const bytes: number[] = []
  for (const c of name) {
    if (c === 42 || c === 63 || c === 91 || c === 93 || c === 94 || c === 92) bytes.push(92)
    bytes.push(c)
  }
  return Buffer.from(bytes)
}
