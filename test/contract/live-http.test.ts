/** Live HTTP calls held against an OpenAPI file: mocked and real ones, told of or refused. */

import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'
import { tcpUpstream, upstream } from '../support/upstream.ts'
import { type Asked, answering, ask, liveSpec, order, type Reply, shortly, type Who } from './live.ts'

const json = { 'content-type': 'application/json' }
const good: Reply = { headers: json, body: order }
const one: Asked = { path: '/orders/1' }
const all: Asked = { path: '/orders', headers: { 'x-tenant': 't-1' } }
const made: Reply = { status: 201, headers: {} }

/** What a call, or its reply, breaks. */
const cases: readonly (readonly [what: string, Asked, Reply, readonly string[]])[] = [
  ['nothing', one, good, []],
  ['nothing, on HEAD', { ...one, method: 'HEAD' }, good, []],
  ['an unknown path', { path: '/nothing' }, good, ['call unknown-path request.path']],
  ['an unknown method', { ...one, method: 'DELETE' }, good, ['call unknown-method request.method']],
  ['a path parameter of another type', { path: '/orders/x' }, good, ['call type request.path']],
  [
    'a query of another type',
    { ...all, path: '/orders?page=x' },
    { headers: { ...json, 'x-total': '1' }, body: '[]' },
    ['call type request.query.page'],
  ],
  [
    'a query that nobody knows',
    { ...all, path: '/orders?side=1' },
    { headers: { ...json, 'x-total': '1' }, body: '[]' },
    ['call unknown-parameter request.query.side'],
  ],
  [
    'a header that is missing, on both sides',
    { path: '/orders' },
    { headers: json, body: '[]' },
    ['call missing-parameter request.headers.x-tenant', 'reply missing-header response.headers'],
  ],
  [
    'a header of another form',
    { path: '/orders', headers: { 'x-tenant': 'x' } },
    { headers: { ...json, 'x-total': 'many' }, body: '[]' },
    ['call pattern request.headers.x-tenant', 'reply type response.headers.x-total'],
  ],
  [
    'a body of another type',
    { path: '/orders', headers: json, body: '{"id":"1","state":"open","more":1}' },
    made,
    ['call unknown-property request.body.more', 'call type request.body.id'],
  ],
  [
    'a body that is no JSON',
    { path: '/orders', headers: json, body: '{"id":' },
    made,
    ['call not-json request.body'],
  ],
  ['a body that is missing', { path: '/orders', method: 'POST' }, made, ['call missing-body request.body']],
  [
    'a body that nobody wants',
    { ...one, method: 'GET', headers: { ...json, 'content-length': '2' }, body: '{}' },
    good,
    ['call unexpected-body request.body'],
  ],
  [
    'a body of another content type',
    { path: '/orders', headers: { 'content-type': 'text/plain' }, body: 'x' },
    made,
    ['call content-type request.headers'],
  ],
  [
    'a form',
    {
      path: '/orders',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'tags=1&tags=x',
    },
    made,
    ['call type request.body.tags', 'call missing-property request.body.id'],
  ],
  [
    'a form that fits',
    {
      path: '/orders',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'id=1&tags=1&tags=2',
    },
    made,
    [],
  ],
  [
    'an unknown status',
    one,
    { status: 418, headers: json, body: '{}' },
    ['reply response-status response.status'],
  ],
  ['a status without a body', one, { status: 404, headers: {} }, []],
  [
    'a reply of another type',
    one,
    { ...good, body: '{"id":1,"state":"lost"}' },
    ['reply enum response.body.state'],
  ],
  [
    'a reply that lacks a field',
    one,
    { ...good, body: '{"id":1}' },
    ['reply missing-property response.body.state'],
  ],
  ['a reply that is no JSON', one, { ...good, body: '<html>' }, ['reply not-json response.body']],
  ['a reply without a body', one, { headers: {} }, ['reply missing-body response']],
  [
    'a reply of another content type',
    one,
    { headers: { 'content-type': 'text/html' }, body: '<html>' },
    ['reply content-type response.body'],
  ],
  [
    'a packed reply',
    one,
    { headers: { ...json, 'content-encoding': 'identity' }, body: '{"id":null,"state":"open"}' },
    ['reply type response.body.id'],
  ],
]

const both: readonly Who[] = ['mock', 'real']
const table = both.flatMap((who) => cases.map((one) => [who, ...one] as const))

describe('warn', () => {
  it.each(table)('tells of a %s call: %s', async (who, _what, asked, reply, found) => {
    const { app } = await answering(who, 'warn', reply)
    const got = await ask(app.port, asked)
    expect(got.status).toBe(reply.status ?? 200)
    if (asked.method !== 'HEAD') expect(got.body).toBe(reply.body ?? '')
    const record = await app.call(1)
    expect(shortly(record.violations).sort()).toEqual([...found].sort())
    expect(record.unchecked).toBeUndefined()
    expect(record.outcome).toBe(who === 'mock' ? 'mock' : 'passthrough')
    expect(app.running.totals().contracts.get('orders')).toEqual({
      checked: 1,
      unchecked: 0,
      broken: found.length > 0 ? 1 : 0,
    })
  })

  it('names each way once, counts it, and shows no value', async () => {
    const { app } = await answering('real', 'warn', {
      ...good,
      body: '{"id":"s3cret-value","state":"open","13800138000":1}',
    })
    const first: unknown[] = []
    app.running.on('violation', (one) => first.push(one))
    for (let n = 1; n <= 3; n++) await ask(app.port, { path: `/orders/${n}` })
    await app.call(3)
    const seen = app.running.violations()
    expect(
      seen.map(({ operation, rule, path, actual, calls }) => [operation, rule, path, actual, calls]),
    ).toEqual([
      ['GET /orders/{id}', 'unknown-property', 'response.body.*', undefined, 3],
      ['GET /orders/{id}', 'type', 'response.body.id', 'a text', 3],
    ])
    expect(first).toHaveLength(2)
    expect(seen[1]?.contract).toMatchObject({ file: 'orders.yaml' })
    expect(JSON.stringify([app.calls, first, seen])).not.toMatch(/s3cret|13800138000/)
  })

  it('looks into bodies that are packed', async () => {
    const body = gzipSync('{"id":1,"state":"lost"}')
    const real = await upstream((_, response) => {
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(body)
    })
    const app = await proxy({ ...files('warn', real.port), 'orders.yaml': liveSpec })
    await ask(app.port, one)
    expect(shortly((await app.call(1)).violations)).toEqual(['reply enum response.body.state'])
    await ask(app.port, {
      path: '/orders',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync('{"state":"open"}'),
    })
    expect(shortly((await app.call(2)).violations)).toContain('call missing-property request.body.id')
  })

  it('lets the first bytes of a reply pass before the last have come', async () => {
    const finish = Promise.withResolvers<void>()
    const real = await upstream(async (_, response) => {
      response.writeHead(200, json).write('{"id":"x",')
      await finish.promise
      response.end('"state":"open"}')
    })
    const app = await proxy({ ...files('warn', real.port), 'orders.yaml': liveSpec })
    const client = await raw(app.port)
    client.send('GET /orders/1 HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n')
    expect(await client.until('"id":"x",')).toContain('200 OK')
    finish.resolve()
    await client.rest()
    expect(shortly((await app.call(1)).violations)).toEqual(['reply type response.body.id'])
  })

  it('says so where a body is larger than limits.body, and passes it', async () => {
    const body = JSON.stringify({ id: 1, state: 'open', note: 'x'.repeat(5_000) })
    const { app } = await answering(
      'real',
      'warn',
      { ...good, body },
      { settings: 'limits: { body: 1KB }\n' },
    )
    expect((await ask(app.port, one)).body).toBe(body)
    const record = await app.call(1)
    expect(record.violations).toEqual([])
    expect(record.unchecked).toBe('the body of the reply is larger than limits.body (1024 bytes)')
    expect(app.running.totals().contracts.get('orders')).toEqual({ checked: 0, unchecked: 1, broken: 0 })
  })

  it('reads the body of a call that its mock does not look at, and the next call on the connection is served', async () => {
    const { app } = await answering('mock', 'warn', made)
    const client = await raw(app.port)
    const body = '{"id":"1","state":"open"}'
    const head = `POST /orders HTTP/1.1\r\nHost: orders\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    client.send(head)
    // The mock answers at once; the body comes later.
    await client.until('201 Created')
    client.send(body)
    client.send(head + body)
    await client.until('201 Created')
    for (const n of [1, 2])
      expect(shortly((await app.call(n)).violations)).toEqual(['call type request.body.id'])
  })

  it('does not ask a client for a body that waits for leave to send it', async () => {
    const { app } = await answering('mock', 'warn', made)
    const client = await raw(app.port)
    client.send(
      'POST /orders HTTP/1.1\r\nHost: orders\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n',
    )
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 201/)
    expect(shortly((await app.call(1)).violations)).toEqual([])
  })

  it('says nothing of a preflight, of a fault, of a miss, and of a mock that promises nothing', async () => {
    const app = await proxy({
      'svc-mock.yaml': 'services:\n  orders:\n    contract: { openapi: ./orders.yaml, enforce: warn }\n',
      'orders.yaml': liveSpec,
      'mocks/orders/1.0.0/a.yaml': `mocks:
  - { request: { method: GET, path: /orders/1 }, response: { status: 418 }, contract: false }
  - { request: { method: GET, path: /orders/2 }, fault: { status: 503 } }
  - { request: { method: GET, path: /orders/3 }, fault: { abort: empty } }
`,
    })
    const page = { origin: 'http://page.test', 'access-control-request-method': 'GET' }
    await ask(app.port, { method: 'OPTIONS', path: '/orders/1', headers: page })
    for (const n of [1, 2, 3, 4]) await ask(app.port, { path: `/orders/${n}` }).catch(() => undefined)
    await app.call(5)
    expect(app.calls.map(({ violations }) => violations)).toEqual([[], [], [], [], []])
  })

  it('is not told of faults of the service', async () => {
    const { app } = await answering('mock', 'warn', good, { settings: '    fault: { status: 503 }\n' })
    expect((await ask(app.port, one)).status).toBe(503)
    expect((await app.call(1)).violations).toBeUndefined()
  })
})

describe('fail', () => {
  it.each(table)('refuses a %s call: %s', async (who, _what, asked, reply, found) => {
    const { app, asked: times } = await answering(who, 'fail', reply)
    const got = await ask(app.port, asked)
    const record = await app.call(1)
    const calls = found.filter((one) => one.startsWith('call'))
    if (found.length === 0) {
      expect(got.status).toBe(reply.status ?? 200)
      if (asked.method !== 'HEAD') expect(got.body).toBe(reply.body ?? '')
      expect(shortly(record.violations)).toEqual([])
      return
    }
    const code = calls.length > 0 ? 'CALL_BREAKS_CONTRACT' : 'REPLY_BREAKS_CONTRACT'
    expect(got.status).toBe(calls.length > 0 ? 400 : 502)
    expect(got.headers).toMatchObject({
      'x-svc-mock-error': code,
      'content-type': 'application/problem+json',
    })
    const problem = JSON.parse(got.body)
    expect(problem).toMatchObject({ code, service: 'orders' })
    const told = calls.length > 0 ? calls : found
    expect(shortly(problem.violations).sort()).toEqual([...told].sort())
    expect(shortly(record.violations).sort()).toEqual([...told].sort())
    expect(record).toMatchObject({ outcome: 'error', error: code })
    // A call that is refused never reaches the real service.
    expect(times()).toBe(who === 'real' && calls.length === 0 ? 1 : 0)
  })

  it('passes what is larger than limits.body, and says so', async () => {
    const body = JSON.stringify({ id: 'x', state: 'open', note: 'x'.repeat(200_000) })
    const { app } = await answering(
      'real',
      'fail',
      { ...good, body },
      { settings: 'limits: { body: 1KB }\n' },
    )
    expect((await ask(app.port, one)).body).toBe(body)
    expect((await app.call(1)).unchecked).toMatch(/^the body of the reply is larger/)
    const large = await ask(app.port, { path: '/orders', headers: json, body })
    expect(large.headers['x-svc-mock-error']).toBe('REPLY_BREAKS_CONTRACT')
    expect((await app.call(2)).unchecked).toMatch(/^the body of the call is larger/)
  })

  it('never holds a stream of events', async () => {
    const finish = Promise.withResolvers<void>()
    const real = await upstream(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      await finish.promise
      response.end()
    })
    const app = await proxy({ ...files('fail', real.port), 'orders.yaml': liveSpec })
    const client = await raw(app.port)
    client.send('GET /events HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n')
    expect(await client.until('data: 1')).toContain('200 OK')
    finish.resolve()
    await client.rest()
    expect((await app.call(1)).violations).toEqual([])
  })

  it('never holds an upgrade', async () => {
    const port = await tcpUpstream((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
        socket.on('data', (bytes) => void socket.write(bytes))
      })
    })
    const app = await proxy({ ...files('fail', port), 'orders.yaml': liveSpec })
    const client = await raw(app.port)
    client.send('GET /events HTTP/1.1\r\nHost: orders\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    await client.until('\r\n\r\n')
    client.send('ping')
    expect(await client.until('ping')).toBe('ping')
  })

  it('passes on a reply that breaks off, as it came', async () => {
    const real = await upstream((_, response) => {
      response.writeHead(200, { ...json, 'content-length': '100' }).write('{"id":')
      response.socket!.end()
    })
    const app = await proxy({ ...files('fail', real.port), 'orders.yaml': liveSpec })
    const client = await raw(app.port)
    client.send('GET /orders/1 HTTP/1.1\r\nHost: orders\r\n\r\n')
    expect(await client.rest()).toMatch(/200 OK[\s\S]*\{"id":$/)
    expect((await app.call(1)).violations).toEqual([])
  })

  it('gives the body that it has read to the real service, as it came', async () => {
    const got: string[] = []
    const real = await upstream((incoming, response) => {
      incoming.setEncoding('utf8').on('data', (piece: string) => got.push(piece))
      incoming.on('end', () => response.writeHead(201).end())
    })
    const app = await proxy({ ...files('fail', real.port), 'orders.yaml': liveSpec })
    const body = ` {"id": 1.0, "state":"open"}`
    expect((await ask(app.port, { path: '/orders', headers: json, body })).status).toBe(201)
    expect(got.join('')).toBe(body)
  })
})

const files = (enforce: string, port: number): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  orders:\n    mode: passthrough\n    upstream: 'http://127.0.0.1:${port}'\n    contract: { openapi: ./orders.yaml, enforce: ${enforce} }\n`,
})

describe('the contract', () => {
  const mock = `mocks:\n  - { request: { method: GET, path: /orders/1 }, response: { body: { id: 1, state: lost } } }\n`
  const start = (enforce: string) =>
    proxy(
      {
        'svc-mock.yaml': `services:\n  orders:\n    contract: { openapi: ./orders.yaml, enforce: ${enforce} }\n`,
        'orders.yaml': liveSpec,
        'mocks/orders/1.0.0/a.yaml': mock,
      },
      { watch: true },
    )

  it('is read again when its file changes; a broken one keeps its last good version', async () => {
    const app = await start('fail')
    expect((await ask(app.port, one)).status).toBe(502)
    app.workspace.write('orders.yaml', liveSpec.replace('[open, paid]', '[open, paid, lost]'))
    expect((await app.nextReload()).changed).toEqual(['orders.yaml'])
    expect((await ask(app.port, one)).status).toBe(200)
    app.workspace.write('orders.yaml', 'openapi: [')
    expect((await app.nextReload()).problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['CONTRACT_INVALID', 'error'],
    ])
    expect((await ask(app.port, one)).status).toBe(200)
    app.workspace.write('orders.yaml', liveSpec)
    expect((await app.nextReload()).healed).toEqual(['orders.yaml'])
    expect((await ask(app.port, one)).status).toBe(502)
  })

  it('comes and goes with svc-mock.yaml', async () => {
    const app = await start('warn')
    expect((await ask(app.port, one)).status).toBe(200)
    app.workspace.write(
      'svc-mock.yaml',
      'services:\n  orders:\n    contract: { openapi: ./orders.yaml, enforce: fail }\n',
    )
    await app.nextReload()
    expect((await ask(app.port, one)).status).toBe(502)
    app.workspace.write('svc-mock.yaml', 'services:\n  orders:\n    contract: { openapi: ./orders.yaml }\n')
    await app.nextReload()
    expect((await ask(app.port, one)).status).toBe(200)
    expect((await app.call(3)).violations).toBeUndefined()
  })

  it('that cannot be used lets nothing start', async () => {
    await expect(
      proxy({
        'svc-mock.yaml': 'services:\n  orders:\n    contract: { openapi: ./orders.yaml, enforce: warn }\n',
        'orders.yaml': 'swagger: "2.0"\n',
      }),
    ).rejects.toMatchObject({ code: 'CONTRACT_INVALID' })
  })

  it('with a part that cannot be used is in force but for that, and told', async () => {
    const spec = liveSpec.replace(
      "'404': { description: none }",
      "'404': { $ref: '#/components/responses/Gone' }",
    )
    const app = await proxy({
      'svc-mock.yaml': 'services:\n  orders:\n    contract: { openapi: ./orders.yaml, enforce: fail }\n',
      'orders.yaml': spec,
      'mocks/orders/1.0.0/a.yaml': mock,
    })
    expect(app.running.problems().map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', '#/components/responses/Gone does not exist'],
    ])
    expect((await ask(app.port, one)).status).toBe(502)
  })
})

it('of a client that leaves while its reply is held ends with it', async () => {
  const real = await upstream((_, response) => void response.writeHead(200, json).write('{"id":'))
  const app = await proxy({ ...files('fail', real.port), 'orders.yaml': liveSpec })
  const out = request({ host: app.host, port: app.port, path: '/orders/1', headers: { host: 'orders' } })
  out.on('error', () => undefined).end()
  await new Promise<void>((resolve) => real.server.once('request', () => resolve()))
  out.destroy()
  expect(await app.call(1)).toMatchObject({ status: 0, violations: [] })
})
