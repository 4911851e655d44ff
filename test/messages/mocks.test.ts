/** Mocks that consume and answer: kafkajs before the proxy, a broker behind it: embedded, and reached by a port. */
import { CompressionTypes } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { listening, type MessageProxy, messageProxy } from '../support/messages.ts'

describe.each(['embedded', 'broker'] as const)('a mock of a topic (%s)', (upstream) => {
  const started = (mocks: string, more: Parameters<typeof messageProxy>[1] = {}): Promise<MessageProxy> =>
    messageProxy(mocks, { upstream, ...more })

  it('answers each record that it matches, and keeps none from the broker', async () => {
    const { producer, kafka, direct, call, calls } = await started(`
  - name: payment is done
    on: { topic: payments.requested, key: { $matches: 'o-\\d+' }, headers: { kind: card }, value: { amount: { $greaterThan: 10 } } }
    send:
      - topic: payments.done
        key: \${{ request.key }}
        headers: { source: mock, n: 1 }
        value: { id: '\${{ request.value.id }}', paid: '\${{ request.value.amount }}', by: '\${{ request.headers.kind }} in \${{ request.topic }}' }
`)
    const done = await listening(kafka, 'payments.done')
    const requested = await listening(direct, 'payments.requested')
    await producer.send({
      topic: 'payments.requested',
      messages: [
        { key: 'o-1', value: '{"id":"a","amount":20}', headers: { kind: 'card' } },
        { key: 'o-2', value: '{"id":"b","amount":5}', headers: { kind: 'card' } },
        { key: 'o-3', value: '{"id":"c","amount":9007199254740993}', headers: { kind: 'card' } },
        { key: 'x', value: '{"id":"d","amount":20}', headers: { kind: 'card' } },
        { key: 'o-5', value: '{"id":"e","amount":20}', headers: { Kind: 'card' } },
      ],
    })
    expect(await done.until(2)).toEqual([
      {
        partition: 0,
        key: 'o-1',
        value: '{"id":"a","paid":20,"by":"card in payments.requested"}',
        headers: { source: 'mock', n: '1' },
      },
      {
        partition: 0,
        key: 'o-3',
        value: '{"id":"c","paid":9007199254740993,"by":"card in payments.requested"}',
        headers: { source: 'mock', n: '1' },
      },
    ])
    expect((await requested.until(5)).map(({ key }) => key)).toEqual(['o-1', 'o-2', 'o-3', 'x', 'o-5'])
    while (calls.filter(({ operation }) => operation.startsWith('Produce')).length < 5)
      await call(calls.length + 1)
    const produced = calls.filter(({ operation }) => operation === 'Produce payments.requested')
    expect(produced.map(({ outcome }) => outcome).sort()).toEqual([
      'mock',
      'mock',
      'passthrough',
      'passthrough',
      'passthrough',
    ])
    expect(produced.find(({ outcome }) => outcome === 'mock')).toMatchObject({
      mock: 'mocks/events/events.yaml:4',
      statusWord: 'sent 1',
      service: 'events',
    })
  })

  it('makes no call of what nobody wants', async () => {
    const { producer, calls, call } = await started(`
  - on: { topic: wanted }
    send: []
`)
    await producer.send({ topic: 'other', messages: [{ value: '1' }] })
    await producer.send({ topic: 'wanted', messages: [{ value: '2' }] })
    while (!calls.some(({ operation }) => operation === 'Produce wanted')) await call(calls.length + 1)
    expect(calls.filter(({ operation }) => operation === 'Produce other')).toEqual([])
    expect(calls.at(-1)).toMatchObject({ statusWord: 'nothing sent', outcome: 'mock' })
  })

  it('goes on with the trace of the record that it answers, but not against its own word', async () => {
    const { producer, kafka } = await started(`
  - on: { topic: in }
    send:
      - { topic: out, value: a }
      - { topic: out, value: b, headers: { traceparent: own } }
`)
    const out = await listening(kafka, 'out')
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await producer.send({
      topic: 'in',
      messages: [{ value: '1', headers: { traceparent, baggage: 'a=b', other: 'x' } }, { value: '2' }],
    })
    expect((await out.until(4)).map(({ headers }) => headers)).toEqual([
      { traceparent, baggage: 'a=b' },
      { traceparent: 'own', baggage: 'a=b' },
      {},
      { traceparent: 'own' },
    ])
  })

  it('has scripts, sequences, times and scenarios as any mock has', async () => {
    const { producer, kafka } = await started(
      `
  - on: { topic: scripted }
    script: ./count.js
  - on: { topic: listed }
    script: "export default ({ value, key }) => [{ topic: 'out', value: { key, twice: value.n * 2 } }]"
  - on: { topic: turns }
    responses:
      - { send: { topic: out, value: first } }
      - { send: [{ topic: out, value: then }, { topic: out, value: and }] }
  - on: { topic: steps, value: go }
    scenarioName: flow
    requiredScenarioState: Started
    newScenarioState: gone
    send: { topic: out, value: went }
`,
      {
        files: {
          'mocks/events/count.js':
            'export default async (request, { state }) => { const n = ((await state.get("n")) ?? 0) + 1; await state.set("n", n); return { send: [{ topic: "out", key: request.key, value: { n, at: request.partition } }] } }',
        },
      },
    )
    const out = await listening(kafka, 'out')
    const send = async (topic: string, value: string, count: number): Promise<readonly (string | null)[]> => {
      const before = out.seen.length
      await producer.send({ topic, messages: [{ key: 'k', value }] })
      return (await out.until(before + count)).slice(before).map((one) => one.value)
    }
    expect(await send('scripted', '{}', 1)).toEqual(['{"n":1,"at":0}'])
    expect(await send('scripted', '{}', 1)).toEqual(['{"n":2,"at":0}'])
    expect(await send('listed', '{"n":21}', 1)).toEqual(['{"key":"k","twice":42}'])
    expect(await send('turns', '', 1)).toEqual(['first'])
    expect(await send('turns', '', 2)).toEqual(['then', 'and'])
    expect(await send('steps', 'go', 1)).toEqual(['went'])
    await producer.send({ topic: 'steps', messages: [{ value: 'go' }] })
    expect(await send('turns', '', 2)).toEqual(['then', 'and'])
  })

  it('sends tombstones, bytes, JSON keys, and to the partition that it names', async () => {
    const { producer, kafka } = await started(`
  - on: { topic: in, value: null, key: { id: 7 } }
    send:
      - { topic: out, key: { id: '\${{ request.key }}' }, value: null }
      - { topic: out, key: gone, value: { $binary: AAEC/w== } }
      - { topic: out, value: [1, true, null], timestamp: 1700000000000 }
`)
    const out = await listening(kafka, 'out')
    await producer.send({
      topic: 'in',
      messages: [
        { key: '{"id":7,"more":1}', value: null },
        { key: '{"id":7}', value: 'x' },
      ],
    })
    const seen = await out.until(3)
    expect(seen.map(({ key, value }) => [key, value])).toEqual([
      ['{"id":"{\\"id\\":7,\\"more\\":1}"}', null],
      ['gone', Buffer.from('AAEC/w==', 'base64').toString()],
      [null, '[1,true,null]'],
    ])
  })

  it('answers the answers of other mocks, but not without an end', async () => {
    const { producer, kafka, calls, call } = await started(`
  - on: { topic: a }
    send: { topic: b, value: '\${{ request.value }}' }
  - on: { topic: b }
    send: { topic: c, value: '\${{ request.value }}!' }
  - on: { topic: round }
    send: { topic: round, value: '\${{ request.value }}x' }
`)
    const c = await listening(kafka, 'c')
    const round = await listening(kafka, 'round')
    await producer.send({ topic: 'a', messages: [{ value: 'v' }] })
    expect((await c.until(1))[0]!.value).toBe('v!')
    await producer.send({ topic: 'round', messages: [{ value: '' }] })
    while (!calls.some(({ error }) => error === 'MOCK_LOOP')) await call(calls.length + 1)
    expect((await round.until(11)).map(({ value }) => value!.length)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ])
    expect(calls.find(({ error }) => error === 'MOCK_LOOP')).toMatchObject({
      operation: 'Produce round',
      outcome: 'error',
    })
  })

  it('delays, and drops on purpose', async () => {
    const { producer, kafka, calls, call } = await started(`
  - on: { topic: in, value: slow }
    send: [{ topic: out, value: late, delay: 300ms }, { topic: out, value: later, delay: 1ms }]
  - on: { topic: in, value: fast }
    send: { topic: out, value: soon }
  - on: { topic: in, value: lost }
    fault: { abort: reset }
    send: { topic: out, value: never }
`)
    const out = await listening(kafka, 'out')
    await producer.send({ topic: 'in', messages: [{ value: 'slow' }, { value: 'fast' }, { value: 'lost' }] })
    expect((await out.until(3)).map(({ value }) => value)).toEqual(['soon', 'late', 'later'])
    while (calls.filter(({ operation }) => operation === 'Produce in').length < 3)
      await call(calls.length + 1)
    expect(calls.find(({ note }) => note?.includes('reset'))).toMatchObject({ status: 0 })
  })

  it('counts records of a transaction when they are committed', async () => {
    const { kafka } = await started(`
  - on: { topic: in }
    send: { topic: out, value: '\${{ request.value }}' }
`)
    const out = await listening(kafka, 'out')
    const producer = kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    const lost = await producer.transaction()
    await lost.send({ topic: 'in', messages: [{ value: 'aborted' }] })
    await lost.abort()
    const kept = await producer.transaction()
    await kept.send({ topic: 'in', messages: [{ value: 'one' }] })
    await kept.send({ topic: 'in', messages: [{ value: 'two' }] })
    expect(out.seen).toEqual([])
    await kept.commit()
    expect((await out.until(2)).map(({ value }) => value)).toEqual(['one', 'two'])
    await producer.disconnect()
  })

  it('says which mocks were near where a record must not be missed', async () => {
    const { producer, calls, call } = await started(
      `
  - name: large ones
    on: { topic: in, value: { amount: { $greaterThan: 10 } } }
    send: []
`,
      { settings: ', onMiss: fail' },
    )
    await producer.send({ topic: 'in', messages: [{ value: '{"amount":1}' }] })
    while (!calls.some(({ operation }) => operation === 'Produce in')) await call(calls.length + 1)
    expect(calls.at(-1)).toMatchObject({ outcome: 'miss', error: 'MOCK_NOT_MATCHED' })
  })

  it('reads compressed batches', async () => {
    const { producer, kafka } = await started(`
  - on: { topic: in }
    send: { topic: out, value: '\${{ request.value }}@\${{ request.offset }}' }
`)
    const out = await listening(kafka, 'out')
    const messages = ['a', 'b', 'c'].map((value) => ({ value }))
    await producer.send({ topic: 'in', messages, compression: CompressionTypes.GZIP })
    await producer.send({ topic: 'in', messages, acks: 0 })
    expect((await out.until(6)).map(({ value }) => value)).toEqual(['a@0', 'b@1', 'c@2', 'a@', 'b@', 'c@'])
  })
})
