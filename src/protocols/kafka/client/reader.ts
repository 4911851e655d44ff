/** Reads a topic without a group: from given offsets on, what is committed only. */

import type { RecordHeader } from '../call.ts'
import { int, list, listOrNull, long, type Message } from '../messages/index.ts'
import { readBatches } from '../records/index.ts'
import type { Address } from '../session/brokers.ts'
import * as key from '../session/keys.ts'
import { Aborted } from './aborted.ts'
import type { KafkaClient } from './client.ts'
import { KafkaRefusal } from './topics.ts'

export interface FetchedRecord {
  readonly partition: number
  readonly offset: bigint
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

export interface Fetched {
  readonly records: readonly FetchedRecord[]
  readonly next: ReadonlyMap<number, bigint>
}

const earliest = -2n
const latest = -1n
/** READ_COMMITTED (KIP-98). */
const readCommitted = 1
const mostBytes = 4 * 1024 * 1024
/** Records that the broker has dropped meanwhile. */
const offsetOutOfRange = 1

export class Reader {
  private readonly client: KafkaClient

  constructor(client: KafkaClient) {
    this.client = client
  }

  /** Where each partition begins or ends. Rejects with KafkaRefusal where there is no such topic. */
  async offsets(topic: string, at: 'beginning' | 'latest'): Promise<ReadonlyMap<number, bigint>> {
    const [found] = await this.client.metadata([topic])
    if (found === undefined || found.code !== 0)
      throw new KafkaRefusal(`the topic ${topic}`, found?.code ?? 3)
    const offsets = new Map<number, bigint>()
    for (const [leader, partitions] of byLeader(found.leaders)) {
      const answer = await this.client.ask(leader, 'offsets', key.listOffsets, {
        replicaId: -1,
        isolationLevel: readCommitted,
        topics: [
          {
            name: topic,
            partitions: partitions.map((partitionIndex) => ({
              partitionIndex,
              currentLeaderEpoch: -1,
              timestamp: at === 'beginning' ? earliest : latest,
            })),
          },
        ],
      })
      for (const one of list(answer, 'topics').flatMap((of) => list(of, 'partitions'))) {
        const code = int(one, 'errorCode')
        if (code !== 0) throw new KafkaRefusal(`offsets of ${topic}`, code)
        offsets.set(int(one, 'partitionIndex'), long(one, 'offset'))
      }
    }
    return offsets
  }

  /** What is there from `from` on; waits at most `waitMs` for the first. */
  async fetch(topic: string, from: ReadonlyMap<number, bigint>, waitMs: number): Promise<Fetched> {
    const leaders = await this.client.leaders(topic, false)
    const next = new Map(from)
    const records: FetchedRecord[] = []
    const asked = byLeader(new Map([...leaders].filter(([partition]) => from.has(partition))))
    await Promise.all(
      asked.map(async ([leader, partitions]) => {
        const answer = await this.client.ask(
          leader,
          `fetch ${topic}`,
          key.fetch,
          fetchOf(topic, partitions, from, waitMs),
          // Later versions know topics by id alone.
          12,
        )
        for (const one of list(answer, 'responses').flatMap((of) => list(of, 'partitions')))
          await this.take(topic, one, from, next, records)
      }),
    )
    records.sort((a, b) => a.timestamp - b.timestamp)
    return { records, next }
  }

  private async take(
    topic: string,
    answer: Message,
    from: ReadonlyMap<number, bigint>,
    next: Map<number, bigint>,
    records: FetchedRecord[],
  ): Promise<void> {
    const partition = int(answer, 'partitionIndex')
    const code = int(answer, 'errorCode')
    if (code === offsetOutOfRange) {
      const begins = await this.offsets(topic, 'beginning')
      next.set(partition, begins.get(partition) ?? 0n)
      return
    }
    if (code !== 0) {
      this.client.forget(topic)
      throw new KafkaRefusal(`records of ${topic}`, code)
    }
    const bytes = answer['records']
    if (!(bytes instanceof Uint8Array)) return
    const first = from.get(partition)!
    const aborted = new Aborted(listOrNull(answer, 'abortedTransactions') ?? [])
    for (const batch of readBatches(bytes)) {
      next.set(partition, batch.lastOffset + 1n)
      if (aborted.drops(batch)) continue
      for (const record of batch.records()) {
        const offset = batch.baseOffset + BigInt(record.offsetDelta)
        if (offset < first) continue
        records.push({
          partition,
          offset,
          timestamp: Number(batch.baseTimestamp) + record.timestampDelta,
          key: record.key,
          value: record.value,
          headers: record.headers.map(([name, value]) => ({
            name: typeof name === 'string' ? name : Buffer.from(name).toString(),
            value,
          })),
        })
      }
    }
  }
}

const byLeader = (leaders: ReadonlyMap<number, Address>): readonly (readonly [Address, number[]])[] =>
  [...Map.groupBy(leaders, ([, { host, port }]) => `${host}:${port}`).values()].map((ones) => [
    ones[0]![1],
    ones.map(([partition]) => partition),
  ])

const fetchOf = (
  topic: string,
  partitions: readonly number[],
  from: ReadonlyMap<number, bigint>,
  waitMs: number,
): Message => ({
  replicaId: -1,
  maxWaitMs: waitMs,
  minBytes: 1,
  maxBytes: mostBytes,
  isolationLevel: readCommitted,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [
    {
      topic,
      partitions: partitions.map((partition) => ({
        partition,
        currentLeaderEpoch: -1,
        fetchOffset: from.get(partition)!,
        lastFetchedEpoch: -1,
        logStartOffset: -1n,
        partitionMaxBytes: mostBytes,
      })),
    },
  ],
  forgottenTopicsData: [],
  rackId: '',
})
