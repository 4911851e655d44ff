/**
 * A sorted set: scores by member, and an array in order of score, then bytes of the member. Adding moves what stands
 * behind, which is one copy of memory and stays cheap far beyond what tests put in.
 */

/** zset-max-listpack-entries and -value. */
const smallEntries = 128
const smallBytes = 64

export interface Scored {
  readonly member: string
  readonly score: number
}

const before = (a: Scored, score: number, member: string): boolean =>
  a.score < score || (a.score === score && a.member < member)

export class SortedSetValue {
  readonly kind = 'zset'
  readonly scores = new Map<string, number>()
  private readonly sorted: Scored[] = []
  private large = false

  get size(): number {
    return this.sorted.length
  }

  score(member: string): number | undefined {
    return this.scores.get(member)
  }

  set(member: string, score: number): void {
    const known = this.scores.get(member)
    if (known === score) return
    if (known !== undefined) this.sorted.splice(this.place(known, member), 1)
    this.scores.set(member, score)
    this.sorted.splice(this.place(score, member), 0, { member, score })
    if (member.length > smallBytes || this.sorted.length > smallEntries) this.large = true
  }

  delete(member: string): boolean {
    const score = this.scores.get(member)
    if (score === undefined) return false
    this.scores.delete(member)
    this.sorted.splice(this.place(score, member), 1)
    return true
  }

  /** From 0; undefined: it is no member. */
  rank(member: string): number | undefined {
    const score = this.scores.get(member)
    return score === undefined ? undefined : this.place(score, member)
  }

  /** In order; nobody writes to it. */
  all(): readonly Scored[] {
    return this.sorted
  }

  /** The first place of which `holds` says no; it says yes of all before. */
  first(holds: (one: Scored) => boolean): number {
    let low = 0
    let high = this.sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.sorted[middle]!)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Takes out what stands from `start` up to, but not including, `stop`. */
  cut(start: number, stop: number): Scored[] {
    const removed = this.sorted.splice(start, stop - start)
    for (const { member } of removed) this.scores.delete(member)
    return removed
  }

  get encoding(): string {
    return this.large ? 'skiplist' : 'listpack'
  }

  clone(): SortedSetValue {
    const copy = new SortedSetValue()
    for (const { member, score } of this.sorted) {
      copy.scores.set(member, score)
      copy.sorted.push({ member, score })
    }
    copy.large = this.large
    return copy
  }

  private place(score: number, member: string): number {
    return this.first((one) => before(one, score, member))
  }
}
