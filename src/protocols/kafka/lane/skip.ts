/**
 * What stands in a Fetch response where records were left out. A client must find that there was something, or it asks for the same place forever:
 *
 * - `control`: one end of a transaction that nobody began (COMMIT, without a producer), over all offsets of the gap. Every client passes ends of transactions
 *   over, and goes on behind them.
 * - `empty`: a batch without records, as the log's cleaner leaves it; for clients that give ends of transactions to the application
 *   (segmentio/kafka-go) and know empty batches.
 *
 * Neither is good for all: kafkajs and librdkafka stop at empty batches, and a gap without anything stops nearly everybody.
 */
import {
  type Batch,
  type BatchHead,
  type BatchView,
  compressionBits,
  controlBit,
  headOf,
  writeBatch,
} from '../records/batch.ts'

export type SkipStyle = 'control' | 'empty'

/** The style that the client of a connection understands. */
export const skipStyleOf = (clientId: string | null): SkipStyle =>
  clientId?.includes('segmentio/kafka-go') === true ? 'empty' : 'control'

/** `version: int16 = 0 · type: int16 = 1 (COMMIT)`. ABORT would make clients look for the producer. */
const commitKey = Buffer.from([0, 0, 0, 1])
/** `version: int16 = 0 · coordinatorEpoch: int32`. */
const commitValue = Buffer.alloc(6)

/** A gap that grows as long as neighbours are left out, too. */
export interface Gap {
  first: bigint
  last: bigint
  /** Epoch and times are those of the last batch in it. */
  head: BatchHead
}

/** Whether `next` can be part of the gap before it; else it needs one of its own. */
export const joins = (gap: Gap, next: BatchView): boolean =>
  gap.head.partitionLeaderEpoch === next.partitionLeaderEpoch && next.lastOffset - gap.first < 0x7fffffffn

export const controlSkip = ({ first, last, head }: Gap): Buffer => {
  const lastOffsetDelta = Number(last - first)
  return writeBatch(
    {
      baseOffset: first,
      partitionLeaderEpoch: head.partitionLeaderEpoch,
      attributes: controlBit,
      lastOffsetDelta,
      baseTimestamp: head.baseTimestamp,
      maxTimestamp: head.maxTimestamp,
      producerId: -1n,
      producerEpoch: -1,
      baseSequence: -1,
    },
    [
      {
        attributes: 0,
        timestampDelta: 0,
        offsetDelta: lastOffsetDelta,
        key: commitKey,
        value: commitValue,
        headers: [],
      },
    ],
  )
}

export const emptySkip = (batch: Batch | BatchView): Buffer =>
  writeBatch({ ...headOf(batch), attributes: batch.attributes & ~compressionBits }, [])
