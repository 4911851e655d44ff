/**
 * Messages of version 0 and 1, from before Kafka 0.11 (https://kafka.apache.org/documentation/#messageset). Each stands alone in the log, or holds
 * compressed others as its value:
 *
 *     offset: int64 · size: int32 (of what follows) · crc: uint32 (of what follows) · magic: int8 · attributes: int8 · [timestamp: int64 in version 1]
 *     keyLength: int32 (-1: null) · key · valueLength: int32 (-1: null) · value
 */
import { crc32 } from 'node:zlib'
import { type BatchView, compressionBits, largestUnfolded, logOverhead } from './batch.ts'
import { compressionOf } from './compression/index.ts'
import { MalformedRecords } from './malformed.ts'
import type { KafkaRecord } from './record.ts'

const place = { crc: 12, magic: 16, attributes: 17, timestamp: 18 } as const

/** One entry of the log, as a batch. `baseOffset` is the offset that it names: that of its last message. */
export class LegacyBatch implements BatchView {
  readonly bytes: Buffer
  readonly count = -1
  readonly partitionLeaderEpoch = -1
  readonly lastOffsetDelta = 0
  readonly producerId = -1n
  readonly producerEpoch = -1
  readonly baseSequence = -1
  readonly transactional = false
  readonly control = false

  /** `bytes`: exactly one entry. Throws MalformedRecords where that can't be. */
  constructor(bytes: Buffer) {
    this.bytes = bytes
    if (bytes.length < place.attributes + 1 + this.timestampSize + 8) {
      throw new MalformedRecords(`a message of ${bytes.length} bytes`)
    }
  }

  get magic(): number {
    return this.bytes[place.magic]!
  }
  private get timestampSize(): number {
    return this.magic === 0 ? 0 : 8
  }
  get baseOffset(): bigint {
    return this.bytes.readBigInt64BE(0)
  }
  get lastOffset(): bigint {
    return this.baseOffset
  }
  get attributes(): number {
    return this.bytes.readInt8(place.attributes)
  }
  get baseTimestamp(): bigint {
    return this.magic === 0 ? -1n : this.bytes.readBigInt64BE(place.timestamp)
  }
  get maxTimestamp(): bigint {
    return this.baseTimestamp
  }
  get compressed(): boolean {
    return (this.attributes & compressionBits) !== 0
  }
  get intact(): boolean {
    return crc32(this.bytes.subarray(place.magic)) === this.bytes.readUInt32BE(place.crc)
  }

  /** With offsets relative to `baseOffset`: those of a compressed entry are negative, but the last. */
  records(largest = largestUnfolded): KafkaRecord[] {
    const { bytes } = this
    let at = place.attributes + 1 + this.timestampSize
    const blob = (what: string): Buffer | null => {
      const length = at + 4 <= bytes.length ? bytes.readInt32BE(at) : -2
      if (length < -1 || length > bytes.length - at - 4) {
        throw new MalformedRecords(`a message whose ${what} reaches beyond it`)
      }
      at += 4 + Math.max(0, length)
      return length < 0 ? null : bytes.subarray(at - length, at)
    }
    const key = blob('key')
    const value = blob('value')
    if (at !== bytes.length)
      throw new MalformedRecords(`${bytes.length - at} bytes are left over in a message`)
    if (!this.compressed) {
      return [{ attributes: 0, timestampDelta: 0, offsetDelta: 0, key, value, headers: [] }]
    }
    if (value === null) throw new MalformedRecords('a compressed message without a value')
    return this.unfolded(compressionOf(this.attributes).decompress(value, largest), largest)
  }

  private unfolded(data: Uint8Array, largest: number): KafkaRecord[] {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    const inner: LegacyBatch[] = []
    for (let at = 0; at < bytes.length; ) {
      const size = at + logOverhead <= bytes.length ? bytes.readInt32BE(at + 8) : -1
      const end = at + logOverhead + size
      if (size < 0 || end > bytes.length) throw new MalformedRecords('a compressed message ends early')
      const message = new LegacyBatch(bytes.subarray(at, end))
      if (message.compressed) throw new MalformedRecords('a compressed message within another')
      if (message.magic !== this.magic) throw new MalformedRecords('versions of messages are mixed')
      inner.push(message)
      at = end
    }
    // Version 0 counts from the log's begin, version 1 from its own first message (KIP-31); the last one's is the entry's in both.
    const last = inner.at(-1)?.baseOffset ?? 0n
    return inner.flatMap((message) =>
      message.records(largest).map((record) => ({
        ...record,
        offsetDelta: Number(message.baseOffset - last),
        timestampDelta: Number(message.baseTimestamp - this.baseTimestamp),
      })),
    )
  }
}
