/**
 * A library that is loaded stays, which V8 takes for what allocations here are like. Both things that it learns from that are wrong for calls, of which nothing
 * stays.
 *
 * It thinks its young generation too small, and doubles that up to three times 32 MB, which then belong to the process for good: 200 MB for ten thousand
 * mocks instead of 140. While a library is read, it may not grow; afterwards traffic decides. Reading takes as long either way.
 *
 * And what reading and answering both make, it allocates among old objects at once. There each call leaves something that only a full collection finds, and
 * that keeps alive what is young: with ten thousand mocks, in some starts, a fifth of all time went into minor collections.
 */
import { setFlagsFromString } from 'node:v8'

/** Measured with V8 13.6 (Node 24): the flag is read each time the young generation could grow, so it may change while running. */
const growth = (factor: number): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`)

const usual = 2

export const whileYoungStaysSmall = <Result>(load: () => Result): Result => {
  growth(1)
  setFlagsFromString('--no-allocation-site-pretenuring')
  try {
    return load()
  } finally {
    growth(usual)
  }
}
