/** The log of one partition, in memory: append at the end, read from an offset, dropped from the start. */
import { firstWhere, Segment, type StoredBatch } from './segment.ts'

export interface Retention {
  /** Bytes that stay; undefined: all. */
  readonly bytes: number | undefined
  /** How long a record stays, in milliseconds; undefined: for ever. */
  readonly ms: number | undefined
  /** Bytes after which a new segment begins; a segment is what is dropped at once. */
  readonly segmentBytes: number
}

/** What is appended: the client's bytes, and what their head says. */
export interface NewBatch {
  readonly bytes: Uint8Array
  /** Offsets that the batch takes. */
  readonly offsets: number
  readonly maxTimestamp: number
}

export interface ReadLimits {
  /** Largest number of bytes; the first batch comes all the same when `atLeastOne`. */
  readonly bytes: number
  readonly atLeastOne: boolean
  /** Batches that begin at this offset or later are left out. */
  readonly upTo: number
}

/** Where the base offset and the partition leader epoch stand in a batch (KIP-98); the checksum covers neither. */
const baseOffsetAt = 0
const leaderEpochAt = 12

export class PartitionLog {
  /** First offset that can be read. */
  startOffset = 0
  /** The next record's offset; the high watermark too, since there is one replica. */
  endOffset = 0
  bytes = 0
  private segments: Segment[] = []
  private readonly watchers = new Set<(bytes: number) => void>()

  /** Keeps a copy of the bytes. Returns the batch's base offset. */
  append(batch: NewBatch, retention: Retention, now: number): number {
    const baseOffset = this.endOffset
    const bytes = new Uint8Array(batch.bytes)
    const view = new DataView(bytes.buffer)
    view.setBigInt64(baseOffsetAt, BigInt(baseOffset))
    view.setInt32(leaderEpochAt, 0)
    let segment = this.segments.at(-1)
    if (
      segment === undefined ||
      (segment.bytes > 0 && segment.bytes + bytes.length > retention.segmentBytes)
    ) {
      segment = new Segment(baseOffset)
      this.segments.push(segment)
    }
    this.endOffset = baseOffset + batch.offsets
    segment.add({ baseOffset, lastOffset: this.endOffset - 1, maxTimestamp: batch.maxTimestamp, bytes })
    this.bytes += bytes.length
    this.retain(retention, now)
    for (const watcher of this.watchers) watcher(bytes.length)
    return baseOffset
  }

  /** Whole batches from the one that holds `offset`, which must lie in `startOffset`..`endOffset`. */
  read(offset: number, limits: ReadLimits): StoredBatch[] {
    const found: StoredBatch[] = []
    let left = limits.bytes
    let s = firstWhere(this.segments, ({ batches }) => batches.at(-1)!.lastOffset >= offset)
    let b = -1
    for (; s < this.segments.length; s++) {
      const { batches } = this.segments[s]!
      if (b === -1) b = firstWhere(batches, ({ lastOffset }) => lastOffset >= offset)
      for (; b < batches.length; b++) {
        const batch = batches[b]!
        if (batch.baseOffset >= limits.upTo) return found
        if (batch.bytes.length > left && !(limits.atLeastOne && found.length === 0)) return found
        found.push(batch)
        left -= batch.bytes.length
      }
      b = 0
    }
    return found
  }

  /** The batches that may hold a record of that time or later, from the first on. */
  *since(timestamp: number): Generator<StoredBatch> {
    for (const segment of this.segments) {
      if (segment.maxTimestamp < timestamp) continue
      for (const batch of segment.batches) {
        if (batch.maxTimestamp >= timestamp && batch.lastOffset >= this.startOffset) yield batch
      }
    }
  }

  /** The first batch with the largest timestamp of all. */
  newest(): StoredBatch | undefined {
    let newest: StoredBatch | undefined
    for (const segment of this.segments) {
      if (newest !== undefined && segment.maxTimestamp <= newest.maxTimestamp) continue
      for (const batch of segment.batches) {
        if (newest === undefined || batch.maxTimestamp > newest.maxTimestamp) newest = batch
      }
    }
    return newest
  }

  /** Records before `offset` can no longer be read; segments that hold nothing else are dropped. */
  deleteBefore(offset: number): void {
    if (offset <= this.startOffset) return
    this.startOffset = offset
    while (this.segments.length > 0 && this.segments[0]!.batches.at(-1)!.lastOffset < offset) this.shift()
  }

  /** Drops the oldest segment, unless it is the one that is written to. Returns the bytes that this gave. */
  dropOldest(): number {
    if (this.segments.length < 2) return 0
    const { bytes } = this.segments[0]!
    this.shift()
    this.startOffset = Math.max(this.startOffset, this.segments[0]!.baseOffset)
    return bytes
  }

  /** Drops what is too old or too much. */
  retain(retention: Retention, now: number): void {
    for (;;) {
      const oldest = this.segments[0]
      if (oldest === undefined || this.segments.length < 2) return
      const tooMuch = retention.bytes !== undefined && this.bytes - oldest.bytes >= retention.bytes
      const tooOld = retention.ms !== undefined && oldest.maxTimestamp < now - retention.ms
      if (!tooMuch && !tooOld) return
      this.dropOldest()
    }
  }

  /** Tells of each append, with its bytes. Returns a function that ends that. */
  watch(appended: (bytes: number) => void): () => void {
    this.watchers.add(appended)
    return () => {
      this.watchers.delete(appended)
    }
  }

  /** Tells watchers that what can be read has changed although nothing was appended, or that the log is gone. */
  wake(): void {
    for (const watcher of this.watchers) watcher(Number.POSITIVE_INFINITY)
  }

  private shift(): void {
    this.bytes -= this.segments.shift()!.bytes
  }
}
