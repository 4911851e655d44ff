/**
 * Frames that cost their sender nothing and make us answer: PING and SETTINGS. node:http2 stops whoever does not read
 * the answers; whoever reads them could go on for ever. The other floods are node:http2's (see limits.ts).
 */

export interface Allowance {
  /** So many at once. */
  readonly burst: number
  readonly perSecond: number
}

/** gRPC clients that measure the bandwidth send a ping for each round trip, thousands a second on one machine. */
export const pings: Allowance = { burst: 20_000, perSecond: 5_000 }
/** Nobody changes settings more than a few times. */
export const settings: Allowance = { burst: 200, perSecond: 10 }

/** A token bucket. `now` in milliseconds. */
export class Bucket {
  private readonly allowance: Allowance
  private readonly now: () => number
  private left: number
  private at: number

  constructor(allowance: Allowance, now: () => number = () => performance.now()) {
    this.allowance = allowance
    this.now = now
    this.left = allowance.burst
    this.at = now()
  }

  /** False when there was none left. */
  take(): boolean {
    if (this.left < 1) this.refill()
    if (this.left < 1) return false
    this.left--
    return true
  }

  private refill(): void {
    const now = this.now()
    const { burst, perSecond } = this.allowance
    this.left = Math.min(burst, this.left + ((now - this.at) / 1000) * perSecond)
    this.at = now
  }
}
