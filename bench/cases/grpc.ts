/** gRPC: a unary mock against a bare grpc-js server, 50 calls in flight from h2load; and a long stream's memory. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { h2loadVersion, h2loadWith } from '../lib/h2load.ts'
import { residentMb, startBareGrpc, startProxy } from '../lib/processes.ts'
import { limitRow, type Row, ratioRow } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'
import { compare } from '../lib/wrk.ts'

const host = 'inventory:50051'
const path = '/acme.Inventory/Get'
const rounds = 5
const proto = fileURLToPath(new URL('../../test/fixtures/grpc/inventory.proto', import.meta.url))
const messages = 100_000

const files = (mocks: string): Record<string, string> => ({
  'svc-mock.yaml': `services:\n  inventory:\n    protocol: grpc\n    hosts: ['${host}']\n    proto: inventory.proto\n`,
  'inventory.proto': readFileSync(proto, 'utf8'),
  'mocks/inventory/1.0.0/mocks.yaml': `protocol: grpc\nmocks:\n${mocks}`,
})

const get = `  - request: { method: Get }
    response: { message: { sku: S1, available: 12, kind: TOY } }
`
const matching = Array.from(
  { length: 100 },
  (_, i) => `  - request: { method: Get, message: { sku: S${i} } }
    response: { message: { sku: S${i}, available: 12, kind: TOY } }
`,
).join('')
const watch = `  - request: { method: Watch }
    response: { messages: [{ message: { sku: S1, available: 12 }, repeat: ${messages} }] }
`

export const grpc = async (): Promise<Row[]> => {
  const unary =
    h2loadVersion() === undefined
      ? []
      : [
          await compared('gRPC: static unary mock, against bare grpc-js', get, 0.8),
          await compared(
            'gRPC: one of 100 mocks by a field of the message, against bare grpc-js',
            matching,
            0.8,
          ),
        ]
  if (unary.length === 0)
    console.error(
      'skipped: gRPC unary needs h2load (Debian: package nghttp2-client), which is not on this machine',
    )
  return [...unary, await longStream()]
}

/** GetRequest { sku: "S1" } in its envelope. */
const call = Buffer.from('00000000040a025331', 'hex')

const compared = async (what: string, mocks: string, budget: number): Promise<Row> => {
  const folder = workspace(files(mocks))
  const body = join(folder, 'call.bin')
  writeFileSync(body, call)
  const bare = await startBareGrpc()
  const proxy = await startProxy(folder, '--quiet')
  const client = clientOf(proxy.address)
  await new Promise<void>((resolve, reject) => {
    client.Get({ sku: 'S1' }, (error: Error | null) => (error === null ? resolve() : reject(error)))
  })
  client.close()
  const load = h2loadWith(
    '-c',
    '5',
    '-m',
    '10',
    '-d',
    body,
    '-H',
    'content-type: application/grpc',
    '-H',
    'te: trailers',
  )
  const row = ratioRow(
    what,
    await compare(
      { address: proxy.address, host, path },
      { address: bare.address, host, path },
      rounds,
      load,
    ),
    budget,
  )
  await Promise.all([proxy.stop(), bare.stop()])
  return row
}

// biome-ignore lint/suspicious/noExplicitAny: what proto-loader makes has no types.
const clientOf = (address: string): any => {
  const loaded = loadPackageDefinition(loadSync(proto, { keepCase: true })) as GrpcObject
  const { Inventory } = loaded['acme'] as Record<string, ServiceClientConstructor>
  return new Inventory!(address, credentials.createInsecure(), { 'grpc.default_authority': host })
}

/** The second stream may not need more than the first. */
const longStream = async (): Promise<Row> => {
  const proxy = await startProxy(workspace(files(watch)), '--quiet')
  const client = clientOf(proxy.address)
  const read = (): Promise<number> =>
    new Promise((resolve, reject) => {
      let count = 0
      const stream = client.Watch({})
      stream.on('data', () => count++)
      stream.on('error', reject)
      stream.on('end', () => resolve(count))
    })
  if ((await read()) !== messages) throw new Error('the stream was not whole')
  const before = residentMb(proxy.pid)
  for (let round = 0; round < 3; round++) await read()
  const grown = residentMb(proxy.pid) - before
  client.close()
  await proxy.stop()
  return limitRow(
    `gRPC: memory after three more streams of ${messages.toLocaleString('en')} messages`,
    Math.max(0, grown),
    'MB',
    16,
  )
}
