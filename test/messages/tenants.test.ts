/** What a mock sends belongs to whom the record belonged. */
import { expect, it } from 'vitest'
import { kafkaJs, producer } from '../support/kafka-clients.ts'
import { listening } from '../support/messages.ts'
import { proxy } from '../support/proxy.ts'
import { rawGet } from '../support/raw-get.ts'

it('answers a tenant in its own lane, topics of its own included', async () => {
  const started = await proxy({
    'svc-mock.yaml': `services:
  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded, topics: { 'own.*': { lane: private } } }
  hers: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded, tenant: alice, topics: { 'own.*': { lane: private } } }
`,
    'mocks/hers/a.yaml': `protocol: kafka
mocks:
  - on: { topic: own.in }
    tenants: [alice]
    send:
      - { topic: own.out, value: '\${{ request.tenant }} in a topic of her own' }
      - { topic: shared, value: '\${{ request.tenant }} in a shared one' }
`,
  })
  const alice = kafkaJs(started.ownPort('hers'))
  const own = await listening(alice, 'own.out')
  const shared = await listening(alice, 'shared')
  const sender = await producer(alice, { allowAutoTopicCreation: true })
  await sender.send({ topic: 'own.in', messages: [{ value: '1' }] })
  expect((await own.until(1))[0]!.value).toBe('alice in a topic of her own')
  expect((await shared.until(1))[0]).toMatchObject({
    value: 'alice in a shared one',
    headers: { 'svcm-tenant': 'alice' },
  })
  const admin = alice.admin()
  await admin.connect()
  expect((await admin.listTopics()).sort()).toEqual(['own.in', 'own.out', 'shared'])
  await admin.disconnect()
})

it('knows by its tag whose a record is that came by the baseline', async () => {
  const { ownPort, calls, call } = await proxy({
    'svc-mock.yaml': 'services:\n  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n',
    'mocks/events/a.yaml': `protocol: kafka
mocks:
  - { on: { topic: in }, tenants: [bob], send: { topic: out, value: for bob } }
  - { on: { topic: in }, send: { topic: out, value: for all } }
`,
  })
  const kafka = kafkaJs(ownPort('events'))
  const out = await listening(kafka, 'out')
  const sender = await producer(kafka, { allowAutoTopicCreation: true })
  await sender.send({
    topic: 'in',
    messages: [
      { value: '1', headers: { 'svcm-tenant': 'bob' } },
      { value: '2', headers: { baggage: 'a=b,svcm-tenant=bob' } },
      { value: '3' },
    ],
  })
  expect((await out.until(3)).map(({ value, headers }) => [value, headers])).toEqual([
    ['for bob', { 'svcm-tenant': 'bob' }],
    ['for bob', { baggage: 'a=b,svcm-tenant=bob' }],
    ['for all', {}],
  ])
  while (calls.filter(({ operation }) => operation === 'Produce in').length < 3) await call(calls.length + 1)
  expect(calls.filter(({ operation }) => operation === 'Produce in').map(({ tenant }) => tenant)).toEqual([
    'bob',
    'bob',
    undefined,
  ])
})

it('calls that a consumer makes in the trace of a record are its tenant’s', async () => {
  const { ownPort, port, calls, call } = await proxy({
    'svc-mock.yaml':
      'services:\n  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n  stock: {}\n',
    'mocks/events/a.yaml': 'protocol: kafka\nmocks:\n  - { on: { topic: in }, send: [] }\n',
    'mocks/stock/a.yaml': 'mocks:\n  - { request: { path: /a }, response: { body: ok } }\n',
  })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const sender = await producer(kafkaJs(ownPort('events')), { allowAutoTopicCreation: true })
  await sender.send({
    topic: 'in',
    messages: [{ value: '1', headers: { traceparent, 'svcm-tenant': 'bob' } }],
  })
  while (!calls.some(({ operation }) => operation === 'Produce in')) await call(calls.length + 1)
  await rawGet(port, 'http://stock/a', { traceparent })
  expect(calls.at(-1)).toMatchObject({ service: 'stock', tenant: 'bob', tenantBy: 'trace' })
})
