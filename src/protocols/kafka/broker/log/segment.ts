/** A run of batches that is dropped as a whole, in order of their offsets. */

/** A record batch as it is kept: the client's bytes, with the base offset and the leader epoch written in. */
export interface StoredBatch {
  readonly baseOffset: number
  /** Of its last record. */
  readonly lastOffset: number
  /** Largest timestamp of its records, milliseconds since 1970; -1 for none. */
  readonly maxTimestamp: number
  readonly bytes: Uint8Array
}

export class Segment {
  readonly baseOffset: number
  readonly batches: StoredBatch[] = []
  bytes = 0
  maxTimestamp = -1

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset
  }

  add(batch: StoredBatch): void {
    this.batches.push(batch)
    this.bytes += batch.bytes.length
    if (batch.maxTimestamp > this.maxTimestamp) this.maxTimestamp = batch.maxTimestamp
  }
}

/** Index of the first item for which `holds`, in a list where it holds from some index on; its length if it never does. */
export const firstWhere = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number => {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(items[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}
