/** Without a tenant everything passes as it stands, but for addresses and versions. Real clients, a real broker. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type SomeKafka, someKafka, startMs } from '../../../support/kafka.ts'
import { kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { proxy, type TestProxy } from '../../../support/proxy.ts'

const start = someKafka()

describe.skipIf(start === undefined)('without a tenant', () => {
  let broker: SomeKafka

  beforeAll(async () => {
    broker = await start!()
  }, startMs)
  afterAll(() => broker.stop())

  const passing = async (): Promise<TestProxy & { own: number }> => {
    const started = await proxy({
      'svc-mock.yaml': `services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '127.0.0.1:1,${broker.address}' }\n`,
    })
    return { ...started, own: started.ownPort('bus') }
  }

  it('kafkajs produces and consumes in groups, only by ports of ours', async () => {
    const { own, notices } = await passing()
    const topic = await newTopic(broker.port, 3)
    const kafka = kafkaJs(own)
    const read = await reading(kafka, topic, 'g')
    const sender = await producer(kafka)
    for (let i = 0; i < 30; i++)
      await sender.send({ topic, acks: i % 3 === 0 ? 0 : -1, messages: [{ key: `k${i}`, value: `v${i}` }] })
    expect((await read.until(30)).toSorted()).toEqual(
      Array.from({ length: 30 }, (_none, i) => `v${i}`).sort(),
    )
    const admin = kafka.admin()
    await admin.connect()
    onTestFinished(() => admin.disconnect())
    const { brokers } = await admin.describeCluster()
    expect(brokers.map(({ port }) => port)).not.toContain(broker.port)
    expect((await admin.describeGroups(['g'])).groups[0]).toMatchObject({ state: 'Stable' })
    expect(notices).toEqual([])
  })

  it('a second consumer of the group takes its share', async () => {
    const { own } = await passing()
    const topic = await newTopic(broker.port, 4)
    // Whoever hears too late that it must join again is put out, and reads twice what the other one reads.
    const often = { heartbeatInterval: 100, rebalanceTimeout: 20_000 }
    const one = await reading(kafkaJs(own), topic, 'shared', often)
    const two = await reading(kafkaJs(own), topic, 'shared', often)
    const sender = await producer(kafkaJs(own))
    await sender.send({
      topic,
      messages: Array.from({ length: 40 }, (_none, i) => ({ partition: i % 4, value: `${i}` })),
    })
    while (one.values.length + two.values.length < 40)
      await Promise.race([one.until(one.values.length + 1), two.until(two.values.length + 1)])
    expect([...one.values, ...two.values].map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_none, i) => i),
    )
    expect(Math.min(one.values.length, two.values.length)).toBeGreaterThan(0)
  })
})
