/**
 * Record batches of version 2 (https://kafka.apache.org/documentation/#recordbatch):
 *
 *     baseOffset: int64 · batchLength: int32 (of what follows) · partitionLeaderEpoch: int32 · magic: int8 = 2 · crc: uint32 (of what follows)
 *     attributes: int16 · lastOffsetDelta: int32 · baseTimestamp: int64 · maxTimestamp: int64 · producerId: int64 · producerEpoch: int16
 *     baseSequence: int32 · count: int32 · records
 */
import { compressionOf } from './compression/index.ts'
import { crc32c } from './crc32c.ts'
import { RecordCursor } from './cursor.ts'
import { MalformedRecords } from './malformed.ts'
import { type KafkaRecord, readRecords, writeRecords } from './record.ts'

/** Bytes before the records. */
export const headSize = 61
/** Offset and length, which the length doesn't count. */
export const logOverhead = 12
/** What may come out of a compressed batch at most, unless something else is said. */
export const largestUnfolded = 128 * 1024 * 1024

/** Where the fields are. */
const place = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
} as const

export const compressionBits = 0x07
/** The broker's clock gave all records the batch's largest timestamp. */
export const logAppendTimeBit = 0x08
export const transactionalBit = 0x10
export const controlBit = 0x20

export interface BatchHead {
  readonly baseOffset: bigint
  readonly partitionLeaderEpoch: number
  readonly attributes: number
  readonly lastOffsetDelta: number
  /** Milliseconds since 1970; -1: none. */
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  /** -1: none. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
}

/** What is common to batches of all versions. */
export interface BatchView extends BatchHead {
  readonly magic: number
  /** All of its bytes: a view. */
  readonly bytes: Buffer
  /** The offset of its last record, which the log's cleaner may have removed. */
  readonly lastOffset: bigint
  /** Of its records; -1: not known before they are read (magic 0 and 1). */
  readonly count: number
  readonly compressed: boolean
  readonly transactional: boolean
  /** Its records are the broker's own: ends of transactions. */
  readonly control: boolean
  /** Whether the sum over its bytes is right; nothing else looks at it. */
  readonly intact: boolean
  /** Throws MalformedRecords, also where more than `largest` bytes come out. */
  records(largest?: number): KafkaRecord[]
}

export class Batch implements BatchView {
  readonly magic = 2
  readonly bytes: Buffer

  /** `bytes`: exactly one batch. Throws MalformedRecords where that can't be. */
  constructor(bytes: Buffer) {
    this.bytes = bytes
    if (bytes.length < headSize) throw new MalformedRecords(`a batch of ${bytes.length} bytes`)
    if (this.count < 0) throw new MalformedRecords(`a batch of ${this.count} records`)
  }

  get baseOffset(): bigint {
    return this.bytes.readBigInt64BE(place.baseOffset)
  }
  get partitionLeaderEpoch(): number {
    return this.bytes.readInt32BE(place.leaderEpoch)
  }
  get crc(): number {
    return this.bytes.readUInt32BE(place.crc)
  }
  get attributes(): number {
    return this.bytes.readInt16BE(place.attributes)
  }
  get lastOffsetDelta(): number {
    return this.bytes.readInt32BE(place.lastOffsetDelta)
  }
  get baseTimestamp(): bigint {
    return this.bytes.readBigInt64BE(place.baseTimestamp)
  }
  get maxTimestamp(): bigint {
    return this.bytes.readBigInt64BE(place.maxTimestamp)
  }
  get producerId(): bigint {
    return this.bytes.readBigInt64BE(place.producerId)
  }
  get producerEpoch(): number {
    return this.bytes.readInt16BE(place.producerEpoch)
  }
  get baseSequence(): number {
    return this.bytes.readInt32BE(place.baseSequence)
  }
  get count(): number {
    return this.bytes.readInt32BE(place.count)
  }
  get lastOffset(): bigint {
    return this.baseOffset + BigInt(this.lastOffsetDelta)
  }
  get compressed(): boolean {
    return (this.attributes & compressionBits) !== 0
  }
  get transactional(): boolean {
    return (this.attributes & transactionalBit) !== 0
  }
  get control(): boolean {
    return (this.attributes & controlBit) !== 0
  }
  get intact(): boolean {
    return crc32c(this.bytes, place.attributes) === this.crc
  }

  /** The records' bytes, not compressed. Throws MalformedRecords. */
  data(largest = largestUnfolded): Uint8Array {
    const stored = this.bytes.subarray(headSize)
    return compressionOf(this.attributes).decompress(stored, largest)
  }

  /** Over its records. Throws MalformedRecords. */
  cursor(largest = largestUnfolded): RecordCursor {
    const data = this.data(largest)
    return new RecordCursor(data, 0, data.length, this.count)
  }

  records(largest = largestUnfolded): KafkaRecord[] {
    return readRecords(this.cursor(largest))
  }
}

/** A whole batch: `head`'s fields as they are but for the bits of the compression; length, sum and count new. */
export const writeBatch = (head: BatchHead, records: readonly KafkaRecord[], codec = 0): Buffer => {
  const attributes = (head.attributes & ~compressionBits) | codec
  const data = compressionOf(attributes).compress(writeRecords(records))
  const bytes = Buffer.allocUnsafe(headSize + data.length)
  bytes.set(data, headSize)
  writeHead(bytes, head, attributes, records.length)
  return bytes
}

/** Before the records, which are there already; the sum is made of all. */
const writeHead = (bytes: Buffer, head: BatchHead, attributes: number, count: number): void => {
  bytes.writeBigInt64BE(head.baseOffset, place.baseOffset)
  bytes.writeInt32BE(bytes.length - logOverhead, place.length)
  bytes.writeInt32BE(head.partitionLeaderEpoch, place.leaderEpoch)
  bytes[place.magic] = 2
  bytes.writeInt16BE(attributes, place.attributes)
  bytes.writeInt32BE(head.lastOffsetDelta, place.lastOffsetDelta)
  bytes.writeBigInt64BE(head.baseTimestamp, place.baseTimestamp)
  bytes.writeBigInt64BE(head.maxTimestamp, place.maxTimestamp)
  bytes.writeBigInt64BE(head.producerId, place.producerId)
  bytes.writeInt16BE(head.producerEpoch, place.producerEpoch)
  bytes.writeInt32BE(head.baseSequence, place.baseSequence)
  bytes.writeInt32BE(count, place.count)
  bytes.writeUInt32BE(crc32c(bytes, place.attributes), place.crc)
}

/** The batch's fields, to be changed and given to `writeBatch`: a view has them as getters, which a spread leaves out. */
export const headOf = (batch: BatchHead): BatchHead => ({
  baseOffset: batch.baseOffset,
  partitionLeaderEpoch: batch.partitionLeaderEpoch,
  attributes: batch.attributes,
  lastOffsetDelta: batch.lastOffsetDelta,
  baseTimestamp: batch.baseTimestamp,
  maxTimestamp: batch.maxTimestamp,
  producerId: batch.producerId,
  producerEpoch: batch.producerEpoch,
  baseSequence: batch.baseSequence,
})

/** A copy at another place of a log. The sum doesn't cover what changes, so that nothing is read for it. */
export const placedAt = (batch: Batch, baseOffset: bigint, partitionLeaderEpoch: number): Buffer => {
  const bytes = Buffer.from(batch.bytes)
  bytes.writeBigInt64BE(baseOffset, place.baseOffset)
  bytes.writeInt32BE(partitionLeaderEpoch, place.leaderEpoch)
  return bytes
}

/**
 * `batch` with other records. `room` holds them from `headSize` to `end`, and before them place for the head, so that what isn't compressed isn't copied
 * again; `changes`: what else is new of the head.
 */
export const rewritten = (
  batch: Batch,
  room: Buffer,
  end: number,
  changes: { readonly count?: number; readonly lastOffsetDelta?: number } = {},
): Buffer => {
  let bytes = room.subarray(0, end)
  if (batch.compressed) {
    const data = room.subarray(headSize, end)
    const stored = compressionOf(batch.attributes).compress(data, batch.bytes.subarray(headSize))
    bytes = Buffer.allocUnsafe(headSize + stored.length)
    bytes.set(stored, headSize)
  }
  batch.bytes.copy(bytes, 0, 0, headSize)
  bytes.writeInt32BE(bytes.length - logOverhead, place.length)
  if (changes.count !== undefined) bytes.writeInt32BE(changes.count, place.count)
  if (changes.lastOffsetDelta !== undefined)
    bytes.writeInt32BE(changes.lastOffsetDelta, place.lastOffsetDelta)
  bytes.writeUInt32BE(crc32c(bytes, place.attributes), place.crc)
  return bytes
}
