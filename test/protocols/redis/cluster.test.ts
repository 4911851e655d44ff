/** A cluster of three real nodes: clients of clusters find each node through a port of ours, and keys keep their slots. */
import { spawnSync } from 'node:child_process'
import { Cluster, Redis } from 'ioredis'
import { createCluster } from 'redis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cleanKeys } from '../../../src/app/tenant-keys/clean.ts'
import { holdings } from '../../../src/app/tenant-keys/holdings.ts'
import { keyServers } from '../../../src/app/tenant-keys/servers.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { proxy } from '../../support/proxy.ts'
import { freePort, hasRedis, redisServer, talk } from '../../support/redis.ts'

const startCluster = async (): Promise<readonly number[]> => {
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port']
  // The usual bus port is 10,000 higher, which there may be none of.
  const nodes = await Promise.all(
    [1, 2, 3].map(async () => redisServer(...options, String(await freePort()))),
  )
  const ports = nodes.map(({ port }) => port)
  const made = spawnSync(
    'redis-cli',
    ['--cluster', 'create', ...ports.map((port) => `127.0.0.1:${port}`), '--cluster-yes'],
    { encoding: 'utf8', timeout: 60_000 },
  )
  if (!made.stdout.includes('All 16384 slots covered')) throw new Error(made.stdout + made.stderr)
  const clients = ports.map((port) => new Redis(port))
  onTestFinished(() => {
    for (const client of clients) client.disconnect()
  })
  // Each node learns by itself that all is well.
  for (const client of clients)
    while (!String(await client.cluster('INFO')).includes('cluster_state:ok')) await client.ping()
  return ports
}

const keys = [
  'foo',
  'bar',
  'baz',
  '{user1}:a',
  '{user1}:b',
  'plain:1',
  'a{b',
  ...Array.from({ length: 50 }, (_none, i) => `k${i}`),
]

describe.skipIf(!hasRedis)('a cluster', () => {
  it('serves clients of clusters, key by key', { timeout: 90_000 }, async () => {
    const ports = await startCluster()
    const started = await proxy({
      'svc-mock.yaml': `services:\n${['alice', 'bob']
        .map(
          (name) =>
            `  ${name}: { protocol: redis, cluster: true, tenant: ${name}, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${ports[0]} }\n`,
        )
        .join('')}`,
    })
    const alice = new Cluster([{ host: '127.0.0.1', port: started.ownPort('alice') }], {
      redisOptions: { lazyConnect: false },
    })
    onTestFinished(() => alice.disconnect())
    const bob = createCluster({
      rootNodes: [{ url: `redis://127.0.0.1:${started.ownPort('bob')}` }],
      RESP: 3,
    })
    bob.on('error', () => undefined)
    await bob.connect()
    onTestFinished(() => bob.destroy())
    for (const key of keys) {
      expect(await alice.set(key, `alice ${key}`)).toBe('OK')
      expect(await bob.set(key, `bob ${key}`)).toBe('OK')
    }
    for (const key of keys)
      expect([await alice.get(key), await bob.get(key)]).toEqual([`alice ${key}`, `bob ${key}`])
    expect(await alice.mget('{user1}:a', '{user1}:b')).toEqual(['alice {user1}:a', 'alice {user1}:b'])
    // All went through our ports, and each node has its share of both.
    const real = new Set(ports)
    for (const { options } of alice.nodes('master')) expect(real.has(options.port!)).toBe(false)
    expect(alice.nodes('master')).toHaveLength(3)
    const seen: string[] = []
    for (const node of alice.nodes('master')) seen.push(...(await node.keys('*')))
    expect(seen.sort()).toEqual([...keys].sort())
    const scanned: string[] = []
    for (const node of alice.nodes('master')) {
      let cursor = '0'
      do {
        const [next, page] = await node.scan(cursor, 'MATCH', 'k*')
        scanned.push(...page)
        cursor = next
      } while (cursor !== '0')
    }
    expect(new Set(scanned)).toEqual(new Set(keys.filter((key) => key.startsWith('k'))))
    await expect(alice.set('a{}b', '1')).rejects.toThrow('odd braces')
    const { config } = loadConfig({ cwd: started.workspace.folder, env: {}, flags: {} })
    const servers = keyServers(config!, undefined, {})
    const held = await holdings(servers, { tenant: 'alice' })
    expect(held.reduce((sum, one) => sum + one.keys, 0)).toBe(keys.length)
    expect(held.map(({ prefix }) => prefix).sort()).toEqual(['*', 'plain:*', '{user1}:*'])
    expect(await cleanKeys(servers, 'alice')).toMatchObject([
      { services: ['alice', 'bob'], keys: keys.length },
    ])
    expect(await alice.get('foo')).toBeNull()
    expect(await bob.get('foo')).toBe('bob foo')
    await alice.set('foo', 'again')
    for (const node of alice.nodes('master')) await node.flushall()
    expect(await alice.get('foo')).toBeNull()
    expect(await bob.get('foo')).toBe('bob foo')
    // A client that only follows redirections: at most once it is told to ask again, while a port is opened.
    const own = started.ownPort('alice')
    const moved = /^-MOVED (\d+) 127\.0\.0\.1:(\d+)\r\n$/
    const answers = await Promise.all(
      keys.map((key) => talk(own, `*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`, '\r\n')),
    )
    const redirected = answers.filter((answer) => answer.startsWith('-'))
    expect(redirected.length).toBeGreaterThan(5)
    for (const answer of redirected) {
      expect(answer).toMatch(moved)
      expect(real.has(Number(moved.exec(answer)![2]))).toBe(false)
    }
    const nodes = await talk(own, 'CLUSTER NODES\r\nCLUSTER SHARDS\r\nPING end\r\n', 'end\r\n')
    for (const port of ports) expect(nodes).not.toContain(`:${port}`)
  })

  it('has ports for its nodes that follow a reload', async () => {
    const node = await redisServer('--cluster-enabled', 'yes', '--cluster-port', String(await freePort()))
    const real = new Redis(node.port)
    onTestFinished(() => real.disconnect())
    await real.cluster('ADDSLOTSRANGE', 0, 16_383)
    while (!String(await real.cluster('INFO')).includes('cluster_state:ok')) await real.ping()
    const yaml = (tenant: string) =>
      `services:\n  cache: { protocol: redis, cluster: true, tenant: ${tenant}, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${node.port} }\n`
    const started = await proxy({ 'svc-mock.yaml': yaml('alice') }, { watch: true })
    const slots = await talk(started.ownPort('cache'), 'CLUSTER SLOTS\r\nPING end\r\n', 'end\r\n')
    const beside = Number(/\$9\r\n127\.0\.0\.1\r\n:(\d+)\r\n/.exec(slots)![1])
    expect(beside).not.toBe(node.port)
    expect(await talk(beside, 'SET foo hers\r\n', '\r\n')).toBe('+OK\r\n')
    started.workspace.write('svc-mock.yaml', yaml('bob'))
    expect((await started.nextReload()).problems).toEqual([])
    // No client has come to the service's own port since.
    expect(await talk(beside, 'SET foo his\r\n', '\r\n')).toBe('+OK\r\n')
    expect((await real.keys('*')).sort()).toEqual(['svcm:alice:w{foo}', 'svcm:bob:w{foo}'])
  })
})
