/** A workspace in a temporary folder, gone after the test. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

export type Files = Readonly<Record<string, string>>

export const ordersWorkspace: Files = {
  'svc-mock.yaml': `services:
  orders:
    hosts: [orders.test.example.com]
  stock: {}
`,
  'mocks/orders/1.0.0/orders.yaml': `mocks:
  - name: order is found
    request: { method: GET, path: '/orders/{id}' }
    response: { body: { id: 42 } }
`,
}

export const makeFolder = (files: Files = {}): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'svc-mock-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}
