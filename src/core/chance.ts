/** Chance that repeats: xoshiro128** (Blackman and Vigna), the same numbers as tools give inside an isolate. */
import type { Seed } from './script.ts'

export interface Chance {
  /** At least 0, below 1. */
  random(): number
  /** Version 4 (RFC 9562 section 5.4). */
  uuid(): string
}

export const realChance: Chance = { random: () => Math.random(), uuid: () => crypto.randomUUID() }

export const chanceFrom = (seed: Seed): Chance => {
  const next = words(seed)
  return {
    random: () => (next() * 2_097_152 + (next() >>> 11)) / 9_007_199_254_740_992,
    uuid: () => {
      const [a, b, c, d] = [hex(next()), hex(next()), hex(next()), hex(next())]
      const variant = ((Number.parseInt(c[0]!, 16) & 3) | 8).toString(16)
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`
    },
  }
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')

const words = ([a, b, c, d]: Seed): (() => number) => {
  const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
}
