/** What ends a transaction in a partition: a control batch of one record (KIP-98, "Control Messages"). */
import { controlBit, transactionalBit, writeBatch } from '../../records/index.ts'

/** `int16 version, int16 type`. */
const keyOf = (committed: boolean): Uint8Array => Uint8Array.of(0, 0, 0, committed ? 1 : 0)

/** `int16 version, int32 epoch of the coordinator`. */
const value = new Uint8Array(6)

export const endMarker = (marker: {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly committed: boolean
  /** Milliseconds since 1970. */
  readonly timestamp: number
}): Uint8Array =>
  writeBatch(
    {
      baseOffset: 0n,
      partitionLeaderEpoch: 0,
      attributes: transactionalBit | controlBit,
      lastOffsetDelta: 0,
      baseTimestamp: BigInt(marker.timestamp),
      maxTimestamp: BigInt(marker.timestamp),
      producerId: marker.producerId,
      producerEpoch: marker.producerEpoch,
      baseSequence: -1,
    },
    [{ attributes: 0, timestampDelta: 0, offsetDelta: 0, key: keyOf(marker.committed), value, headers: [] }],
  )
