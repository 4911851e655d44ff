/** What a group has committed, and what transactions have still to decide for it. */

export interface CommittedOffset {
  readonly offset: bigint
  /** -1: unknown. */
  readonly leaderEpoch: number
  readonly metadata: string | null
}

interface Named extends CommittedOffset {
  readonly topic: string
  readonly partition: number
}

const nameOf = (topic: string, partition: number): string => `${topic}:${partition}`

export class CommittedOffsets {
  private readonly committed = new Map<string, Named>()
  /** Of open transactions, by producer id. */
  private readonly undecided = new Map<bigint, Map<string, Named>>()

  get size(): number {
    return this.committed.size
  }

  commit(topic: string, partition: number, offset: CommittedOffset): void {
    this.committed.set(nameOf(topic, partition), { topic, partition, ...offset })
  }

  /** Part of a transaction: nobody sees it until that is committed. */
  commitLater(producerId: bigint, topic: string, partition: number, offset: CommittedOffset): void {
    const waiting = this.undecided.get(producerId) ?? new Map<string, Named>()
    waiting.set(nameOf(topic, partition), { topic, partition, ...offset })
    this.undecided.set(producerId, waiting)
  }

  decide(producerId: bigint, committed: boolean): void {
    const waiting = this.undecided.get(producerId)
    this.undecided.delete(producerId)
    if (!committed || waiting === undefined) return
    for (const [name, offset] of waiting) this.committed.set(name, offset)
  }

  isUndecided(topic: string, partition: number): boolean {
    const name = nameOf(topic, partition)
    for (const waiting of this.undecided.values()) if (waiting.has(name)) return true
    return false
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.committed.get(nameOf(topic, partition))
  }

  /** By topic, as they were first committed. */
  all(): Map<string, number[]> {
    const topics = new Map<string, number[]>()
    for (const { topic, partition } of this.committed.values()) {
      const partitions = topics.get(topic)
      if (partitions === undefined) topics.set(topic, [partition])
      else partitions.push(partition)
    }
    return topics
  }

  /** Whoever has committed less goes on there. */
  raise(topic: string, partition: number, offset: bigint): void {
    const name = nameOf(topic, partition)
    const known = this.committed.get(name)
    if (known !== undefined && known.offset < offset) this.committed.set(name, { ...known, offset })
  }

  delete(topic: string, partition: number): void {
    this.committed.delete(nameOf(topic, partition))
  }

  deleteTopic(topic: string): void {
    for (const waiting of [this.committed, ...this.undecided.values()]) {
      for (const [name, offset] of waiting) if (offset.topic === topic) waiting.delete(name)
    }
  }
}
