/**
 * 10,000 mocks held against an OpenAPI file of 500 operations, and 1,000 against a service that runs, as a person or CI would: the
 * whole command, in the time of the clock.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { limitRow, type Row } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const resources = 125
const mocksPerOperation = 20

export const contracts = async (): Promise<Row[]> => {
  const folder = workspace(files())
  const took: number[] = []
  for (let round = 0; round < 3; round++) {
    const begun = performance.now()
    const { status, stdout } = spawnSync(process.execPath, [program, 'verify', '--spec', '--json'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    took.push(performance.now() - begun)
    const report = JSON.parse(stdout) as { readonly checked: readonly unknown[] }
    // Each hundredth mock is wrong on purpose, so that places are looked up too.
    if (status !== 1 || report.checked.length !== 10_000)
      throw new Error(`verify ended with ${status}: ${stdout.slice(0, 500)}`)
  }
  const median = took.toSorted((a, b) => a - b)[1]!
  return [
    limitRow('verify --spec: 10,000 mocks against 500 operations', median / 1000, 's', 5),
    await verifiedHttp(),
    await verifiedGrpc(),
  ]
}

const verified = 1_000

/** Lists, single orders and orders that are searched for, with bodies of about 1 kB; each hundredth has a field too few. */
const verifiedHttp = async (): Promise<Row> => {
  const order = (i: number): object => ({
    id: i,
    state: 'open',
    at: '2026-11-21T10:00:00Z',
    lines: Array.from({ length: 8 }, (_, n) => ({
      sku: `A-${n}`,
      count: n,
      note: 'as it was ordered last time',
    })),
    ...(i % 100 !== 0 && { total: 12.5 }),
  })
  const server = createServer((request, response) => {
    request.resume()
    const id = Number(/\d+/.exec(request.url!)?.[0])
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(request.url!.includes('?') ? [order(id)] : order(id)))
  })
  const body = JSON.stringify({ ...order(1) })
  const mocks = Array.from({ length: verified }, (_, i) => {
    const call =
      i % 3 === 0 ? `path: /orders, query: { id: ${i} }` : `path: '/orders/{id}', params: { id: ${i} }`
    return `  - request: { method: GET, ${call} }\n    response: { body: ${i % 3 === 0 ? `[${body}]` : body} }\n`
  })
  const files = {
    'svc-mock.yaml': 'services: { orders: {} }\n',
    ...inFiles('orders', 'mocks:\n', mocks),
  }
  const violations = Math.ceil(verified / 100)
  return timed('verify --provider: 1,000 mocks against a local service', files, server, violations)
}

const verifiedGrpc = async (): Promise<Row> => {
  const server = createHttp2()
  // Item { sku: "S", available: 7 }
  const answer = Buffer.from([0, 0, 0, 0, 5, 0x0a, 1, 0x53, 0x10, 7])
  server.on('stream', (stream) => {
    // The command ends its connection when it has what it wanted.
    stream.on('error', () => undefined)
    stream.resume()
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(answer)
  })
  const mocks = Array.from(
    { length: verified },
    (_, i) =>
      `  - request: { method: Get, message: { sku: S${i} } }\n    response: { message: { sku: S${i}, available: 1 } }\n`,
  )
  const files = {
    'svc-mock.yaml': 'services: { inventory: { protocol: grpc, proto: [./a.proto] } }\n',
    'a.proto':
      'syntax = "proto3"; package acme; service Inventory { rpc Get(Item) returns (Item); } message Item { string sku = 1; int64 available = 2; }\n',
    ...inFiles('inventory', 'protocol: grpc\nmocks:\n', mocks),
  }
  return timed('verify --provider: 1,000 gRPC mocks against a local service', files, server, 0)
}

const inFiles = (service: string, head: string, mocks: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [
      `mocks/${service}/1.0.0/${n}.yaml`,
      head + mocks.filter((_mock, i) => i % 20 === n).join(''),
    ]),
  )

const timed = async (
  what: string,
  files: Record<string, string>,
  server: ReturnType<typeof createServer> | ReturnType<typeof createHttp2>,
  violations: number,
): Promise<Row> => {
  const folder = workspace(files)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const took: number[] = []
  for (let round = 0; round < 3; round++) {
    const begun = performance.now()
    const child = spawn(process.execPath, [program, 'verify', '--provider', url, '--json'], { cwd: folder })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    await once(child, 'close')
    took.push(performance.now() - begun)
    const { checked, counts } = JSON.parse(text) as {
      readonly checked: readonly unknown[]
      readonly counts: { readonly violation: number }
    }
    if (checked.length !== verified || counts.violation !== violations)
      throw new Error(`verify ended otherwise: ${text.slice(0, 500)}`)
  }
  server.close()
  return limitRow(what, took.toSorted((a, b) => a - b)[1]! / 1000, 's', 5)
}

const files = (): Record<string, string> => {
  const names = Array.from({ length: resources }, (_, i) => `res${i}`)
  const all: Record<string, string> = {
    'svc-mock.yaml': 'services: { orders: { contract: { openapi: ./api.json } } }\n',
    'api.json': JSON.stringify({
      openapi: '3.0.3',
      info: { title: 'T', version: '1' },
      paths: Object.assign({}, ...names.map(paths)),
      components: { schemas: Object.fromEntries(names.map((name, i) => [name, schema(i)])) },
    }),
  }
  for (const name of names)
    for (const [n, operation] of ['list', 'add', 'one', 'change'].entries())
      all[`mocks/orders/1.0.0/${name}-${operation}.yaml`] =
        `mocks:\n${Array.from({ length: mocksPerOperation }, (_, i) => mock(name, n, i)).join('')}`
  return all
}

const json = (schema: object) => ({ content: { 'application/json': { schema } } })

const paths = (name: string): Record<string, object> => {
  const ref = { $ref: `#/components/schemas/${name}` }
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } }
  return {
    [`/${name}`]: {
      get: {
        parameters: [{ name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } }],
        responses: { 200: json({ type: 'array', items: ref }) },
      },
      post: { requestBody: { required: true, ...json(ref) }, responses: { 201: json(ref) } },
    },
    [`/${name}/{id}`]: {
      parameters: [id],
      get: { responses: { 200: json(ref) } },
      put: { requestBody: json(ref), responses: { 200: json(ref) } },
    },
  }
}

const schema = (i: number): object => ({
  type: 'object',
  required: ['id', 'state', 'total'],
  properties: {
    id: { type: 'integer' },
    state: { type: 'string', enum: ['open', 'paid'] },
    total: { type: 'number', minimum: 0 },
    at: { type: 'string', format: 'date-time' },
    tags: { type: 'array', items: { type: 'string' } },
    [`own${i}`]: { type: 'string' },
    parent: { $ref: `#/components/schemas/res${i}` },
    next: { $ref: `#/components/schemas/res${(i + 1) % resources}` },
  },
})

const mock = (name: string, operation: number, i: number): string => {
  const total = i === 0 && operation === 2 ? "'12'" : '12.5'
  const body = `{ id: ${i}, state: open, total: ${total}, at: '2026-11-21T10:00:00Z', tags: [a, b] }`
  const [request, response] = [
    [`{ method: GET, path: /${name}, query: { page: ${i + 1} } }`, `{ body: [${body}, ${body}] }`],
    [`{ method: POST, path: /${name}, body: { id: ${i} } }`, `{ status: 201, body: ${body} }`],
    [`{ method: GET, path: /${name}/${i} }`, `{ body: ${body} }`],
    [`{ method: PUT, path: /${name}/${i} }`, `{ body: ${body} }`],
  ][operation]!
  return `  - request: ${request}\n    response: ${response}\n`
}
