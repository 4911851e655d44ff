/** Questions of our own where the cluster isn't ready: a scripted broker that leads a partition of a new topic a moment after it told of it. */
import { expect, it } from 'vitest'
import { duplexPair } from '../../../../src/core/duplex-pair.ts'
import { writeClaims } from '../../../../src/protocols/kafka/groups/claims.ts'
import { ClusterClient, latest } from '../../../../src/protocols/kafka/groups/cluster-client.ts'
import {
  apiOf,
  apis,
  decodeRequest,
  encodeResponse,
  int,
  list,
  type Message,
  text,
} from '../../../../src/protocols/kafka/messages/index.ts'
import { Frames } from '../../../../src/protocols/kafka/wire/frames.ts'
import { readRequestHead, writeResponse } from '../../../../src/protocols/kafka/wire/header.ts'

const node = { nodeId: 1, host: 'broker', port: 9092 }

/** A topic with two partitions; the second says `refusals` (error codes) before it says where it ends. Notes what is committed. */
const setUp = (refusals: readonly number[]) => {
  const left = [...refusals]
  const committed: string[] = []
  const answers: Readonly<Record<number, (request: Message) => Message>> = {
    2: (request) => ({
      topics: list(request, 'topics').map((topic) => ({
        name: text(topic, 'name'),
        partitions: list(topic, 'partitions').map((one) => {
          const partitionIndex = int(one, 'partitionIndex')
          const errorCode = partitionIndex === 1 ? (left.shift() ?? 0) : 0
          return { partitionIndex, errorCode, offset: errorCode === 0 ? 7n + BigInt(partitionIndex) : -1n }
        }),
      })),
    }),
    3: () => ({
      brokers: [node],
      topics: [
        {
          name: 't',
          partitions: [0, 1].map((partitionIndex) => ({
            partitionIndex,
            leaderId: 1,
            replicaNodes: [1],
            isrNodes: [1],
          })),
        },
      ],
    }),
    8: (request) => ({
      topics: list(request, 'topics').map((topic) => ({
        name: text(topic, 'name'),
        partitions: list(topic, 'partitions').map((one) => {
          committed.push(`${int(one, 'partitionIndex')} ${String(one['committedMetadata']).split(' ')[0]}`)
          return { partitionIndex: int(one, 'partitionIndex') }
        }),
      })),
    }),
    10: () => ({ ...node, coordinators: [{ ...node, key: 'g.claim' }] }),
    18: () => ({
      apiKeys: apis.map(({ key, min, max }) => ({ apiKey: key, minVersion: min, maxVersion: max })),
    }),
  }
  const client = new ClusterClient(
    async () => {
      const [ours, theirs] = duplexPair()
      const frames = new Frames(1_000_000)
      theirs.on('data', (chunk: Buffer) => {
        for (const frame of frames.push(chunk)) {
          const { apiKey, apiVersion, correlationId, end } = readRequestHead(frame)
          const api = apiOf(apiKey)!
          const answer = answers[apiKey]!(decodeRequest(api, apiVersion, frame.subarray(end)))
          theirs.write(writeResponse(api, apiVersion, correlationId, encodeResponse(api, apiVersion, answer)))
        }
      })
      return ours
    },
    undefined,
    undefined,
  )
  return { client, committed }
}

it('waits for who leads a partition', async () => {
  // LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION
  const { client } = setUp([5, 6, 3])
  expect(await client.offsets(await client.partitions(['t']), latest)).toEqual([
    { topic: 't', partition: 0, offset: 7n },
    { topic: 't', partition: 1, offset: 8n },
  ])
  client.close()
})

it('leaves out what cannot be had, and claims nothing then', async () => {
  // TOPIC_AUTHORIZATION_FAILED
  const { client, committed } = setUp([29, 29])
  const partitions = await client.partitions(['t'])
  expect(await client.offsets(partitions, latest)).toEqual([{ topic: 't', partition: 0, offset: 7n }])
  await expect(writeClaims(client, 'g', partitions)).rejects.toThrow('where t/1 ends is not to be had')
  expect(committed).toEqual(['0 claiming', '1 claiming'])
  await writeClaims(client, 'g', partitions)
  expect(committed.slice(2)).toEqual(['0 claiming', '1 claiming', '0 claimed', '1 claimed'])
  client.close()
})
