/** The calls that a real service gets when mocks are held against it: out of conditions, examples, fixtures and contracts. */
import { describe, expect, it } from 'vitest'
import { headersOf } from '../../src/cli/verify-flags.ts'
import { service, type TestService, verify } from './provider.ts'

const any = new Proxy({}, { get: () => [200, {}] }) as Parameters<typeof service>[0]

interface Asked {
  readonly line: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

const ask = async (
  request: string,
  more = '',
  options: Parameters<typeof verify>[2] = {},
  files: Readonly<Record<string, string>> = {},
): Promise<{ readonly asked: Asked | undefined; readonly findings: readonly string[] }> => {
  const real: TestService = await service(any)
  const mocks = `mocks:\n  - name: one\n    request: ${request}\n    response: {}\n${more}`
  const report = await verify(mocks, real.url, { unsafe: true, ...options }, files)
  expect(report.problems).toEqual([])
  const [line] = real.asked
  return {
    asked: line === undefined ? undefined : { line, ...real.requests[0]! },
    findings: report.findings.map(({ rule, message }) => `${rule}: ${message}`),
  }
}

describe('from conditions', () => {
  it.each<readonly [string, string]>([
    ['{ method: GET, path: /orders/42 }', 'GET /orders/42'],
    ['{ method: GET, path: "/orders/{id}", params: { id: "a/b c?" } }', 'GET /orders/a%2Fb%20c%3F'],
    [
      '{ method: GET, path: "/orders/{id}", params: { id: { $matches: "[A-Z]{3}-\\\\d{2}" } } }',
      'GET /orders/',
    ],
    [
      '{ method: GET, path: /o, query: { page: 2, tag: { $hasExactly: [a, b] } } }',
      'GET /o?page=2&tag=a&tag=b',
    ],
    [
      '{ method: GET, path: /o, query: { from: { $absent: false }, to: { $absent: true } } }',
      'GET /o?from=42',
    ],
    ['{ method: GET, path: /o, query: { n: { $oneOf: [x, y] } } }', 'GET /o?n=x'],
  ])('%s', async (request, line) => {
    const { asked, findings } = await ask(request)
    expect(findings).toEqual([])
    expect(asked!.line.startsWith(line)).toBe(true)
  })

  it('cookies and headers', async () => {
    const { asked } = await ask(
      '{ method: GET, path: /o, cookies: { sid: abc, theme: { $oneOf: [dark] } }, headers: { X-A: { $contains: b } } }',
    )
    expect(asked!.headers).toMatchObject({ cookie: 'sid=abc; theme=dark', 'x-a': 'b' })
  })

  it.each<readonly [string, string, string | RegExp, string]>([
    ['JSON', '{ body: { sku: A, n: { $type: number } } }', '{"sku":"A","n":1}', 'application/json'],
    [
      'JSON of another type',
      '{ headers: { content-type: application/vnd.a+json }, body: { sku: A } }',
      '{"sku":"A"}',
      'application/vnd.a+json',
    ],
    [
      'a form',
      '{ body: { $form: { a: 1, b: { $contains: x } } } }',
      'a=1&b=x',
      'application/x-www-form-urlencoded',
    ],
    ['text', '{ body: hello }', 'hello', 'text/plain'],
    ['XML', "{ body: { $equalToXml: '<a>1</a>' } }", '<a>1</a>', 'application/xml'],
    [
      'parts',
      '{ multipart: { note: hello, file: { filename: a.txt, headers: { content-type: text/csv }, body: { $contains: "1,2" } } } }',
      /name="note"\r\n\r\nhello\r\n[\s\S]*name="file"; filename="a.txt"\r\ncontent-type: text\/csv\r\n\r\n1,2/,
      'multipart/form-data; boundary=svc-mock-7d3a41',
    ],
  ])('a body: %s', async (_what, request, body, type) => {
    const { asked, findings } = await ask(`{ method: POST, path: /o, ${request.slice(1)}`)
    expect(findings).toEqual([])
    expect(asked!.body).toEqual(typeof body === 'string' ? body : expect.stringMatching(body))
    expect(asked!.headers['content-type']).toBe(type)
  })

  it('of an old version, and of a state of a scenario', async () => {
    const old = await service(any)
    const mocks = (id: string, more = ''): string =>
      `mocks:\n  - name: ${id}\n    request: { method: GET, path: /orders }\n    response: { headers: { x-${id}: '1' } }\n${more}`
    const later = '    scenarioName: paying\n    requiredScenarioState: paid\n'
    const { findings, checked } = await verify(
      mocks('old'),
      old.url,
      {},
      {
        'mocks/orders/2.0.0/orders.yaml': `${mocks('new')}${mocks('paid', later).slice('mocks:\n'.length)}`,
      },
    )
    expect(checked.map(({ name }) => name).sort()).toEqual(['new', 'old', 'paid'])
    expect(findings.map(({ mock, rule, path }) => `${rule} ${mock} ${path}`).sort()).toEqual([
      'missing-header new response.headers.x-new',
      'missing-header old response.headers.x-old',
      'missing-header paid response.headers.x-paid',
    ])
  })

  it('cannot always be', async () => {
    const { asked, findings } = await ask("{ method: GET, path: /o, query: { a: { $matches: '(?=b)c' } } }")
    expect([asked, findings]).toEqual([undefined, ['no-request: no request can be made from its conditions']])
  })
})

it('takes what the example says in place of conditions', async () => {
  const { asked, findings } = await ask(
    "{ method: POST, path: '/o/{id}', params: { id: { $matches: '(?=b)c' } }, query: { q: 1 }, headers: { x-a: a, x-b: b }, body: { n: 1 } }",
    "    contract: { example: { path: '/o/ä b', query: { q: [2, 3] }, headers: { X-A: z }, body: { n: 9 } } }\n",
  )
  expect(findings).toEqual([])
  expect(asked).toMatchObject({
    line: 'POST /o/%C3%A4%20b?q=2&q=3',
    headers: { 'x-a': 'z' },
    body: '{"n":9}',
  })
})

it('sends what a fixture has recorded, whatever changes from call to call', async () => {
  const fixture = `service: orders
version: 1.4.0
mocks:
  - name: recorded
    request:
      method: POST
      path: /orders/7
      query: { ts: { $anything: true }, page: '2' }
      headers: { accept: application/json, content-type: application/json }
      body: { sku: A-7, sentAt: { $type: string }, lines: [{ n: 1, nonce: { $type: number } }] }
    response: {}
`
  const { url, asked, requests } = await service(any)
  const report = await verify(
    'mocks: []\n',
    url,
    { unsafe: true },
    { 'fixtures/orders/1.4.0/recorded.yaml': fixture },
  )
  expect(report.findings).toEqual([])
  expect(asked).toEqual(['POST /orders/7?ts=42&page=2'])
  expect(requests[0]!.headers).toMatchObject({
    accept: 'application/json',
    'content-type': 'application/json',
  })
  expect(JSON.parse(requests[0]!.body)).toEqual({
    sku: 'A-7',
    sentAt: expect.any(String),
    lines: [{ n: 1, nonce: expect.any(Number) }],
  })
})

describe('with the contract of the service', () => {
  const api = `openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, enum: [ord-1] } }]
    post:
      parameters:
        - { name: tenant, in: query, required: true, schema: { type: string, enum: [acme] } }
        - { name: page, in: query, schema: { type: integer, enum: [7] } }
        - { name: X-Trace, in: header, required: true, schema: { type: string, const: t-1 } }
        - { name: region, in: cookie, required: true, schema: { type: string, const: eu } }
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [sku, count]
              properties: { sku: { const: Z-1 }, count: { const: 5 } }
      responses: { 200: { description: ok } }
`
  const files = {
    'api.yaml': api,
    'svc-mock.yaml':
      'name: shop\nservices:\n  orders:\n    hosts: [orders.test.example.com]\n    contract: { openapi: ./api.yaml }\n',
  }
  const asking = (request: string) => ask(request, '', {}, files)

  it('everything that it requires is there where the mock names none', async () => {
    const { asked, findings } = await asking("{ method: POST, path: '/orders/{id}' }")
    expect(findings).toEqual([])
    expect(asked).toMatchObject({
      line: 'POST /orders/ord-1?tenant=acme',
      headers: { 'x-trace': 't-1', cookie: 'region=eu', 'content-type': 'application/json' },
    })
    expect(JSON.parse(asked!.body)).toEqual({ sku: 'Z-1', count: 5 })
  })

  it('what the mock names counts first', async () => {
    const { asked } = await asking(
      "{ method: POST, path: '/orders/{id}', params: { id: x }, query: { tenant: me, page: { $absent: false } }, headers: { x-trace: mine }, body: { sku: mine } }",
    )
    expect(asked).toMatchObject({ line: 'POST /orders/x?tenant=me&page=7', headers: { 'x-trace': 'mine' } })
    expect(JSON.parse(asked!.body)).toEqual({ sku: 'mine', count: 5 })
  })

  it('gives values for operators', async () => {
    const { asked } = await asking(
      "{ method: POST, path: '/orders/{id}', params: { id: { $matches: 'ord-.*' } }, body: { count: { $greaterThan: 3 }, sku: { $anything: true } } }",
    )
    expect(asked!.line).toBe('POST /orders/ord-1?tenant=acme')
    expect(JSON.parse(asked!.body)).toEqual({ count: 4, sku: 'Z-1' })
  })
})

it('credentials come from the environment, and flags win', async () => {
  const environment = { SVC_MOCK_VERIFY_HEADERS: 'Authorization: Bearer env\nX-Key: k' }
  const headers = headersOf(['x-key: flag'], environment)
  const { asked } = await ask(
    '{ method: GET, path: /o, headers: { authorization: { $contains: Bearer } } }',
    '',
    {
      headers,
    },
  )
  expect(asked!.headers).toMatchObject({ authorization: 'Bearer env', 'x-key': 'flag' })
})

it('puts the path of the address before those of mocks, and none of the host that mocks are met at', async () => {
  const real = await service(any)
  const { findings } = await verify(
    'mocks:\n  - request: { method: GET, path: /42 }\n    response: {}\n',
    `${real.url}/api/`,
    {},
    { 'svc-mock.yaml': 'name: shop\nservices:\n  orders: { hosts: [all.test.example.com/orders] }\n' },
  )
  expect([findings, real.asked]).toEqual([[], ['GET /api/42']])
})
