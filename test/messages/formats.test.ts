/** Values that are Avro, protobuf or JSON with a schema: conditions, mocks, and the contract. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import avro from 'avsc'
import protobuf from 'protobufjs'
import { expect, it, onTestFinished } from 'vitest'
import type { CallRecord } from '../../src/app/running.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { kafkaJs, producer } from '../support/kafka-clients.ts'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { workspace } from '../support/workspace.ts'

const avsc = {
  type: 'record',
  name: 'Order',
  namespace: 'acme',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'hash', type: 'bytes', default: '' },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] },
      },
      default: [],
    },
  ],
}
const plainOrder = { id: 'a', amount: 7, note: 'x', hash: Buffer.from([1, 2]), lines: [{ sku: 's' }] }
const order = avro.Type.forSchema(avsc as avro.Schema)

const proto = `syntax = "proto3";
package acme;
message First { string a = 1; }
message Order { string id = 1; int64 amount = 2; Kind kind = 3; repeated Line lines = 4; enum Kind { NONE = 0; CARD = 1; } message Line { string sku = 1; } }
`
const protoOrder = protobuf.parse(proto).root.lookupType('acme.Order')

const jsonSchema = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string' },
    items: { type: 'array', items: { properties: { n: { type: 'integer' } } } },
  },
}

const started = async (
  topics: string,
  mocks: string,
  more = '',
  files: Readonly<Record<string, string>> = {},
) => {
  const at = await proxy({
    'svc-mock.yaml': `services:
  events: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded, topics: ${topics}${more} }
`,
    'order.avsc': JSON.stringify(avsc),
    'order.proto': proto,
    'order.json': JSON.stringify(jsonSchema),
    ...files,
    'mocks/events/a.yaml': `protocol: kafka\nmocks:${mocks}`,
  })
  const kafka = kafkaJs(at.ownPort('events'))
  return { ...at, kafka, producer: await producer(kafka, { allowAutoTopicCreation: true }) }
}

/** The bytes of a topic's records, once so many are there. */
const valuesOf = async ({ running }: TestProxy, topic: string, count: number): Promise<readonly Buffer[]> => {
  for (;;) {
    const begin = await running.messages
      .read({ topic, from: 'beginning', waitMs: 0 })
      .catch(() => ({ next: { 0: '0' } }))
    const { messages } = await running.messages
      .read({ topic, from: begin.next, waitMs: 1_000 })
      .catch(() => ({ messages: [] }))
    if (messages.length >= count) return messages.map(({ value }) => Buffer.from(value!, 'base64'))
  }
}

const produced = async ({ calls, call }: TestProxy, topic: string): Promise<CallRecord> => {
  const found = () => calls.find(({ operation }) => operation === `Produce ${topic}`)
  while (found() === undefined) await call(calls.length + 1)
  return found()!
}

const bigMock = `
  - on: { topic: in, value: { id: a, amount: { $greaterThan: 5 } } }
    send: { topic: out, value: { id: '\${{ request.value.id }}b', amount: 9007199254740993 } }
`

it('reads and writes Avro by a file', async () => {
  const value = '{ value: { format: avro, schema: ./order.avsc } }'
  const at = await started(`{ in: ${value}, out: ${value} }`, bigMock)
  await at.producer.send({ topic: 'in', messages: [{ value: order.toBuffer({ ...plainOrder, amount: 7 }) }] })
  const [sent] = await valuesOf(at, 'out', 1)
  const type = avro.Type.forSchema(avsc as avro.Schema, {
    registry: {
      long: avro.types.LongType.__with({
        fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
        toBuffer: () => Buffer.alloc(8),
        fromJSON: BigInt,
        toJSON: Number,
        isValid: () => true,
        compare: () => 0,
      }) as never,
    },
  })
  expect(type.fromBuffer(sent!)).toEqual({
    id: 'ab',
    amount: 9007199254740993n,
    note: null,
    hash: Buffer.alloc(0),
    lines: [],
  })
  expect(await produced(at, 'in')).toMatchObject({ outcome: 'mock', violations: [] })
  const { messages } = await at.running.messages.read({ topic: 'in', from: { 0: '0' }, waitMs: 0 })
  expect(messages[0]!.json).toBe('{"id":"a","amount":7,"note":"x","hash":"AQI=","lines":[{"sku":"s"}]}')
})

it('reads and writes protobuf by a file, with an id before it', async () => {
  const value = '{ value: { format: protobuf, schema: ./order.proto, message: acme.Order, id: 7 } }'
  const at = await started(`{ in: ${value}, out: ${value} }`, bigMock)
  const bytes = protoOrder
    .encode(protoOrder.create({ id: 'a', amount: 7, kind: 1, lines: [{ sku: 's' }] }))
    .finish()
  // Indexes [1]: one index, and the second message.
  await at.producer.send({ topic: 'in', messages: [{ value: Buffer.from([0, 0, 0, 0, 7, 2, 2, ...bytes]) }] })
  const [sent] = await valuesOf(at, 'out', 1)
  expect([...sent!.subarray(0, 7)]).toEqual([0, 0, 0, 0, 7, 2, 2])
  expect(protoOrder.toObject(protoOrder.decode(sent!.subarray(7)), { longs: String })).toEqual({
    id: 'ab',
    amount: '9007199254740993',
  })
  const { messages } = await at.running.messages.read({ topic: 'in', from: { 0: '0' }, waitMs: 0 })
  expect(JSON.parse(messages[0]!.json!)).toEqual({ id: 'a', amount: 7, kind: 'CARD', lines: [{ sku: 's' }] })
})

const imports: Readonly<Record<string, string>> = {
  'proto/acme/orders/order.proto': `syntax = "proto3"; import "acme/money.proto";
/* import "nowhere.proto"; */
import public "google/protobuf/timestamp.proto"; // import "nor/here.proto";
package acme;
message Order { string id = 1; Money price = 2; google.protobuf.Timestamp at = 3; }
`,
  'proto/acme/money.proto': `syntax = "proto3"; package acme; import "currency.proto";
message Money { int64 units = 1; Currency currency = 2; }
`,
  'proto/acme/currency.proto': 'syntax = "proto3"; package acme; enum Currency { NONE = 0; EUR = 1; }',
}
const imported = '{"id":"a","price":{"units":9007199254740993,"currency":"EUR"},"at":{"seconds":7,"nanos":0}}'

const typed = (topic: string, json: string) => ({
  topic,
  key: null,
  value: Buffer.from(json).toString('base64'),
  typed: true,
  headers: [],
})

it('reads what a .proto file imports, and what that imports', async () => {
  const value =
    '{ value: { format: protobuf, schema: ./proto/acme/orders/order.proto, message: acme.Order, id: 7 } }'
  const at = await started(`{ in: ${value} }`, ' []', '', imports)
  await at.running.messages.send(typed('in', imported))
  const [sent] = await valuesOf(at, 'in', 1)
  // Counted in its own file, although others of its package stand before it: the first.
  expect([...sent!.subarray(0, 6)]).toEqual([0, 0, 0, 0, 7, 0])
  const { messages } = await at.running.messages.read({ topic: 'in', from: { 0: '0' }, waitMs: 0 })
  expect(messages[0]!.json).toBe(imported)
})

it('asks a registry, once for each schema', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const answers: Record<string, unknown> = {
      '/base/schemas/ids/42': { schema: JSON.stringify(avsc) },
      '/base/subjects/out-value/versions/latest': {
        id: 43,
        version: 1,
        schema: proto,
        schemaType: 'PROTOBUF',
      },
    }
    const found = answers[request.url!]
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`
  const at = await started(
    `{ in: { value: { format: avro, registry: '${registry}' } }, out: { value: { format: protobuf, registry: '${registry}', message: acme.Order } } }`,
    bigMock,
  )
  const framed = (id: number): Buffer =>
    Buffer.concat([Buffer.from([0, 0, 0, 0, id]), order.toBuffer(plainOrder)])
  await at.producer.send({
    topic: 'in',
    messages: [{ value: framed(42) }, { value: framed(42) }, { value: framed(9) }],
  })
  const [sent] = await valuesOf(at, 'out', 2)
  expect([...sent!.subarray(0, 7)]).toEqual([0, 0, 0, 0, 43, 2, 2])
  expect(protoOrder.toObject(protoOrder.decode(sent!.subarray(7)), { longs: String })).toMatchObject({
    id: 'ab',
  })
  expect(asked.filter((url) => url.endsWith('/42'))).toHaveLength(1)
  while (at.calls.filter(({ operation }) => operation === 'Produce in').length < 3)
    await at.call(at.calls.length + 1)
  expect(at.calls.find(({ violations = [] }) => violations.length > 0)!.violations).toEqual([
    expect.objectContaining({ path: 'value', message: expect.stringContaining('it has no such schema') }),
  ])
})

it('asks a registry for what schemas refer to', async () => {
  const part = (name: string, more: object = {}) => ({
    schema: imports[`proto/acme/${name}`],
    schemaType: 'PROTOBUF',
    ...more,
  })
  const references = (name: string, subject: string) => ({ references: [{ name, subject, version: 1 }] })
  const answers: Record<string, unknown> = {
    '/subjects/out-value/versions/latest': {
      id: 43,
      ...part('orders/order.proto', references('acme/money.proto', 'money')),
    },
    '/subjects/money/versions/1': part('money.proto', references('currency.proto', 'currency')),
    '/subjects/currency/versions/1': part('currency.proto'),
    '/subjects/json-value/versions/latest': {
      id: 44,
      schemaType: 'JSON',
      schema: '{"properties":{"price":{"$ref":"money.json"}}}',
      ...references('money.json', 'money.json'),
    },
    '/subjects/money.json/versions/1': { schemaType: 'JSON', schema: '{"required":["units"]}' },
  }
  answers['/schemas/ids/44'] = answers['/subjects/json-value/versions/latest']
  const server = createServer((request, response) => {
    const found = answers[request.url!]
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const at = await started(
    `{ out: { value: { format: protobuf, registry: '${registry}' } }, json: { value: { format: json, registry: '${registry}' } } }`,
    ' []',
  )
  await at.running.messages.send(typed('out', imported))
  const [sent] = await valuesOf(at, 'out', 1)
  expect([...sent!.subarray(0, 6)]).toEqual([0, 0, 0, 0, 43, 0])
  const framed = (json: string) => Buffer.concat([Buffer.from([0, 0, 0, 0, 44]), Buffer.from(json)])
  await at.producer.send({ topic: 'json', messages: [{ value: framed('{"price":{}}') }] })
  expect((await produced(at, 'json')).violations).toEqual([
    expect.objectContaining({ path: 'value.price.units', message: 'it is missing' }),
  ])
})

it('holds records against their schema, and lets them pass', async () => {
  const at = await started('{ orders: { value: { format: json, schema: ./order.json } } }', ' []')
  await at.producer.send({
    topic: 'orders',
    messages: [
      { value: '{"id":"a"}' },
      { value: '{"items":[{"n":1},{"n":"secret"}]}' },
      { value: 'no json' },
    ],
  })
  await at.producer.send({ topic: 'others', messages: [{ value: 'no json' }] })
  while (at.calls.filter(({ operation }) => operation === 'Produce orders').length < 3)
    await at.call(at.calls.length + 1)
  const records = at.calls.filter(({ operation }) => operation.startsWith('Produce'))
  expect(records.map(({ operation }) => operation)).toEqual([
    'Produce orders',
    'Produce orders',
    'Produce orders',
  ])
  expect(
    records.map(({ violations }) => violations!.map(({ path, message, actual }) => [path, message, actual])),
  ).toEqual([
    [],
    [
      ['value.id', 'it is missing', undefined],
      ['value.items[1].n', 'must be integer', 'a text'],
    ],
    [['value', expect.stringContaining('it is no JSON'), undefined]],
  ])
  expect(JSON.stringify(records)).not.toContain('secret')
  expect(at.running.violations()).toHaveLength(3)
})

it('keeps records from the broker that break their contract, where it is told to', async () => {
  const at = await started(
    '{ orders: { value: { format: avro, schema: ./order.avsc } } }',
    ' []',
    ', contract: { enforce: fail }',
  )
  await at.producer.send({ topic: 'orders', messages: [{ value: order.toBuffer(plainOrder) }] })
  await expect(at.producer.send({ topic: 'orders', messages: [{ value: 'no avro' }] })).rejects.toThrow()
  expect(await valuesOf(at, 'orders', 1)).toHaveLength(1)
  while (!at.calls.some(({ error }) => error === 'CALL_BREAKS_CONTRACT')) await at.call(at.calls.length + 1)
})

it('says what does not fit of what is sent', async () => {
  const value = '{ value: { format: avro, schema: ./order.avsc } }'
  const at = await started(
    `{ out: ${value} }`,
    `
  - on: { topic: in }
    send: { topic: out, value: { id: 1, amount: 1 } }
`,
  )
  await at.producer.send({ topic: 'in', messages: [{ value: '1' }] })
  expect(await produced(at, 'in')).toMatchObject({
    outcome: 'error',
    note: expect.stringContaining('id is no string'),
  })
  const send = (text: string) => at.running.messages.send(typed('out', text))
  await expect(send('{"id":"a"}')).rejects.toThrow(
    'a value for out does not fit its schema: amount is missing in acme.Order',
  )
  await expect(send('{')).rejects.toThrow('values of out are avro')
  await send('{"id":"a","amount":3,"note":"n","hash":"AQI="}')
  expect(order.fromBuffer((await valuesOf(at, 'out', 1))[0]!)).toEqual({
    id: 'a',
    amount: 3,
    note: 'n',
    hash: Buffer.from([1, 2]),
    lines: [],
  })
})

it.each([
  ['{ format: avro }', 'avro needs a schema'],
  ['{ format: avro, schema: ./none.avsc }', './none.avsc does not exist'],
  ['{ format: protobuf, schema: ./a.proto }', 'a .proto file may hold several messages'],
  [
    '{ format: protobuf, schema: ./b.proto, message: B }',
    './b.proto imports acme/c.proto, which is neither beside it nor in a folder above it',
  ],
  ['{ format: avro, schema: ./a.proto, message: x }', 'message is for format: protobuf'],
  ['{ format: string, schema: ./a.proto }', 'a value of format string has no schema'],
  ['{ format: avro, registry: tcp://h:1 }', 'a registry is asked by HTTP, not tcp'],
  ['{ format: avro, registry: "http://h:1", id: 3 }', 'the registry knows the ids of schemas'],
])('%s: %s', (value, message) => {
  const { folder } = workspace({
    'svc-mock.yaml': `services:\n  e: { protocol: kafka, listen: 1, upstream: embedded, topics: { a: { value: ${value} } } }\n`,
    'a.proto': proto,
    'b.proto': 'syntax = "proto3"; import "acme/c.proto"; message B {}',
  })
  const { problems } = loadConfig({ cwd: folder, env: {}, flags: {} })
  expect(problems.map((problem) => problem.message)).toEqual([
    message.startsWith('./none') ? `${message}, or cannot be read` : message,
  ])
})

it('enforces nothing where no topic names a schema', () => {
  const { folder } = workspace({
    'svc-mock.yaml':
      'services:\n  e: { protocol: kafka, listen: 1, upstream: embedded, contract: { enforce: warn } }\n',
  })
  const { problems } = loadConfig({ cwd: folder, env: {}, flags: {} })
  expect(problems.map(({ message }) => message)).toEqual([
    'there is nothing to enforce: no topic names a schema',
  ])
})
