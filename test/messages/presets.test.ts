/** Messages that are in the topics of an embedded broker from the beginning. */
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SvcMockError } from '../../src/core/errors.ts'
import type { Problem } from '../../src/core/problem.ts'
import { commitAt, kafkaJs, producer, reading } from '../support/kafka-clients.ts'
import { listening } from '../support/messages.ts'
import { proxy } from '../support/proxy.ts'

const config = 'services:\n  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded }\n'

it('each lane begins with them, and mocks do not answer them', async () => {
  const { ownPort, running, calls } = await proxy({
    'svc-mock.yaml': config,
    'mocks/events/a.yaml': `protocol: kafka
preset:
  orders:
    - { key: o-1, headers: { kind: card }, value: { id: 9007199254740993 }, timestamp: 1700000000000 }
    - { key: o-1, value: null }
    - { value: text }
  hers: { tenants: [alice], messages: [{ value: only hers }] }
mocks:
  - { on: { topic: orders }, send: { topic: out, value: answered } }
`,
  })
  const orders = await listening(kafkaJs(ownPort('events')), 'orders')
  expect((await orders.until(3)).map(({ key, value, headers }) => [key, value, headers])).toEqual([
    ['o-1', '{"id":9007199254740993}', { kind: 'card' }],
    ['o-1', null, {}],
    [null, 'text', {}],
  ])
  const read = async (tenant: string, topic: string): Promise<readonly (string | null)[]> => {
    const { next } = await running.messages.read({ tenant, topic, from: 'beginning', waitMs: 0 })
    const { messages } = await running.messages.read({ tenant, topic, from: next, waitMs: 0 })
    return messages.map(({ value }) => (value === null ? null : Buffer.from(value, 'base64').toString()))
  }
  expect(await read('alice', 'hers')).toEqual(['only hers'])
  expect(await read('alice', 'orders')).toEqual(['{"id":9007199254740993}', null, 'text'])
  await expect(read('bob', 'out')).rejects.toThrow('there is no topic out')
  expect(calls.filter(({ operation }) => operation.startsWith('Produce'))).toEqual([])
})

it('takes new topics in while it runs', async () => {
  const { ownPort, workspace, nextReload } = await proxy(
    { 'svc-mock.yaml': config, 'mocks/events/a.yaml': 'protocol: kafka\npreset: { a: [{ value: 1 }] }\n' },
    { watch: true },
  )
  const kafka = kafkaJs(ownPort('events'))
  const a = await listening(kafka, 'a')
  await a.until(1)
  workspace.write('mocks/events/b.yaml', 'protocol: kafka\npreset: { b: [{ value: 2 }] }\n')
  await nextReload()
  const b = await listening(kafka, 'b')
  expect((await b.until(1))[0]!.value).toBe('2')
})

describe('svc-mock reset', () => {
  const begun = async (tenant?: string) => {
    const started = await proxy({
      'svc-mock.yaml': `services:
  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded${tenant === undefined ? '' : `, tenant: ${tenant}`}, topics: { own: { lane: private } } }
`,
      'mocks/events/a.yaml':
        'protocol: kafka\npreset: { orders: [{ value: preset 1 }, { value: preset 2 }], own: [{ value: mine }] }\n',
    })
    const kafka = kafkaJs(started.ownPort('events'))
    const sender = await producer(kafka)
    const read = async (topic: string): Promise<readonly (string | null)[]> => {
      const of = { tenant, topic, waitMs: 0 }
      const { next } = await started.running.messages.read({ ...of, from: 'beginning' })
      const { messages } = await started.running.messages.read({ ...of, from: next })
      return messages.map(({ value }) => Buffer.from(value!, 'base64').toString())
    }
    const send = (topic: string, value: string) => sender.send({ topic, messages: [{ value }] })
    return { ...started, kafka, read, send }
  }

  it('empties topics and brings them back, and groups go on with them', async () => {
    const { running, kafka, ownPort, read, send } = await begun()
    const live = await reading(kafka, 'orders', 'live')
    expect(await live.until(2)).toEqual(['preset 1', 'preset 2'])
    await send('orders', 'sent')
    await live.until(3)
    // One that was behind, and has no members now.
    await commitAt(ownPort('events'), 'behind', 'orders', 1n)
    const admin = kafka.admin()
    await admin.connect()
    onTestFinished(() => admin.disconnect())
    expect(running.reset()).toMatchObject({ embedded: 4 })
    expect(await live.until(5)).toEqual(['preset 1', 'preset 2', 'sent', 'preset 1', 'preset 2'])
    expect(await read('orders')).toEqual(['preset 1', 'preset 2'])
    expect(await read('own')).toEqual(['mine'])
    expect((await admin.fetchTopicOffsets('orders'))[0]).toMatchObject({ low: '3', high: '5' })
    const behind = await reading(kafka, 'orders', 'behind', { fromBeginning: false })
    expect(await behind.until(2)).toEqual(['preset 1', 'preset 2'])
  })

  it('of one tenant empties its private topics only', async () => {
    const { running, read, send } = await begun('alice')
    await send('orders', 'sent')
    await send('own', 'sent')
    expect(await read('own')).toEqual(['mine', 'sent'])
    expect(running.reset(undefined, 'bob')).not.toHaveProperty('embedded')
    expect(await read('own')).toEqual(['mine', 'sent'])
    expect(running.reset(undefined, 'alice')).toMatchObject({ embedded: 2 })
    expect(await read('own')).toEqual(['mine'])
    expect(await read('orders')).toEqual(['preset 1', 'preset 2', 'sent', 'preset 1', 'preset 2'])
  })
})

it.each([
  ['preset: { a b: [] }', '"a b" is no topic'],
  ['preset: { a: [{ key: 1 }] }', 'a.yaml:2:15 value is missing'],
  [
    "preset: { a: [{ value: '${{ now() }}' }] }",
    'a.yaml:2:24 expressions in ${{ }} cannot be evaluated here',
  ],
  ['preset: { a: [{ value: 1, delay: 1s }] }', 'a.yaml:2:'],
])('%s', async (preset, message) => {
  const refused: unknown = await proxy({
    'svc-mock.yaml': config,
    'mocks/events/a.yaml': `protocol: kafka\n${preset}\n`,
  }).catch((error: unknown) => error)
  const { problems } = (refused as SvcMockError).context.details as { readonly problems: readonly Problem[] }
  expect(problems.map((one) => `a.yaml:${one.at.line}:${one.at.column} ${one.message}`).join()).toContain(
    message,
  )
})
