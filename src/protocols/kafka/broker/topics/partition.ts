/** One partition: its log, and what it must know of producers and transactions to append to it. */
import { OpenTransactions } from '../log/open-transactions.ts'
import { PartitionLog } from '../log/partition-log.ts'
import { type ProducerHead, Producers, type Written } from '../log/producers.ts'
import type { TopicConfigs } from './topic-configs.ts'

/** A batch that has been checked. */
export interface IncomingBatch extends ProducerHead {
  readonly bytes: Uint8Array
  /** Largest timestamp, milliseconds since 1970; with LogAppendTime that of the append. */
  readonly maxTimestamp: number
  readonly transactional: boolean
}

export interface Appended extends Written {
  /** It stood there already. */
  readonly duplicate: boolean
}

export const readUncommitted = 0
export const readCommitted = 1

export class Partition {
  readonly index: number
  readonly log = new PartitionLog()
  readonly producers = new Producers()
  readonly transactions = new OpenTransactions()

  constructor(index: number) {
    this.index = index
  }

  /** Appends it, unless it stands there already. Throws BrokerError. */
  append(batch: IncomingBatch, configs: TopicConfigs, now: number): Appended {
    const idempotent = batch.producerId >= 0n
    if (idempotent) {
      const same = this.producers.check(batch)
      if (same !== undefined) return { ...same, duplicate: true }
    }
    // Before the append, whose watchers ask for the last stable offset.
    if (batch.transactional) this.transactions.wrote(batch.producerId, this.log.endOffset)
    const { bytes, count, maxTimestamp } = batch
    const baseOffset = this.log.append({ bytes, offsets: count, maxTimestamp }, configs.retention, now)
    const written: Written = { baseOffset, timestamp: configs.logAppendTime ? now : -1 }
    if (idempotent) this.producers.note(batch, written, now)
    return { ...written, duplicate: false }
  }

  /** Ends the producer's transaction with a marker: a control batch of one record. */
  end(
    marker: { bytes: Uint8Array; producerId: bigint; producerEpoch: number; committed: boolean },
    configs: TopicConfigs,
    now: number,
  ): void {
    const { bytes, producerId, producerEpoch, committed } = marker
    this.transactions.ended(producerId, committed, this.log.endOffset)
    this.producers.ended(producerId, producerEpoch, now)
    this.log.append({ bytes, offsets: 1, maxTimestamp: now }, configs.retention, now)
    this.transactions.forgetBefore(this.log.startOffset)
    // What was held back by the transaction can be read now, which may be far more than the marker.
    this.log.wake()
  }

  /** Where a reader of that isolation level must stop. */
  readableEnd(isolationLevel: number): number {
    const { endOffset } = this.log
    return isolationLevel === readCommitted ? this.transactions.lastStableOffset(endOffset) : endOffset
  }
}
