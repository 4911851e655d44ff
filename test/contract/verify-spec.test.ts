/** Mocks held against an OpenAPI file: what is right stays silent, and each mistake is found, alone and with its places. */
import { truncateSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { verifySpec } from '../../src/app/contract/verify-spec.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { grpcFiles } from '../support/grpc-workspace.ts'
import { workspace } from '../support/workspace.ts'
import { config, orderMock, ordersFiles, ordersSpec, shortly, verified } from './orders.ts'

const good = 'id: 1, total: 2.5, state: open'

const foundIn = async (mocks: string, spec?: string): Promise<string[]> => {
  const { findings, problems } = await verified(ordersFiles(mocks, spec))
  expect(problems).toEqual([])
  return shortly(findings)
}

describe('a mock that keeps its contract', () => {
  it.each([
    ['the whole', orderMock(good)],
    ['null where it may be', orderMock(`${good}, note: null`)],
    ['a document in itself', orderMock(`${good}, parent: { ${good} }`)],
    ['the alternative that is named', orderMock(`${good}, payment: { kind: card, last4: '4242' }`)],
    ['the alternative by its mapping', orderMock(`${good}, payment: { kind: bill, due: 2026-11-21 }`)],
    [
      'an answer by its range',
      '  - { request: { method: GET, path: /orders }, response: { status: 418, body: { code: A } } }',
    ],
    [
      'the default answer',
      '  - { request: { method: POST, path: /orders }, response: { status: 503, body: { code: A } } }',
    ],
    [
      'the path of a server',
      "  - { request: { method: GET, path: '/v2/orders/7' }, response: { body: { ID } } }".replace(
        'ID',
        good,
      ),
    ],
    [
      'another content type',
      "  - { request: { method: GET, path: /orders/1 }, response: { headers: { content-type: text/csv }, body: 'a,b' } }",
    ],
    [
      'nothing where there is nothing',
      "  - { request: { method: DELETE, path: '/orders/{id}' }, response: { status: 204 } }",
    ],
    ['HEAD, answered as GET is', "  - { request: { method: HEAD, path: '/orders/{id}' }, response: { } }"],
    [
      'a literal path before a pattern',
      '  - { request: { method: GET, path: /orders/mine }, response: { body: { count: 1 } } }',
    ],
    [
      'a call without what is read-only',
      `  - { request: { method: POST, path: /orders, body: { $equalToJson: { total: 1, state: open, secret: x } } }, response: { status: 201, body: { ${good} } } }`,
    ],
    [
      'a refusal of a wrong call',
      '  - { request: { method: GET, path: /orders, query: { page: x, whatever: 1 } }, response: { status: 400, body: { code: A } } }',
    ],
    [
      'parameters as texts',
      "  - { request: { method: GET, path: /orders, query: { tenant: a, page: 2, ids: '1,2', 'filter[x]': 1 }, headers: { x-trace: 6a2f41a3-c54c-4b01-9e2f-8b3c5d2e1f00 } }, response: { headers: { x-total: 0 }, body: [] } }",
    ],
  ])('%s', async (_, mock) => {
    expect((await foundIn(mock)).filter((one) => !one.startsWith('notVerifiable'))).toEqual([])
  })
})

describe('a mistake is found, and only it', () => {
  it.each([
    [
      'unknown path',
      '  - { request: { path: /order/1 }, response: {} }',
      'unknown-path request.path got /order/1',
    ],
    [
      'unknown method',
      "  - { request: { method: PUT, path: '/orders/{id}' } }",
      'unknown-method request.method expected GET, DELETE got PUT',
    ],
    [
      'status',
      "  - { request: { method: GET, path: '/orders/{id}' }, response: { status: 500, body: {} } }",
      'response-status response.status expected 200, 404 got 500',
    ],
    ['type', orderMock("id: '1', total: 1, state: open"), 'type response.body.id expected integer got "1"'],
    [
      'enum',
      orderMock('id: 1, total: 1, state: lost'),
      'enum response.body.state expected ["open","paid"] got "lost"',
    ],
    ['missing field', orderMock('id: 1, total: 1'), 'missing-property response.body.state'],
    ['unknown field', orderMock(`${good}, sum: 3`), 'unknown-property response.body.sum'],
    [
      'exclusive bound of 3.0',
      orderMock('id: 1, total: 0, state: open'),
      'exclusive-minimum response.body.total got 0',
    ],
    [
      'format',
      orderMock(`${good}, at: '2026-02-30T10:00:00Z'`),
      'format response.body.at expected date-time got "2026-02-30T10:00:00Z"',
    ],
    ['write-only', orderMock(`${good}, secret: x`), 'write-only-property response.body.secret'],
    [
      'deep inside',
      orderMock(`${good}, parent: { id: 1, total: 1, state: none }`),
      'enum response.body.parent.state expected ["open","paid"] got "none"',
    ],
    [
      'alternative',
      orderMock(`${good}, payment: { kind: card, last4: 42424 }`),
      'type response.body.payment.last4 expected string got 42424',
    ],
    [
      'unnamed alternative',
      orderMock(`${good}, payment: { kind: cash }`),
      'enum response.body.payment.kind expected ["Card","Invoice","card","bill"] got "cash"',
    ],
    [
      'content type',
      "  - { request: { method: GET, path: '/orders/{id}' }, response: { body: plain } }",
      'content-type response.body expected application/json, text/csv got text/plain; charset=utf-8',
    ],
    [
      'no JSON',
      "  - { request: { method: GET, path: '/orders/{id}' }, response: { headers: { content-type: application/json }, body: '{' } }",
      expect.stringContaining('not-json response.body'),
    ],
    [
      'no body',
      "  - { request: { method: GET, path: '/orders/{id}' }, response: {} }",
      'missing-body response',
    ],
    [
      'path parameter',
      `  - { request: { method: GET, path: /orders/abc }, response: { body: { ${good} } } }`,
      'type request.path expected integer got "abc"',
    ],
    [
      'path parameter by its condition',
      `  - { request: { method: GET, path: '/orders/{no}', params: { no: x } }, response: { body: { ${good} } } }`,
      'type request.params.no expected integer got "x"',
    ],
    [
      'read-only in a call',
      `  - { request: { method: POST, path: /orders, body: { id: 3 } }, response: { status: 201, body: { ${good} } } }`,
      'read-only-property request.body.id',
    ],
    [
      'a value in a call',
      `  - { request: { method: POST, path: /orders, body: { total: { $greaterThan: 3 }, state: lost } }, response: { status: 201, body: { ${good} } } }`,
      'enum request.body.state expected ["open","paid"] got "lost"',
    ],
    [
      'a whole call that lacks something',
      `  - { request: { method: POST, path: /orders, body: { $equalTo: { state: open } } }, response: { status: 201, body: { ${good} } } }`,
      'missing-property request.body.total',
    ],
    [
      'a form',
      `  - { request: { method: POST, path: /orders, body: { $form: { amount: much } } }, response: { status: 201, body: { ${good} } } }`,
      'type request.body.amount expected number got "much"',
    ],
    [
      'a body where none belongs',
      `  - { request: { method: GET, path: '/orders/{id}', body: { a: 1 } }, response: { body: { ${good} } } }`,
      'unexpected-body request.body',
    ],
    [
      'request content type',
      `  - { request: { method: POST, path: /orders, headers: { Content-Type: text/xml }, body: x }, response: { status: 201, body: { ${good} } } }`,
      'content-type request.headers expected application/json, application/x-www-form-urlencoded got text/xml',
    ],
  ])('%s', async (_, mock, expected) => {
    expect((await foundIn(mock)).filter((one) => !one.startsWith('notVerifiable'))).toEqual([expected])
  })

  it('in a query: required, wrong and unknown', async () => {
    const mock = (query: string): string =>
      `  - { request: { method: GET, path: /orders, headers: { x-trace: 6a2f41a3-c54c-4b01-9e2f-8b3c5d2e1f00 }, query: { ${query} } }, response: { headers: { x-total: 1 }, body: [] } }`
    const plain = ordersSpec.replace(/ {8}- \{ name: filter.*\n/, '')
    expect(await foundIn(mock('page: 1'), plain)).toEqual(['missing-parameter request'])
    expect(await foundIn(mock('tenant: { $absent: true }'), plain)).toEqual([
      'missing-parameter request.query.tenant',
    ])
    expect(await foundIn(mock('tenant: a, page: 0'), plain)).toEqual(['minimum request.query.page got "0"'])
    expect(await foundIn(mock("tenant: a, ids: '1,x'"), plain)).toEqual([
      'type request.query.ids expected integer got "1,x"',
    ])
    expect(await foundIn(mock('tenant: a, pgae: 1'), plain)).toEqual([
      'unknown-parameter request.query.pgae expected tenant, page, ids got pgae',
    ])
    expect(await foundIn(mock('tenant: { $oneOf: [a, b] }, page: { $oneOf: [1, 0] }'), plain)).toEqual([
      'minimum request.query.page got "0"',
    ])
  })

  it('in headers of an answer', async () => {
    const mock = (headers: string): string =>
      `  - { request: { method: GET, path: /orders, query: { tenant: a } }, response: { headers: { ${headers} }, body: [] } }`
    expect(await foundIn(mock(''))).toContain('missing-header response.headers')
    expect(await foundIn(mock('X-Total: many'))).toContain(
      'type response.headers.x-total expected integer got "many"',
    )
  })
})

describe('what cannot be decided is counted and no violation', () => {
  it('operators, templates, patterns wider than an operation', async () => {
    const { findings, checked } = await verified(
      ordersFiles(`${orderMock("id: '${{ request.params.id }}', total: 1, state: open")}
  - { name: operator, request: { method: GET, path: '/orders/{id}', params: { id: { $matches: '[0-9]+' } } }, response: { body: { ${good} } } }
  - { name: partial, request: { method: POST, path: /orders, body: { total: { $greaterThan: 3 } } }, response: { status: 201, body: { ${good} } } }
  - { name: rest, request: { method: GET, path: '/orders/{rest*}' }, response: { body: { ${good} } } }
  - { name: anything, response: { status: 500 } }
  - { name: any method, request: { path: '/orders/{id}' }, response: { status: 500 } }
  - { name: preflight, request: { method: OPTIONS, path: '/orders' }, response: { status: 204 } }
  - { name: unasked header, request: { method: GET, path: /orders, query: { tenant: a } }, response: { headers: { x-total: 1 }, body: [] } }
`),
    )
    expect(checked).toHaveLength(8)
    expect(shortly(findings)).toEqual([
      'notVerifiable template response.body',
      'notVerifiable operator request',
      'notVerifiable operator request',
      'notVerifiable several-operations request.path got /orders/{rest*}',
      'notVerifiable any-path request',
      'notVerifiable any-method request',
      'notAContract preflight request.method',
      'notVerifiable missing-parameter request',
    ])
  })

  it('but what stands beside an expression is', async () => {
    const found = await foundIn(orderMock("id: '${{ request.params.id }}', total: none, state: open"))
    expect(found).toEqual([
      'notVerifiable template response.body',
      'type response.body.total expected number got "none"',
    ])
  })

  it('scripts, faults and real answers are left out by name; their calls are not', async () => {
    const { findings, skipped } = await verified(
      ordersFiles(`
  - { request: { method: GET, path: /orders/1 }, script: 'export default () => ({ status: 200 })' }
  - { request: { method: GET, path: /orders/2 }, fault: { abort: reset } }
  - { request: { method: GET, path: /orders/3 }, upstream: { patch: { status: 200 } } }
  - { request: { method: GET, path: /orders/x }, fault: { abort: reset } }
  - { request: { method: GET, path: /nowhere }, contract: false, response: { status: 500 } }
  - { request: { method: GET, path: /orders/4 }, fault: { delay: 1s }, response: { status: 500 } }
`),
    )
    expect(skipped).toEqual({ script: 1, fault: 2, upstream: 1, 'contract: false': 1 })
    expect(shortly(findings)).toEqual([
      'type request.path expected integer got "x"',
      'response-status response.status expected 200, 404 got 500',
    ])
  })
})

it('names the line in the mock file and the line in the contract', async () => {
  const { findings } = await verified(
    ordersFiles(`  - name: one
    request: { method: GET, path: /orders/1 }
    response:
      body:
        id: 1
        total: many
        state: open
`),
  )
  expect(findings).toMatchObject([
    {
      service: 'orders',
      version: '2.3.0',
      operation: 'GET /orders/{id}',
      mock: 'one',
      at: { file: 'mocks/orders/2.3.0/a.yaml', line: 7, column: 16 },
      contract: {
        file: 'orders.yaml',
        line: ordersSpec.split('\n').findIndex((line) => line.includes('total: { type: number')) + 1,
      },
    },
  ])
})

it('reads bodies from files, several answers, and lists', async () => {
  const { findings } = await verified({
    ...ordersFiles(`
  - { request: { method: GET, path: /orders/1 }, response: { bodyFile: ./one.json } }
  - { request: { method: GET, path: /orders/2 }, responses: [{ body: { ${good} } }, { body: { id: x, total: 1, state: open } }] }
  - { request: { method: GET, path: /orders, query: { tenant: a } }, response: { headers: { x-total: 1 }, body: [{ ${good} }, { id: 1 }] } }
`),
    'mocks/orders/2.3.0/one.json': '{"id":1,"total":-1,"state":"open"}',
  })
  expect(shortly(findings).filter((one) => !one.startsWith('notVerifiable'))).toEqual([
    'exclusive-minimum response.bodyFile.total got -1',
    'type responses[1].body.id expected integer got "x"',
    'missing-property response.body[1].total',
    'missing-property response.body[1].state',
  ])
})

it('knows JSON Schema of 3.1: type lists, const, references with more beside them', async () => {
  const spec = `openapi: 3.1.0
info: { title: T, version: '1' }
paths:
  /a:
    get:
      responses:
        '200':
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/A'
                required: [kind]
components:
  schemas:
    A:
      properties:
        kind: { const: a }
        n: { type: [integer, 'null'], exclusiveMinimum: 3 }
        tuple: { type: array, prefixItems: [{ type: string }], items: false }
      unevaluatedProperties: false
`
  const mock = (body: string): string =>
    `  - { request: { method: GET, path: /a }, response: { body: { ${body} } } }`
  expect(await foundIn(mock('kind: a, n: null, tuple: [x]'), spec)).toEqual([])
  expect(await foundIn(mock('n: 3, tuple: [x, y], more: 1'), spec)).toEqual([
    'exclusive-minimum response.body.n got 3',
    'items response.body.tuple got ["x","y"]',
    'unknown-property response.body.more',
    'missing-property response.body.kind',
  ])
})

describe('a contract with mistakes says each once, with its place, and the rest is checked', () => {
  const withSchema = (schema: string): string =>
    ordersSpec.replace('note: { type: string, nullable: true }', `note: ${schema}`)

  it.each([
    [
      'a missing reference',
      "{ $ref: '#/components/schemas/Nothing' }",
      '#/components/schemas/Nothing does not exist',
    ],
    ['a missing file', "{ $ref: './other.yaml#/A' }", 'other.yaml does not exist'],
    [
      'a remote reference',
      "{ $ref: 'https://example.com/a.yaml#/A' }",
      'https://example.com/a.yaml lies on another machine, and remote references are refused',
    ],
    [
      'a file outside',
      "{ $ref: '../../../../../../etc/hostname' }",
      '../../../../../../etc/hostname leads out of the workspace',
    ],
  ])('%s', async (_, schema, message) => {
    const spec = withSchema(schema)
    const report = await verified(
      ordersFiles(orderMock(`${good}, note: 1, state: lost`.replace('state: open, ', '')), spec),
    )
    expect(report.problems).toMatchObject([
      {
        severity: 'error',
        code: 'CONTRACT_INVALID',
        message,
        at: { file: 'orders.yaml', line: spec.split('\n').findIndex((line) => line.includes('note:')) + 1 },
      },
    ])
    expect(shortly(report.findings)).toEqual(['enum response.body.state expected ["open","paid"] got "lost"'])
  })

  it('references that lead back to themselves', async () => {
    const spec = `${withSchema("{ $ref: '#/components/schemas/X' }")}    X: { $ref: '#/components/schemas/Y' }\n    Y: { $ref: '#/components/schemas/X' }\n`
    const { problems, findings } = await verified(ordersFiles(orderMock(`${good}, note: 1`), spec))
    expect(problems.map(({ message }) => message)).toContain('this reference leads back to itself')
    expect(findings).toEqual([])
  })

  it('a schema deeper than any stack', async () => {
    const deep = `${'{"properties":{"x":'.repeat(5000)}{}${'}}'.repeat(5000)}`
    const report = await verified({
      ...ordersFiles('  - { request: { method: GET, path: /a }, response: { body: { x: 1 } } }\n'),
      'orders.yaml': `{"openapi":"3.0.0","paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":${deep}}}}}}}}}`,
    })
    expect(report.problems).toMatchObject([
      { severity: 'warning', message: 'the schema is nested too deeply' },
    ])
    expect(report.findings).toEqual([])
  })

  it('an expression that is none', async () => {
    const { problems, findings } = await verified(
      ordersFiles(orderMock(`${good}, note: '1'`), withSchema("{ type: string, pattern: '(' }")),
    )
    expect(problems).toMatchObject([{ severity: 'warning', message: '"(" is no regular expression' }])
    expect(findings).toEqual([])
  })

  it.each([
    ['Swagger', 'swagger: "2.0"\n', 'it is Swagger 2.0, which is not read'],
    ['something later', 'openapi: 4.0.0\n', 'OpenAPI 4.0.0 is not known'],
    ['something else', 'a: 1\n', 'it is no OpenAPI file: it does not say openapi: 3.…'],
  ])('%s', async (_, spec, message) => {
    const { problems, skipped } = await verified(ordersFiles(orderMock(good), spec))
    expect(problems).toMatchObject([{ message, at: { file: 'orders.yaml', line: 1 } }])
    expect(skipped).toEqual({ 'contract cannot be read': 1 })
  })

  it('no YAML', async () => {
    const { problems } = await verified(ordersFiles(orderMock(good), 'openapi: [3.0'))
    expect(problems).toMatchObject([{ code: 'CONTRACT_INVALID', at: { file: 'orders.yaml' } }])
  })
})

it('follows references into other files', async () => {
  const spec = ordersSpec.replace(
    'note: { type: string, nullable: true }',
    "note: { $ref: './parts/note.yaml#/Note' }",
  )
  const { problems, findings } = await verified({
    ...ordersFiles(orderMock(`${good}, note: 1`), spec),
    'parts/note.yaml': "Note: { $ref: './text.yaml' }\n",
    'parts/text.yaml': 'type: string\n',
  })
  expect(problems).toEqual([])
  expect(findings).toMatchObject([{ rule: 'type', contract: { file: 'parts/text.yaml', line: 1 } }])
})

it('fetches references from other machines when it may, and tells which cannot be had', async () => {
  const server = createServer((request, response) => {
    if (request.url !== '/note.yaml') response.writeHead(404)
    response.end("Note: { $ref: './text.yaml' }\n")
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const spec = ordersSpec.replace(
    'note: { type: string, nullable: true }',
    `note: { $ref: 'http://127.0.0.1:${port}/note.yaml#/Note' }`,
  )
  const report = await verified(ordersFiles(orderMock(`${good}, note: 1`), spec), { allowRemoteRefs: true })
  expect(report.problems).toMatchObject([
    {
      message: './text.yaml cannot be fetched: the answer was 404',
      at: { file: `http://127.0.0.1:${port}/note.yaml`, line: 1 },
    },
  ])
  expect(report.findings).toEqual([])
})

it('reads ten megabytes, and refuses more than 32', async () => {
  const large = `${ordersSpec}    Filler:\n      enum:\n${"        - 'a value that is long enough to fill a file of that size'\n".repeat(165_000)}`
  expect(large.length).toBeGreaterThan(10_000_000)
  const { findings, problems } = await verified(ordersFiles(orderMock('id: x, total: 1, state: open'), large))
  expect(problems).toEqual([])
  expect(findings).toMatchObject([{ rule: 'type', contract: { file: 'orders.yaml' } }])
  const files = ordersFiles(orderMock(good))
  const { folder } = workspace(files)
  truncateSync(join(folder, 'orders.yaml'), 33 * 1024 * 1024)
  const refused = await verifySpec(openWorkspace({ cwd: folder, env: {} }).config, {
    paths: [],
    allowRemoteRefs: false,
  })
  expect(refused.problems).toMatchObject([
    { message: 'orders.yaml has 34,603,008 bytes, more than 32 MB', at: { file: 'svc-mock.yaml', line: 2 } },
  ])
})

it('counts gRPC mocks against their definitions, and tells their mistakes as violations', async () => {
  const files = grpcFiles(`
  - { name: good, request: { method: acme.Inventory/Get, message: { sku: A-1 } }, response: { message: { available: 3 } } }
  - { name: bad, request: { method: acme.Inventory/Get }, response: { message: { avaliable: 3 } } }
`)
  const report = await verified(files)
  expect(report.against).toEqual(['inventory: ./proto/inventory.proto'])
  expect(report.checked.map(({ name }) => name)).toEqual(['good', 'bad'])
  expect(report.findings).toMatchObject([
    { severity: 'violation', rule: 'definition', mock: 'bad', at: { line: 5 } },
  ])
  expect(report.problems).toEqual([])
})

it('refuses when nothing has a contract', async () => {
  const files = { ...ordersFiles(orderMock(good)), 'svc-mock.yaml': 'services: { orders: {} }' }
  await expect(verified(files)).rejects.toMatchObject({ code: 'CONTRACT_MISSING' })
  await expect(verified(ordersFiles(''), { service: 'stock' })).rejects.toMatchObject({
    code: 'FLAG_INVALID',
  })
  expect(config).toContain('openapi')
})
