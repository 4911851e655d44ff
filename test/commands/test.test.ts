/** svc-mock test as a program: exit codes, streams, files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../support/spawn.ts'
import { makeFolder, ordersWorkspace } from '../support/spawn-workspace.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const file = 'mocks/orders/1.0.0/orders.yaml'
const withExample = (expected: string) => ({
  ...ordersWorkspace,
  [file]: `${ordersWorkspace[file]}    examples: [{ request: { path: /orders/42 }, expect: ${expected} }]\n`,
})

describe('svc-mock test', () => {
  it('finds the sample workspace good, every mock of it reached', async () => {
    const { code, stdout, stderr } = await runProgram(['test', '--json'], { cwd: root })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const view = JSON.parse(stdout)
    expect(view).toMatchObject({ passed: 11, failed: 0, files: 4, mocks: 12, unreached: [] })
    const examples = view.examples as { name: string; steps: number; ok: boolean }[]
    expect(examples.every(({ ok }) => ok)).toBe(true)
    expect(examples.find(({ name }) => name === 'an order is paid once')?.steps).toBe(4)
  })

  it('ends with 0 when all are answered as expected', async () => {
    const cwd = makeFolder(withExample('{ body: { id: 42 } }'))
    const { code, stdout, stderr } = await runProgram(['test'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('✓ order is found › GET /orders/42')
    expect(stdout).toMatch(/\n1 passed in 1 file, \d+ ms; 1 of 1 mock reached\n$/)
  })

  it('ends with 1 when one is not, and writes JUnit XML', async () => {
    const cwd = makeFolder(withExample('{ body: { id: 43 } }'))
    const args = ['test', '--quiet', '--junit', 'reports/mocks.xml', 'mocks']
    const { code, stdout, stderr } = await runProgram(args, { cwd })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain(`${file}:5:16\n      body.id: expected 43, got 42`)
    expect(readFileSync(join(cwd, 'reports/mocks.xml'), 'utf8')).toContain('failures="1"')
  })

  it('ends with 2 when files have mistakes', async () => {
    const cwd = makeFolder(withExample('{ staus: 200 }'))
    const { code, stdout, stderr } = await runProgram(['test'], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`${file}:5:59`)
    expect(stderr).toContain('did you mean status?')
  })

  it('says so when there is none', async () => {
    const cwd = makeFolder(ordersWorkspace)
    const { code, stdout } = await runProgram(['test'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^no example in 1 mock of 1 file\nhint: .*examples: \[/)
    expect((await runProgram(['test', '--fail-if-none'], { cwd })).code).toBe(1)
    const named = await runProgram(['test', '--name', 'nobody'], { cwd: root })
    expect(named.stdout).toContain('no example called "nobody"')
  })

  it('refuses a report that cannot be written', async () => {
    const cwd = makeFolder(withExample('{ status: 200 }'))
    const { code, stderr } = await runProgram(['test', '--junit', 'svc-mock.yaml/x.xml'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain('--junit svc-mock.yaml/x.xml cannot be written')
  })
})
