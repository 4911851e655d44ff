/** gRPC clients and servers for tests, from the fixture's definitions. */
import { fileURLToPath } from 'node:url'
import {
  type Client,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'

export const inventoryProto = fileURLToPath(new URL('../fixtures/grpc/inventory.proto', import.meta.url))

const loaded = loadSync(inventoryProto, {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
})
export const inventoryDescriptor = loaded
const { Inventory } = (loadPackageDefinition(loaded) as GrpcObject)['acme'] as Record<
  string,
  ServiceClientConstructor
>

/** Methods as the definitions make them. */
export type InventoryClient = Client & Record<string, (...args: never[]) => never>

/** A client of `address` that calls itself the caller of `authority`. */
export const inventoryClient = (address: string, authority?: string): InventoryClient => {
  const client = new Inventory!(address, credentials.createInsecure(), {
    ...(authority !== undefined && { 'grpc.default_authority': authority }),
  }) as unknown as InventoryClient
  onTestFinished(() => client.close())
  return client
}

export interface UnaryResult {
  readonly message?: Readonly<Record<string, unknown>>
  readonly error?: ServiceError
  readonly metadata?: Metadata
  readonly trailers?: Metadata
}

export const metadataOf = (pairs: Readonly<Record<string, string | Buffer>> = {}): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(pairs)) metadata.add(name, value)
  return metadata
}

export const unary = (
  client: InventoryClient,
  method: string,
  message: object,
  {
    metadata = {},
    options = {},
  }: { metadata?: Readonly<Record<string, string | Buffer>>; options?: object } = {},
): Promise<UnaryResult> =>
  new Promise((resolve) => {
    let head: Metadata | undefined
    let trailers: Metadata | undefined
    let result: { error: ServiceError | null; message: unknown } | undefined
    const finish = (): void => {
      if (result === undefined) return
      resolve({
        ...(result.error === null ? { message: result.message as never } : { error: result.error }),
        ...(head !== undefined && { metadata: head }),
        ...(trailers !== undefined && { trailers }),
      })
    }
    const call = (
      client as never as Record<string, (...args: unknown[]) => import('node:events').EventEmitter>
    )[method]!(message, metadataOf(metadata), options, (error: ServiceError | null, reply: unknown) => {
      result = { error, message: reply }
      setImmediate(finish)
    })
    call.on('metadata', (one: Metadata) => {
      head = one
    })
    call.on('status', (status: { metadata: Metadata }) => {
      trailers = status.metadata
    })
  })

export interface StreamResult {
  readonly messages: readonly Readonly<Record<string, unknown>>[]
  readonly code: number
  readonly details: string
  readonly trailers: Metadata
}

/** Reads a stream to its end. */
export const drained = (call: NodeJS.ReadableStream): Promise<StreamResult> =>
  new Promise((resolve) => {
    const messages: Readonly<Record<string, unknown>>[] = []
    call.on('data', (message: Readonly<Record<string, unknown>>) => messages.push(message))
    call.on('error', () => undefined)
    call.on('status', (status: { code: number; details: string; metadata: Metadata }) =>
      resolve({ messages, code: status.code, details: status.details, trailers: status.metadata }),
    )
  })

/** The call's own stream, to write to and to read from. */
export const stream = (
  client: InventoryClient,
  method: string,
  ...args: readonly unknown[]
): NodeJS.ReadWriteStream & { cancel(): void } =>
  (client as never as Record<string, (...args: readonly unknown[]) => never>)[method]!(...args)

/** A real service. */
export const inventoryServer = async (handlers: UntypedServiceImplementation): Promise<number> => {
  const server = new Server()
  server.addService(Inventory!.service, handlers)
  onTestFinished(() => server.forceShutdown())
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    )
  })
}
