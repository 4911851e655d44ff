/** What is in a topic in the end, read from the broker itself without any proxy: the yardstick for what consumers got. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { int, list, long, type Message, text } from '../../../src/protocols/kafka/messages/index.ts'
import { readBatches } from '../../../src/protocols/kafka/records/index.ts'
import { type RawKafka, rawKafka } from '../raw-kafka.ts'
import { judged } from './committed.ts'

/** A record that is neither aborted nor the broker's own. */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly id: string
  /** What its tag says. */
  readonly tag: string | undefined
}

/** All records of the topic's partitions, by the name that it has at the broker. */
export const readTopic = async (port: number, topic: string, partitions: number): Promise<LogRecord[]> => {
  const any = await open('127.0.0.1', port)
  const metadata = await any.ask('Metadata', 9, { topics: [{ name: topic }], allowAutoTopicCreation: false })
  any.end()
  const brokers = new Map(list(metadata, 'brokers').map((one) => [int(one, 'nodeId'), one]))
  const leaders = list(list(metadata, 'topics')[0]!, 'partitions')
  const records: LogRecord[] = []
  for (let partition = 0; partition < partitions; partition++) {
    const leader = leaders.find((one) => int(one, 'partitionIndex') === partition)!
    const broker = brokers.get(int(leader, 'leaderId'))!
    const raw = await open(text(broker, 'host'), int(broker, 'port'))
    await readPartition(raw, topic, partition, records)
    raw.end()
  }
  return records
}

const open = async (host: string, port: number): Promise<RawKafka> => {
  const socket = connect(port, host)
  await once(socket, 'connect')
  return rawKafka(socket)
}

const readPartition = async (
  raw: RawKafka,
  topic: string,
  partition: number,
  into: LogRecord[],
): Promise<void> => {
  for (let offset = 0n; ; ) {
    const found = await fetch(raw, topic, partition, offset)
    for (const { batch, aborted } of judged(found)) {
      if (aborted) continue
      for (const { offsetDelta, value, headers } of batch.records()) {
        const at = Number(batch.baseOffset) + offsetDelta
        const tag = headers.findLast(([name]) => String(name) === 'svcm-tenant')?.[1]
        into.push({ topic, partition, offset: at, id: idOf(value), tag: tag?.toString() })
      }
    }
    offset = (readBatches(found['records'] as Uint8Array).at(-1)?.lastOffset ?? offset - 1n) + 1n
    if (offset >= long(found, 'highWatermark')) return
  }
}

const fetch = async (
  raw: RawKafka,
  topic: string,
  partition: number,
  fetchOffset: bigint,
): Promise<Message> => {
  const asked = {
    partition,
    currentLeaderEpoch: -1,
    fetchOffset,
    logStartOffset: -1n,
    partitionMaxBytes: 1 << 19,
  }
  const answer = await raw.ask('Fetch', 11, {
    replicaId: -1,
    maxWaitMs: 200,
    minBytes: 0,
    maxBytes: 1 << 20,
    isolationLevel: 1,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic, partitions: [asked] }],
    forgottenTopicsData: [],
    rackId: '',
  })
  const found = list(list(answer, 'responses')[0]!, 'partitions')[0]!
  if (int(found, 'errorCode') !== 0) throw new Error(`fetch ${topic}: error ${int(found, 'errorCode')}`)
  return found
}

/** The id that a value begins with. */
const idOf = (value: Uint8Array | null): string => {
  const text = Buffer.from(value ?? []).toString('latin1')
  return text.slice(0, text.indexOf(' '))
}
