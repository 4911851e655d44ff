/** What tenants hold in Redis, shown and removed by command. */
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hasRedis, redisServer } from '../support/redis.ts'
import { Program, runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { instance } from '../tenant/tools.ts'

interface Held {
  readonly tenant: string
  readonly prefix: string
  readonly keys: number
}

describe.skipIf(!hasRedis)('the keys of a tenant', () => {
  const place = async (...options: readonly string[]) => {
    const server = await redisServer(...options)
    const password = options.includes('--requirepass') ? 'secret' : undefined
    const base = new Redis(server.port, { ...(password !== undefined && { password }) })
    onTestFinished(() => base.disconnect())
    const cwd = makeFolder({
      'svc-mock.yaml': `services:
  cache: { protocol: redis, listen: 127.0.0.1:0, tenantFrom: auth, upstream: redis://127.0.0.1:${server.port}, keys: [{ match: 'flag:*', policy: overlay }] }
  sessions: { protocol: redis, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${server.port} }
  stock: { hosts: [stock.test.example.com], upstream: http://127.0.0.1:1 }
`,
    })
    const run = (...args: string[]) => runProgram(['tenant', ...args], { cwd })
    const json = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await run(...args, '--json')).stdout)
    return { server, base, cwd, run, json }
  }

  const filled = async (base: Redis): Promise<void> => {
    const many = Array.from({ length: 2_500 }, (_none, i) => [`svcm:alice:cart:${i}`, 'x'.repeat(100)]).flat()
    await base.mset(...many, 'everybody', '1', 'svcm:bob:cart:1', '1', 'svcm:alice.b:cart:1', '1')
    await base.hset('svcm:alice:user', 'a', '1')
    await base.set('svcm:alice:session:1', '1', 'EX', 1000)
    await base.set('svcm:alice:flag:x', '1')
    await base.set('svcm:alice~flag:x', '1')
    await base.select(3)
    await base.rpush(Buffer.from('svcm:alice:\xff\xfe', 'latin1'), '1')
    await base.select(0)
  }

  it('are counted by database and prefix, also of all tenants', async () => {
    const { base, run, json } = await place()
    await filled(base)
    expect(await json('keys', 'alice')).toMatchObject({
      tenant: 'alice',
      holdings: [
        {
          services: ['cache', 'sessions'],
          database: 0,
          prefix: 'cart:*',
          keys: 2_500,
          lasting: 2_500,
          types: { string: 2_500 },
        },
        { database: 0, prefix: '*', keys: 1, lasting: 1, types: { hash: 1 } },
        { database: 0, prefix: 'flag:*', keys: 1 },
        { database: 0, prefix: 'session:*', keys: 1, lasting: 0 },
        { database: 3, prefix: '*', keys: 1, types: { list: 1 } },
      ],
      instances: [],
    })
    const all = (await json('keys')) as { readonly holdings: readonly Held[] }
    expect(all.holdings.map(({ tenant, keys }) => `${tenant} ${keys}`)).toEqual([
      'alice 2500',
      'alice 1',
      'alice 1',
      'alice 1',
      'alice 1',
      'alice.b 1',
      'bob 1',
    ])
    const { stdout } = await run('keys', 'alice')
    expect(stdout).toMatch(/alice +cache, sessions +0 +cart:\* +2500 +2500 +~ \d+.\d kB +string\n/)
    expect(stdout).toMatch(
      /2504 keys, about \d+ kB; 2503 without expiry stay until somebody removes them: svc-mock tenant clean alice\n/,
    )
    expect((await run('keys', 'carol')).stdout).toBe('carol holds no key\n')
  })

  it('are removed, and nobody else’s', async () => {
    const { base, run, cwd, json } = await place()
    await filled(base)
    const refused = await run('clean', 'alice')
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('nobody is here to ask')
    expect((await run('clean', 'alice', '--dry-run')).stdout).toMatch(
      /^alice has 2504 keys in cache, sessions \(127.0.0.1:\d+\)\n$/,
    )
    expect(await base.get('svcm:alice:cart:7')).not.toBeNull()

    const { program } = await startProgram({ cwd }, [])
    onTestFinished(async () => void (await program.stop('SIGKILL')))
    expect((await run('list')).stdout).toMatch(
      /alice has at least 2503 keys without expiry in cache, sessions: svc-mock tenant keys alice\n/,
    )
    const mine = await instance('alice')
    const keep = new Program(['tenant', 'add', 'stock', mine.address, '--tenant', 'alice', '--json'], { cwd })
    await keep.line<{ readonly type: string }>(({ type }) => type === 'ready')
    // It would add its instance again.
    await keep.stop('SIGKILL')
    expect((await run('keys', 'alice')).stdout).toContain(`instance: alice's stock at ${mine.address}`)
    expect(await json('clean', 'alice', '--yes')).toMatchObject({
      tenant: 'alice',
      cleaned: [{ services: ['cache', 'sessions'], keys: 2_504 }],
      instances: [{ service: 'stock', instance: mine.address }],
    })
    expect((await base.keys('*')).sort()).toEqual(['everybody', 'svcm:alice.b:cart:1', 'svcm:bob:cart:1'])
    await base.select(3)
    expect(await base.dbsize()).toBe(0)
    expect(await json('clean', 'alice', '--yes')).toMatchObject({ cleaned: [{ keys: 0 }], instances: [] })
  })

  it('need a password where the server wants one', async () => {
    const { run, base, cwd } = await place('--requirepass', 'secret')
    await base.set('svcm:alice:a', '1')
    const refused = await run('keys', 'alice')
    expect(refused.stderr).toContain('NOAUTH')
    expect(refused.stderr).toContain('SVC_MOCK_REDIS_PASSWORD')
    const env = { SVC_MOCK_REDIS_PASSWORD: 'secret' }
    expect((await runProgram(['tenant', 'clean', 'alice', '--yes'], { cwd, env })).stdout).toMatch(
      /^removed 1 key of alice from cache, sessions/,
    )
    expect(await base.dbsize()).toBe(0)
  })

  it('are nothing that can be asked for wrongly', async () => {
    const { run } = await place()
    expect((await run('keys', 'alice', '--service', 'cahce')).stderr).toContain('did you mean cache?')
    expect((await run('keys', 'alice', '--service', 'stock')).stderr).toContain(
      'no service stock of protocol redis',
    )
    expect((await run('clean', 'default', '--yes')).stderr).toContain('default is the baseline')
    expect((await run('clean', 'a*', '--yes')).code).not.toBe(0)
  })
})

it('in an embedded cache are counted and removed where it runs', async () => {
  const cwd = makeFolder({
    'svc-mock.yaml': `services:
  cache: { protocol: redis, listen: 127.0.0.1:0, tenantFrom: name, upstream: embedded }
  other: { protocol: redis, listen: 127.0.0.1:0, upstream: embedded }
`,
    'mocks/cache/keys.yaml': 'protocol: redis\npreset: { greeting: hello }\n',
  })
  const run = (...args: string[]) => runProgram(['tenant', ...args], { cwd })
  expect((await run('keys')).stdout).toBe('no tenant holds any key\n')
  const { program, ready } = await startProgram({ cwd }, [])
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  const port = Number(ready.services[0]!.listen!.split(':').at(-1))
  const [everybody, alice, bob] = ['all', 'alice@app', 'bob@app'].map((connectionName) => {
    const client = new Redis(port, '127.0.0.1', { connectionName })
    onTestFinished(() => client.disconnect())
    return client
  })
  await everybody!.set('everybody', '1')
  await bob!.set('cart:1', '1', 'EX', 1000)
  await alice!.mset('cart:1', '1', 'cart:2', '2')
  await alice!.select(3)
  await alice!.rpush('queue', 'a')
  expect(JSON.parse((await run('keys', 'alice', '--json')).stdout)).toMatchObject({
    holdings: [
      { services: ['cache'], server: 'embedded', database: 0, prefix: 'cart:*', keys: 2, lasting: 2 },
      { database: 0, prefix: '*', keys: 1, types: { string: 1 } },
      { database: 3, prefix: '*', keys: 1, types: { list: 1 } },
    ],
  })
  expect((await run('keys')).stdout).toContain(
    '5 without expiry stay until svc-mock ends, or somebody removes them: svc-mock tenant clean <tenant>',
  )
  expect((await run('keys', '--service', 'cahce')).stderr).toContain('did you mean cache?')
  expect((await run('clean', 'alice', '--service', 'other', '--yes')).stdout).toBe(
    'removed 0 keys of alice from other (embedded)\n',
  )
  expect((await run('clean', 'alice', '--yes')).stdout).toBe(
    'removed 4 keys of alice from cache (embedded)\nremoved 0 keys of alice from other (embedded)\n',
  )
  expect([await alice!.keys('*'), await everybody!.get('everybody')]).toEqual([[], '1'])
  await alice!.select(0)
  expect([await alice!.keys('*'), (await bob!.keys('*')).sort()]).toEqual([[], ['cart:1', 'greeting']])
})
