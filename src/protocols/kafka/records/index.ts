/** Record sets: what Produce carries to a partition and Fetch carries from it. */
import { Batch, type BatchView, logOverhead } from './batch.ts'
import { LegacyBatch } from './legacy.ts'
import { MalformedRecords } from './malformed.ts'

export {
  Batch,
  type BatchHead,
  type BatchView,
  compressionBits,
  controlBit,
  headOf,
  largestUnfolded,
  logAppendTimeBit,
  placedAt,
  transactionalBit,
  writeBatch,
} from './batch.ts'
export { type Compression, compressionOf, compressions } from './compression/index.ts'
export { crc32c } from './crc32c.ts'
export { LegacyBatch } from './legacy.ts'
export { MalformedRecords } from './malformed.ts'
export { type Header, type KafkaRecord, writeRecords } from './record.ts'

const magicAt = 16

/**
 * The batches of a record set, as views. A cut one at the end is left out: brokers fill a response to the byte (KIP-74). Neither their sums nor their
 * records are looked at. Throws MalformedRecords.
 */
export const readBatches = (bytes: Uint8Array): BatchView[] => {
  const batches: BatchView[] = []
  for (let at = 0; ; ) {
    const batch = batchAt(bytes, at)
    if (batch === undefined) return batches
    batches.push(batch)
    at += batch.bytes.length
  }
}

/** undefined: it isn't whole. Throws MalformedRecords. */
export const batchAt = (records: Uint8Array, at: number): BatchView | undefined => {
  const bytes = Buffer.isBuffer(records)
    ? records
    : Buffer.from(records.buffer, records.byteOffset, records.byteLength)
  if (at + logOverhead > bytes.length) return undefined
  const size = bytes.readInt32BE(at + 8)
  // No message is smaller; a length of zero would be met again and again.
  if (size < 14) throw new MalformedRecords(`byte ${at}: a batch of ${size} bytes`)
  const end = at + logOverhead + size
  if (end > bytes.length) return undefined
  const magic = bytes[at + magicAt]!
  if (magic > 2) throw new MalformedRecords(`byte ${at}: version ${magic} of record batches isn't known`)
  const own = bytes.subarray(at, end)
  return magic === 2 ? new Batch(own) : new LegacyBatch(own)
}
