/** What the compressors that look for repeated bytes have in common: a table of where four bytes stood last. */

/** Of one call: places plus one, by the hash of the four bytes there. Small for few bytes, since it must be made of zeros first. */
export const newPlaces = (length: number): Int32Array =>
  new Int32Array(1 << Math.max(8, Math.min(14, 31 - Math.clz32(length))))

export const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

/** Where to look in `places`, whose length is a power of two. */
export const slotOf = (value: number, places: Int32Array): number =>
  (Math.imul(value, 0x9e3779b1) >>> 15) & (places.length - 1)

/** How many bytes at `a` and `b` are the same, up to where `b` reaches `to`. */
export const sameBytes = (bytes: Uint8Array, a: number, b: number, to: number): number => {
  let length = 0
  while (b + length < to && bytes[a + length] === bytes[b + length]) length++
  return length
}
