/**
 * Transactions of producers (KIP-98), coordinated and written by the same broker: ending one writes its markers at once, so that
 * there is no state in between.
 */
import { BrokerError, errors } from '../error-codes.ts'
import type { Groups } from '../groups/groups.ts'
import type { Time } from '../time.ts'
import type { Topics } from '../topics/topics.ts'
import { endMarker } from './end-marker.ts'

/** As ListTransactions names them. */
export type TransactionState = 'Empty' | 'Ongoing' | 'CompleteCommit' | 'CompleteAbort'

export interface Transaction {
  readonly id: string
  producerId: bigint
  epoch: number
  timeoutMs: number
  state: TransactionState
  /** When it began; -1: there is none. */
  startedAt: number
  /** Partitions that it has written to, by topic. */
  readonly partitions: Map<string, Set<number>>
  /** Groups for which it commits offsets. */
  readonly groups: Set<string>
  offTimeout: (() => void) | undefined
}

/** Who says that it is the producer of a transaction. */
export interface Producer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

export interface TransactionsOptions {
  readonly time: Time
  readonly topics: Topics
  readonly groups: Groups
  readonly newProducerId: () => bigint
  /** Kafka's transaction.max.timeout.ms. */
  readonly maxTimeoutMs: number
}

/** Epochs are int16; the last one is kept for fencing. */
const lastEpoch = 32_766

export class Transactions {
  private readonly options: TransactionsOptions
  private readonly byId = new Map<string, Transaction>()
  private readonly byProducer = new Map<bigint, Transaction>()

  constructor(options: TransactionsOptions) {
    this.options = options
  }

  all(): Transaction[] {
    return [...this.byId.values()]
  }

  get(id: string): Transaction | undefined {
    return this.byId.get(id)
  }

  /**
   * A producer begins, or begins anew: what it left open is aborted, and who else uses the id is fenced (KIP-360 for `known`).
   * Throws BrokerError.
   */
  init(id: string, timeoutMs: number, known: Producer | undefined): Transaction {
    if (id === '') throw new BrokerError(errors.invalidRequest, 'The transactional id must not be empty.')
    if (timeoutMs <= 0 || timeoutMs > this.options.maxTimeoutMs) {
      throw new BrokerError(
        errors.invalidTransactionTimeout,
        `The transaction timeout must lie between 1 and ${this.options.maxTimeoutMs} ms.`,
      )
    }
    const before = this.byId.get(id)
    if (before === undefined) return this.add(id, timeoutMs)
    if (known !== undefined) this.check(before, known)
    if (before.state === 'Ongoing') {
      // The markers carry the next epoch, so that whoever still writes with this one is fenced.
      this.bump(before)
      this.end(before, false)
    }
    before.timeoutMs = timeoutMs
    this.bump(before)
    before.state = 'Empty'
    return before
  }

  /** Throws BrokerError. */
  addPartitions(
    id: string,
    producer: Producer,
    topics: readonly { name: string; partitions: readonly number[] }[],
  ): void {
    const transaction = this.find(id, producer)
    this.begin(transaction)
    for (const { name, partitions } of topics) {
      const known = transaction.partitions.get(name) ?? new Set()
      for (const partition of partitions) known.add(partition)
      transaction.partitions.set(name, known)
    }
  }

  /** Throws BrokerError. */
  addGroup(id: string, producer: Producer, groupId: string): void {
    const transaction = this.find(id, producer)
    this.begin(transaction)
    transaction.groups.add(groupId)
  }

  /** Whether offsets of that group may be committed within the transaction. Throws BrokerError. */
  checkOffsets(id: string, producer: Producer, groupId: string): void {
    const transaction = this.find(id, producer)
    if (!transaction.groups.has(groupId)) {
      throw new BrokerError(errors.invalidTxnState, `Group ${groupId} is no part of the transaction.`)
    }
  }

  /** Whether the partition may be written to within the producer's transaction. Throws BrokerError. */
  checkWrite(producer: Producer, topic: string, partition: number): void {
    const transaction = this.byProducer.get(producer.producerId)
    if (transaction === undefined) {
      throw new BrokerError(
        errors.invalidProducerIdMapping,
        `Producer ${producer.producerId} has no transactional id.`,
      )
    }
    if (producer.producerEpoch !== transaction.epoch) {
      throw new BrokerError(
        errors.invalidProducerEpoch,
        `The producer's epoch is ${transaction.epoch}, not ${producer.producerEpoch}.`,
      )
    }
    if (transaction.state !== 'Ongoing' || transaction.partitions.get(topic)?.has(partition) !== true) {
      throw new BrokerError(errors.invalidTxnState, `${topic}-${partition} is no part of the transaction.`)
    }
  }

  /** Throws BrokerError. */
  finish(id: string, producer: Producer, committed: boolean): void {
    const transaction = this.find(id, producer)
    const done = committed ? 'CompleteCommit' : 'CompleteAbort'
    if (transaction.state === 'Ongoing') this.end(transaction, committed)
    // The response may have been lost; the same question again has the same answer.
    else if (transaction.state !== done) {
      throw new BrokerError(errors.invalidTxnState, 'There is no transaction to end.')
    }
  }

  close(): void {
    for (const { offTimeout } of this.byId.values()) offTimeout?.()
  }

  private add(id: string, timeoutMs: number): Transaction {
    const transaction: Transaction = {
      id,
      producerId: this.options.newProducerId(),
      epoch: 0,
      timeoutMs,
      state: 'Empty',
      startedAt: -1,
      partitions: new Map(),
      groups: new Set(),
      offTimeout: undefined,
    }
    this.byId.set(id, transaction)
    this.byProducer.set(transaction.producerId, transaction)
    return transaction
  }

  /** Throws BrokerError. */
  private find(id: string, producer: Producer): Transaction {
    const transaction = this.byId.get(id)
    if (transaction === undefined) {
      throw new BrokerError(errors.invalidProducerIdMapping, `No producer has the transactional id ${id}.`)
    }
    this.check(transaction, producer)
    return transaction
  }

  /** Throws BrokerError. */
  private check(transaction: Transaction, { producerId, producerEpoch }: Producer): void {
    if (producerId !== transaction.producerId) {
      throw new BrokerError(errors.invalidProducerIdMapping, `${transaction.id} has another producer id.`)
    }
    if (producerEpoch !== transaction.epoch) {
      throw new BrokerError(
        errors.producerFenced,
        `There is a newer producer with the transactional id ${transaction.id}.`,
      )
    }
  }

  private bump(transaction: Transaction): void {
    if (transaction.epoch < lastEpoch) {
      transaction.epoch++
      return
    }
    this.byProducer.delete(transaction.producerId)
    transaction.producerId = this.options.newProducerId()
    transaction.epoch = 0
    this.byProducer.set(transaction.producerId, transaction)
  }

  private begin(transaction: Transaction): void {
    if (transaction.state === 'Ongoing') return
    const { time } = this.options
    transaction.state = 'Ongoing'
    transaction.startedAt = time.now
    transaction.offTimeout = time.after(transaction.timeoutMs, () => {
      this.bump(transaction)
      this.end(transaction, false)
    })
  }

  private end(transaction: Transaction, committed: boolean): void {
    const { topics, groups, time } = this.options
    transaction.offTimeout?.()
    transaction.offTimeout = undefined
    const { producerId, epoch: producerEpoch } = transaction
    for (const [name, partitions] of transaction.partitions) {
      const topic = topics.get(name)
      for (const index of partitions) {
        const partition = topic?.partitions[index]
        if (topic === undefined || partition === undefined) continue
        const bytes = endMarker({ producerId, producerEpoch, committed, timestamp: time.now })
        topics.end(topic, partition, { bytes, producerId, producerEpoch, committed })
      }
    }
    for (const groupId of transaction.groups) groups.get(groupId)?.offsets.decide(producerId, committed)
    transaction.partitions.clear()
    transaction.groups.clear()
    transaction.startedAt = -1
    transaction.state = committed ? 'CompleteCommit' : 'CompleteAbort'
  }
}
