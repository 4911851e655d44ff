/** A broker with one topic of one partition, whose records are given, for consumers that must read what the filter leaves of them. */
import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import {
  apiOf,
  apis,
  bytesOrNull,
  decodeRequest,
  encodeResponse,
  list,
  long,
  type Message,
  text,
} from '../../../../src/protocols/kafka/messages/index.ts'
import { readBatches } from '../../../../src/protocols/kafka/records/index.ts'
import { Frames } from '../../../../src/protocols/kafka/wire/frames.ts'
import { readRequestHead, writeResponse } from '../../../../src/protocols/kafka/wire/header.ts'

export interface CannedBroker {
  readonly port: number
  /** Offsets that were asked for, one for each fetch. */
  readonly asked: readonly bigint[]
}

const topicId = `${'0'.repeat(31)}7`
const keys = [1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 18]
/** The last with names of topics. */
const caps: Readonly<Record<number, number>> = { 1: 12, 8: 9, 9: 9 }

/** `atOnce`: batches in one response. `change` is what a proxy does to them. */
export const cannedBroker = async (
  topic: string,
  batches: readonly Buffer[],
  atOnce: number,
  change: (records: Buffer) => Uint8Array,
): Promise<CannedBroker> => {
  const end = readBatches(batches.at(-1)!)[0]!.lastOffset + 1n
  const asked: bigint[] = []

  const answers: Readonly<Record<number, (request: Message, port: number) => Message>> = {
    1: (request) => {
      const at = long(
        list(list(request, 'topics')[0] ?? {}, 'partitions')[0] ?? { fetchOffset: end },
        'fetchOffset',
      )
      asked.push(at)
      const from = batches.findIndex((batch) => readBatches(batch)[0]!.lastOffset >= at)
      const records = change(from < 0 ? Buffer.alloc(0) : Buffer.concat(batches.slice(from, from + atOnce)))
      const partition = { highWatermark: end, lastStableOffset: end, logStartOffset: 0n, records }
      return { responses: [{ topic, partitions: [partition] }] }
    },
    2: (request) => {
      const { timestamp } = list(list(request, 'topics')[0]!, 'partitions')[0]!
      return {
        topics: [{ name: topic, partitions: [{ offset: timestamp === -2n ? 0n : end, leaderEpoch: 0 }] }],
      }
    },
    3: (_request, port) => ({
      brokers: [{ nodeId: 1, host: '127.0.0.1', port }],
      controllerId: 1,
      topics: [
        {
          name: topic,
          topicId,
          partitions: [{ leaderId: 1, leaderEpoch: 0, replicaNodes: [1], isrNodes: [1] }],
        },
      ],
    }),
    8: () => ({ topics: [{ name: topic, partitions: [{}] }] }),
    9: (request) => {
      const topics = [{ name: topic, partitions: [{ committedOffset: -1n }] }]
      return {
        topics,
        groups: list(request, 'groups').map((group) => ({ groupId: text(group, 'groupId'), topics })),
      }
    },
    10: (request, port) => {
      const node = { nodeId: 1, host: '127.0.0.1', port }
      return {
        ...node,
        coordinators: (request['coordinatorKeys'] as string[]).map((key) => ({ ...node, key })),
      }
    },
    11: (request) => {
      const protocol = list(request, 'protocols')[0]!
      const metadata = bytesOrNull(protocol, 'metadata')
      const name = text(protocol, 'name')
      return {
        generationId: 1,
        protocolType: text(request, 'protocolType'),
        protocolName: name,
        leader: 'one',
        memberId: 'one',
        members: [{ memberId: 'one', metadata }],
      }
    },
    12: () => ({}),
    13: () => ({ members: [{ memberId: 'one' }] }),
    14: (request) => ({
      protocolType: request['protocolType'] ?? null,
      protocolName: request['protocolName'] ?? null,
      assignment: bytesOrNull(list(request, 'assignments')[0]!, 'assignment'),
    }),
    18: () => ({
      apiKeys: apis
        .filter(({ key }) => keys.includes(key))
        .map(({ key, min, max }) => ({ apiKey: key, minVersion: min, maxVersion: caps[key] ?? max })),
    }),
  }

  const serve = (socket: Socket, port: number): void => {
    const frames = new Frames(1_000_000)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      for (const frame of frames.push(chunk)) {
        const { apiKey, apiVersion, correlationId, end: body } = readRequestHead(frame)
        const api = apiOf(apiKey)!
        const answer = answers[apiKey]!(decodeRequest(api, apiVersion, frame.subarray(body)), port)
        socket.write(writeResponse(api, apiVersion, correlationId, encodeResponse(api, apiVersion, answer)))
      }
    })
  }

  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    serve(socket, (server.address() as { port: number }).port)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { port: (server.address() as { port: number }).port, asked }
}
