/** Tenants on one topic: each sees what it has produced, the baseline sees all, and nobody stalls or spins. */
import { CompressionTypes } from 'kafkajs'
import { expect, it } from 'vitest'
import { kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { inFrontOfEach } from '../../../support/kafka-upstreams.ts'

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_none, i) => String(from + i))

inFrontOfEach('records of tenants', ({ start }) => {
  const three = async (topics = '') => {
    const more = topics === '' ? '' : `, topics: ${topics}`
    const started = await start({ base: '', alice: `tenant: alice${more}`, bob: `tenant: bob${more}` })
    return {
      base: started.ownPort('base'),
      alice: started.ownPort('alice'),
      bob: started.ownPort('bob'),
      notices: started.notices,
    }
  }

  it.each([
    ['none', CompressionTypes.None],
    ['gzip', CompressionTypes.GZIP],
  ])('are seen by whom they concern (%s)', async (_name, compression) => {
    const { base, alice, bob, notices } = await three()
    const topic = await newTopic(base, 2)
    const readers = {
      base: await reading(kafkaJs(base), topic, 'g'),
      alice: await reading(kafkaJs(alice), topic, 'g'),
      bob: await reading(kafkaJs(bob), topic, 'g'),
    }
    const senders = [
      await producer(kafkaJs(base)),
      await producer(kafkaJs(alice)),
      await producer(kafkaJs(bob), { idempotent: true }),
    ]
    for (const value of numbers(0, 30))
      await senders[Number(value) % 3]!.send({ topic, compression, messages: [{ key: value, value }] })
    // Bob passes a tag on that a message of alice's brought.
    await senders[2]!.send({
      topic,
      messages: [{ value: 'handed on', headers: { baggage: 'a=b,svcm-tenant=alice' } }],
    })
    const by = (rest: number): string[] => numbers(0, 30).filter((value) => Number(value) % 3 === rest)
    expect((await readers.base.until(31)).toSorted()).toEqual([...numbers(0, 30), 'handed on'].sort())
    expect((await readers.alice.until(11)).toSorted()).toEqual([...by(1), 'handed on'].sort())
    expect((await readers.bob.until(10)).toSorted()).toEqual(by(2).sort())
    expect(notices).toEqual([])
  })

  it('that all belong to others neither stall nor spin a reader', async () => {
    const { base, alice } = await three("{ '*': { start: earliest } }")
    const topic = await newTopic(base)
    const sender = await producer(kafkaJs(base))
    for (let i = 0; i < 20; i++)
      await sender.send({ topic, messages: numbers(0, 50).map((value) => ({ value })) })
    const read = await reading(kafkaJs(alice), topic, 'quiet')
    await (await producer(kafkaJs(alice))).send({ topic, messages: [{ value: 'hers' }] })
    expect(await read.until(1)).toEqual(['hers'])
    // Twenty batches are passed over in few responses; one for each record would be a thousand.
    expect(read.fetches()).toBeLessThan(30)
  })

  it('without a tag are seen, too, where that is wanted', async () => {
    const { base, alice } = await three("{ 'orders.*': { alsoUntagged: true } }")
    const topic = await newTopic(base)
    const read = await reading(kafkaJs(alice), topic, 'both')
    for (const port of [base, alice])
      await (await producer(kafkaJs(port))).send({ topic, messages: [{ value: String(port) }] })
    expect(await read.until(2)).toEqual([String(base), String(alice)])
  })

  it('name their tenant in a header of the company, where a topic says so', async () => {
    const { base, alice } = await three("{ 'orders.*': { tagFrom: 'header:x-tenant' } }")
    const topic = await newTopic(base)
    const read = await reading(kafkaJs(alice), topic, 'header')
    await (await producer(kafkaJs(base))).send({
      topic,
      messages: [
        { value: 'nobody' },
        { value: 'bob', headers: { 'x-tenant': 'bob' } },
        { value: 'alice', headers: { 'x-tenant': 'alice' } },
      ],
    })
    expect(await read.until(1)).toEqual(['alice'])
  })

  it('of a private topic are in a topic of the tenant', async () => {
    const { base, alice, bob } = await three("{ 'jobs.*': { lane: private } }")
    const topic = await newTopic(base, 1, 'jobs')
    for (const port of [alice, bob]) {
      const admin = kafkaJs(port).admin()
      await admin.connect()
      expect(await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })).toBe(true)
      expect((await admin.listTopics()).filter((name) => name.includes(topic))).toEqual([topic])
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      expect(topics[0]).toMatchObject({ name: topic })
      expect(topics[0]!.partitions).toHaveLength(2)
      await (await producer(kafkaJs(port))).send({ topic, messages: [{ value: `of ${port}` }] })
      expect(await (await reading(kafkaJs(port), topic, 'private')).until(1)).toEqual([`of ${port}`])
      await admin.disconnect()
    }
    const admin = kafkaJs(base).admin()
    await admin.connect()
    const names = await admin.listTopics()
    expect(names).toEqual(expect.arrayContaining([topic, `svcm.alice.${topic}`, `svcm.bob.${topic}`]))
    const [offsets] = await admin.fetchTopicOffsets(topic)
    expect(offsets!.high).toBe('0')
    await admin.disconnect()
  })
})
