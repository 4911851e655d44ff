/** Faults over real connections: what a client sees of each, for mocked and for passed replies. */
import { describe, expect, it } from 'vitest'
import { testClock } from '../support/clock.ts'
import { proxy, type TestProxy, type TestProxyOptions } from '../support/proxy.ts'
import { type RawClient, raw } from '../support/raw.ts'
import { tcpUpstream, upstream } from '../support/upstream.ts'

const mocks = (fault: string): string =>
  `mocks:
  - { request: { path: /x }, fault: ${fault}, response: { body: 0123456789 } }
  - { request: { path: /real }, fault: ${fault} }
`.replace('0123456789', "'0123456789'")

const start = async (fault: string, options: TestProxyOptions = {}) => {
  const real = await upstream((_request, response) => response.end('really!'))
  const config = `services:\n  orders:\n    listen: 127.0.0.1:0\n    upstream: http://127.0.0.1:${real.port}\n`
  return proxy({ 'svc-mock.yaml': config, 'mocks/orders/x.yaml': mocks(fault) }, options)
}

const get = async (test: TestProxy, path: string): Promise<RawClient> => {
  const client = await raw(test.ownPort('orders'))
  client.send(`GET ${path} HTTP/1.1\r\nhost: orders\r\n\r\n`)
  return client
}

const resets = (client: RawClient): Promise<string | undefined> =>
  new Promise((resolve) => {
    client.socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    client.socket.once('end', () => resolve('FIN'))
  })

describe('a call sent before the one in front of it was answered', () => {
  it.each(['reset', 'malformed'])('has its fault when its turn comes: %s', async (abort) => {
    const test = await proxy({
      'svc-mock.yaml': 'services:\n  orders:\n    listen: 127.0.0.1:0\n',
      'mocks/orders/x.yaml': `mocks:
  - { request: { path: /slowly }, fault: { slowBody: 20ms }, response: { body: whole } }
  - { request: { path: /x }, fault: { abort: ${abort} }, response: { body: never } }
`,
    })
    const client = await raw(test.ownPort('orders'))
    const ended = resets(client)
    client.send('GET /slowly HTTP/1.1\r\nhost: orders\r\n\r\nGET /x HTTP/1.1\r\nhost: orders\r\n\r\n')
    expect(await ended).toBe(abort === 'reset' ? 'ECONNRESET' : 'FIN')
    expect(await client.rest()).toContain(abort === 'reset' ? '' : 'not a chunk')
  })
})

describe.each(['/x', '/real'])('an abort of %s', (path) => {
  it.each([
    ['reset', 'ECONNRESET'],
    ['empty', 'FIN'],
  ])('%s ends the connection without a byte: %s', async (abort, how) => {
    const test = await start(`{ abort: ${abort} }`)
    const client = await get(test, path)
    expect(await resets(client)).toBe(how)
    expect(await client.rest()).toBe('')
    expect(await test.call(1)).toMatchObject({ status: 0, outcome: 'mock', note: `fault: ${abort}` })
  })

  it('malformed breaks a chunked body', async () => {
    const test = await start('{ abort: malformed }')
    const text = await (await get(test, path)).rest()
    expect(text).toContain('transfer-encoding: chunked\r\n\r\nnot a chunk')
    await expect(
      fetch(`http://127.0.0.1:${test.ownPort('orders')}${path}`).then((r) => r.text()),
    ).rejects.toThrow()
  })

  it('close sends half of the body', async () => {
    const test = await start('{ abort: close }')
    const text = await (await get(test, path)).rest()
    const body = text.slice(text.indexOf('\r\n\r\n') + 4).replace(/^7\r\n/, '')
    expect(body.length).toBeLessThan(7)
    expect(path === '/x' ? body : '01234').toBe('01234')
    expect(await test.call(1)).toMatchObject({ status: 0, note: expect.stringContaining('fault: close') })
  })

  it('timeout never answers, and does not hold up the end of the proxy', async () => {
    const test = await start('{ abort: timeout }')
    const client = await get(test, path)
    expect(await test.call(1)).toMatchObject({ status: 0, note: 'fault: timeout' })
    expect(client.socket.readableEnded).toBe(false)
    await test.running.close(0)
    expect(await client.rest()).toBe('')
  })

  it('status answers instead', async () => {
    const test = await start('{ status: 503 }')
    const reply = await fetch(`http://127.0.0.1:${test.ownPort('orders')}${path}`)
    expect([reply.status, reply.headers.get('x-svc-mock-fault')]).toEqual([503, 'status'])
  })
})

describe('a delay', () => {
  it('holds the answer for as long', async () => {
    const clock = testClock()
    const test = await start('{ delay: 2s }', { clock })
    for (const path of ['/x', '/real']) {
      const reply = fetch(`http://127.0.0.1:${test.ownPort('orders')}${path}`)
      await clock.waiting(1)
      clock.pass(2_000)
      expect(await (await reply).text()).toBe(path === '/x' ? '0123456789' : 'really!')
    }
    expect((await test.call(1)).note).toBe('fault: delay 2 s')
    expect((await test.call(2)).note).toMatch(/127\.0\.0\.1|fault: delay 2 s/)
  })

  it('is called off when the client goes away, and when the proxy ends', async () => {
    const clock = testClock()
    const test = await start('{ delay: 1h }', { clock })
    const [first] = [await get(test, '/x'), await get(test, '/x')]
    await clock.waiting(2)
    first.socket.destroy()
    await clock.waiting(1)
    await test.running.close(0)
    await clock.waiting(0)
  })
})

describe('a slow body', () => {
  it('comes whole, and leaves no timer when its client goes', async () => {
    const clock = testClock()
    const test = await start('{ bandwidth: 5B/s }', { clock })
    const reply = fetch(`http://127.0.0.1:${test.ownPort('orders')}/x`)
    await clock.waiting(1)
    clock.pass(1_000)
    clock.pass(1_000)
    expect(await (await reply).text()).toBe('0123456789')
    const client = await get(test, '/real')
    await clock.waiting(1)
    client.socket.destroy()
    await clock.waiting(0)
  })
})

describe('a fault of a service', () => {
  const config = (fault: string, port: number): string =>
    `services:\n  orders:\n    listen: 127.0.0.1:0\n    upstream: http://127.0.0.1:${port}\n    fault: ${fault}\n  stock:\n    listen: 127.0.0.1:0\n`
  const library = {
    'mocks/orders/x.yaml': 'mocks: [{ request: { path: /x }, response: { body: mocked } }]\n',
    'mocks/stock/x.yaml': 'mocks: [{ request: { path: /x }, response: { body: stock } }]\n',
  }

  it('hits mocked and passed calls, other services none, and goes with a reload', async () => {
    const real = await upstream((_request, response) => response.end('real'))
    const test = await proxy(
      { 'svc-mock.yaml': config('{ status: 500 }', real.port), ...library },
      { watch: true },
    )
    const ask = async (service: string) => (await fetch(`http://127.0.0.1:${test.ownPort(service)}/x`)).status
    expect([await ask('orders'), await ask('stock')]).toEqual([500, 200])
    test.running.setMode('orders', 'passthrough')
    expect(await ask('orders')).toBe(500)
    const without = config('{}', real.port).replace('    fault: {}\n', '')
    test.workspace.write('svc-mock.yaml', without)
    await test.nextReload()
    expect(await ask('orders')).toBe(200)
  })

  it('draws the same for the same seed', async () => {
    const fates = async (seed: number): Promise<number[]> => {
      const test = await proxy(
        { 'svc-mock.yaml': config('{ status: 500, rate: 0.5 }', 9), ...library },
        { seed },
      )
      const seen: number[] = []
      for (let n = 0; n < 20; n++)
        seen.push((await fetch(`http://127.0.0.1:${test.ownPort('orders')}/x`)).status)
      return seen
    }
    const [first, again, other] = [await fates(1), await fates(1), await fates(2)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 500]))
  })

  it('breaks tcp connections too', async () => {
    const port = await tcpUpstream((socket) => socket.end('hello'))
    const tcp = (fault: string): string =>
      `services:\n  cache:\n    protocol: tcp\n    listen: 127.0.0.1:0\n    upstream: tcp://127.0.0.1:${port}\n${fault}`
    const whole = await proxy({ 'svc-mock.yaml': tcp('') })
    expect(await (await raw(whole.ownPort('cache'))).rest()).toBe('hello')
    const broken = await proxy({ 'svc-mock.yaml': tcp('    fault: { abort: empty }\n') })
    expect(await (await raw(broken.ownPort('cache'))).rest()).toBe('')
    expect(await broken.call(1)).toMatchObject({ status: 0, note: 'fault: empty' })
    await expect(proxy({ 'svc-mock.yaml': tcp('    fault: { status: 500 }\n') })).rejects.toThrow(
      /tcp has none/,
    )
  })
})
