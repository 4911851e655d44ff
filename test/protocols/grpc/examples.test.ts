/** `examples:` of gRPC mock files, as `svc-mock test` runs them. */
import { expect, it } from 'vitest'
import { testMocks } from '../../../src/app/examples/test-mocks.ts'
import { openLibrary } from '../../../src/app/library.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { grpcFiles } from '../../support/grpc-workspace.ts'
import { workspace } from '../../support/workspace.ts'

const mocks = `
  - name: found
    request: { method: Get, message: { sku: { $matches: '[a-z]' } } }
    response: { message: { sku: a, available: 12, kind: TOY }, metadata: { x-head: h }, trailers: { x-tail: t } }
    examples:
      - request: { message: { sku: a } }
        expect: { status: OK, message: { available: 12, kind: 2 }, metadata: { x-head: h }, trailers: { x-tail: { $contains: t } } }
  - name: gone
    request: { method: Get, message: { sku: gone } }
    response: { status: NOT_FOUND, statusMessage: it is gone }
    examples:
      - { request: { message: { sku: gone } }, expect: { status: 5, statusMessage: { $contains: gone } } }
  - name: watched
    request: { method: Watch }
    response: { messages: [{ message: { sku: '1' } }, { message: { sku: '2' }, delay: 20s }] }
    examples:
      - expect: { messages: [{ sku: '1' }, { sku: '2' }] }
  - name: counted
    request: { method: Put, messages: { $includes: [{ sku: b }] } }
    response: { message: { count: 2 } }
    examples:
      - { request: { messages: [{ sku: a }, { sku: b }] }, expect: { message: { count: 2 } } }
  - name: pong
    request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
    examples:
      - { request: { message: { text: ping } }, expect: { message: { text: pong } } }
  - name: patched
    request: { method: Get, message: { sku: REAL } }
    upstream: { patch: { message: { available: 0 } } }
    examples:
      - request: { message: { sku: REAL } }
        upstream: { message: { sku: real, available: 7 } }
        expect: { message: { sku: real, available: 0 } }
`

const config = (examples: string) => {
  const files = grpcFiles(mocks)
  files['mocks/inventory/1.0.0/mocks.yaml'] += examples
  const { folder } = workspace(files)
  return loadConfig({ cwd: folder, env: {}, flags: {} }).config!
}

it('pass without a socket, and say what is not as expected', async () => {
  const view = await testMocks(
    config(`examples:
  - name: missed
    request: { method: Get, message: { sku: '0' } }
    expect: { miss: true }
  - name: wrong
    request: { method: Get, message: { sku: a } }
    expect: { status: NOT_FOUND, message: { available: 13 }, trailers: { x-tail: u } }
`),
    { paths: [] },
  )
  const failed = view.examples.filter(({ ok }) => !ok)
  expect(failed.map(({ name }) => name)).toEqual(['wrong'])
  expect(
    failed[0]!.failure!.unexpected.map(({ clause, expected, actual }) => `${clause}: ${expected}, ${actual}`),
  ).toEqual(['status: "NOT_FOUND", "OK"', 'message.available: 13, 12', 'trailers.x-tail: "u", "t"'])
  expect(view.passed).toBe(7)
})

it('are checked when they are read', async () => {
  const { problems } = (
    await openLibrary(
      config(`examples:
  - { request: { message: { sku: a } }, expect: {} }
  - { request: { method: Get, message: { skuu: a } }, expect: { message: { avail: 1 } } }
  - { request: { method: Put, message: {} }, expect: {} }
`),
    )
  ).check([])
  expect(problems.map(({ message }) => message)).toEqual([
    'method is missing',
    'acme.GetRequest has no field skuu',
    'acme.Item has no field avail',
    'a call of acme.Inventory/Put has a stream of messages',
  ])
})
