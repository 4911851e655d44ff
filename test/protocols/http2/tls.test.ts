/** HTTP/2 over TLS: what ALPN agreed on with clients, and what upstreams offer. The protocol alone, TLS made by the test. */
import { execFileSync } from 'node:child_process'
import { type ClientHttp2Session, connect as connectHttp2, createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Call } from '../../../src/core/call.ts'
import { newTenant } from '../../../src/core/call.ts'
import { SvcMockError } from '../../../src/core/errors.ts'
import type { Entrance, ProtocolHost } from '../../../src/core/protocol.ts'
import { http } from '../../../src/protocols/http/index.ts'
import { ask } from '../../support/http2.ts'
import { service } from '../../support/library.ts'
import { present } from '../../support/tools.ts'

const host = 'orders.test.example.com'

const certificate = (): { cert: string; key: string } => {
  const text = execFileSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout - -subj /CN=test -days 2'.split(
      ' ',
    ),
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const at = text.indexOf('-----BEGIN CERTIFICATE')
  return { key: text.slice(0, at), cert: text.slice(at) }
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })

/** The protocol http behind TLS that this test ends; everything goes to the real service at `upstreamPort`. */
const served = async (
  upstreamPort: number,
  other?: string,
): Promise<{ port: number; offers: string[][] }> => {
  const offers: string[][] = []
  const target = { scheme: 'https', host: '127.0.0.1', port: upstreamPort, basePath: '' } as const
  const real = service({ mode: 'passthrough', upstream: target })
  const another = service({ name: 'other' })
  let server: ReturnType<typeof http.open>
  const protocolHost: Partial<ProtocolHost> = {
    tenant: newTenant('default'),
    nextId: () => 1,
    route: (_entrance, name) => ({
      service: name === other ? another : real,
      target: { ...target, host },
      basePath: '',
    }),
    handle: (call: Call) => server.upstream(call),
    carried: () => undefined,
    finished: () => undefined,
    notice: () => undefined,
    refused: () => undefined,
    proxyAuthorization: undefined,
    proxyFor: () => undefined,
    hopMark: 'mark',
    dial: (to, { alpn = ['http/1.1'] } = {}) =>
      new Promise((resolve, reject) => {
        offers.push([...alpn])
        const socket = connectTls({
          port: to.port,
          host: to.host,
          ALPNProtocols: [...alpn],
          rejectUnauthorized: false,
        })
        socket.once('secureConnect', () => resolve(socket))
        socket.once('error', (cause) =>
          reject(new SvcMockError('UPSTREAM_UNREACHABLE', cause.message, { cause })),
        )
      }),
  }
  server = http.open(protocolHost as ProtocolHost)
  onTestFinished(() => server.reset())
  const identity = certificate()
  const port = await listening(
    createServer((raw) => {
      raw.on('error', () => raw.destroy())
      const socket = new TLSSocket(raw, { isServer: true, ...identity, ALPNProtocols: http.alpn as string[] })
      socket.on('error', () => socket.destroy())
      socket.once('secure', () => {
        const alpn =
          socket.alpnProtocol === false || socket.alpnProtocol === null ? undefined : socket.alpnProtocol
        const entrance: Entrance = {
          kind: 'tunnel',
          listen: '127.0.0.1:8700',
          target: { scheme: 'https', host, port: 443, basePath: '' },
          tls: { servername: host, alpn },
        }
        server.accept(socket, entrance)
      })
    }),
  )
  return { port, offers }
}

const client = (port: number): ClientHttp2Session => {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: host })
  session.on('error', () => undefined)
  onTestFinished(() => session.destroy())
  return session
}

/** A call in HTTP/1.1; the whole answer. */
const inHttp1 = (port: number, alpn: string[], body = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: alpn })
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.once('error', reject).once('close', () => resolve(text))
    socket.write(
      `POST /a HTTP/1.1\r\nHost: ${host}\r\nX-Case: Kept\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
  })

describe.skipIf(!present('openssl', 'version'))('over TLS', () => {
  const identity = certificate()

  /** Says which version it was asked in, with the body. */
  const both = (allowHTTP1: boolean): Promise<number> => {
    const server = createSecureServer({ ...identity, allowHTTP1 })
    server.on('request', (request, response) => {
      const names = request.rawHeaders.filter((_text, i) => i % 2 === 0)
      response.writeHead(200, {
        'x-asked': `${request.httpVersion} ${names.find((name) => /x-case/i.test(name))}`,
      })
      request.pipe(response)
    })
    return listening(server)
  }

  it('a call in HTTP/2 leaves as HTTP/2 where the upstream chooses it', async () => {
    const { port, offers } = await served(await both(true))
    const session = client(port)
    const head = { ':method': 'POST', ':path': '/a', ':authority': host, 'x-case': 'kept' }
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(session, head, `body ${n}`)))
    expect(answers.map(({ body }) => body)).toEqual(answers.map((_, n) => `body ${n}`))
    expect(answers[0]!.headers['x-asked']).toBe('2.0 x-case')
    expect(offers).toEqual([['h2', 'http/1.1']])
  })

  it('a call in HTTP/2 leaves as HTTP/1.1 where the upstream knows no other, which is asked once', async () => {
    const server = createHttpsServer(identity, (request, response) => {
      response.writeHead(200, { 'x-asked': request.httpVersion })
      request.pipe(response)
    })
    const { port, offers } = await served(await listening(server))
    const session = client(port)
    const head = { ':method': 'POST', ':path': '/a', ':authority': host }
    expect(await ask(session, head, 'one')).toMatchObject({
      status: 200,
      body: 'one',
      headers: { 'x-asked': '1.1' },
    })
    expect(await ask(session, head, 'two')).toMatchObject({ status: 200, body: 'two' })
    expect(offers.filter((offer) => offer.includes('h2'))).toHaveLength(1)
  })

  it.each([[['http/1.1']], [[]]])('a call in HTTP/1.1 stays HTTP/1.1 (ALPN %j)', async (alpn) => {
    const { port, offers } = await served(await both(true))
    expect(await inHttp1(port, alpn, 'body')).toMatch(/x-asked: 1\.1 X-Case\r\n[\s\S]*body/)
    expect(offers).toEqual([['http/1.1']])
  })

  it('a call in HTTP/1.1 leaves as HTTP/2 where the upstream refuses HTTP/1.1, with its body', async () => {
    const { port } = await served(await both(false))
    for (const body of ['first', '', 'third']) {
      const answer = await inHttp1(port, ['http/1.1'], body)
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(answer).toContain('x-asked: 2.0 x-case')
      expect(answer).toContain(body)
    }
  })

  it('a call on the connection to another service is answered 421', async () => {
    const { port } = await served(await both(true), 'other.test.example.com')
    const session = client(port)
    expect(await ask(session, { ':path': '/', ':authority': 'other.test.example.com' })).toMatchObject({
      status: 421,
    })
    expect(await ask(session, { ':path': '/', ':authority': 'unknown.test.example.com' })).toMatchObject({
      status: 200,
    })
  })
})
