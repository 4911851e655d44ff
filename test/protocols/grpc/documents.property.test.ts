/** Messages as documents, held against protobuf-es: same bytes in, same ProtoJSON out, and back. */
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, type FileDescriptorSet } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { load } from '../../../src/protocols/grpc/definitions/load.ts'
import { grpcDefinitions } from '../../../src/protocols/grpc/schema.ts'
import { inventoryProto } from '../../support/grpc.ts'

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
const own = grpcDefinitions(definitions)!
const item = own.type('acme.Item')!
const file = own
  .filesOfSymbol('acme.Inventory')!
  .map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes))
  .reverse()
const registry = createFileRegistry({
  $typeName: 'google.protobuf.FileDescriptorSet',
  file,
} as FileDescriptorSet)
const theirs = registry.getMessage('acme.Item')!

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const anyItem = fc.record(
  {
    sku: fc.string({ unit: 'grapheme' }),
    available: int64.map(String),
    kind: fc.constantFrom('KIND_UNSPECIFIED', 'BOOK', 'TOY'),
    photo: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    updatedAt: fc
      .date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T00:00:00Z'),
        noInvalidDate: true,
      })
      .map((date) => date.toISOString()),
    prices: fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
      fc.record({ currency: fc.string(), units: int64.map(String) }),
      { maxKeys: 4 },
    ),
    box: fc.string(),
    // protobufjs takes -0 for the default and does not write it, as protobuf-es does: -0 arrives as 0.
    weight: fc.float({ noNaN: true }).map((value) => (Number.isFinite(value) ? value + 0 : String(value))),
    extra: fc.constant({ '@type': 'type.googleapis.com/acme.OutOfStock', sku: 'x' }),
  },
  { requiredKeys: [] },
)

it('encodes and decodes as protobuf-es does', () => {
  fc.assert(
    fc.property(anyItem, (json) => {
      const bytes = toBinary(theirs, fromJson(theirs, json as never, { registry }))
      const encoded = item.encode(json)
      // Maps have no order on the wire.
      expect(toJson(theirs, fromBinary(theirs, encoded), { registry })).toEqual(
        toJson(theirs, fromBinary(theirs, bytes), { registry }),
      )
      expect(JSON.parse(item.jsonOf(bytes))).toEqual(toJson(theirs, fromBinary(theirs, bytes), { registry }))
      expect(item.bytesOf(JSON.stringify(json))).toEqual(Buffer.from(encoded))
    }),
  )
})

it('a document that is written back is the same message', () => {
  fc.assert(
    fc.property(anyItem, (json) => {
      const bytes = item.encode(json)
      expect(item.document(item.changed(item.document(bytes), bytes))).toEqual(item.document(bytes))
    }),
  )
})

it('a message satisfies the conditions that its own document makes', () => {
  fc.assert(
    fc.property(anyItem, (json) => {
      // Every literal comes out in the words of the document.
      const conditions = item.conditions(json) as Record<string, unknown>
      const document = item.document(item.encode(json)) as Record<string, unknown>
      for (const [key, value] of Object.entries(conditions)) {
        if (key !== 'prices') expect(document[key]).toEqual(value)
      }
    }),
  )
})
