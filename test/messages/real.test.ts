/** Mocks of messages in front of a real Kafka. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KafkaBroker, kafkaJars, startKafka, startMs } from '../support/kafka.ts'
import { kafkaJs, producer } from '../support/kafka-clients.ts'
import { listening } from '../support/messages.ts'
import { proxy } from '../support/proxy.ts'

const jars = kafkaJars()

describe.skipIf(jars === undefined)('with a real Kafka behind', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka(jars!)
  }, startMs)
  afterAll(() => broker.stop())

  it('mocks answer, and commands send and read, in the lane of a tenant', async () => {
    const { ownPort, running } = await proxy({
      'svc-mock.yaml': `services:
  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: '${broker.address}', tenant: alice, topics: { 'own.*': { lane: private, start: earliest }, '*': { start: earliest } } }
`,
      'mocks/events/a.yaml': `protocol: kafka
mocks:
  - on: { topic: own.in, value: { n: { $greaterThan: 1 } } }
    tenants: [alice]
    send: { topic: out, key: '\${{ request.key }}', value: { n: '\${{ request.value.n }}' } }
`,
    })
    const kafka = kafkaJs(ownPort('events'))
    const out = await listening(kafka, 'out')
    const tx = kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true })
    await tx.connect()
    const lost = await tx.transaction()
    await lost.send({ topic: 'own.in', messages: [{ key: 'lost', value: '{"n":7}' }] })
    await lost.abort()
    await tx.disconnect()
    const sender = await producer(kafka, { allowAutoTopicCreation: true })
    await sender.send({
      topic: 'own.in',
      messages: [
        { key: 'a', value: '{"n":1}' },
        { key: 'b', value: '{"n":2}' },
      ],
    })
    expect(await out.until(1)).toEqual([
      { partition: 0, key: 'b', value: '{"n":2}', headers: { 'svcm-tenant': 'alice' } },
    ])
    await running.messages.send({ topic: 'own.in', key: null, value: null, typed: false, headers: [] })
    const { next } = await running.messages.read({ topic: 'own.in', from: 'beginning', waitMs: 0 })
    const { messages } = await running.messages.read({ topic: 'own.in', from: next, waitMs: 2_000 })
    expect(messages.map(({ key }) => (key === null ? null : Buffer.from(key, 'base64').toString()))).toEqual([
      'a',
      'b',
      null,
    ])
  }, 60_000)
})
