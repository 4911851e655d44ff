/** `upstream: embedded`: real clients, and the broker in this process behind a service's port. */
import {
  Consumer as PlatformaticConsumer,
  Producer as PlatformaticProducer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import { CompressionTypes } from 'kafkajs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { embeddable } from '../../../../src/config/service-config.ts'
import { protocols } from '../../../../src/protocols/index.ts'
import { kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { proxy } from '../../../support/proxy.ts'

const embedded = async (more = '') => {
  const started = await proxy({
    'svc-mock.yaml': `services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded${more} }\n`,
  })
  return { ...started, port: started.ownPort('bus') }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_none, i) => `${i}`)

it('may be said of every protocol that embeds, and of no other', () => {
  const embedding = protocols.filter(({ embeds }) => embeds === true).map(({ name }) => name)
  expect([...embeddable].sort()).toEqual(embedding.sort())
})

describe('kafkajs', () => {
  it('produces and consumes, with topics made as they are asked for', async () => {
    const { port, notices } = await embedded()
    const kafka = kafkaJs(port)
    const sender = await producer(kafka, { allowAutoTopicCreation: true })
    const messages = numbers(50).map((value) => ({ key: value, value, headers: { seen: 'yes' } }))
    for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
      await sender.send({ topic: 'orders', messages, compression })
    }
    await sender.send({ topic: 'orders', messages: [{ value: 'no acks' }], acks: 0 })
    const read = await reading(kafka, 'orders', 'g')
    expect(await read.until(101)).toEqual([...numbers(50), ...numbers(50), 'no acks'])
    expect(notices).toEqual([])
  })

  it('is sent to no other port than the one it knows', async () => {
    const { port } = await embedded()
    const admin = kafkaJs(port).admin()
    await admin.connect()
    onTestFinished(() => admin.disconnect())
    expect((await admin.describeCluster()).brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port }])
  })

  it('shares partitions in a group, and goes on where it was', async () => {
    const { port } = await embedded()
    const topic = await newTopic(port, 4)
    const kafka = kafkaJs(port)
    const sender = await producer(kafka)
    const spread = (values: readonly string[]) =>
      sender.send({ topic, messages: values.map((value, i) => ({ partition: i % 4, value })) })
    // Whoever hears too late that it must join again is put out, and may read twice what the other one reads.
    const often = { heartbeatInterval: 100, rebalanceTimeout: 20_000 }
    const one = await reading(kafka, topic, 'shared', often)
    const two = await reading(kafka, topic, 'shared', often)
    await spread(numbers(40))
    while (one.values.length + two.values.length < 40) {
      await Promise.race([one.until(one.values.length + 1), two.until(two.values.length + 1)])
    }
    expect([...one.values, ...two.values].map(Number).sort((a, b) => a - b)).toEqual(numbers(40).map(Number))
    expect(Math.min(one.values.length, two.values.length)).toBeGreaterThan(0)
    await one.consumer.disconnect()
    await two.consumer.disconnect()
    await spread(['later'])
    const again = await reading(kafka, topic, 'shared')
    expect(await again.until(1)).toEqual(['later'])
  })

  it('is idempotent, and commits and aborts transactions', async () => {
    const { port } = await embedded()
    const topic = await newTopic(port)
    const kafka = kafkaJs(port)
    const sender = await producer(kafka, { idempotent: true, transactionalId: 'x', maxInFlightRequests: 1 })
    for (const [value, commit] of [
      ['one', true],
      ['two', false],
      ['three', true],
    ] as const) {
      const transaction = await sender.transaction()
      await transaction.send({ topic, messages: [{ value }] })
      await transaction.sendOffsets({
        consumerGroupId: 'read',
        topics: [{ topic, partitions: [{ partition: 0, offset: value === 'two' ? '99' : '7' }] }],
      })
      if (commit) await transaction.commit()
      else await transaction.abort()
    }
    const read = await reading(kafka, topic, 'g')
    expect(await read.until(2)).toEqual(['one', 'three'])
    const admin = kafka.admin()
    await admin.connect()
    onTestFinished(() => admin.disconnect())
    expect(await admin.fetchOffsets({ groupId: 'read', topics: [topic] })).toMatchObject([
      { partitions: [{ partition: 0, offset: '7' }] },
    ])
  })

  it('logs in with any name', async () => {
    const { port } = await embedded()
    const kafka = kafkaJs(port, { sasl: { mechanism: 'plain', username: 'alice', password: 'secret' } })
    const sender = await producer(kafka, { allowAutoTopicCreation: true })
    expect(await sender.send({ topic: 't', messages: [{ value: 'a' }] })).toMatchObject([{ errorCode: 0 }])
  })

  it('finds what it wrote after all its connections have gone', async () => {
    const { port } = await embedded()
    const topic = await newTopic(port)
    const first = await producer(kafkaJs(port))
    await first.send({ topic, messages: [{ value: 'kept' }] })
    await first.disconnect()
    const read = await reading(kafkaJs(port), topic, 'g')
    expect(await read.until(1)).toEqual(['kept'])
  })
})

describe('@platformatic/kafka', () => {
  it('produces and consumes', async () => {
    const { port } = await embedded()
    const base = { clientId: 'test', bootstrapBrokers: [`127.0.0.1:${port}`], retries: 0 }
    const sender = new PlatformaticProducer({
      ...base,
      serializers: stringSerializers,
      autocreateTopics: true,
      idempotent: true,
    })
    onTestFinished(() => sender.close())
    await sender.send({
      acks: -1,
      messages: numbers(20).map((value) => ({ topic: 'orders', key: 'k', value, headers: { seen: 'yes' } })),
    })
    const consumer = new PlatformaticConsumer({ ...base, groupId: 'g', deserializers: stringDeserializers })
    onTestFinished(() => consumer.close(true))
    const stream = await consumer.consume({ topics: ['orders'], mode: 'earliest', autocommit: true })
    const values: string[] = []
    for await (const { value } of stream) {
      values.push(value!)
      if (values.length === 20) break
    }
    expect(values).toEqual(numbers(20))
  })
})
