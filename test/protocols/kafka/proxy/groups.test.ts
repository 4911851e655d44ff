/** Groups and transactions of tenants have names of their own on the broker, and begin where they should. */

import type { Admin } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type SomeKafka, someKafka, startMs } from '../../../support/kafka.ts'
import { commitAt, kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { proxy, type TestProxy } from '../../../support/proxy.ts'

const start = someKafka()

describe.skipIf(start === undefined)('groups of a tenant', () => {
  let broker: SomeKafka

  beforeAll(async () => {
    broker = await start!()
  }, startMs)
  afterAll(() => broker.stop())

  const tenant = async (name: string, topics = ''): Promise<TestProxy & { own: number }> => {
    const started = await proxy({
      'svc-mock.yaml': `tenant: ${name}\nservices:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '${broker.address}'${topics === '' ? '' : `, topics: ${topics}`} }\n`,
    })
    return { ...started, own: started.ownPort('bus') }
  }

  const admin = async (port: number): Promise<Admin> => {
    const made = kafkaJs(port).admin()
    await made.connect()
    onTestFinished(() => made.disconnect())
    return made
  }

  it('are apart from those of others, which it does not see', async () => {
    const { own, notices } = await tenant('alice')
    const topic = await newTopic(broker.port)
    await reading(kafkaJs(own), topic, 'apart')
    await reading(kafkaJs(broker.port), topic, 'apart')
    const [hers, all] = [await admin(own), await admin(broker.port)]
    const names = async (of: Admin): Promise<string[]> =>
      (await of.listGroups()).groups.map(({ groupId }) => groupId).filter((name) => name.startsWith('apart'))
    expect(await names(hers)).toEqual(['apart'])
    expect((await names(all)).sort()).toEqual(['apart', 'apart.svcm-alice'])
    const { groups } = await hers.describeGroups(['apart'])
    expect(groups).toMatchObject([{ groupId: 'apart', state: 'Stable', members: [{ clientId: 'test' }] }])
    expect(groups[0]!.members).toHaveLength(1)
    expect(notices).toEqual([])
  })

  it.each([
    ['latest', '', '3'],
    ['earliest', "{ '*': { start: earliest } }", '0'],
    ['baseline', "{ '*': { start: baseline } }", '2'],
  ])('begin at %s, whatever the client would do', async (start, topics, offset) => {
    const { own, notices } = await tenant('alice', topics)
    const topic = await newTopic(broker.port)
    const sender = await producer(kafkaJs(broker.port))
    await sender.send({ topic, messages: ['0', '1', '2'].map((value) => ({ value })) })
    const [hers, all] = [await admin(own), await admin(broker.port)]
    const group = `begins-${start}`
    await commitAt(broker.port, group, topic, 2n)
    const read = await reading(kafkaJs(own), topic, group, {
      fromBeginning: start === 'latest',
      autoCommit: false,
    })
    const [committed] = await hers.fetchOffsets({ groupId: group, topics: [topic] })
    expect(committed!.partitions).toMatchObject([{ partition: 0, offset }])
    expect((await all.fetchOffsets({ groupId: group, topics: [topic] }))[0]!.partitions[0]!.offset).toBe('2')
    expect(notices).toEqual([])
    // Where it has read to stays, whatever `start` says.
    await read.consumer.disconnect()
    await commitAt(broker.port, `${group}.svcm-alice`, topic, 1n)
    const again = await tenant('alice', topics)
    await reading(kafkaJs(again.own), topic, group, { autoCommit: false })
    const later = await (await admin(again.own)).fetchOffsets({ groupId: group, topics: [topic] })
    expect(later[0]!.partitions).toMatchObject([{ offset: '1' }])
  })

  it('are deleted by their own names', async () => {
    const { own } = await tenant('alice')
    const topic = await newTopic(broker.port)
    const [hers, all] = [await admin(own), await admin(broker.port)]
    for (const name of ['gone', 'gone.svcm-alice']) await commitAt(broker.port, name, topic, 0n)
    await hers.deleteGroups(['gone'])
    const left = (await all.listGroups()).groups.map(({ groupId }) => groupId)
    expect(left).toContain('gone')
    expect(left).not.toContain('gone.svcm-alice')
  })
})
