/** Calls that come in HTTP/2 are the same calls: mocks, misses, bodies, and what HTTP/2 says differently. */
import { constants } from 'node:http2'
import { describe, expect, it } from 'vitest'
import type { ProtocolHost } from '../../../src/core/protocol.ts'
import type { Reply } from '../../../src/core/reply.ts'
import { Http2Session } from '../../../src/protocols/http/h2/session.ts'
import { Intake } from '../../../src/protocols/http/intake.ts'
import { block, codeOf, errorCodes, flags, frame, frameClient, get, request } from '../../support/frames.ts'
import { answerOf, ask, http2Client } from '../../support/http2.ts'
import { service } from '../../support/library.ts'
import { proxy } from '../../support/proxy.ts'
import { raw } from '../../support/raw.ts'
import { tcpUpstream } from '../../support/upstream.ts'

const files = {
  'svc-mock.yaml':
    'services:\n  orders: { hosts: [orders.test.example.com], listen: 127.0.0.1:0 }\n  billing: { hosts: [billing.test.example.com] }\n',
  'mocks/orders/1.0.0/orders.yaml': `mocks:
  - request: { method: GET, path: '/orders/{id}' }
    response: { headers: { X-Source: svc-mock, set-cookie: [a=1, b=2] }, body: { id: 42 } }
  - request: { method: POST, path: /orders, body: { sku: A-1 } }
    response: { status: 201, body: { id: 43 } }
  - request: { path: /cookies, cookies: { a: '1', b: '2' } }
    response: { body: both }
  - request: { path: /nothing }
    response: { status: 204 }
  - request: { path: /large }
    response: { bodyFile: ./large.txt }
`,
  'mocks/orders/1.0.0/large.txt': 'x'.repeat(300_000),
}

const host = 'orders.test.example.com'
const target = { scheme: 'http', host: 'orders', port: 80, basePath: '' } as const

describe('a mocked call in HTTP/2', () => {
  it('is answered by prior knowledge on the main port, host from :authority', async () => {
    const { port, call } = await proxy(files)
    const answer = await ask(await http2Client(port), { ':path': '/orders/42', ':authority': host })
    expect(answer).toMatchObject({ status: 200, body: '{"id":42}', rstCode: 0 })
    expect(answer.raw.filter((_text, i) => i % 2 === 0)).toEqual([
      ':status',
      'content-type',
      'x-source',
      'set-cookie',
      'set-cookie',
      'content-length',
      'date',
    ])
    expect(await call(1)).toMatchObject({ operation: 'GET /orders/42', status: 200, outcome: 'mock' })
  })

  it("is answered on a service's own port, and beside HTTP/1.1", async () => {
    const test = await proxy(files)
    const own = test.ownPort('orders')
    const session = await http2Client(own)
    expect(await ask(session, { ':path': '/orders/42' })).toMatchObject({ status: 200 })
    const client = await raw(own)
    client.send('GET /orders/42 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await client.rest()).toContain('200 OK')
  })

  it('is told apart however its preface is cut', async () => {
    const test = await proxy(files)
    for (const port of [test.port, test.ownPort('orders')]) {
      const client = await raw(port)
      client.send('P')
      await new Promise((resolve) => setImmediate(resolve))
      client.send('RI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
      client.send(frame('settings', 0, 0).toString('latin1'))
      client.send(request(1, ...get('/orders/42', host)).toString('latin1'))
      expect(await client.until('{"id":42}')).toMatch(/\{"id":42\}$/)
    }
  })

  it('has its body matched, also when it comes in pieces', async () => {
    const { port } = await proxy(files)
    const stream = (await http2Client(port)).request({
      ':method': 'POST',
      ':path': '/orders',
      ':authority': host,
      'content-type': 'application/json',
    })
    stream.write('{"sku":')
    stream.end('"A-1"}')
    expect(await answerOf(stream)).toMatchObject({ status: 201, body: '{"id":43}' })
  })

  it('gets 100 Continue before it sends its body', async () => {
    const { port } = await proxy(files)
    const session = await http2Client(port)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/orders',
      ':authority': host,
      expect: '100-continue',
    })
    stream.once('continue', () => stream.end('{"sku":"A-1"}'))
    expect(await answerOf(stream)).toMatchObject({ status: 201 })
  })

  it('has the crumbs of its cookies joined', async () => {
    const { port } = await proxy(files)
    const client = await frameClient(port)
    client.send(request(1, ...get('/cookies', host), 'cookie', 'a=1', 'cookie', 'b=2'))
    expect((await client.next('data', 1))?.payload.toString()).toBe('both')
  })

  it('is answered to HEAD and with 204 by headers that end the stream', async () => {
    const { port } = await proxy(files)
    const session = await http2Client(port)
    const head = await ask(session, { ':method': 'HEAD', ':path': '/orders/42', ':authority': host })
    expect(head).toMatchObject({ status: 200, body: '', rstCode: 0 })
    expect(head.headers['content-length']).toBe('9')
    expect(await ask(session, { ':path': '/nothing', ':authority': host })).toMatchObject({
      status: 204,
      body: '',
      rstCode: 0,
    })
  })

  it('gets a miss that says the nearest mocks, and a body beyond the window whole', async () => {
    const { port } = await proxy(files)
    const session = await http2Client(port)
    const miss = await ask(session, { ':path': '/order/42', ':authority': host })
    expect(miss).toMatchObject({ status: 502 })
    expect(miss.body).toContain('MOCK_NOT_MATCHED')
    expect((await ask(session, { ':path': '/large', ':authority': host })).body.length).toBe(300_000)
  })

  it('is answered before its body has come, which is then dropped', async () => {
    const { port } = await proxy(files)
    const session = await http2Client(port)
    const stream = session.request({ ':method': 'PUT', ':path': '/nothing', ':authority': host })
    stream.write('x'.repeat(100_000))
    const answer = await answerOf(stream)
    expect(answer).toMatchObject({ status: 204, rstCode: constants.NGHTTP2_NO_ERROR })
    expect(await ask(session, { ':path': '/orders/1', ':authority': host })).toMatchObject({ status: 200 })
  })

  it('runs beside a thousand others on one connection, each with its own answer', async () => {
    const { port } = await proxy({
      'svc-mock.yaml': 'services:\n  orders: { hosts: [orders.test.example.com] }\n',
      'mocks/orders/1.0.0/orders.yaml': `mocks:\n${Array.from(
        { length: 1_000 },
        (_, n) =>
          `  - request: { method: POST, path: /prices, body: { sku: S${n} } }\n    response: { headers: { x-sku: S${n} }, body: 'price of ${n}' }\n`,
      ).join('')}`,
    })
    const session = await http2Client(port)
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) =>
        ask(
          session,
          { ':method': 'POST', ':path': '/prices', ':authority': host },
          JSON.stringify({ sku: `S${n}`, filler: 'x'.repeat(n) }),
        ),
      ),
    )
    expect(answers.map(({ body }) => body)).toEqual(answers.map((_, n) => `price of ${n}`))
    expect(answers.map(({ headers }) => headers['x-sku'])).toEqual(answers.map((_, n) => `S${n}`))
  })
})

describe('a call that breaks the rules of HTTP/2', () => {
  it.each([
    ['a name in upper case', ['X-Upper', '1']],
    ['connection', ['connection', 'keep-alive']],
    ['te beside trailers', ['te', 'gzip']],
    ['a second :path', [':path', '/other']],
  ])('by %s costs its stream only', async (_what, more) => {
    const { port } = await proxy(files)
    const client = await frameClient(port)
    client.send(request(1, ...get('/orders/42', host), ...more))
    expect(codeOf(await client.next('rstStream', 1))).toBe(errorCodes.protocol)
    client.send(request(3, ...get('/orders/42', host)))
    expect((await client.next('data', 3))?.payload.toString()).toBe('{"id":42}')
  })

  it('by a missing :path costs its stream only', async () => {
    const { port } = await proxy(files)
    const client = await frameClient(port)
    client.send(request(1, ':method', 'GET', ':scheme', 'http', ':authority', host))
    expect(codeOf(await client.next('rstStream', 1))).toBe(errorCodes.protocol)
    client.send(request(3, ...get('/orders/42', host)))
    expect((await client.next('data', 3))?.payload.toString()).toBe('{"id":42}')
  })

  it('by more or less body than its content-length costs its stream only', async () => {
    const { port } = await proxy(files)
    const client = await frameClient(port)
    const head = block(
      ':method',
      'POST',
      ':scheme',
      'http',
      ':authority',
      host,
      ':path',
      '/orders',
      'content-length',
      '5',
    )
    client.send(
      frame('headers', flags.endHeaders, 1, head),
      frame('data', flags.endStream, 1, Buffer.from('abc')),
    )
    expect(codeOf(await client.next('rstStream', 1))).toBe(errorCodes.protocol)
    client.send(request(3, ...get('/orders/42', host)))
    expect((await client.next('data', 3))?.payload.toString()).toBe('{"id":42}')
  })

  it.each([
    ['user information', 'user@orders.test.example.com'],
    ['a space', 'orders test'],
  ])('by %s in :authority costs its stream only', async (_what, authority) => {
    const { port } = await proxy(files)
    const client = await frameClient(port)
    client.send(request(1, ...get('/orders/42', authority)))
    expect(codeOf(await client.next('rstStream', 1))).toBe(errorCodes.protocol)
    client.send(request(3, ...get('/orders/42', host)))
    expect((await client.next('data', 3))?.payload.toString()).toBe('{"id":42}')
  })

  it.each([
    [
      ':authority and Host that differ',
      [...get('/', host), 'host', 'other.test.example.com'],
      /different hosts/,
    ],
    [
      'a strange :scheme',
      [':method', 'GET', ':scheme', 'ftp', ':authority', host, ':path', '/'],
      /neither http nor https/,
    ],
    ['a port that is none', get('/', `${host}:99999`), /no host/],
  ])('by %s is answered 400', async (_what, pairs, why) => {
    const test = await proxy(files)
    const client = await frameClient(test.port)
    client.send(request(1, ...pairs))
    expect((await client.next('data', 1))?.payload.toString()).toMatch(why)
    expect(test.notices).toHaveLength(1)
    client.send(request(3, ...get('/orders/42', host)))
    expect((await client.next('data', 3))?.payload.toString()).toBe('{"id":42}')
  })

  it('by a header section that is too long is answered 431, and reset beyond that', async () => {
    const { port } = await proxy(files)
    const session = await http2Client(port, { maxSendHeaderBlockLength: 1_000_000 })
    const long = (times: number) =>
      ask(session, {
        ':path': '/orders/1',
        ':authority': host,
        'x-long': Array(times).fill('x'.repeat(11_000)),
      })
    const tooLong = await long(6)
    expect(tooLong).toMatchObject({ status: 431 })
    expect((await long(13)).rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    expect(tooLong.body).toContain('longer than 64 kB')
    expect(await ask(session, { ':path': '/orders/1', ':authority': host })).toMatchObject({ status: 200 })
  })
})

describe('an HTTP/2 connection', () => {
  it('carries CONNECT, and inside the tunnel any version', async () => {
    const { port } = await proxy(files)
    const session = await http2Client(port)
    const tunnel = session.request({ ':method': 'CONNECT', ':authority': `${host}:80` }, { endStream: false })
    await new Promise((resolve) => tunnel.once('response', resolve))
    tunnel.setEncoding('latin1')
    let text = ''
    tunnel.on('data', (chunk: string) => {
      text += chunk
    })
    tunnel.write('GET /orders/42 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await new Promise((resolve) => tunnel.once('end', resolve))
    expect(text).toContain('{"id":42}')
    const refused = await answerOf(
      session.request({ ':method': 'CONNECT', ':authority': `${host}:99999` }, { endStream: false }),
    )
    expect(refused.status).toBe(400)
  })

  it('wants credentials where the proxy does', async () => {
    const { port } = await proxy({
      ...files,
      'svc-mock.yaml': `${files['svc-mock.yaml']}proxyCredentials: { user: u, password: p }\n`,
    })
    const session = await http2Client(port)
    expect(await ask(session, { ':path': '/orders/42', ':authority': host })).toMatchObject({ status: 407 })
    const authorization = `Basic ${Buffer.from('u:p').toString('base64')}`
    expect(
      await ask(session, { ':path': '/orders/42', ':authority': host, 'proxy-authorization': authorization }),
    ).toMatchObject({ status: 200 })
  })

  it('ends with GOAWAY when svc-mock stops, its calls answered first', async () => {
    const test = await proxy({
      ...files,
      'mocks/orders/1.0.0/slow.yaml':
        'mocks:\n  - request: { path: /slow }\n    fault: { delay: 100ms }\n    response: { body: late }\n',
    })
    const session = await http2Client(test.port)
    const goaway = new Promise<number>((resolve) => session.once('goaway', resolve))
    const answer = ask(session, { ':path': '/slow', ':authority': host })
    await ask(session, { ':path': '/orders/42', ':authority': host })
    const closed = test.running.close(5_000)
    expect(await goaway).toBe(0)
    expect(await answer).toMatchObject({ status: 200, body: 'late' })
    await closed
  })

  it('is closed when it has been idle, and not while a call waits', async () => {
    const waiting = Promise.withResolvers<Reply>()
    const host: Partial<ProtocolHost> = {
      nextId: () => 1,
      route: () => ({ service: service(), target, basePath: '' }),
      handle: () => waiting.promise,
      carried: () => undefined,
      finished: () => undefined,
      proxyAuthorization: undefined,
    }
    const sessions = new Http2Session(new Intake(host as ProtocolHost), 50)
    const port = await tcpUpstream((socket) => sessions.accept(socket, { kind: 'proxy', listen: '' }))
    const closed = async (): Promise<void> => {
      const session = await http2Client(port)
      await new Promise<void>((resolve) => session.once('close', resolve))
    }
    const busy = await http2Client(port)
    const answer = ask(busy, { ':path': '/', ':authority': 'orders' })
    await closed()
    // The one that waits has been silent as long, and longer than another one is kept.
    await closed()
    expect(busy.closed).toBe(false)
    waiting.resolve({ kind: 'single', status: 200, metadata: [], body: Buffer.from('late') })
    expect(await answer).toMatchObject({ status: 200, body: 'late' })
    await new Promise((resolve) => busy.once('close', resolve))
  })

  it('ends when its client has said its last word', async () => {
    const { port } = await proxy(files)
    const client = await frameClient(port)
    client.send(request(1, ...get('/orders/42', host)))
    await client.next('data', 1)
    client.socket.end()
    await client.closed
  })
})

describe('a connection to an own port', () => {
  it('that says nothing costs nobody anything, and ends when it does or when svc-mock stops', async () => {
    const test = await proxy(files)
    const silent = await raw(test.ownPort('orders'))
    const ending = await raw(test.ownPort('orders'))
    ending.socket.end()
    await ending.closed
    const session = await http2Client(test.ownPort('orders'))
    expect(await ask(session, { ':path': '/orders/42' })).toMatchObject({ status: 200 })
    await test.running.close(60_000)
    expect(await silent.rest()).toBe('')
  })
})

describe('a fault in HTTP/2', () => {
  const fault = (abort: string): Record<string, string> => ({
    'svc-mock.yaml': files['svc-mock.yaml'],
    'mocks/orders/1.0.0/faults.yaml': `mocks:\n  - request: { path: /broken }\n    fault: { abort: ${abort} }\n    response: { body: '${'x'.repeat(100)}' }\n  - request: { path: /whole }\n    response: { body: whole }\n`,
  })

  it.each([
    ['reset', constants.NGHTTP2_INTERNAL_ERROR],
    ['empty', constants.NGHTTP2_CANCEL],
    ['close', constants.NGHTTP2_INTERNAL_ERROR],
    ['malformed', constants.NGHTTP2_PROTOCOL_ERROR],
  ])('%s breaks its stream only', async (abort, code) => {
    const { port, call } = await proxy(fault(abort))
    const session = await http2Client(port)
    const answer = await ask(session, { ':path': '/broken', ':authority': host })
    expect(answer.rstCode).toBe(code)
    if (abort === 'close') expect(answer).toMatchObject({ status: 200, body: 'x'.repeat(50) })
    expect(await call(1)).toMatchObject({ status: 0 })
    expect(await ask(session, { ':path': '/whole', ':authority': host })).toMatchObject({ body: 'whole' })
  })

  it('timeout leaves its stream open, and others are answered', async () => {
    const { port } = await proxy(fault('timeout'))
    const session = await http2Client(port)
    const stalled = session.request({ ':path': '/broken', ':authority': host })
    stalled.on('error', () => undefined)
    expect(await ask(session, { ':path': '/whole', ':authority': host })).toMatchObject({ body: 'whole' })
    expect(stalled.closed).toBe(false)
    stalled.close()
  })
})
