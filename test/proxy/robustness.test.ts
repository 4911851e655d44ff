/** Upstreams that misbehave and clients that do not wait cost their own call at most, and never the process. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { RefusedCall } from '../../src/core/protocol.ts'
import { joinTunnel } from '../../src/core/tunnel.ts'
import { Intake } from '../../src/protocols/http/intake.ts'
import { HttpSession } from '../../src/protocols/http/session.ts'
import { proxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'
import { deadPort, tcpUpstream } from '../support/upstream.ts'

const passing = (port: number): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  real:\n    hosts: [real.test.example.com]\n    mode: passthrough\n    upstream: http://127.0.0.1:${port}\n`,
})

/** Asks once through a proxy whose upstream answers these bytes, and closes. */
const asked = async (reply: string, { method = 'GET', version = '1.1' } = {}): Promise<string> => {
  const there = await tcpUpstream((socket) => socket.once('data', () => socket.end(reply, 'latin1')))
  const { port } = await proxy(passing(there))
  const client = await raw(port)
  client.send(
    `${method} http://real.test.example.com/ HTTP/${version}\r\nHost: x\r\nConnection: close\r\n\r\n`,
  )
  return client.rest()
}

const withLength = (head: string): string => `${head}\r\nContent-Length: 2\r\n\r\nhi`

describe('an upstream', () => {
  it.each([
    ['no UTF-8', 'HTTP/1.1 200 \xe9t\xe9', 'HTTP/1.1 200 \xe9t\xe9'],
    ['UTF-8', 'HTTP/1.1 200 \xe6\xbc\xa2', 'HTTP/1.1 200 \xe6\xbc\xa2'],
    ['empty', 'HTTP/1.1 200 ', 'HTTP/1.1 200 '],
  ])('may send a reason phrase that is %s', async (_what, sent, received) => {
    const answer = await asked(withLength(sent))
    expect(answer).toMatch(/hi$/)
    expect(answer.split('\r\n', 1)[0]).toBe(received)
  })

  const chunked =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n'

  it.each([
    ['to HTTP/1.0', chunked, { version: '1.0' }, /^HTTP\/1\.1 200 OK.*hi$/s],
    ['to HEAD', chunked.slice(0, chunked.indexOf('2\r\nhi')), { method: 'HEAD' }, /^HTTP\/1\.1 200 OK/],
    ['beside a length', withLength('HTTP/1.1 200 OK\r\nTrailer: X-T'), {}, /^HTTP\/1\.1 200 OK.*hi$/s],
    ['without a body', 'HTTP/1.1 304 Not Modified\r\nTrailer: X-T\r\n\r\n', {}, /^HTTP\/1\.1 304/],
  ])('may announce trailers %s, where none can follow', async (_where, reply, how, expected) => {
    const answer = await asked(reply, how)
    expect(answer).toMatch(expected)
    expect(answer).not.toMatch(/^trailer:/im)
  })

  it('may send early hints that are none', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: nonsense\r\n\r\n'
    expect(await asked(hints + withLength('HTTP/1.1 200 OK'))).toMatch(/^HTTP\/1\.1 200 OK.*hi$/s)
  })

  it.each([
    ['nothing', ''],
    ['no HTTP', '\x00\x01\x02 nonsense\r\n\r\n'],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'X-Long: y\r\n'.repeat(20_000)}`],
    ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!'],
  ])('that sends %s is a 502 with the reason', async (_what, reply) => {
    expect(await asked(reply)).toMatch(/^HTTP\/1\.1 502.*UPSTREAM_UNREACHABLE.*broke off before it answered/s)
  })

  it('that cannot be reached counts as failed', async () => {
    const { port, call } = await proxy(passing(await deadPort()))
    const client = await raw(port)
    client.send('GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await client.rest()
    expect(await call(1)).toMatchObject({ status: 502, outcome: 'error', error: 'UPSTREAM_UNREACHABLE' })
  })
})

describe('a client', () => {
  it('that goes away while the upstream thinks is no failure of the upstream', async () => {
    const begun = Promise.withResolvers<void>()
    const there = await tcpUpstream((socket) => socket.once('data', () => begun.resolve()))
    const { port, call } = await proxy(passing(there))
    const client = await raw(port)
    client.send('GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n')
    await begun.promise
    client.socket.resetAndDestroy()
    const record = await call(1)
    expect(record).toMatchObject({ status: 0, outcome: 'passthrough' })
    expect(record.error).toBeUndefined()
  })

  const size = 8 * 2 ** 20
  const next = 'GET http://orders/ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const orders = 'mocks:\n  - request: { path: /ok }\n    response: { body: fine }\n'

  it('that is answered before its body was read can send the rest, and its next call', async () => {
    const there = await tcpUpstream((socket) => {
      socket.once('data', () => {
        socket.pause()
        socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno')
      })
    })
    const { port } = await proxy({
      'svc-mock.yaml': `${passing(there)['svc-mock.yaml']}  orders: {}\n`,
      'mocks/orders/1.0.0/o.yaml': orders,
    })
    const client = await raw(port)
    client.send(
      `POST http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\nfirst`,
    )
    await client.until('no')
    client.send('x'.repeat(size - 'first'.length) + next)
    expect(await client.rest()).toMatch(/fine$/)
  })

  it('whose body is beyond limits.body can send its next call', async () => {
    const { port } = await proxy({
      'svc-mock.yaml': 'services:\n  orders: {}\nlimits: { body: 1kB }\n',
      'mocks/orders/1.0.0/o.yaml': `${orders}  - request: { method: POST, body: { a: 1 } }\n    response: { body: matched }\n`,
    })
    const client = await raw(port)
    client.send(`POST http://orders/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`)
    client.send('x'.repeat(size) + next)
    expect(await client.rest()).toMatch(/larger than limits\.body.*fine$/s)
  })

  it('that sends what is no call is said once', async () => {
    const test = await proxy({ 'svc-mock.yaml': 'services: {}\n' })
    for (let n = 0; n < 3; n++) {
      const client = await raw(test.port)
      client.send('GET /ok HTTP/1.0\r\n\r\n')
      await client.rest()
    }
    expect(test.notices).toEqual([expect.stringMatching(/BAD_CALL.*Host header/)])
  })
})

describe('a tunnel', () => {
  it('of which one side has ended and the other is silent does not stay', async () => {
    const [client, left] = duplexPair()
    const [right, far] = duplexPair()
    joinTunnel(left, right, 1)
    far.resume()
    client.end('bye')
    await Promise.all([once(left, 'close'), once(right, 'close')])
  })

  it('still carries what the other side has to say', async () => {
    const [client, left] = duplexPair()
    const [right, far] = duplexPair()
    joinTunnel(left, right)
    client.end('question')
    far.once('end', () => far.end('answer')).resume()
    expect(String(await client.toArray())).toBe('answer')
  })
})

describe('a slow loris', () => {
  it('gets 408, however often it sends another header', async () => {
    const refused: RefusedCall[] = []
    const host = { refused: (call: RefusedCall) => refused.push(call) }
    const session = new HttpSession(new Intake(host as never), { headersMs: 50, checkedEachMs: 10 })
    const port = await tcpUpstream((socket) => session.accept(socket, { kind: 'proxy', listen: '' }))
    const client = await raw(port)
    client.send('GET / HTTP/1.1\r\n')
    const drip = setInterval(() => client.send('X-A: b\r\n'), 5)
    client.socket.on('close', () => clearInterval(drip)).on('end', () => clearInterval(drip))
    expect(await client.rest()).toMatch(/HTTP\/1\.1 408 /)
    expect(refused).toMatchObject([{ status: 408 }])
    expect(refused[0]!.error.message).toContain('the headers took too long')
    session.close()
  })
})

describe('connections by the thousand', () => {
  const phases = [
    '',
    'GET ',
    'GET http://orders/ok HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST http://orders/json HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{',
    'POST http://orders/json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a',
    'GET http://real.test.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT orders:80 HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT orders:80 HTTP/1.1\r\nHost: x\r\n\r\nGET /ok',
    '\x16\x03\x01\x00\x05hello',
  ]
  const open = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap' || kind === 'Timeout').length

  it('that leave in every phase leave nothing open', { timeout: 60_000 }, async () => {
    // An upstream that never answers: what is left of such calls is what the client's leaving ends.
    const there = await tcpUpstream((socket) => socket.resume().once('end', () => socket.end()))
    const { port } = await proxy({
      'svc-mock.yaml': `${passing(there)['svc-mock.yaml']}  orders: {}\n`,
      'mocks/orders/1.0.0/o.yaml':
        'mocks:\n  - request: { path: /ok }\n    response: { body: fine }\n  - request: { path: /json, body: { a: 1 } }\n    response: { body: matched }\n',
    })
    const leave = (n: number): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(phases[n % phases.length]!, 'latin1')
          if (n % 2 === 0) socket.destroy()
          else setImmediate(() => socket.resetAndDestroy())
        })
        socket.on('error', () => undefined).on('close', () => resolve())
      })
    const before = open()
    for (let round = 0; round < 30; round++) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => leave(round * 100 + n)))
    }
    await expect.poll(open, { timeout: 20_000 }).toBeLessThan(before + 20)
    const good = await raw(port)
    good.send('GET http://orders/ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await good.rest()).toMatch(/fine$/)
  })
})
