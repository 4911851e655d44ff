/** Packs what would be published, installs it into an empty folder with scripts off, and uses it there. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

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

try {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root)
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))!
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', `./${tarball}`])
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
  console.log(`the package works in an empty folder: ${tarball}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
