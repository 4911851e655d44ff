/** Clients of connect-es, in each of its three protocols, from the fixture's definitions. */
import { createFileRegistry, type DescService, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, type FileDescriptorSet } from '@bufbuild/protobuf/wkt'
import { createClient, type Transport } from '@connectrpc/connect'
import { load } from '../../src/protocols/grpc/definitions/load.ts'
import { grpcDefinitions } from '../../src/protocols/grpc/schema.ts'
import { inventoryProto } from './grpc.ts'

/** What connect-es knows of the fixture: our own descriptors, read by somebody else. */
export const inventoryService = async (): Promise<DescService> => {
  const { definitions } = await load(
    {
      service: 'inventory',
      root: '/',
      files: [{ path: inventoryProto, shown: inventoryProto }],
      importPaths: [],
      reflection: false,
      upstream: undefined,
      tls: undefined,
    },
    undefined as never,
  )
  const files = grpcDefinitions(definitions)!.filesOfSymbol('acme.Inventory')!
  const file = files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes)).reverse()
  const set = { $typeName: 'google.protobuf.FileDescriptorSet', file } as FileDescriptorSet
  return createFileRegistry(set).getService('acme.Inventory')!
}

/** Untyped, because the service is made at run time. */
export type LooseClient = Record<
  string,
  (
    message: unknown,
    options?: unknown,
  ) => Promise<Record<string, unknown>> & AsyncIterable<Record<string, unknown>>
>

export const connectClient = async (transport: Transport): Promise<LooseClient> =>
  createClient(await inventoryService(), transport) as unknown as LooseClient
