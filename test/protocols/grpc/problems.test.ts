/** Mistakes in gRPC mocks are told all at once, each at the very field. */
import { expect, it } from 'vitest'
import { openLibrary } from '../../../src/app/library.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { grpcFiles } from '../../support/grpc-workspace.ts'
import { workspace } from '../../support/workspace.ts'

const mocks = `
  - name: fields
    request: { method: Get, message: { sku: 5, warehousid: 1, kind: BOOKK, tags: a } }
    response:
      message:
        skuu: a
        available: 1.5
        kind: 7.5
        photo: '?'
        updated_at: yesterday
        prices: { eur: { units: 99999999999999999999 } }
        shelf: a
        box: b
        weight: [1]
        extra: { '@type': type.googleapis.com/acme.Nothing }
  - name: methods
    request: { method: Gett, message: { sku: a } }
    response: { message: { sku: a } }
  - name: kinds
    request: { method: Get, messages: [{}], stream: each }
    response: { messages: [{ message: {} }] }
  - name: streams
    request: { method: Put, message: { sku: a } }
    response: { status: NOT_FOUND, message: {} }
  - name: bidi
    request: { method: Chat, messages: [{ text: a }], stream: each }
    response: { messages: [{ message: { text: 1 }, delay: soon }] }
  - name: ends
    request: { method: Get }
    response: { status: NOT_FOUNDD, trailers: { grpc-status: 5, 'a b': c, x-bin: '?' }, metadata: { x: ☺ } }
  - name: details
    request: { method: Get }
    response: { status: NOT_FOUND, details: [{ reason: x }, { '@type': type.googleapis.com/google.rpc.ErrorInf }, { '@type': google.rpc.ErrorInfo, reson: x }] }
  - name: any method
    request: { message: { sku: a } }
    response: { message: {} }
  - name: patches
    request: { method: Get }
    upstream: { patch: { message: { skuu: a, prices: { eur: { unit: 1 } } }, status: OKAY } }
  - name: operations
    request: { method: Get }
    upstream: { patch: { message: [{ op: replace, path: /pricez/eur, value: 1 }] } }
  - name: templates
    request: { method: Get }
    response: { message: { sku: '\${{ request.message.sku }}', available: '\${{ 1 }}', kinds: '\${{ 2 }}' } }
  - name: shape
    request: { method: Get, mesage: {} }
    response: { message: {} }
`

it('reports everything that is wrong at once', async () => {
  const { folder } = workspace(grpcFiles(mocks))
  const { config } = loadConfig({ cwd: folder, env: {}, flags: {} })
  const { problems } = (await openLibrary(config!)).check([])
  const lines = problems.map(
    ({ at, message, hint }) =>
      `${at.line}:${at.column} ${message}${hint === undefined ? '' : `\n    ${hint}`}`,
  )
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('problems.golden.txt')
})

it('says which mocks need definitions that the service has not', async () => {
  const { folder } = workspace(
    grpcFiles(
      '  - request: { method: acme.Inventory/Get, message: { sku: a } }\n    response: { message: { sku: a }, status: OK }\n',
      '',
    ),
  )
  const { config } = loadConfig({ cwd: folder, env: {}, flags: {} })
  const { problems } = (await openLibrary(config!)).check([])
  expect(problems.map(({ at, message, hint }) => `${at.line}:${at.column} ${message} (${hint})`)).toEqual([
    "3:53 message needs the service's definitions, and inventory has none (add them in svc-mock.yaml: services: { inventory: { proto: [./proto/….proto] } }, or reflection: true)",
    "4:26 a message needs the service's definitions, and inventory has none (add them in svc-mock.yaml: services: { inventory: { proto: [./proto/….proto] } }, or reflection: true)",
  ])
})

it('complains about settings that do not fit', () => {
  const { folder } = workspace({
    'svc-mock.yaml': `services:
  orders: { proto: ./a.proto, reflection: true }
  inventory: { protocol: grpc, proto: [./nowhere.proto, ./text.txt], importPaths: [./text.txt] }
limits: { message: many }
`,
    'text.txt': '',
  })
  const { problems } = loadConfig({ cwd: folder, env: {}, flags: {} })
  expect(problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`)).toEqual([
    '2:13 proto is for services with protocol: grpc',
    '2:31 reflection is for services with protocol: grpc',
    '3:40 ./nowhere.proto does not exist',
    '3:57 ./text.txt is neither a .proto file nor a descriptor set',
    '3:84 ./text.txt is no folder',
    '4:20 "many" is no size',
  ])
})
