/** Messages of a service whose definitions are others than ours, and what definitions say of fields and methods. */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ServiceDefinitions } from '../../../src/app/definitions.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { chanceFrom } from '../../../src/core/chance.ts'
import { restore } from '../../../src/protocols/grpc/definitions/load.ts'
import { descriptor, protobuf } from '../../../src/protocols/grpc/definitions/protobuf.ts'
import {
  type GrpcDefinitions,
  grpcDefinitions,
  type MessageType,
} from '../../../src/protocols/grpc/schema.ts'
import { inventoryProto } from '../../support/grpc.ts'
import { workspace } from '../../support/workspace.ts'

const text = readFileSync(inventoryProto, 'utf8')

const definitionsOf = async (proto: string): Promise<GrpcDefinitions> => {
  const { folder } = workspace({
    'svc-mock.yaml': 'services: { inventory: { protocol: grpc, proto: [./a.proto] } }\n',
    'a.proto': proto,
  })
  const { config } = loadConfig({ cwd: folder, env: {}, flags: {} })
  return grpcDefinitions((await ServiceDefinitions.load(config!)).of('inventory'))!
}

const itemType = async (): Promise<MessageType> => (await definitionsOf(text)).type('acme.Item')!

/** Bytes that a service with other definitions sends. */
const bytesBy = (proto: string, message: object): Uint8Array => {
  const type = protobuf.parse(proto).root.resolveAll().lookupType('acme.Item')
  return type.encode(type.fromObject(message)).finish()
}

describe('a foreign message', () => {
  it.each<readonly [string, string, object, readonly object[]]>([
    ['that is ours', 'string sku = 1;', { sku: 'A' }, []],
    ['with fields that are new', 'string sku = 1; string more = 77;', { sku: 'A', more: 'x' }, []],
    [
      'with a number where a text was',
      'int32 sku = 1;',
      { sku: 5 },
      [{ path: ['sku'], expected: 'a string', actual: 'a number or bool' }],
    ],
    [
      'with a text where a number was',
      'string available = 2;',
      { available: 'many' },
      [{ path: ['available'], expected: 'an int64', actual: 'a text, bytes or a message' }],
    ],
    [
      'with a value that its enum has not',
      'enum K { A = 0; B = 9; } K kind = 3;',
      { kind: 9 },
      [{ path: ['kind'], expected: 'a value of acme.Kind', actual: '9' }],
    ],
    [
      'with another type inside a map',
      'map<string, P> prices = 6; message P { int32 currency = 1; }',
      { prices: { eu: { currency: 3 } } },
      [{ path: ['prices', 'eu', 'currency'], expected: 'a string', actual: 'a number or bool' }],
    ],
  ])('%s', async (_what, fields, message, misfits) => {
    const item = await itemType()
    const bytes = bytesBy(`syntax = "proto3"; package acme; message Item { ${fields} }`, message)
    expect(item.foreign(bytes).misfits).toEqual(misfits)
  })

  it('is none where the bytes are none', async () => {
    const item = await itemType()
    expect(() => item.foreign(Uint8Array.of(0x0a, 0x7f, 0x00))).toThrow()
  })
})

it('finds fields by the paths of documents', async () => {
  const item = await itemType()
  const places = [
    ['sku'],
    ['updatedAt'],
    ['prices'],
    ['prices', 'eu'],
    ['prices', 'eu', 'units'],
    ['shelf'],
    ['no'],
    ['sku', 'no'],
    ['photo'],
  ].map((path) => item.fieldAt(path))
  expect(places).toEqual([
    { path: ['sku'], map: false, unset: '' },
    { path: ['updated_at'], map: false, unset: undefined },
    { path: ['prices'], map: true, unset: undefined },
    { path: ['prices', 'eu'], map: false, unset: undefined },
    { path: ['prices', 'eu', 'units'], map: false, unset: 0 },
    { path: ['shelf'], map: false, unset: undefined },
    undefined,
    undefined,
    { path: ['photo'], map: false, unset: '' },
  ])
})

it('makes up messages that can be sent', async () => {
  const item = await itemType()
  const made = item.sample(chanceFrom([1, 2, 3, 4]))
  expect(Object.keys(made)).toContain('sku')
  expect(item.sample(chanceFrom([1, 2, 3, 4]))).toEqual(made)
  expect(item.encode(made).length).toBeGreaterThan(0)
})

it('says what a method may do', async () => {
  const proto = `syntax = "proto3"; package acme; message M {} service S {
    rpc Get(M) returns (M);
    rpc Peek(M) returns (M) { option idempotency_level = NO_SIDE_EFFECTS; }
    rpc Set(M) returns (M) { option idempotency_level = IDEMPOTENT; }
  }`
  const written = await definitionsOf(proto)
  // As protoc writes it into sets, and services tell it by reflection.
  const root = protobuf.parse(proto, { keepCase: true }).root.resolveAll() as unknown as {
    toDescriptor(edition: string): { readonly file: readonly object[] }
  }
  const sets = [
    root.toDescriptor('proto3').file.map((file) => {
      return descriptor.FileDescriptorProto.encode(file as never).finish()
    }),
  ]
  const described = restore({ sets, protos: {} })
  for (const { methods } of [written, described]) {
    const said = ['Get', 'Peek', 'Set'].map((name) => methods.get(`acme.S/${name}`)!.idempotency)
    expect(said).toEqual([undefined, 'NO_SIDE_EFFECTS', 'IDEMPOTENT'])
  }
})
