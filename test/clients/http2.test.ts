/** Real clients of HTTP/2 against the real process. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Client } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Started, startProgram } from '../support/spawn.ts'
import { present } from '../support/tools.ts'
import { workspace } from '../support/workspace.ts'

const run = promisify(execFile)
const answer = '{"id":42}'
const path = '/orders/42?expand=items'

const files = {
  'svc-mock.yaml': 'services:\n  orders: { hosts: [orders.test.example.com], listen: 127.0.0.1:0 }\n',
  'mocks/orders/1.0.0/orders.yaml':
    'mocks:\n  - request: { method: GET, path: /orders/42, query: { expand: items } }\n    response: { body: { id: 42 } }\n  - request: { method: POST, path: /orders, body: { sku: A-1 } }\n    response: { status: 201, body: { id: 43 } }\n',
}

let started: Started
let at: string
let own: string

beforeAll(async () => {
  started = await startProgram({ cwd: workspace(files, false).folder })
  at = `http://${started.ready.listen}`
  const { services } = started.ready as unknown as { services: { listen: string }[] }
  own = `http://${services[0]!.listen}`
})

afterAll(async () => {
  expect((await started.program.stop()).code).toBe(0)
})

describe.skipIf(!present('curl'))('curl', () => {
  const curl = async (...args: string[]): Promise<string> =>
    (await run('curl', ['-sS', '-w', ' %{http_version} %{http_code}', ...args])).stdout

  it('by prior knowledge, on the main port and on its own', async () => {
    const host = ['-H', 'Host: orders.test.example.com']
    expect(await curl('--http2-prior-knowledge', ...host, at + path)).toBe(`${answer} 2 200`)
    expect(await curl('--http2-prior-knowledge', own + path)).toBe(`${answer} 2 200`)
  })

  it('posting, after 100 Continue', async () => {
    const body = ['-H', 'Expect: 100-continue', '-H', 'Content-Type: application/json', '-d', '{"sku":"A-1"}']
    expect(await curl('--http2-prior-knowledge', ...body, `${own}/orders`)).toBe('{"id":43} 2 201')
  })

  it('in a tunnel', async () => {
    const url = `http://orders.test.example.com${path}`
    expect(await curl('--http2-prior-knowledge', '-p', '-x', at, url)).toBe(`${answer} 2 200`)
  })

  it('whose offer to upgrade is answered in HTTP/1.1', async () => {
    expect(await curl('--http2', own + path)).toBe(`${answer} 1.1 200`)
  })
})

describe('undici', () => {
  it('by prior knowledge, many calls at once', async () => {
    const client = new Client(own, { allowH2: true, useH2c: true } as Client.Options)
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => (await client.request({ path, method: 'GET' })).body.text()),
    )
    expect(new Set(answers)).toEqual(new Set([answer]))
    await client.close()
  })
})

describe.skipIf(!present('h2load'))('h2load', () => {
  it('with a hundred streams on each of ten connections', async () => {
    const { stdout } = await run('h2load', ['-n', '10000', '-c', '10', '-m', '100', own + path])
    expect(stdout).toContain('10000 succeeded, 0 failed, 0 errored, 0 timeout')
    expect(stdout).toContain('10000 2xx')
  })
})
