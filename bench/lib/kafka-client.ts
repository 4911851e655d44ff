/** A client of one Kafka broker that costs little itself: requests are encoded once, and of batches only the heads are read. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import {
  apis,
  bytesOrNull,
  decodeResponse,
  encodeRequest,
  int,
  list,
  long,
  type Message,
} from '../../src/protocols/kafka/messages/index.ts'
import {
  type Header,
  type KafkaRecord,
  readBatches,
  writeBatch,
} from '../../src/protocols/kafka/records/index.ts'
import { Frames } from '../../src/protocols/kafka/wire/frames.ts'
import { readResponseHead, writeRequest } from '../../src/protocols/kafka/wire/header.ts'

/** Non-flexible versions that brokers of all years speak. */
const versions: Readonly<Record<string, number>> = { Produce: 7, Fetch: 11, CreateTopics: 4 }

export interface Fetched {
  readonly records: number
  readonly requests: number
}

export class KafkaClient {
  private readonly socket: Socket
  private readonly waiting: ((frame: Uint8Array) => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    const frames = new Frames(200 * 1024 * 1024)
    socket.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) this.waiting.shift()!(frame)
    })
    socket.on('error', () => undefined)
  }

  static async connect(port: number): Promise<KafkaClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new KafkaClient(socket)
  }

  close(): void {
    this.socket.destroy()
  }

  async ask(name: string, message: Message): Promise<Message> {
    const { frame, api, version } = encoded(name, message)
    const reply = await this.send(frame)
    return decodeResponse(api, version, reply.subarray(readResponseHead(api, version, reply).end))
  }

  /** Responses come in the order of requests. */
  send(frame: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.socket.write(frame)
    })
  }

  async createTopic(name: string): Promise<void> {
    const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    await this.ask('CreateTopics', { topics: [topic], timeoutMs: 10_000, validateOnly: false })
  }

  /** The same batch `count` times, five of them on the way at once. */
  async produce(topic: string, batch: Uint8Array, count: number): Promise<void> {
    const { frame, api, version } = encoded('Produce', produceOf(topic, batch))
    let left = count
    const lane = async (): Promise<void> => {
      while (left-- > 0) {
        const reply = await this.send(frame)
        const message = decodeResponse(
          api,
          version,
          reply.subarray(readResponseHead(api, version, reply).end),
        )
        const code = int(list(list(message, 'responses')[0]!, 'partitionResponses')[0]!, 'errorCode')
        if (code !== 0) throw new Error(`produce: error ${code}`)
      }
    }
    await Promise.all(Array.from({ length: 5 }, lane))
  }

  /** From the beginning until `end`, the offset behind the last record. */
  async consume(topic: string, end: bigint): Promise<Fetched> {
    let [offset, records, requests] = [0n, 0, 0]
    while (offset < end) {
      requests++
      const batches = await this.fetch(topic, offset)
      for (const { lastOffset, count, control } of batches) {
        offset = lastOffset + 1n
        if (!control) records += count
      }
    }
    return { records, requests }
  }

  async fetch(topic: string, fetchOffset: bigint) {
    const reply = await this.ask('Fetch', fetchOf(topic, fetchOffset))
    const partition = list(list(reply, 'responses')[0]!, 'partitions')[0]!
    const code = int(partition, 'errorCode')
    if (code !== 0) throw new Error(`fetch: error ${code}`)
    return readBatches(bytesOrNull(partition, 'records') ?? new Uint8Array(0))
  }

  async end(topic: string): Promise<bigint> {
    const reply = await this.ask('Fetch', fetchOf(topic, 0n))
    return long(list(list(reply, 'responses')[0]!, 'partitions')[0]!, 'highWatermark')
  }
}

const encoded = (name: string, message: Message) => {
  const api = apis.find((one) => one.name === name)!
  const version = versions[name]!
  const head = { apiKey: api.key, apiVersion: version, correlationId: 1, clientId: 'bench' }
  return { frame: writeRequest(head, encodeRequest(api, version, message)), api, version }
}

const produceOf = (name: string, records: Uint8Array): Message => ({
  transactionalId: null,
  acks: 1,
  timeoutMs: 10_000,
  topicData: [{ name, partitionData: [{ index: 0, records }] }],
})

const fetchOf = (topic: string, fetchOffset: bigint): Message => ({
  replicaId: -1,
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 50 * 1024 * 1024,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: -1,
  topics: [
    {
      topic,
      partitions: [
        {
          partition: 0,
          currentLeaderEpoch: -1,
          fetchOffset,
          logStartOffset: -1n,
          partitionMaxBytes: 1024 * 1024,
        },
      ],
    },
  ],
  forgottenTopicsData: [],
  rackId: '',
})

/** `count` records of 1 kB that differ; `headersOf`: of the record at this place. */
export const batchOf = (
  count: number,
  headersOf: (place: number) => readonly Header[] = () => [],
  size = 1024,
): Uint8Array => {
  const records = Array.from(
    { length: count },
    (_, offsetDelta): KafkaRecord => ({
      attributes: 0,
      timestampDelta: 0,
      offsetDelta,
      key: Buffer.from(`key-${offsetDelta}`),
      value: Buffer.from(JSON.stringify({ id: offsetDelta, fill: 'x'.repeat(size - 40) }).padEnd(size)),
      headers: headersOf(offsetDelta),
    }),
  )
  const now = BigInt(Date.now())
  const head = {
    baseOffset: 0n,
    partitionLeaderEpoch: -1,
    attributes: 0,
    lastOffsetDelta: count - 1,
    baseTimestamp: now,
    maxTimestamp: now,
    producerId: -1n,
    producerEpoch: -1,
    baseSequence: -1,
  }
  return writeBatch(head, records)
}
