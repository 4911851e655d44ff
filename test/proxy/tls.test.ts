/** TLS of clients is read where a service names the host, and only there. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { openAuthority } from '../../src/tls/authority-file.ts'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'
import {
  ask,
  clientIdentity,
  helloBytes,
  identity,
  ourAuthority,
  rest,
  secured,
  secureUpstream,
  tunnel,
} from '../support/tls.ts'
import { present } from '../support/tools.ts'
import { deadPort, tcpUpstream, upstream } from '../support/upstream.ts'
import { workspace } from '../support/workspace.ts'

const host = 'orders.test.example.com'
const files = (services = `  orders: { hosts: [${host}, 10.2.3.4, '*.o.example.com'] }\n`, more = '') => ({
  'svc-mock.yaml': `services:\n${services}${more}`,
  'mocks/orders/1.0.0/orders.yaml':
    'mocks:\n  - request: { method: GET, path: /orders/42 }\n    response: { body: { id: 42 } }\n' +
    '  - request: { method: POST, path: /orders }\n    response: { status: 201, body: { id: 43 } }\n',
})

const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`

const noOpenssl = !present('openssl', 'version')

const inTunnel = async (
  test: TestProxy,
  options: ConnectionOptions = {},
  authority = `${host}:443`,
  servername = host,
): Promise<TLSSocket> => secured(await tunnel(test.port, authority), servername, options)

describe('TLS in a tunnel to a mocked service', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is read: %s', async (version) => {
    const test = await proxy(files())
    const socket = await inTunnel(test, { minVersion: version, maxVersion: version })
    expect(socket.getProtocol()).toBe(version)
    expect(socket.authorized).toBe(true)
    expect(await ask(socket, get('/orders/42'))).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\{"id":42\}$/s)
    expect(await test.call(1)).toMatchObject({
      service: 'orders',
      operation: 'GET /orders/42',
      outcome: 'mock',
    })
  })

  it('is read on any port, and call after call on one connection', async () => {
    const test = await proxy(files())
    const socket = await inTunnel(test, {}, `${host}:8443`)
    for (let n = 0; n < 3; n++) {
      socket.write(`GET /orders/42 HTTP/1.1\r\nHost: ${host}:8443\r\n\r\n`)
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      expect(chunk.toString()).toContain('{"id":42}')
    }
    expect(test.calls.map(({ outcome }) => outcome)).toEqual(['mock', 'mock', 'mock'])
  })

  it.each([
    ['an address, without SNI', '10.2.3.4:443', '', 'IP Address:10.2.3.4'],
    ['a name below a wildcard', 'alice.o.example.com:443', 'alice.o.example.com', 'DNS:*.o.example.com'],
    ['a name without SNI', `${host}:443`, '', `DNS:${host}`],
    ['a name in upper case', `${host.toUpperCase()}:443`, host.toUpperCase(), `DNS:${host}`],
    [
      'a name of a service that is not where it goes',
      `${host}:443`,
      'alice.o.example.com',
      'DNS:*.o.example.com',
    ],
  ])('gets the certificate of %s', async (_what, authority, servername, names) => {
    const test = await proxy(files())
    const checkServerIdentity = (): undefined => undefined
    const socket = await inTunnel(test, { checkServerIdentity, host: '' }, authority, servername)
    expect(socket.getPeerCertificate().subjectaltname).toBe(names)
    expect(await ask(socket, get('/orders/42'))).toContain('{"id":42}')
  })

  it('gets no certificate for a name that no service has', async () => {
    const test = await proxy(files())
    const socket = await inTunnel(
      test,
      { checkServerIdentity: () => undefined },
      `${host}:443`,
      'bank.example.com',
    )
    expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${host}`)
  })

  it('resumes sessions', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const test = await proxy(files())
      const first = await inTunnel(test, { maxVersion })
      // In TLS 1.3 tickets come after the handshake.
      const ticket =
        maxVersion === 'TLSv1.2' ? first.getSession() : ((await once(first, 'session')) as [Buffer])[0]
      const second = await inTunnel(test, { maxVersion, session: ticket! })
      expect(second.isSessionReused()).toBe(true)
    }
  })

  it('agrees on http/1.1 by ALPN, and refuses who wants only what it does not speak', async () => {
    const test = await proxy(files())
    const socket = await inTunnel(test, { ALPNProtocols: ['x', 'http/1.1'] })
    expect(socket.alpnProtocol).toBe('http/1.1')
    expect((await inTunnel(test, { ALPNProtocols: ['http/1.0'] })).alpnProtocol).toBe('http/1.0')
    await expect(inTunnel(test, { ALPNProtocols: ['mqtt'] })).rejects.toThrow()
    expect(test.notices).toEqual([expect.stringContaining('mqtt inside TLS')])
    expect(await test.call(1)).toMatchObject({ outcome: 'error', error: 'PROTOCOL_UNKNOWN' })
  })

  it.each([
    ['in a tunnel', (test: TestProxy) => tunnel(test.port, `${host}:443`)],
    ['on the main port', (test: TestProxy) => raw(test.port)],
  ])('carries HTTP/2 where ALPN agrees on it, %s', async (_where, open) => {
    const test = await proxy(files())
    const socket = await secured(await open(test), host, { ALPNProtocols: ['h2', 'http/1.1'] })
    expect(socket.alpnProtocol).toBe('h2')
    const session = connectHttp2(`https://${host}`, { createConnection: () => socket })
    const stream = session.request({ ':path': '/orders/42' })
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    expect(text).toBe('{"id":42}')
    expect(await test.call(1)).toMatchObject({
      service: 'orders',
      operation: 'GET /orders/42',
      outcome: 'mock',
    })
    session.destroy()
  })

  it('gets an answer in the protocol that ALPN named, whatever the bytes are', async () => {
    const test = await proxy(files())
    const socket = await inTunnel(test, { ALPNProtocols: ['http/1.1'] })
    expect(await ask(socket, '\x00\x01 no protocol')).toMatch(/^HTTP\/1\.1 400 .*BAD_CALL/s)
  })

  it('is read when the ClientHello comes byte by byte', async () => {
    const test = await proxy(files())
    const client = await tunnel(test.port, `${host}:443`)
    client.socket.setNoDelay(true)
    const write = client.socket.write.bind(client.socket)
    let hello = true
    client.socket.write = ((chunk: Buffer, done: () => void) => {
      if (!hello) return write(chunk, done)
      hello = false
      for (const byte of chunk) write(Uint8Array.of(byte))
      done()
      return true
    }) as typeof client.socket.write
    const socket = await secured(client, host)
    expect(await ask(socket, get('/orders/42'))).toContain('{"id":42}')
  })

  it('lets 10 MB pass both ways unchanged', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 'svc-mock ')
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    const echo: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': body.length })
      request.pipe(response)
    }
    const there = await secureUpstream(identity(ourAuthority(), ['127.0.0.1']), echo)
    const test = await proxy({
      ...files(
        `  orders: { hosts: [${host}], mode: direct, upstream: 'https://127.0.0.1:${there}', tls: { upstreamCa: ca.pem } }\n`,
      ),
      'ca.pem': ourAuthority().pem,
    })
    const socket = await inTunnel(test)
    socket.write(
      `PUT /echo HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    socket.write(body)
    const answer = Buffer.from(await rest(socket), 'latin1')
    expect(hash(answer.subarray(answer.indexOf('\r\n\r\n') + 4))).toBe(hash(body))
  })

  it('honours Expect: 100-continue', async () => {
    const test = await proxy({
      ...files(),
      'mocks/orders/1.0.0/strict.yaml':
        'mocks:\n  - request: { method: POST, path: /strict, body: { sku: A-1 } }\n    response: { status: 201 }\n',
    })
    const socket = await inTunnel(test)
    const body = '{"sku":"A-1"}'
    socket.write(
      `POST /strict HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
    )
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(first.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    expect(await ask(socket, body)).toMatch(/^HTTP\/1\.1 201 Created/)
  })

  it('takes a half-closed client for one that waits for its answer', async () => {
    const test = await proxy(files())
    const socket = await inTunnel(test)
    socket.end(`GET /orders/42 HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    expect(await rest(socket)).toContain('{"id":42}')
  })

  it.each([
    ['reset', /ECONNRESET/],
    ['close', /end/],
    ['empty', /end/],
    ['malformed', /end/],
  ])('can be broken by a fault: %s', async (abort, expected) => {
    const test = await proxy(files(`  orders: { hosts: [${host}], fault: { abort: ${abort} } }\n`))
    const client = connectTcp(test.port, '127.0.0.1')
    client.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: x\r\n\r\n`)
    await once(client, 'data')
    const socket = connectTls({ socket: client, servername: host, ca: ourAuthority().pem })
    const ended = new Promise<string>((resolve) => {
      for (const source of [client, socket]) {
        source.on('error', (error: NodeJS.ErrnoException) => resolve(error.code!))
        source.on('end', () => resolve('end'))
      }
    })
    socket.resume()
    socket.write(get('/orders/42'))
    expect(await ended).toMatch(expected)
    expect(await test.call(1)).toMatchObject({ service: 'orders', operation: 'GET /orders/42' })
  })

  it('warns when the authority ends soon', async () => {
    const space = workspace()
    openAuthority(join(space.folder, 'svc-mock'), Date.now() - 350 * 86_400_000)
    const test = await proxy(files(), { env: { XDG_CONFIG_HOME: space.folder } })
    await inTunnel(test, { rejectUnauthorized: false })
    expect(test.notices).toEqual([expect.stringMatching(/expires in 1[45] days.*svc-mock ca rotate/)])
  })

  it('lets nobody renegotiate', async () => {
    const test = await proxy(files())
    const socket = await inTunnel(test, { maxVersion: 'TLSv1.2' })
    const error = await new Promise<Error | null>((resolve) => {
      socket.on('error', resolve)
      socket.renegotiate({}, resolve)
    })
    expect(error?.message).toMatch(/renegotiation/i)
  })

  it('costs an idle or broken handshake its own connection only', async () => {
    const test = await proxy(files())
    const hello = await helloBytes({ servername: host })
    const garbage = await tunnel(test.port, `${host}:443`)
    garbage.send(`${hello.toString('latin1')}\x17\x03\x03\x00\x05garbage that is no TLS`)
    await garbage.rest()
    const half = await tunnel(test.port, `${host}:443`)
    half.send(hello.subarray(0, 60).toString('latin1'))
    half.socket.destroy()
    const reset = await tunnel(test.port, `${host}:443`)
    reset.send(hello.toString('latin1'))
    reset.socket.resetAndDestroy()
    const socket = await inTunnel(test)
    expect(await ask(socket, get('/orders/42'))).toContain('{"id":42}')
  })

  it('gets an alert and a notice when the authority cannot be used', async () => {
    const test = await proxy(files(), { env: { XDG_CONFIG_HOME: '/dev/null' } })
    await expect(tunnel(test.port, `${host}:443`)).rejects.toThrow(/502.*CA_NOT_WRITABLE/s)
    await expect(inTunnel(test, {}, `${host}:8443`)).rejects.toThrow(/alert/i)
    expect(test.notices).toEqual([expect.stringContaining('/dev/null')])
  })
})

describe('a client that does not take our certificate', () => {
  it.each([
    [
      'OpenSSL',
      {},
      'curl/8.5.0',
      /^curl does not trust svc-mock's certificate for orders: it said unknown_ca/,
    ],
    ['no user agent', {}, '', /^a client does not trust/],
  ])('is told of once: %s', async (_who, options, userAgent, words) => {
    const test = await proxy(files())
    const headers = userAgent === '' ? '' : `User-Agent: ${userAgent}\r\n`
    for (let n = 1; n <= 2; n++) {
      const client = await tunnel(test.port, `${host}:443`, headers)
      // What OpenSSL sends when it verifies during the handshake: alert unknown_ca (RFC 8446 section 6.2).
      client.send(
        (await helloBytes({ servername: host, maxVersion: 'TLSv1.2', ...options })).toString('latin1'),
      )
      await client.until('\x16')
      client.send('\x15\x03\x03\x00\x02\x02\x30')
      await client.rest()
      expect(await test.call(n)).toMatchObject({ outcome: 'error', error: 'CLIENT_REFUSED_TLS', status: 0 })
    }
    expect(test.notices).toEqual([expect.stringMatching(words)])
    expect(test.notices[0]).toContain('svc-mock ca show')
    expect(test.notices[0]).toContain('services: { orders: { tls: { intercept: false } } }')
  })

  it('is noticed when it closes without a word, as Node does', async () => {
    const test = await proxy(files())
    await expect(inTunnel(test, { ca: [] })).rejects.toThrow(/certificate/)
    expect(await test.call(1)).toMatchObject({ error: 'CLIENT_REFUSED_TLS' })
    expect(test.notices).toEqual([expect.stringMatching(/right after our certificate/)])
  })

  it('is not suspected when it has trusted before, or is only slow', async () => {
    const test = await proxy(files())
    await ask(await inTunnel(test), get('/orders/42'))
    const unused = await inTunnel(test)
    const closed = once(unused, 'close')
    unused.destroy()
    await closed
    await ask(await inTunnel(test), get('/orders/42'))
    expect(test.calls.map(({ error }) => error)).toEqual([undefined, undefined])
    expect(test.notices).toEqual([])
  })

  it('is not suspected when svc-mock itself ends, which idle connections do not hold up', async () => {
    const test = await proxy(files())
    const idle = await inTunnel(test)
    const silent = await raw(test.port)
    const undecided = await tunnel(test.port, `${host}:443`)
    // Whether as an end or as a reset is the system's choice.
    idle.on('error', () => undefined)
    const ends = [new Promise((resolve) => idle.once('close', resolve)), silent.rest(), undecided.rest()]
    await test.running.close(60_000)
    await Promise.all(ends)
    expect(test.calls).toEqual([])
    expect(test.notices).toEqual([])
  })

  it('is told of by name when TLS itself does not come about', async () => {
    const test = await proxy(files())
    const client = await tunnel(test.port, `${host}:443`, 'User-Agent: Old/1\r\n')
    const hello = await helloBytes({
      servername: host,
      ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
      maxVersion: 'TLSv1.2',
    })
    client.send(hello.toString('latin1'))
    await client.rest()
    await test.call(1)
    expect(test.notices).toEqual([expect.stringMatching(/^Old ended TLS to orders: it has no cipher/)])
  })
})

describe('TLS that is not ours to read', () => {
  it('passes unread to a host that no service names', async () => {
    const own = identity(ourAuthority(), ['127.0.0.1'])
    const there = await secureUpstream(own, (_request, response) => response.end('real'))
    const test = await proxy(files())
    const socket = await inTunnel(test, { checkServerIdentity: () => undefined }, `127.0.0.1:${there}`, '')
    expect(socket.getPeerX509Certificate()?.toString()).toBe(own.cert)
    expect(await ask(socket, get('/'))).toContain('real')
    expect(test.calls).toMatchObject([{ known: false, operation: `CONNECT 127.0.0.1:${there}` }])
  })

  it.each(['mock', 'passthrough'])('passes unread with intercept: false in mode %s', async (mode) => {
    const own = identity(ourAuthority(), ['127.0.0.1'])
    const there = await secureUpstream(own, (_request, response) => response.end('real'))
    const test = await proxy(
      files(`  orders: { hosts: ['127.0.0.1:${there}'], mode: ${mode}, tls: { intercept: false } }\n`),
    )
    const socket = await inTunnel(test, { checkServerIdentity: () => undefined }, `127.0.0.1:${there}`, '')
    expect(socket.getPeerX509Certificate()?.toString()).toBe(own.cert)
    expect(await ask(socket, get('/'))).toContain('real')
    expect(test.calls).toMatchObject([{ service: 'orders', outcome: 'passthrough' }])
  })

  it('passes unread when a real service and its client speak something else inside', async () => {
    const own = { ...identity(ourAuthority(), ['127.0.0.1']), ALPNProtocols: ['mqtt'] }
    const there = await secureUpstream(own, (_request, response) => response.end('real'))
    const test = await proxy(files(`  orders: { hosts: ['127.0.0.1:${there}'], mode: passthrough }\n`))
    const options = { checkServerIdentity: () => undefined, ALPNProtocols: ['mqtt'] }
    const socket = await inTunnel(test, options, `127.0.0.1:${there}`, '')
    expect(socket.getPeerX509Certificate()?.toString()).toBe(own.cert)
  })
})

describe('what TLS to a real service carries', () => {
  const real = async (handler: RequestListener, more = '', mode = 'passthrough') => {
    const there = await secureUpstream(identity(ourAuthority(), ['127.0.0.1']), handler)
    const test = await proxy({
      ...files(
        `  orders: { hosts: ['127.0.0.1:${there}'], mode: ${mode}, tls: { upstreamCa: ca.pem }${more} }\n`,
      ),
      'ca.pem': ourAuthority().pem,
    })
    return { there, test }
  }
  const open = (test: TestProxy, there: number): Promise<TLSSocket> =>
    inTunnel(test, { host: '127.0.0.1' }, `127.0.0.1:${there}`, '')

  it('is seen, and leaves encrypted to where the client was going', async () => {
    const { there, test } = await real((request, response) => response.end(`real ${request.url}`))
    const socket = await open(test, there)
    expect(await ask(socket, get('/a?b=c'))).toMatch(/real \/a\?b=c$/)
    expect(await test.call(1)).toMatchObject({ operation: 'GET /a', outcome: 'passthrough', status: 200 })
  })

  it('leaves for the same host when a mock misses and onMiss lets it', async () => {
    const { there, test } = await real(
      (_request, response) => response.end('real'),
      ', onMiss: passthrough',
      'mock',
    )
    expect(await ask(await open(test, there), get('/orders/42'))).toContain('{"id":42}')
    expect(await ask(await open(test, there), get('/other'))).toContain('real')
  })

  it('leaves in the clear to an upstream that is configured so', async () => {
    const { port: there } = await upstream((_request, response) => response.end('plain'))
    const test = await proxy(
      files(`  orders: { hosts: [${host}], mode: passthrough, upstream: 'http://127.0.0.1:${there}' }\n`),
    )
    expect(await ask(await inTunnel(test), get('/'))).toContain('plain')
  })

  it('may be an Upgrade, after which bytes go both ways', async () => {
    const there = await secureUpstream(
      identity(ourAuthority(), ['127.0.0.1']),
      () => undefined,
      (socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        socket.on('data', (bytes) => socket.write(Buffer.concat([Buffer.from('echo '), bytes])))
      },
    )
    const test = await proxy({
      ...files(
        `  orders: { hosts: ['127.0.0.1:${there}'], mode: passthrough, tls: { upstreamCa: ca.pem } }\n`,
      ),
      'ca.pem': ourAuthority().pem,
    })
    const socket = await open(test, there)
    let text = ''
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
    })
    const until = async (end: string): Promise<void> => {
      while (!text.includes(end)) await once(socket, 'data')
    }
    socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 101 /)
    socket.write('\x81\x02hi', 'latin1')
    await until('echo \x81\x02hi')
    expect(await test.call(1)).toMatchObject({ status: 101, outcome: 'passthrough' })
  })

  it('goes on encrypted when no protocol knows it', async () => {
    const { createServer } = await import('node:tls')
    const server = createServer(identity(ourAuthority(), ['127.0.0.1']), (socket) =>
      socket.on('data', (bytes) => socket.write(Buffer.concat([Buffer.from('echo '), bytes]))),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const there = (server.address() as { port: number }).port
    const test = await proxy({
      ...files(
        `  orders: { hosts: ['127.0.0.1:${there}'], mode: passthrough, tls: { upstreamCa: ca.pem } }\n`,
      ),
      'ca.pem': ourAuthority().pem,
    })
    const socket = await open(test, there)
    socket.write('\x00\x01binary')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString('latin1')).toBe('echo \x00\x01binary')
    socket.destroy()
    server.close()
  })

  it('may begin with the server, inside TLS too', async () => {
    const { createServer } = await import('node:tls')
    const server = createServer(identity(ourAuthority(), ['127.0.0.1']), (socket) =>
      socket.write('220 hello\r\n'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const there = (server.address() as { port: number }).port
    const test = await proxy({
      ...files(
        `  orders: { hosts: ['127.0.0.1:${there}'], mode: passthrough, tls: { upstreamCa: ca.pem } }\n`,
      ),
      'ca.pem': ourAuthority().pem,
    })
    const socket = await open(test, there)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toBe('220 hello\r\n')
    socket.destroy()
    server.close()
  })
})

describe('TLS on a port of ours', () => {
  it('is read on the main port for a name that a service has', async () => {
    const test = await proxy(files())
    const socket = await secured(await raw(test.port), host)
    expect(await ask(socket, get('/orders/42'))).toContain('{"id":42}')
  })

  it.each([
    ['localhost', /names localhost, which no service has/],
    ['', /names no host/],
  ])('is refused on the main port for %j', async (servername, words) => {
    const test = await proxy(files())
    await expect(secured(await raw(test.port), servername, { host: 'x' })).rejects.toThrow(
      /unrecognized name/i,
    )
    expect(test.notices).toEqual([expect.stringMatching(words)])
    expect(test.notices[0]).toContain('http://')
  })

  it('asks for credentials there like any other call', async () => {
    const test = await proxy(files(undefined, 'proxyCredentials: { user: a, password: b }\n'))
    const socket = await secured(await raw(test.port), host)
    expect(await ask(socket, get('/orders/42'))).toMatch(/^HTTP\/1\.1 407/)
  })

  it.each([
    ['localhost', { servername: 'localhost' }],
    ['its address', { servername: '', host: '127.0.0.1' }],
    ["the service's name", { servername: host }],
  ])('is read on an own port by %s, beside plain HTTP', async (_how, { servername, ...options }) => {
    const test = await proxy(files(`  orders: { hosts: [${host}], listen: '127.0.0.1:0' }\n`))
    const own = test.ownPort('orders')
    const socket = await secured(await raw(own), servername, options)
    expect(await ask(socket, get('/orders/42'))).toContain('{"id":42}')
    const plain = await raw(own)
    plain.send(get('/orders/42'))
    expect(await plain.rest()).toContain('{"id":42}')
  })

  it('turns redirects to the own port as it was called: by https', async () => {
    const { port: there } = await upstream((request, response) =>
      response.writeHead(302, { location: `http://${request.headers.host}/login` }).end(),
    )
    const test = await proxy(
      files(`  orders: { mode: direct, upstream: 'http://127.0.0.1:${there}', listen: '127.0.0.1:0' }\n`),
    )
    const own = test.ownPort('orders')
    const socket = await secured(await raw(own), 'localhost')
    const call = `GET / HTTP/1.1\r\nHost: localhost:${own}\r\nConnection: close\r\n\r\n`
    expect(await ask(socket, call)).toContain(`https://localhost:${own}/login`)
  })

  it('goes on to the first host, encrypted, when the own port has no upstream', async () => {
    const there = await secureUpstream(identity(ourAuthority(), ['127.0.0.1']), (_request, response) =>
      response.end('real'),
    )
    const test = await proxy({
      ...files(
        `  orders: { hosts: ['127.0.0.1:${there}'], mode: passthrough, listen: '127.0.0.1:0', tls: { upstreamCa: ca.pem } }\n`,
      ),
      'ca.pem': ourAuthority().pem,
    })
    const socket = await secured(await raw(test.ownPort('orders')), 'localhost')
    expect(await ask(socket, get('/'))).toContain('real')
  })
})

describe('an upstream', () => {
  const options = { host: '127.0.0.1' }
  const asked = async (
    there: number,
    tls: string,
    more: Record<string, string> = {},
  ): Promise<{ answer: string; test: TestProxy }> => {
    const test = await proxy({
      ...files(
        `  orders: { hosts: [${host}], mode: direct, upstream: 'https://127.0.0.1:${there}'${tls} }\n`,
      ),
      'ca.pem': ourAuthority().pem,
      ...more,
    })
    return { answer: await ask(await inTunnel(test), get('/')), test }
  }
  const good = (): Promise<number> =>
    secureUpstream(identity(ourAuthority(), ['127.0.0.1']), (_request, response) => response.end('real'))

  it('is verified', async () => {
    const { answer, test } = await asked(await good(), '')
    expect(answer).toMatch(/^HTTP\/1\.1 502.*UPSTREAM_UNTRUSTED/s)
    expect(answer).toContain('signed by an authority that is not trusted here')
    expect(answer).toContain('upstreamCa')
    expect(await test.call(1)).toMatchObject({ error: 'UPSTREAM_UNTRUSTED', outcome: 'error' })
  })

  it('is trusted by upstreamCa', async () => {
    expect((await asked(await good(), ', tls: { upstreamCa: ./ca.pem }')).answer).toMatch(/real$/)
  })

  it('is trusted as soon as its authority is written', async () => {
    const there = await good()
    const services = (tls: string): string =>
      `services:\n  orders: { hosts: [${host}], mode: direct, upstream: 'https://127.0.0.1:${there}', tls: ${tls} }\n`
    const other = openAuthority(workspace().folder)
    const test = await proxy(
      { 'svc-mock.yaml': services('{ upstreamCa: ca.pem }'), 'ca.pem': other.pem },
      { watch: true },
    )
    expect(await ask(await inTunnel(test), get('/'))).toContain('UPSTREAM_UNTRUSTED')
    test.workspace.write('ca.pem', ourAuthority().pem)
    await test.nextReload()
    expect(await ask(await inTunnel(test), get('/'))).toMatch(/real$/)
  })

  it('is taken as it is by insecure: true', async () => {
    const { answer, test } = await asked(await good(), ', tls: { insecure: true }')
    expect(answer).toMatch(/real$/)
    expect(test.running.services()[0]).toMatchObject({ insecure: true })
  })

  it.each([
    ['for another name', ['elsewhere.example.com'], Date.now(), 'for another name'],
    ['expired', ['127.0.0.1'], Date.now() - 95 * 86_400_000, 'has expired'],
  ])('is refused with a certificate that is %s', async (_what, hosts, now, words) => {
    // Older than the authority itself: such a leaf is made by one that began earlier.
    const authority = openAuthority(workspace().folder, Date.now() - 200 * 86_400_000)
    const there = await secureUpstream(identity(authority, hosts, now), (_request, response) =>
      response.end('real'),
    )
    const { answer } = await asked(there, ', tls: { upstreamCa: ./ca.pem }', { 'ca.pem': authority.pem })
    expect(answer).toMatch(/^HTTP\/1\.1 502/)
    expect(answer).toContain(words)
  })

  it.skipIf(noOpenssl).each(['TLSv1.2', 'TLSv1.3'] as const)(
    'may want a client certificate: %s',
    async (version) => {
      const own = identity(ourAuthority(), ['127.0.0.1'])
      const client = clientIdentity('our-client')
      const there = await secureUpstream(
        {
          ...own,
          ca: client.cert,
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: version,
          maxVersion: version,
        },
        (request, response) =>
          response.end(`hello ${(request.socket as TLSSocket).getPeerCertificate().subject.CN}`),
      )
      const without = await asked(there, ', tls: { upstreamCa: ./ca.pem }')
      expect(without.answer).toMatch(/UPSTREAM_(UNTRUSTED|UNREACHABLE)/)
      const tls = ', tls: { upstreamCa: ./ca.pem, cert: ./client.pem, key: ./client-key.pem }'
      const shown = await asked(there, tls, { 'client.pem': client.cert, 'client-key.pem': client.key })
      expect(shown.answer).toMatch(/hello our-client$/)
    },
  )

  it('is told not to speak TLS, when it does not', async () => {
    const { port: there } = await upstream((_request, response) => response.end('plain'))
    expect((await asked(there, '')).answer).toContain('does not speak TLS there')
    expect((await asked(await deadPort(), '')).answer).toContain('nothing listens there')
  })

  it.skipIf(noOpenssl)("lends one service's connection, with its certificate, to no other", async () => {
    const own = identity(ourAuthority(), ['127.0.0.1'])
    const there = await secureUpstream(
      { ...own, ca: ourAuthority().pem, requestCert: true, rejectUnauthorized: false },
      (request, response) =>
        response.end(`as ${(request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody'}`),
    )
    const client = clientIdentity('our-client')
    const test = await proxy({
      'svc-mock.yaml':
        `services:\n  a: { hosts: [a.example.com], mode: direct, upstream: 'https://127.0.0.1:${there}', tls: { upstreamCa: ca.pem, cert: own.pem } }\n` +
        `  b: { hosts: [b.example.com], mode: direct, upstream: 'https://127.0.0.1:${there}', tls: { upstreamCa: ca.pem } }\n`,
      'ca.pem': ourAuthority().pem,
      'own.pem': client.key + client.cert,
    })
    const say = async (name: string): Promise<string> =>
      ask(
        await inTunnel(test, {}, `${name}:443`, name),
        `GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`,
      )
    expect(await say('a.example.com')).toMatch(/as our-client$/)
    expect(await say('b.example.com')).toMatch(/as nobody$/)
  })

  it('is reached through another proxy: https in a tunnel of its own, http in absolute form', async () => {
    const there = await good()
    const seen: string[] = []
    const other = await tcpUpstream((socket) => {
      socket.once('data', (head: Buffer) => {
        seen.push(head.toString('latin1'))
        if (!head.toString('latin1').startsWith('CONNECT')) {
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain')
          return
        }
        const target = connectTcp({ host: '127.0.0.1', port: there }, () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          socket.pipe(target).pipe(socket)
        })
        target.on('error', () => socket.destroy())
      })
    })
    const test = await proxy(
      {
        ...files(
          `  orders: { hosts: [${host}], mode: passthrough, tls: { insecure: true } }\n`,
          `upstreamProxy: 'http://alice@127.0.0.1:${other}'\n`,
        ),
      },
      { env: { SVC_MOCK_UPSTREAM_PROXY_PASSWORD: 'p@ss:word' } },
    )
    expect(await ask(await inTunnel(test), get('/'))).toMatch(/real$/)
    const plain = await raw(test.port)
    plain.send(get(`http://${host}/x`))
    expect(await plain.rest()).toMatch(/plain$/)
    const login = `Basic ${Buffer.from('alice:p@ss:word').toString('base64')}`
    expect(seen).toHaveLength(2)
    expect(seen[0]).toMatch(new RegExp(`^CONNECT ${host}:443 HTTP/1\\.1\r\n`))
    expect(seen[1]).toMatch(new RegExp(`^GET http://${host}/x HTTP/1\\.1\r\n`))
    for (const head of seen)
      expect(head.toLowerCase()).toContain(`proxy-authorization: ${login}`.toLowerCase())
    expect(options.host).toBe('127.0.0.1')
  })
})
