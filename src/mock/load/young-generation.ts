/**
 * A library that is loaded stays, which V8 takes for what allocations here are like. Both things that it learns from that are wrong for calls, of which nothing
 * stays.
 */
import { setFlagsFromString } from 'node:v8'

/** Measured with V8 13.6 (Node 24): the flag is read each time the young generation could grow, so it may change while running. */
const growth = (factor: number): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`)

const usual = 2

/**
 * V8 takes so many objects that survive as a sign that its young generation is too small, and
 * doubles that up to three times 32 MB, which then belong to the process for good: 200 MB for ten thousand mocks instead of 140.
 * While a library is read, it may not grow; afterwards traffic decides. Reading takes as long either way.
 */
export const whileYoungStaysSmall = <Result>(load: () => Result): Result => {
  growth(1)
  try {
    return load()
  } finally {
    growth(usual)
  }
}

/**
 * For a process of our own, before it reads a library. What reading and answering both make V8 allocates among old objects at once, and there each call leaves
 * something that only a full collection finds, and that keeps alive what is young. With ten thousand mocks minor collections took a seventh of all time instead of a
 * twentieth where the young generation was held at 1 or 2 MB, in some starts also with 32 MB; as V8 sets it, 0.3 instead of 0.2 us a call.
 */
export const allocateYoung = (): void => setFlagsFromString('--no-allocation-site-pretenuring')
