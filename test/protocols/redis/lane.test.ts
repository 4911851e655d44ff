/** What a tenant sees of a shared server, with real clients, a real server, both versions of RESP. */
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { proxy } from '../../support/proxy.ts'
import { hasRedis, type RedisServer, redisServer, startRedis, talk } from '../../support/redis.ts'

const versions = [2, 3] as const

describe.skipIf(!hasRedis)('a tenant', () => {
  let server: RedisServer
  let base: Redis

  beforeAll(async () => {
    server = await startRedis('--notify-keyspace-events', 'KEA', '--enable-debug-command', 'yes')
    base = new Redis(server.port)
  })
  afterAll(async () => {
    base.disconnect()
    await server.stop()
  })
  beforeEach(() => base.flushall())

  const cache = async (settings = '') => {
    const started = await proxy({
      'svc-mock.yaml': `tenant: alice
services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${server.port}${settings} }
  bob: { protocol: redis, tenant: bob, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${server.port}${settings} }
`,
    })
    return { ...started, alice: started.ownPort('cache'), bob: started.ownPort('bob') }
  }

  const client = async (port: number, RESP: 2 | 3, more: object = {}) => {
    const opened = createClient({ socket: { port, host: '127.0.0.1' }, RESP, ...more })
    opened.on('error', () => undefined)
    await opened.connect()
    onTestFinished(() => opened.destroy())
    return opened
  }

  const io = (port: number, more: object = {}): Redis => {
    const opened = new Redis(port, '127.0.0.1', more)
    onTestFinished(() => opened.disconnect())
    return opened
  }

  describe.each(versions)('in RESP%i', (RESP) => {
    it('has keys of its own, whose prefix it never sees', async () => {
      await base.set('a', 'baseline')
      const { alice, bob } = await cache()
      const [a, b] = [await client(alice, RESP), await client(bob, RESP)]
      await a.set('a', 'of alice')
      await b.mSet({ a: 'of bob', b: '2' })
      expect([await a.get('a'), await b.get('a'), await base.get('a')]).toEqual([
        'of alice',
        'of bob',
        'baseline',
      ])
      expect(await a.keys('*')).toEqual(['a'])
      expect((await b.keys('?')).sort()).toEqual(['a', 'b'])
      expect([await a.dbSize(), await b.dbSize()]).toEqual([1, 2])
      expect(await a.randomKey()).toBe('a')
      const found: string[] = []
      for await (const page of b.scanIterator({ MATCH: '[ab]' })) found.push(...page)
      expect(found.sort()).toEqual(['a', 'b'])
      expect((await base.keys('*')).sort()).toEqual(['a', 'svcm:alice:a', 'svcm:bob:a', 'svcm:bob:b'])
    })

    it('flushes only what is its own, in each database', async () => {
      await base.set('a', 'baseline')
      const { alice, bob } = await cache()
      const [a, b] = [await client(alice, RESP), await client(bob, RESP)]
      await b.set('x', '1')
      await Promise.all(Array.from({ length: 3_000 }, (_none, i) => a.set(`k${i}`, i)))
      await a.select(3)
      await a.set('third', '1')
      await a.flushDb()
      expect(await a.dbSize()).toBe(0)
      await a.set('third', '1')
      await a.select(0)
      expect(await a.dbSize()).toBe(3_000)
      await a.flushAll()
      expect(await a.dbSize()).toBe(0)
      expect((await base.keys('*')).sort()).toEqual(['a', 'svcm:bob:x'])
      await a.select(3)
      expect(await a.dbSize()).toBe(0)
    })

    it('is woken by its own lists and streams', async () => {
      const { alice } = await cache()
      const [a, other] = [await client(alice, RESP), await client(alice, RESP)]
      const popped = a.blPop(['l', 'm'], 0)
      await base.rpush('l', 'not hers')
      await other.rPush('m', 'hers')
      expect(await popped).toEqual({ key: 'm', element: 'hers' })
      await a.zAdd('z', { score: 1, value: 'one' })
      expect(await a.bzPopMin('z', 0)).toMatchObject({ key: 'z', value: 'one' })
      await a.rPush('n', ['1', '2'])
      expect(await a.lmPop(['none', 'n'], 'LEFT')).toEqual(['n', ['1']])
      await a.xAdd('s', '1-1', { f: 'v' })
      expect(await a.xRead([{ key: 's', id: '0' }])).toMatchObject([{ name: 's' }])
      await a.xGroupCreate('s', 'g', '0')
      expect(await a.xReadGroup('g', 'c', [{ key: 's', id: '>' }])).toMatchObject([{ name: 's' }])
      await expect(a.xReadGroup('nobody', 'c', [{ key: 's', id: '>' }])).rejects.toThrow(/key 's' or/)
    })

    it('sorts by its own keys, and its scripts get them', async () => {
      const { alice } = await cache()
      const a = await client(alice, RESP)
      await a.rPush('ids', ['1', '2', '3'])
      await a.mSet({ w1: '3', w2: '2', w3: '1', d1: 'one', d2: 'two', d3: 'three' })
      expect(await a.sort('ids', { BY: 'w*', GET: ['#', 'd*'] })).toEqual([
        '3',
        'three',
        '2',
        'two',
        '1',
        'one',
      ])
      await a.sortStore('ids', 'sorted', { BY: 'nosort', GET: 'd*' })
      expect(await a.lRange('sorted', 0, -1)).toEqual(['one', 'two', 'three'])
      expect(await a.eval('return redis.call("GET", KEYS[1])', { keys: ['d2'] })).toBe('two')
      const sha = await a.scriptLoad('return redis.call("SET", KEYS[2], ARGV[1])')
      expect(await a.evalSha(sha, { keys: ['d1', 'd9'], arguments: ['nine'] })).toBe('OK')
      expect(await base.get('svcm:alice:d9')).toBe('nine')
    })

    it('has transactions with replies of all kinds', async () => {
      const { alice } = await cache()
      const a = await client(alice, RESP)
      const replies = await a.multi().set('a', '1').get('a').keys('*').rPush('l', 'x').blPop('l', 1).exec()
      expect(replies).toEqual(['OK', '1', ['a'], 1, { key: 'l', element: 'x' }])
      await expect(a.multi().set('b', '1').dbSize().exec()).rejects.toThrow()
      expect(await a.get('b')).toBeNull()
      await a.watch('a')
      await base.set('svcm:alice:a', 'changed')
      await expect(a.multi().get('a').exec()).rejects.toThrow()
      expect(await a.ping()).toBe('PONG')
    })

    it('hears its own channels', async () => {
      const { alice, bob } = await cache()
      const [a, b] = [await client(alice, RESP), await client(bob, RESP)]
      const [sub, subB] = [await client(alice, RESP), await client(bob, RESP)]
      const heard: string[][] = []
      await sub.subscribe('news', (message, channel) => heard.push(['plain', channel, message]))
      await sub.pSubscribe('n*', (message, channel) => heard.push(['pattern', channel, message]))
      const last = new Promise<void>((resolve) => {
        void sub.sSubscribe('shard', (message, channel) => {
          heard.push(['shard', channel, message])
          resolve()
        })
      })
      await subB.pSubscribe('*', (message, channel) => heard.push(['bob', channel, message]))
      expect(await a.pubSubChannels()).toEqual(['news'])
      expect(await a.pubSubNumSub(['news', 'none'])).toEqual({ news: 1, none: 0 })
      await base.publish('news', 'baseline')
      expect(await b.publish('other', 'of bob')).toBe(1)
      expect(await a.publish('news', 'of alice')).toBe(2)
      await a.sPublish('shard', 'of the shard')
      await last
      expect(heard).toEqual([
        ['bob', 'other', 'of bob'],
        ['plain', 'news', 'of alice'],
        ['pattern', 'news', 'of alice'],
        ['shard', 'shard', 'of the shard'],
      ])
      await sub.unsubscribe()
      await sub.pUnsubscribe('n*')
      await sub.sUnsubscribe()
      expect(await a.publish('news', 'to nobody')).toBe(0)
    })

    it('hears of its own keys by patterns of all channels, too', async () => {
      const { alice, bob } = await cache()
      const [b, sub] = [await client(bob, RESP), await client(alice, RESP)]
      const a = await client(alice, RESP)
      const heard: string[] = []
      const { promise, resolve } = Promise.withResolvers<void>()
      const listen =
        (pattern: string) =>
        (message: string, channel: string): void => {
          heard.push(`${pattern} ${channel} ${message}`)
          if (pattern === '*' && message === 'last') resolve()
        }
      await sub.pSubscribe('*', listen('*'))
      await sub.pSubscribe('*:x', listen('*:x'))
      await b.set('x', '1')
      await a.set('x', '1')
      await sub.pUnsubscribe('*:x')
      await a.set('x', '1')
      await a.publish('news', 'last')
      await promise
      expect(heard.sort()).toEqual([
        '* __keyevent@0__:set x',
        '* __keyevent@0__:set x',
        '* __keyspace@0__:x set',
        '* __keyspace@0__:x set',
        '* news last',
        '*:x __keyspace@0__:x set',
      ])
      await sub.pUnsubscribe()
      await a.set('x', '1')
      expect(await a.pubSubNumPat()).toBe(0)
      expect(heard).toHaveLength(6)
      expect(
        await talk(alice, 'PSUBSCRIBE * a*\r\nPUNSUBSCRIBE *\r\nPUNSUBSCRIBE\r\nPUNSUBSCRIBE\r\nQUIT\r\n'),
      ).toBe(
        [
          '*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1',
          '*3\r\n$10\r\npsubscribe\r\n$2\r\na*\r\n:2',
          '*3\r\n$12\r\npunsubscribe\r\n$1\r\n*\r\n:1',
          '*3\r\n$12\r\npunsubscribe\r\n$2\r\na*\r\n:0',
          '*3\r\n$12\r\npunsubscribe\r\n$-1\r\n:0',
          '+OK\r\n',
        ].join('\r\n'),
      )
    })

    it('is told of its own keys only', async () => {
      const { alice, bob } = await cache()
      const [a, b] = [await client(alice, RESP), await client(bob, RESP)]
      const sub = await client(alice, RESP)
      const heard: string[] = []
      const { promise, resolve } = Promise.withResolvers<void>()
      await sub.pSubscribe('__key*__:*', (message, channel) => {
        heard.push(`${channel} ${message}`)
        if (message === 'last') resolve()
      })
      await sub.subscribe('__keyspace@0__:x', (message, channel) => heard.push(`one ${channel} ${message}`))
      await b.set('x', '1')
      await base.set('x', '1')
      await a.set('x', '1')
      await a.set('last', '1')
      await promise
      expect(heard).toEqual([
        'one __keyspace@0__:x set',
        '__keyspace@0__:x set',
        '__keyevent@0__:set x',
        '__keyspace@0__:last set',
        '__keyevent@0__:set last',
      ])
    })
  })

  it('is told in RESP3 which of the keys that it caches have changed', async () => {
    const { alice } = await cache()
    const hello = 'HELLO 3\r\n'
    const get = await talk(
      alice,
      `${hello}CLIENT TRACKING on\r\nGET k\r\nSET k 1\r\nGET k\r\nSET k 2\r\n`,
      'k\r\n',
    )
    expect(get.slice(get.indexOf('>2'))).toContain('>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n')
    const all = talk(
      alice,
      `${hello}CLIENT TRACKING on BCAST\r\nCLIENT TRACKINGINFO\r\nPING x\r\n`,
      'mine\r\n',
    )
    const writer = io(alice)
    // Until the reader tracks, so that it hears of the second kind for certain.
    const writing = setInterval(() => {
      void base.set('svcm:bob:theirs', '1')
      void writer.set('mine', '1')
    }, 20)
    const told = await all
    clearInterval(writing)
    expect(told).not.toContain('theirs')
    expect(told).not.toContain('svcm')
  })

  it('may switch replies off', async () => {
    const { alice } = await cache()
    const commands = [
      'CLIENT REPLY SKIP',
      'SET a 1',
      'GET a',
      'CLIENT REPLY OFF',
      'SET b 2',
      'KEYS *',
      'DBSIZE',
      'SHUTDOWN',
      'CLIENT REPLY ON',
      'DBSIZE',
      'CLIENT REPLY SKIP',
      'DBSIZE',
      'GET b',
      'PING end',
    ]
    expect(await talk(alice, `${commands.join('\r\n')}\r\n`, 'end\r\n')).toBe(
      '$1\r\n1\r\n+OK\r\n:2\r\n$1\r\n2\r\n$3\r\nend\r\n',
    )
  })

  it.each(['', ', keys: [{ match: "*", policy: overlay }]', ', fault: { delay: 1ms, at: command }'])(
    'gets no replies that it does not want, also where the server had to be asked (%s)',
    async (settings) => {
      const { port } = await redisServer()
      const started = await proxy({
        'svc-mock.yaml': `services:
  cache: { protocol: redis, tenant: alice, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${port}${settings} }
`,
      })
      const commands = [
        ...['CLIENT REPLY OFF', 'NOSUCH a', 'CLIENT NOSUCH', 'SET a 1', 'INCR a', 'DBSIZE', 'NOSUCH a'],
        ...['MULTI', 'OTHER b', 'INCR a', 'DISCARD', 'SHUTDOWN', 'CLIENT REPLY ON', 'GET a'],
        ...['CLIENT REPLY SKIP', 'THIRD c', 'GET a', 'CLIENT REPLY SKIP', 'CLIENT NONE', 'PING end'],
      ]
      const told = await talk(started.ownPort('cache'), `${commands.join('\r\n')}\r\n`, 'end\r\n')
      expect(told).toBe('+OK\r\n$1\r\n2\r\n$1\r\n2\r\n$3\r\nend\r\n')
    },
  )

  it('cannot harm the server', async () => {
    const { alice } = await cache()
    const a = io(alice)
    for (const command of [
      ['SHUTDOWN'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['DEBUG', 'SEGFAULT'],
      ['swapdb', '0', '1'],
      ['SCRIPT', 'FLUSH'],
      ['FUNCTION', 'LOAD', 'x'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
      ['MIGRATE', 'h', '1', 'k', '0', '1'],
    ] as const) {
      await expect(a.call(command[0], ...command.slice(1))).rejects.toThrow(/^ERR svc-mock refuses /)
    }
    const { alice: allowed } = await cache(', allow: [DEBUG, config set]')
    const b = io(allowed)
    await b.set('k', '1')
    expect(await b.call('DEBUG', 'OBJECT', 'k')).toMatch(/Value at/)
    expect(await b.call('CONFIG', 'SET', 'maxmemory', '0')).toBe('OK')
    await expect(b.call('CONFIG', 'RESETSTAT')).rejects.toThrow('refuses CONFIG RESETSTAT')
    await expect(b.call('NOSUCH', 'x')).rejects.toThrow(/^ERR unknown command/)
    await expect(b.call('CONFIG|GET', 'x')).rejects.toThrow(/^ERR unknown command/)
    await expect(b.call('NOSUCH|GET', 'x')).rejects.toThrow(/^ERR unknown command/)
    await expect(b.call('XGROUP', 'NOSUCH', 'x')).rejects.toThrow(/^ERR unknown subcommand/i)
    await expect(b.call('GET')).rejects.toThrow(/wrong number of arguments/)
    await expect(b.call('EVAL', 'return 1', '5', 'k')).rejects.toThrow(/Number of keys/)
  })

  it('sees only its own in MONITOR', async () => {
    const { alice } = await cache()
    const writer = io(alice)
    await writer.ping()
    const seen = talk(alice, 'MONITOR\r\n', '"done"\r\n')
    const writing = setInterval(() => {
      void base.set('svcm:bob:theirs', '1')
      void writer.set('k', 'done')
    }, 20)
    const text = await seen
    clearInterval(writing)
    expect(text).toMatch(/^\+OK\r\n/)
    expect(text).toMatch(/"set" "k" "done"/)
    expect(text).not.toMatch(/theirs|svcm/)
  })

  it('shares keys with the baseline, or falls back to it', async () => {
    const { alice, bob } = await cache(
      ", keys: [{ match: 'session:*', policy: shared }, { match: 'cfg:*', policy: overlay }], channels: shared",
    )
    const [a, b] = [io(alice), io(bob)]
    await base.mset('session:1', 's', 'cfg:a', 'base', 'cfg:b', 'base', 'hidden', '1')
    await base.rpush('cfg:l', 'x', 'y')
    await base.expire('cfg:b', 1_000)
    expect(await a.get('session:1')).toBe('s')
    await a.set('session:2', 'by alice')
    expect(await base.get('session:2')).toBe('by alice')
    expect(await a.mget('cfg:a', 'cfg:b', 'hidden')).toEqual(['base', 'base', null])
    // Until she writes, she sees what the baseline becomes.
    await base.set('cfg:a', 'newer')
    expect(await a.get('cfg:a')).toBe('newer')
    expect(await a.rpush('cfg:l', 'z')).toBe(3)
    expect(await a.append('cfg:b', '+')).toBe(5)
    expect(await a.ttl('cfg:b')).toBeGreaterThan(900)
    expect([await b.llen('cfg:l'), await base.llen('cfg:l'), await base.get('cfg:b')]).toEqual([2, 2, 'base'])
    expect(await a.del('cfg:a')).toBe(1)
    expect([await a.get('cfg:a'), await b.get('cfg:a')]).toEqual([null, 'newer'])
    const all = ['cfg:b', 'cfg:l', 'session:1', 'session:2']
    expect((await a.keys('*')).sort()).toEqual(all)
    expect((await a.scan(0, 'MATCH', 'cfg:*', 'COUNT', 1_000))[1].sort()).toEqual(all.slice(0, 2))
    expect((await b.keys('cfg:*')).sort()).toEqual(['cfg:a', 'cfg:b', 'cfg:l'])
    expect(await a.multi().rpush('cfg:l', 'w').lrange('cfg:l', 0, -1).get('cfg:b').exec()).toEqual([
      [null, 4],
      [null, ['x', 'y', 'z', 'w']],
      [null, 'base+'],
    ])
    const subscriber = io(bob)
    await subscriber.subscribe('news')
    const message = once(subscriber, 'message')
    await base.publish('news', 'for all')
    expect(await message).toEqual(['news', 'for all'])
    // All begins anew.
    await a.flushdb()
    expect(await a.get('cfg:a')).toBe('newer')
    expect(await base.get('session:2')).toBe('by alice')
  })

  it('is named by the user of AUTH, or by the name of the client, where that is allowed', async () => {
    const byUser = await cache(', tenantFrom: auth')
    const c = await client(byUser.alice, 3, { username: 'carol@', password: 'any' })
    await c.set('k', 'of carol')
    expect(await base.get('svcm:carol:k')).toBe('of carol')
    expect(
      await talk(byUser.alice, 'AUTH dave@ ""\r\nSET k 1\r\nAUTH erin@ ""\r\nPING end\r\n', 'end\r\n'),
    ).toMatch(/^\+OK\r\n\+OK\r\n-ERR svc-mock: .*open a new one\r\n/)
    expect(await base.get('svcm:dave:k')).toBe('1')
    const byName = await cache(', tenantFrom: name')
    const f = io(byName.alice, { connectionName: 'frank@orders' })
    await f.set('k', 'of frank')
    expect(await base.get('svcm:frank:k')).toBe('of frank')
    expect(await f.client('GETNAME')).toBe('orders')
    expect(await talk(byName.alice, 'CLIENT SETNAME fr*nk@x\r\nPING end\r\n', 'end\r\n')).toContain('no name')
    const plain = await cache()
    expect(await talk(plain.alice, 'AUTH carol@ ""\r\nQUIT\r\n')).toMatch(/^-WRONGPASS/)
  })
})
