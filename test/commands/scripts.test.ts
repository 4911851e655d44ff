/** Scripts in the real program: seeds, logs, and a machine without isolated-vm. */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { rawGet } from '../support/raw-get.ts'
import { type Program, runProgram, startProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const files = {
  'svc-mock.yaml': "services:\n  orders: { listen: '127.0.0.1:0' }\n",
  'mocks/orders/x.yaml': `mocks:
  - name: chance
    request: { path: /chance }
    script: |
      export default (request, { uuid, random, faker, log }) => {
        log('said', { n: 1 }, '\\u001b[31m')
        return { body: [uuid(), random(), faker.person.fullName(), faker.zh_CN.person.fullName()] }
      }
    examples: [{ name: chance }]
  - request: { path: /template }
    response: { body: '\${{ uuid() }}' }
    examples: [{ name: template }]
  - request: { path: /decided, script: 'export default ({ query }) => query.a === "1"' }
    response: { body: { at: '\${{ now().slice(0, 2) }}' } }
  - request: { path: /patched }
    upstream: { patch: { script: ./cheaper.js } }
`,
  'mocks/orders/cheaper.js': 'export default () => ({ status: 200 })\n',
}

const start = async (cwd: string, args: readonly string[]): Promise<{ program: Program; port: number }> => {
  const { program, ready } = await startProgram({ cwd }, args)
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  const own = ready.services[0]!.listen!
  return { program, port: Number(own.split(':')[1]) }
}

it('--seed makes every run repeat, and log() is in the line of its call', async () => {
  const answers = async (seed: string): Promise<string[]> => {
    const { program, port } = await start(makeFolder(files), ['--seed', seed])
    const got: string[] = []
    for (const path of ['/chance', '/template', '/chance', '/template'])
      got.push((await rawGet(port, path, {})).body.toString())
    expect(await program.line((value) => 'outcome' in value)).toMatchObject({
      mock: 'mocks/orders/x.yaml:2',
      note: 'said {"n":1}  [31m',
    })
    return got
  }
  const [first, again, other] = [await answers('7'), await answers('7'), await answers('8')]
  expect(again).toEqual(first)
  expect(new Set([...first, ...other]).size).toBe(8)
})

it('list and explain tell of scripts, matchers, expressions and patches', async () => {
  const cwd = makeFolder(files)
  const list = await runProgram(['list'], { cwd })
  for (const told of [
    'computed by a script',
    'filled in by expressions',
    'only if script returns true',
    'asks the real service, changes what ./cheaper.js returns',
  ])
    expect(list.stdout).toContain(told)
  const yes = await runProgram(['explain', 'GET', 'http://orders/decided?a=1', '--json'], { cwd })
  expect(JSON.parse(yes.stdout)).toMatchObject({
    winner: { notes: ['only if script returns true', 'filled in by expressions'] },
  })
  const no = await runProgram(['explain', 'GET', 'http://orders/decided?a=2', '--json'], { cwd })
  expect(JSON.parse(no.stdout).nearest[0].failed).toEqual([
    { clause: 'script', expected: 'script returns true', actual: 'false' },
  ])
  expect((await runProgram(['check'], { cwd })).code).toBe(0)
})

it('without isolated-vm everything but scripts works, and both check and start say so', async () => {
  const root = join(import.meta.dirname, '../..')
  const cwd = makeFolder(files)
  const installed = makeFolder()
  for (const part of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
    cpSync(join(root, part), join(installed, part), { recursive: true })
  rmSync(join(installed, 'node_modules'), { recursive: true, force: true })
  const path = join(installed, 'bin/run.js')
  const check = await runProgram(['check'], { cwd, path })
  expect(check.code).toBe(0)
  for (const said of ['SCRIPT_ENGINE_MISSING', 'mocks/orders/x.yaml:4:13', 'npm install isolated-vm'])
    expect(check.stdout).toContain(said)
  const { program, ready } = await startProgram({ cwd, path }, [])
  onTestFinished(async () => void (await program.stop('SIGKILL')))
  const own = ready.services[0]!.listen!
  const port = Number(own.split(':')[1])
  const scripted = await rawGet(port, '/chance', {})
  expect([scripted.status, JSON.parse(scripted.body.toString())]).toMatchObject([
    502,
    {
      code: 'SCRIPT_ENGINE_MISSING',
      at: 'mocks/orders/x.yaml:4:13',
      hint: expect.stringContaining('npm install'),
    },
  ])
  const tested = await runProgram(['test'], { cwd, path })
  expect(tested.code).toBe(1)
  for (const said of ['chance', 'SCRIPT_ENGINE_MISSING', 'npm install isolated-vm', '1 failed, 1 passed'])
    expect(tested.stdout).toContain(said)
  // Expressions that need no sandbox need no package either.
  expect((await rawGet(port, '/template', {})).status).toBe(200)
  expect(program.stderr).toContain('SCRIPT_ENGINE_MISSING')
})
