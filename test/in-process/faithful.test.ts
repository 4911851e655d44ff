/** What a connection in this process must keep as it is: large and odd bodies, what passes, what breaks, and what is over. */
import { createHash, randomBytes } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Agent, request } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Mocks, type OpenOptions, openWorkspace } from '../../src/entries/node/index.ts'
import { upstream } from '../support/upstream.ts'
import { workspace } from '../support/workspace.ts'

const opened = async (files: Readonly<Record<string, string>>, options: OpenOptions = {}): Promise<Mocks> => {
  const mocks = await openWorkspace(workspace(files).folder, { env: {}, onUnhandled: 'ignore', ...options })
  onTestFinished(() => mocks.close())
  return mocks.intercept()
}

const orders = (yaml: string, config = 'services: { orders: { hosts: [orders.test.example.com] } }') => ({
  'svc-mock.yaml': config,
  'mocks/orders/1.0.0/orders.yaml': yaml,
})

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Says what it got. */
const mirror = () =>
  upstream((incoming, response) => {
    const hash = createHash('sha256')
    let length = 0
    incoming.on('data', (chunk: Buffer) => {
      hash.update(chunk)
      length += chunk.length
    })
    incoming.on('end', () => {
      response.writeHead(200, {
        'content-type': 'text/plain',
        'x-headers': JSON.stringify(incoming.rawHeaders),
      })
      response.end(`${incoming.method} ${incoming.url} ${length} ${hash.digest('hex')}`)
    })
  })

describe('bodies', () => {
  it('of 32 MB pass to a real service and back, whoever sends them', async () => {
    const real = await upstream((incoming, response) =>
      incoming.pipe(response.writeHead(200, { 'x-echo': '1' })),
    )
    const mocks = await opened({
      'svc-mock.yaml': `services: { real: { hosts: [real.test.example.com], mode: passthrough, upstream: 'http://127.0.0.1:${real.port}' } }`,
    })
    const bytes = randomBytes(32 * 1024 * 1024)
    const response = await fetch('http://real.test.example.com/echo', {
      method: 'POST',
      body: Readable.toWeb(Readable.from(chunks(bytes))) as BodyInit,
      duplex: 'half',
    } as RequestInit)
    expect(digest(await response.bytes())).toBe(digest(bytes))
    expect(mocks.calls()[0]).toMatchObject({ outcome: 'passthrough', status: 200, body: undefined })
  })

  it('of 5 MB come from a mock to a client that reads slowly', async () => {
    const body = 'x'.repeat(5 * 1024 * 1024)
    await opened({
      ...orders('mocks: [{ request: { path: /big }, response: { bodyFile: big.txt } }]'),
      'mocks/orders/1.0.0/big.txt': body,
    })
    const got: Buffer[] = []
    await new Promise<void>((resolve, reject) => {
      http
        .get('http://orders.test.example.com/big', async (response) => {
          for await (const chunk of response) {
            got.push(chunk)
            await turn()
          }
          resolve()
        })
        .on('error', reject)
    })
    expect(Buffer.concat(got).toString()).toBe(body)
  })

  it('that are not read by any matcher do not hold up an answer, or the next call', async () => {
    const mocks = await opened(
      orders('mocks: [{ request: { method: POST, path: /x }, response: { status: 202 } }]'),
    )
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; i < 3; i++) {
      const status = await new Promise((resolve, reject) => {
        const asked = http.request(
          'http://orders.test.example.com/x',
          { method: 'POST', agent },
          (response) => {
            response.resume().on('end', () => resolve(response.statusCode))
          },
        )
        asked.on('error', reject)
        asked.end(Buffer.alloc(1024 * 1024, i))
      })
      expect(status).toBe(202)
    }
    agent.destroy()
    expect(mocks.calls().map(({ bytes }) => bytes?.length)).toEqual([1048576, 1048576, 1048576])
  })

  it('come in chunks with trailers, coded, or only after 100 Continue', async () => {
    const mocks = await opened(
      orders('mocks: [{ request: { method: POST, path: /x, body: { a: 1 } }, response: { status: 202 } }]'),
    )
    const asking = (headers: Readonly<Record<string, string>>, send: (asked: http.ClientRequest) => void) =>
      new Promise((resolve, reject) => {
        const asked = http.request(
          'http://orders.test.example.com/x',
          { method: 'POST', headers },
          (response) => {
            response.resume().on('end', () => resolve(response.statusCode))
          },
        )
        asked.on('error', reject)
        send(asked)
      })
    const json = { 'content-type': 'application/json' }
    expect(
      await asking({ ...json, 'transfer-encoding': 'chunked', trailer: 'x-sum' }, (asked) => {
        asked.write('{"a":')
        asked.write('1}')
        asked.addTrailers({ 'x-sum': '1' })
        asked.end()
      }),
    ).toBe(202)
    expect(
      await asking({ ...json, 'content-encoding': 'gzip' }, (asked) => asked.end(gzipSync('{"a":1}'))),
    ).toBe(202)
    expect(
      await asking({ ...json, expect: '100-continue', 'content-length': '7' }, (asked) => {
        asked.on('continue', () => asked.end('{"a":1}'))
        asked.flushHeaders()
      }),
    ).toBe(202)
    expect(mocks.calls().map(({ body }) => body)).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }])
  })
})

function* chunks(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

describe('heads', () => {
  it('keep the case and order of their lines both ways', async () => {
    const real = await mirror()
    await opened(
      orders(
        'mocks: [{ request: { path: /mocked }, response: { headers: { X-One: [a, b], x-TWO: c }, body: x } }]',
        `services: { orders: { hosts: [orders.test.example.com], onMiss: passthrough, upstream: 'http://127.0.0.1:${real.port}' } }`,
      ),
    )
    const raw = (path: string, headers: string[]) =>
      new Promise<readonly string[]>((resolve, reject) => {
        http
          .get({ host: 'orders.test.example.com', path, headers } as never, (response) => {
            response.resume().on('end', () => resolve(response.rawHeaders))
          })
          .on('error', reject)
      })
    expect((await raw('/mocked', [])).slice(2, 8)).toEqual(['X-One', 'a', 'X-One', 'b', 'x-TWO', 'c'])
    const passed = await raw('/passed', [
      'Host',
      'orders.test.example.com',
      'X-B',
      '1',
      'x-a',
      '2',
      'X-B',
      '3',
    ])
    const seen = JSON.parse(passed[passed.indexOf('x-headers') + 1]!) as string[]
    expect(seen.slice(seen.indexOf('X-B'), seen.indexOf('X-B') + 6)).toEqual([
      'X-B',
      '1',
      'x-a',
      '2',
      'X-B',
      '3',
    ])
  })

  it('lead fetch from a redirection to what it points to', async () => {
    const mocks = await opened(
      orders(
        "mocks: [{ request: { path: /old }, response: { status: 307, headers: { location: 'https://orders.test.example.com/new' } } }, { request: { method: POST, path: /new, body: { a: 1 } }, response: { body: there } }]",
      ),
    )
    const response = await fetch('http://orders.test.example.com/old', { method: 'POST', body: '{"a":1}' })
    expect([response.redirected, response.url, await response.text()]).toEqual([
      true,
      'https://orders.test.example.com/new',
      'there',
    ])
    expect(mocks.calls().map(({ url }) => url)).toEqual([
      'http://orders.test.example.com/old',
      'https://orders.test.example.com/new',
    ])
  })
})

describe('what is none of ours', () => {
  it('passes untouched: this machine, other hosts, and what is no HTTP', async () => {
    const real = await mirror()
    const greeting = net.createServer((socket) => socket.end('hello, and bye'))
    await new Promise<void>((resolve) => greeting.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void greeting.close())
    const mocks = await opened({ 'svc-mock.yaml': 'unknownHosts: fail\nservices: { orders: {} }' })
    expect(await (await fetch(`http://127.0.0.1:${real.port}/x`)).text()).toContain('GET /x 0')
    expect(
      await (
        await fetch(`http://localhost:${real.port}/x`).catch(() => fetch(`http://127.0.0.1:${real.port}/x`))
      ).text(),
    ).toContain('GET /x 0')
    const { port } = greeting.address() as net.AddressInfo
    const said = await new Promise((resolve, reject) => {
      net
        .connect(port, '127.0.0.1')
        .on('data', (bytes) => resolve(bytes.toString()))
        .on('error', reject)
    })
    expect(said).toBe('hello, and bye')
    expect(mocks.calls().times).toBe(0)
    // Not HTTP, and to a host that is refused: it leaves as ever, and there is nobody.
    const error = await new Promise((resolve) => {
      const socket = net.connect(5432, 'database.test.invalid').on('error', resolve)
      socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
    })
    expect(error).toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED/),
    })
    expect(mocks.calls().times).toBe(0)
  })

  it('is what only some services are wanted for', async () => {
    const config =
      'unknownHosts: fail\nservices: { orders: { hosts: [orders.test.example.com] }, stock: { hosts: [stock.test.example.com] } }'
    const mocks = await opened(orders('mocks: [{ request: {}, response: { body: x } }]', config), {
      services: ['orders'],
    })
    expect((await fetch('http://orders.test.example.com/')).status).toBe(200)
    expect(await (await fetch('http://stock.test.example.com/')).json()).toMatchObject({
      code: 'UNKNOWN_HOST',
    })
    expect(mocks.calls().to('orders').times).toBe(1)
    await expect(opened(orders('mocks: []', config), { services: ['order'] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      hint: 'did you mean orders?',
    })
  })
})

describe('state', () => {
  const turns = orders(
    'mocks: [{ name: turns, request: { path: /n }, responses: [{ body: first }, { body: then }], repeat: last }]',
  )
  const next = async () => (await fetch('http://orders.test.example.com/n')).text()

  it('begins again with reset, is of a tenant, and leaves nothing when it is over', async () => {
    const mocks = await opened(turns, { tenant: 'alice' })
    expect([await next(), await next()]).toEqual(['first', 'then'])
    expect(mocks.calls().map(({ tenant }) => tenant)).toEqual(['alice', 'alice'])
    mocks.reset()
    expect([mocks.calls().times, await next()]).toEqual([0, 'first'])
    mocks.restore()
    await expect(next()).rejects.toThrow()
    mocks.intercept()
    expect(await next()).toBe('then')
    mocks.setMode('orders', 'passthrough')
    expect((await fetch('http://orders.test.example.com/n')).status).toBe(502)
    expect(mocks.calls().at(-1)?.problem?.code).toBe('UPSTREAM_UNREACHABLE')
  })

  it('is asked without a call, too', async () => {
    const mocks = await opened(turns)
    const response = await mocks.answer(new Request('http://orders.test.example.com/n'))
    expect([response.status, await response.text(), await next()]).toEqual([200, 'first', 'then'])
    expect(mocks.calls('turns').times).toBe(2)
  })

  it('ends with using, and is refused twice at a time', async () => {
    {
      await using mocks = await openWorkspace(workspace(turns).folder, { env: {} })
      mocks.intercept()
      expect(await next()).toBe('first')
      const other = await openWorkspace(workspace(turns).folder, { env: {} })
      expect(() => other.intercept()).toThrow(expect.objectContaining({ code: 'NOT_IN_PROCESS' }))
      await other.close()
    }
    await expect(next()).rejects.toThrow()
  })
})

describe('what goes wrong', () => {
  it('is told by name: a folder without a workspace, a broken mock, a tenant that is none, a mock that there is not', async () => {
    await expect(
      openWorkspace(workspace({ 'svc-mock.yaml': 'services: {' }).folder, { env: {} }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await expect(opened(orders('mocks: [{ request: { pth: /x } }]'))).rejects.toMatchObject({
      code: 'MOCK_FILE_INVALID',
    })
    await expect(opened(orders('mocks: []'), { tenant: 'no name' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    const mocks = await opened(orders('mocks: [{ name: order is found, request: {}, response: {} }]'))
    expect(() => mocks.calls('order is fund')).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', hint: 'did you mean order is found?' }),
    )
  })

  it('tells of a call that nothing answers, with the nearest mocks', async () => {
    const told: string[] = []
    const mocks = await opened(orders('mocks: [{ name: two, request: { path: /2 }, response: {} }]'), {
      onUnhandled: ({ url, problem }) => told.push(`${url} ${problem?.nearest[0]?.mock}`),
    })
    await fetch('http://orders.test.example.com/3')
    expect(told).toEqual(['http://orders.test.example.com/3 two'])
    expect(mocks.calls().unmatched[0]?.problem?.nearest[0]?.failed).toEqual([
      { clause: 'path', expected: '/2', actual: '/3' },
    ])
  })

  it('is a connection reset for every client, and a client that gives up is noticed', async () => {
    const mocks = await opened(
      orders(
        'mocks: [{ request: { path: /reset }, fault: { abort: reset } }, { request: { path: /slow }, response: {}, fault: { delay: 1h } }]',
      ),
    )
    const viaHttp = new Promise((resolve) => {
      http.get('http://orders.test.example.com/reset').on('error', resolve)
    })
    expect(await viaHttp).toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
    await expect(fetch('https://orders.test.example.com/reset')).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    })
    const agent = new Agent()
    onTestFinished(() => agent.close())
    await expect(
      request('http://orders.test.example.com/reset', { dispatcher: agent }),
    ).rejects.toMatchObject({ code: 'ECONNRESET' })
    const gone = new AbortController()
    const slow = fetch('http://orders.test.example.com/slow', { signal: gone.signal })
    await turn()
    gone.abort()
    await expect(slow).rejects.toThrow('aborted')
    expect(mocks.calls().where({ path: '/reset', status: 0 }).times).toBe(3)
  })
})
