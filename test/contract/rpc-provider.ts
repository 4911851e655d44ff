/** A small real service of gRPC, in a good version and several that drifted; and a verification of mocks against it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'
import { type VerifyProviderOptions, verifyProvider } from '../../src/app/contract/verify-provider.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { inventoryProto, metadataOf } from '../support/grpc.ts'
import { workspace } from '../support/workspace.ts'

// biome-ignore lint/suspicious/noExplicitAny: what proto-loader makes has no types.
type Any = any

export const protoText = readFileSync(inventoryProto, 'utf8')
  .replace(
    'service Inventory {',
    `service Inventory {
  rpc Reserve(GetRequest) returns (Item);
  rpc Peek(GetRequest) returns (Item) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Count(stream Note) returns (Summary);
  rpc WatchNotes(stream Note) returns (stream Note);`,
  )
  .replace('message Summary {', 'message Summary {\n  optional int32 total = 2;')

/** What a method answers; each part may be left out. */
export interface RpcAnswer {
  readonly messages?: readonly object[]
  readonly code?: number
  readonly metadata?: Readonly<Record<string, string>>
  readonly trailers?: Readonly<Record<string, string>>
  readonly details?: Buffer
  /** The stream is not ended. */
  readonly open?: boolean
}

export type RpcAnswers = Readonly<Record<string, RpcAnswer>>

const item = {
  sku: 'Z-9',
  available: 3,
  kind: 'TOY',
  updated_at: { seconds: 1_700_000_000 },
  prices: { us: { currency: 'USD', units: 7 } },
  shelf: 'B',
}

export const goodRpcs: RpcAnswers = {
  Get: { messages: [item], metadata: { 'x-region': 'us' }, trailers: { 'x-cost': '9' } },
  Watch: { messages: [item, item, item] },
  Put: { messages: [{ count: 5, total: 1 }] },
  Count: { messages: [{ count: 2, total: 0 }] },
  Chat: { messages: [{ text: 'yes' }] },
  WatchNotes: { messages: [{ text: 'a' }, { text: 'b' }] },
  Reserve: { messages: [item] },
  Peek: { messages: [item] },
}

export interface RpcService {
  readonly url: string
  /** Method, messages and metadata, in order. */
  readonly asked: { readonly method: string; readonly messages: readonly Any[]; readonly metadata: Any }[]
}

/** `proto`: the service's own definitions, where they are others by now. */
export const rpcService = async (
  answers: RpcAnswers,
  proto: string = protoText,
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<RpcService> => {
  const { folder } = workspace({})
  const file = join(folder, 'service.proto')
  writeFileSync(file, proto)
  const loaded = loadPackageDefinition(loadSync(file, { keepCase: true, longs: Number })) as GrpcObject
  const { Inventory } = loaded['acme'] as Record<string, ServiceClientConstructor>
  const asked: Any[] = []
  const server = new Server()
  const handlers = Object.entries(Inventory!.service).map(([name, { requestStream, responseStream }]) => {
    const reply = (call: Any, done: Any, messages: readonly Any[]): void => {
      asked.push({ method: name, messages, metadata: call.metadata.getMap() })
      const answer = answers[name] ?? { code: 12 }
      if (answer.metadata !== undefined) call.sendMetadata(metadataOf(answer.metadata))
      const trailers = metadataOf(answer.trailers ?? {})
      if (answer.details !== undefined) trailers.set('grpc-status-details-bin', answer.details)
      const error =
        answer.code === undefined ? null : { code: answer.code, details: 'no', metadata: trailers }
      if (!responseStream) {
        done(error, answer.messages?.[0] ?? {}, trailers)
        return
      }
      for (const message of answer.messages ?? []) call.write(message)
      if (error !== null) call.emit('error', error)
      else if (answer.open !== true) call.end(trailers)
    }
    const handler = (call: Any, done: Any): void => {
      if (!requestStream) {
        reply(call, done, [call.request])
        return
      }
      const messages: Any[] = []
      call.on('data', (message: Any) => messages.push(message))
      call.on('end', () => reply(call, done, messages))
    }
    return [name, handler] as const
  })
  server.addService(Inventory!.service, Object.fromEntries(handlers))
  onTestFinished(() => server.forceShutdown())
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  return { url: `http://127.0.0.1:${port}`, asked }
}

export const rpcFiles = (mocks: string, settings = ''): Readonly<Record<string, string>> => ({
  'svc-mock.yaml': `name: shop\nservices:\n  inventory:\n    protocol: grpc\n    hosts: ['inventory:50051']\n    proto: [./proto/inventory.proto]\n${settings}`,
  'proto/inventory.proto': protoText,
  'mocks/inventory/1.0.0/mocks.yaml': `protocol: grpc\nmocks:\n${mocks}`,
})

export const verifyRpc = async (
  mocks: string,
  url: string,
  options: Partial<VerifyProviderOptions> = {},
  settings = '',
) => {
  const { folder } = workspace(rpcFiles(mocks, settings))
  const { config, problems } = loadConfig({ cwd: folder, env: {}, flags: {} })
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  const report = await verifyProvider(config, {
    provider: new URL(url),
    service: undefined,
    version: undefined,
    headers: [],
    values: new Map(),
    states: undefined,
    unsafe: false,
    idempotent: false,
    concurrency: 4,
    timeoutMs: 10_000,
    retries: 1,
    failFast: false,
    ...options,
  })
  if (report.problems.length > 0) throw new Error(JSON.stringify(report.problems))
  return report
}
