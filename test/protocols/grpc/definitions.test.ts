/** Where definitions come from: .proto files, descriptor sets, server reflection; and what is said when they are wrong. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openLibrary } from '../../../src/app/library.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import type { DefinitionTools } from '../../../src/core/definitions.ts'
import type { Problem } from '../../../src/core/problem.ts'
import { load } from '../../../src/protocols/grpc/definitions/load.ts'
import { grpcDefinitions } from '../../../src/protocols/grpc/schema.ts'
import {
  inventoryClient,
  inventoryDescriptor,
  inventoryProto,
  inventoryServer,
  unary,
} from '../../support/grpc.ts'
import { grpcFiles, grpcProxy, protoText } from '../../support/grpc-workspace.ts'
import { proxy } from '../../support/proxy.ts'
import { deadPort } from '../../support/upstream.ts'
import { workspace } from '../../support/workspace.ts'

const page = (problems: readonly Problem[]): string =>
  problems
    .map(({ severity, code, at, message, frame, hint }) =>
      [
        `${severity} ${code} ${at.file}:${at.line}:${at.column}`,
        `  ${message}`,
        ...(frame ?? '').split('\n').map((line) => `  ${line}`.trimEnd()),
        ...(hint === undefined ? [] : [`  hint: ${hint}`]),
        '',
      ].join('\n'),
    )
    .join('\n')

const noTools: DefinitionTools = {
  dial: () => Promise.reject(new Error('not asked')),
  cache: { read: () => undefined, write: () => undefined },
  wait: () => Promise.resolve(),
}

const loaded = (
  files: Readonly<Record<string, string>>,
  proto: readonly string[],
  importPaths: readonly string[] = [],
) => {
  const { folder } = workspace(files)
  const named = (shown: string) => ({ path: join(folder, shown), shown })
  return load(
    {
      service: 'inventory',
      root: folder,
      files: proto.map(named),
      importPaths: importPaths.map(named),
      reflection: false,
      upstream: undefined,
      tls: undefined,
    },
    noTools,
  )
}

const head = 'syntax = "proto3";\npackage acme;\n'

describe('.proto files', () => {
  it('import each other from where they lie, from import paths, and what everybody imports', async () => {
    const files = {
      'proto/acme/money.proto': `${head}message Money { int64 units = 1; }\n`,
      'proto/acme/shop.proto': `${head}import "acme/money.proto";\nimport "google/protobuf/timestamp.proto";\nimport "google/rpc/status.proto";\nimport "google/api/annotations.proto";\nmessage A { Money m = 1; google.protobuf.Timestamp t = 2; google.rpc.Status s = 3; }\nservice Shop { rpc Buy(A) returns (Money) { option (google.api.http) = { get: "/v1/{m}" }; } }\n`,
    }
    for (const importPaths of [[], ['proto']]) {
      const { problems, definitions } = await loaded(files, ['proto/acme/shop.proto'], importPaths)
      expect(problems).toEqual([])
      expect(definitions?.operations).toEqual(['acme.Shop/Buy'])
    }
    const folder = await loaded(files, ['proto'])
    expect(folder.definitions?.operations).toEqual(['acme.Shop/Buy'])
  })

  it('may be of proto2, of proto3 and of an edition', async () => {
    const { problems, definitions } = await loaded(
      {
        'a.proto':
          'syntax = "proto2";\npackage two;\nmessage M { required string a = 1; optional int32 b = 2 [default = 7]; extensions 100 to 199; }\nextend M { optional string note = 100; }\nservice S { rpc Do(M) returns (M); }\n',
        'b.proto':
          'edition = "2023";\npackage ed;\nmessage M { string a = 1; int32 b = 2 [features.field_presence = IMPLICIT]; }\nservice S { rpc Do(M) returns (M); }\n',
      },
      ['a.proto', 'b.proto'],
    )
    expect(problems).toEqual([])
    const own = grpcDefinitions(definitions)!
    const two = own.type('two.M')!
    expect(two.document(two.encode({ a: 'x', '[two.note]': 'n' }))).toEqual({ a: 'x', '[two.note]': 'n' })
    const ed = own.type('ed.M')!
    expect(ed.document(ed.encode({}))).toEqual({ b: 0 })
  })

  it('are complained about at the place', async () => {
    const { problems } = await loaded(
      {
        'missing.proto': `${head}import "acme/nowhere.proto";\n`,
        'broken.proto': `${head}message A {\n  string a 1;\n}\n`,
        'word.proto': `${head}mesage A {}\n`,
        'twice.proto': `${head}message T { string a = 1; }\nmessage T { string b = 1; }\n`,
      },
      ['missing.proto', 'broken.proto', 'word.proto', 'twice.proto', 'absent.proto'],
    )
    const { problems: unresolved } = await loaded(
      {
        'types.proto': `${head}// strin stands in a comment\nmessage Good { string a = 1; }\nmessage B {\n  strin a = 1;\n  repeated Goood list_of = 2;\n  map<string, Goodd> map = 3;\n}\nservice S {\n  rpc Do(Nothing) returns (B);\n}\n`,
      },
      ['types.proto'],
    )
    await expect(page([...problems, ...unresolved])).toMatchFileSnapshot('definitions.golden.txt')
  })

  it('a broken one keeps its last good version until it heals', async () => {
    const { app, client } = await grpcProxy(
      '  - request: { method: Get, message: { sku: a } }\n    response: { message: { sku: found } }\n',
      undefined,
      { watch: true },
    )
    const { workspace: space } = app
    space.write('proto/inventory.proto', protoText.replace('string sku = 1;', 'strng sku = 1;'))
    const broken = await app.nextReload()
    expect(broken.problems.map(({ message }) => message)).toContain('there is no type strng')
    expect((await unary(client, 'Get', { sku: 'a' })).message?.['sku']).toBe('found')
    space.write(
      'proto/inventory.proto',
      protoText.replace('string sku = 1;', 'string sku = 1; string note = 99;'),
    )
    expect((await app.nextReload()).healed).toEqual(['proto/inventory.proto'])
    space.write(
      'mocks/inventory/1.0.0/mocks.yaml',
      'protocol: grpc\nmocks:\n  - request: { method: Get, message: { note: "" } }\n    response: { message: { sku: noted } }\n',
    )
    await app.nextReload()
    expect((await unary(client, 'Get', { sku: 'a' })).message?.['sku']).toBe('noted')
  })

  it('mocks that no longer fit a changed file are told and keep answering', async () => {
    const { app, client } = await grpcProxy(
      '  - request: { method: Get, message: { sku: a } }\n    response: { message: { sku: found } }\n',
      undefined,
      { watch: true },
    )
    app.workspace.write(
      'proto/inventory.proto',
      protoText.replace(
        'message GetRequest {\n  string sku = 1;',
        'message GetRequest {\n  string code = 1;',
      ),
    )
    const { problems } = await app.nextReload()
    expect(problems.map(({ at, message }) => `${at.file}:${at.line} ${message}`)).toEqual([
      'mocks/inventory/1.0.0/mocks.yaml:3 acme.GetRequest has no field sku',
    ])
    // Bytes are read by the new definitions, the old mock asks for a field that they do not name.
    expect((await unary(client, 'Get', { sku: 'a' })).error?.code).toBe(9)
  })
})

/** The fixture as a descriptor set, made by somebody else's code from our descriptors. */
const descriptorSet = async (): Promise<Uint8Array> => {
  const { definitions } = await load(
    {
      service: 'inventory',
      root: dirname(inventoryProto),
      files: [{ path: inventoryProto, shown: 'x' }],
      importPaths: [],
      reflection: false,
      upstream: undefined,
      tls: undefined,
    },
    noTools,
  )
  const files = grpcDefinitions(definitions)!.filesOfSymbol('acme.Inventory')!
  const file = files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes))
  const set = create(FileDescriptorSetSchema, { file: [...file].reverse() })
  // protobuf-es refuses descriptors in which anything is missing.
  createFileRegistry(set)
  return toBinary(FileDescriptorSetSchema, set)
}

describe('descriptor sets', () => {
  it('are read as .proto files are', async () => {
    const { folder } = workspace({})
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'set.binpb'), await descriptorSet())
    const { definitions, problems } = await load(
      {
        service: 'inventory',
        root: folder,
        files: [{ path: join(folder, 'set.binpb'), shown: 'set.binpb' }],
        importPaths: [],
        reflection: false,
        upstream: undefined,
        tls: undefined,
      },
      noTools,
    )
    expect(problems).toEqual([])
    expect(definitions?.operations).toContain('acme.Inventory/Chat')
    const item = grpcDefinitions(definitions)!.type('acme.Item')!
    const written = {
      sku: 'a',
      available: 5,
      updated_at: '2026-11-21T00:00:00Z',
      prices: { eur: { units: 1 } },
      box: 'b',
    }
    expect(item.document(item.encode(written))).toMatchObject({ updatedAt: '2026-11-21T00:00:00Z', box: 'b' })
  })

  it('that are none are told so', async () => {
    const { problems, definitions } = await loaded({ 'set.binpb': 'no set at all' }, ['set.binpb'])
    expect(definitions).toBeUndefined()
    expect(problems).toMatchObject([
      { at: { file: 'set.binpb' }, hint: expect.stringContaining('buf build') },
    ])
  })
})

const reflecting = async (): Promise<number> => {
  const server = new Server()
  new ReflectionService(inventoryDescriptor).addToServer(server)
  onTestFinished(() => server.forceShutdown())
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    )
  })
}

const byReflection = (port: number) => `    upstream: http://127.0.0.1:${port}\n    reflection: true\n`
const mock = '  - request: { method: Get, message: { sku: a } }\n    response: { message: { sku: found } }\n'

describe('server reflection', () => {
  it('asks the real service, and uses what it said when it cannot be asked', async () => {
    const port = await reflecting()
    const { app, client } = await grpcProxy(mock, byReflection(port))
    expect((await unary(client, 'Get', { sku: 'a' })).message?.['sku']).toBe('found')
    const kept = readFileSync(join(app.workspace.folder, '.svc-mock/definitions/inventory.binpb'))
    const dead = await deadPort()
    const again = workspace(grpcFiles(mock, byReflection(dead)))
    mkdirSync(join(again.folder, '.svc-mock/definitions'), { recursive: true })
    writeFileSync(join(again.folder, '.svc-mock/definitions/inventory.binpb'), kept)
    const { config } = loadConfig({ cwd: again.folder, env: {}, flags: {} })
    const view = (await openLibrary(config!)).check([])
    expect(view.problems.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      expect.stringMatching(
        /^warning inventory: the real service could not be asked .* what it said last time is used$/,
      ),
    ])
  })

  it('of svc-mock itself is asked by another svc-mock', async () => {
    const files = grpcFiles('  - request: { method: Get }\n    response: { message: {} }\n')
    files['svc-mock.yaml'] += '    listen: 127.0.0.1:0\n'
    const first = await proxy(files)
    const { client } = await grpcProxy(mock, byReflection(first.ownPort('inventory')))
    expect((await unary(client, 'Get', { sku: 'a' })).message?.['sku']).toBe('found')
  })

  it('says why there is nothing', async () => {
    const silent = await inventoryServer({})
    for (const [port, why] of [
      [await deadPort(), /connection refused/],
      [silent, /UNIMPLEMENTED/],
    ] as const) {
      const { folder } = workspace(grpcFiles(mock, byReflection(port)))
      const { config } = loadConfig({ cwd: folder, env: {}, flags: {} })
      const [first] = (await openLibrary(config!))
        .check([])
        .problems.filter(({ code }) => code === 'DEFINITION_INVALID')
      expect(first).toMatchObject({ severity: 'error', message: expect.stringMatching(why) })
      expect(first?.hint).toContain('reflection')
    }
  })
})

it('health is answered for mocked services, unless a mock says otherwise', async () => {
  const { app } = await grpcProxy(
    '  - request: { method: grpc.health.v1.Health/Check, message: { service: acme.Broken } }\n    response: { message: { status: NOT_SERVING } }\n  - request: { method: Get }\n    response: { message: {} }\n',
  )
  const client = inventoryClient(`${app.host}:${app.port}`, 'inventory:50051')
  const check = (service: string): Promise<unknown> =>
    new Promise((resolve) => {
      client.makeUnaryRequest(
        '/grpc.health.v1.Health/Check',
        (name: string) => Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]),
        (bytes: Buffer) => bytes.toString('hex'),
        service,
        (error, value) => resolve(error?.code ?? value),
      )
    })
  expect(await check('')).toBe('0801')
  expect(await check('acme.Inventory')).toBe('0801')
  expect(await check('acme.Broken')).toBe('0802')
  expect(await check('acme.Nowhere')).toBe(5)
})
