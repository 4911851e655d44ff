/** Mocks made from .proto files are in force with the very definitions, and merged like those of OpenAPI. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { verifySpec } from '../../src/app/contract/verify-spec.ts'
import { importFrom } from '../../src/app/imports/import-from.ts'
import { protoFormat } from '../../src/app/imports/proto/proto.ts'
import { openLibrary } from '../../src/app/library.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import type { Config } from '../../src/config/config.ts'
import { grpcFiles } from '../support/grpc-workspace.ts'
import { workspace } from '../support/workspace.ts'

const wishes = { seed: '', allowRemoteRefs: false, service: undefined, version: undefined }

const importProto = (path: string, config: Config) =>
  importFrom(protoFormat, path, { config, cwd: config.root, ...wishes })

const wide = `syntax = "proto3";
package acme.wide;
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
service Wide { rpc All(google.protobuf.Empty) returns (Everything); }
message Everything {
  double a = 1; float b = 2; int32 c = 3; int64 d = 4; uint32 e = 5; uint64 f = 6; sint32 g = 7; sint64 h = 8;
  fixed32 i = 9; fixed64 j = 10; sfixed32 k = 11; sfixed64 l = 12; bool m = 13; string n = 14; bytes o = 15;
  google.protobuf.Struct struct = 16; google.protobuf.Value value = 17; google.protobuf.ListValue list = 18;
  google.protobuf.Int64Value wrapped = 19; google.protobuf.BoolValue yes = 20; google.protobuf.BytesValue raw = 21;
  google.protobuf.Duration took = 22; google.protobuf.FieldMask mask = 23; google.protobuf.Any any = 24;
  map<int32, Everything> children = 25; Everything self = 26; repeated Inner inner = 27; optional string maybe = 28;
  message Inner { oneof one { string first = 1; int32 second = 2; } map<bool, Level> levels = 3; }
  enum Level { NONE = 0; HIGH = 1; }
}
`

it('one for each method, right by its definitions', async () => {
  const { folder } = workspace({ ...grpcFiles(''), 'proto/wide.proto': wide })
  const { config } = openWorkspace({ cwd: folder, env: {} })
  const result = await importProto(join(folder, 'proto/inventory.proto'), config)
  expect(result).toMatchObject({ service: 'inventory', operations: 4, added: 4, left: [], problems: [] })
  expect((await openLibrary(config)).check([]).problems).toEqual([])
  const report = await verifySpec(config, { paths: [], allowRemoteRefs: false })
  expect(report.checked).toHaveLength(4)
  expect(report.findings).toEqual([])
})

it('with every kind of field', async () => {
  const files = grpcFiles('', '    proto: [./proto/wide.proto]\n')
  const { folder } = workspace({ ...files, 'proto/wide.proto': wide })
  const { config } = openWorkspace({ cwd: folder, env: {} })
  expect(await importProto(join(folder, 'proto/wide.proto'), config)).toMatchObject({ added: 1 })
  expect((await openLibrary(config)).check([]).problems).toEqual([])
})

it('leaves what people edit', async () => {
  const { folder } = workspace(grpcFiles(''))
  const { config } = openWorkspace({ cwd: folder, env: {} })
  const run = () => importProto(join(folder, 'proto/inventory.proto'), config)
  const { folder: into } = await run()
  const put = readdirSync(join(folder, into)).find((name) => name.includes('.put'))!
  const target = join(folder, into, put)
  const found = readFileSync(target, 'utf8')
  writeFileSync(target, found.replace(/count: \d+/, 'count: 7'))
  expect(await run()).toMatchObject({
    unchanged: 3,
    updated: 0,
    kept: [expect.stringContaining('acme.Inventory/Put')],
  })
  expect(readFileSync(target, 'utf8')).toContain('count: 7')
})

it('refuses what has no service, or a mistake', async () => {
  const { folder, write } = workspace(grpcFiles(''))
  const { config } = openWorkspace({ cwd: folder, env: {} })
  const none = write('none.proto', 'syntax = "proto3"; message A {}')
  const wrong = write('wrong.proto', 'syntax = "proto3"; service A { rpc B(C) returns (D); }')
  await expect(importProto(none, config)).rejects.toMatchObject({ code: 'CONTRACT_INVALID' })
  await expect(importProto(wrong, config)).rejects.toMatchObject({
    code: 'CONTRACT_INVALID',
    context: { details: { problems: [{ at: { file: 'wrong.proto', line: 1 } }] } },
  })
})
