/** Transactions in a partition: how far everything is decided, and which records of the past were aborted (KIP-98). */

export interface Aborted {
  readonly producerId: bigint
  readonly firstOffset: number
  /** Of the marker that ended it. */
  readonly lastOffset: number
}

export class OpenTransactions {
  /** First offset of each open transaction, by producer id; in order of their beginning. */
  private readonly open = new Map<bigint, number>()
  private aborted: Aborted[] = []

  /** A producer's transactional records were appended there. */
  wrote(producerId: bigint, offset: number): void {
    if (!this.open.has(producerId)) this.open.set(producerId, offset)
  }

  /** The producer's marker was appended there. */
  ended(producerId: bigint, committed: boolean, markerOffset: number): void {
    const firstOffset = this.open.get(producerId)
    if (firstOffset === undefined) return
    this.open.delete(producerId)
    if (!committed) this.aborted.push({ producerId, firstOffset, lastOffset: markerOffset })
  }

  firstOffsetOf(producerId: bigint): number | undefined {
    return this.open.get(producerId)
  }

  /** Everything before it is decided. */
  lastStableOffset(endOffset: number): number {
    const [first] = this.open.values()
    return first ?? endOffset
  }

  /** The aborted transactions that have records or a marker in `from`..`upTo` (which is not part of it). */
  abortedWithin(from: number, upTo: number): Aborted[] {
    return this.aborted.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < upTo)
  }

  /** What ended before the log's start is of no use to anybody. */
  forgetBefore(startOffset: number): void {
    if (this.aborted.length > 0 && this.aborted[0]!.lastOffset < startOffset) {
      this.aborted = this.aborted.filter(({ lastOffset }) => lastOffset >= startOffset)
    }
  }
}
