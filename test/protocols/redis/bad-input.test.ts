/** What clients and servers do wrong meets an error in Redis' own words, on that connection alone. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { joinTunnel } from '../../../src/core/tunnel.ts'
import { proxy } from '../../support/proxy.ts'
import { hasRedis, redisServer, talk } from '../../support/redis.ts'
import { clientIdentity } from '../../support/tls.ts'

const cache = async (upstream: number | string, settings = '') => {
  const started = await proxy({
    'svc-mock.yaml': `tenant: alice
services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: ${typeof upstream === 'number' ? `redis://127.0.0.1:${upstream}` : upstream}${settings} }
`,
  })
  return { ...started, cache: started.ownPort('cache') }
}

/** A server of our own, which may say anything. */
const odd = async (serve: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

describe.skipIf(!hasRedis)('a client', () => {
  it.each([
    ['PING\r\n*3000000000\r\n', '+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n'],
    ['*1\r\n'.repeat(1e6), "-ERR Protocol error: expected '$', got '*'\r\n"],
    ['*2\r\n$3\r\nGET\r\n$536870913\r\n', '-ERR Protocol error: invalid bulk length\r\n'],
    ['SET "a\r\n', '-ERR Protocol error: unbalanced quotes in request\r\n'],
    ['MULTI\r\nSET a 1\r\n*1\r\nx', "+OK\r\n+QUEUED\r\n-ERR Protocol error: expected '$', got 'x'\r\n"],
  ])('that breaks the protocol: %#', async (bytes, wanted) => {
    const server = await redisServer()
    const { cache: port } = await cache(server.port)
    expect(await talk(port, bytes)).toBe(wanted)
    expect(await talk(port, 'GET a\r\n', '\r\n')).toBe('$-1\r\n')
  })

  it('that says half and then nothing holds nobody up', async () => {
    const server = await redisServer()
    const { cache: port } = await cache(server.port)
    const half = connect(port, '127.0.0.1')
    onTestFinished(() => void half.destroy())
    half.write('SET a 1\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$536870912\r\nhalf')
    expect(String((await once(half, 'data'))[0])).toBe('+OK\r\n')
    expect(await talk(port, 'GET a\r\n', '1\r\n')).toBe('$1\r\n1\r\n')
    half.destroy()
    expect(await talk(port, 'GET a\r\n', '1\r\n')).toBe('$1\r\n1\r\n')
  })

  it('with a wrong password, or none', async () => {
    const server = await redisServer('--requirepass', 'secret')
    const { cache: port } = await cache(server.port)
    expect(await talk(port, 'GET a\r\nAUTH wrong\r\nNOSUCH\r\nDBSIZE\r\nQUIT\r\n')).toMatch(
      /^-NOAUTH .*\r\n-WRONGPASS .*\r\n-NOAUTH .*\r\n-NOAUTH /,
    )
    const client = new Redis(port, { password: 'secret' })
    onTestFinished(() => client.disconnect())
    await client.set('a', '1')
    expect(await client.dbsize()).toBe(1)
  })

  it('whose bytes come one by one, many commands long', async () => {
    const server = await redisServer()
    const { cache: port } = await cache(server.port)
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    onTestFinished(() => void socket.destroy())
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    for (const byte of 'MSET a 1 b 2\r\n*2\r\n$4\r\nKEYS\r\n$1\r\na\r\nMGET a b\r\nPING end\r\n') {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    while (!text.endsWith('end\r\n')) await once(socket, 'data')
    expect(text).toBe('+OK\r\n*1\r\n$1\r\na\r\n*2\r\n$1\r\n1\r\n$1\r\n2\r\n$3\r\nend\r\n')
  })

  it('gets large values whole', async () => {
    const server = await redisServer()
    const { cache: port } = await cache(server.port)
    const client = new Redis(port)
    onTestFinished(() => client.disconnect())
    const value = Buffer.alloc(20 * 2 ** 20, 'abcdefghij')
    await client.set('large', value)
    expect(value.equals((await client.getBuffer('large'))!)).toBe(true)
    await client.rpush('list', value, value)
    expect(value.equals((await client.blpopBuffer('list', 1))![1])).toBe(true)
  })
})

describe.skipIf(!hasRedis)('a server', () => {
  it('that goes in the middle of MULTI', async () => {
    const server = await redisServer()
    const other = await redisServer()
    const { cache: port } = await cache(server.port)
    const second = await cache(other.port)
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.write('MULTI\r\nSET a 1\r\n')
    while (!text.endsWith('QUEUED\r\n')) await once(socket, 'data')
    socket.write('EXEC\r\nMULTI\r\nBLPOP none 0\r\nEXEC\r\nBLPOP none 0\r\n')
    while (!text.endsWith('*-1\r\n')) await once(socket, 'data')
    const closed = once(socket, 'close')
    await server.stop()
    await closed
    expect(text.split('\r\n').at(-2)).toBe('-ERR svc-mock: the real server closed the connection')
    expect(await talk(second.cache, 'PING\r\n', 'PONG\r\n')).toBe('+PONG\r\n')
    expect(await talk(port, 'PING\r\n')).toMatch(/^-ERR svc-mock: .* cannot be reached: /)
  })

  it('that is reached by TLS, if its certificate is trusted', async () => {
    const server = await redisServer()
    const secure = createTlsServer(clientIdentity('localhost'), (socket) => {
      const inner = connect(server.port, '127.0.0.1')
      joinTunnel(socket, inner)
    }).listen(0, '127.0.0.1')
    await once(secure, 'listening')
    onTestFinished(() => void secure.close())
    const address = `rediss://127.0.0.1:${(secure.address() as AddressInfo).port}`
    const { cache: open } = await cache(address, ', tls: { insecure: true }')
    expect(await talk(open, 'SET a 1\r\nKEYS *\r\nQUIT\r\n')).toBe('+OK\r\n*1\r\n$1\r\na\r\n+OK\r\n')
    const { cache: strict } = await cache(address)
    expect(await talk(strict, 'PING\r\n')).toMatch(/^-ERR svc-mock: no TLS connection to /)
  })

  it('that speaks no RESP', async () => {
    const port = await odd((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    const { cache: own, notices } = await cache(port)
    expect(await talk(own, 'PING\r\n')).toBe('-ERR svc-mock: the real server spoke no RESP: a type "H"\r\n')
    expect(notices.join()).toContain('the upstream of cache spoke no RESP')
  })

  it('whose commands are not known is asked for their keys', async () => {
    const asked: string[] = []
    const key = [
      'flags',
      ['RW'],
      'begin_search',
      ['type', 'index', 'spec', ['index', 2]],
      'find_keys',
      ['type', 'range', 'spec', ['lastkey', 0, 'keystep', 1, 'limit', 0]],
    ]
    const info = (name: string, specs: unknown[], first = 2) => [
      [name, -2, ['write'], first, first, 1, [], [], specs, []],
    ]
    const told: Readonly<Record<string, unknown>> = {
      'NEW.ONE': info('new.one', [key]),
      'NEW.BLIND': info('new.blind', []),
      'NEW.NONE': [null],
    }
    const resp = (value: unknown): string =>
      Array.isArray(value)
        ? `*${value.length}\r\n${value.map(resp).join('')}`
        : typeof value === 'number'
          ? `:${value}\r\n`
          : value === null
            ? '*-1\r\n'
            : `$${String(value).length}\r\n${String(value)}\r\n`
    const port = await odd((socket) => {
      socket.on('data', (chunk: Buffer) => {
        const words = chunk
          .toString()
          .split('\r\n')
          .filter((line, i) => i > 0 && !line.startsWith('$') && line !== '')
        asked.push(words.join(' '))
        socket.write(words[0] === 'COMMAND' ? resp(told[words[2]!]) : '+OK\r\n')
      })
    })
    const { cache: own } = await cache(port)
    expect(await talk(own, 'new.one a k v\r\n', 'OK\r\n')).toBe('+OK\r\n')
    expect(await talk(own, 'NEW.ONE a k2 v\r\n', 'OK\r\n')).toBe('+OK\r\n')
    expect(await talk(own, 'new.blind a\r\n', '\r\n')).toMatch(
      /^-ERR svc-mock refuses NEW.BLIND: the server does not say/,
    )
    expect(await talk(own, 'new.none a\r\n', 'OK\r\n')).toBe('+OK\r\n')
    expect(asked).toEqual([
      'COMMAND INFO NEW.ONE',
      'new.one a svcm:alice:k v',
      'NEW.ONE a svcm:alice:k2 v',
      'COMMAND INFO NEW.BLIND',
      'COMMAND INFO NEW.NONE',
      'new.none a',
    ])
  })
})
