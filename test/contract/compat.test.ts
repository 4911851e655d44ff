/** Two versions of a contract: each change is told once, as what it is, and a changed order of lines is none. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compat } from '../../src/app/contract/compat.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import type { ContractReport } from '../../src/contract/violation.ts'
import { protoText } from '../support/grpc-workspace.ts'
import { workspace } from '../support/workspace.ts'
import { config, orderMock, ordersSpec } from './orders.ts'
import { petShop } from './specs.ts'

const compared = (
  files: Readonly<Record<string, string>>,
  old: string,
  now: string,
  inWorkspace = true,
): Promise<ContractReport> => {
  const { folder } = workspace({ 'svc-mock.yaml': config, 'orders.yaml': ordersSpec, ...files })
  const path = (name: string): string => (name.includes('@') ? name : join(folder, name))
  const opened = inWorkspace ? openWorkspace({ cwd: folder, env: {} }).config : undefined
  return compat(path(old), path(now), opened, { allowRemoteRefs: false })
}

const told = ({ findings }: ContractReport): string[] =>
  findings.map(
    ({ severity, rule, operation, path, mock }) =>
      `${severity} ${rule} ${mock ?? operation}${path === '' ? '' : ` ${path}`}`,
  )

const changed = async (from: string | RegExp, to: string, spec = ordersSpec): Promise<string[]> => {
  const now = spec.replace(from, to)
  expect(now).not.toBe(spec)
  const report = await compared({ 'orders.yaml': spec, 'new.yaml': now }, 'orders.yaml', 'new.yaml')
  expect(report.problems).toEqual([])
  return told(report)
}

describe('two OpenAPI files', () => {
  it.each([
    [
      'an operation that is gone',
      / {4}delete:\n.*\n.*\n/,
      '',
      ['violation operation-removed DELETE /orders/{id}'],
    ],
    [
      'a new operation',
      '    delete:',
      '    put: { responses: {} }\n    delete:',
      ['note operation-added PUT /orders/{id}'],
    ],
    [
      'a required parameter',
      'name: page, in: query,',
      'name: page, in: query, required: true,',
      ['violation parameter-required GET /orders request.query.page'],
    ],
    [
      'a new required parameter',
      '        - { name: page',
      '        - { name: lang, in: query, required: true }\n        - { name: page',
      ['violation required-parameter-added GET /orders request.query.lang'],
    ],
    [
      'a new parameter',
      '        - { name: page',
      '        - { name: lang, in: query }\n        - { name: page',
      ['note parameter-added GET /orders request.query.lang'],
    ],
    [
      'a narrower parameter',
      'type: integer, minimum: 1 }',
      'type: integer, minimum: 5 }',
      ['violation minimum GET /orders request.query.page'],
    ],
    [
      'a wider parameter',
      'type: integer, minimum: 1 }',
      'type: integer, minimum: 0 }',
      ['note minimum GET /orders request.query.page'],
    ],
    [
      'another type',
      'count: { type: integer }',
      'count: { type: string }',
      ['violation type GET /orders/mine response.200.body.count'],
    ],
    [
      'a wider type of an answer',
      'count: { type: integer }',
      'count: { type: number }',
      ['violation type GET /orders/mine response.200.body.count'],
    ],
    [
      'a field that may be missing',
      'required: [count]',
      'required: []',
      ['violation property-optional GET /orders/mine response.200.body.count'],
    ],
    [
      'a field that is gone',
      'properties: { count: { type: integer } }',
      'properties: {}',
      ['violation property-removed GET /orders/mine response.200.body.count'],
    ],
    [
      'a new field',
      'properties: { count: { type: integer } }',
      'properties: { count: { type: integer }, more: {} }',
      ['note property-added GET /orders/mine response.200.body.more'],
    ],
    [
      'null',
      'count: { type: integer }',
      'count: { type: integer, nullable: true }',
      ['violation nullable GET /orders/mine response.200.body.count'],
    ],
    [
      'an answer that is gone',
      "        '204': { description: gone }",
      "        '202': { description: gone }",
      [
        'note response-added DELETE /orders/{id} response.202',
        'violation response-removed DELETE /orders/{id} response.204',
      ],
    ],
    [
      'a content type that is gone',
      '            text/csv: { schema: { type: string } }\n',
      '',
      ['violation media-type-removed GET /orders/{id} response.200.body'],
    ],
    [
      'a header that is gone',
      / {10}headers:\n.*\n/,
      '',
      ['violation header-removed GET /orders response.200.headers.x-total'],
    ],
  ])('%s', async (_, from, to, expected) => {
    expect(await changed(from, to)).toEqual(expected)
  })

  it('a required body is breaking, an optional one is none', async () => {
    const optional = ordersSpec.replace(
      /requestBody:\n {8}required: true/,
      'requestBody:\n        required: false',
    )
    const files = { 'a.yaml': optional, 'b.yaml': ordersSpec }
    expect(told(await compared(files, 'a.yaml', 'b.yaml'))).toEqual([
      'violation request-body-required POST /orders request.body',
    ])
    expect(told(await compared(files, 'b.yaml', 'a.yaml'))).toEqual([])
  })

  it('a value of an enum breaks callers when it goes and readers when it comes, in each place where it stands', async () => {
    const report = await changed('enum: [available, sold]', 'enum: [available]', petShop)
    expect(report).toEqual(['violation enum-value-removed GET /pets request.query.status'])
    const states = await changed('enum: [open, paid]', 'enum: [open, paid, sent]')
    expect(new Set(states)).toEqual(
      new Set([
        'violation enum-value-added GET /orders response.200.body[].state',
        'note enum-value-added POST /orders request.body.state',
        'violation enum-value-added POST /orders response.201.body.state',
        'violation enum-value-added GET /orders/{id} response.200.body.state',
      ]),
    )
  })

  it('looks into alternatives, what allOf adds, and properties without a name', async () => {
    expect(await changed('maximum: 9', 'maximum: 7', petShop)).toEqual([
      'note maximum GET /pets response.200.body[].lives',
      'violation maximum POST /pets request.body.lives',
      'note maximum POST /pets response.201.body.lives',
      'note maximum GET /pets/{petId} response.200.body.lives',
    ])
    expect(await changed("oneOf: [{ $ref: '#/components/schemas/Cat' }, ", 'oneOf: [', petShop)).toContain(
      'violation alternative-removed POST /pets request.body',
    )
    const open =
      'openapi: 3.1.0\npaths: { /a: { post: { requestBody: { content: { application/json: { schema: { additionalProperties: { type: string }, anyOf: [{ minProperties: 1 }] } } } }, responses: {} } } }\n'
    expect(await changed('{ type: string }', '{ type: integer }', open)).toEqual([
      'violation type POST /a request.body.*',
    ])
    expect(await changed('{ type: string }', 'false', open)).toEqual([
      'violation additional-properties POST /a request.body',
    ])
    expect(await changed('minProperties: 1', 'minProperties: 2', open)).toEqual([
      'violation min-properties POST /a request.body',
    ])
  })

  it('names, descriptions and order are no change; a file is compatible with itself', async () => {
    const lines = ordersSpec
      .replaceAll('{id}', '{orderId}')
      .replace('name: id, in: path', 'name: orderId, in: path')
      .replace('description: a page', 'description: other words')
    expect(told(await compared({ 'a.yaml': ordersSpec, 'b.yaml': lines }, 'a.yaml', 'b.yaml'))).toEqual([])
    expect(told(await compared({ 'a.yaml': petShop, 'b.yaml': petShop }, 'a.yaml', 'b.yaml'))).toEqual([])
  })

  it('names the place in both files and the version since which', async () => {
    const now = ordersSpec
      .replace('version: 2.3.0', 'version: 3.0.0')
      .replace('count: { type: integer }', 'count: { type: string }')
    const { findings } = await compared(
      { 'orders.yaml': ordersSpec, 'new.yaml': now },
      'orders.yaml',
      'new.yaml',
      false,
    )
    const line = ordersSpec.split('\n').findIndex((one) => one.includes('count: {')) + 1
    expect(findings).toMatchObject([
      { since: '3.0.0', at: { line }, contract: { line }, expected: 'integer', actual: 'string' },
    ])
  })

  it('names the mocks that do not keep the new contract, and those that are touched', async () => {
    const now = ordersSpec
      .replace('enum: [open, paid]', 'enum: [paid]')
      .replace('version: 2.3.0', 'version: 3.0.0')
    const report = await compared(
      {
        'orders.yaml': ordersSpec,
        'new.yaml': now,
        'mocks/orders/2.3.0/a.yaml': `mocks:\n${orderMock('id: 1, total: 1, state: open')}  - { name: list, request: { method: POST, path: /orders }, response: { status: 201, body: { id: 1, total: 1, state: paid } } }\n`,
      },
      'orders.yaml',
      'new.yaml',
    )
    expect(told(report).filter((one) => one.includes('found') || one.includes('list'))).toEqual([
      'violation enum found response.body.state',
      'notVerifiable mock-touched list request.body.state',
    ])
    expect(report.findings.find(({ mock }) => mock === 'found')).toMatchObject({
      since: '3.0.0',
      at: { file: 'mocks/orders/2.3.0/a.yaml', line: 2 },
    })
  })

  it('refuses to compare what is of two kinds, or not there', async () => {
    const files = { 'a.yaml': ordersSpec, 'b.proto': protoText }
    await expect(compared(files, 'a.yaml', 'b.proto')).rejects.toMatchObject({ code: 'FLAG_INVALID' })
    await expect(compared(files, 'a.yaml', 'none.yaml')).rejects.toMatchObject({ code: 'FLAG_INVALID' })
  })
})

describe('two sets of proto files', () => {
  const changedProto = async (from: string, to: string): Promise<string[]> => {
    const now = protoText.replace(from, to)
    expect(now).not.toBe(protoText)
    return told(await compared({ 'old/a.proto': protoText, 'new/a.proto': now }, 'old', 'new', false))
  }

  it.each([
    [
      'a method that is gone',
      '  rpc Put(stream Item) returns (Summary);\n',
      '',
      ['violation operation-removed acme.Inventory/Put'],
    ],
    [
      'a new method',
      '  rpc Put',
      '  rpc Drop(Note) returns (Note);\n  rpc Put',
      ['note operation-added acme.Inventory/Drop'],
    ],
    [
      'another stream',
      'returns (stream Item)',
      'returns (Item)',
      ['violation method-streams acme.Inventory/Watch streams'],
    ],
    [
      'another answer',
      'rpc Get(GetRequest) returns (Item)',
      'rpc Get(GetRequest) returns (Note)',
      ['violation method-output acme.Inventory/Get output'],
    ],
    ['a field that is gone', '  bytes photo = 4;\n', '', ['violation field-removed acme.Item photo']],
    [
      'a new field',
      '  float weight = 10;',
      '  float weight = 10;\n  int32 n = 11;',
      ['note field-added acme.Item n'],
    ],
    [
      'another type',
      'int64 available = 2;',
      'string available = 2;',
      ['violation field-type acme.Item available'],
    ],
    [
      'another name',
      'int64 available = 2;',
      'int64 stock = 2;',
      ['violation field-name acme.Item available'],
    ],
    ['a list', 'string text = 1;', 'repeated string text = 1;', ['violation field-label acme.Note text']],
    [
      'another value type of a map',
      'map<string, Price> prices',
      'map<string, Note> prices',
      ['violation field-type acme.Item prices'],
    ],
    ['a value of an enum', '  TOY = 2;\n', '', ['violation enum-value-removed acme.Kind TOY']],
    ['another number', '  TOY = 2;', '  TOY = 3;', ['violation enum-value-number acme.Kind TOY']],
    [
      'a message',
      '\nmessage OutOfStock {\n  string sku = 1;\n}',
      '',
      ['violation message-removed acme.OutOfStock'],
    ],
  ])('%s', async (_, from, to, expected) => {
    expect(await changedProto(from, to)).toEqual(expected)
  })

  it('with places, and mistakes as problems', async () => {
    const now = protoText.replace('int64 available = 2;', 'string available = 2;')
    const { findings } = await compared({ 'a.proto': protoText, 'b.proto': now }, 'a.proto', 'b.proto')
    const line = protoText.split('\n').findIndex((one) => one.includes('available')) + 1
    expect(findings).toMatchObject([
      {
        at: { file: 'b.proto', line },
        contract: { file: 'a.proto', line },
        expected: 'int64',
        actual: 'string',
      },
    ])
    const broken = await compared({ 'a.proto': protoText, 'b.proto': 'message {' }, 'a.proto', 'b.proto')
    expect(broken.problems.length).toBeGreaterThan(0)
    expect(broken.findings).toEqual([])
  })
})

it('two versions of a mock library', async () => {
  const report = await compared(
    {
      'mocks/orders/1.4.0/a.yaml': `mocks:
  - { request: { method: GET, path: '/orders/{id}' }, response: { body: { id: 1, total: 2, at: '\${{ now() }}' } } }
  - { request: { method: GET, path: '/orders/9' }, response: { status: 404, body: { code: A } } }
  - { request: { method: DELETE, path: '/orders/{id}' }, response: { status: 204 } }
`,
      'mocks/orders/2.0.0/a.yaml': `mocks:
  - { request: { method: GET, path: '/orders/{no}' }, response: { body: { id: '1', at: 3 } } }
  - { request: { method: GET, path: '/orders/9' }, response: { status: 404, body: { code: A, more: 1 } } }
  - { request: { method: POST, path: /orders }, response: { status: 201 } }
`,
    },
    'orders@1.4.0',
    'orders@^2',
  )
  expect(told(report)).toEqual([
    'violation type GET /orders/{no} response.200.body.id',
    'violation property-removed GET /orders/{no} response.200.body.total',
    'note type GET /orders/{no} response.200.body.at',
    'violation operation-removed DELETE /orders/{id}',
    'note property-added GET /orders/9 response.404.body.more',
    'note operation-added POST /orders',
  ])
  expect(report.findings[0]).toMatchObject({
    at: { file: 'mocks/orders/2.0.0/a.yaml', line: 2 },
    contract: { file: 'mocks/orders/1.4.0/a.yaml', line: 2 },
  })
})
