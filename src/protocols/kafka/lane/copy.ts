/** Copies bytes: a call into the engine pays only for more than a few. */
export const copyBytes = (
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number => {
  const length = end - start
  if (length > 48) to.set(from.subarray(start, end), at)
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i]!
  return at + length
}
