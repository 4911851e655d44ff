/**
 * Puts a tenant's tag on records that a client produces: a header more on each that has no tag, of the tenant that claims its content, else of
 * the one that produces. Everything else stays: number of records,
 * offsets, times, sequence numbers, producer, compression. The broker knows repeated batches by (producer, epoch, sequences) only, so that idempotent and
 * transactional producers don't notice.
 */
import type { Batch } from '../records/batch.ts'
import { headSize, largestUnfolded, rewritten } from '../records/batch.ts'
import { RecordCursor } from '../records/cursor.ts'
import { batchAt } from '../records/index.ts'
import { LegacyBatch } from '../records/legacy.ts'
import { varintSize, writeVarint } from '../records/varint.ts'
import { copyBytes } from './copy.ts'
import { tagHeader, type Who } from './who.ts'

export interface Tagged {
  /** The very same if nothing has changed. */
  readonly bytes: Uint8Array
  /** Records that got the tag. */
  readonly tagged: number
  /** Batches from before Kafka 0.11, whose records have no headers: they go on without a tag. */
  readonly legacy: number
}

/** A record takes so many bytes at least, its length included. */
const smallestRecord = 7

/**
 * `records`: what Produce carries for one partition. `tenant`: who produces; undefined: the baseline, whose records get no tag unless they are claimed. A batch whose sum is wrong stays as it is, and the broker refuses it; so do cut ones.
 * `largest`: what may come out of a compressed batch. Throws MalformedRecords for a batch whose sum is right and that lies all the same.
 */
export const tagRecords = (
  records: Uint8Array,
  tenant: string | undefined,
  who: Who,
  largest = largestUnfolded,
): Tagged => {
  const tags = new Tags(tenant, who)
  const parts: Uint8Array[] = []
  let tagged = 0
  let legacy = 0
  /** What stands before `at` and behind `done` isn't in `parts` yet, because it hasn't changed. */
  let done = 0
  let at = 0
  for (let batch = batchAt(records, 0); batch !== undefined; batch = batchAt(records, at)) {
    const end = at + batch.bytes.length
    if (batch instanceof LegacyBatch) legacy++
    else if (!batch.control && batch.count > 0 && batch.intact) {
      const changed = tagBatch(batch as Batch, tags, who, largest)
      if (changed !== undefined) {
        if (at > done) parts.push(records.subarray(done, at))
        parts.push(changed.bytes)
        tagged += changed.tagged
        done = end
      }
    }
    at = end
  }
  if (done === 0) return { bytes: records, tagged, legacy }
  if (records.length > done) parts.push(records.subarray(done))
  return { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts), tagged, legacy }
}

/** More than a name of a tenant can have. */
const longestTag = 2 + tagHeader.length + 2 + 63

/** The headers that are added, each made once. */
class Tags {
  private readonly who: Who
  private readonly own: Buffer | undefined
  private readonly byTenant = new Map<string, Buffer>()
  /** So many bytes a record gets at most. */
  readonly longest: number

  constructor(tenant: string | undefined, who: Who) {
    this.who = who
    this.own = tenant === undefined ? undefined : headerBytes(tenant)
    this.longest = who.claims ? longestTag : (this.own?.length ?? 0)
  }

  /** For a record that has none; undefined: it stays without. */
  of(cursor: RecordCursor): Buffer | undefined {
    const claimant = this.who.claimantOf(cursor)
    if (claimant === undefined) return this.own
    const known = this.byTenant.get(claimant)
    if (known !== undefined) return known
    const made = headerBytes(claimant)
    this.byTenant.set(claimant, made)
    return made
  }
}

const headerBytes = (tenant: string): Buffer => {
  const name = Buffer.from(tagHeader)
  const value = Buffer.from(tenant)
  const bytes = Buffer.allocUnsafe(name.length + value.length + 4)
  let at = copyBytes(name, 0, name.length, bytes, writeVarint(bytes, 0, name.length))
  at = copyBytes(value, 0, value.length, bytes, writeVarint(bytes, at, value.length))
  return bytes.subarray(0, at)
}

/** undefined: none of its records gets a tag. */
const tagBatch = (
  batch: Batch,
  tags: Tags,
  who: Who,
  largest: number,
): { bytes: Buffer; tagged: number } | undefined => {
  const data = batch.data(largest)
  const cursor = new RecordCursor(data, 0, data.length, batch.count)
  // The number of records is what the batch says; its bytes can't lie.
  const most = Math.min(batch.count, Math.ceil(data.length / smallestRecord))
  let out: Buffer | undefined
  let at = headSize
  let tagged = 0
  while (cursor.advance()) {
    const tag = who.tagOf(cursor) === undefined ? tags.of(cursor) : undefined
    if (tag === undefined) {
      if (out !== undefined) at = copyBytes(data, cursor.start, cursor.next, out, at)
      continue
    }
    if (out === undefined) {
      // The number of headers and the record's length may each need a byte more.
      out = Buffer.allocUnsafe(headSize + data.length + most * (tags.longest + 2))
      at = copyBytes(data, 0, cursor.start, out, at)
    }
    tagged++
    const { body, next, headers, headersAt, firstHeader } = cursor
    const growth = varintSize(headers + 1) - (firstHeader - headersAt) + tag.length
    at = writeVarint(out, at, next - body + growth)
    at = copyBytes(data, body, headersAt, out, at)
    at = writeVarint(out, at, headers + 1)
    at = copyBytes(data, firstHeader, next, out, at)
    at = copyBytes(tag, 0, tag.length, out, at)
  }
  return out === undefined ? undefined : { bytes: rewritten(batch, out, at), tagged }
}
