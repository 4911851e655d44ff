/** Bad bytes get a clear answer, are said once, and cost nobody else anything. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'

const files = {
  'svc-mock.yaml': 'services:\n  orders: {}\n',
  'mocks/orders/1.0.0/o.yaml':
    'mocks:\n  - request: { path: /ok }\n    response: { body: fine }\n  - request: { method: POST, path: /json, body: { a: 1 } }\n    response: { body: matched }\n',
}

const healthy = 'GET http://orders/ok HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n'

describe('malformed HTTP', () => {
  it.each([
    [
      'a broken chunk size',
      'POST http://orders/json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    [
      'two lengths',
      'POST http://orders/json HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      400,
    ],
    [
      'length beside chunked',
      'POST http://orders/json HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'headers over 64 kB',
      `GET http://orders/ok HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
      431,
    ],
    ['no Host in HTTP/1.1', 'GET /ok HTTP/1.1\r\n\r\n', 400],
    ['a target that is no address', 'GET ftp://orders/ok HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a Host that is none', 'GET /ok HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
    ['a CONNECT to nowhere', 'CONNECT : HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ])('with %s is refused, and the next call is served', async (_what, bytes, status) => {
    const { port } = await proxy(files)
    const bad = await raw(port)
    bad.send(bytes)
    expect(await bad.rest()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*x-svc-mock-error: BAD_CALL`, 's'))
    const good = await raw(port)
    good.send(healthy)
    expect(await good.rest()).toMatch(/fine$/)
  })

  it('says what was wrong once, however often it comes', async () => {
    const test = await proxy(files)
    for (let n = 0; n < 5; n++) {
      const bad = await raw(test.port)
      bad.send('POST http://orders/json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')
      await bad.rest()
    }
    expect(test.notices).toEqual([expect.stringContaining('a chunk has a broken size')])
  })

  it.each([
    [
      'a broken chunk',
      'POST http://orders/json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      '(unreadable)',
      'BAD_CALL',
    ],
    [
      'no address',
      'GET ftp://me:secret@orders/ok?token=1 HTTP/1.1\r\nHost: x\r\n\r\n',
      400,
      'GET (unreadable)',
      'BAD_CALL',
    ],
    ['a bad Host', 'GET /ok?token=1 HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'GET /ok', 'BAD_CALL'],
    ['a CONNECT to us', 'CONNECT HERE HTTP/1.1\r\nHost: x\r\n\r\n', 508, 'CONNECT HERE', 'LOOP'],
    ['a way back to us', 'GET http://HERE/a HTTP/1.1\r\nHost: x\r\n\r\n', 508, 'GET /a', 'LOOP'],
  ])(
    'that was refused for %s has a record, without query or credentials',
    async (_what, bytes, status, operation, error) => {
      const test = await proxy(files)
      const here = test.running.listen
      const bad = await raw(test.port)
      bad.send(bytes.replace('HERE', here))
      await bad.rest()
      expect(await test.call(1)).toMatchObject({
        service: '(no service)',
        known: true,
        operation: operation.replace('HERE', here),
        status,
        outcome: 'error',
        error,
      })
      expect(JSON.stringify(test.calls)).not.toMatch(/token|secret/)
      expect(test.running.totals().services.get('(no service)')).toMatchObject({ error: 1, miss: 0 })
      expect(test.running.totals().unknown.size).toBe(0)
    },
  )

  it("that was refused on a service's own port is that service's", async () => {
    const test = await proxy({ ...files, 'svc-mock.yaml': 'services:\n  orders: { listen: 127.0.0.1:0 }\n' })
    const bad = await raw(test.ownPort('orders'))
    bad.send('CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n')
    await bad.rest()
    expect(await test.call(1)).toMatchObject({ service: 'orders', outcome: 'error', error: 'BAD_CALL' })
  })

  it.each([
    ['only the beginning of TLS', '\x16\x03\x01\x00\x05hello', /no protocol known here/],
    [
      'HTTP/2 whose first frame is none',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n',
      /HTTP\/2 connection was ended/,
    ],
    ['no protocol at all', '\x00\x01\x02\x03', /no protocol known here/],
  ])('that is %s is closed and said', async (_what, bytes, words) => {
    const test = await proxy(files)
    const bad = await raw(test.port)
    bad.send(bytes)
    await bad.rest()
    expect(test.notices).toEqual([expect.stringMatching(words)])
  })
})

describe('a strange body', () => {
  it.each([
    ['invalid UTF-8', '{"a":\xff\xfe}', /not valid UTF-8/],
    ['invalid JSON', '{"a":', /not valid JSON/],
    ['nothing', '', /the body is empty|absent/],
  ])('(%s) does not match, and the miss says why', async (_what, body, why) => {
    const { port } = await proxy(files)
    const client = await raw(port)
    client.send(
      `POST http://orders/json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    const answer = await client.rest()
    expect(answer).toContain('MOCK_NOT_MATCHED')
    expect(answer).toMatch(why)
  })

  it('compressed for the way only is read', async () => {
    const { port } = await proxy(files)
    const client = await raw(port)
    const packed = gzipSync('{"a":1}').toString('latin1')
    client.send(
      `POST http://orders/json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${packed.length.toString(16)}\r\n${packed}\r\n0\r\n\r\n`,
    )
    expect(await client.rest()).toMatch(/matched$/)
  })

  it('larger than the limit does not match, and the miss says why', async () => {
    const { port } = await proxy({
      ...files,
      'svc-mock.yaml': 'services:\n  orders: {}\nlimits: { body: 1kB }\n',
    })
    const client = await raw(port)
    const body = `{"a":1,"b":"${'x'.repeat(5_000)}"}`
    client.send(
      `POST http://orders/json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(await client.rest()).toMatch(/MOCK_NOT_MATCHED.*larger than limits\.body/s)
  })
})

describe('a path with traps', () => {
  it.each(['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/ok%00', '/%zz', '/a//b', '/ok/'])(
    '(%s) is only a path that no mock has',
    async (path) => {
      const { port } = await proxy(files)
      const client = await raw(port)
      client.send(`GET http://orders${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      expect(await client.rest()).toContain('MOCK_NOT_MATCHED')
    },
  )

  it('does not split at an encoded slash', async () => {
    const { port } = await proxy({
      ...files,
      'mocks/orders/1.0.0/p.yaml':
        "mocks:\n  - request: { path: '/f/{name}' }\n    response: { body: one segment }\n",
    })
    const client = await raw(port)
    client.send('GET http://orders/f/a%2Fb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await client.rest()).toMatch(/one segment$/)
  })
})

describe('clients that come and go', () => {
  it('half-way in a body leave the others alone', async () => {
    const test = await proxy(files)
    const leaving = await raw(test.port)
    leaving.send('POST http://orders/json HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"a"')
    leaving.socket.destroy()
    const good = await raw(test.port)
    good.send(healthy)
    expect(await good.rest()).toMatch(/fine$/)
    expect(test.notices).toEqual([])
  })

  it('by the thousand leave nothing behind', async () => {
    const { port } = await proxy(files)
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          const client = await raw(port)
          client.socket.destroy()
          await client.closed
        }),
      )
    }
    const good = await raw(port)
    good.send(healthy)
    expect(await good.rest()).toMatch(/fine$/)
  })
})
