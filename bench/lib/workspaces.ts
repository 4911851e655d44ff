/** Workspaces of any size, in a temporary folder that is removed at the end. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

export const removeWorkspaces = (): void => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** `files`: path below the workspace to text. */
export const workspace = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-bench-'))
  made.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export const config = 'services:\n  orders:\n    hosts: [orders.test.example.com]\n'

const mock = (n: number): string =>
  `  - name: order ${n}\n    request:\n      method: GET\n      path: /orders/${n}\n    response:\n      body: { id: '${n}', total: 12.5, state: OPEN }\n`

/** `count` mocks on paths /orders/0 …, `perFile` in each file. */
export const byPath = (count: number, perFile: number): string => {
  const files: Record<string, string> = { 'svc-mock.yaml': config }
  for (let first = 0; first < count; first += perFile) {
    const mocks = Array.from({ length: Math.min(perFile, count - first) }, (_, i) => mock(first + i))
    files[`mocks/orders/1.0.0/o${String(first / perFile).padStart(6, '0')}.yaml`] =
      `mocks:\n${mocks.join('')}`
  }
  return workspace(files)
}

/** `count` mocks on one path, told apart by the field `sku` of a JSON body; a single one asks for a field that all bodies have. */
export const byBody = (count: number): string => {
  const mocks = Array.from(
    { length: count },
    (_, i) =>
      `  - name: price of S${i}\n    request:\n      method: POST\n      path: /prices\n      body: { ${count === 1 ? 'channel: web' : `sku: S${i}`} }\n    response:\n      body: { id: '42', total: 12.5, state: OPEN }\n`,
  )
  return workspace({ 'svc-mock.yaml': config, 'mocks/orders/1.0.0/prices.yaml': `mocks:\n${mocks.join('')}` })
}

/** wrk asks for a random one of `count` paths. */
export const randomPaths = (folder: string, count: number): string =>
  script(
    folder,
    `request = function() return wrk.format("GET", "/orders/" .. math.random(0, ${count - 1})) end`,
  )

/** wrk posts a random one of `count` skus. */
export const randomBodies = (folder: string, count: number): string =>
  script(
    folder,
    `wrk.headers["content-type"] = "application/json"
request = function()
  return wrk.format("POST", "/prices", nil, '{"channel":"web","quantity":3,"sku":"S' .. math.random(0, ${count - 1}) .. '","customer":{"id":10086,"level":"gold"}}')
end`,
  )

const script = (folder: string, lua: string): string => {
  const path = join(folder, 'load.lua')
  writeFileSync(path, `${lua}\n`)
  return path
}
