/** The same mocks, asked by connect-es in its three protocols, over HTTP/1.1 and HTTP/2. */
import { Code, ConnectError } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { describe, expect, it } from 'vitest'
import { connectClient } from '../../support/connect.ts'
import { grpcFiles } from '../../support/grpc-workspace.ts'
import { proxy } from '../../support/proxy.ts'

const mocks = `
  - request: { method: Get, message: { sku: a } }
    response: { message: { sku: a, available: 9007199254740993, kind: TOY }, metadata: { x-head: h }, trailers: { x-tail: t } }
  - request: { method: Get, message: { sku: slow } }
    response: { message: { sku: slow } }
    fault: { delay: 60s }
  - request: { method: Get, message: { sku: gone } }
    response:
      status: NOT_FOUND
      statusMessage: gone
      details: [{ '@type': type.googleapis.com/google.rpc.ErrorInfo, reason: GONE }]
  - request: { method: Watch, message: { sku: a } }
    response: { messages: [{ message: { sku: '1' } }, { message: { sku: '2' }, delay: 5ms }], trailers: { x-tail: t } }
  - request: { method: Watch, message: { sku: broken } }
    response: { messages: [{ message: { sku: '1' } }], status: DATA_LOSS, statusMessage: lost }
  - request: { method: Put, messages: { $includes: [{ sku: b }] } }
    response: { message: { count: 2 } }
  - request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
`

const transports = {
  'gRPC over HTTP/2': (baseUrl: string) => createGrpcTransport({ baseUrl }),
  'gRPC-Web over HTTP/1.1': (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
  'gRPC-Web over HTTP/2': (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: '2' }),
  'gRPC-Web with JSON': (baseUrl: string) =>
    createGrpcWebTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  'Connect over HTTP/1.1': (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  'Connect over HTTP/2': (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: false }),
  'Connect in protobuf': (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: true }),
}

/** An own port, so that the client calls the service as if there were no proxy. */
const running = async () => {
  const files = grpcFiles(mocks)
  files['svc-mock.yaml'] += '    listen: 127.0.0.1:0\n'
  const app = await proxy(files)
  return { app, url: `http://127.0.0.1:${app.ownPort('inventory')}` }
}

const failure = async (work: Promise<unknown>): Promise<ConnectError> => {
  try {
    await work
  } catch (error) {
    return ConnectError.from(error)
  }
  throw new Error('it did not fail')
}

async function* of<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

describe.each(Object.entries(transports))('%s', (_, transport) => {
  it('unary: message, metadata, trailers', async () => {
    const { app, url } = await running()
    const client = await connectClient(transport(url))
    let head: Headers | undefined
    let trailers: Headers | undefined
    const reply = await client['get']!(
      { sku: 'a' },
      {
        onHeader: (headers: Headers) => {
          head = headers
        },
        onTrailer: (headers: Headers) => {
          trailers = headers
        },
      },
    )
    expect(reply).toMatchObject({ sku: 'a', available: 9007199254740993n, kind: 2 })
    expect(head?.get('x-head')).toBe('h')
    expect(trailers?.get('x-tail')).toBe('t')
    expect(await app.call(1)).toMatchObject({ operation: 'acme.Inventory/Get', statusWord: 'OK' })
  })

  it('unary: an error with details, and a miss', async () => {
    const { app, url } = await running()
    const client = await connectClient(transport(url))
    const gone = await failure(client['get']!({ sku: 'gone' }))
    expect(gone).toMatchObject({ code: Code.NotFound, rawMessage: 'gone' })
    expect(gone.details).toMatchObject([{ type: 'google.rpc.ErrorInfo' }])
    const missed = await failure(client['get']!({ sku: 'nobody' }))
    expect(missed.code).toBe(Code.FailedPrecondition)
    expect(missed.rawMessage).toContain('message.sku: expected "a", got "nobody"')
    expect(missed.metadata.get('x-svc-mock-error')).toBe('MOCK_NOT_MATCHED')
    expect((await app.call(1)).statusWord).toBe('NOT_FOUND')
    expect((await app.call(2)).statusWord).toBe('FAILED_PRECONDITION')
  })

  it('server stream, whole and broken', async () => {
    const { app, url } = await running()
    const client = await connectClient(transport(url))
    const got: unknown[] = []
    for await (const { sku } of client['watch']!({ sku: 'a' })) got.push(sku)
    expect(got).toEqual(['1', '2'])
    const broken = await failure(
      (async () => {
        for await (const { sku } of client['watch']!({ sku: 'broken' })) got.push(sku)
      })(),
    )
    expect(broken).toMatchObject({ code: Code.DataLoss, rawMessage: 'lost' })
    expect(got).toEqual(['1', '2', '1'])
    expect((await app.call(1)).statusWord).toBe('OK')
    expect((await app.call(2)).statusWord).toBe('DATA_LOSS')
  })

  it('client stream', async () => {
    const { url } = await running()
    const client = await connectClient(transport(url))
    expect(await client['put']!(of({ sku: 'a' }, { sku: 'b' }))).toMatchObject({ count: 2 })
  })

  it('a deadline', async () => {
    const { url } = await running()
    const client = await connectClient(transport(url))
    expect((await failure(client['get']!({ sku: 'slow' }, { timeoutMs: 80 }))).code).toBe(
      Code.DeadlineExceeded,
    )
  })
})

it('streams both ways over HTTP/2', async () => {
  const { url } = await running()
  const client = await connectClient(transports['Connect over HTTP/2'](url))
  const got: unknown[] = []
  for await (const { text } of client['chat']!(of({ text: 'ping' }, { text: 'ping' }))) got.push(text)
  expect(got).toEqual(['pong', 'pong'])
})

describe('without a client library', () => {
  it('Connect: JSON by POST, and by GET', async () => {
    const { url } = await running()
    const posted = await fetch(`${url}/acme.Inventory/Get`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"sku":"a"}',
    })
    expect(posted.status).toBe(200)
    expect(posted.headers.get('content-type')).toBe('application/json')
    expect(await posted.json()).toEqual({ sku: 'a', available: '9007199254740993', kind: 'TOY' })
    const query = new URLSearchParams({ connect: 'v1', encoding: 'json', message: '{"sku":"gone"}' })
    const got = await fetch(`${url}/acme.Inventory/Get?${query}`)
    expect(got.status).toBe(404)
    expect(await got.json()).toMatchObject({ code: 'not_found', message: 'gone' })
  })

  it('gRPC-Web: base64', async () => {
    const { app, url } = await running()
    const frame = Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x61])
    const reply = await fetch(`${url}/acme.Inventory/Get`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web-text' },
      body: frame.toString('base64'),
    })
    expect(reply.headers.get('content-type')).toBe('application/grpc-web-text')
    const bytes = Buffer.from(await reply.text(), 'base64')
    expect(bytes[0]).toBe(0)
    const last = bytes.subarray(5 + bytes.readUInt32BE(1))
    expect(last[0]).toBe(0x80)
    expect(last.subarray(5).toString()).toBe('grpc-status: 0\r\nx-tail: t\r\n')
    expect((await app.call(1)).statusWord).toBe('OK')
  })

  it('a page of another origin may ask and read', async () => {
    const { url } = await running()
    const origin = 'http://page.test'
    const preflight = await fetch(`${url}/acme.Inventory/Get`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-grpc-web',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
    const reply = await fetch(`${url}/acme.Inventory/Get`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: '{"sku":"a"}',
    })
    expect(reply.headers.get('access-control-allow-origin')).toBe(origin)
    expect(reply.headers.get('access-control-expose-headers')).toContain('x-head')
  })

  it('what is no RPC is told so', async () => {
    const { app, url } = await running()
    const reply = await fetch(`${url}/healthz`)
    expect(reply.status).toBe(502)
    expect(reply.headers.get('x-svc-mock-error')).toBe('MOCK_NOT_MATCHED')
    expect(((await reply.json()) as { title: string }).title).toContain('speaks gRPC')
    expect(await app.call(1)).toMatchObject({ operation: 'GET /healthz', outcome: 'miss' })
  })
})
