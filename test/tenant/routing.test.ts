/** Whose a call is, where it goes, and what it carries when it leaves. */
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { drained, inventoryServer, metadataOf, stream, unary } from '../support/grpc.ts'
import { grpcProxy } from '../support/grpc-workspace.ts'
import { proxy, type TestProxyOptions } from '../support/proxy.ts'
import { deadPort, freePort, upstream } from '../support/upstream.ts'
import { baggage, call, instance } from './tools.ts'

const url = 'http://stock.test.example.com/items'
const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/** A baseline, an instance of alice's, and a proxy that knows both. */
const shared = async (more = '', options?: TestProxyOptions, settings = 'mode: passthrough') => {
  const baseline = await instance('baseline')
  const alice = await instance('alice')
  const app = await proxy(
    {
      'svc-mock.yaml': `services:
  stock:
    hosts: [stock.test.example.com]
    ${settings}
    upstream: ${baseline.address}
routes:
  stock: { alice: '${alice.address}' }
${more}`,
    },
    options,
  )
  return { app, baseline, alice, ask: (headers = {}, body?: string) => call(app.port, url, headers, body) }
}

describe('a tagged call', () => {
  it("goes to its tenant's instance, and others to the baseline", async () => {
    const { app, alice, baseline, ask } = await shared()
    expect(await ask(baggage('alice'))).toEqual({ status: 200, body: 'alice' })
    expect(await ask(baggage('bob'))).toEqual({ status: 200, body: 'baseline' })
    expect(await ask()).toEqual({ status: 200, body: 'baseline' })
    expect(await app.call(1)).toMatchObject({
      tenant: 'alice',
      tenantBy: 'tag',
      served: 'tenant',
      note: `alice's 127.0.0.1:${alice.port}`,
    })
    expect(await app.call(2)).toMatchObject({
      tenant: 'bob',
      served: 'baseline',
      note: `baseline 127.0.0.1:${baseline.port}`,
    })
    expect(await app.call(3)).not.toHaveProperty('tenant')
    expect(baseline.seen.map(({ headers }) => headers['baggage'])).toEqual(['svcm-tenant=bob', undefined])
  })

  it('goes to the baseline with its body when the instance is dead, and the line says why', async () => {
    const { app, alice, baseline, ask } = await shared()
    await alice.stop()
    const told = await ask({ ...baggage('alice'), 'content-length': '4' }, 'body')
    expect(told).toEqual({ status: 200, body: 'baseline' })
    expect(baseline.seen[0]).toMatchObject({ body: 'body', headers: baggage('alice') })
    const gone = `baseline 127.0.0.1:${baseline.port} (alice's 127.0.0.1:${alice.port} is not there)`
    expect(await app.call(1)).toMatchObject({ served: 'baseline', note: gone })
    await ask(baggage('alice'))
    expect(await app.call(2)).toMatchObject({ served: 'baseline', note: gone })
  })

  it('is no tag when it names nobody who can be', async () => {
    const { app, ask } = await shared()
    for (const tag of ['svcm-tenant=a b', 'svcm-tenant=', 'svcm-tenant=baseline', 'svcm-tenant=%00'])
      expect(await ask({ baggage: tag })).toMatchObject({ body: 'baseline' })
    expect(app.calls.map(({ tenant }) => tenant)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('travels in a header of its own where that is wanted', async () => {
    const { alice, ask } = await shared('tenants: { header: X-Lane }\n', { flags: { tenant: 'alice' } })
    expect(await ask({ 'x-lane': 'bob' })).toMatchObject({ body: 'baseline' })
    expect(await ask(baggage('bob'))).toMatchObject({ body: 'alice' })
    expect(alice.seen[0]!.headers).toMatchObject({ 'x-lane': 'alice', baggage: 'svcm-tenant=bob' })
  })
})

describe('a call that is claimed by its body', () => {
  const claims = `tenants:
  alice: { claims: [{ services: [stock], headers: { content-type: application/json }, body: { user: { id: 7 } } }] }
  bob: { claims: [{ services: [stock], body: { user: { id: { $oneOf: [8, 9] } } } }] }
`
  const json = { 'content-type': 'application/json' }

  it('goes on whole, to whom it belongs', async () => {
    const { app, alice, baseline, ask } = await shared(claims)
    const hers = JSON.stringify({ user: { id: 7 }, pad: 'x'.repeat(100_000) })
    expect(await ask(json, hers)).toMatchObject({ body: 'alice' })
    expect(alice.seen[0]!.body).toBe(hers)
    expect(await ask({ 'content-type': 'text/plain' }, hers)).toMatchObject({ body: 'baseline' })
    expect(await ask(json, '{"user":{"id":8}}')).toMatchObject({ body: 'baseline' })
    expect(await ask(json, '{"user":')).toMatchObject({ body: 'baseline' })
    expect(await ask(json)).toMatchObject({ body: 'baseline' })
    expect(baseline.seen.map(({ body }) => body)).toEqual([hers, '{"user":{"id":8}}', '{"user":', ''])
    expect(app.calls.map(({ tenant, tenantBy }) => `${tenant} ${tenantBy}`)).toEqual([
      'alice claim',
      'undefined undefined',
      'bob claim',
      'undefined undefined',
      'undefined undefined',
    ])
  })

  it('is known by its trace from then on, and by its tag before', async () => {
    const { app, ask } = await shared(claims)
    await ask({ ...json, traceparent: trace }, '{"user":{"id":7}}')
    expect(await ask({ traceparent: trace })).toMatchObject({ body: 'alice' })
    await ask({ ...json, ...baggage('bob') }, '{"user":{"id":7}}')
    expect(app.calls.map(({ tenant, tenantBy }) => `${tenant} ${tenantBy}`)).toEqual([
      'alice claim',
      'alice trace',
      'bob tag',
    ])
  })

  it('waits only where a claim needs it: others still stream', async () => {
    const { promise: began, resolve } = Promise.withResolvers<void>()
    const streamed = await upstream((asked, answer) => {
      asked.once('data', () => resolve())
      asked.on('end', () => answer.end('done'))
    })
    const app = await proxy({
      'svc-mock.yaml': `services:
  stock: { hosts: [stock.test.example.com], mode: passthrough, upstream: 'http://127.0.0.1:1' }
  files: { hosts: [files.test.example.com], mode: passthrough, upstream: 'http://127.0.0.1:${streamed.port}' }
${claims}`,
    })
    const sent = request({
      port: app.port,
      host: '127.0.0.1',
      method: 'POST',
      path: 'http://files.test.example.com/',
      headers: { host: 'files.test.example.com', ...json },
      agent: false,
    })
    const told = new Promise<number>((done) => sent.once('response', ({ statusCode }) => done(statusCode!)))
    sent.write('{"user":')
    // The real service has the beginning before the client has said the end.
    await began
    sent.end('{"id":7}}')
    expect(await told).toBe(200)
  })

  it('may be larger than what is read', async () => {
    const { alice, baseline, ask } = await shared(`${claims}limits: { body: 1KB }\n`)
    const large = JSON.stringify({ user: { id: 7 }, pad: 'x'.repeat(5_000) })
    expect(await ask(json, large)).toMatchObject({ body: 'baseline' })
    expect([alice.seen.length, baseline.seen[0]!.body]).toEqual([0, large])
  })
})

describe('a call without a tag', () => {
  it("is the process's, which may have a tenant, and leaves tagged", async () => {
    const { app, alice, ask } = await shared('', { env: { SVC_MOCK_TENANT: 'alice' } })
    expect(await ask({ baggage: 'user=7;p' })).toMatchObject({ body: 'alice' })
    expect(await ask(baggage('default'))).toMatchObject({ body: 'baseline' })
    expect(alice.seen[0]!.headers['baggage']).toBe('svcm-tenant=alice,user=7;p')
    expect(await app.call(1)).toMatchObject({ tenant: 'alice', tenantBy: undefined })
  })

  it.each([
    ['traceparent', { traceparent: trace }],
    ['b3', { b3: '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1' }],
    ['x-b3-traceid', { 'X-B3-TraceId': '4bf92f3577b34da6' }],
    ['sw8', { sw8: '1-TRACEID-SEGMENT-3-x-y-z-w' }],
    ['x-request-id', { 'x-request-id': '6c1a' }],
  ])('stays in its lane by %s', async (_, headers) => {
    const { app, alice, ask } = await shared()
    expect(await ask({ ...baggage('alice'), ...headers })).toMatchObject({ body: 'alice' })
    expect(await ask(headers)).toMatchObject({ body: 'alice' })
    expect(await ask({ ...headers, ...baggage('bob') })).toMatchObject({ body: 'baseline' })
    expect(alice.seen[1]!.headers['baggage']).toBe('svcm-tenant=alice')
    expect(await app.call(2)).toMatchObject({ tenant: 'alice', tenantBy: 'trace' })
  })

  it('is claimed by what it holds, and its trace with it', async () => {
    const { app, ask } = await shared(`tenants:
  alice: { claims: [{ headers: { X-User-Id: '10086' } }, { query: { who: { $matches: 'al.*' } } }] }
  bob: { claims: [{ headers: { x-user-id: { $oneOf: ['1', '2'] } }, query: { who: bob } }] }
`)
    expect(await ask({ 'x-user-id': '10086', traceparent: trace })).toMatchObject({ body: 'alice' })
    expect(await ask({ 'x-user-id': '10087' })).toMatchObject({ body: 'baseline' })
    expect(await ask({ traceparent: trace })).toMatchObject({ body: 'alice' })
    expect(await call(app.port, `${url}?who=alba`)).toMatchObject({ body: 'alice' })
    await call(app.port, `${url}?who=bob`, { 'x-user-id': '1' })
    expect(app.calls.map(({ tenant, tenantBy }) => [tenant, tenantBy])).toEqual([
      ['alice', 'claim'],
      [undefined, undefined],
      ['alice', 'trace'],
      ['alice', 'claim'],
      ['bob', 'claim'],
    ])
  })

  it("is a tenant's when it comes to the tenant's port", async () => {
    const port = await freePort()
    const { ask } = await shared(`tenants: { alice: { listen: ${port} } }\n`)
    expect(await ask()).toMatchObject({ body: 'baseline' })
    expect(await call(port, url)).toMatchObject({ body: 'alice' })
    expect(await call(port, url, baggage('bob'))).toMatchObject({ body: 'baseline' })
  })

  it('beyond this machine needs to be asked for', async () => {
    const open = shared("tenants: { alice: { listen: '0.0.0.0:0' } }\n")
    await expect(open).rejects.toMatchObject({ code: 'REMOTE_REFUSED' })
  })

  it('to a host that no service names is not told who works here', async () => {
    const { ask: _, app, baseline } = await shared('', { flags: { tenant: 'alice' } })
    await call(app.port, `${baseline.address}/x`)
    expect(baseline.seen[0]!.headers).not.toHaveProperty('baggage')
  })
})

describe('mode and routes', () => {
  it('direct ignores them', async () => {
    const { ask } = await shared('', {}, 'mode: direct')
    expect(await ask(baggage('alice'))).toMatchObject({ body: 'baseline' })
  })

  it("mock asks mocks first, and then the tenant's instance", async () => {
    const { app, alice, ask } = await shared('', {}, 'mode: mock')
    expect(await ask(baggage('alice'))).toMatchObject({ body: 'alice' })
    expect(await ask(baggage('bob'))).toMatchObject({ status: 502 })
    await alice.stop()
    const left = await ask(baggage('alice'))
    expect(left.status).toBe(502)
    expect(left.body).toContain("alice's instance of stock is not there")
    expect(app.calls.map(({ outcome }) => outcome)).toEqual(['passthrough', 'miss', 'error'])
  })
})

describe('mocks', () => {
  it('can be limited to tenants, one by one or a whole file', async () => {
    const app = await proxy({
      'svc-mock.yaml': 'services: { stock: { hosts: [stock.test.example.com] } }\n',
      'mocks/stock/1.0.0/a.yaml': `mocks:
  - { request: { path: /items }, response: { body: all } }
  - { request: { path: /items }, tenants: [alice, default], response: { body: alice } }
`,
      'mocks/stock/1.0.0/b.yaml': `tenants: [bob]
mocks:
  - { request: { path: /items }, response: { body: bob } }
  - { request: { path: /carol }, tenants: [carol], response: { body: carol } }
`,
    })
    const bodies = []
    for (const tenant of ['alice', 'bob', 'carol', 'default'])
      bodies.push((await call(app.port, url, baggage(tenant))).body)
    expect(bodies).toEqual(['alice', 'bob', 'all', 'alice'])
    const carols = 'http://stock.test.example.com/carol'
    expect(await call(app.port, carols, baggage('carol'))).toMatchObject({ body: 'carol' })
    const missed = JSON.parse((await call(app.port, carols, baggage('bob'))).body)
    expect(missed.nearest[0].failed).toEqual([{ clause: 'tenants', expected: 'carol', actual: 'bob' }])
    expect(app.running.problems()).toEqual([])
  })

  it('that name nobody who can be are mistakes', async () => {
    const app = proxy({
      'svc-mock.yaml': 'services: { stock: {} }\n',
      'mocks/stock/1.0.0/a.yaml': 'mocks:\n  - { request: { path: /x }, tenants: [a b], response: {} }\n',
    })
    await expect(app).rejects.toMatchObject({
      context: { details: { problems: [{ message: '"a b" is no name for a tenant', at: { line: 2 } }] } },
    })
  })
})

describe('state', () => {
  it('is each tenant its own', async () => {
    const app = await proxy({
      'svc-mock.yaml': 'services: { stock: { hosts: [stock.test.example.com] } }\n',
      'mocks/stock/1.0.0/a.yaml':
        'mocks:\n  - request: { path: /items }\n    responses: [{ body: first }, { body: second }]\n',
    })
    const bodies = []
    for (const tenant of ['alice', 'bob', 'alice', 'bob', 'carol'])
      bodies.push((await call(app.port, url, baggage(tenant))).body)
    expect(bodies).toEqual(['first', 'first', 'second', 'second', 'first'])
    expect(app.running.reset(undefined, 'bob')).toMatchObject({ counters: 1 })
    const again = async (tenant: string) => (await call(app.port, url, baggage(tenant))).body
    expect([await again('alice'), await again('bob')]).toEqual(['second', 'first'])
    app.running.reset()
    expect([await again('alice'), await again('carol')]).toEqual(['first', 'first'])
  })
})

describe('gRPC', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what proto-loader makes has no types.
  const named = (name: string, seen: unknown[]): any => ({
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    Get: (request: any, done: any) => {
      seen.push(request.metadata.get('baggage')[0])
      done(null, { sku: name })
    },
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    Watch: (request: any) => {
      request.write({ sku: name })
      request.end()
    },
  })

  it('is routed alike, by metadata, claims and traces', async () => {
    const seen: unknown[] = []
    const baseline = await inventoryServer(named('baseline', []))
    const alice = await inventoryServer(named('alice', seen))
    const dead = await deadPort()
    const { client, app } = await grpcProxy(
      '',
      `    mode: passthrough
    upstream: http://127.0.0.1:${baseline}
    proto: [./proto/inventory.proto]
routes:
  inventory: { alice: 'http://127.0.0.1:${alice}', bob: 'http://127.0.0.1:${dead}' }
tenants: { alice: { claims: [{ headers: { x-user-id: '7' } }, { body: { sku: hers } }] } }
`,
    )
    const get = async (metadata: Record<string, string>) =>
      (await unary(client, 'Get', { sku: 'x' }, { metadata })).message?.['sku']
    expect(await get(baggage('alice'))).toBe('alice')
    expect(await get({ 'x-user-id': '7', traceparent: trace })).toBe('alice')
    expect(await get({ traceparent: trace })).toBe('alice')
    expect(await get(baggage('bob'))).toBe('baseline')
    expect(await get({})).toBe('baseline')
    expect((await unary(client, 'Get', { sku: 'hers' })).message?.['sku']).toBe('alice')
    expect(seen).toEqual(Array.from({ length: 4 }, () => 'svcm-tenant=alice'))
    const watched = await drained(stream(client, 'Watch', { sku: 'x' }, metadataOf(baggage('alice'))))
    expect(JSON.stringify(watched)).toContain('alice')
    expect(await app.call(4)).toMatchObject({ tenant: 'bob', served: 'baseline', statusWord: 'OK' })
  })
})
