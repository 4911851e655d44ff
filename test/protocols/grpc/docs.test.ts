/** docs/grpc.md is read by the program, and its calls are made. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openLibrary } from '../../../src/app/library.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { drained, inventoryClient, stream, unary } from '../../support/grpc.ts'
import { proxy } from '../../support/proxy.ts'
import { workspace } from '../../support/workspace.ts'

const page = readFileSync(new URL('../../../docs/grpc.md', import.meta.url), 'utf8')
const block = (fence: RegExp): string[] => [...page.matchAll(fence)].map((match) => match[1]!)
const [config] = block(/^```yaml\n# svc-mock\.yaml\n([\s\S]*?)^```/gm)
const [proto] = block(/^```proto\n([\s\S]*?)^```/gm)
const mockFiles = block(/^```yaml\n# mock file\n([\s\S]*?)^```/gm)

const files = (mocks: string) => ({
  'svc-mock.yaml': config!,
  'proto/inventory.proto': proto!,
  'mocks/a.yaml': mocks,
})

it.each(mockFiles.map((yaml, i) => [i + 1, yaml] as const))('mock file %d is right', async (_, yaml) => {
  const { folder } = workspace(files(yaml))
  const { problems } = (await openLibrary(loadConfig({ cwd: folder, env: {}, flags: {} }).config!)).check([])
  expect(problems).toEqual([])
})

describe('the calls of the page', () => {
  const running = async (yaml: string) => {
    const app = await proxy(files(yaml))
    return inventoryClient(`${app.host}:${app.port}`, 'inventory:50051')
  }

  it('unary', async () => {
    const client = await running(mockFiles[0]!)
    expect((await unary(client, 'Get', { sku: 'A1' })).message).toMatchObject({ sku: 'A1', available: '12' })
    expect((await unary(client, 'Get', { sku: 'nothing' })).error).toMatchObject({
      code: 5,
      details: 'there is no such item',
    })
  })

  it('streams', async () => {
    const client = await running(mockFiles[1]!)
    expect(await drained(stream(client, 'Watch', { sku: 'A1' }))).toMatchObject({
      code: 14,
      messages: [{}, {}],
    })
    const chat = stream(client, 'Chat')
    const said = drained(chat)
    chat.write({ text: 'ping' } as never)
    chat.write({ text: 'bye' } as never)
    expect(await said).toMatchObject({ messages: [{ text: 'pong' }], code: 10, details: 'said bye' })
  })
})
