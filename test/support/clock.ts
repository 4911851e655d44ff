/** Time that passes when the test says so. */
import type { Clock } from '../../src/core/clock.ts'

export interface TestClock extends Clock {
  readonly now: number
  /** How many timers run. */
  readonly timers: number
  /** Runs what is due, in order, with what that brings in turn. */
  pass(ms: number): void
  /** When that many timers run. */
  waiting(count: number): Promise<void>
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

export const testClock = (): TestClock => {
  const timers = new Set<Timer>()
  let now = 0
  let changed = Promise.withResolvers<void>()
  const wake = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  return {
    get now() {
      return now
    },
    get timers() {
      return timers.size
    },
    after: (ms, run) => {
      const timer = { at: now + ms, run }
      timers.add(timer)
      wake()
      return () => {
        timers.delete(timer)
        wake()
      }
    },
    pass: (ms) => {
      const until = now + ms
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = next.at
        next.run()
      }
      now = until
      wake()
    },
    waiting: async (count) => {
      while (timers.size !== count) await changed.promise
    },
  }
}
