/** What the embedded broker answers, request by request, over its own connections and by a clock that stands still. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { servedApis } from '../../../../src/protocols/kafka/broker/api/index.ts'
import {
  EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../../../src/protocols/kafka/broker/embedded-broker.ts'
import { errors } from '../../../../src/protocols/kafka/broker/error-codes.ts'
import { apiOf, type Message } from '../../../../src/protocols/kafka/messages/index.ts'
import { crc32c, readBatches } from '../../../../src/protocols/kafka/records/index.ts'
import { testClock } from '../../../support/clock.ts'
import { type BatchOptions, batchOf, type RawKafka, rawKafka } from '../../../support/raw-kafka.ts'

const start = (options: EmbeddedBrokerOptions = {}) => {
  const clock = testClock()
  const notices: string[] = []
  const broker = new EmbeddedBroker({ time: clock, notice: (what) => notices.push(what), ...options })
  onTestFinished(() => broker.close())
  const connect = (clientId?: string): RawKafka => rawKafka(broker.connect(), clientId)
  return { ...talking(connect()), clock, broker, notices, connect }
}

/** Shorthands; versions are those of kafkajs and newer ones in turns. */
const talking = (client: RawKafka) => {
  const one = (message: Message, ...path: readonly string[]): Message =>
    path.reduce((part, field) => (part[field] as Message[])[0]!, message)
  return {
    ...client,
    create: (name: string, partitions = 1, configs: Record<string, string> = {}): Promise<Message> =>
      client
        .ask('CreateTopics', 7, {
          topics: [
            {
              name,
              numPartitions: partitions,
              replicationFactor: 1,
              assignments: [],
              configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
            },
          ],
        })
        .then((answer) => one(answer, 'topics')),
    produce: (records: Uint8Array | null, more: { topic?: string; partition?: number; acks?: number } = {}) =>
      client
        .ask('Produce', 9, {
          acks: more.acks ?? -1,
          timeoutMs: 1_000,
          topicData: [{ name: more.topic ?? 't', partitionData: [{ index: more.partition ?? 0, records }] }],
        })
        .then((answer) => one(answer, 'responses', 'partitionResponses')),
    fetch: (
      offset: number,
      more: {
        maxWaitMs?: number
        minBytes?: number
        maxBytes?: number
        partitionMaxBytes?: number
        isolationLevel?: number
        topic?: string
      } = {},
    ) =>
      client
        .ask('Fetch', 12, {
          maxWaitMs: more.maxWaitMs ?? 0,
          minBytes: more.minBytes ?? 1,
          maxBytes: more.maxBytes ?? 1_000_000,
          isolationLevel: more.isolationLevel ?? 0,
          topics: [
            {
              topic: more.topic ?? 't',
              partitions: [
                {
                  partition: 0,
                  fetchOffset: BigInt(offset),
                  partitionMaxBytes: more.partitionMaxBytes ?? 1_000_000,
                },
              ],
            },
          ],
        })
        .then((answer) => one(answer, 'responses', 'partitions')),
    listOffsets: (timestamp: number, isolationLevel = 0) =>
      client
        .ask('ListOffsets', 5, {
          isolationLevel,
          topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: BigInt(timestamp) }] }],
        })
        .then((answer) => {
          const { errorCode, offset, timestamp: found } = one(answer, 'topics', 'partitions')
          return [errorCode, Number(offset), Number(found)]
        }),
  }
}

/** `offset:value` of what a fetch has brought. */
const recordsOf = (partition: Message): string[] =>
  readBatches(partition['records'] as Uint8Array).flatMap((batch) =>
    batch.control
      ? [`${batch.baseOffset}:control`]
      : batch
          .records()
          .map(
            ({ offsetDelta, value }) => `${Number(batch.baseOffset) + offsetDelta}:${Buffer.from(value!)}`,
          ),
  )

describe('every version that is listed', () => {
  const versions = [...servedApis].flatMap(([key, { min, max }]) =>
    Array.from({ length: max - min + 1 }, (_none, i) => [apiOf(key)!.name, min + i] as const),
  )
  it.each(versions)('%s v%i is answered', async (name, version) => {
    const { ask } = start()
    // Without acks there is no answer.
    const answer = await ask(name, version, name === 'Produce' ? { acks: -1 } : {})
    expect(answer).toBeTypeOf('object')
  })
})

describe('ApiVersions', () => {
  it('lists what is served, and nothing else', async () => {
    const { ask } = start()
    for (const version of [0, 2, 3, 4]) {
      const { apiKeys, errorCode } = await ask('ApiVersions', version, {
        clientSoftwareName: 'raw',
        clientSoftwareVersion: '1',
      })
      expect(errorCode).toBe(0)
      const keys = (apiKeys as Message[]).map(({ apiKey }) => apiKey)
      expect(keys).toEqual([...servedApis.keys(), 18].sort((a, b) => a - b))
      // Compression is switched off by librdkafka, and transactions of the second kind on by Java, if these were otherwise.
      expect((apiKeys as Message[])[0]).toMatchObject({ apiKey: 0, minVersion: 0 })
    }
  })

  it('is answered in version 0 when the client is newer', async () => {
    const { socket } = start()
    const frame = Buffer.from(
      '00000010' + '0012' + '0063' + '00000007' + '0001' + '61' + '00' + '0261' + '00',
      'hex',
    )
    frame.writeInt32BE(frame.length - 4)
    socket.removeAllListeners('data')
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve))
    socket.write(frame)
    const response = await answered
    expect(response.readInt32BE(4)).toBe(7)
    expect(response.readInt16BE(8)).toBe(errors.unsupportedVersion)
    expect(response.readInt32BE(10)).toBe(1)
    expect([response.readInt16BE(14), response.readInt16BE(16), response.readInt16BE(18)]).toEqual([18, 0, 4])
  })
})

describe('Metadata', () => {
  const names = async (
    ask: RawKafka['ask'],
    version: number,
    topics: readonly string[] | null,
    more: Message = {},
  ) => {
    const answer = await ask('Metadata', version, {
      topics: topics?.map((name) => ({ name })) ?? null,
      ...more,
    })
    return (answer['topics'] as Message[]).map(({ name, errorCode }) => [name, errorCode])
  }

  it('makes topics that are asked for, unless the client says no', async () => {
    const { ask } = start()
    expect(await names(ask, 4, ['a'], { allowAutoTopicCreation: false })).toEqual([
      ['a', errors.unknownTopicOrPartition],
    ])
    expect(await names(ask, 4, ['a'])).toEqual([['a', 0]])
    expect(await names(ask, 1, ['b', 'b/c', '..'])).toEqual([
      ['b', 0],
      ['b/c', errors.invalidTopic],
      ['..', errors.invalidTopic],
    ])
    expect(await names(ask, 12, null)).toEqual([
      ['a', 0],
      ['b', 0],
    ])
    expect(await names(ask, 0, [])).toHaveLength(2)
    expect(await names(ask, 1, [])).toEqual([])
  })

  it('makes none when the broker may not', async () => {
    const { ask } = start({ autoCreateTopics: false })
    expect(await names(ask, 9, ['a'])).toEqual([['a', errors.unknownTopicOrPartition]])
  })

  it('finds topics by their ids, which differ each time a topic is made', async () => {
    const { ask, create } = start()
    const { topicId } = await create('a')
    expect(topicId).toMatch(/^[0-9a-f]{12}4[0-9a-f]{19}$/)
    const byId = async () =>
      (await ask('Metadata', 12, { topics: [{ topicId: topicId!, name: null }] }))['topics']
    expect(await byId()).toMatchObject([{ errorCode: 0, name: 'a' }])
    await ask('DeleteTopics', 6, { topics: [{ topicId: topicId!, name: null }] })
    expect((await create('a'))['topicId']).not.toBe(topicId)
    expect(await byId()).toMatchObject([{ errorCode: errors.unknownTopicId, name: null }])
  })

  it('says where the broker is, and what may be done', async () => {
    const { ask } = start({ advertised: { host: 'here', port: 1234 } })
    const answer = await ask('Metadata', 8, {
      topics: [{ name: 'a' }],
      includeClusterAuthorizedOperations: true,
      includeTopicAuthorizedOperations: true,
    })
    expect(answer).toMatchObject({
      brokers: [{ nodeId: 1, host: 'here', port: 1234, rack: null }],
      controllerId: 1,
      clusterAuthorizedOperations: 8_096,
      topics: [{ topicAuthorizedOperations: 3_576, partitions: [{ leaderId: 1, isrNodes: [1] }] }],
    })
    expect(answer['clusterId']).toHaveLength(22)
  })

  it('is paged by DescribeTopicPartitions', async () => {
    const { ask, create } = start()
    await create('a', 3)
    await create('b', 2)
    const seen: string[] = []
    let cursor: Message | null = null
    for (let pages = 0; pages < 10; pages++) {
      const answer: Message = await ask('DescribeTopicPartitions', 0, {
        topics: [],
        responsePartitionLimit: 2,
        cursor,
      })
      for (const topic of answer['topics'] as Message[]) {
        for (const { partitionIndex } of topic['partitions'] as Message[])
          seen.push(`${topic['name']}${partitionIndex}`)
      }
      cursor = answer['nextCursor'] as Message | null
      if (cursor === null) break
    }
    expect(seen).toEqual(['a0', 'a1', 'a2', 'b0', 'b1'])
    expect(await ask('DescribeTopicPartitions', 0, { topics: [{ name: 'x' }] })).toMatchObject({
      topics: [{ name: 'x', errorCode: errors.unknownTopicOrPartition }],
    })
  })
})

describe('Produce', () => {
  it.each([0, 1, 2, 3, 4])('keeps batches with compression %i as they came', async (codec) => {
    const { create, produce, fetch } = start()
    await create('t')
    const sent = batchOf(['a'.repeat(200), 'b'], { codec })
    expect(await produce(sent)).toMatchObject({ errorCode: 0, baseOffset: 0n, logAppendTimeMs: -1n })
    expect(await produce(batchOf(['c'], { codec }))).toMatchObject({ errorCode: 0, baseOffset: 2n })
    const partition = await fetch(0)
    expect(recordsOf(partition)).toEqual([`0:${'a'.repeat(200)}`, '1:b', '2:c'])
    expect(partition).toMatchObject({ highWatermark: 3n, lastStableOffset: 3n, logStartOffset: 0n })
    const [kept] = readBatches(partition['records'] as Uint8Array)
    expect(kept!.bytes.subarray(16)).toEqual(sent.subarray(16))
    expect(recordsOf(await fetch(1))).toEqual([`0:${'a'.repeat(200)}`, '1:b', '2:c'])
    expect(recordsOf(await fetch(2))).toEqual(['2:c'])
  })

  const damaged = (change: (bytes: Buffer) => void, options?: BatchOptions): Buffer => {
    const bytes = batchOf(['a', 'b'], options)
    change(bytes)
    return bytes
  }
  /** With a sum that is right. */
  const forged = (change: (bytes: Buffer) => void): Buffer =>
    damaged((bytes) => {
      change(bytes)
      bytes.writeUInt32BE(crc32c(bytes, 21), 17)
    })
  const lying = (change: Partial<BatchOptions>): Buffer => batchOf(['a', 'b'], change)

  it.each<readonly [string, Uint8Array | null, number]>([
    ['a wrong sum', damaged((bytes) => bytes.writeUInt8(bytes[65]! ^ 1, 65)), errors.corruptMessage],
    ['a cut batch', batchOf(['a', 'b']).subarray(0, 70), errors.corruptMessage],
    ['garbage', Buffer.alloc(100, 7), errors.corruptMessage],
    ['a batch that is cut inside its head', batchOf(['a']).subarray(0, 30), errors.corruptMessage],
    ['nothing', null, errors.invalidRecord],
    ['no batch', new Uint8Array(0), errors.invalidRecord],
    ['two batches', Buffer.concat([batchOf(['a']), batchOf(['b'])]), errors.invalidRecord],
    ['fewer records than offsets', lying({ lastOffsetDelta: 7 }), errors.invalidRecord],
    ['more records than offsets', lying({ lastOffsetDelta: 0 }), errors.invalidRecord],
    ['no records', batchOf([], { lastOffsetDelta: -1 }), errors.invalidRecord],
    ['a control batch', lying({ attributes: 0x20 }), errors.invalidRecord],
    [
      'a compression that does not exist',
      forged((bytes) => bytes.writeInt16BE(7, 21)),
      errors.corruptMessage,
    ],
    [
      'records that are not compressed though they say so',
      forged((bytes) => bytes.writeInt16BE(1, 21)),
      errors.corruptMessage,
    ],
    [
      'more records than bytes',
      forged((bytes) => {
        bytes.writeInt32BE(3, 57)
        bytes.writeInt32BE(2, 23)
      }),
      errors.corruptMessage,
    ],
    ['records with the wrong offsets', forged((bytes) => bytes.writeUInt8(4, 64)), errors.invalidRecord],
    ['a transaction without a producer', lying({ attributes: 0x10 }), errors.invalidRecord],
    ['a producer without a sequence', lying({ producerId: 1n, producerEpoch: 0 }), errors.invalidRecord],
    ['times of the broker', lying({ attributes: 0x08 }), errors.invalidTimestamp],
    ['a time in the far future', lying({ timestamp: 3_600_001 }), errors.invalidTimestamp],
    [
      'messages of version 1',
      Buffer.concat([
        Buffer.alloc(11),
        Buffer.from([22]),
        Buffer.alloc(4),
        Buffer.from([1]),
        Buffer.alloc(17),
      ]),
      errors.unsupportedForMessageFormat,
    ],
    ['more than max.message.bytes', batchOf(['x'.repeat(2_000)]), errors.messageTooLarge],
  ])('refuses %s', async (_what, records, errorCode) => {
    const { create, produce, fetch } = start()
    await create('t', 1, { 'max.message.bytes': '1000' })
    expect(await produce(records)).toMatchObject({ errorCode, baseOffset: -1n })
    // The log is as it was, and the connection too.
    expect(await produce(batchOf(['good']))).toMatchObject({ errorCode: 0, baseOffset: 0n })
    expect(recordsOf(await fetch(0))).toEqual(['0:good'])
  })

  it('says what is wrong', async () => {
    const { create, produce } = start()
    await create('t')
    expect((await produce(lying({ lastOffsetDelta: 7 })))['errorMessage']).toBe(
      'The record batch has 2 records, but its last offset delta is 7.',
    )
  })

  it('refuses partitions that are not there, and acks that mean nothing', async () => {
    const { create, produce } = start()
    await create('t')
    const records = batchOf(['a'])
    expect(await produce(records, { topic: 'x' })).toMatchObject({
      errorCode: errors.unknownTopicOrPartition,
    })
    expect(await produce(records, { partition: 1 })).toMatchObject({
      errorCode: errors.unknownTopicOrPartition,
    })
    expect(await produce(records, { partition: -1 })).toMatchObject({
      errorCode: errors.unknownTopicOrPartition,
    })
    expect(await produce(records, { acks: 2 })).toMatchObject({ errorCode: errors.invalidRequiredAcks })
  })

  it('gives records of a topic with LogAppendTime the time of the broker, with a new sum', async () => {
    const { create, produce, fetch, clock } = start()
    await create('t', 1, { 'message.timestamp.type': 'LogAppendTime' })
    clock.pass(5_000)
    expect(await produce(batchOf(['a'], { timestamp: 10 ** 12 }))).toMatchObject({ logAppendTimeMs: 5_000n })
    const [batch] = readBatches((await fetch(0))['records'] as Uint8Array)
    expect([batch!.attributes, batch!.maxTimestamp, batch!.intact]).toEqual([8, 5_000n, true])
  })

  it('wants keys in a compacted topic', async () => {
    const { create, produce } = start()
    await create('t', 1, { 'cleanup.policy': 'compact' })
    expect(await produce(batchOf(['a']))).toMatchObject({ errorCode: errors.invalidRecord })
    expect(await produce(batchOf(['a'], { keys: ['k'] }))).toMatchObject({ errorCode: 0 })
  })

  it('answers an idempotent producer that repeats itself with the first offset', async () => {
    const { create, produce, fetch, ask } = start()
    await create('t')
    const { producerId } = await ask('InitProducerId', 4, { transactionalId: null, transactionTimeoutMs: 1 })
    const send = (baseSequence: number, values: readonly string[]) =>
      produce(batchOf(values, { producerId: producerId as bigint, producerEpoch: 0, baseSequence }))
    expect(await send(0, ['a', 'b'])).toMatchObject({ errorCode: 0, baseOffset: 0n })
    expect(await send(2, ['c'])).toMatchObject({ errorCode: 0, baseOffset: 2n })
    expect(await send(0, ['a', 'b'])).toMatchObject({ errorCode: 0, baseOffset: 0n })
    expect(await send(4, ['e'])).toMatchObject({
      errorCode: errors.outOfOrderSequenceNumber,
      baseOffset: -1n,
    })
    expect(recordsOf(await fetch(0))).toEqual(['0:a', '1:b', '2:c'])
    expect((await ask('InitProducerId', 0, { transactionalId: null }))['producerId']).not.toBe(producerId)
  })

  it('without acks is not answered, and closes the connection when it fails', async () => {
    const { create, tell, fetch, ended, connect } = start()
    await create('t')
    const send = (name: string): void =>
      tell('Produce', 3, {
        acks: 0,
        topicData: [{ name, partitionData: [{ index: 0, records: batchOf(['a']) }] }],
      })
    send('t')
    expect(recordsOf(await fetch(0))).toEqual(['0:a'])
    send('nowhere')
    await ended
    expect(recordsOf(await talking(connect()).fetch(0))).toEqual(['0:a'])
  })
})

describe('Fetch', () => {
  const filled = async () => {
    const started = start()
    await started.create('t')
    for (const value of ['a', 'b', 'c']) await started.produce(batchOf([value]))
    return { ...started, one: batchOf(['a']).length }
  }

  it('brings whole batches up to its limits, and always one', async () => {
    const { fetch, one } = await filled()
    expect(recordsOf(await fetch(0, { partitionMaxBytes: 2 * one }))).toEqual(['0:a', '1:b'])
    expect(recordsOf(await fetch(0, { maxBytes: 2 * one + 5 }))).toEqual(['0:a', '1:b'])
    expect(recordsOf(await fetch(1, { partitionMaxBytes: 1 }))).toEqual(['1:b'])
    expect(recordsOf(await fetch(3))).toEqual([])
  })

  it('shares its limit among partitions, and makes an exception only for the first', async () => {
    const { ask, create, produce } = start()
    await create('t', 3)
    for (const partition of [0, 1, 2]) await produce(batchOf([`of ${partition}`]), { partition })
    const answer = await ask('Fetch', 4, {
      maxBytes: 1,
      topics: [
        {
          topic: 't',
          partitions: [2, 0, 1].map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 100 })),
        },
      ],
    })
    const [topic] = answer['responses'] as Message[]
    expect((topic!['partitions'] as Message[]).map(recordsOf)).toEqual([['0:of 2'], [], []])
  })

  it('refuses offsets that are not there, and epochs that have not been', async () => {
    const { fetch, ask } = await filled()
    expect(await fetch(4, { maxWaitMs: 1_000 })).toMatchObject({ errorCode: errors.offsetOutOfRange })
    expect(await fetch(0, { topic: 'x', maxWaitMs: 1_000 })).toMatchObject({
      errorCode: errors.unknownTopicOrPartition,
    })
    const epoch = await ask('Fetch', 9, {
      topics: [
        {
          topic: 't',
          partitions: [{ partition: 0, fetchOffset: 0n, currentLeaderEpoch: 1, partitionMaxBytes: 1 }],
        },
      ],
    })
    expect((epoch['responses'] as Message[])[0]!['partitions']).toMatchObject([
      { errorCode: errors.unknownLeaderEpoch },
    ])
  })

  it('finds topics by their ids from version 13 on, and keeps no session', async () => {
    const { ask, create, produce } = start()
    const { topicId } = await create('t')
    await produce(batchOf(['a']))
    const fetch = (id: string) =>
      ask('Fetch', 17, {
        maxBytes: 1_000,
        sessionEpoch: 0,
        topics: [{ topicId: id, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }] }],
      })
    const answer = await fetch(topicId as string)
    expect(answer).toMatchObject({ errorCode: 0, sessionId: 0, responses: [{ topicId }] })
    expect(recordsOf(((answer['responses'] as Message[])[0]!['partitions'] as Message[])[0]!)).toEqual([
      '0:a',
    ])
    expect(await fetch('ab'.repeat(16))).toMatchObject({
      responses: [{ partitions: [{ errorCode: errors.unknownTopicId }] }],
    })
  })

  it('waits for records, no longer than it is told', async () => {
    const { fetch, clock } = await filled()
    const waiting = fetch(3, { maxWaitMs: 500 })
    await clock.waiting(1)
    clock.pass(499)
    expect(clock.timers).toBe(1)
    clock.pass(1)
    expect(recordsOf(await waiting)).toEqual([])
  })

  it('is answered as soon as there is enough', async () => {
    const { fetch, clock, connect, one } = await filled()
    const other = talking(connect())
    const waiting = fetch(3, { maxWaitMs: 500, minBytes: 2 * one })
    await clock.waiting(1)
    await other.produce(batchOf(['d']))
    expect(clock.timers).toBe(1)
    await other.produce(batchOf(['e']))
    expect(recordsOf(await waiting)).toEqual(['3:d', '4:e'])
    expect(clock.timers).toBe(0)
  })

  it('is answered when its topic goes', async () => {
    const { fetch, clock, connect } = await filled()
    const waiting = fetch(3, { maxWaitMs: 500 })
    await clock.waiting(1)
    await connect().ask('DeleteTopics', 4, { topicNames: ['t'] })
    expect(await waiting).toMatchObject({ errorCode: errors.unknownTopicOrPartition })
  })

  it('leaves nothing behind when its client goes', async () => {
    const { fetch, clock, socket } = await filled()
    const waiting = fetch(3, { maxWaitMs: 500 })
    waiting.catch(() => undefined)
    await clock.waiting(1)
    socket.destroy()
    await clock.waiting(0)
  })
})

describe('places in a log', () => {
  const filled = async () => {
    const started = start()
    await started.create('t')
    await started.produce(batchOf(['a', 'b', 'c'], { timestamps: [100, 300, 200] }))
    await started.produce(batchOf(['d', 'e'], { timestamps: [250, 400], codec: 1 }))
    return started
  }

  it('are found by time', async () => {
    const { listOffsets } = await filled()
    expect(await listOffsets(-1)).toEqual([0, 5, -1])
    expect(await listOffsets(-2)).toEqual([0, 0, -1])
    expect(await listOffsets(-3)).toEqual([0, 4, 400])
    expect(await listOffsets(0)).toEqual([0, 0, 100])
    expect(await listOffsets(150)).toEqual([0, 1, 300])
    expect(await listOffsets(301)).toEqual([0, 4, 400])
    expect(await listOffsets(401)).toEqual([0, -1, -1])
  })

  it('move when records are deleted', async () => {
    const { ask, listOffsets, fetch } = await filled()
    const remove = async (offset: bigint) =>
      (
        (
          await ask('DeleteRecords', 1, {
            topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset }] }],
          })
        )['topics'] as Message[]
      )[0]!['partitions']
    expect(await remove(2n)).toMatchObject([{ lowWatermark: 2n, errorCode: 0 }])
    expect(await remove(6n)).toMatchObject([{ lowWatermark: -1n, errorCode: errors.offsetOutOfRange }])
    expect(await listOffsets(-2)).toEqual([0, 2, -1])
    expect(await listOffsets(150)).toEqual([0, 2, 200])
    expect(await fetch(1)).toMatchObject({ errorCode: errors.offsetOutOfRange })
    // The batch is whole; clients leave out what is before the offset they asked for.
    expect(recordsOf(await fetch(2))[0]).toBe('0:a')
    expect(await remove(-1n)).toMatchObject([{ lowWatermark: 5n, errorCode: 0 }])
    expect(await listOffsets(-2)).toEqual([0, 5, -1])
  })

  it('are the same in the only leader epoch there is', async () => {
    const { ask } = await filled()
    const end = async (epoch: number) =>
      (
        (
          await ask('OffsetForLeaderEpoch', 3, {
            topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: epoch }] }],
          })
        )['topics'] as Message[]
      )[0]!['partitions']
    expect(await end(0)).toMatchObject([{ errorCode: 0, leaderEpoch: 0, endOffset: 5n }])
    expect(await end(3)).toMatchObject([{ errorCode: 0, leaderEpoch: -1, endOffset: -1n }])
  })

  it('go on when old records are dropped for want of memory, from the largest partition first', async () => {
    const { create, produce, listOffsets } = start({ bytes: 10_000, segmentBytes: 1_000 })
    await create('t')
    await create('small')
    await produce(batchOf(['kept']), { topic: 'small' })
    for (let i = 0; i < 40; i++) await produce(batchOf(['x'.repeat(430)]))
    const [, first] = await listOffsets(-2)
    expect(first).toBeGreaterThan(15)
    expect(first).toBeLessThan(25)
    expect(await listOffsets(-1)).toEqual([0, 40, -1])
  })
})

describe('topics', () => {
  it('are refused for what is wrong with them', async () => {
    const { ask, create } = start({ mostPartitions: 20 })
    await create('a.b')
    expect(await create('a.b')).toMatchObject({
      errorCode: errors.topicAlreadyExists,
      errorMessage: "Topic 'a.b' already exists.",
    })
    expect(await create('a_b')).toMatchObject({ errorCode: errors.invalidTopic })
    expect(await create('a b')).toMatchObject({ errorCode: errors.invalidTopic })
    expect(await create('x', 0)).toMatchObject({ errorCode: errors.invalidPartitions })
    expect(await create('x', 20)).toMatchObject({ errorCode: errors.policyViolation })
    expect(await create('x', 1, { 'retention.ms': 'soon' })).toMatchObject({
      errorCode: errors.invalidConfig,
      errorMessage: 'Invalid value soon for configuration retention.ms: Not a number of type LONG',
    })
    expect(await create('x', 1, { retention: '1' })).toMatchObject({ errorCode: errors.invalidConfig })
    const twice = { name: 'x', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    expect(await ask('CreateTopics', 3, { topics: [twice, twice] })).toMatchObject({
      topics: [{ errorCode: errors.invalidRequest }, { errorCode: errors.invalidRequest }],
    })
    expect(await ask('CreateTopics', 3, { topics: [twice], validateOnly: true })).toMatchObject({
      topics: [{ errorCode: 0 }],
    })
    expect(await ask('DeleteTopics', 3, { topicNames: ['x'] })).toMatchObject({
      responses: [{ errorCode: errors.unknownTopicOrPartition }],
    })
  })

  it('may ask for as many replicas as on a real cluster', async () => {
    const { ask } = start()
    const topic = { name: 'x', numPartitions: -1, replicationFactor: 3, assignments: [], configs: [] }
    expect(await ask('CreateTopics', 5, { topics: [topic] })).toMatchObject({
      topics: [{ errorCode: 0, numPartitions: 1, replicationFactor: 1 }],
    })
    const assigned = (brokerIds: number[]) => ({
      ...topic,
      name: 'y',
      replicationFactor: -1,
      assignments: [{ partitionIndex: 0, brokerIds }],
    })
    expect(await ask('CreateTopics', 2, { topics: [assigned([2])] })).toMatchObject({
      topics: [{ errorCode: errors.invalidReplicaAssignment }],
    })
    expect(await ask('CreateTopics', 2, { topics: [assigned([2, 1])] })).toMatchObject({
      topics: [{ errorCode: 0 }],
    })
  })

  it('get more partitions, never fewer', async () => {
    const { ask, create, produce } = start()
    await create('t', 2)
    const grow = (count: number, validateOnly = false) =>
      ask('CreatePartitions', 2, { topics: [{ name: 't', count, assignments: null }], validateOnly })
    expect(await grow(4, true)).toMatchObject({ results: [{ errorCode: 0 }] })
    expect(await produce(batchOf(['a']), { partition: 3 })).toMatchObject({
      errorCode: errors.unknownTopicOrPartition,
    })
    expect(await grow(4)).toMatchObject({ results: [{ errorCode: 0 }] })
    expect(await produce(batchOf(['a']), { partition: 3 })).toMatchObject({ errorCode: 0 })
    expect(await grow(4)).toMatchObject({ results: [{ errorCode: errors.invalidPartitions }] })
  })

  it('are configured, which holds at once', async () => {
    const { ask, create, produce } = start()
    await create('t')
    const alter = (configs: Message[]) =>
      ask('IncrementalAlterConfigs', 1, { resources: [{ resourceType: 2, resourceName: 't', configs }] })
    const value = async (name: string) => {
      const answer = await ask('DescribeConfigs', 4, {
        resources: [{ resourceType: 2, resourceName: 't', configurationKeys: [name] }],
      })
      const [config] = (answer['results'] as Message[])[0]!['configs'] as Message[]
      return [config!['value'], config!['configSource']]
    }
    expect(await value('max.message.bytes')).toEqual(['1048588', 5])
    expect(await alter([{ name: 'max.message.bytes', configOperation: 0, value: '70' }])).toMatchObject({
      responses: [{ errorCode: 0 }],
    })
    expect(await value('max.message.bytes')).toEqual(['70', 1])
    expect(await produce(batchOf(['x'.repeat(100)]))).toMatchObject({ errorCode: errors.messageTooLarge })
    await alter([{ name: 'max.message.bytes', configOperation: 1, value: null }])
    expect(await produce(batchOf(['x'.repeat(100)]))).toMatchObject({ errorCode: 0 })
    await alter([{ name: 'cleanup.policy', configOperation: 2, value: 'compact' }])
    expect(await value('cleanup.policy')).toEqual(['delete,compact', 1])
    await alter([{ name: 'cleanup.policy', configOperation: 3, value: 'delete' }])
    expect(await value('cleanup.policy')).toEqual(['compact', 1])
    expect(await alter([{ name: 'max.message.bytes', configOperation: 2, value: '1' }])).toMatchObject({
      responses: [{ errorCode: errors.invalidConfig }],
    })
    await ask('AlterConfigs', 1, {
      resources: [{ resourceType: 2, resourceName: 't', configs: [{ name: 'retention.ms', value: '5' }] }],
    })
    expect(await value('cleanup.policy')).toEqual(['delete', 5])
    expect(await value('retention.ms')).toEqual(['5', 1])
  })
})

describe('offsets of groups', () => {
  const commit = (
    ask: RawKafka['ask'],
    committedOffset: bigint,
    more: Message = {},
    partition: Message = {},
  ) =>
    ask('OffsetCommit', 7, {
      groupId: 'g',
      generationIdOrMemberEpoch: -1,
      memberId: '',
      topics: [
        {
          name: 't',
          partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: 'm', ...partition }],
        },
      ],
      ...more,
    }).then((answer) => ((answer['topics'] as Message[])[0]!['partitions'] as Message[])[0]!['errorCode'])

  it('are kept for who assigns partitions by itself', async () => {
    const { ask, create } = start()
    await create('t', 2)
    expect(await commit(ask, 5n)).toBe(0)
    expect(await commit(ask, 5n, {}, { partitionIndex: 2 })).toBe(errors.unknownTopicOrPartition)
    expect(await commit(ask, 5n, {}, { committedMetadata: 'x'.repeat(4_097) })).toBe(
      errors.offsetMetadataTooLarge,
    )
    expect(await commit(ask, 5n, { groupId: '' })).toBe(errors.invalidGroupId)
    expect(await commit(ask, 5n, { groupId: 'other', generationIdOrMemberEpoch: 1 })).toBe(
      errors.illegalGeneration,
    )
    const old = await ask('OffsetFetch', 5, {
      groupId: 'g',
      topics: [{ name: 't', partitionIndexes: [0, 1] }],
    })
    expect((old['topics'] as Message[])[0]!['partitions']).toMatchObject([
      { committedOffset: 5n, metadata: 'm' },
      { committedOffset: -1n, metadata: '' },
    ])
    const all = await ask('OffsetFetch', 8, {
      groups: [
        { groupId: 'g', topics: null },
        { groupId: 'x', topics: null },
      ],
    })
    expect(all['groups']).toMatchObject([
      { groupId: 'g', topics: [{ name: 't', partitions: [{ committedOffset: 5n }] }] },
      { groupId: 'x', errorCode: 0, topics: [] },
    ])
    await ask('DeleteTopics', 1, { topicNames: ['t'] })
    expect((await ask('OffsetFetch', 7, { groupId: 'g', topics: null }))['topics']).toEqual([])
  })

  it('are deleted, and the group with them', async () => {
    const { ask, create } = start()
    await create('t')
    await commit(ask, 5n)
    expect(await ask('ListGroups', 4)).toMatchObject({ groups: [{ groupId: 'g', groupState: 'Empty' }] })
    expect(
      await ask('OffsetDelete', 0, {
        groupId: 'g',
        topics: [{ name: 't', partitions: [{ partitionIndex: 0 }] }],
      }),
    ).toMatchObject({ errorCode: 0, topics: [{ partitions: [{ errorCode: 0 }] }] })
    expect((await ask('OffsetFetch', 7, { groupId: 'g', topics: null }))['topics']).toEqual([])
    expect(await ask('DeleteGroups', 2, { groupsNames: ['g', 'x'] })).toMatchObject({
      results: [{ errorCode: 0 }, { errorCode: errors.groupIdNotFound }],
    })
    expect(await ask('ListGroups', 4)).toMatchObject({ groups: [] })
    expect(await ask('DescribeGroups', 5, { groups: ['g'] })).toMatchObject({
      groups: [{ errorCode: 0, groupState: 'Dead' }],
    })
    expect(await ask('DescribeGroups', 6, { groups: ['g'] })).toMatchObject({
      groups: [{ errorCode: errors.groupIdNotFound }],
    })
  })
})

describe('a group', () => {
  const subscription = (topic: string): Buffer =>
    Buffer.concat([
      Buffer.from([0, 0, 0, 0, 0, 1, 0, topic.length]),
      Buffer.from(topic),
      Buffer.from([255, 255, 255, 255]),
    ])
  const join = (client: RawKafka, version: number, more: Message = {}) =>
    client.ask('JoinGroup', version, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 20_000,
      memberId: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription('t') }],
      ...more,
    })

  it.each([
    [0, 0],
    [3, 3],
    [5, 3],
    [9, 5],
  ])('is joined and synced in versions %i and %i', async (joining, syncing) => {
    const started = start()
    await started.create('t')
    const first = await join(started, joining)
    const joined = joining >= 4 ? await join(started, joining, { memberId: first['memberId']! }) : first
    expect(first['errorCode']).toBe(joining >= 4 ? errors.memberIdRequired : 0)
    const { memberId, generationId } = joined
    expect(joined).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range', leader: memberId })
    expect(
      await started.ask('SyncGroup', syncing, {
        groupId: 'g',
        generationId: generationId!,
        memberId: memberId!,
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: [{ memberId: memberId!, assignment: Buffer.from('mine') }],
      }),
    ).toMatchObject({ errorCode: 0, assignment: Buffer.from('mine') })
    const described = await started.ask('DescribeGroups', 4, { groups: ['g'] })
    expect(described['groups']).toMatchObject([
      {
        groupState: 'Stable',
        protocolData: 'range',
        members: [
          { memberId, clientId: 'raw', clientHost: '/127.0.0.1', memberAssignment: Buffer.from('mine') },
        ],
      },
    ])
    const deleted = await started.ask('OffsetDelete', 0, {
      groupId: 'g',
      topics: [{ name: 't', partitions: [{ partitionIndex: 0 }] }],
    })
    expect(deleted['topics']).toMatchObject([{ partitions: [{ errorCode: errors.groupSubscribedToTopic }] }])
    expect(await started.ask('DeleteGroups', 0, { groupsNames: ['g'] })).toMatchObject({
      results: [{ errorCode: errors.nonEmptyGroup }],
    })
    started.clock.pass(9_999)
    const beat = () =>
      started.ask('Heartbeat', 3, { groupId: 'g', generationId: generationId!, memberId: memberId! })
    expect(await beat()).toMatchObject({ errorCode: 0 })
    started.clock.pass(10_000)
    expect(await beat()).toMatchObject({ errorCode: errors.unknownMemberId })
  })

  it('wants a name and sessions of a length that Kafka allows', async () => {
    const started = start()
    expect(await join(started, 5, { groupId: '' })).toMatchObject({ errorCode: errors.invalidGroupId })
    expect(await join(started, 5, { sessionTimeoutMs: 5_999 })).toMatchObject({
      errorCode: errors.invalidSessionTimeout,
    })
    expect(await join(started, 5, { memberId: 'm' })).toMatchObject({ errorCode: errors.unknownMemberId })
    expect(await started.ask('ListGroups', 2)).toMatchObject({ groups: [] })
    expect(await started.ask('Heartbeat', 0, { groupId: 'x', generationId: 1, memberId: 'm' })).toMatchObject(
      {
        errorCode: errors.unknownMemberId,
      },
    )
    expect(
      await started.ask('LeaveGroup', 3, {
        groupId: 'x',
        members: [{ memberId: 'm', groupInstanceId: null }],
      }),
    ).toMatchObject({
      members: [{ errorCode: errors.unknownMemberId }],
    })
  })

  it('lets a client go that waits in it', async () => {
    const started = start()
    const one = await join(started, 3)
    const other = started.connect('other')
    const waiting = join(other, 3)
    waiting.catch(() => undefined)
    expect(
      await started.ask('Heartbeat', 1, { groupId: 'g', generationId: 1, memberId: one['memberId']! }),
    ).toMatchObject({
      errorCode: errors.rebalanceInProgress,
    })
    other.end()
    expect(await join(started, 3, { memberId: one['memberId']! })).toMatchObject({ generationId: 2 })
  })
})

describe('a transaction', () => {
  const begun = async (options?: EmbeddedBrokerOptions) => {
    const started = start(options)
    await started.create('t')
    const init = (more: Message = {}) =>
      started.ask('InitProducerId', 4, { transactionalId: 'x', transactionTimeoutMs: 60_000, ...more })
    const { producerId, producerEpoch } = await init()
    const producer = { producerId: producerId as bigint, producerEpoch: producerEpoch as number }
    let baseSequence = 0
    return {
      ...started,
      init,
      producer,
      add: async (who: Message = producer) => {
        const answer = await started.ask('AddPartitionsToTxn', 3, {
          v3AndBelowTransactionalId: 'x',
          v3AndBelowProducerId: who['producerId']!,
          v3AndBelowProducerEpoch: who['producerEpoch']!,
          v3AndBelowTopics: [{ name: 't', partitions: [0] }],
        })
        const [topic] = answer['resultsByTopicV3AndBelow'] as Message[]
        return (topic!['resultsByPartition'] as Message[])[0]!['partitionErrorCode']
      },
      write: (value: string) =>
        started.produce(batchOf([value], { ...producer, attributes: 0x10, baseSequence: baseSequence++ })),
      end: async (committed: boolean, who: Message = producer) =>
        (await started.ask('EndTxn', 3, { transactionalId: 'x', ...who, committed }))['errorCode'],
    }
  }

  it('shows nothing of itself before it is committed, nor what comes after it', async () => {
    const { add, write, end, fetch, produce, listOffsets } = await begun()
    expect(await write('too early')).toMatchObject({ errorCode: errors.invalidTxnState })
    expect(await add()).toBe(0)
    expect(await write('a')).toMatchObject({
      errorCode: 0,
      baseOffset: 0n,
    })
    await produce(batchOf(['plain']))
    expect(recordsOf(await fetch(0))).toEqual(['0:a', '1:plain'])
    expect(await fetch(0, { isolationLevel: 1 })).toMatchObject({ highWatermark: 2n, lastStableOffset: 0n })
    expect(recordsOf(await fetch(0, { isolationLevel: 1 }))).toEqual([])
    expect([await listOffsets(-1, 1), await listOffsets(-1, 0)]).toEqual([
      [0, 0, -1],
      [0, 2, -1],
    ])
    expect(await end(true)).toBe(0)
    expect(await end(true)).toBe(0)
    expect(await end(false)).toBe(errors.invalidTxnState)
    const committed = await fetch(0, { isolationLevel: 1 })
    expect(recordsOf(committed)).toEqual(['0:a', '1:plain', '2:control'])
    expect(committed['abortedTransactions']).toEqual([])
  })

  it('that is aborted is named to those who read what is committed', async () => {
    const { add, write, end, fetch, producer } = await begun()
    await add()
    await write('a')
    expect(await end(false)).toBe(0)
    await add()
    await write('b')
    expect(await end(true)).toBe(0)
    const aborted = [{ producerId: producer.producerId, firstOffset: 0n }]
    expect(await fetch(0, { isolationLevel: 1 })).toMatchObject({ abortedTransactions: aborted })
    expect(recordsOf(await fetch(0, { isolationLevel: 1 }))).toEqual(['0:a', '1:control', '2:b', '3:control'])
    expect((await fetch(2, { isolationLevel: 1 }))['abortedTransactions']).toEqual([])
    expect((await fetch(0))['abortedTransactions']).toBeNull()
  })

  it('wakes those who wait for it', async () => {
    const { add, write, end, clock, connect } = await begun()
    await add()
    await write('a')
    const waiting = talking(connect()).fetch(0, { isolationLevel: 1, maxWaitMs: 500 })
    // The other one is the transaction's own time-out.
    await clock.waiting(2)
    await end(true)
    expect(recordsOf(await waiting)).toEqual(['0:a', '1:control'])
  })

  it('ends when its time is over, and its producer is fenced', async () => {
    const { add, write, end, clock, fetch } = await begun()
    await add()
    await write('a')
    clock.pass(60_000)
    expect(recordsOf(await fetch(0, { isolationLevel: 1 }))).toEqual(['0:a', '1:control'])
    expect(await write('b')).toMatchObject({ errorCode: errors.invalidProducerEpoch })
    expect(await end(true)).toBe(errors.producerFenced)
  })

  it('is aborted by a second producer of the same name', async () => {
    const { add, write, end, init, fetch, producer } = await begun()
    await add()
    await write('a')
    const second = await init()
    expect(second).toMatchObject({ errorCode: 0, producerId: producer.producerId })
    expect(second['producerEpoch']).toBeGreaterThan(producer.producerEpoch)
    expect(await add()).toBe(errors.producerFenced)
    expect(await write('b')).toMatchObject({ errorCode: errors.invalidProducerEpoch })
    expect(await end(true)).toBe(errors.producerFenced)
    expect(await fetch(0, { isolationLevel: 1 })).toMatchObject({ lastStableOffset: 2n })
    expect(await init({ ...producer })).toMatchObject({ errorCode: errors.producerFenced })
    expect(await init({ transactionTimeoutMs: 0 })).toMatchObject({
      errorCode: errors.invalidTransactionTimeout,
    })
  })

  it('commits offsets of a group, or not', async () => {
    const { ask, end, producer } = await begun()
    const commit = async (committedOffset: bigint) => {
      const answer = await ask('TxnOffsetCommit', 3, {
        transactionalId: 'x',
        groupId: 'g',
        ...producer,
        topics: [
          { name: 't', partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: null }] },
        ],
      })
      return ((answer['topics'] as Message[])[0]!['partitions'] as Message[])[0]!['errorCode']
    }
    const committed = async (requireStable = false) => {
      const answer = await ask('OffsetFetch', 7, {
        groupId: 'g',
        topics: [{ name: 't', partitionIndexes: [0] }],
        requireStable,
      })
      const [partition] = (answer['topics'] as Message[])[0]!['partitions'] as Message[]
      return [partition!['errorCode'], partition!['committedOffset']]
    }
    const addGroup = () => ask('AddOffsetsToTxn', 3, { transactionalId: 'x', groupId: 'g', ...producer })
    expect(await commit(1n)).toBe(errors.invalidTxnState)
    expect(await addGroup()).toMatchObject({ errorCode: 0 })
    expect(await commit(1n)).toBe(0)
    expect(await committed()).toEqual([0, -1n])
    expect(await committed(true)).toEqual([errors.unstableOffsetCommit, -1n])
    expect(await end(true)).toBe(0)
    expect(await committed(true)).toEqual([0, 1n])
    await addGroup()
    expect(await commit(2n)).toBe(0)
    expect(await end(false)).toBe(0)
    expect(await committed(true)).toEqual([0, 1n])
  })

  it('is shown to those who look after them', async () => {
    const { add, write, ask, producer } = await begun()
    await add()
    await write('a')
    const { producerId } = producer
    expect(await ask('ListTransactions', 1, { stateFilters: ['Ongoing', 'Odd'] })).toMatchObject({
      unknownStateFilters: ['Odd'],
      transactionStates: [{ transactionalId: 'x', producerId, transactionState: 'Ongoing' }],
    })
    expect(await ask('DescribeTransactions', 0, { transactionalIds: ['x', 'y'] })).toMatchObject({
      transactionStates: [
        { errorCode: 0, transactionState: 'Ongoing', topics: [{ topic: 't', partitions: [0] }] },
        { errorCode: errors.transactionalIdNotFound },
      ],
    })
    expect(
      await ask('DescribeProducers', 0, { topics: [{ name: 't', partitionIndexes: [0, 9] }] }),
    ).toMatchObject({
      topics: [
        {
          partitions: [
            { activeProducers: [{ producerId, lastSequence: 0, currentTxnStartOffset: 0n }] },
            { errorCode: errors.unknownTopicOrPartition },
          ],
        },
      ],
    })
  })
})

describe('logging in', () => {
  it('takes everybody, by SASL PLAIN', async () => {
    const { ask } = start()
    expect(await ask('SaslHandshake', 1, { mechanism: 'PLAIN' })).toMatchObject({ errorCode: 0 })
    expect(await ask('SaslHandshake', 1, { mechanism: 'GSSAPI' })).toMatchObject({
      errorCode: errors.unsupportedSaslMechanism,
      mechanisms: ['PLAIN'],
    })
    const log = (text: string) => ask('SaslAuthenticate', 2, { authBytes: Buffer.from(text) })
    expect(await log('\0alice\0secret')).toMatchObject({ errorCode: 0 })
    expect(await log('alice')).toMatchObject({ errorCode: errors.saslAuthenticationFailed })
  })
})

describe('what is no request', () => {
  const frame = (hex: string): Buffer => {
    const body = Buffer.from(hex, 'hex')
    const size = Buffer.alloc(4)
    size.writeInt32BE(body.length)
    return Buffer.concat([size, body])
  }
  it.each([
    [
      'an API that nobody knows',
      frame('03e8' + '0000' + '00000001' + 'ffff'),
      'API 1000 version 0 is not served',
    ],
    ['an API of brokers', frame('0004' + '0000' + '00000001' + 'ffff'), 'API 4 version 0 is not served'],
    [
      'a version that nobody knows',
      frame('0003' + '0063' + '00000001' + 'ffff' + '00'),
      'Metadata (API 3) version 99',
    ],
    [
      'a version of brokers',
      frame('0018' + '0004' + '00000001' + 'ffff' + '00' + '0100'),
      'AddPartitionsToTxn (API 24) version 4',
    ],
    ['a cut body', frame('0003' + '0001' + '00000001' + 'ffff' + '00000005'), 'Metadata request v1'],
    ['a cut head', frame('0003'), "the request's header"],
    ['two gigabytes', Buffer.from('7fffffff', 'hex'), '2147483647 bytes is announced'],
    ['less than nothing', Buffer.from('ffffffff', 'hex'), '-1 bytes is announced'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'these bytes are HTTP'],
  ])('%s ends the connection, and only it', async (_what, bytes, said) => {
    const { connect, notices, socket, ended, broker } = start()
    const bystander = connect()
    socket.write(bytes)
    await ended
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain(said)
    expect(await bystander.ask('Metadata', 1, { topics: [] })).toMatchObject({ controllerId: 1 })
    expect(broker).toBeDefined()
  })

  it('answers what came before it', async () => {
    const { ask, socket, ended } = start()
    const answered = ask('Metadata', 1, { topics: [] })
    socket.write(frame('03e8' + '0000' + '00000002' + 'ffff'))
    expect(await answered).toMatchObject({ controllerId: 1 })
    await ended
  })
})
