/** A clock on which time passes as soon as somebody waits: delays are counted, and nobody is held up. */
import type { Clock } from '../../core/clock.ts'

export interface StillClock extends Clock {
  /** Milliseconds that were waited for so far. */
  readonly elapsedMs: number
}

export const stillClock = (): StillClock => {
  let elapsedMs = 0
  return {
    get elapsedMs() {
      return elapsedMs
    },
    after: (ms, run) => {
      let called = true
      queueMicrotask(() => {
        if (!called) return
        elapsedMs += ms
        run()
      })
      return () => {
        called = false
      }
    },
  }
}
