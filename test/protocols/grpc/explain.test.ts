/** What `explain` and `start` say of gRPC calls is what the proxy does with them. */
import { expect, it } from 'vitest'
import { openLibrary } from '../../../src/app/library.ts'
import { openWorkspace } from '../../../src/app/workspace.ts'
import { sampleLine } from '../../../src/cli/curl.ts'
import { drained, stream, unary } from '../../support/grpc.ts'
import { grpcProxy } from '../../support/grpc-workspace.ts'

const mocks = `
  - request: { method: Get, message: { sku: a } }
    response: { message: { sku: a } }
  - request: { method: Chat, messages: [{ text: a }] }
    response: { message: { text: all } }
`

const explained = async (folder: string, operation: string, message: unknown): Promise<string> => {
  const { config } = openWorkspace({ cwd: folder, env: {} })
  const view = await (await openLibrary(config)).explain({
    operation,
    service: undefined,
    metadata: [],
    message,
  })
  return view.result
}

it('explain names the status that a call without a mock gets', async () => {
  const { app, client } = await grpcProxy(mocks)
  const { folder } = app.workspace
  expect((await unary(client, 'Get', { sku: 'b' })).error?.code).toBe(9)
  expect(await explained(folder, 'acme.Inventory/Get', { sku: 'b' })).toBe(
    'refused with FAILED_PRECONDITION, MOCK_NOT_MATCHED',
  )
  expect((await drained(stream(client, 'Watch', {}))).code).toBe(12)
  expect(await explained(folder, 'acme.Inventory/Watch', {})).toBe(
    'refused with UNIMPLEMENTED, MOCK_NOT_MATCHED',
  )
  expect(await explained(folder, 'acme.Inventory/Nope', {})).toBe(
    'refused with UNIMPLEMENTED, MOCK_NOT_MATCHED',
  )
})

it('explain knows what svc-mock answers by itself, and what waits for the end of a stream', async () => {
  const { app, client } = await grpcProxy(mocks)
  const { folder } = app.workspace
  expect(await explained(folder, 'grpc.health.v1.Health/Check', {})).toBe(
    'answered by svc-mock itself, from the definitions',
  )
  expect(await explained(folder, 'acme.Inventory/Chat', { text: 'a' })).toBe(
    'kept until the client has said all it says: the mocks of this method look at the whole stream',
  )
  const chat = stream(client, 'Chat')
  const said = drained(chat)
  chat.write({ text: 'a' } as never)
  chat.end()
  expect((await said).messages).toEqual([{ text: 'all' }])
})

/** Every line that start would print, for mocks of all kinds. */
const lines = async (file: string, settings?: string): Promise<string[]> => {
  const { app } = await grpcProxy(file, settings)
  return (await app.running.samples(50)).map((sample) => sampleLine(sample, 'HERE'))
}

it('start gives a line of grpcurl for each kind of method', async () => {
  expect(
    await lines(`
  - request: { method: Get, message: { sku: { $matches: '[A-Z]\\d+' }, warehouse_id: 9007199254740993 }, metadata: { x-a: "it's" } }
    response: { message: { sku: a } }
  - request: { method: Watch }
    response: { messages: [] }
  - request: { method: Put, messages: { $includes: [{ sku: a }, { sku: b }] } }
    response: { message: { count: 2 } }
  - request: { method: Chat, message: { text: ping } }
    response: { message: { text: pong } }
`).then((all) => all.sort()),
  ).toEqual([
    `grpcurl -plaintext -authority inventory:50051 -H 'x-a: it'\\''s' -d '{"sku":"C1","warehouse_id":"9007199254740993"}' HERE acme.Inventory/Get`,
    `grpcurl -plaintext -authority inventory:50051 -d '{"sku":"a"} {"sku":"b"}' HERE acme.Inventory/Put`,
    `grpcurl -plaintext -authority inventory:50051 -d '{"text":"ping"}' HERE acme.Inventory/Chat`,
    `grpcurl -plaintext -authority inventory:50051 HERE acme.Inventory/Watch`,
  ])
})

it('start gives none where the client would learn nothing by reflection', async () => {
  expect(await lines('  - { request: { method: Get }, response: {} }\n', '')).toEqual([])
  expect(
    await lines(
      '  - { request: { method: Get }, response: {} }\n',
      '    proto: [./proto/inventory.proto]\n    onMiss: passthrough\n',
    ),
  ).toEqual([])
  expect(await lines('')).toEqual([])
})
