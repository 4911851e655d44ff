/** Where time stands still: who sleeps wakes in the order of time, and nobody waits for it. */
export class Sleepers {
  private readonly asleep: { readonly operation: number; readonly wakesAt: number }[] = []
  /** When the last one woke, in ms from the call's beginning. */
  sleptMs = 0
  private waking = false

  /** True: somebody must be woken, see `next`. */
  add(operation: number, ms: number): boolean {
    this.asleep.push({ operation, wakesAt: this.sleptMs + ms })
    if (this.waking) return false
    this.waking = true
    return true
  }

  /** Whose time has come; undefined: nobody sleeps. */
  next(): number | undefined {
    let first = 0
    for (let i = 1; i < this.asleep.length; i++)
      if (this.asleep[i]!.wakesAt < this.asleep[first]!.wakesAt) first = i
    const [one] = this.asleep.splice(first, 1)
    if (one === undefined) {
      this.waking = false
      return undefined
    }
    this.sleptMs = one.wakesAt
    return one.operation
  }
}
