/** A running workspace whose service speaks gRPC, and a client of it. */
import { readFileSync } from 'node:fs'
import { type InventoryClient, inventoryClient, inventoryProto } from './grpc.ts'
import { proxy, type TestProxy, type TestProxyOptions } from './proxy.ts'

export const protoText = readFileSync(inventoryProto, 'utf8')

export const host = 'inventory:50051'

/** `mocks`: entries of a mock file. `settings`: more lines of the service, indented by four. */
export const grpcFiles = (
  mocks: string,
  settings = '    proto: [./proto/inventory.proto]\n',
): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  inventory:\n    protocol: grpc\n    hosts: ['${host}']\n${settings}`,
  'proto/inventory.proto': protoText,
  ...(mocks.trim() !== '' && { 'mocks/inventory/1.0.0/mocks.yaml': `protocol: grpc\nmocks:\n${mocks}` }),
})

export const grpcProxy = async (
  mocks: string,
  settings?: string,
  options?: TestProxyOptions,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly app: TestProxy; readonly client: InventoryClient; readonly url: string }> => {
  const app = await proxy({ ...grpcFiles(mocks, settings), ...more }, options)
  const address = `${app.host}:${app.port}`
  return { app, client: inventoryClient(address, host), url: `http://${address}` }
}
