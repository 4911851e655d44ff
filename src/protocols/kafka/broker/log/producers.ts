/** Who has written to a partition, and how far: duplicates of idempotent producers are found by it (KIP-98). */
import { BrokerError, errors } from '../error-codes.ts'

/** What a batch says of its producer. */
export interface ProducerHead {
  /** -1: not idempotent. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  /** Sequences that the batch takes. */
  readonly count: number
}

/** Where a batch that came before stands. */
export interface Written {
  readonly baseOffset: number
  readonly timestamp: number
}

interface Kept extends Written {
  readonly first: number
  readonly last: number
}

interface Producer {
  epoch: number
  /** The last batches, oldest first. */
  kept: Kept[]
  lastUsed: number
}

export interface ActiveProducer {
  readonly producerId: bigint
  readonly epoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
}

/** A producer has at most five batches on their way (max.in.flight.requests.per.connection), so older ones cannot come again. */
const remembered = 5

/** Producers that are remembered for a partition; beyond it the ones unused longest are forgotten. */
const mostProducers = 10_000

/** After 2147483647 comes 0. */
const after = (sequence: number, count: number): number => (sequence + count) % 2_147_483_648

export class Producers {
  private readonly producers = new Map<bigint, Producer>()

  /**
   * Where the same batch already stands; undefined: it is to be appended. Throws BrokerError when it is out of order, or
   * of an epoch that is over.
   */
  check(head: ProducerHead): Written | undefined {
    const known = this.producers.get(head.producerId)
    if (known === undefined) return undefined
    if (head.producerEpoch < known.epoch) {
      throw new BrokerError(
        errors.invalidProducerEpoch,
        `producer ${head.producerId} writes with epoch ${head.producerEpoch}, but its epoch is ${known.epoch}`,
      )
    }
    if (head.producerEpoch > known.epoch) {
      if (head.baseSequence !== 0) {
        throw new BrokerError(
          errors.outOfOrderSequenceNumber,
          `producer ${head.producerId} begins epoch ${head.producerEpoch} with sequence ${head.baseSequence} instead of 0`,
        )
      }
      return undefined
    }
    const last = after(head.baseSequence, head.count - 1)
    const same = known.kept.find((kept) => kept.first === head.baseSequence && kept.last === last)
    if (same !== undefined) return same
    const newest = known.kept.at(-1)
    if (newest !== undefined && head.baseSequence !== after(newest.last, 1)) {
      throw new BrokerError(
        errors.outOfOrderSequenceNumber,
        `producer ${head.producerId} sends sequence ${head.baseSequence} after ${newest.last}`,
      )
    }
    return undefined
  }

  /** Notes a batch that was appended. */
  note(head: ProducerHead, written: Written, now: number): void {
    const kept: Kept = {
      ...written,
      first: head.baseSequence,
      last: after(head.baseSequence, head.count - 1),
    }
    const known = this.producers.get(head.producerId)
    // Moved to the end, so that the first is the one unused longest.
    this.producers.delete(head.producerId)
    const same = known?.epoch === head.producerEpoch ? known.kept : []
    this.producers.set(head.producerId, {
      epoch: head.producerEpoch,
      kept: [...same.slice(1 - remembered), kept],
      lastUsed: now,
    })
    if (this.producers.size > mostProducers) this.producers.delete(this.producers.keys().next().value!)
  }

  /** A transaction of the producer has ended in this epoch; who writes with an earlier one is fenced. */
  ended(producerId: bigint, epoch: number, now: number): void {
    const known = this.producers.get(producerId)
    if (known !== undefined && known.epoch > epoch) return
    const kept = known?.epoch === epoch ? known.kept : []
    this.producers.set(producerId, { epoch, kept, lastUsed: now })
  }

  active(): ActiveProducer[] {
    return [...this.producers].map(([producerId, { epoch, kept, lastUsed }]) => ({
      producerId,
      epoch,
      lastSequence: kept.at(-1)?.last ?? -1,
      lastTimestamp: lastUsed,
    }))
  }
}
