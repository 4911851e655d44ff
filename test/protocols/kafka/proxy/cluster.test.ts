/** Two brokers: each has a port of ours, and questions of our own find leaders and coordinators. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type KafkaBroker, kafkaJars, startKafka, startMs } from '../../../support/kafka.ts'
import { kafkaJs, producer, reading } from '../../../support/kafka-clients.ts'
import { proxy } from '../../../support/proxy.ts'

const jars = kafkaJars()

describe.skipIf(jars === undefined)('a cluster', () => {
  let one: KafkaBroker
  let two: KafkaBroker

  beforeAll(async () => {
    one = await startKafka(jars!)
    two = await startKafka(jars!, { beside: one })
  }, startMs)
  afterAll(async () => {
    await two?.stop()
    await one?.stop()
  })

  const topicOnBoth = async (topic: string): Promise<void> => {
    const admin = kafkaJs(one.port).admin()
    await admin.connect()
    await admin.createTopics({
      topics: [
        {
          topic,
          replicaAssignment: [
            { partition: 0, replicas: [1] },
            { partition: 1, replicas: [2] },
          ],
        },
      ],
      waitForLeaders: true,
    })
    await admin.disconnect()
  }

  it('is reached by ports of ours alone, and by whichever broker is there', { timeout: 40_000 }, async () => {
    const started = await proxy({
      'svc-mock.yaml': `tenant: alice
services:
  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: ['${two.address}', '${one.address}'], topics: { late: { lane: guarded } } }
`,
    })
    const own = started.ownPort('bus')
    await topicOnBoth('both')
    const kafka = kafkaJs(own)
    const admin = kafka.admin()
    await admin.connect()
    onTestFinished(() => admin.disconnect())
    const { brokers } = await admin.describeCluster()
    const ports = brokers.map(({ port }) => port)
    expect(new Set([...ports, own, one.port, two.port]).size).toBe(5)
    // Records that were there before do not come: the start was asked of both leaders.
    const sender = await producer(kafka)
    const send = (...values: string[]) =>
      sender.send({ topic: 'both', messages: values.map((value, partition) => ({ partition, value })) })
    await send('early 0', 'early 1')
    const read = await reading(kafka, 'both', 'g')
    await send('0', '1')
    expect((await read.until(2)).toSorted()).toEqual(['0', '1'])
    // A second member of the tenant's group gets a share of it.
    const other = await reading(kafka, 'both', 'g')
    const { groups } = await admin.describeGroups(['g'])
    expect(groups[0]!.members).toHaveLength(2)
    await send('2', '3')
    while (read.values.length + other.values.length < 4)
      await Promise.race([read.until(read.values.length + 1), other.until(other.values.length + 1)])
    expect([...read.values, ...other.values].toSorted()).toEqual(['0', '1', '2', '3'])
    await other.consumer.disconnect()
    expect(started.notices).toEqual([])
  })

  it('has settings that change while it is used', { timeout: 40_000 }, async () => {
    const file = (more: string): string => `tenant: alice
services:
  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '${one.address}'${more} }
`
    const started = await proxy({ 'svc-mock.yaml': file('') }, { watch: true })
    await topicOnBoth('changed')
    const own = started.ownPort('bus')
    await (await producer(kafkaJs(one.port))).send({
      topic: 'changed',
      messages: [{ value: 'untagged', partition: 1 }],
    })
    started.workspace.write(
      'svc-mock.yaml',
      file(', topics: { changed: { start: earliest, alsoUntagged: true } }'),
    )
    await started.nextReload()
    expect(await (await reading(kafkaJs(own), 'changed', 'later')).until(1)).toEqual(['untagged'])
  })
})
