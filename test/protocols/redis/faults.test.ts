/** Faults and drills of a cache: what clients see of a server that is gone, slow, full, or says no. */

import { once } from 'node:events'
import { createConnection } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Clock } from '../../../src/core/clock.ts'
import { proxy } from '../../support/proxy.ts'
import { hasRedis, type RedisServer, startRedis, talk } from '../../support/redis.ts'

describe.skipIf(!hasRedis)('a fault', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  /** Delays are counted and not waited for. */
  const cache = async (files: Record<string, string>, fault = '') => {
    const waited: number[] = []
    const clock: Clock = {
      after: (ms, done) => {
        waited.push(ms)
        queueMicrotask(done)
        return () => undefined
      },
    }
    const started = await proxy(
      {
        'svc-mock.yaml': `services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${server.port}${fault} }
`,
        ...files,
      },
      { clock },
    )
    return { ...started, port: started.ownPort('cache'), waited }
  }

  const drill = (name: string, fault: string) => ({
    [`drills/${name}.yaml`]: `faults: { cache: ${fault} }\n`,
  })

  const open = (port: number): Redis => {
    const client = new Redis(port, '127.0.0.1', { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    client.on('error', () => undefined)
    onTestFinished(() => client.disconnect())
    return client
  }

  it('unreachable: connections that are open break, new ones do not open', async () => {
    const { port, running } = await cache(drill('down', '{ abort: reset }'))
    const client = open(port)
    await client.set('a', '1')
    await running.startDrill('down')
    await expect(client.get('a')).rejects.toThrow(/ECONNRESET|closed/)
    await expect(open(port).get('a')).rejects.toThrow(/ECONNRESET|closed/)
    await running.stopDrill()
    expect(await open(port).get('a')).toBe('1')
  })

  it('connection limit: new connections are told in the words of Redis, open ones go on', async () => {
    const { port, running, calls } = await cache(
      drill('full', '{ error: ERR max number of clients reached, at: connect }'),
    )
    const client = open(port)
    await client.set('a', '1')
    await running.startDrill('full')
    expect(await talk(port, 'PING\r\n')).toBe('-ERR max number of clients reached\r\n')
    expect(await client.get('a')).toBe('1')
    expect(calls.map(({ operation, note }) => `${operation}: ${note}`)).toContain(
      'connection: drill full: ERR max number of clients reached',
    )
    await running.stopDrill()
    expect(await talk(port, 'PING\r\nQUIT\r\n')).toBe('+PONG\r\n+OK\r\n')
  })

  it('slow: each command waits, in its turn, and the reply is the real one', async () => {
    const { port, running, waited, calls } = await cache(drill('slow', '{ delay: 200ms }'))
    const client = open(port)
    await client.set('a', '1')
    expect(waited).toEqual([])
    await running.startDrill('slow')
    expect(await Promise.all([client.get('a'), client.incr('a'), client.get('a')])).toEqual(['1', 2, '2'])
    expect(waited).toEqual([200, 200, 200])
    expect(calls.at(-1)).toMatchObject({ operation: 'GET a', outcome: 'passthrough', statusWord: 'sent' })
    expect(await client.multi().get('a').ping().exec()).toEqual([
      [null, '2'],
      [null, 'PONG'],
    ])
    await running.stopDrill()
    waited.length = 0
    await client.get('a')
    expect(waited).toEqual([])
  })

  it('an error answers every command, and breaks a transaction as an error of the server does', async () => {
    const error = 'OOM command not allowed when used memory > maxmemory'
    const { port } = await cache({}, `, fault: { error: '${error}', at: command }`)
    expect(await talk(port, 'GET a\r\nPING\r\nQUIT\r\n', `-${error}\r\n`.repeat(3))).toBe(
      `-${error}\r\n`.repeat(3),
    )
  })

  it('an error on EXEC gives the transaction up, as the server does; so does one on DISCARD', async () => {
    const error = 'LOADING Redis is loading the dataset in memory'
    const { port, running } = await cache(drill('loading', `{ error: '${error}', at: command }`))
    const socket = createConnection(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const said = async (bytes: string, end: string): Promise<string> => {
      let text = ''
      socket.write(bytes)
      while (!text.endsWith(end)) text += String((await once(socket, 'data'))[0])
      return text
    }
    const queued = '+OK\r\n+QUEUED\r\n'
    for (const [last, refusal] of [
      ['EXEC', `-EXECABORT Transaction discarded because of: ${error}\r\n`],
      ['DISCARD', `-${error}\r\n`],
    ]) {
      expect(await said('MULTI\r\nSET in:multi 1\r\n', queued)).toBe(queued)
      await running.startDrill('loading')
      expect(await said(`${last}\r\n`, refusal!)).toBe(refusal)
      await running.stopDrill()
      expect(await said('GET in:multi\r\n', '\r\n')).toBe('$-1\r\n')
    }
  })

  it.each([
    ['malformed', '\x00no RESP\r\n'],
    ['empty', ''],
    ['close', '$4\r\nr'],
  ])('of a mock strikes its command only: %s', async (abort, seen) => {
    const { port } = await cache({
      'mocks/cache/m.yaml': `protocol: redis
service: cache
mocks:
  - { request: { command: GET, key: a }, fault: { abort: ${abort} } }
`,
    })
    await talk(port, 'SET a real\r\nQUIT\r\n')
    expect(await talk(port, 'GET b\r\nGET a\r\nGET b\r\n')).toBe(`$-1\r\n${seen}`)
  })

  it('of a mock: an error, a delay, or no answer', async () => {
    const { port, waited } = await cache({
      'mocks/cache/m.yaml': `protocol: redis
service: cache
mocks:
  - { request: { command: GET, key: busy }, fault: { error: BUSY Redis is busy running a script } }
  - { request: { command: GET, key: slow }, fault: { delay: 2s }, response: { value: late } }
  - { request: { command: GET, key: never }, fault: { abort: timeout } }
`,
    })
    expect(await talk(port, 'GET busy\r\nGET slow\r\nGET x\r\nQUIT\r\n')).toBe(
      '-BUSY Redis is busy running a script\r\n$4\r\nlate\r\n$-1\r\n+OK\r\n',
    )
    expect(waited).toEqual([2000])
    const socket = createConnection(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    let told = ''
    socket.on('data', (chunk: Buffer) => {
      told += chunk.toString()
    })
    socket.write('PING\r\nGET never\r\nPING\r\n')
    await once(socket, 'data')
    // Another connection lives on meanwhile, and its answer comes after what would have come here.
    expect(await talk(port, 'PING\r\nQUIT\r\n')).toBe('+PONG\r\n+OK\r\n')
    expect(told).toBe('+PONG\r\n')
  })
})
