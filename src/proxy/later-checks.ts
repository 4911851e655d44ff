/**
 * Calls that are over and have not been held against their contract yet. They are judged between other calls, a few milliseconds
 * at a time, in the order in which they ended.
 */
import type { Clock } from '../core/clock.ts'
import type { Judged, PendingCheck } from '../core/contract.ts'

/** A turn of ours, before calls have theirs again. */
const turnMs = 2
/** A body that has not come so long after its call was answered is judged without. */
const patienceMs = 1_000
/** More than that would never be caught up with. */
const waitingAtMost = 20_000

interface Waiting {
  readonly check: PendingCheck
  readonly done: (judged: Judged) => void
}

const left: Judged = { breaches: [], unchecked: 'it was not looked at: too many calls wait to be checked' }

export class LaterChecks {
  private readonly clock: Clock
  private readonly unseen = new Map<Waiting, () => void>()
  private ready: Waiting[] = []
  private next = 0
  private due = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** `done` is called once. */
  add(check: PendingCheck, done: (judged: Judged) => void): void {
    const one = { check, done }
    let added = false
    let seen = false
    check.whenSeen(() => {
      seen = true
      if (added) this.came(one)
      else this.queue(one)
    })
    added = true
    if (!seen)
      this.unseen.set(
        one,
        this.clock.after(patienceMs, () => this.came(one)),
      )
  }

  /** All of them, now. */
  settle(): void {
    for (const [one, callOff] of this.unseen) {
      callOff()
      this.ready.push(one)
    }
    this.unseen.clear()
    this.run(Number.POSITIVE_INFINITY)
  }

  /** What has been judged without its rest is not judged again when that comes. */
  private came(one: Waiting): void {
    const callOff = this.unseen.get(one)
    if (callOff === undefined) return
    this.unseen.delete(one)
    callOff()
    this.queue(one)
  }

  private queue(one: Waiting): void {
    if (this.ready.length - this.next >= waitingAtMost) {
      one.check.drop()
      one.done(left)
      return
    }
    this.ready.push(one)
    this.later()
  }

  private later(): void {
    if (this.due) return
    this.due = true
    setImmediate(() => {
      this.due = false
      this.run(turnMs)
    })
  }

  private run(forMs: number): void {
    const until = performance.now() + forMs
    while (this.next < this.ready.length) {
      const { check, done } = this.ready[this.next++]!
      done(check.judge())
      if (performance.now() >= until) break
    }
    if (this.next < this.ready.length) {
      this.later()
      return
    }
    this.ready = []
    this.next = 0
  }
}
