/** A package from `svc-mock publish` to those who use it, by a real registry: published, asked, installed, overridden, updated. */

import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { runProgram } from '../support/spawn.ts'
import { type Files, makeFolder } from '../support/spawn-workspace.ts'
import { type LocalRegistry, startRegistry } from '../support/verdaccio.ts'

let registry: LocalRegistry

beforeAll(async () => {
  registry = await startRegistry()
})

afterAll(() => registry.stop())

const source = (name: string, version: string, mocks: string): Files => ({
  'svc-mock.yaml': 'services: { orders: {} }\n',
  'package.json': JSON.stringify({ name, version, license: 'MIT' }),
  'mocks/orders/1.4.0/orders.yaml': `mocks:\n${mocks}`,
})

const mock = (name: string, path: string, body: string): string =>
  `  - name: ${name}\n    request: { method: GET, path: '${path}' }\n    response: { body: ${body} }\n`

const both =
  mock('order is found', '/orders/{id}', '{ id: 42, total: 1 }') + mock('all orders', '/orders', '[]')

/** With caches and settings of its own. */
const envOf = (cwd: string, env: LocalRegistry['env'] = registry.env) => ({
  ...env,
  XDG_CACHE_HOME: join(cwd, '.cache'),
})

const publish = async (files: Files, ...args: readonly string[]) => {
  const cwd = makeFolder(files)
  return { cwd, ...(await runProgram(['publish', ...args], { cwd, env: envOf(cwd) })) }
}

const tagsOf = (name: string): unknown => JSON.parse(registry.npm(['view', name, 'dist-tags', '--json']))

describe('publish', () => {
  it('packs and hands over to npm, with tags and tarballs made earlier', async () => {
    const first = await publish(source('@acme/tagged', '1.0.0', both))
    expect(first.code, first.stderr).toBe(0)
    expect(first.stdout).toMatch(/@acme\/tagged 1\.0\.0 {2}published with the tag latest/)
    const { cwd } = await publish(
      source('@acme/tagged', '1.1.0-rc.1', both),
      '--tag',
      'next',
      '--access',
      'public',
    )
    expect(tagsOf('@acme/tagged')).toEqual({ latest: '1.0.0', next: '1.1.0-rc.1' })
    writeFileSync(join(cwd, 'package.json'), '{"name":"@acme/tagged","version":"1.1.0"}')
    const env = envOf(cwd)
    await runProgram(['pack'], { cwd, env })
    const later = await runProgram(['publish', 'acme-tagged-1.1.0.tgz', '--json'], { cwd, env })
    expect(JSON.parse(later.stdout)).toEqual({
      name: '@acme/tagged',
      version: '1.1.0',
      published: true,
      tag: 'latest',
    })
    expect(tagsOf('@acme/tagged')).toEqual({ latest: '1.1.0', next: '1.1.0-rc.1' })
  })

  it('publishes nothing with --dry-run, and nothing that is dirty', async () => {
    expect((await publish(source('@acme/nothing', '1.0.0', both), '--dry-run')).stdout).toContain(
      'not published (--dry-run)',
    )
    const dirty = await publish(source('@acme/nothing', '1.0.0', mock('a', '/a', "{ phone: '13812345678' }")))
    expect(dirty.code).toBe(1)
    expect(dirty.stderr).toContain('SCAN_FOUND')
    expect(() => registry.npm(['view', '@acme/nothing'])).toThrow()
  })

  it("says in npm's words what npm refuses", async () => {
    await publish(source('@acme/twice', '1.0.0', both))
    const again = await publish(source('@acme/twice', '1.0.0', both))
    expect(again.code).toBe(3)
    expect(again.stderr).toMatch(
      /@acme\/twice 1\.0\.0 was not published: .*(?:1\.0\.0|already|E409|E403|EPUBLISHCONFLICT).*REGISTRY_FAILED/,
    )
    const cwd = makeFolder(source('@acme/anonymous', '1.0.0', both))
    const anonymous = await runProgram(['publish'], { cwd, env: envOf(cwd, registry.anonymous) })
    expect(anonymous.code).toBe(3)
    expect(anonymous.stderr).toContain('npm login')
  })

  it('refuses a tarball that is none, and one that is no mock package', async () => {
    const cwd = makeFolder({ 'x.tgz': 'x' })
    const refused = await runProgram(['publish', 'x.tgz'], { cwd, env: envOf(cwd) })
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('PACKAGE_INVALID')])
    const none = await runProgram(['publish', 'none.tgz'], { cwd, env: envOf(cwd) })
    expect(none.stderr).toContain('none.tgz cannot be read')
  })
})

const openapi = (total: string): string => `openapi: 3.1.0
info: { title: orders, version: 1.4.0 }
paths:
  /orders:
    get: { responses: { '200': { description: ok, content: { application/json: { schema: { type: array } } } } } }
  /orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { type: object, properties: { total: { type: ${total} } } } } }
`

describe('can-use', () => {
  let published: Promise<void> | undefined
  const ask = async (files: Files, ...args: readonly string[]) => {
    published ??= publishHere('@acme/asked', '1.4.0', both)
    await published
    const cwd = makeFolder(files)
    return runProgram(['can-use', ...args], { cwd, env: envOf(cwd) })
  }

  it('answers yes with 0 and no with 1, against a contract', async () => {
    const files = { 'good.yaml': openapi('number'), 'bad.yaml': openapi('string') }
    const yes = await ask(files, '@acme/asked@^1.4', '--spec', 'good.yaml')
    expect([yes.code, yes.stdout], yes.stderr).toEqual([
      0,
      expect.stringContaining('yes: @acme/asked 1.4.0 fits orders at good.yaml'),
    ])
    const no = await ask(files, 'npm:@acme/asked', '--spec', 'bad.yaml')
    expect(no.code).toBe(1)
    expect(no.stdout).toContain('mocks/orders/1.4.0/orders.yaml:4')
    expect(no.stdout).toContain('no: @acme/asked 1.4.0 does not fit orders at bad.yaml')
    const told = await ask(files, '@acme/asked', '--spec', 'bad.yaml', '--json')
    expect(JSON.parse(told.stdout)).toMatchObject({
      command: 'can-use',
      package: { name: '@acme/asked', version: '1.4.0', service: 'orders' },
      counts: { violation: 1 },
    })
  })

  it('and against a provider that runs', async () => {
    let total: unknown = 1
    const server = createServer(({ url }, reply) => {
      reply.setHeader('content-type', 'application/json')
      reply.end(url === '/orders' ? '[]' : JSON.stringify({ id: 42, total }))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const yes = await ask({}, '@acme/asked', '--provider', url)
    expect([yes.code, yes.stdout]).toEqual([0, expect.stringContaining('yes:')])
    total = 'one'
    const no = await ask({}, '@acme/asked', '--provider', url)
    expect([no.code, no.stdout]).toEqual([1, expect.stringContaining('no:')])
  })

  it('and of gRPC, against definitions', async () => {
    const proto = (field: string): string =>
      `syntax = "proto3";\npackage acme;\nimport "acme/types.proto";\nservice Stock { rpc Get (Item) returns (Item); }\n// ${field}\n`
    const types = (field: string): string =>
      `syntax = "proto3";\npackage acme;\nmessage Item { int32 ${field} = 1; }\n`
    const cwd = makeFolder({
      'svc-mock.yaml': 'services: { stock: { protocol: grpc, proto: ./proto } }\n',
      'package.json': '{"name":"@acme/stock","version":"1.0.0"}',
      'proto/acme/stock.proto': proto('count'),
      'proto/acme/types.proto': types('count'),
      'mocks/stock/1.0.0/stock.yaml':
        'protocol: grpc\nmocks:\n  - name: in stock\n    request: { method: acme.Stock/Get }\n    response: { message: { count: 3 } }\n',
    })
    const published = await runProgram(['publish'], { cwd, env: envOf(cwd) })
    expect(published.code, published.stderr).toBe(0)
    const now = {
      'good/acme/stock.proto': proto('count'),
      'good/acme/types.proto': types('count'),
      'bad/acme/stock.proto': proto('total'),
      'bad/acme/types.proto': types('total'),
    }
    const yes = await ask(now, '@acme/stock', '--spec', 'good')
    expect([yes.code, yes.stdout], yes.stderr).toEqual([
      0,
      expect.stringContaining('yes: @acme/stock 1.0.0 fits stock at good'),
    ])
    const no = await ask(now, '@acme/stock', '--spec', 'bad')
    expect([no.code, no.stdout]).toEqual([1, expect.stringContaining('has no field count')])
  })

  it.each<[string, readonly string[], RegExp]>([
    ['nothing to hold it against', ['@acme/asked'], /nothing says what the mocks are held against/],
    ['a file that is not there', ['@acme/asked', '--spec', 'x.yaml'], /--spec x\.yaml does not exist/],
    [
      'another service',
      ['@acme/asked', '--spec', 'good.yaml', '--service', 'stock'],
      /no mocks of stock[\s\S]*--service takes one of: orders/,
    ],
    ['no package', ['@acme/none', '--spec', 'good.yaml'], /PACKAGE_NOT_FOUND/],
    ['no name', ['Orders Mocks', '--spec', 'good.yaml'], /is no name of an npm package/],
    [
      'a version of the interface that it does not have',
      ['@acme/asked', '--spec', 'good.yaml', '--version', '^9'],
      /no mock of orders that could be held/,
    ],
  ])('says what it cannot answer: %s', async (_what, args, said) => {
    const { code, stderr } = await ask({ 'good.yaml': openapi('number') }, ...args)
    expect(code).toBeGreaterThan(1)
    expect(stderr).toMatch(said)
  })
})

const publishHere = async (name: string, version: string, mocks: string): Promise<void> => {
  const cwd = makeFolder(source(name, version, mocks))
  const { code, stderr } = await runProgram(['publish'], { cwd, env: envOf(cwd) })
  if (code !== 0) throw new Error(stderr)
}

describe('an installed package', () => {
  it('is overridden, and an update tells what of that is dead', async () => {
    const name = '@acme/overridden'
    await publishHere(name, '1.0.0', both + mock('health', '/health', '1') + mock('old', '/old', '1'))
    const cwd = makeFolder({
      'svc-mock.yaml': "services: { orders: {} }\ndisable: ['orders: health']\n",
      'mocks/orders/over.yaml':
        "mocks:\n  - extends: 'orders: order is found'\n    patch: { response: { body: { total: 99 } } }\n  - name: all orders\n    request: { method: GET, path: /orders }\n    response: { status: 404 }\n",
    })
    const run = (...args: readonly string[]) => runProgram(args, { cwd, env: envOf(cwd) })
    const added = await run('add', `npm:${name}@^1`)
    expect(added.code, added.stderr).toBe(0)
    const { stdout } = await run('list')
    expect(stdout).toMatch(
      /order is found .* mocks\/orders\/over\.yaml:2 +extends orders: order is found \(@acme\/overridden@1\.0\.0 orders\/1\.4\.0\/orders\.yaml:2\)/,
    )
    expect(stdout).toMatch(
      /all orders .* mocks\/orders\/over\.yaml:4 +in place of @acme\/overridden@1\.0\.0 orders\/1\.4\.0\/orders\.yaml:5/,
    )
    expect(stdout).toMatch(/health .* @acme\/overridden@1\.0\.0 .*disabled in svc-mock\.yaml:3/)
    const explained = await run('explain', 'GET', 'http://orders/orders/1')
    expect(explained.stdout).toContain(
      'extends orders: order is found (@acme/overridden@1.0.0 orders/1.4.0/orders.yaml:2)',
    )
    expect((await run('check')).code).toBe(0)

    await publishHere(
      name,
      '1.1.0',
      mock('an order is found', '/orders/{id}', '{ id: 7 }') + mock('old', '/old', '1'),
    )
    const updated = await run('update', '--json')
    expect(updated.code).toBe(1)
    const { problems } = JSON.parse(updated.stdout) as { problems: { severity: string; message: string }[] }
    expect(problems.map(({ severity, message }) => `${severity} ${message}`).sort()).toEqual([
      'error there is no mock "orders: health" to disable',
      'error there is no mock "orders: order is found" to extend',
      'warning "orders: all orders" stood in the place of a packaged mock, which has gone',
    ])
    const checked = await run('check')
    expect(checked.code).toBe(1)
    expect(checked.stderr).toContain("did you mean 'orders: an order is found'?")
  })
})
