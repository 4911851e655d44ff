/** The contract commands as programs: exit codes, streams, report files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { orderMock, ordersFiles, ordersSpec } from '../contract/orders.ts'
import { files, goodAnswers, goodMocks, service } from '../contract/provider.ts'
import { goodRpcs, rpcFiles, rpcService } from '../contract/rpc-provider.ts'
import { runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const good = orderMock('id: 1, total: 2, state: open')
const bad = orderMock('id: 1, total: 2, state: lost')
const file = 'mocks/orders/2.3.0/a.yaml'
const quiet = { GITHUB_ACTIONS: '' }

describe('svc-mock verify --spec', () => {
  it('ends with 0 and one line when all mocks keep their contract', async () => {
    const { code, stdout, stderr } = await runProgram(['verify', '--spec'], {
      cwd: makeFolder(ordersFiles(good)),
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^no violation in 1 thing checked, \d+ ms\n$/)
  })

  it('ends with 1, says where, and writes each report', async () => {
    const cwd = makeFolder(ordersFiles(bad))
    const reports = ['junit', 'sarif', 'html', 'gitlab'].flatMap((form) => [`--${form}`, `out/${form}`])
    const { code, stdout, stderr } = await runProgram(['verify', '--spec', ...reports, '--no-github'], {
      cwd,
    })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain(`violation  found › GET /orders/{id}  ${file}:2:`)
    expect(stdout).toContain('response.body.state: it is none of the values that the contract lists')
    const read = (form: string): string => readFileSync(join(cwd, 'out', form), 'utf8')
    expect(read('junit')).toContain('failures="1"')
    expect(JSON.parse(read('sarif')).runs[0].results).toHaveLength(1)
    expect(JSON.parse(read('gitlab'))[0].location).toEqual({ path: file, lines: { begin: 2 } })
    expect(read('html')).toContain('svc-mock verify --spec: broken')
  })

  it('annotates inside GitHub Actions, beside the one document of --json', async () => {
    const cwd = makeFolder(ordersFiles(bad))
    const { code, stdout, stderr } = await runProgram(['verify', '--spec', '--json'], {
      cwd,
      env: { GITHUB_ACTIONS: 'true' },
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^::error file=${file},line=2,`))
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'verify --spec',
      counts: { violation: 1 },
      findings: [{ rule: 'enum', mock: 'found', contract: { file: 'orders.yaml' } }],
    })
  })

  it('ends with 2 when a contract has a mistake, after all else was checked', async () => {
    const cwd = makeFolder(ordersFiles(bad, ordersSpec.replace("Card' }", "Cart' }")))
    const { code, stdout, stderr } = await runProgram(['verify', '--spec'], { cwd, env: quiet })
    expect(code).toBe(2)
    expect(stdout).toContain('response.body.state')
    expect(stderr).toContain('#/components/schemas/Cart does not exist')
    expect(stderr).toContain('CONTRACT_INVALID')
    const none = await runProgram(['verify', '--spec'], {
      cwd: makeFolder({ ...ordersFiles(good), 'svc-mock.yaml': 'services: { orders: {} }' }),
    })
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('CONTRACT_MISSING')
  })
})

it('svc-mock import openapi, then verify --spec and check, on what it made', async () => {
  const cwd = makeFolder({ 'svc-mock.yaml': ordersFiles('')['svc-mock.yaml']!, 'orders.yaml': ordersSpec })
  const first = await runProgram(['import', 'openapi', 'orders.yaml'], { cwd })
  expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
  expect(first.stdout).toBe(
    'orders 2.3.0: 5 operations: 5 taken, 0 changed, 0 not possible; mocks: 5 added in mocks/orders/2.3.0\n',
  )
  const again = await runProgram(['import', 'openapi', 'orders.yaml', '--json'], { cwd })
  expect(JSON.parse(again.stdout)).toMatchObject({ added: 0, unchanged: 5, kept: [], left: [] })
  expect((await runProgram(['verify', '--spec'], { cwd, env: quiet })).code).toBe(0)
  expect((await runProgram(['check', '--fail-on-warnings'], { cwd })).code).toBe(0)
})

it('svc-mock compat works outside a workspace, and ends with 1 for what breaks', async () => {
  const cwd = makeFolder({
    'a.yaml': ordersSpec,
    'b.yaml': ordersSpec.replace('count: { type: integer }', 'count: { type: string }'),
  })
  const { code, stdout } = await runProgram(['compat', 'a.yaml', 'b.yaml'], { cwd, env: quiet })
  expect(code).toBe(1)
  expect(stdout).toContain('response.200.body.count: it has another type')
  expect((await runProgram(['compat', 'a.yaml', 'a.yaml'], { cwd })).code).toBe(0)
  expect((await runProgram(['compat', 'a.yaml', 'c.yaml'], { cwd })).code).toBe(2)
})

describe('svc-mock verify --provider', () => {
  it('tells what differs, keeps it in a baseline, and fails only for what is new', async () => {
    const cwd = makeFolder(files(goodMocks))
    const drifted = { ...goodAnswers, 'GET /orders': [200, { items: [] }] as const }
    const { url } = await service(drifted)
    const found = await runProgram(['verify', '--provider', url], { cwd, env: quiet })
    expect(found.code).toBe(1)
    expect(found.stdout).toContain('response.body: it is an object')
    const args = ['verify', '--provider', url, '--baseline', 'violations.lock']
    expect((await runProgram(args, { cwd, env: quiet })).code).toBe(0)
    const lock = (): string => readFileSync(join(cwd, 'violations.lock'), 'utf8')
    expect(lock()).toContain('\norders | GET /orders | all | type | response.body\n')
    const good = await service(goodAnswers)
    const fixed = ['verify', '--provider', good.url, '--baseline', 'violations.lock']
    expect((await runProgram(fixed, { cwd, env: quiet })).code).toBe(0)
    expect(lock()).not.toContain('|')
    expect((await runProgram(args, { cwd, env: quiet })).code).toBe(1)
  })

  it.each([
    [['--provider', 'orders'], 'is no address'],
    [['--provider', 'http://127.0.0.1:1', '--header', 'secret-without-colon'], 'a value that is no header'],
    [['--provider', 'http://127.0.0.1:1', '--values', 'mocks/values.yaml'], 'is inside the workspace'],
    [['--provider', 'http://127.0.0.1:1', '--service', 'oders'], 'there is no service oders'],
    [['--unsafe', '--spec'], 'provider'],
    [[], 'spec'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runProgram(['verify', ...args], {
      cwd: makeFolder(files(goodMocks)),
      env: quiet,
    })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('secret-without-colon')
  })

  it('asks services of gRPC with the same flags', async () => {
    const mocks = `  - name: get
    request: { method: Get, message: { sku: A-1 } }
    response: { message: { sku: A-1, updated_at: '2026-11-21T08:00:00Z' } }
`
    const cwd = makeFolder(rpcFiles(mocks))
    const { Get } = goodRpcs
    const { updated_at: _gone, ...without } = Get!.messages![0] as Readonly<Record<string, unknown>>
    const { url, asked } = await rpcService({ ...goodRpcs, Get: { messages: [without] } })
    const args = ['verify', '--provider', url, '--header', 'x-key: secret', '--idempotent']
    const found = await runProgram([...args, '--junit', 'out.xml'], { cwd, env: quiet })
    expect(found.stdout).toContain('mocks/inventory/1.0.0/mocks.yaml:5')
    expect(found.stdout).toContain('response.message.updated_at: the real reply does not have it')
    expect(found.code).toBe(1)
    expect(readFileSync(join(cwd, 'out.xml'), 'utf8')).toContain('acme.Inventory/Get')
    expect(asked.map(({ metadata }) => metadata['x-key'])).toEqual(['secret', 'secret'])
    const known = await runProgram([...args, '--baseline', 'violations.lock'], { cwd, env: quiet })
    expect(known.code).toBe(0)
    expect(readFileSync(join(cwd, 'violations.lock'), 'utf8')).toContain(
      'inventory | acme.Inventory/Get | get | missing-property | response.message.updated_at',
    )
  })

  it('ends with 3 when nothing answers', async () => {
    const { code, stderr } = await runProgram(['verify', '--provider', 'http://127.0.0.1:1'], {
      cwd: makeFolder(files(goodMocks)),
      env: quiet,
    })
    expect(code).toBe(3)
    expect(stderr).toContain('PROVIDER_UNREACHABLE')
  })
})
