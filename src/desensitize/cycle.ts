/**
 * A keyed permutation of few values without a fixed point: each has a fake of its own, which is never the value itself.
 * All of them in one cycle (Sattolo, 1986).
 */
import { hash } from 'node:crypto'

/** `next[i]` is what takes the place of i. `size` from 2 to 65,536. */
export const cycleOf = (seed: Uint8Array, size: number): Uint16Array => {
  const next = Uint16Array.from({ length: size }, (_none, at) => at)
  let block: Buffer = Buffer.alloc(0)
  let at = 0
  let count = 0
  const below = (limit: number): number => {
    if (at + 4 > block.length) {
      block = hash('sha512', Buffer.concat([seed, Buffer.from(String(count++))]), 'buffer')
      at = 0
    }
    at += 4
    return block.readUInt32BE(at - 4) % limit
  }
  for (let last = size - 1; last > 0; last--) {
    const other = below(last)
    const kept = next[last]!
    next[last] = next[other]!
    next[other] = kept
  }
  return next
}
