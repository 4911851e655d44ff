/** What the compressors that look for repeated bytes have in common: a table of where four bytes stood last. */

const bits = 14

/** Of one call: places plus one, by the hash of the four bytes there. */
export const newPlaces = (): Int32Array => new Int32Array(1 << bits)

export const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

export const hash = (value: number): number => Math.imul(value, 0x9e3779b1) >>> (32 - bits)

/** How many bytes at `a` and `b` are the same, up to where `b` reaches `to`. */
export const sameBytes = (bytes: Uint8Array, a: number, b: number, to: number): number => {
  let length = 0
  while (b + length < to && bytes[a + length] === bytes[b + length]) length++
  return length
}
