/** A project of somebody's own in a temporary folder, in which the built package is installed, and its test runs. */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workspace } from '../support/workspace.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const ordersFiles = {
  'svc-mock.yaml': 'unknownHosts: fail\nservices: { orders: { hosts: [orders.test.example.com] } }\n',
  'mocks/orders/1.0.0/orders.yaml': `mocks:
  - name: 'orders: order is found'
    request: { method: GET, path: '/orders/{id}' }
    response: { body: { id: 42 } }
  - name: order is made
    request: { method: POST, path: /orders, body: { amount: 7 } }
    response: { status: 201 }
`,
}

/** `packages`: what it has besides svc-mock. `forTest`: see workspace. */
export const project = (
  files: Readonly<Record<string, string>>,
  packages: readonly string[] = [],
  forTest = true,
): string => {
  const { folder } = workspace(
    { 'package.json': '{ "private": true, "type": "module" }\n', ...files },
    forTest,
  )
  for (const name of ['svc-mock', ...packages]) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(name === 'svc-mock' ? root : join(root, 'node_modules', name), link, 'junction')
  }
  return folder
}

export interface Ran {
  readonly code: number
  /** Both streams. */
  readonly output: string
}

export const run = (cwd: string, ...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'], NO_COLOR: '1' }
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr })
    })
  })

const vitest = join(root, 'node_modules/vitest/vitest.mjs')

/** `vitest run` with patience: it starts while other tests run. */
export const runVitest = (cwd: string, ...args: readonly string[]): Promise<Ran> =>
  run(cwd, vitest, 'run', '--testTimeout=50000', '--hookTimeout=50000', ...args)
