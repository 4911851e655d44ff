import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ConfigSource, type LoadedConfig, loadConfig } from '../../src/config/load-config.ts'
import { workspace } from './workspace.ts'

const load = (files: Readonly<Record<string, string>>, source: Partial<ConfigSource> = {}): LoadedConfig =>
  loadConfig({ cwd: workspace(files), env: {}, flags: {}, ...source })

const said = (loaded: LoadedConfig): string[] =>
  loaded.problems.map((p) => `${p.code} ${p.at.file}:${p.at.line}:${p.at.column} ${p.message}`)

describe('defaults', () => {
  it('needs nothing but an empty file', () => {
    const { config, problems } = load({ 'svc-mock.yaml': '' })
    expect(problems).toEqual([])
    expect(config).toMatchObject({
      listen: { host: '127.0.0.1', port: 8700 },
      tenant: 'default',
      onMiss: 'fail',
      unknownHosts: 'passthrough',
      allowHosts: [],
      services: [],
      limits: { body: 10 * 1024 * 1024 },
      strict: false,
    })
    expect(config?.library.map(({ display, layer }) => `${layer} ${display}`)).toEqual([
      '0 mocks.local',
      '1 mocks',
      '2 fixtures',
    ])
  })

  it('takes the name of a service for its host and mocks it', () => {
    const { config } = load({ 'svc-mock.yaml': 'services:\n  orders:\n' })
    expect(config?.services).toEqual([
      {
        name: 'orders',
        protocol: 'http',
        hosts: ['orders'],
        upstream: undefined,
        embedded: false,
        mode: 'mock',
        onMiss: 'fail',
        version: undefined,
        versionFrom: { kind: 'header', name: 'svcm-version' },
        listen: undefined,
        tls: { intercept: true, upstream: undefined },
        cors: true,
        script: { timeoutMs: 50, totalMs: 5_000, memoryMb: 32 },
      },
    ])
  })

  it.each([
    ['', {}, 'passthrough'],
    ['', { strict: true }, 'fail'],
    ['unknownHosts: passthrough', { strict: true }, 'fail'],
    ['', { allowRemote: true }, 'fail'],
    ['unknownHosts: passthrough', { allowRemote: true }, 'passthrough'],
  ])('treats unknown hosts: %j %j -> %s', (text, flags, expected) => {
    expect(load({ 'svc-mock.yaml': text }, { flags }).config?.unknownHosts).toBe(expected)
  })
})

describe('finding the file', () => {
  it('looks upwards', () => {
    const root = workspace({ 'svc-mock.yaml': 'tenant: up', 'a/b/x': '' })
    const { config } = loadConfig({ cwd: join(root, 'a/b'), env: {}, flags: {} })
    expect(config).toMatchObject({ root, tenant: 'up', file: join(root, 'svc-mock.yaml') })
  })

  it('says when there is none', () => {
    expect(said(load({}))[0]).toMatch(/^CONFIG_NOT_FOUND/)
    expect(said(load({}, { configPath: 'nope.yaml' }))[0]).toMatch(/^CONFIG_NOT_FOUND .*does not exist$/)
  })
})

describe('layers', () => {
  const base = `
services:
  orders: { upstream: 'http://orders.base', hosts: [a, b], onMiss: passthrough }
  billing: {}
versionFrom: header:X-Api-Version
hosts: '{service}.test.example.com'
`
  it('merges maps, replaces lists, and lets the local file win over the file, and that over its base', () => {
    const { config, problems } = load({
      'org/base.yaml': base,
      'svc-mock.yaml':
        'extends: ./org/base.yaml\ntenant: team\nservices:\n  orders: { hosts: [c], version: 1.4 }\n',
      'svc-mock.local.yaml': 'tenant: alice\nservices:\n  orders: { mode: direct }\n',
    })
    expect(problems).toEqual([])
    expect(config?.tenant).toBe('alice')
    expect(
      config?.services.map(({ name, hosts, mode, version, onMiss }) => ({
        name,
        hosts,
        mode,
        version,
        onMiss,
      })),
    ).toEqual([
      {
        name: 'orders',
        hosts: ['c', 'orders.test.example.com'],
        mode: 'direct',
        version: '1.4',
        onMiss: 'passthrough',
      },
      {
        name: 'billing',
        hosts: ['billing', 'billing.test.example.com'],
        mode: 'mock',
        version: undefined,
        onMiss: 'fail',
      },
    ])
    expect(config?.services[0]?.versionFrom).toEqual({ kind: 'header', name: 'x-api-version' })
    expect(config?.files.map((file) => file.slice(config.root.length + 1))).toEqual([
      'svc-mock.yaml',
      'org/base.yaml',
      'svc-mock.local.yaml',
    ])
  })

  it('takes paths relative to the file that holds them', () => {
    const { config } = load({
      'org/base.yaml': 'library: [./shared, ../mocks]',
      'org/shared/x': '',
      'mocks/x': '',
      'svc-mock.yaml': 'extends: ./org/base.yaml',
    })
    expect(config?.library.map(({ display, layer }) => `${layer} ${display}`)).toEqual([
      '0 mocks.local',
      '1 org/shared',
      '2 mocks',
    ])
  })

  it('lets flags win over the environment, and that over files', () => {
    const files = { 'svc-mock.yaml': 'listen: 0.0.0.0:1\ntenant: file\nonMiss: fail' }
    const env = { SVC_MOCK_TENANT: 'env', SVC_MOCK_PORT: '2', SVC_MOCK_ON_MISS: 'passthrough' }
    expect(load(files, { env }).config).toMatchObject({
      tenant: 'env',
      listen: { host: '0.0.0.0', port: 2 },
      onMiss: 'passthrough',
    })
    expect(load(files, { env, flags: { tenant: 'flag', port: 0 } }).config).toMatchObject({
      tenant: 'flag',
      listen: { host: '0.0.0.0', port: 0 },
    })
    expect(load(files, { env, flags: { listen: '127.0.0.1:3' } }).config?.listen.port).toBe(3)
  })

  it('names the variable or flag that is wrong', () => {
    const env = { SVC_MOCK_PORT: 'abc', SVC_MOCK_ON_MISS: 'pass', SVC_MOCK_TENANT: 'a b' }
    expect(said(load({ 'svc-mock.yaml': '' }, { env, flags: { listen: 'x' } }))).toEqual([
      'CONFIG_INVALID SVC_MOCK_PORT:1:1 SVC_MOCK_PORT must be a port from 0 to 65535, not "abc"',
      'CONFIG_INVALID SVC_MOCK_ON_MISS:1:1 SVC_MOCK_ON_MISS must be one of fail, passthrough, record, not "pass"',
      'CONFIG_INVALID --listen:1:1 "x" has no port',
      'CONFIG_INVALID SVC_MOCK_TENANT:1:1 "a b" is no name for a tenant',
    ])
  })

  it('never shows credentials', () => {
    const loaded = load({ 'svc-mock.yaml': '' }, { env: { SVC_MOCK_PROXY_CREDENTIALS: 'hunter2secret' } })
    expect(loaded.problems).toHaveLength(1)
    expect(JSON.stringify(loaded)).not.toContain('hunter2secret')
  })

  it('refuses base files in a circle, missing ones and ones from elsewhere', () => {
    expect(
      said(
        load({
          'svc-mock.yaml': 'extends: a.yaml',
          'a.yaml': 'extends: b.yaml',
          'b.yaml': 'extends: ./a.yaml',
        }),
      ),
    ).toEqual([
      'CONFIG_INVALID b.yaml:1:10 base files extend each other in a circle: a.yaml -> b.yaml -> a.yaml',
    ])
    expect(said(load({ 'svc-mock.yaml': "extends: [none.yaml, 'git+https://x/y.git']" }))).toEqual([
      'CONFIG_INVALID svc-mock.yaml:1:11 none.yaml does not exist',
      'NOT_YET_SUPPORTED svc-mock.yaml:1:22 extends git+https://x/y.git: base files from elsewhere are not supported yet',
    ])
  })
})

describe('guard', () => {
  const base = "guard: { production: ['*.prod.example.com'], locked: true }"

  it('can only grow when a base file locks it', () => {
    const { config } = load({
      'b.yaml': base,
      'svc-mock.yaml': 'extends: b.yaml\nguard: { production: [10.9.0.0/16] }',
    })
    expect(config?.guard.production).toEqual(['*.prod.example.com', '10.9.0.0/16'])
    expect(
      said(load({ 'b.yaml': base, 'svc-mock.yaml': 'extends: b.yaml\nguard: { locked: false }' })),
    ).toEqual(['CONFIG_INVALID svc-mock.yaml:2:18 the guard is locked by b.yaml'])
  })

  it('is replaced when no base file locks it', () => {
    const files = {
      'b.yaml': 'guard: { production: [a] }',
      'svc-mock.yaml': 'extends: b.yaml\nguard: { production: [b] }',
    }
    expect(load(files).config?.guard.production).toEqual(['b'])
  })

  it('refuses hosts and upstreams in production', () => {
    const text = `guard: { production: ['*.prod.example.com', 10.9.0.0/16] }
allowHosts: [npm.prod.example.com]
services:
  orders: { hosts: [orders.prod.example.com] }
  billing: { upstream: 'http://10.9.1.1', hosts: '*.eu.prod.example.com' }
`
    expect(said(load({ 'svc-mock.yaml': text }))).toEqual([
      'PRODUCTION_REFUSED svc-mock.yaml:2:14 npm.prod.example.com is production: guard.production names *.prod.example.com',
      'PRODUCTION_REFUSED svc-mock.yaml:4:21 orders.prod.example.com is production: guard.production names *.prod.example.com',
      'PRODUCTION_REFUSED svc-mock.yaml:5:24 10.9.1.1 is production: guard.production names 10.9.0.0/16',
      'PRODUCTION_REFUSED svc-mock.yaml:5:50 *.eu.prod.example.com is production: guard.production names *.prod.example.com',
    ])
  })
})

describe('record', () => {
  it('has defaults, and takes what the file says', () => {
    const { record } = load({ 'svc-mock.yaml': '' }).config!
    expect(record).toMatchObject({
      display: 'fixtures',
      headers: [],
      volatile: [],
      maxBytes: 2 ** 20,
      queueBytes: 64 * 2 ** 20,
    })
    const said = load({
      'svc-mock.yaml':
        'record: { folder: ./rec, headers: X-Region, volatile: [seq], maxBytes: 2MB, queue: 1024 }',
    })
    expect(said.config!.record).toMatchObject({
      display: 'rec',
      headers: ['x-region'],
      volatile: ['seq'],
      maxBytes: 2 * 2 ** 20,
      queueBytes: 1024,
    })
  })

  it('refuses what could not be replayed, and tcp', () => {
    const { problems } = load({
      'svc-mock.yaml':
        "record: { maxBytes: 11MB, queue: much }\nservices:\n  db: { protocol: tcp, mode: record, upstream: 'tcp://h:1', listen: 1 }\n",
    })
    expect(problems.map(({ message }) => message)).toEqual([
      'an exchange of more than 10 MB cannot be replayed',
      '"much" is no size',
      'db speaks tcp, which cannot be recorded',
    ])
  })
})
