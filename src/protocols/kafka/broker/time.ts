/** The broker's time: what records, sessions and waiting requests go by. */
import type { Clock } from '../../../core/clock.ts'

export interface Time extends Clock {
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Its timers keep no program alive: a broker without connections waits for nothing. */
export const realTime: Time = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  get now() {
    return Date.now()
  },
}
