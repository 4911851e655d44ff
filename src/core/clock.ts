/** Time and chance as arguments, so that what they decide can be tested and repeated. */

export interface Clock {
  /** Runs `run` once after `ms`. Returns a function that calls it off. */
  after(ms: number, run: () => void): () => void
}

export const realClock: Clock = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** A number from 0 up to, but not including, 1. */
export type Chance = () => number

/** The same numbers for the same seed (mulberry32). */
export const seededChance = (seed: number): Chance => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const chanceFor = (seed: number | undefined): Chance =>
  seed === undefined ? Math.random : seededChance(seed)
