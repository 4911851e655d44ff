/** Mocks held against a real service: a good one stays silent, and of each that drifted the drift is found, and only that. */
import { describe, expect, it } from 'vitest'
import { stateCommand, stateUrl } from '../../src/app/contract/provider-states.ts'
import { type Answer, goodAnswers, goodMocks, service, verify } from './provider.ts'

const shortly = (
  findings: readonly { severity: string; rule: string; path: string; mock?: string | undefined }[],
): string[] => findings.map(({ severity, rule, path, mock }) => `${severity} ${rule} ${mock} ${path}`)

const one = goodAnswers['GET /orders/42']!
const body = one[1] as Readonly<Record<string, unknown>>
const changed = (change: Readonly<Record<string, unknown>>): Answer => [
  200,
  { ...body, ...change },
  { 'x-total': '1' },
]
const without = (name: string): Answer => {
  const { [name]: _gone, ...rest } = body
  return [200, rest, { 'x-total': '1' }]
}

it('is silent about a service that keeps its promises', async () => {
  const { url, asked } = await service(goodAnswers)
  const report = await verify(goodMocks, url)
  expect(report.findings).toEqual([])
  expect(report.checked.map(({ name }) => name).sort()).toEqual(['all', 'one'])
  expect(asked.sort()).toEqual(['GET /orders', 'GET /orders/42'])
})

it.each<readonly [string, string, Answer, readonly string[]]>([
  ['another type', 'GET /orders/42', changed({ id: '77' }), ['violation type one response.body.id']],
  [
    'null where there was a value',
    'GET /orders/42',
    changed({ state: null }),
    ['violation type one response.body.state'],
  ],
  [
    'a field that is gone',
    'GET /orders/42',
    without('total'),
    ['violation missing-property one response.body.total'],
  ],
  ['a field that is new', 'GET /orders/42', changed({ more: 1 }), []],
  ['a value where there was null', 'GET /orders/42', changed({ note: { a: 1 } }), []],
  [
    'a time that is none',
    'GET /orders/42',
    changed({ at: 'yesterday' }),
    ['violation format one response.body.at'],
  ],
  [
    'items of another shape',
    'GET /orders/42',
    changed({
      items: [
        { sku: 'A', count: 1 },
        { sku: 1, count: 1 },
      ],
    }),
    ['violation type one response.body.items[1].sku'],
  ],
  [
    'a list that is empty',
    'GET /orders/42',
    changed({ items: [] }),
    ['notVerifiable empty-list one response.body.items'],
  ],
  ['a list that is an object', 'GET /orders', [200, { items: [] }], ['violation type all response.body']],
  [
    'a header that is gone',
    'GET /orders/42',
    [200, body],
    ['violation missing-header one response.headers.x-total'],
  ],
  [
    'an object that is a list',
    'GET /orders/42',
    [200, [body], { 'x-total': '1' }],
    ['violation type one response.body'],
  ],
  [
    'a list in place of an object inside',
    'GET /orders/42',
    changed({ items: { sku: 'A', count: 1 } }),
    ['violation type one response.body.items'],
  ],
  [
    'a date that is written otherwise',
    'GET /orders/42',
    changed({ at: '21/11/2026 10:00' }),
    ['violation format one response.body.at'],
  ],
  ['a date of another day', 'GET /orders/42', changed({ at: '2031-01-01T00:00:00+08:00' }), []],
  [
    'a time that became a number',
    'GET /orders/42',
    changed({ at: 1_795_000_000 }),
    ['violation type one response.body.at'],
  ],
  [
    'another content type',
    'GET /orders/42',
    [200, body, { 'x-total': '1', 'content-type': 'application/hal+json' }],
    ['violation content-type one response.headers.content-type'],
  ],
  [
    'a parameter of the content type',
    'GET /orders/42',
    [200, body, { 'x-total': '1', 'content-type': 'application/json; charset=utf-8' }],
    [],
  ],
  [
    'two drifts at once',
    'GET /orders/42',
    changed({ id: 'x', total: '1' }),
    ['violation type one response.body.id', 'violation type one response.body.total'],
  ],
  ['another status', 'GET /orders/42', [500, {}], ['violation response-status one response.status']],
  [
    'a page instead of JSON',
    'GET /orders/42',
    [200, '<html>', { 'x-total': '1' }],
    ['violation content-type one response.headers.content-type'],
  ],
  [
    'JSON that is none',
    'GET /orders/42',
    [200, '{"id":', { 'x-total': '1', 'content-type': 'application/json' }],
    ['violation not-json one response.body'],
  ],
  ['nothing', 'GET /orders/42', [404, {}], ['dataMissing not-found one response.status']],
  ['a connection that breaks', 'GET /orders/42', [0, {}], ['violation no-reply one response']],
])('finds %s, and only that', async (_what, operation, answer, found) => {
  const { url } = await service({ ...goodAnswers, [operation]: answer })
  // The good one first, so that a broken connection is not taken for a service that is down.
  const report = await verify(
    goodMocks.replace(/( {2}- name: one[\s\S]*)( {2}- name: all[\s\S]*)/, '$2$1'),
    url,
    { concurrency: 1 },
  )
  expect(shortly(report.findings)).toEqual(found)
})

describe("a mock with Pact's rules", () => {
  const mock = (body: string, rules: string, more = ''): string => `mocks:
  - name: one
    request: { method: GET, path: /orders/42 }
    response: { headers: { content-type: application/json }, body: ${body} }
    contract:
      pact: { consumer: shop, matchingRules: { response: ${rules} } }
${more}`
  const like = '{ body: { $: { matchers: [{ match: type }] } } }'

  it.each<readonly [string, string, string, readonly string[], Answer]>([
    ['a type', '{ id: 1, state: OPEN }', like, [], one],
    ['a type that differs', '{ id: x }', like, ['violation matching-rule one response.body.id'], one],
    [
      'an expression, and equality elsewhere',
      '{ state: OPEN, total: 2 }',
      "{ body: { $.state: { matchers: [{ match: regex, regex: 'OPEN|PAID' }] } } }",
      ['violation matching-rule one response.body.total'],
      one,
    ],
    ['no rules: equality', '{ id: 42 }', '{}', ['violation matching-rule one response.body.id'], one],
    [
      'items at least',
      '{ items: [{ sku: A, count: 1 }] }',
      '{ body: { $.items: { matchers: [{ match: type, min: 2 }] } } }',
      ['violation matching-rule one response.body.items'],
      one,
    ],
    [
      'a field in an item',
      '{ items: [{ sku: 1 }] }',
      '{ body: { $.items: { matchers: [{ match: type, min: 1 }] } } }',
      ['violation matching-rule one response.body.items[0].sku'],
      one,
    ],
    [
      'a rule that is none',
      '{ id: 1 }',
      '{ body: { $.id: { matchers: [{ match: regex, regex: "(" }] } } }',
      ['violation pact-rules one contract.pact.matchingRules.response'],
      one,
    ],
    ['a status', '{ id: 1 }', like, ['violation response-status one response.status'], [500, { id: 1 }]],
    ['data that is missing', '{ id: 1 }', like, ['dataMissing not-found one response.status'], [404, {}]],
  ])('is held to them: %s', async (_what, expected, rules, found, answer) => {
    const { url } = await service({ 'GET /orders/42': answer })
    expect(shortly((await verify(mock(expected, rules), url)).findings)).toEqual(found)
  })

  it('names the place, and what exact says counts beside them', async () => {
    const { url } = await service(goodAnswers)
    const mocks = mock('{ id: 1, state: OPEN }', like, '      exact: [$.state]\n')
    const { findings } = await verify(mocks, url)
    expect(shortly(findings)).toEqual(['violation value one response.body.state'])
    const differing = mock('{ id: x }', like)
    expect((await verify(differing, url)).findings[0]!).toMatchObject({
      at: { file: 'mocks/orders/1.4.0/orders.yaml', line: 4, column: 74 },
      expected: '"x"',
      actual: '77',
    })
  })
})

describe('what a mock says of its contract', () => {
  const mock = (contract: string, more = ''): string =>
    `mocks:\n  - name: one\n    request: { method: GET, path: /orders/42 }\n    response: { body: { id: 42, state: OPEN } }\n    contract: ${contract}\n${more}`

  it.each([
    // The real service calls it PAID: a name of an enum that has changed.
    ['{ exact: [$.state] }', ['violation value one response.body.state']],
    ['{ exact: [$.items] }', []],
    ['{ exact: [id] }', ['violation value one response.body.id']],
    ["{ exact: ['$['] }", ['violation exact-path one contract.exact']],
    ['{ example: { path: /orders/43 } }', ['dataMissing not-found one response.status']],
    ['false', []],
  ])('counts: %s', async (contract, found) => {
    const { url } = await service(goodAnswers)
    expect(shortly((await verify(mock(contract), url)).findings)).toEqual(found)
  })

  it('is asked for its state first, and not asked without a way into it', async () => {
    const { url, states, asked } = await service(goodAnswers)
    const mocks = mock('{ state: { name: order 42 exists, params: { id: 42 } } }')
    expect(shortly((await verify(mocks, url)).findings)).toEqual(['notVerifiable no-state-setup one '])
    expect(asked).toEqual([])
    const report = await verify(mocks, url, { states: stateUrl(`${url}/_states`, 'shop', []) })
    expect(report.findings).toEqual([])
    expect(states).toEqual(
      ['setup', 'teardown'].map((action) => ({
        consumer: 'shop',
        state: 'order 42 exists',
        params: { id: 42 },
        action,
      })),
    )
  })

  it('is told when its state cannot be had', async () => {
    const { url, asked } = await service(goodAnswers)
    const mocks = mock('{ state: impossible }')
    const byUrl = await verify(mocks, url, { states: stateUrl(`${url}/_states`, 'shop', []) })
    const byCommand = await verify(mocks, url, {
      states: stateCommand('echo no such thing >&2; exit 4', '.'),
    })
    expect([...byUrl.findings, ...byCommand.findings].map(({ rule, message }) => [rule, message])).toEqual([
      ['state-failed', expect.stringMatching(/"impossible": .*answered 500$/)],
      ['state-failed', expect.stringMatching(/"impossible": .*ended with 4: no such thing$/)],
    ])
    expect(asked).toEqual([])
  })
})

it('sends what changes something only where a state is named, or asked to', async () => {
  const mocks = `mocks:\n  - name: new\n    request: { method: POST, path: /orders, body: { sku: A-1 } }\n    response: { status: 201, body: { id: 1 } }\n`
  const { url, asked } = await service(goodAnswers)
  expect((await verify(mocks, url)).skipped).toEqual({ 'changes something, and no state is named': 1 })
  expect(asked).toEqual([])
  expect((await verify(mocks, url, { unsafe: true })).findings).toEqual([])
  expect(asked).toEqual(['POST /orders'])
})

it('counts what promises nothing by what it is', async () => {
  const { url } = await service(goodAnswers)
  const report = await verify(
    `mocks:
  - { request: { path: /a }, script: 'export default () => ({})' }
  - { request: { path: /b }, upstream: {} }
  - { request: { path: /c }, fault: { abort: reset } }
  - { request: { path: /d }, response: {}, contract: false }
`,
    url,
  )
  expect(report.skipped).toEqual({ script: 1, upstream: 1, fault: 1, 'contract: false': 1 })
  expect(report.checked).toEqual([])
})

it('asks with real values for fakes only where it is given them', async () => {
  const mocks = `mocks:\n  - name: mine\n    request: { method: GET, path: /orders, query: { mobile: { $masked: { type: cn-mobile, value: '19999221774' } } } }\n    response: { body: [{ id: 1 }] }\n`
  const { url, asked } = await service(goodAnswers)
  expect(shortly((await verify(mocks, url)).findings)).toEqual(['notVerifiable no-request mine request'])
  expect((await verify(mocks, url, { values: new Map([['19999221774', '13800138000']]) })).findings).toEqual(
    [],
  )
  expect(asked).toEqual(['GET /orders?mobile=13800138000'])
})

it('ends at once when nothing answers, and with the first violation where that is asked', async () => {
  await expect(verify(goodMocks, 'http://127.0.0.1:1')).rejects.toMatchObject({
    code: 'PROVIDER_UNREACHABLE',
  })
  const { url } = await service({})
  const mocks = goodMocks.replaceAll('response:', 'contract: { state: s }\n    response:')
  const report = await verify(mocks, url, {
    states: stateUrl(`${url}/_states`, undefined, []),
    failFast: true,
  })
  expect(report).toMatchObject({ complete: false, findings: [{ rule: 'response-status' }] })
})

it('finds an interface that answers differently when asked twice', async () => {
  let times = 0
  const changing = {
    ...goodAnswers,
    get 'GET /orders'(): Answer {
      return times++ === 0 ? goodAnswers['GET /orders']! : [409, {}]
    },
  }
  const { url } = await service(changing)
  const report = await verify(goodMocks, url, { idempotent: true, concurrency: 1 })
  expect(shortly(report.findings)).toEqual(['violation not-idempotent all response'])
})

it('asks nobody in production', async () => {
  const settings =
    'guard: { production: [127.0.0.0/8] }\nservices: { orders: { hosts: [a.test.example.com] } }\n'
  const { url, asked } = await service(goodAnswers)
  await expect(verify(goodMocks, url, {}, { 'svc-mock.yaml': settings })).rejects.toMatchObject({
    code: 'PRODUCTION_REFUSED',
  })
  expect(asked).toEqual([])
})
