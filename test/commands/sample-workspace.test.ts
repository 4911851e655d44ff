/** The workspace that npm start runs: nothing wrong in it, and the printed curl lines do what they promise. */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { Program, runProgram } from '../support/spawn.ts'
import { present } from '../support/tools.ts'
import { workspace } from '../support/workspace.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The same on free ports. */
const copied = (): string => {
  const { folder } = workspace()
  for (const part of ['mocks', 'fixtures']) cpSync(join(root, part), join(folder, part), { recursive: true })
  const config = readFileSync(join(root, 'svc-mock.yaml'), 'utf8')
  writeFileSync(join(folder, 'svc-mock.yaml'), config.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:0'))
  return folder
}

it('has no mistake and nothing to warn of', async () => {
  const { code, stdout } = await runProgram(['check', '--json'], { cwd: root })
  expect(JSON.parse(stdout)).toMatchObject({ problems: [] })
  expect(code).toBe(0)
})

it('has a fixture that answers, though mocks win over fixtures', async () => {
  const call = ['explain', '--json', 'GET', 'http://orders.test.example.com/orders/7/shipments']
  const { stdout } = await runProgram(call, { cwd: root })
  expect(JSON.parse(stdout).winner.at).toMatch(/^fixtures\//)
})

it.skipIf(!present('curl') || process.platform === 'win32')('prints curl lines that work', async () => {
  const program = new Program(['start'], { cwd: copied() })
  onTestFinished(async () => {
    await program.stop()
  })
  await program.says(/try:\n( +curl .+\n)+\n/)
  const lines = [...program.stdout.matchAll(/^ +(curl .+)$/gm)].map((match) => match[1]!)
  expect(lines.length).toBeGreaterThanOrEqual(2)
  for (const line of lines) {
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      line.replace('curl ', 'curl -sS -w "\\n%{http_code}" '),
    ])
    expect(stdout).toMatch(/\n(200|201|422)$/)
  }
})
