/** The yardstick for gRPC: grpc-js as its users write it, with a handler that answers a constant. */
import { fileURLToPath } from 'node:url'
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const proto = fileURLToPath(new URL('../../test/fixtures/grpc/inventory.proto', import.meta.url))
const loaded = loadPackageDefinition(
  loadSync(proto, { keepCase: true, longs: String, enums: String }),
) as GrpcObject
const { Inventory } = loaded['acme'] as Record<string, ServiceClientConstructor>

const item = { sku: 'S1', available: 12, kind: 'TOY' }

const server = new Server()
server.addService(Inventory!.service, {
  Get: (_call: unknown, done: (error: null, reply: object) => void) => done(null, item),
})
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  process.stdout.write(`${JSON.stringify({ listen: `127.0.0.1:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit(0))
