/** Every way by which a call can come in finds its service. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'
import { freePort, tcpUpstream, upstream } from '../support/upstream.ts'

const run = promisify(execFile)

const orders = 'mocks:\n  - request: { method: GET, path: /orders/42 }\n    response: { body: { id: 42 } }\n'

const files = (services: string, more = ''): Record<string, string> => ({
  'svc-mock.yaml': `services:\n${services}${more}`,
  'mocks/orders/1.0.0/orders.yaml': orders,
})

const orderService = '  orders: { hosts: [orders.test.example.com, 10.2.3.4:8080, 10.9.0.0/16] }\n'

const get = (target: string, host: string, more = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`

describe('a call to a service', () => {
  it.each([
    ['in absolute form', get('http://orders.test.example.com/orders/42', 'anything')],
    ['by its Host', get('/orders/42', 'orders.test.example.com')],
    ['by its Host in another case, with port and dot', get('/orders/42', 'Orders.Test.Example.com.:80')],
    ['by a discovered address', get('http://10.2.3.4:8080/orders/42', '10.2.3.4:8080')],
    ['by an address of a range', get('http://10.9.8.7:4711/orders/42', '10.9.8.7:4711')],
    ['in absolute form in HTTP/1.0', 'GET http://orders.test.example.com/orders/42 HTTP/1.0\r\n\r\n'],
  ])('is answered %s', async (_how, call) => {
    const { port } = await proxy(files(orderService))
    const client = await raw(port)
    client.send(call)
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\{"id":42\}$/s)
  })

  it('is answered in order when calls are pipelined', async () => {
    const { port } = await proxy({
      'svc-mock.yaml': 'services:\n  orders: {}\n',
      'mocks/orders/1.0.0/o.yaml':
        'mocks:\n' +
        [1, 2, 3].map((n) => `  - request: { path: /${n} }\n    response: { body: answer ${n} }\n`).join(''),
    })
    const client = await raw(port)
    client.send([1, 2, 3].map((n) => `GET http://orders/${n} HTTP/1.1\r\nHost: orders\r\n\r\n`).join(''))
    const text = await client.until('answer 3')
    expect([...text.matchAll(/answer \d/g)].map(String)).toEqual(['answer 1', 'answer 2', 'answer 3'])
  })

  it('goes through a CONNECT as through an open door, call after call', async () => {
    const { port, calls } = await proxy(files(orderService))
    const client = await raw(port)
    client.send('CONNECT orders.test.example.com:80 HTTP/1.1\r\nHost: orders.test.example.com:80\r\n\r\n')
    expect(await client.until('\r\n\r\n')).toContain('200')
    for (let n = 0; n < 2; n++) {
      client.send('GET /orders/42 HTTP/1.1\r\nHost: orders.test.example.com\r\n\r\n')
      expect(await client.until('{"id":42}')).toContain('200 OK')
    }
    expect(calls.map(({ service, outcome }) => [service, outcome])).toEqual([
      ['orders', 'mock'],
      ['orders', 'mock'],
    ])
  })

  it('goes through a CONNECT also where services share a host by their base paths', async () => {
    const { port } = await proxy({
      'svc-mock.yaml': 'services:\n  orders: { hosts: [api.test.example.com/orders] }\n',
      'mocks/orders/1.0.0/o.yaml':
        'mocks:\n  - request: { path: /42 }\n    response: { body: from a mock }\n',
    })
    const client = await raw(port)
    client.send('CONNECT api.test.example.com:80 HTTP/1.1\r\nHost: x\r\n\r\n')
    await client.until('\r\n\r\n')
    client.send(get('/orders/42', 'api.test.example.com'))
    expect(await client.rest()).toMatch(/from a mock$/)
  })

  it('leaves encrypted when it was asked for by https:// in absolute form', async () => {
    const first = Promise.withResolvers<number>()
    const there = await tcpUpstream((socket) => {
      socket.once('data', (chunk: Buffer) => {
        first.resolve(chunk[0]!)
        socket.destroy()
      })
    })
    const { port } = await proxy({ 'svc-mock.yaml': 'services: {}\n' })
    const client = await raw(port)
    client.send(get(`https://127.0.0.1:${there}/`, `127.0.0.1:${there}`))
    expect(await first.promise).toBe(0x16) // a TLS handshake (RFC 8446 section 5.1)
  })

  it('reaches it on an own port, whatever its Host says', async () => {
    const test = await proxy(files('  orders: { listen: "127.0.0.1:0" }\n'))
    const client = await raw(test.ownPort('orders'))
    client.send(get('/orders/42', 'localhost:9'))
    expect(await client.rest()).toContain('{"id":42}')
  })
})

describe('an own port', () => {
  it('sends the upstream its own name, and turns redirects and cookies back to itself', async () => {
    const { port: there } = await upstream((request, response) => {
      response.setHeader('set-cookie', [
        'sid=1; Domain=127.0.0.1; Path=/',
        'other=2; Domain=elsewhere.example.com',
      ])
      response.writeHead(302, { location: `http://${request.headers.host}/login?next=/` }).end()
    })
    const test = await proxy({
      'svc-mock.yaml': `services:\n  real: { mode: direct, upstream: 'http://127.0.0.1:${there}', listen: '127.0.0.1:0' }\n`,
    })
    const own = test.ownPort('real')
    const client = await raw(own)
    client.send(get('/', `localhost:${own}`))
    const answer = await client.rest()
    expect(answer).toContain(`http://localhost:${own}/login?next=/`)
    expect(answer).toContain('sid=1; Path=/')
    expect(answer).toContain('other=2; Domain=elsewhere.example.com')
  })

  it('is no proxy: CONNECT is refused', async () => {
    const test = await proxy(files('  orders: { listen: "127.0.0.1:0" }\n'))
    const client = await raw(test.ownPort('orders'))
    client.send('CONNECT elsewhere.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 400.*BAD_CALL/s)
  })

  it('lets a browser that uses the proxy on purpose call other sites', async () => {
    const { port: there } = await upstream((_request, response) => response.end('real'))
    const { port } = await proxy(files(orderService))
    const client = await raw(port)
    client.send(get(`http://127.0.0.1:${there}/`, 'x', 'Sec-Fetch-Site: cross-site\r\n'))
    expect(await client.rest()).toMatch(/real$/)
  })

  it('refuses pages of other sites what it would forward, but for listed origins', async () => {
    const { port: there } = await upstream((_request, response) => response.end('real'))
    const service = (cors: string): string =>
      `services:\n  real: { mode: direct, upstream: 'http://127.0.0.1:${there}', listen: '127.0.0.1:0'${cors} }\n`
    const page = 'Origin: http://shop.example.com\r\nSec-Fetch-Site: cross-site\r\n'
    const closed = await proxy({ 'svc-mock.yaml': service('') })
    const refused = await raw(closed.ownPort('real'))
    refused.send(get('/', 'x', page))
    expect(await refused.rest()).toMatch(/403.*CROSS_SITE_REFUSED.*cors: \['http:\/\/shop\.example\.com'\]/s)
    const open = await proxy({ 'svc-mock.yaml': service(', cors: ["http://shop.example.com"]') })
    const served = await raw(open.ownPort('real'))
    served.send(get('/', 'x', page))
    expect(await served.rest()).toMatch(/real$/)
  })
})

describe('browsers', () => {
  const preflight =
    'Origin: http://localhost:5173\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: x-a, x-b\r\n'

  it('have their preflights answered where mocks are, and may read mocked replies', async () => {
    const { port } = await proxy(files(orderService))
    const asking = await raw(port)
    asking.send(get('/orders/42', 'orders.test.example.com', preflight).replace('GET ', 'OPTIONS '))
    const answer = await asking.rest()
    expect(answer).toContain('204 No Content')
    expect(answer).toContain('access-control-allow-origin: http://localhost:5173')
    expect(answer).toContain('access-control-allow-headers: x-a, x-b')
    const reading = await raw(port)
    reading.send(get('/orders/42', 'orders.test.example.com', 'Origin: http://localhost:5173\r\n'))
    expect(await reading.rest()).toMatch(
      /access-control-allow-origin: http:\/\/localhost:5173.*\{"id":42\}$/s,
    )
  })

  it.each([
    [
      'no method',
      '  - { request: { path: /orders/42 }, priority: 9, response: { status: 404 } }\n',
      '204 No',
    ],
    ['OPTIONS', '  - { request: { method: OPTIONS }, response: { status: 403 } }\n', '403 Forbidden'],
    ['OPTIONS and does not match', '  - request: { method: OPTIONS, query: { a: 1 } }\n', 'MOCK_NOT_MATCHED'],
    ['no method and asks the real service', '  - priority: 9\n', '204 No'],
  ])('beside a mock that names %s', async (_what, more, expected) => {
    const { port } = await proxy({
      ...files(orderService),
      'mocks/orders/1.0.0/orders.yaml': orders + more,
    })
    const client = await raw(port)
    client.send(get('/orders/42', 'orders.test.example.com', preflight).replace('GET ', 'OPTIONS '))
    expect(await client.rest()).toContain(expected)
  })

  it('ask the real service where only a mock of any method stands, which asks it too', async () => {
    const { port: there } = await upstream((_request, response) => response.end('real'))
    const { port } = await proxy({
      'svc-mock.yaml': `services:\n  orders: { upstream: 'http://127.0.0.1:${there}' }\n`,
      'mocks/orders/a.yaml': 'mocks:\n  - priority: 9\n',
    })
    const client = await raw(port)
    client.send(get('/', 'orders', preflight).replace('GET ', 'OPTIONS '))
    expect(await client.rest()).toMatch(/real$/)
  })

  it('get none of it with cors: false', async () => {
    const { port } = await proxy(files('  orders: { hosts: [orders.test.example.com], cors: false }\n'))
    const client = await raw(port)
    client.send(get('/orders/42', 'orders.test.example.com', preflight).replace('GET ', 'OPTIONS '))
    expect(await client.rest()).toContain('MOCK_NOT_MATCHED')
  })
})

describe('a host that no service names', () => {
  it('is passed through, and counted apart from services', async () => {
    const { port: there } = await upstream((_request, response) => response.end('elsewhere'))
    const test = await proxy(files(orderService))
    const client = await raw(test.port)
    client.send(get(`http://127.0.0.1:${there}/x`, `127.0.0.1:${there}`))
    expect(await client.rest()).toMatch(/elsewhere$/)
    expect(test.running.totals().unknown.get(`127.0.0.1:${there}`)).toMatchObject({ passthrough: 1 })
  })

  it('is joined blind by CONNECT', async () => {
    const there = await tcpUpstream((socket) => socket.on('data', (text) => socket.write(`echo ${text}`)))
    const { port } = await proxy(files(orderService))
    const client = await raw(port)
    client.send(`CONNECT 127.0.0.1:${there} HTTP/1.1\r\nHost: x\r\n\r\nearly`)
    expect(await client.until('echo early')).toMatch(/^HTTP\/1\.1 200/)
    client.send('\x16\x03\x01 whatever')
    await client.until('echo \x16\x03\x01 whatever')
  })

  it('is refused when unknown hosts fail, with the line to add; infrastructure is not', async () => {
    const { port: there } = await upstream((_request, response) => response.end('allowed'))
    const test = await proxy(files(orderService, `unknownHosts: fail\nallowHosts: ['127.0.0.1:${there}']\n`))
    const refused = await raw(test.port)
    refused.send(get('http://mirror.example.com/x', 'mirror.example.com'))
    expect(await refused.rest()).toMatch(/502.*UNKNOWN_HOST.*allowHosts: \['mirror\.example\.com'\]/s)
    const tunnel = await raw(test.port)
    tunnel.send('CONNECT mirror.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await tunnel.rest()).toMatch(/^HTTP\/1\.1 502.*UNKNOWN_HOST/s)
    const allowed = await raw(test.port)
    allowed.send(get(`http://127.0.0.1:${there}/`, 'x'))
    expect(await allowed.rest()).toMatch(/allowed$/)
    expect(test.running.totals().allowed.get(`127.0.0.1:${there}`)).toMatchObject({ passthrough: 1 })
  })
})

describe('what cannot be read', () => {
  const hello = '\x00\x01 no protocol'

  it('gets 502 inside the tunnel to a mocked service', async () => {
    const { port, call } = await proxy(files(orderService))
    const client = await raw(port)
    client.send('CONNECT orders.test.example.com:8443 HTTP/1.1\r\nHost: x\r\n\r\n')
    await client.until('\r\n\r\n')
    client.send('\x00\x01 no protocol')
    expect(await client.rest()).toMatch(
      /^HTTP\/1\.1 502.*PROTOCOL_UNKNOWN.*svc-mock mode orders passthrough/s,
    )
    expect(await call(1)).toMatchObject({ outcome: 'error', error: 'PROTOCOL_UNKNOWN' })
  })

  it('is told why by the CONNECT itself when the real service is not there', async () => {
    const dead = await freePort()
    const { port } = await proxy({
      'svc-mock.yaml': `services:\n  real: { hosts: [real.test.example.com], mode: direct, upstream: 'https://127.0.0.1:${dead}', tls: { intercept: false } }\n`,
    })
    const client = await raw(port)
    client.send('CONNECT real.test.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 502.*UPSTREAM_UNREACHABLE/s)
  })

  it('passes to a service that is passed through, and to one that lets the server speak first', async () => {
    const echo = await tcpUpstream((socket) =>
      socket.on('data', (bytes) => socket.write(Buffer.concat([Buffer.from('echo '), bytes]))),
    )
    const greeting = await tcpUpstream((socket) => socket.write('220 hello\r\n'))
    const { port } = await proxy({
      'svc-mock.yaml': `services:\n  tls: { hosts: ['127.0.0.1:${echo}'], mode: passthrough }\n  mail: { hosts: ['127.0.0.1:${greeting}'], mode: passthrough }\n`,
    })
    const client = await raw(port)
    client.send(`CONNECT 127.0.0.1:${echo} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await client.until('\r\n\r\n')
    client.send(hello)
    await client.until(`echo ${hello}`)
    const mail = await raw(port)
    mail.send(`CONNECT 127.0.0.1:${greeting} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await mail.until('220 hello')
  })
})

describe('a tunnel to the own port of a service', () => {
  it('leads to that service, as the port itself does', async () => {
    const app = await proxy({
      'svc-mock.yaml': "services:\n  orders: { listen: '127.0.0.1:0' }\n",
      'mocks/orders/1.0.0/a.yaml': 'mocks:\n  - { request: { path: /a }, response: { body: mine } }\n',
    })
    const own = app.ownPort('orders')
    const tunnel = await raw(app.port)
    tunnel.send(`CONNECT 127.0.0.1:${own} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await tunnel.until('200')
    tunnel.send(get('/a', `127.0.0.1:${own}`))
    expect(await tunnel.until('mine')).toContain('200 OK')
    expect(await app.call(1)).toMatchObject({ service: 'orders', outcome: 'mock' })
  })

  it('is refused where the service would be asked at its own port', async () => {
    const own = await freePort()
    const app = await proxy({
      'svc-mock.yaml': `services:\n  orders: { listen: '127.0.0.1:${own}', mode: passthrough, upstream: 'http://127.0.0.1:${own}' }\n`,
    })
    const tunnel = await raw(app.port)
    tunnel.send(`CONNECT 127.0.0.1:${own} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await tunnel.until('200')
    tunnel.send(get('/a', `127.0.0.1:${own}`))
    await tunnel.until('LOOP')
  })
})

it('a tunnel to an own port of tcp is refused: inside nothing tells where its bytes have been', async () => {
  const app = await proxy({
    'svc-mock.yaml':
      "services:\n  db: { protocol: tcp, listen: '127.0.0.1:0', upstream: 'tcp://127.0.0.1:1' }\n",
  })
  const tunnel = await raw(app.port)
  tunnel.send(`CONNECT 127.0.0.1:${app.ownPort('db')} HTTP/1.1\r\nHost: x\r\n\r\n`)
  expect(await tunnel.rest()).toMatch(/^HTTP\/1\.1 508/)
})

describe('a call that would come back to the proxy', () => {
  it('is refused with 508 and a ready curl line', async () => {
    const { port, host } = await proxy(files(orderService))
    for (const call of [get('/', `127.0.0.1:${port}`), get(`http://localhost:${port}/`, 'x')]) {
      const client = await raw(port)
      client.send(call)
      expect(await client.rest()).toMatch(
        new RegExp(`^HTTP/1\\.1 508.*LOOP.*curl -x http://${host}:${port}`, 's'),
      )
    }
    const tunnel = await raw(port)
    tunnel.send(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(await tunnel.rest()).toContain('508')
  })

  it('is refused when it has gone round through others', async () => {
    const seconds = await freePort()
    const first = await proxy(
      { 'svc-mock.yaml': 'services: {}\n' },
      { env: { SVC_MOCK_UPSTREAM_PROXY: `http://127.0.0.1:${seconds}` } },
    )
    const second = await proxy(
      { 'svc-mock.yaml': 'services: {}\n' },
      {
        flags: { listen: `127.0.0.1:${seconds}` },
        env: { SVC_MOCK_UPSTREAM_PROXY: `http://127.0.0.1:${first.port}` },
      },
    )
    const client = await raw(first.port)
    client.send(get('http://far.example.com/', 'far.example.com'))
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 508/)
    const tunnel = await raw(first.port)
    tunnel.send('CONNECT far.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await tunnel.rest()).toMatch(/^HTTP\/1\.1 502/)
    // Each passes both once, and is refused where it comes back.
    expect(first.calls.length + second.calls.length).toBeLessThanOrEqual(6)
  })

  it('is refused when svc-mock is its own upstream proxy', async () => {
    const own = await freePort()
    const { port } = await proxy(
      { 'svc-mock.yaml': 'services: {}\n' },
      {
        flags: { listen: `127.0.0.1:${own}` },
        env: { SVC_MOCK_UPSTREAM_PROXY: `http://127.0.0.1:${own}` },
      },
    )
    const tunnel = await raw(port)
    tunnel.send('CONNECT far.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await tunnel.rest()).toMatch(/^HTTP\/1\.1 508/)
  })

  it('is refused when tcp services point at each other, in one process or two', async () => {
    const [here, there] = [await freePort(), await freePort()]
    const tcp = (name: string, own: number, to: number): string =>
      `  ${name}: { protocol: tcp, listen: '127.0.0.1:${own}', upstream: 'tcp://127.0.0.1:${to}' }\n`
    const both = await proxy({
      'svc-mock.yaml': `services:\n${tcp('a', here, there)}${tcp('b', there, here)}`,
    })
    expect(await (await raw(here)).rest()).toBe('')
    expect(await both.call(1)).toMatchObject({ service: 'a', outcome: 'error', error: 'LOOP' })
    await both.running.close(0)
    const first = await proxy({ 'svc-mock.yaml': `services:\n${tcp('a', here, there)}` })
    await proxy({ 'svc-mock.yaml': `services:\n${tcp('b', there, here)}` })
    const client = await raw(here)
    client.send('x')
    expect(await client.rest()).toBe('')
    const refused = first.calls.filter(({ error }) => error === 'LOOP')
    expect(first.calls.length).toBeLessThan(1_010)
    expect(refused.length).toBeLessThanOrEqual(1)
  })

  it('is refused when it was forwarded before', async () => {
    let back = 0
    const { port: there } = await upstream((request, response) => {
      // A gateway that sends everything to its proxy: the way back.
      void raw(back).then(async (client) => {
        const lines: string[] = []
        for (let i = 0; i < request.rawHeaders.length; i += 2)
          lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`)
        client.send(
          `GET http://real.test.example.com/ HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`,
        )
        response.end(await client.rest())
      })
    })
    const test = await proxy({
      'svc-mock.yaml': `services:\n  real: { hosts: [real.test.example.com], mode: passthrough, upstream: 'http://127.0.0.1:${there}' }\n`,
    })
    back = test.port
    const client = await raw(test.port)
    client.send(get('http://real.test.example.com/', 'real.test.example.com'))
    expect(await client.rest()).toContain('HTTP/1.1 508')
  })
})

describe('Upgrade', () => {
  it('carries a WebSocket end to end', async () => {
    const { port: there, server } = await upstream((_request, response) => response.writeHead(426).end())
    server.on('upgrade', (request, socket) => {
      // Nobody else listens once node:http has handed it over, and the proxy breaks it off when the test ends.
      socket.on('error', () => socket.destroy())
      const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
      const accept = createHash('sha1').update(key).digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      socket.on('data', (frame: Buffer) => {
        // One short masked text frame (RFC 6455 section 5.2), answered unmasked.
        const mask = frame.subarray(2, 6)
        const text = frame.subarray(6).map((byte, i) => byte ^ mask[i % 4]!)
        socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]))
      })
    })
    const test = await proxy({
      'svc-mock.yaml': `services:\n  chat: { mode: passthrough, upstream: 'http://127.0.0.1:${there}', listen: '127.0.0.1:0' }\n`,
    })
    const socket = new WebSocket(`ws://127.0.0.1:${test.ownPort('chat')}/room`)
    const answer = await new Promise((resolve, reject) => {
      socket.addEventListener('open', () => socket.send('hello'))
      socket.addEventListener('message', ({ data }) => resolve(data))
      socket.addEventListener('error', () => reject(new Error('the WebSocket failed')))
    })
    expect(answer).toBe('hello')
    expect(test.calls[0]).toMatchObject({ operation: 'GET /room', status: 101, outcome: 'passthrough' })
    socket.close()
  })

  it('may be declined by the upstream', async () => {
    const { port: there } = await upstream((_request, response) => response.writeHead(403).end('no rooms'))
    const { port } = await proxy({
      'svc-mock.yaml': `services:\n  chat: { hosts: [chat], mode: passthrough, upstream: 'http://127.0.0.1:${there}' }\n`,
    })
    const client = await raw(port)
    client.send(
      'GET http://chat/ HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 403.*no rooms/s)
  })

  it('to h2c is ignored and answered in HTTP/1.1', async () => {
    const { port } = await proxy(files(orderService))
    const client = await raw(port)
    client.send(
      get('/orders/42', 'orders.test.example.com', 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n').replace(
        'Connection: close',
        'Connection: Upgrade, HTTP2-Settings',
      ),
    )
    expect(await client.until('{"id":42}')).toMatch(/^HTTP\/1\.1 200/)
  })
})

describe('a tcp service', () => {
  it('passes bytes between its own port and its upstream, server first too', async () => {
    const there = await tcpUpstream((socket) => {
      socket.write('ready ')
      socket.on('data', (text) => socket.write(`echo ${text}`))
    })
    const test = await proxy({
      'svc-mock.yaml': `services:\n  queue: { protocol: tcp, mode: direct, upstream: 'tcp://127.0.0.1:${there}', listen: '127.0.0.1:0' }\n`,
    })
    const client = await raw(test.ownPort('queue'))
    await client.until('ready ')
    client.send('ping')
    await client.until('echo ping')
    expect(await test.call(1)).toMatchObject({ protocol: 'tcp', service: 'queue', outcome: 'passthrough' })
  })
})

describe('curl', () => {
  it('gets the mock through http_proxy', async () => {
    const { port } = await proxy(files(orderService))
    const { stdout } = await run('curl', [
      '-s',
      '-x',
      `http://127.0.0.1:${port}`,
      'http://orders.test.example.com/orders/42',
    ])
    expect(stdout).toBe('{"id":42}')
  })
})
