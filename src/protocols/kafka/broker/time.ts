/** The broker's time: what records, sessions and waiting requests go by. */
import { type Clock, realClock } from '../../../core/clock.ts'

export interface Time extends Clock {
  /** Milliseconds since 1970. */
  readonly now: number
}

export const realTime: Time = {
  after: realClock.after,
  get now() {
    return Date.now()
  },
}
