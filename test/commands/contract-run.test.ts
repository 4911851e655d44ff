/** svc-mock run --contract as a program: what it writes, what it keeps out, and when it writes nothing. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { consumer, contractOf, filesIn, orderMocks, orders, runTests, stock } from '../support/contracts.ts'
import { grpcFiles } from '../support/grpc-workspace.ts'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

// Many programs, one after the other.
vi.setConfig({ testTimeout: 60_000 })

describe('the contract of a run', () => {
  it('is a mock file for each provider, with the mocks that answered and the requests that reached them', async () => {
    const cwd = consumer(orderMocks)
    const { code, stderr } = await runTests(
      cwd,
      `await call('${orders}/orders/7?page=2'); await post('${orders}/orders', { sku: 'A-1' }); await call('${stock}/levels')`,
    )
    expect(code).toBe(0)
    expect(stderr).toContain('contracts/orders/shop.yaml  2 interactions  added')
    expect(filesIn(join(cwd, 'contracts'))).toEqual(['orders/shop.yaml', 'stock/shop.yaml'])
    expect(
      contractOf(cwd),
    ).toBe(`# A contract: what the tests of a consumer used of this service. svc-mock run --contract writes it anew.
service: orders
version: '1.4.0'
contract:
  format: 1
  consumer: shop
mocks:
  - name: new order
    request:
      method: POST
      path: /orders
    response:
      status: 201
      body:
        id: 1
    contract:
      example:
        path: /orders
        headers:
          content-type: application/json
        body:
          sku: A-1
  - name: one order
    request:
      method: GET
      path: /orders/{id}
    response:
      body:
        id: 42
        state: OPEN
    contract:
      example:
        path: /orders/7
        query:
          page: '2'
`)
  })

  it('loads as any mock file, and answers the calls that it holds', async () => {
    const cwd = consumer(orderMocks)
    await runTests(cwd, `await call('${orders}/orders/7'); await post('${orders}/orders', { sku: 'A-1' })`)
    const alone = makeFolder({
      'svc-mock.yaml': 'name: shop\nservices: { orders: { hosts: [orders.test.example.com] } }\n',
      'mocks/orders/shop.yaml': contractOf(cwd),
    })
    expect((await runProgram(['check', '--fail-on-warnings'], { cwd: alone })).code).toBe(0)
    const again = await runTests(
      alone,
      `await call('${orders}/orders/7'); await post('${orders}/orders', { sku: 'A-1' })`,
    )
    expect(again.code).toBe(0)
    expect(contractOf(alone)).toBe(contractOf(cwd))
  })

  it('is the same whatever order and number the calls had, and whatever changes from run to run', async () => {
    const cwd = consumer(orderMocks)
    const one = `call('${orders}/orders/' + n + '?at=' + Date.now() + '&trace=' + crypto.randomUUID())`
    const two = `post('${orders}/orders', { requestId: crypto.randomUUID(), at: new Date(), n: [1, 2].slice(0, n) })`
    const first = await runTests(cwd, `for (const n of [1, 2, 3]) { await ${one}; await ${two} }`)
    expect(first.code).toBe(0)
    const text = contractOf(cwd)
    const second = await runTests(cwd, `await Promise.all([3, 1, 2, 2].flatMap((n) => [${two}, ${one}]))`)
    expect(second.stderr).toContain('2 interactions  unchanged')
    expect(contractOf(cwd)).toBe(text)
    expect(text).toContain('/orders/1')
    expect(text).not.toContain(String(new Date().getFullYear() - 1))
  })

  it('keeps secrets and personal data out, wherever they were sent', async () => {
    const secrets = [
      'hunter22secret',
      'Zm9vOmJhcg==',
      'sk_live_4242',
      'sess-98761234',
      '13800138000',
      'wang.wei@corp.cn',
    ]
    const mocks = `  - name: asks for much
    request:
      method: POST
      path: '/users/{phone}'
      headers: { authorization: { $contains: Basic }, x-tenant: { $absent: false } }
      cookies: { lang: de, session: { $absent: false } }
      query: { api_key: sk_live_4242 }
      body: { password: hunter22secret }
    response: {}
  - { name: form, request: { method: POST, path: /form }, response: {} }
`
    const cwd = consumer(mocks, {})
    const { code, stderr } = await runTests(
      cwd,
      `await post('${orders}/users/13800138000?api_key=sk_live_4242&token=hunter22secret',
         { password: 'hunter22secret', email: 'wang.wei@corp.cn', deep: [{ mobile: 13800138000 }], note: 'call 13800138000' },
         { authorization: 'Basic Zm9vOmJhcg==', cookie: 'lang=de; session=sess-98761234; other=sess-98761234', 'x-tenant': 'a', 'x-api-key': 'sk_live_4242' });
       await call('${orders}/form', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'mobile=13800138000&pin=hunter22secret' });
       await call('${orders}/form', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'write to wang.wei@corp.cn, token=hunter22secret' })`,
    )
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const text = contractOf(cwd)
    for (const secret of secrets) expect(text).not.toContain(secret)
    for (const secret of secrets) expect(text).not.toContain(encodeURIComponent(secret))
    for (const secret of secrets) expect(text).not.toContain(Buffer.from(secret).toString('base64'))
    // What was asked about and is no secret stays, and what was made up is told.
    expect(text).toContain('cookie: lang=de')
    expect(text).toContain('x-tenant: a')
    expect(text).toMatch(/masked:\n(?: {8}.*\n)* {8}made-up-secret: secret/)
    expect(text).toContain('cn-mobile')
    const scan = await runProgram(['scan', 'contracts'], { cwd })
    expect(scan.stdout + scan.stderr).not.toMatch(/contracts\/\S+:\d+/)
    expect(scan.code).toBe(0)
  })

  it('has the files that mocks name put in, and of computed answers the shape', async () => {
    const mocks = `  - { name: from a file, request: { method: GET, path: /file }, response: { bodyFile: ./one.json } }
  - { name: by a template, request: { path: /template }, response: { body: { id: '\${{ uuid() }}', at: '\${{ now() }}', n: 4 } } }
  - { name: by a script, request: { path: /script, script: 'export default () => true' }, script: 'export default () => ({ status: 202, headers: { location: "/x/" + Math.random() }, body: { list: [Math.random(), 2], text: "t" } })' }
`
    const cwd = consumer(mocks, { 'mocks/orders/1.4.0/one.json': '{ "id": 1, "text": "a ${{ b }}" }' })
    const run = () =>
      runTests(cwd, `for (const p of ['file', 'template', 'script']) await call('${orders}/' + p)`)
    expect((await run()).code).toBe(0)
    const text = contractOf(cwd)
    expect((await run()).stderr).toContain('3 interactions  unchanged')
    expect(text).toContain('id: 1\n        text: a $${{ b }}')
    expect(text).toContain("at: 2026-01-01T00:00:00Z\n        id: text\n        'n': 1")
    expect(text).toContain(
      'status: 202\n      headers:\n        content-type: application/json\n        location: text',
    )
    expect(text).toContain('list:\n          - 1\n        text: text')
    expect(text).not.toMatch(/script: |bodyFile/)
  })

  it('leaves out what mocks did not answer, and says so', async () => {
    const cwd = consumer(
      `${orderMocks}  - { name: broken, request: { path: /broken }, response: {}, fault: { status: 503 } }\n  - { name: not promised, request: { path: /free }, response: {}, contract: false }\n`,
    )
    const { code, stderr } = await runTests(
      cwd,
      `await call('${orders}/orders/7'); await call('${orders}/broken'); await call('${orders}/nothing'); await call('${orders}/free')`,
      [],
    )
    expect(code).toBe(0)
    expect(stderr).toContain('calls that are in no contract: 1 contract: false, 1 without a mock')
    expect(contractOf(cwd).match(/^ {2}- name: .*/gm)).toEqual(['  - name: one order'])
  })

  it('of gRPC has the message and the whole name of the method', async () => {
    const files = grpcFiles(
      '  - { name: found, request: { method: Get, message: { sku: a } }, response: { message: { sku: found } } }\n',
    )
    const cwd = makeFolder({ ...files, 'svc-mock.yaml': `name: shop\n${files['svc-mock.yaml']}` })
    const grpc = JSON.stringify(new URL(import.meta.resolve('@grpc/grpc-js')).pathname)
    const source = `
      const { Client, credentials } = require(${grpc})
      const same = (bytes) => bytes
      const client = new Client('inventory:50051', credentials.createInsecure())
      await new Promise((resolve) => client.makeUnaryRequest('/acme.Inventory/Get', same, same, Buffer.from('0a01611007', 'hex'), resolve))
      client.close()`
    const { code, stderr } = await runTests(cwd, source)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const text = contractOf(cwd, 'inventory')
    expect(text).toContain('protocol: grpc\n')
    expect(text).toContain('method: acme.Inventory/Get\n      message:\n        sku: a\n')
    expect(text).toContain('example:\n        message:\n          sku: a\n          warehouseId: 7\n')
  })
})

describe('what was not used any more', () => {
  it('goes, and what is no contract of ours stays', async () => {
    const cwd = consumer(orderMocks)
    await runTests(cwd, `await call('${orders}/orders/7'); await call('${stock}/levels')`)
    const other = join(cwd, 'contracts/stock/web.yaml')
    writeFileSync(other, contractOf(cwd, 'stock').replace('consumer: shop', 'consumer: web'))
    const { stderr } = await runTests(cwd, `await call('${orders}/orders/7')`)
    expect(stderr).toContain('contracts/stock/shop.yaml  removed')
    expect(filesIn(join(cwd, 'contracts'))).toEqual(['orders/shop.yaml', 'stock/web.yaml'])
  })

  it('stays with --contract-merge, also when runs write at the same time', async () => {
    const cwd = consumer(orderMocks)
    const sources = [
      `await call('${orders}/orders/7')`,
      `await post('${orders}/orders', { a: 1 })`,
      `await post('${orders}/orders', { b: 1 })`,
      `await call('${stock}/levels')`,
    ]
    await runTests(cwd, sources.join(';'))
    const whole = [contractOf(cwd), contractOf(cwd, 'stock')]
    await runTests(cwd, sources[0]!)
    const merged = await Promise.all(
      sources.map((source) => runTests(cwd, source, ['--strict', '--contract-merge'])),
    )
    expect(merged.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect([contractOf(cwd), contractOf(cwd, 'stock')]).toEqual(whole)
    expect(filesIn(join(cwd, 'contracts'))).toEqual(['orders/shop.yaml', 'stock/shop.yaml'])
  })
})

describe('nothing is written', () => {
  it.each([
    [
      'when the command failed',
      `await call('${orders}/orders/7'); process.exit(4)`,
      ['--strict'],
      4,
      'the command ended with 4',
    ],
    [
      'under --strict when a call found no mock',
      `await call('${orders}/nothing')`,
      ['--strict'],
      1,
      'each call must be answered by a mock',
    ],
  ])('%s', async (_when, source, flags, code, reason) => {
    const cwd = consumer(orderMocks)
    const finished = await runTests(cwd, source, flags)
    expect(finished.code).toBe(code)
    expect(finished.stderr).toContain(`no contract is written: `)
    expect(finished.stderr).toContain(reason)
    expect(existsSync(join(cwd, 'contracts'))).toBe(false)
  })

  it('and nothing is run where nobody says who the consumer is', async () => {
    const cwd = consumer(orderMocks, { 'svc-mock.yaml': 'services: { orders: {} }\n' })
    const { code, stdout, stderr } = await runTests(cwd, `console.log('ran')`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('CONSUMER_UNNAMED')
    expect(stderr).toContain('write name: <name>')
  })

  it('over a file that is somebody else’s', async () => {
    const cwd = consumer(orderMocks, { 'contracts/orders/shop.yaml': 'mine\n' })
    const { code, stderr } = await runTests(cwd, `await call('${orders}/orders/7')`)
    expect(code).toBe(3)
    expect(stderr).toContain('contracts/orders/shop.yaml is not the contract of shop')
    expect(readFileSync(join(cwd, 'contracts/orders/shop.yaml'), 'utf8')).toBe('mine\n')
  })
})

it('--json tells what became of contracts in a line', async () => {
  const cwd = consumer(orderMocks)
  const { stdout } = await runTests(cwd, `await call('${orders}/orders/7')`, ['--strict', '--json'])
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual({
    type: 'contract',
    kind: 'written',
    files: [{ file: 'contracts/orders/shop.yaml', provider: 'orders', interactions: 1, change: 'added' }],
    left: {},
    notes: [],
  })
})
