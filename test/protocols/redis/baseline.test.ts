/** In front of everybody's cache: connections of no tenant have the names that are there, and cannot clear them. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { proxy } from '../../support/proxy.ts'
import { hasRedis, type RedisServer, startRedis, talk } from '../../support/redis.ts'

describe.skipIf(!hasRedis)('the baseline', () => {
  let server: RedisServer
  let base: Redis

  beforeAll(async () => {
    server = await startRedis('--notify-keyspace-events', 'KEA')
    base = new Redis(server.port)
  })
  afterAll(async () => {
    base.disconnect()
    await server.stop()
  })
  beforeEach(() => base.flushall())

  const gateway = async (settings = '') => {
    const started = await proxy({
      'svc-mock.yaml': `services:
  cache: { protocol: redis, listen: 127.0.0.1:0, tenantFrom: auth, upstream: redis://127.0.0.1:${server.port}${settings} }
`,
    })
    return started.ownPort('cache')
  }
  const open = (port: number, more: object = {}): Redis => {
    const client = new Redis(port, '127.0.0.1', more)
    onTestFinished(() => client.disconnect())
    return client
  }

  it.each(['', ", keys: [{ match: 'a*', policy: shared }, { match: '*', policy: overlay }]"])(
    'has the names that are there, and sees no tenant (%s)',
    async (settings) => {
      const port = await gateway(settings)
      const everybody = open(port)
      const alice = open(port, { username: 'alice@', password: '' })
      await everybody.mset('a', '1', 'cart', '2')
      await alice.set('z', 'hers')
      expect((await base.keys('*')).filter((key) => !key.includes('~')).sort()).toEqual([
        'a',
        'cart',
        'svcm:alice:z',
      ])
      expect(await everybody.get('a')).toBe('1')
      expect((await everybody.keys('*')).sort()).toEqual(['a', 'cart'])
      const [, found] = await everybody.scan('0', 'COUNT', 1000)
      expect(found.sort()).toEqual(['a', 'cart'])
      for (let i = 0; i < 20; i++) expect(['a', 'cart']).toContain(await everybody.randomkey())
      expect(await everybody.dbsize()).toBe(await base.dbsize())
      expect(await everybody.multi().dbsize().get('a').exec()).toMatchObject([{}, [null, '1']])
      expect(await everybody.sort('none', 'BY', 'w*')).toEqual([])
    },
  )

  it('cannot clear the server unless that is allowed by name; a tenant clears its own', async () => {
    const port = await gateway()
    const everybody = open(port)
    const alice = open(port, { username: 'alice@', password: '' })
    await base.set('kept', '1')
    await alice.set('z', 'hers')
    for (const command of ['flushall', 'flushdb'] as const)
      await expect(everybody[command]()).rejects.toThrow(
        `ERR svc-mock refuses ${command.toUpperCase()} on a shared server`,
      )
    await expect(everybody.multi().set('x', '1').flushdb().exec()).rejects.toThrow('EXECABORT')
    await alice.flushall()
    expect(await base.keys('*')).toEqual(['kept'])
    const allowed = open(await gateway(', allow: [FLUSHALL]'))
    expect(await allowed.flushall()).toBe('OK')
    expect(await base.dbsize()).toBe(0)
    await expect(allowed.flushdb()).rejects.toThrow('refuses FLUSHDB')
  })

  it("hears everybody's channels and events, and no tenant's", async () => {
    const port = await gateway()
    const everybody = open(port)
    const alice = open(port, { username: 'alice@', password: '' })
    const heard: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    everybody.on('pmessage', (_pattern: string, channel: string, message: string) => {
      heard.push(`${channel} ${message}`)
      if (message === 'last') resolve()
    })
    await everybody.psubscribe('*')
    await alice.publish('news', 'hers')
    await alice.set('k', '1')
    await base.set('k', '1')
    await base.publish('news', 'last')
    await promise
    expect(heard).toEqual(['__keyspace@0__:k set', '__keyevent@0__:set k', 'news last'])
  })

  it('passes the bytes that come', async () => {
    const port = await gateway()
    expect(await talk(port, 'SET a 1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nMGET a b\r\nQUIT\r\n')).toBe(
      '+OK\r\n$1\r\n1\r\n*2\r\n$1\r\n1\r\n$-1\r\n+OK\r\n',
    )
  })
})
