/** Contracts handed over as programs do it: published, deployed, verified by the provider, and asked about. */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { goodAnswers, service } from '../contract/provider.ts'
import { goodRpcs, protoText, rpcService } from '../contract/rpc-provider.ts'
import {
  bareRepository,
  contractText,
  filesIn,
  filesOfRepository,
  git,
  gitEnv,
} from '../support/contracts.ts'
import { gitOverHttp } from '../support/git-http.ts'
import { pactBroker } from '../support/pact-broker.ts'
import { type Finished, runProgram } from '../support/spawn.ts'
import { type Files, makeFolder } from '../support/spawn-workspace.ts'

// Many programs, one after the other.
vi.setConfig({ testTimeout: 60_000 })

const hash = /^[0-9a-f]{32}$/
/** What a machine of CI would say. */
const noCi = {
  ...gitEnv,
  GITHUB_ACTIONS: '',
  GITHUB_HEAD_REF: '',
  GITHUB_REF_TYPE: '',
  CI_COMMIT_BRANCH: '',
  BRANCH_NAME: '',
  GIT_BRANCH: '',
}

const consumerFolder = (name = 'shop', more: Files = {}): string =>
  makeFolder({
    'svc-mock.yaml': `name: ${name}\nservices: { orders: {} }\n`,
    [`contracts/orders/${name}.yaml`]: contractText(name),
    ...more,
  })

const svcMock = (cwd: string, args: readonly string[], env = {}): Promise<Finished> =>
  runProgram(args, { cwd, env: { ...noCi, ...env } })

const publish = (cwd: string, to: string, version: string, branch = 'main'): Promise<Finished> =>
  svcMock(cwd, ['contract', 'publish', '--to', to, '--version', version, '--branch', branch])

const ok = async (finished: Promise<Finished>): Promise<Finished> => {
  const done = await finished
  expect({ code: done.code, stderr: done.stderr }).toMatchObject({ code: 0 })
  return done
}

describe('contract publish', () => {
  it('puts each contract where its provider finds it, with version and branch, and tells a version once', async () => {
    const cwd = consumerFolder()
    const store = makeFolder()
    await ok(publish(cwd, store, 'v1', 'feature/ä b'))
    const [content, versions, branch] = filesIn(store)
    expect([content, versions, branch]).toEqual([
      expect.stringMatching(/^_contents\/[0-9a-f]{32}\.yaml$/),
      '_versions/shop/v1.yaml',
      expect.stringMatching(/^orders\/shop\/feature_b-[0-9a-f]{8}\.yaml$/),
    ])
    expect(readFileSync(join(store, branch!), 'utf8')).toContain(
      'contract:\n  format: 1\n  consumer: shop\n  version: v1\n  branch: feature/ä b\nmocks:\n',
    )
    expect(readFileSync(join(store, content!), 'utf8')).not.toContain('v1')
    // The same again is no change, and another commit with the same contract has the same content.
    await ok(publish(cwd, store, 'v1', 'feature/ä b'))
    await ok(publish(cwd, store, 'v2'))
    expect(filesIn(store).filter((file) => file.startsWith('_contents'))).toEqual([content])
    writeFileSync(join(cwd, 'contracts/orders/shop.yaml'), contractText('shop').replace('OPEN', 'PAID'))
    const other = await publish(cwd, store, 'v1')
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('version v1 of shop was published with another contract with orders')
  })

  it('takes a provider away that the branch does not use any more', async () => {
    const cwd = consumerFolder()
    const store = makeFolder()
    await ok(publish(cwd, store, 'v1'))
    const later = makeFolder({
      'svc-mock.yaml': 'name: shop\n',
      'contracts/stock/shop.yaml': contractText('shop').replace('service: orders', 'service: stock'),
    })
    expect((await ok(publish(later, store, 'v2'))).stdout).toContain('with orders  removed')
    expect(filesIn(store).filter((file) => !file.startsWith('_'))).toEqual(['stock/shop/main.yaml'])
  })

  it('knows version and branch from git, and from CI where git is on no branch', async () => {
    const cwd = consumerFolder()
    git(cwd, 'init', '--quiet', '--initial-branch=topic')
    git(cwd, 'add', '.')
    git(cwd, 'commit', '--quiet', '-m', 'one')
    const head = git(cwd, 'rev-parse', 'HEAD')
    const store = makeFolder()
    const told = (args: readonly string[] = [], env = {}) =>
      svcMock(cwd, ['contract', 'publish', '--to', store, '--json', ...args], env)
    expect(JSON.parse((await ok(told())).stdout)).toMatchObject({
      consumer: 'shop',
      version: head,
      branch: 'topic',
      contracts: [{ provider: 'orders', hash: expect.stringMatching(hash), isNew: true }],
    })
    git(cwd, 'checkout', '--quiet', '--detach')
    expect((await told()).stdout).toContain('nothing says which branch this is')
    const inCi = await ok(told([], { GITHUB_HEAD_REF: 'from-a-fork', GITHUB_REF_NAME: '7/merge' }))
    expect(JSON.parse(inCi.stdout)).toMatchObject({ version: head, branch: 'from-a-fork' })
  })

  it('publishes nothing where one contract cannot be read: a part would be taken for all', async () => {
    const cwd = consumerFolder('shop', { 'contracts/stock/shop.yaml': 'mocks: [' })
    const store = makeFolder()
    const { code, stderr } = await publish(cwd, store, 'v1')
    expect(code).toBe(2)
    expect(stderr).toContain('contracts/stock/shop.yaml is no contract')
    expect(filesIn(store)).toEqual([])
    expect((await publish(makeFolder({ 'svc-mock.yaml': 'name: shop\n' }), store, 'v1')).stderr).toContain(
      'contracts holds no contract of shop',
    )
  })

  it('reaches a repository of git, and loses nothing when several publish at once', async () => {
    const { folder, url } = bareRepository()
    const names = ['shop', 'web', 'app', 'till', 'bot']
    const all = await Promise.all(names.map((name) => publish(consumerFolder(name), url, 'v1')))
    expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(names.map(() => [0, '']))
    expect(filesOfRepository(folder).filter((file) => file.startsWith('orders/'))).toEqual(
      names.map((name) => `orders/${name}/main.yaml`).sort(),
    )
    expect(git(folder, 'log', '--format=%an %s', 'main').split('\n').sort()).toEqual(
      names.map((name) => `A Test contracts of ${name} v1 (main)`).sort(),
    )
  })

  it('commits as git is told to, and says what to do where it is not', async () => {
    const { folder, url } = bareRepository()
    const cwd = consumerFolder()
    git(cwd, 'init', '--quiet')
    const nobody = Object.fromEntries(
      Object.keys(gitEnv).map((name) => [name, gitEnv[name as 'GIT_AUTHOR_NAME']]),
    )
    for (const name of ['AUTHOR_NAME', 'AUTHOR_EMAIL', 'COMMITTER_NAME', 'COMMITTER_EMAIL'])
      nobody[`GIT_${name}`] = ''
    const run = () =>
      svcMock(
        cwd,
        ['contract', 'publish', '--to', url, '--version', 'v1', '--branch', 'b'],
        withoutEmpty(nobody),
      )
    const first = await run()
    expect(first.code).toBe(3)
    expect(first.stderr).toContain('git does not know who commits')
    git(cwd, 'config', 'user.name', 'Own Name')
    git(cwd, 'config', 'user.email', 'own@example.com')
    await ok(run())
    expect(git(folder, 'log', '-1', '--format=%an <%ae>', 'main')).toBe('Own Name <own@example.com>')
  })

  it('speaks to a repository over HTTP, and never tells its password', async () => {
    const { folder } = bareRepository()
    const { host } = await gitOverHttp(folder, { user: 'ci', password: 's3cr3t-t0ken' })
    const cwd = consumerFolder()
    const done = await ok(publish(cwd, `http://ci:s3cr3t-t0ken@${host}/contracts.git`, 'v1'))
    expect(done.stdout).toContain(`in http://${host}/contracts.git`)
    expect(filesOfRepository(folder)).toContain('orders/shop/main.yaml')
    const refused = await publish(cwd, `http://ci:s3cr3t-wrong@${host}/contracts.git`, 'v1')
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('cannot be cloned')
    const gone = await publish(cwd, 'http://ci:s3cr3t-t0ken@127.0.0.1:1/contracts.git', 'v1')
    expect(gone.code).toBe(3)
    expect([done, refused, gone].map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain(
      's3cr3t',
    )
  })

  it('says how to write the address of a repository that looks like a web page', async () => {
    const broker = await pactBroker()
    broker.own.set('GET ', [200, '<html>'])
    const { code, stderr } = await publish(consumerFolder(), broker.url.replace('//', '//ci:s3cr3t@'), 'v1')
    expect(code).toBe(3)
    expect(stderr).toContain(`git+${broker.url}`)
    expect(stderr).not.toContain('s3cr3t')
  })
})

/** An empty text is a name, too. */
const withoutEmpty = (env: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value === '' ? undefined : value]))

describe('can-i-deploy', () => {
  const verify = (url: string, store: string, version: string): Promise<Finished> =>
    svcMock(makeFolder(), [
      ...['verify', '--provider', url, '--contracts', store, '--as', 'orders'],
      ...['--publish-results', '--provider-version', version],
    ])
  const deployed = (store: string, name: string, version: string): Promise<Finished> =>
    ok(
      svcMock(makeFolder(), [
        ...['contract', 'deployed', '--to', store, '--environment', 'production'],
        ...['--name', name, '--version', version],
      ]),
    )
  const ask = (
    store: string,
    name: string,
    version: string,
    more: readonly string[] = [],
  ): Promise<Finished> =>
    svcMock(makeFolder(), [
      ...['can-i-deploy', '--to', 'production', '--contracts', store],
      ...['--name', name, '--version', version, ...more],
    ])

  it('answers for consumers and for providers by what runs there and what was verified', async () => {
    const { url: store } = bareRepository()
    const good = await service(goodAnswers)
    const bad = await service({ ...goodAnswers, 'GET /orders/42': [200, { id: 'x' }] })
    await ok(publish(consumerFolder(), store, 'v1'))
    await deployed(store, 'orders', 'p1')
    const before = await ask(store, 'shop', 'v1')
    expect(before.code).toBe(1)
    expect(before.stdout).toMatch(/shop +v1 +orders +p1 +no +not verified by orders p1/)
    expect((await verify(good.url, store, 'p1')).code).toBe(0)
    const after = await ok(ask(store, 'shop', 'v1'))
    expect(after.stdout).toMatch(/shop +v1 +orders +p1 +yes +verified: 1 of 1/)
    expect(after.stdout).toContain('shop v1 may be deployed to production')
    // Another version of the same contract needs no verification of its own.
    await ok(publish(consumerFolder(), store, 'v2', 'topic'))
    await ok(ask(store, 'shop', 'v2'))
    expect((await ask(store, 'shop', 'v3')).stdout).toContain('none were published of version v3')
    // The other way round.
    await deployed(store, 'shop', 'v1')
    expect((await verify(bad.url, store, 'p2')).code).toBe(1)
    const broken = await ask(store, 'orders', 'p2', ['--json'])
    expect(broken.code).toBe(1)
    expect(JSON.parse(broken.stdout)).toMatchObject({
      deployable: false,
      rows: [
        {
          consumer: 'shop',
          consumerVersion: 'v1',
          provider: 'orders',
          providerVersion: 'p2',
          ok: false,
          reason: 'verification failed: 2 broken, 1 of 1 verified',
        },
      ],
    })
    await ok(ask(store, 'orders', 'p1'))
    await ok(
      svcMock(makeFolder(), [
        ...[
          'contract',
          'deployed',
          '--to',
          store,
          '--environment',
          'production',
          '--name',
          'orders',
          '--gone',
        ],
      ]),
    )
    expect((await ask(store, 'shop', 'v1')).stdout).toContain('no orders runs there')
  })

  it('is not answered for names that nobody knows, nor from records that cannot be read', async () => {
    const store = makeFolder()
    await ok(publish(consumerFolder(), store, 'v1'))
    await deployed(store, 'orders', 'p1')
    const unknown = await ask(store, 'shopp', 'v1')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('the store knows no service shopp')
    expect(unknown.stderr).toContain('did you mean shop?')
    writeFileSync(join(store, '_environments/production/stock.yaml'), 'name: stock\nversion: 7\n')
    const broken = await ask(store, 'shop', 'v1')
    expect(broken.code).toBe(2)
    expect(broken.stderr).toContain('_environments/production/stock.yaml')
    expect((await ask(makeFolder(), 'shop', 'v1')).stderr).toContain(
      'the store knows no environment production',
    )
  })
})

describe('verify --contracts', () => {
  const verify = (cwd: string, url: string, more: readonly string[] = []): Promise<Finished> =>
    svcMock(cwd, ['verify', '--provider', url, '--contracts', 'contracts', '--as', 'orders', ...more])

  it('needs no workspace, and names the consumer in each finding', async () => {
    const cwd = makeFolder({
      'contracts/orders/shop.yaml': contractText('shop'),
      'contracts/orders/web.yaml': contractText('web').replace('state: OPEN', 'total: 1'),
    })
    const { state: _, ...rest } = goodAnswers['GET /orders/42']![1] as Readonly<Record<string, unknown>>
    const { url } = await service({ 'GET /orders/42': [200, rest] })
    const found = await verify(cwd, url, ['--json', '--junit', 'junit.xml'])
    expect(found.code).toBe(1)
    const { checked, findings, against } = JSON.parse(found.stdout)
    expect(against).toEqual([`orders: ${url}`, 'shop: orders/shop.yaml', 'web: orders/web.yaml'])
    expect(checked.map((one: { consumer: string }) => one.consumer)).toEqual(['shop', 'web'])
    expect(findings).toMatchObject([
      {
        consumer: 'shop',
        rule: 'missing-property',
        version: '1.4.0',
        path: 'response.body.state',
        at: { file: 'contracts/orders/shop.yaml', line: 14 },
      },
    ])
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toContain('shop: one order (GET /orders/{id})')
    expect((await verify(cwd, url)).stdout).toContain('violation  shop: one order › GET /orders/{id}')
    expect((await verify(cwd, url, ['--consumer', 'web'])).code).toBe(0)
    expect((await verify(cwd, url, ['--consumer', 'wep'])).stderr).toContain('there are those of shop, web')
    expect((await verify(cwd, url, ['--branch', 'main'])).code).toBe(2)
  })

  it('tells a state whose it is', async () => {
    const cwd = makeFolder({
      'contracts/orders/shop.yaml': contractText('shop', '      state: order 42 exists\n'),
      'contracts/orders/web.yaml': contractText('web', '      state: order 42 exists\n'),
    })
    const { url, states } = await service(goodAnswers)
    expect((await verify(cwd, url, ['--state-url', `${url}/_states`])).code).toBe(0)
    expect(states).toMatchObject(
      ['shop', 'web'].flatMap((consumer) => [
        { consumer, state: 'order 42 exists', action: 'setup' },
        { consumer, state: 'order 42 exists', action: 'teardown' },
      ]),
    )
  })

  it('asks with made-up values only where it is given the real ones', async () => {
    const masked = contractText('shop', "      masked:\n        '42': order-number\n")
    const cwd = makeFolder({ 'contracts/orders/shop.yaml': masked })
    const values = makeFolder({ 'values.yaml': "'42': '77'\n" })
    const { url, asked } = await service({ 'GET /orders/77': goodAnswers['GET /orders/42']! })
    const without = await verify(cwd, url, ['--all'])
    expect(without.code).toBe(0)
    expect(without.stdout).toContain('it asks with 42, which stands for a order-number')
    expect(asked).toEqual([])
    expect((await verify(cwd, url, ['--values', join(values, 'values.yaml')])).code).toBe(0)
    expect(asked).toEqual(['GET /orders/77'])
  })

  it('tells each file that it cannot use once, and verifies the rest', async () => {
    const cwd = makeFolder({
      'contracts/orders/broken.yaml': 'mocks: [',
      'contracts/orders/newer.yaml': contractText('newer').replace('format: 1', 'format: 9\n  later: true'),
      'contracts/orders/other.yaml': contractText('other').replace('service: orders', 'service: stock'),
      'contracts/orders/shop.yaml': contractText('shop'),
    })
    const { url, asked } = await service(goodAnswers)
    const { code, stderr, stdout } = await verify(cwd, url, ['--publish-results', '--provider-version', 'p1'])
    expect(code).toBe(2)
    expect(stderr.match(/contracts\/orders\/\w+\.yaml:\d+/g)).toEqual([
      'contracts/orders/broken.yaml:1',
      'contracts/orders/newer.yaml:4',
      'contracts/orders/other.yaml:1',
    ])
    expect(stderr).toContain('format 9, and this version of svc-mock reads 1')
    expect(stderr).toContain('a contract with stock, and lies among those with orders')
    expect(stdout).toContain('in 1 thing checked')
    expect(asked).toEqual(['GET /orders/42'])
    const results = filesIn(join(cwd, 'contracts/_verifications'))
    expect(results).toEqual([expect.stringMatching(/^orders\/p1\/[0-9a-f]{32}\.yaml$/)])
  })

  it('asks nobody in what the own workspace calls production, and sends a header once', async () => {
    const cwd = makeFolder({
      'svc-mock.yaml': 'guard: { production: [127.0.0.1] }\n',
      'contracts/orders/shop.yaml': contractText('shop', '        headers: { x-tenant: a }\n'),
    })
    const { url, asked } = await service(goodAnswers)
    const refused = await verify(cwd, url)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('PRODUCTION_REFUSED')
    expect(asked).toEqual([])
    writeFileSync(join(cwd, 'svc-mock.yaml'), 'name: orders\n')
    const sent: string[][] = []
    const server = createServer((request, response) => {
      sent.push(request.rawHeaders)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{ "id": 1, "state": "A" }')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect((await verify(cwd, own, ['--header', 'X-Tenant: b'])).code).toBe(0)
    expect(sent.map((raw) => raw.filter((_, i) => /tenant/i.test(raw[i - (i % 2)]!)))).toEqual([
      ['X-Tenant', 'b'],
    ])
  })

  it('of gRPC asks with definitions that are named, or that the provider tells', async () => {
    const { url, asked } = await rpcService(goodRpcs)
    const text = `service: inventory
protocol: grpc
contract:
  format: 1
  consumer: shop
mocks:
  - name: found
    request:
      method: acme.Inventory/Get
      message:
        sku: a
    response:
      message:
        sku: found
        available: 4
    contract:
      example:
        message:
          sku: a
          warehouseId: 7
`
    const cwd = makeFolder({ 'contracts/inventory/shop.yaml': text, 'inventory.proto': protoText })
    const args = ['verify', '--provider', url, '--contracts', 'contracts', '--as', 'inventory']
    const { code, stdout, stderr } = await svcMock(cwd, [...args, '--proto', 'inventory.proto'])
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
    expect(stdout).toContain('no violation in 1 thing checked')
    expect(asked).toMatchObject([{ method: 'Get', messages: [{ sku: 'a', warehouse_id: 7 }] }])
    // This one has no reflection.
    const silent = await svcMock(cwd, args)
    expect(silent.code).not.toBe(0)
    expect(silent.stderr).toContain('reflection')
  })

  it('takes main and what runs somewhere, or what is asked for', async () => {
    const store = makeFolder()
    const { url } = await service(goodAnswers)
    const at = (state: string): string =>
      makeFolder({
        'svc-mock.yaml': 'name: shop\n',
        'contracts/orders/shop.yaml': contractText('shop').replace('OPEN', state),
      })
    await ok(publish(at('A'), store, 'v1'))
    await ok(
      svcMock(makeFolder(), [
        ...[
          'contract',
          'deployed',
          '--to',
          store,
          '--environment',
          'production',
          '--name',
          'shop',
          '--version',
          'v1',
        ],
      ]),
    )
    await ok(publish(at('B'), store, 'v2'))
    await ok(publish(at('C'), store, 'v3', 'topic'))
    const chosen = async (...more: readonly string[]): Promise<readonly string[]> => {
      const args = ['verify', '--provider', url, '--contracts', store, '--as', 'orders', '--json', ...more]
      const { against } = JSON.parse((await ok(svcMock(makeFolder(), args))).stdout)
      return against.slice(1).map((text: string) => text.replace(/[0-9a-f]{32}/, '*'))
    }
    const main = 'shop: orders/shop/main.yaml (main)'
    const production = 'shop: _contents/*.yaml (in production)'
    const topic = 'shop: orders/shop/topic.yaml (topic)'
    expect(await chosen()).toEqual([main, production])
    expect(await chosen('--branch', 'topic')).toEqual([topic])
    expect(await chosen('--environment', 'production')).toEqual([production])
    expect(await chosen('--branch', 'topic', '--environment', 'production')).toEqual([topic, production])
  })

  it.each([
    [['--as', 'ordrs'], 'did you mean --as orders?'],
    [['--as', 'orders', '--service', 'orders'], '--service is for mocks'],
    [['--as', 'orders', '--proto', 'none.proto'], '--proto none.proto does not exist'],
    [[], '--as'],
  ])('refuses %j', async (args, message) => {
    const cwd = makeFolder({ 'contracts/orders/shop.yaml': contractText('shop') })
    const { code, stderr } = await svcMock(cwd, [
      ...['verify', '--provider', 'http://127.0.0.1:1', '--contracts', 'contracts', ...args],
    ])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
