/** A consumer whose tests call mocks, as processes; and repositories of git for what they hand over. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Finished, runProgram } from './spawn.ts'
import { type Files, makeFolder } from './spawn-workspace.ts'

export const consumer = (mocks: string, more: Files = {}): string =>
  makeFolder({
    'svc-mock.yaml':
      'name: shop\nservices:\n  orders:\n    hosts: [orders.test.example.com]\n  stock:\n    hosts: [stock.test.example.com]\n',
    'mocks/orders/1.4.0/orders.yaml': `mocks:\n${mocks}`,
    'mocks/stock/1.0.0/stock.yaml':
      'mocks:\n  - name: level\n    request: { method: GET, path: /levels }\n    response: { body: { left: 3 } }\n',
    ...more,
  })

export const orderMocks = `  - name: one order
    request: { method: GET, path: '/orders/{id}' }
    response: { body: { id: 42, state: OPEN } }
  - name: new order
    request: { method: POST, path: /orders }
    response: { status: 201, body: { id: 1 } }
`

export const orders = 'http://orders.test.example.com'
export const stock = 'http://stock.test.example.com'

/** `source`: statements; `call(url, more)` is fetch, and `post(url, value)` posts JSON. */
export const runTests = (
  cwd: string,
  source: string,
  flags: readonly string[] = ['--strict'],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Finished> =>
  runProgram(
    [
      'run',
      ...flags,
      '--contract',
      'contracts',
      '--',
      process.execPath,
      '-e',
      `${tools};(async () => {${source}})()`,
    ],
    { cwd, env },
  )

const tools = `
const call = async (url, more) => (await fetch(url, more)).text()
const post = (url, value, headers = {}) =>
  call(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) })
`

export const contractOf = (cwd: string, provider = 'orders'): string =>
  readFileSync(join(cwd, 'contracts', provider, 'shop.yaml'), 'utf8')

export const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : []

/** Who commits; nothing of this machine's own settings counts. */
export const gitEnv = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'A Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'A Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
}

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, env: { ...process.env, ...gitEnv }, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim()

/** An empty one, as its address. */
export const bareRepository = (): { readonly folder: string; readonly url: string } => {
  const folder = makeFolder()
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', '.')
  return { folder, url: pathToFileURL(folder).href }
}

/** Paths of all files at the head of main. */
export const filesOfRepository = (folder: string): readonly string[] =>
  git(folder, 'ls-tree', '-r', '--name-only', 'main').split('\n')

/** The contract of `consumer` with orders, as a run writes it, of one mock. */
export const contractText = (consumer: string, more = ''): string => `service: orders
version: '1.4.0'
contract:
  format: 1
  consumer: ${consumer}
mocks:
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
        path: /orders/42
${more}`
