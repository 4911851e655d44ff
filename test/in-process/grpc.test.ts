/** gRPC in this process: gRPC-Web and Connect over HTTP/1.1; its own form needs HTTP/2, which cannot be had here. */
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { expect, it, onTestFinished } from 'vitest'
import { openWorkspace } from '../../src/entries/node/index.ts'
import { connectClient } from '../support/connect.ts'
import { grpcFiles } from '../support/grpc-workspace.ts'
import { workspace } from '../support/workspace.ts'

const files = grpcFiles(`
  - name: item
    request: { method: Get, message: { sku: a } }
    response: { message: { sku: a, available: 3 } }
  - request: { method: Watch, message: { sku: a } }
    response: { messages: [{ message: { sku: '1' } }, { message: { sku: '2' } }] }
`)

const baseUrl = 'http://inventory:50051'

it.each([
  ['gRPC-Web', createGrpcWebTransport({ baseUrl, httpVersion: '1.1' })],
  ['Connect with JSON', createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false })],
])('is answered: %s', async (_name, transport) => {
  const mocks = await opened()
  const client = await connectClient(transport)
  expect(await client['get']!({ sku: 'a' })).toMatchObject({ sku: 'a', available: 3n })
  const skus: unknown[] = []
  for await (const { sku } of client['watch']!({ sku: 'a' })) skus.push(sku)
  expect(skus).toEqual(['1', '2'])
  expect(mocks.calls('item')[0]).toMatchObject({ protocol: 'grpc', outcome: 'mock' })
})

it('cannot be answered to a client of node:http2, which is told so', async () => {
  await opened()
  const client = await connectClient(createGrpcTransport({ baseUrl }))
  await expect(client['get']!({ sku: 'a' })).rejects.toThrow('cannot be intercepted')
})

const opened = async () => {
  const mocks = await openWorkspace(workspace(files).folder, { env: {} })
  onTestFinished(() => mocks.close())
  return mocks.intercept()
}
