/** Produces single records: those for one broker that come while it answers go together in the next request. */
import { int, list, long, text } from '../messages/index.ts'
import { writeBatch } from '../records/index.ts'
import type { Address } from '../session/brokers.ts'
import * as key from '../session/keys.ts'
import type { KafkaClient } from './client.ts'
import { partitionOf } from './partitioner.ts'
import { KafkaRefusal, passing } from './topics.ts'

export interface ProducedRecord {
  readonly topic: string
  /** undefined: by the key. */
  readonly partition: number | undefined
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly { readonly name: string; readonly value: Uint8Array | null }[]
}

export interface Produced {
  readonly partition: number
  readonly offset: bigint
}

interface Waiting {
  readonly record: ProducedRecord
  readonly partition: number
  readonly done: PromiseWithResolvers<Produced>
}

const timeoutMs = 10_000
/** Of records in one request; a broker takes 1 MB a batch by default. */
const mostBytes = 512 * 1024

export class Producer {
  private readonly client: KafkaClient
  private readonly queues = new Map<string, Waiting[]>()
  private turn = 0

  constructor(client: KafkaClient) {
    this.client = client
  }

  /** Resolves when all in-sync replicas have it. Rejects with KafkaRefusal, or when no broker can be reached. */
  async send(record: ProducedRecord): Promise<Produced> {
    const { client } = this
    return client.retried(`a message to ${record.topic} cannot be sent`, async () => {
      const leaders = await client.leaders(record.topic)
      const partition =
        record.partition ?? partitionOf(record.key, leaders.size, record.key === null ? this.turn++ : 0)
      const leader = leaders.get(partition)
      if (leader === undefined)
        throw new KafkaRefusal(`${record.topic} has no partition ${partition}, but ${leaders.size}`, 37)
      return this.queued(leader, record, partition)
    })
  }

  private queued(leader: Address, record: ProducedRecord, partition: number): Promise<Produced> {
    const name = `${leader.host}:${leader.port}`
    const done = Promise.withResolvers<Produced>()
    const queue = this.queues.get(name)
    if (queue === undefined) {
      const fresh: Waiting[] = [{ record, partition, done }]
      this.queues.set(name, fresh)
      // What is produced in the same turn goes along.
      queueMicrotask(() => void this.drain(leader, name, fresh))
    } else queue.push({ record, partition, done })
    return done.promise
  }

  private async drain(leader: Address, name: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const together = takeSome(queue)
      try {
        await this.produce(leader, together)
      } catch (error) {
        for (const { record, done } of together) {
          this.client.forget(record.topic)
          done.reject(error as Error)
        }
      }
    }
    this.queues.delete(name)
  }

  private async produce(leader: Address, together: readonly Waiting[]): Promise<void> {
    const byTopic = [...Map.groupBy(together, ({ record }) => record.topic)].map(([name, ones]) => ({
      name,
      partitions: Map.groupBy(ones, ({ partition }) => partition),
    }))
    const answer = await this.client.ask(
      leader,
      'produce',
      key.produce,
      {
        transactionalId: null,
        acks: -1,
        timeoutMs,
        topicData: byTopic.map(({ name, partitions }) => ({
          name,
          partitionData: [...partitions].map(([index, ones]) => ({ index, records: batchOf(ones) })),
        })),
      },
      // Later versions know topics by id alone.
      12,
    )
    const told = new Map(
      list(answer, 'responses').flatMap((topic) =>
        list(topic, 'partitionResponses').map((one) => [
          `${text(topic, 'name')}/${int(one, 'index')}`,
          { code: int(one, 'errorCode'), offset: long(one, 'baseOffset') },
        ]),
      ),
    )
    for (const { name, partitions } of byTopic) {
      for (const [index, ones] of partitions) this.settle(name, ones, told.get(`${name}/${index}`))
    }
  }

  private settle(
    topic: string,
    ones: readonly Waiting[],
    told: { readonly code: number; readonly offset: bigint } | undefined,
  ): void {
    const { code, offset } = told ?? { code: 3, offset: -1n }
    if (passing.has(code)) this.client.forget(topic)
    ones.forEach(({ partition, done }, i) => {
      if (code === 0) done.resolve({ partition, offset: offset + BigInt(i) })
      else done.reject(new KafkaRefusal(`the broker refuses a message to ${topic}`, code))
    })
  }
}

/** At least one. */
const takeSome = (queue: Waiting[]): readonly Waiting[] => {
  let bytes = 0
  let count = 0
  for (const { record } of queue) {
    bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0)
    if (count > 0 && bytes > mostBytes) break
    count++
  }
  return queue.splice(0, count)
}

const batchOf = (ones: readonly Waiting[]): Buffer => {
  const first = ones[0]!.record.timestamp
  const latest = Math.max(...ones.map(({ record }) => record.timestamp))
  const head = {
    baseOffset: 0n,
    partitionLeaderEpoch: -1,
    attributes: 0,
    lastOffsetDelta: ones.length - 1,
    baseTimestamp: BigInt(first),
    maxTimestamp: BigInt(latest),
    producerId: -1n,
    producerEpoch: -1,
    baseSequence: -1,
  }
  return writeBatch(
    head,
    ones.map(({ record }, i) => ({
      attributes: 0,
      timestampDelta: record.timestamp - first,
      offsetDelta: i,
      key: record.key,
      value: record.value,
      headers: record.headers.map(({ name, value }) => [name, value] as const),
    })),
  )
}
