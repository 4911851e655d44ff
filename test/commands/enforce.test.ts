/** Contracts in force, through the real program: call lines, `calls --violations`, the receipt, `run --strict`. */
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CallLine } from '../../src/cli/call-line.ts'
import { readRunFiles } from '../../src/control/run-file.ts'
import { ask, liveSpec, order, shortly } from '../contract/live.ts'
import { runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const files = (enforce: string, body: string) => ({
  'svc-mock.yaml': `services:\n  orders: { contract: { openapi: ./orders.yaml, enforce: ${enforce} } }\n`,
  'orders.yaml': liveSpec,
  'mocks/orders/1.0.0/a.yaml': `mocks:\n  - { request: { method: GET, path: '/orders/{id}' }, response: { body: ${body} } }\n`,
})
const lost = '{ id: 1, state: lost }'

const calls = (n: number): string[] => [
  '--',
  process.execPath,
  '-e',
  `(async () => { for (let n = 0; n < ${n}; n++) await (await fetch(process.env.ORDERS_URL + '/orders/1')).text() })()`,
]

describe('svc-mock start', () => {
  it('names violations on the lines of calls, and calls lists them', async () => {
    const cwd = makeFolder(files('warn', lost))
    const { program, ready } = await startProgram({ cwd })
    onTestFinished(async () => void (await program.stop('SIGKILL')))
    await ask(Number(ready.listen.split(':')[1]), { path: '/orders/1' })
    const line = await program.line<CallLine>(({ type, service }) => type === 'call' && service === 'orders')
    expect(shortly(line.violations)).toEqual(['reply enum response.body.state'])
    expect(line.violations?.[0]).toMatchObject({
      expected: '["open","paid"]',
      contract: { file: 'orders.yaml' },
    })
    const listed = await runProgram(['calls', '--violations'], { cwd })
    expect(listed.stdout).toMatch(
      /orders {2}GET \/orders\/1 {2}200 .* breaks its contract: response\.body\.state enum\n$/,
    )
    const { stdout } = await program.stop()
    expect(stdout).toMatch(/\{"type":"violations","violations":\[\{.*"service":"orders","calls":1\}\]\}/)
  })
})

describe('the control address', () => {
  it('counts in its totals what was held against a contract, what broke it, and what was not looked at', async () => {
    const cwd = makeFolder({
      ...files('warn', lost),
      'svc-mock.yaml': `${files('warn', lost)['svc-mock.yaml']}limits: { body: 1KB }\n`,
    })
    const { program, ready } = await startProgram({ cwd })
    onTestFinished(async () => void (await program.stop('SIGKILL')))
    const port = Number(ready.listen.split(':')[1])
    const totals = async (): Promise<{ contracts: unknown; violations: unknown }> => {
      const [{ address, token } = { address: '', token: '' }] = readRunFiles(cwd)
      const reply = await fetch(`http://${address}/v1/totals`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return (await reply.json()) as { contracts: unknown; violations: unknown }
    }
    expect(await totals()).toMatchObject({ contracts: {}, violations: [] })
    await ask(port, { path: '/orders/1' })
    await ask(port, { path: '/orders/2' })
    await ask(port, { path: '/nothing' })
    const body = JSON.stringify({ id: 1, state: 'open', note: 'x'.repeat(2_000) })
    await ask(port, { path: '/orders', headers: { 'content-type': 'application/json' }, body })
    expect(await totals()).toMatchObject({
      contracts: { orders: { checked: 3, unchecked: 1, broken: 3 } },
      violations: [
        { service: 'orders', side: 'reply', rule: 'enum', operation: 'GET /orders/{id}', calls: 2 },
        { service: 'orders', side: 'call', rule: 'unknown-path', calls: 1 },
      ],
    })
  })
})

describe('svc-mock run', () => {
  it('has each way of breaking a contract once in its receipt, and fails under --strict', async () => {
    const cwd = makeFolder(files('warn', lost))
    const easy = await runProgram(['run', ...calls(3)], { cwd })
    expect(easy.code).toBe(0)
    expect(easy.stderr.match(/breaks its contract/g)).toHaveLength(1)
    expect(easy.stderr).toMatch(
      /3 calls broke a contract:\n +3 × orders {2}GET \/orders\/\{id\} {2}enum {2}response\.body\.state:/,
    )
    const strict = await runProgram(['run', '--strict', '--json', ...calls(3)], { cwd })
    expect(strict.code).toBe(1)
    const receipt = strict.stdout
      .split('\n')
      .filter((line) => line.startsWith('{"type":"receipt"'))
      .map((line) => JSON.parse(line))[0]
    expect(receipt).toMatchObject({
      pure: false,
      contracts: { checked: 3, unchecked: 0, broken: 3 },
      violations: [{ service: 'orders', rule: 'enum', calls: 3 }],
    })
    expect(strict.stdout).toContain('3 that broke a contract')
  })

  it('is pure where contracts are kept', async () => {
    const body = order.replaceAll('"', '').replaceAll(':', ': ').replaceAll(',', ', ')
    const { code, stderr } = await runProgram(['run', '--strict', ...calls(2)], {
      cwd: makeFolder(files('fail', body)),
    })
    expect(stderr).not.toContain('contract')
    expect(code).toBe(0)
  })
})
