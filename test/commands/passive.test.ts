/** `verify --passive`: the provider's own tests call it, and what it answers is held against the mocks. */
import { describe, expect, it } from 'vitest'
import type { ContractReport } from '../../src/contract/violation.ts'
import { type Answer, type Answers, goodAnswers, goodMocks, service } from '../contract/provider.ts'
import { type Finished, runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const config = 'name: orders-provider\nservices:\n  orders:\n    hosts: [orders.test.example.com]\n'
const quiet = { GITHUB_ACTIONS: '' }

/** Calls these, one after the other, by the URL variable. */
const tests = (...calls: readonly string[]): string[] => [
  '--',
  process.execPath,
  '-e',
  `(async () => { for (const one of ${JSON.stringify(calls)}) { const [method, path, body] = one.split(' '); await (await fetch(process.env.ORDERS_URL + path, { method, body, headers: body && { 'content-type': 'application/json' } })).text() } })()`,
]

const verify = async (
  mocks: string,
  answers: Answers,
  command: readonly string[],
  flags: readonly string[] = [],
): Promise<Finished & { readonly asked: readonly string[] }> => {
  const { url, asked } = await service(answers)
  const cwd = makeFolder({ 'svc-mock.yaml': config, 'mocks/orders/1.4.0/orders.yaml': mocks })
  const args = ['verify', '--passive', '--provider', url, '--service', 'orders', ...flags, ...command]
  return { ...(await runProgram(args, { cwd, env: quiet })), asked }
}

const reportOf = ({ stdout }: Finished): ContractReport => JSON.parse(stdout) as ContractReport

const shortly = ({ findings }: ContractReport): string[] =>
  findings.map(({ severity, rule, path, mock }) => `${severity} ${rule} ${mock} ${path}`)

const drifted: Answers = {
  ...goodAnswers,
  'GET /orders/42': [200, { ...(goodAnswers['GET /orders/42']![1] as object), id: '77' }, { 'x-total': '1' }],
}

describe('svc-mock verify --passive', () => {
  it('is silent about a provider that keeps its promises, and sends nothing itself', async () => {
    const done = await verify(goodMocks, goodAnswers, tests('GET /orders/42', 'GET /orders'), ['--json'])
    expect(done.code).toBe(0)
    const report = reportOf(done)
    expect(report.command).toBe('verify --passive')
    expect(report.findings).toEqual([])
    expect(report.checked.map(({ name }) => name)).toEqual(['one', 'all'])
    expect(done.asked).toEqual(['GET /orders/42', 'GET /orders'])
  })

  it('finds the drift, and only that, once; lists what was not exercised, and counts what nobody mocks', async () => {
    const command = tests('GET /orders/42', 'GET /orders/42', 'DELETE /orders/1')
    const done = await verify(goodMocks, drifted, command, ['--json'])
    expect(done.code).toBe(1)
    const report = reportOf(done)
    expect(shortly(report)).toEqual([
      'violation type one response.body.id',
      'notVerifiable not-exercised all ',
    ])
    expect(report.skipped).toEqual({ 'calls that no mock describes': 1 })
    const told = await verify(goodMocks, drifted, command)
    expect(told.stdout).toMatch(
      /violation {2}one › GET \/orders\/42 {2}mocks\/orders\/1\.4\.0\/orders\.yaml:6/,
    )
    expect(told.stderr).toMatch(/ORDERS_URL=http:\/\/127\.0\.0\.1:\d+/)
  })

  it('chooses among mocks by what a call carries', async () => {
    const mocks = `mocks:
  - name: large
    request: { method: POST, path: /orders, body: { amount: { $greaterThan: 100 } } }
    response: { status: 201, body: { approval: true } }
  - name: small
    request: { method: POST, path: /orders }
    response: { status: 201, body: { id: 1 } }
`
    const small = await verify(mocks, goodAnswers, tests('POST /orders {"amount":1}'), ['--json'])
    expect(shortly(reportOf(small))).toEqual(['notVerifiable not-exercised large '])
    const large = await verify(mocks, goodAnswers, tests('POST /orders {"amount":101}'), ['--json'])
    expect(shortly(reportOf(large))).toEqual([
      'violation missing-property large response.body.approval',
      'notVerifiable not-exercised small ',
    ])
  })

  it.each<readonly [string, Answer, readonly string[]]>([
    ['no reply has the status', [500, {}], ['violation response-status any response.status']],
    ['nothing is there', [404, {}], ['dataMissing not-found any response.status']],
  ])('says so where %s', async (_what, answer, found) => {
    const mocks = `mocks:\n  - { name: any, request: { method: GET, path: '/orders/{id}' }, response: { body: { id: 1 } }, contract: { state: some } }\n`
    const done = await verify(mocks, { 'GET /orders/1': answer }, tests('GET /orders/1'), ['--json'])
    expect(shortly(reportOf(done))).toEqual(found)
    // Tests try what goes wrong, too: one good reply is enough.
    const other = { 'GET /orders/1': answer, 'GET /orders/2': [200, { id: 7 }] as Answer }
    const good = await verify(mocks, other, tests('GET /orders/1', 'GET /orders/2'), ['--json'])
    expect(shortly(reportOf(good))).toEqual(['note other-status any response.status'])
    expect(good.code).toBe(0)
  })

  it("ends with the tests' own exit code when they fail", async () => {
    const failing = ['--', process.execPath, '-e', 'process.exit(7)']
    expect((await verify(goodMocks, drifted, failing)).code).toBe(7)
  })

  it('sees calls to the address of the provider, too', async () => {
    const { url } = await service(drifted)
    const cwd = makeFolder({ 'svc-mock.yaml': config, 'mocks/orders/1.4.0/orders.yaml': goodMocks })
    const source = `fetch('${url}/orders/42').then((reply) => reply.text())`
    const args = ['verify', '--passive', '--provider', url, '--json', '--', process.execPath, '-e', source]
    expect(shortly(reportOf(await runProgram(args, { cwd, env: quiet })))).toContain(
      'violation type one response.body.id',
    )
  })

  it('takes known violations from a baseline, which it does not shrink', async () => {
    const { url } = await service(drifted)
    const cwd = makeFolder({ 'svc-mock.yaml': config, 'mocks/orders/1.4.0/orders.yaml': goodMocks })
    const args = ['verify', '--passive', '--provider', url, '--baseline', 'violations.lock']
    expect((await runProgram([...args, ...tests('GET /orders/42')], { cwd, env: quiet })).code).toBe(0)
    expect((await runProgram([...args, ...tests('GET /orders')], { cwd, env: quiet })).code).toBe(0)
    expect((await runProgram([...args, ...tests('GET /orders/42')], { cwd, env: quiet })).code).toBe(0)
  })

  it.each([
    [['--', process.execPath, '-e', ''], 3, 'NO_CALLS_SEEN'],
    [['extra', ...tests('GET /orders')], 2, 'unexpected argument: extra'],
    [[], 2, 'verify --passive needs a command after --'],
  ])('says what is wrong: %j', async (command, code, said) => {
    const done = await verify(goodMocks, goodAnswers, command)
    expect([done.code, done.stderr]).toEqual([code, expect.stringContaining(said)])
  })

  it('needs a service and an address that are clear', async () => {
    const cwd = makeFolder({ 'svc-mock.yaml': 'services: { orders: {}, stock: {} }\n' })
    const two = await runProgram(['verify', '--passive', ...tests('GET /')], { cwd, env: quiet })
    expect([two.code, two.stderr]).toEqual([
      2,
      expect.stringContaining('--service takes one of: orders, stock'),
    ])
    const one = await runProgram(['verify', '--passive', '--service', 'stock', ...tests('GET /')], {
      cwd,
      env: quiet,
    })
    expect([one.code, one.stderr]).toEqual([2, expect.stringContaining('nothing says where stock runs')])
    const none = await runProgram(['verify'], { cwd, env: quiet })
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--passive -- <tests>')])
  })
})
