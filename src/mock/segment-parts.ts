/**
 * Segments such as `v{n}` or `{name}.{ext}`: exact texts with parameters between them. Each parameter takes as
 * little as it can, at least one character. No regular expression: clients send segments of any length, and
 * several parameters would backtrack.
 */

/** Values of the parameters, one fewer than `texts`; undefined when the segment does not fit. */
export const captureParts = (texts: readonly string[], segment: string): string[] | undefined => {
  const first = texts[0]!
  const last = texts[texts.length - 1]!
  if (!segment.startsWith(first) || !segment.endsWith(last)) return undefined
  const end = segment.length - last.length
  const values: string[] = []
  let at = first.length
  for (let i = 1; i < texts.length - 1; i++) {
    const next = segment.indexOf(texts[i]!, at + 1)
    if (next < 0) return undefined
    values.push(segment.slice(at, next))
    at = next + texts[i]!.length
  }
  if (at >= end) return undefined
  values.push(segment.slice(at, end))
  return values
}
