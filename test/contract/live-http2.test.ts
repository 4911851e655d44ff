/** Live calls over HTTP/2 held against an OpenAPI file: each stream for itself, and of all that waits no more than the budget. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { upstream } from '../support/upstream.ts'
import { answering, liveSpec, order, type Reply, shortly } from './live.ts'

const json = { 'content-type': 'application/json' }
const good: Reply = { headers: json, body: order }
const bad: Reply = { headers: json, body: '{"id":1,"state":"lost"}' }

const session = (app: TestProxy): ClientHttp2Session => {
  const client = connect(`http://127.0.0.1:${app.port}`)
  client.on('error', () => undefined)
  onTestFinished(() => client.destroy())
  return client
}

const open = (client: ClientHttp2Session, path: string, body?: string): ClientHttp2Stream => {
  const stream = client.request({
    ':method': body === undefined ? 'GET' : 'POST',
    ':path': path,
    ':authority': 'orders',
    ...(body !== undefined && json),
  })
  stream.on('error', () => undefined)
  return stream.end(body) as ClientHttp2Stream
}

interface Answered {
  readonly status: number | undefined
  readonly body: string
}

const whole = (stream: ClientHttp2Stream): Promise<Answered> =>
  new Promise((resolve) => {
    let status: number | undefined
    const pieces: Buffer[] = []
    stream.on('response', (headers) => {
      status = headers[':status']
    })
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('close', () => resolve({ status, body: Buffer.concat(pieces).toString() }))
  })

const ask = (client: ClientHttp2Session, path: string, body?: string): Promise<Answered> =>
  whole(open(client, path, body))

/** By operation, for streams end in any order. */
const told = (app: TestProxy): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(app.calls.map(({ operation, violations }) => [operation, shortly(violations)]))

describe.each(['mock', 'real'] as const)('calls by HTTP/2, %s', (who) => {
  it('are told of by warn, and pass as they are', async () => {
    const { app } = await answering(who, 'warn', bad)
    const client = session(app)
    const all = await Promise.all([
      ask(client, '/orders/1'),
      ask(client, '/orders/x'),
      ask(client, '/orders', '{"id":"1","state":"open"}'),
    ])
    expect(all).toEqual(all.map(() => ({ status: 200, body: bad.body })))
    await app.call(3)
    expect(told(app)).toEqual({
      'GET /orders/1': ['reply enum response.body.state'],
      'GET /orders/x': ['call type request.path', 'reply enum response.body.state'],
      'POST /orders': ['call type request.body.id', 'reply response-status response.status'],
    })
    expect(app.calls.map(({ unchecked }) => unchecked)).toEqual([undefined, undefined, undefined])
  })

  it('are refused by fail, and the others on their connection are not', async () => {
    const { app, asked } = await answering(who, 'fail', good)
    const client = session(app)
    const [kept, wrong, posted] = await Promise.all([
      ask(client, '/orders/1'),
      ask(client, '/orders/x'),
      ask(client, '/orders', '{"id":"1"}'),
    ])
    expect(kept).toEqual({ status: 200, body: order })
    for (const refused of [wrong, posted])
      expect([refused.status, refused.body]).toEqual([400, expect.stringContaining('CALL_BREAKS_CONTRACT')])
    expect(asked()).toBe(who === 'real' ? 1 : 0)
    expect(await ask(client, '/orders/2')).toEqual(kept)
  })

  it('get no reply that breaks the contract from fail', async () => {
    const { app } = await answering(who, 'fail', bad)
    const client = session(app)
    const { status, body } = await ask(client, '/orders/1')
    expect([status, body]).toEqual([502, expect.stringContaining('REPLY_BREAKS_CONTRACT')])
    expect(body).not.toContain('lost')
  })
})

const settings = (enforce: string, port: number, more = ''): Readonly<Record<string, string>> => ({
  'svc-mock.yaml': `services:\n  orders:\n    mode: passthrough\n    upstream: 'http://127.0.0.1:${port}'\n    contract: { openapi: ./orders.yaml, enforce: ${enforce} }\n${more}`,
  'orders.yaml': liveSpec,
})

it('a stream that is reset while its reply is held ends alone', async () => {
  const finish = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const real = await upstream(async ({ url }, response) => {
    response.writeHead(200, json)
    if (url === '/orders/1') {
      response.write('{"id":')
      begun.resolve()
      await finish.promise
    }
    response.end(order)
  })
  const app = await proxy(settings('fail', real.port))
  const client = session(app)
  const held = open(client, '/orders/1')
  const over = whole(held)
  await begun.promise
  held.close(constants.NGHTTP2_CANCEL)
  await over
  expect(await app.call(1)).toMatchObject({ status: 0, violations: [] })
  expect(await ask(client, '/orders/2')).toEqual({ status: 200, body: order })
  finish.resolve()
})

describe('what waits to be looked at', () => {
  // Of all calls together 64 MB may wait.
  const size = 40 * 1024 * 1024
  const large = Buffer.from(`{"id":1,"state":"lost","note":"${'x'.repeat(size)}`)
  const end = '"}'

  it('is no more than the budget: what is beyond passes unchecked, and what is looked at makes room', async () => {
    const finish = Promise.withResolvers<void>()
    const real = await upstream(async ({ url }, response) => {
      response.writeHead(200, json).write(large)
      if (url === '/orders/1') await finish.promise
      response.end(end)
    })
    const app = await proxy(settings('warn', real.port, 'limits: { body: 50MB }\n'))
    const client = session(app)
    const first = open(client, '/orders/1')
    const firstWhole = whole(first)
    await new Promise<void>((resolve) => {
      let seen = 0
      first.on('data', (piece: Buffer) => {
        seen += piece.length
        if (seen === large.length) resolve()
      })
    })
    const second = await ask(client, '/orders/2')
    expect([second.status, second.body.length]).toEqual([200, large.length + end.length])
    expect(await app.call(1)).toMatchObject({
      operation: 'GET /orders/2',
      violations: [],
      unchecked: 'the body of the reply was not looked at: too much waits to be checked',
    })
    finish.resolve()
    expect((await firstWhole).body.length).toBe(large.length + end.length)
    const found = ['reply max-length response.body.note', 'reply enum response.body.state']
    expect(shortly((await app.call(2)).violations).sort()).toEqual([...found].sort())
    await ask(client, '/orders/3')
    expect(shortly((await app.call(3)).violations).sort()).toEqual([...found].sort())
    expect(app.running.totals().contracts.get('orders')).toEqual({ checked: 2, unchecked: 1, broken: 2 })
  }, 60_000)
})
