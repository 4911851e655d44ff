/**
 * Leaves records out of what Fetch carries for one partition, so that offsets stay true: nothing is numbered anew, no batch is merged with another,
 * ends of transactions stay, and where records are missing a client finds what lets it go on (`skip.ts`). A batch of which
 * everything is kept is passed on untouched.
 */
import { type Batch, type BatchView, headOf, headSize, largestUnfolded, rewritten } from '../records/batch.ts'
import { RecordCursor } from '../records/cursor.ts'
import { batchAt } from '../records/index.ts'
import { LegacyBatch } from '../records/legacy.ts'
import { copyBytes } from './copy.ts'
import { controlSkip, emptySkip, type Gap, joins, type SkipStyle } from './skip.ts'
import type { Who } from './who.ts'

export interface Wanted {
  /** Records that are nobody's. */
  readonly untagged: boolean
  /** Records of a tenant, by their offset. */
  tagged(tenant: string, offset: bigint): boolean
}

export interface Filtered {
  /** The very same if everything is kept. */
  readonly bytes: Uint8Array
  readonly kept: number
  readonly dropped: number
}

/**
 * A batch whose sum is wrong stays as it is, for the client to find out; so does a cut one. `largest`: what may come out of a compressed batch.
 * Throws MalformedRecords for a batch whose sum is right and that lies all the same.
 */
export const filterRecords = (
  records: Uint8Array,
  who: Who,
  wanted: Wanted,
  style: SkipStyle = 'control',
  largest = largestUnfolded,
): Filtered => {
  const out = new Kept(records, style)
  let at = 0
  let kept = 0
  let dropped = 0
  for (let batch = batchAt(records, 0); batch !== undefined; batch = batchAt(records, at)) {
    const end = at + batch.bytes.length
    if (batch instanceof LegacyBatch) {
      // No headers, so nobody's. How many there are isn't worth unfolding them.
      if (wanted.untagged) kept++
      else {
        dropped++
        out.drop(batch, at, end)
      }
    } else if (!batch.control && batch.count > 0) {
      const choice = choose(batch as Batch, who, wanted, largest)
      kept += choice.kept
      dropped += choice.dropped
      if (choice.dropped > 0) {
        if (choice.kept === 0) out.drop(batch, at, end)
        else out.replace(batch as Batch, choice, at, end)
      }
    }
    at = end
  }
  return { bytes: out.done(), kept, dropped }
}

interface Choice {
  readonly kept: number
  readonly dropped: number
  /** The kept records behind room for a head, if some are and some aren't. */
  readonly room: Buffer
  readonly end: number
  /** Offset of the last kept one. */
  readonly lastKept: number
}

const nothing = Buffer.alloc(0)
const untouched: Choice = { kept: 0, dropped: 0, room: nothing, end: 0, lastKept: 0 }

const choose = (batch: Batch, who: Who, wanted: Wanted, largest: number): Choice => {
  try {
    const choice = split(batch, who, wanted, largest)
    return choice.dropped === 0 || batch.intact ? choice : { ...untouched, kept: batch.count }
  } catch (error) {
    if (batch.intact) throw error
    return untouched
  }
}

const split = (batch: Batch, who: Who, wanted: Wanted, largest: number): Choice => {
  const data = batch.data(largest)
  const cursor = new RecordCursor(data, 0, data.length, batch.count)
  let kept = 0
  let dropped = 0
  let room: Buffer = nothing
  let end = headSize
  let lastKept = 0
  let base: bigint | undefined
  /** Kept ones that stand together are copied together. */
  let run = 0
  while (cursor.advance()) {
    const tenant = who.of(cursor)
    let keep = wanted.untagged
    if (tenant !== undefined) {
      base ??= batch.baseOffset
      keep = wanted.tagged(tenant, base + BigInt(cursor.offsetDelta))
    }
    if (keep) {
      kept++
      lastKept = cursor.offsetDelta
      continue
    }
    if (cursor.start > run) {
      if (room === nothing) room = Buffer.allocUnsafe(headSize + data.length)
      end = copyBytes(data, run, cursor.start, room, end)
    }
    dropped++
    run = cursor.next
  }
  if (dropped > 0 && kept > 0 && data.length > run) {
    if (room === nothing) room = Buffer.allocUnsafe(headSize + data.length - run)
    end = copyBytes(data, run, data.length, room, end)
  }
  return { kept, dropped, room, end, lastKept }
}

/** What goes to the client: unchanged stretches, changed batches, gaps. */
class Kept {
  private readonly records: Uint8Array
  private readonly style: SkipStyle
  private readonly parts: Uint8Array[] = []
  /** Up to here the records are in `parts` or in `gap`. */
  private at = 0
  private gap: Gap | undefined

  constructor(records: Uint8Array, style: SkipStyle) {
    this.records = records
    this.style = style
  }

  /** All of the batch at [from, to). */
  drop(batch: BatchView, from: number, to: number): void {
    this.keepUpTo(from)
    this.at = to
    if (this.style === 'empty' && batch.magic === 2) {
      this.closeGap()
      this.parts.push(emptySkip(batch))
      return
    }
    this.leaveOut(batch, batch.baseOffset)
  }

  /** Some of it. */
  replace(batch: Batch, { kept, room, end, lastKept }: Choice, from: number, to: number): void {
    this.keepUpTo(from)
    this.closeGap()
    this.at = to
    const lastOffsetDelta = this.style === 'empty' ? batch.lastOffsetDelta : lastKept
    this.parts.push(rewritten(batch, room, end, { count: kept, lastOffsetDelta }))
    // Behind the last one kept: most clients ask for each missing offset there one by one.
    if (lastOffsetDelta < batch.lastOffsetDelta)
      this.leaveOut(batch, batch.baseOffset + BigInt(lastKept) + 1n)
  }

  done(): Uint8Array {
    if (this.at === 0) return this.records
    this.keepUpTo(this.records.length)
    this.closeGap()
    return this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts)
  }

  private leaveOut(batch: BatchView, first: bigint): void {
    if (this.gap !== undefined && !joins(this.gap, batch)) this.closeGap()
    const head = headOf(batch)
    this.gap = { first: this.gap?.first ?? first, last: batch.lastOffset, head }
  }

  private keepUpTo(end: number): void {
    if (end === this.at) return
    this.closeGap()
    this.parts.push(this.records.subarray(this.at, end))
    this.at = end
  }

  private closeGap(): void {
    if (this.gap !== undefined) this.parts.push(controlSkip(this.gap))
    this.gap = undefined
  }
}
