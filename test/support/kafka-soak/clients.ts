/** Producers and consumers of the long test: kafkajs with all codecs, whose connections can be cut. */
import { connect, type Socket } from 'node:net'
import kafkajs, { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs'
import { compressions } from '../../../src/protocols/kafka/records/index.ts'
import type { Deliveries } from './deliveries.ts'
import type { Lots } from './lots.ts'
import type { RightReading } from './right-reading.ts'

const { CompressionCodecs } = kafkajs

/** kafkajs has gzip only. */
for (const { code, compress, decompress } of compressions.slice(2)) {
  CompressionCodecs[code as 2] = () => ({
    compress: async (encoder: { buffer: Buffer }) => Buffer.from(compress(encoder.buffer)),
    decompress: async (bytes: Buffer) => Buffer.from(decompress(bytes, 1 << 27)),
  })
}

export class Connections {
  private readonly sockets = new Set<Socket>()

  /** `reading`: of those that consume. */
  kafka(clientId: string, port: number, reading?: RightReading): Kafka {
    return new Kafka({
      clientId,
      brokers: [`127.0.0.1:${port}`],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 30, maxRetryTime: 500, retries: 40 },
      socketFactory: ({ host, port, onConnect }) => {
        const socket = connect({ host, port, noDelay: true }, onConnect)
        this.sockets.add(socket)
        reading?.watch(socket)
        socket.once('close', () => this.sockets.delete(socket))
        return socket
      },
    })
  }

  /** As if the other end had reset it: kafkajs does not hear of a socket that is closed without an error. */
  cut(lots: Lots): void {
    if (this.sockets.size === 0) return
    lots.pick([...this.sockets]).destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
  }
}

export interface Sent {
  readonly ids: readonly string[]
  readonly outcome: 'acknowledged' | 'aborted' | 'unknown'
  /** The broker knows a repeated batch. */
  readonly once: boolean
}

export type Kind = 'plain' | 'idempotent' | 'transactional'

/** Sends batches, anew with another producer when one has given up. */
export class Sender {
  private readonly make: () => Kafka
  private readonly kind: Kind
  private readonly name: string
  private producer: Producer | undefined

  constructor(make: () => Kafka, name: string, kind: Kind) {
    this.make = make
    this.name = name
    this.kind = kind
  }

  async send(
    topic: string,
    partition: number,
    ids: readonly string[],
    compression: number,
    abort: boolean,
  ): Promise<Sent> {
    const messages = ids.map((id) => ({ partition, key: id, value: `${id} ${'x'.repeat(60)}` }))
    const once = this.kind !== 'plain'
    try {
      const producer = await this.open()
      if (this.kind !== 'transactional') {
        await producer.send({ topic, messages, compression })
        return { ids, outcome: 'acknowledged', once }
      }
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages, compression })
      await (abort ? transaction.abort() : transaction.commit())
      return { ids, outcome: abort ? 'aborted' : 'acknowledged', once }
    } catch {
      await this.close()
      return { ids, outcome: 'unknown', once }
    }
  }

  async close(): Promise<void> {
    const { producer } = this
    this.producer = undefined
    await producer?.disconnect().catch(() => undefined)
  }

  private async open(): Promise<Producer> {
    if (this.producer !== undefined) return this.producer
    const producer = this.make().producer({
      allowAutoTopicCreation: false,
      idempotent: this.kind !== 'plain',
      ...(this.kind === 'transactional' && {
        transactionalId: this.name,
        maxInFlightRequests: 1,
        transactionTimeout: 5_000,
      }),
    })
    await producer.connect()
    this.producer = producer
    return producer
  }
}

export interface MemberFacts {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: readonly string[]
  readonly who: string
  readonly deliveries: Deliveries
  readonly reading: RightReading
  /** Something was consumed. */
  came(): void
  /** It does nothing any more. */
  gaveUp(consumer: Consumer): void
}

/** kafkajs gives up when it has no connection at the moment in which it looks for the group's coordinator: the next process would try again. */
const hasNoConnection = 'Failed to find group coordinator'

/** A member of the group, which commits what it has taken. Resolves when it has its partitions; undefined: it has given up before. */
export const member = async (facts: MemberFacts): Promise<Consumer | undefined> => {
  const { kafka, groupId, topics, who, deliveries, reading, came, gaveUp } = facts
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    heartbeatInterval: 200,
    rebalanceTimeout: 2_000,
    sessionTimeout: 6_000,
  })
  let before = deliveries.snapshot()
  let take = deliveries.assignment(who, before)
  const joined = Promise.withResolvers<boolean>()
  let is = false
  consumer.on(consumer.events.GROUP_JOIN, () => {
    is = true
    take = deliveries.assignment(who, before)
    before = deliveries.snapshot()
    joined.resolve(true)
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) return
    const { message } = payload.error
    if (message !== hasNoConnection) deliveries.mistakes.push(`a member of ${who} gave up: ${message}`)
    if (is) gaveUp(consumer)
    joined.resolve(false)
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [...topics], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale }) => {
      const { topic, partition, messages } = batch
      // Partitions may have gone while others were worked on.
      const mine = take
      let next = 0
      for (const { offset } of messages) {
        if (!isRunning() || isStale()) break
        if (reading.gives(topic, partition, Number(offset))) mine(topic, partition, Number(offset))
        resolveOffset(offset)
        next = Number(offset) + 1
      }
      came()
      if (next === 0) return
      // After `consumer.commitOffsets` a member whose generation has passed (an answer to JoinGroup got lost) gives up instead of joining again.
      await commitOffsetsIfNecessary({
        topics: [{ topic, partitions: [{ partition, offset: String(next) }] }],
      })
      deliveries.commit(topic, partition, next)
    },
  })
  return (await joined.promise) ? consumer : undefined
}
