/** `upstream: embedded` with real clients, through the proxy: sessions, lanes and presets as with a real server. */
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { proxy, type TestProxy } from '../../support/proxy.ts'

const config = `tenant: alice
services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: embedded, tenantFrom: name }
`

const io = (port: number, more: object = {}): Redis => {
  const opened = new Redis(port, '127.0.0.1', more)
  onTestFinished(() => opened.disconnect())
  return opened
}

const bobs = (test: TestProxy): Redis => io(test.ownPort('cache'), { connectionName: 'bob@app' })

describe.each([2, 3] as const)('an embedded cache, asked by node-redis in RESP%i', (RESP) => {
  const client = async (port: number) => {
    const opened = createClient({ socket: { port, host: '127.0.0.1' }, RESP })
    opened.on('error', () => undefined)
    await opened.connect()
    onTestFinished(() => opened.destroy())
    return opened
  }

  it('does what applications do', async () => {
    const redis = await client((await proxy({ 'svc-mock.yaml': config })).ownPort('cache'))
    await redis.set('greeting', 'hello', { expiration: { type: 'EX', value: 60 } })
    expect(await redis.get('greeting')).toBe('hello')
    expect(await redis.ttl('greeting')).toBeGreaterThan(50)
    await redis.hSet('cart', { sku: '7', count: '2' })
    expect({ ...(await redis.hGetAll('cart')) }).toEqual({ sku: '7', count: '2' })
    await redis.zAdd('board', [
      { value: 'ann', score: 2 },
      { value: 'bob', score: 1.5 },
    ])
    expect(await redis.zRangeWithScores('board', 0, -1)).toEqual([
      { value: 'bob', score: 1.5 },
      { value: 'ann', score: 2 },
    ])
    expect((await redis.keys('*')).sort()).toEqual(['board', 'cart', 'greeting'])
    expect(await redis.dbSize()).toBe(3)
    expect(await redis.multi().incr('n').incr('n').exec()).toEqual([1, 2])
    await redis.flushAll()
    expect(await redis.dbSize()).toBe(0)
  })

  it('tells of messages and of events of keys', async () => {
    const { ownPort } = await proxy({ 'svc-mock.yaml': config })
    const [asking, listening] = [await client(ownPort('cache')), await client(ownPort('cache'))]
    await asking.configSet('notify-keyspace-events', 'KEA')
    const heard: string[] = []
    const both = Promise.withResolvers<void>()
    const hear = (message: string, channel: string): void => {
      heard.push(`${channel} ${message}`)
      if (heard.length === 3) both.resolve()
    }
    await listening.subscribe('news', hear)
    await listening.pSubscribe('__key*__:*', hear)
    await asking.set('k', '1')
    await asking.publish('news', 'hello')
    await both.promise
    expect(heard.sort()).toEqual(['__keyevent@0__:set k', '__keyspace@0__:k set', 'news hello'])
  })

  it('lets a client wait for a list, and a group for its stream', async () => {
    const { ownPort } = await proxy({ 'svc-mock.yaml': config })
    const [waiting, reading, writing] = [
      await client(ownPort('cache')),
      await client(ownPort('cache')),
      await client(ownPort('cache')),
    ]
    await writing.xGroupCreate('events', 'g', '$', { MKSTREAM: true })
    const popped = waiting.blPop(['queue', 'other'], 0)
    const read = reading.xReadGroup('g', 'c', { key: 'events', id: '>' }, { BLOCK: 0 })
    const blocked = async (): Promise<number> =>
      (await writing.sendCommand<string>(['CLIENT', 'LIST'])).split('flags=b').length - 1
    while ((await blocked()) < 2);
    await writing.rPush('queue', ['a', 'b'])
    await writing.xAdd('events', '*', { kind: 'made' })
    expect(await popped).toEqual({ key: 'queue', element: 'a' })
    expect(JSON.stringify(await read)).toContain('"kind":"made"')
    expect(await writing.lRange('queue', 0, -1)).toEqual(['b'])
  })
})

describe('an embedded cache', () => {
  it('keeps tenants apart', async () => {
    const test = await proxy({ 'svc-mock.yaml': config })
    const [alice, bob] = [io(test.ownPort('cache')), bobs(test)]
    await alice.set('a', '1')
    expect([await alice.get('a'), await bob.get('a')]).toEqual(['1', null])
    await bob.flushall()
    expect(await alice.keys('*')).toEqual(['a'])
  })

  it("is cleared by who has no tenant, too, of what is no tenant's", async () => {
    const test = await proxy({ 'svc-mock.yaml': config.replace('tenant: alice\n', '') })
    const [everybody, bob] = [io(test.ownPort('cache')), bobs(test)]
    await bob.set('his', '1')
    await everybody.mset('a', '1', 'b', '2')
    await everybody.multi().select('3').set('c', '1').select('0').exec()
    await everybody.flushdb()
    expect([await everybody.keys('*'), await bob.keys('*')]).toEqual([[], ['his']])
    await everybody.set('a', '1')
    await everybody.flushall()
    expect(await everybody.get('a')).toBeNull()
    await everybody.select('3')
    expect(await everybody.get('c')).toBeNull()
    expect(await bob.get('his')).toBe('1')
  })

  it('shares keys with the baseline, or falls back to it', async () => {
    const policies = "keys: [{ match: 'session:*', policy: shared }, { match: 'flag:*', policy: overlay }]"
    const test = await proxy({
      'svc-mock.yaml': config
        .replace('tenant: alice\n', '')
        .replace('tenantFrom: name', `tenantFrom: name, ${policies}`),
      'mocks/cache/keys.yaml': 'protocol: redis\npreset: { "flag:x": base, own: mine }\n',
    })
    const everybody = io(test.ownPort('cache'))
    const [alice, bob] = [io(test.ownPort('cache'), { connectionName: 'alice@app' }), bobs(test)]
    await everybody.set('flag:y', 'base', 'EX', 1000)
    expect(await alice.mget('flag:x', 'flag:y', 'own')).toEqual(['base', 'base', 'mine'])
    expect(await alice.append('flag:y', '+')).toBe(5)
    expect(await alice.ttl('flag:y')).toBeGreaterThan(900)
    expect(await alice.multi().set('flag:x', 'hers').get('flag:x').exec()).toEqual([
      [null, 'OK'],
      [null, 'hers'],
    ])
    expect([await everybody.mget('flag:x', 'flag:y'), await bob.get('flag:x')]).toEqual([
      ['base', 'base'],
      'base',
    ])
    expect(await alice.del('flag:y')).toBe(1)
    expect([await alice.get('flag:y'), await bob.get('flag:y')]).toEqual([null, 'base'])
    await alice.set('session:1', 'all')
    expect([await bob.get('session:1'), await everybody.get('session:1')]).toEqual(['all', 'all'])
    await alice.flushall()
    expect(await alice.mget('flag:x', 'flag:y', 'session:1')).toEqual(['base', 'base', 'all'])
  })

  it('watches keys for transactions', async () => {
    const { ownPort } = await proxy({ 'svc-mock.yaml': config })
    const [one, other] = [io(ownPort('cache')), io(ownPort('cache'))]
    await one.watch('n')
    await other.incr('n')
    expect(await one.multi().incr('n').exec()).toBeNull()
    expect(await one.get('n')).toBe('1')
  })

  it('says what it is, and what it does not have', async () => {
    const { ownPort, running } = await proxy({ 'svc-mock.yaml': config })
    const redis = io(ownPort('cache'), { password: 'any', db: 3 })
    expect(await redis.info('server')).toContain('redis_version:7.0.15')
    await expect(redis.eval('return 1', 0)).rejects.toThrow(/the embedded cache has no EVAL; see docs/)
    for (const command of ['DUMP a', 'DEBUG SLEEP 0', 'CLIENT TRACKING on', 'SCRIPT LOAD x', 'ACL LIST'])
      await expect(redis.call(...(command.split(' ') as [string]))).rejects.toThrow(
        new RegExp(
          `^ERR svc-mock: the embedded cache has no ${command.split(' ')[0]!}.*; see docs/redis-embedded.md$`,
        ),
      )
    expect(await redis.script('FLUSH')).toBe('OK')
    await expect(redis.call('CLIENT', 'NOSUCH')).rejects.toThrow(
      "ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.",
    )
    await expect(redis.call('SWAPDB', '0', '1')).rejects.toThrow('refuses SWAPDB')
    await expect(redis.call('CLIENT', 'KILL', 'ID', '1')).rejects.toThrow('refuses CLIENT KILL')
    await expect(redis.call('NOSUCH', 'a')).rejects.toThrow(
      "ERR unknown command 'NOSUCH', with args beginning with: 'a'",
    )
    expect(running.services()[0]).toMatchObject({ upstream: 'embedded' })
  })

  it('stands behind the faults of its service like any upstream', async () => {
    const { ownPort } = await proxy({
      'svc-mock.yaml': config.replace('tenantFrom: name', 'tenantFrom: name, fault: { abort: reset }'),
    })
    const redis = io(ownPort('cache'), { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    const [error] = (await once(redis, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNRESET')
  })
})

const presets = `protocol: redis
preset:
  greeting: hello
  count: 12
  user: { json: { id: 7, tags: [a] }, ttl: 10m }
  cart: { hash: { sku: 7, count: 2 } }
  queue: { list: [a, b] }
  tags: { set: [x] }
  board: { zset: { ann: 2, bob: 1.5 } }
  events: { stream: [{ kind: made }, { kind: paid }] }
  page: { file: ./page.html }
  third: { string: three, db: 3 }
  hers: { string: yes, tenants: [alice] }
`.replace('string: yes', "string: 'yes'")

const files = {
  'svc-mock.yaml': config,
  'mocks/cache/keys.yaml': presets,
  'mocks/cache/page.html': '<p>',
}

describe('presets', () => {
  it('are there for each tenant when it comes first', async () => {
    const test = await proxy(files)
    const [alice, bob] = [io(test.ownPort('cache')), bobs(test)]
    for (const redis of [alice, bob]) {
      expect(await redis.mget('greeting', 'count', 'user', 'page')).toEqual([
        'hello',
        '12',
        '{"id":7,"tags":["a"]}',
        '<p>',
      ])
      expect(await redis.ttl('user')).toBeGreaterThan(590)
      expect(await redis.hgetall('cart')).toEqual({ sku: '7', count: '2' })
      expect(await redis.lrange('queue', 0, -1)).toEqual(['a', 'b'])
      expect(await redis.smembers('tags')).toEqual(['x'])
      expect(await redis.zrange('board', '0', '-1')).toEqual(['bob', 'ann'])
      expect(await redis.xrange('events', '-', '+')).toEqual([
        ['1-0', ['kind', 'made']],
        ['2-0', ['kind', 'paid']],
      ])
    }
    expect([await alice.get('hers'), await bob.get('hers')]).toEqual(['yes', null])
    await bob.select('3')
    expect(await bob.get('third')).toBe('three')
  })

  it('stay away once they are flushed, until a reset brings them back', async () => {
    const test = await proxy(files)
    const [alice, bob] = [io(test.ownPort('cache')), bobs(test)]
    await bob.set('greeting', 'mine')
    await alice.flushall()
    expect(await alice.dbsize()).toBe(0)
    await alice.set('greeting', 'other')
    expect(test.running.reset(undefined, 'alice')).toMatchObject({ embedded: 1 })
    expect([await alice.get('greeting'), await bob.get('greeting')]).toEqual(['hello', 'mine'])
    test.running.reset()
    expect(await bob.get('greeting')).toBe('hello')
  })

  it('of changed files come in where nobody has touched the old ones', async () => {
    const test = await proxy(files, { watch: true })
    const alice = io(test.ownPort('cache'))
    await alice.set('count', '99')
    await alice.del('cart')
    const changed = presets
      .replace('greeting: hello', 'greeting: bonjour')
      .replace('count: 12', 'count: 13')
      .replace('sku: 7', 'sku: 8')
      .replace('  tags: { set: [x] }\n', '  fresh: new\n')
    test.workspace.write('mocks/cache/keys.yaml', changed)
    await test.nextReload()
    expect(await alice.mget('greeting', 'count', 'fresh')).toEqual(['bonjour', '99', 'new'])
    expect(await alice.exists('cart', 'tags')).toBe(0)
  })

  it('keep their last good version while a file is broken', async () => {
    const test = await proxy(files, { watch: true })
    test.workspace.write('mocks/cache/keys.yaml', presets.replace('{ list: [a, b] }', '{ list: [] }'))
    const { problems } = await test.nextReload()
    expect(problems.map(({ at, message }) => `${at.file}:${at.line} ${message}`)).toEqual([
      'mocks/cache/keys.yaml:7 a list in Redis is never empty',
    ])
    expect(await io(test.ownPort('cache')).lrange('queue', 0, -1)).toEqual(['a', 'b'])
  })
})
