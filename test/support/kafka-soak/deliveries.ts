/**
 * What the consumers of one group got. A record may come again only where Kafka itself would hand it over again: whoever goes back, or gets its partitions,
 * goes on where the group has committed, which is never before a commit that was answered by then. A member that is still busy with what it had
 * fetched when it lost its partitions goes on with that.
 */
export class Deliveries {
  /** By place: how often each offset came. */
  private readonly counts = new Map<string, Uint8Array>()
  /** By place: what comes next by a commit that was answered. */
  private readonly committed = new Map<string, number>()
  readonly mistakes: string[] = []
  total = 0

  /** What is committed now. */
  snapshot(): ReadonlyMap<string, number> {
    return new Map(this.committed)
  }

  /** A member got its partitions. Gives its `take`. `before`: what was committed when it got those that it had before, since it may be busy with them. */
  assignment(
    who: string,
    before: ReadonlyMap<string, number>,
  ): (topic: string, partition: number, offset: number) => void {
    const next = new Map<string, number>()
    return (topic, partition, offset) => {
      const place = placeOf(topic, partition)
      const expected = next.get(place)
      const back = expected !== undefined && offset < expected
      const least = (back ? this.committed.get(place) : expected === undefined && before.get(place)) || 0
      if (offset < least)
        this.mistakes.push(
          `${who} got ${place} ${offset} ${back ? `behind ${expected}` : 'first'}, and ${least} is committed`,
        )
      next.set(place, offset + 1)
      this.count(place, offset)
    }
  }

  /** The broker has answered the commit. */
  commit(topic: string, partition: number, next: number): void {
    const place = placeOf(topic, partition)
    this.committed.set(place, Math.max(next, this.committed.get(place) ?? 0))
  }

  times(topic: string, partition: number, offset: number): number {
    return this.counts.get(placeOf(topic, partition))?.[offset] ?? 0
  }

  /** Those that came and are not in `wanted`, which holds them as `topic/partition offset`. */
  others(wanted: ReadonlySet<string>): readonly string[] {
    return [...this.counts].flatMap(([place, counts]) =>
      [...counts.entries()].flatMap(([offset, count]) =>
        count > 0 && !wanted.has(`${place} ${offset}`) ? [`${place} ${offset}`] : [],
      ),
    )
  }

  /** Different records. */
  get distinct(): number {
    let sum = 0
    for (const counts of this.counts.values()) for (const count of counts) if (count > 0) sum++
    return sum
  }

  private count(place: string, offset: number): void {
    let counts = this.counts.get(place)
    if (counts === undefined || offset >= counts.length) {
      const grown = new Uint8Array(2 * offset + 1_024)
      if (counts !== undefined) grown.set(counts)
      this.counts.set(place, grown)
      counts = grown
    }
    if (counts[offset]! < 255) counts[offset]!++
    this.total++
  }
}

const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`
