/** A consumer and a provider, small and real, each in a git repository with what docs/ci.md asks of it. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Files, makeFolder } from '../support/spawn-workspace.ts'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const modules = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))

const spec = `openapi: 3.0.3
info: { title: Orders, version: 1.4.0 }
paths:
  /orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: one
          content:
            application/json:
              schema: { type: object, required: [id, state], properties: { id: { type: integer }, state: { type: string } } }
`

const scripts = (test: string): string =>
  JSON.stringify({
    name: 'sample',
    version: '1.0.0',
    private: true,
    type: 'module',
    scripts: { test, deploy: 'node -e "console.log(process.title.length > 0)" > deployed.txt' },
  })

export const consumerFiles: Files = {
  'package.json': scripts('node --test'),
  'svc-mock.yaml':
    'name: shop\nservices:\n  orders:\n    version: ^1.4\n    contract: { openapi: ./orders.yaml }\n',
  'orders.yaml': spec,
  'mocks/orders/1.4.0/orders.yaml': `mocks:
  - name: order is found
    request: { method: GET, path: /orders/42 }
    response: { body: { id: 42, state: OPEN } }
    contract: { state: order 42 exists }
`,
  'shop.test.js': `import { strictEqual } from 'node:assert'
import { test } from 'node:test'

test('an order is shown', async () => {
  const reply = await fetch(process.env.ORDERS_URL + '/orders/42')
  strictEqual((await reply.json()).state, 'OPEN')
})
`,
  '.gitignore': 'node_modules/\nreports/\n.npm/\n.svc-mock/*\ndeployed.txt\n',
}

/** \`drifted\`: it calls the state of an order something else. */
export const providerFiles = (drifted = false): Files => ({
  'package.json': scripts('true'),
  'violations.lock': '',
  'server.js': `import { createServer } from 'node:http'

const orders = new Map()
const server = createServer(async (request, response) => {
  let body = ''
  for await (const piece of request) body += piece
  const send = (status, value) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (request.url === '/health') return send(200, {})
  if (request.url === '/_states') {
    const { state, action } = JSON.parse(body)
    const id = /^order (\\d+) exists$/.exec(state)?.[1]
    if (action === 'setup') orders.set(id, { id: Number(id), ${drifted ? 'status' : 'state'}: 'PAID' })
    else orders.clear()
    return send(200, {})
  }
  const order = orders.get(request.url.split('/').at(-1))
  return order === undefined ? send(404, {}) : send(200, order)
})
server.listen(Number(process.env.PORT), '127.0.0.1')
`,
  '.gitignore': 'node_modules/\nreports/\n.npm/\ndeployed.txt\n',
})

const identity = {
  GIT_AUTHOR_NAME: 'dev',
  GIT_AUTHOR_EMAIL: 'dev@example.com',
  GIT_COMMITTER_NAME: 'dev',
  GIT_COMMITTER_EMAIL: 'dev@example.com',
}

export const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...identity },
    stdio: 'pipe',
  }).trim()

export const repository = (files: Files): string => {
  const folder = makeFolder(files)
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  commit(folder)
  return folder
}

export const commit = (folder: string): void => {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', 'more')
}

export const store = (): string => {
  const folder = makeFolder()
  const bare = join(folder, 'contracts.git')
  git(folder, 'init', '--quiet', '--bare', '--initial-branch', 'main', bare)
  return bare
}

/** `npm ci` brings nothing, and `npx` runs what is on the PATH: the program that was built. */
export const toolsPath = (): string => {
  const npm = execFileSync('which', ['npm'], { encoding: 'utf8' }).trim()
  const folder = makeFolder()
  const tool = (name: string, text: string): void => {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `#!/bin/sh\n${text}\n`)
    chmodSync(file, 0o755)
  }
  tool('svc-mock', `exec "${process.execPath}" "${program}" "$@"`)
  tool('npx', 'exec "$@"')
  tool('npm', `[ "$1" = ci ] && exit 0\nexec "${npm}" "$@"`)
  return [folder, dirname(process.execPath), modules, process.env['PATH']].join(delimiter)
}
