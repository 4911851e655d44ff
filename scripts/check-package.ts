/**
 * Packs what would be published, installs it into an empty folder with scripts off, and uses it there: the program, each entry point at
 * run time and by its types, and what attw and publint say of it.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entryPoints } from '../src/entries/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'svc-mock-package-'))

const run = (command: string, args: readonly string[], cwd = folder): string =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })

/** Needs a package that is loaded only when a mock asks for it. */
const mocks = `mocks:
  - request: { method: POST, path: /a, body: { $matchesJsonPath: '$.a' } }
    response: { status: 200 }
  - request: { method: POST, path: /b, body: { $matchesXPath: //b } }
    response: { status: 200 }
  - request: { method: POST, path: /c, body: { $matchesJsonSchema: { type: object } } }
    response: { status: 200 }
`

const checkProgram = (): void => {
  const program = join(folder, 'node_modules/svc-mock/bin/run.js')
  const svcMock = (...args: string[]): string => run(process.execPath, [program, ...args])
  svcMock('init')
  writeFileSync(join(folder, 'mocks/orders/1.0.0/packages.yaml'), mocks)
  svcMock('check')
  svcMock('test', '--fail-if-none')
  const fetched = `fetch('http://orders.test.example.com/orders/42').then(async (r) => { if (r.status !== 200) throw new Error(await r.text()) })`
  svcMock('run', '--', process.execPath, '-e', fetched)
  const { winner } = JSON.parse(
    svcMock('explain', '--json', 'POST', 'http://orders.test.example.com/b', '--body', '<a><b/></a>'),
  )
  if (winner?.at?.startsWith('mocks/orders/1.0.0/packages.yaml') !== true)
    throw new Error('the XPath mock did not answer')
}

/** What a stranger writes, without any peer installed. */
const consumer = `import { openWorkspace, type Mocks, type SeenCall } from 'svc-mock/node'

await using mocks: Mocks = await openWorkspace('.', { onUnhandled: (call: SeenCall) => console.log(call.url) })
mocks.intercept()
const status: number = (await fetch('http://orders.test.example.com/orders/42')).status
if (status !== 200 || !mocks.calls().calledWith({ path: '/orders/42' })) throw new Error(\`\${status}\`)
const times: number = mocks.calls().to('orders').times
if (times !== 1) throw new Error(\`\${times} calls\`)
`

/** With peers: types only, because loading them is their own tests' affair. */
const withPeers = `/// <reference types="svc-mock/msw/client" />
import { expect, it } from 'vitest'
import { mocksFixture, useMocks } from 'svc-mock/vitest'
import { fromNock, toDefinitions, toNock } from 'svc-mock/nock'
import nock from 'nock'
import { setupServer } from 'msw/node'
import { handlers, onUnhandledRequest } from 'svc-mock/msw'
import { svcMock } from 'svc-mock/msw/vite'
import { openWorkspace } from 'svc-mock/node'
import { workspace } from 'virtual:svc-mock'
import { defineConfig } from 'vite'

setupServer(...handlers(workspace, { paths: { '/api': 'http://orders.test.example.com' } }))
setupServer(...handlers(await openWorkspace('.'), { services: ['orders'], tenant: 'alice' })).listen({
  onUnhandledFrame: onUnhandledRequest('error', { print: (text: string) => console.log(text) }),
})
// @ts-expect-error: no such strategy
onUnhandledRequest('ignore')
export const config = defineConfig({ plugins: [svcMock({ workspace: '..', services: ['orders'] })] })
const mocks = await useMocks('.', { tenant: 'alice', unmatched: 'ignore' })
const test = it.extend({ mocks: mocksFixture('.') })
test('types', async ({ mocks }) => {
  expect(mocks).toHaveBeenCalled('name', { times: 2, with: { body: { a: 1 } } })
  expect(mocks).not.toHaveBeenCalledWith({ path: /x/ })
  expect(mocks).toHaveNoUnmatchedCalls()
  // @ts-expect-error: of mocks only
  expect(42).toHaveNoUnmatchedCalls()
  const unknown: any = 42
  expect(unknown).toBe(42)
  expect([1]).toEqual([1])
})
it('has them in its context', ({ mocks: own }) => { expect(own.calls().times).toBe(mocks.calls().times) })
const { scopes }: { scopes: readonly nock.Scope[] } = await toNock('.')
const { files } = await fromNock(nock.recorder.play() as nock.Definition[])
nock.define((await toDefinitions('.')).definitions as nock.Definition[])
console.log(scopes, files[0]?.text)
`

/** Run by vitest as it is installed there. */
const vitestTest = `import { expect, it } from 'vitest'

it('is answered', async ({ mocks }) => {
  expect((await fetch('http://orders.test.example.com/orders/42')).status).toBe(200)
  expect(mocks).toHaveBeenCalledTimes(1)
})
`

const compilerOptions = {
  module: 'nodenext',
  target: 'esnext',
  lib: ['esnext', 'dom', 'dom.iterable'],
  types: ['node'],
  strict: true,
  noEmit: true,
  // Ours are looked at, too.
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
}

/** `packages`: of our own node_modules, as a consumer would have them. */
const typeCheck = (file: string, text: string, skipLibCheck: boolean): void => {
  writeFileSync(join(folder, file), text)
  const config = { compilerOptions: { ...compilerOptions, skipLibCheck }, files: [file] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'])
}

const versionOf = (name: string): string =>
  `${name}@${JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version}`

const install = (...packages: readonly string[]): string =>
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', ...packages])

const checkEntryPoints = (): void => {
  install(versionOf('@types/node'))
  typeCheck('consumer.ts', consumer, false)
  run(process.execPath, ['consumer.ts'])
  const published = Object.keys(
    JSON.parse(readFileSync(join(folder, 'node_modules/svc-mock/package.json'), 'utf8')).exports,
  )
  const missing = entryPoints.filter(({ name }) => !published.includes(`./${name}`))
  if (missing.length > 0)
    throw new Error(`package.json exports no ${missing.map(({ name }) => name).join(', ')}`)
  install(...[...new Set(entryPoints.flatMap(({ peers }) => peers))].map(versionOf))
  // vitest's own declarations name packages that nobody needs to have.
  typeCheck('with-peers.ts', withPeers, true)
  for (const { name, peers } of entryPoints) {
    // vitest's functions are there in its own processes only.
    if (!peers.includes('vitest'))
      run(process.execPath, ['-e', `await import('svc-mock/${name}')`, '--input-type=module'])
  }
}

const checkVitest = (): void => {
  writeFileSync(join(folder, 'some.test.mjs'), vitestTest)
  const config = "export default { test: { setupFiles: ['svc-mock/vitest/setup'], testTimeout: 50_000 } }\n"
  writeFileSync(join(folder, 'vitest.config.mjs'), config)
  run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'some.test.mjs'])
}

/** Old versions of node must be told in words. They are not here, so the answer of the guard is asked for. */
const checkGuard = (): void => {
  const asked = `Object.defineProperty(process.versions, 'node', { value: '22.20.0' })
const { openWorkspace } = await import('svc-mock/node')
const error = await openWorkspace('.').catch((thrown) => thrown)
if (error.code !== 'NODE_TOO_OLD') throw error`
  run(process.execPath, ['--input-type=module', '-e', asked])
}

const checkTarball = (tarball: string): void => {
  const bin = (name: string): string => join(root, 'node_modules', name)
  run(process.execPath, [
    bin('@arethetypeswrong/cli/dist/index.js'),
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
  ])
  run(process.execPath, [bin('publint/src/cli.js'), 'run', tarball, '--strict'])
}

/** Of what an entry point loads when it is imported, in kB: a test that starts must not wait for the program. */
const sizes = (): string =>
  entryPoints
    .map(
      ({ name }) =>
        `${name} ${Math.ceil(statSync(join(folder, 'node_modules/svc-mock/dist/entries', `${name}.js`)).size / 1024)} kB`,
    )
    .join(', ')

try {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root)
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))!
  checkTarball(join(folder, tarball))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  install(`./${tarball}`)
  checkProgram()
  checkEntryPoints()
  checkVitest()
  checkGuard()
  console.log(`the package works in an empty folder: ${tarball}; entry points: ${sizes()}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
