/** What changed in a service since it was recorded: each change is found, with its kind, and nothing else is. */
import { describe, expect, it } from 'vitest'
import { type Answer, shortly, space } from './drifting.ts'

const item = (id: number, more: object = {}): object => ({ id, sku: `A-${id}`, count: 1, ...more })
const order = {
  id: 42,
  state: 'OPEN',
  total: 12.5,
  big: 1,
  note: null,
  madeAt: '2026-01-02T03:04:05Z',
  items: [item(1), item(2, { gift: true }), item(3)],
  tags: ['a', 'b', 'c'],
  stock: { '10001': { left: 1 }, '10002': { left: 2 } },
  none: [],
}
const call = 'GET /orders/42'
const changed = (change: object, headers: Record<string, string> = {}): Answer => [
  200,
  { ...order, ...change },
  { 'x-total': '3', ...headers },
]
const without = (name: keyof typeof order): Answer => {
  const { [name]: _gone, ...rest } = order
  return [200, rest, { 'x-total': '3' }]
}

const found = async (before: Answer, now: Answer, options = {}): Promise<string[]> => {
  const one = await space({ [call]: before })
  await one.record([call])
  one.service.answers = { [call]: now }
  return shortly((await one.drift(options)).findings)
}

it('is silent where nothing has changed', async () => {
  expect(await found(changed({}), changed({}))).toEqual([])
})

describe('a change of the interface', () => {
  it.each<readonly [string, Answer, readonly string[]]>([
    ['a new field', changed({ currency: 'CNY' }), ['new-property response.body.currency "CNY"']],
    ['a field that is gone', without('total'), ['missing-property response.body.total 12.5']],
    ['another type', changed({ id: '42' }), ['type response.body.id 42 → "42"']],
    ['null instead of a value', changed({ state: null }), ['type response.body.state "OPEN" → null']],
    [
      'a list instead of an object',
      changed({ stock: [] }),
      ['type response.body.stock {"10001":{"left":1},"10002":{"left":2}} → []'],
    ],
    [
      'a time that is none',
      changed({ madeAt: 'soon' }),
      ['format response.body.madeAt "2026-01-02T03:04:05Z" → "soon"'],
    ],
    [
      'a new field in each item',
      changed({ items: [1, 2, 3].map((id) => item(id, { unit: 'pc', ...(id === 2 && { gift: true }) })) }),
      ['new-property response.body.items[0].unit "pc"'],
    ],
    [
      'a field that one item lost',
      changed({ items: [item(1), item(2, { gift: true }), { id: 3, sku: 'A-3' }] }),
      ['missing-property response.body.items[0].count 1'],
    ],
    [
      'another type in one item',
      changed({ items: [item(1), item(2, { gift: true, count: '1' }), item(3)] }),
      ['type response.body.items[1].count 1 → "1"'],
    ],
    [
      'another type in a map',
      changed({ stock: { '10001': { left: 1 }, '10002': { left: '2' } } }),
      ['type response.body.stock.10002.left 1 → "2"'],
    ],
    ['another status', [503, { code: 'X' }], ['response-status response.status 200 → 503']],
    ['a header that is gone', [200, order], ['missing-header response.headers.x-total "3"']],
    ['a header that is new', changed({}, { 'x-page': '1' }), ['new-header response.headers.x-page "1"']],
    [
      'no body',
      [200, undefined, { 'x-total': '3', 'content-type': 'application/json' }],
      ['missing-property response.body "JSON"'],
    ],
    [
      'a page instead of JSON',
      [200, '<p>', { 'x-total': '3', 'content-type': 'text/html' }],
      [
        'content-type response.headers.content-type "application/json" → "text/html"',
        'type response.body "JSON" → "text of 3 characters"',
      ],
    ],
  ])('%s', async (_name, now, expected) => {
    expect(await found(changed({}), now)).toEqual(expected)
    // It counts all the same when values do not.
    expect(await found(changed({}), now, { shapeOnly: true })).toEqual(expected)
  })
})

describe('a change of values alone', () => {
  it.each<readonly [string, Answer, readonly string[]]>([
    ['a text', changed({ state: 'PAID' }), ['value response.body.state "OPEN" → "PAID"']],
    ['digits beyond a double', changed({ big: 1 }), []],
    ['a value where there was null', changed({ note: 'CALL' }), ['type response.body.note null → "CALL"']],
    [
      'another time',
      changed({ madeAt: '2026-02-02T03:04:05Z' }),
      ['value response.body.madeAt "2026-01-02T03:04:05Z" → "2026-02-02T03:04:05Z"'],
    ],
    [
      'an item more, between',
      changed({ items: [item(1), item(9), item(2, { gift: true }), item(3)] }),
      ['new-item response.body.items[1] {"id":9,"sku":"A-9","count":1}'],
    ],
    [
      'an item less',
      changed({ items: [item(2, { gift: true }), item(3)] }),
      ['missing-item response.body.items[0] {"id":1,"sku":"A-1","count":1}'],
    ],
    ['items in another order', changed({ items: [item(3), item(2, { gift: true }), item(1)] }), []],
    [
      'a value in an item that has moved',
      changed({ items: [item(3, { count: 7 }), item(1), item(2, { gift: true })] }),
      ['value response.body.items[0].count 1 → 7'],
    ],
    [
      'a field that only some items have',
      changed({ items: [item(1), item(2), item(3)] }),
      ['missing-item response.body.items[1].gift true'],
    ],
    ['a word of a list', changed({ tags: ['a', 'x', 'c'] }), ['value response.body.tags[1] "b" → "x"']],
    ['a word less', changed({ tags: ['a', 'c'] }), ['missing-item response.body.tags[1] "b"']],
    [
      'an entry of a map',
      changed({ stock: { '10002': { left: 2 }, '10003': { left: 1 } } }),
      ['missing-item response.body.stock.10001 {"left":1}', 'new-item response.body.stock.10003 {"left":1}'],
    ],
    [
      'items in a list that was empty',
      changed({ none: [{ a: 1 }] }),
      ['new-item response.body.none[0] {"a":1}'],
    ],
    [
      'a list that is empty now',
      changed({ tags: [] }),
      [
        'missing-item response.body.tags[0] "a"',
        'missing-item response.body.tags[1] "b"',
        'missing-item response.body.tags[2] "c"',
      ],
    ],
    ['a header', changed({}, { 'x-total': '4' }), ['value response.headers.x-total "3" → "4"']],
    [
      'the charset',
      changed({}, { 'content-type': 'application/json; charset=utf-8' }),
      ['content-type response.headers.content-type "application/json" → "application/json; charset=utf-8"'],
    ],
  ])('%s', async (_name, now, expected) => {
    expect(await found(changed({}), now)).toEqual(expected)
    expect(await found(changed({}), now, { shapeOnly: true })).toEqual(expected.map((one) => `note ${one}`))
  })

  it('in numbers of any length', async () => {
    const body = (n: string): Answer => [200, `{"n":${n}}`]
    expect(await found(body('98765432109876543210'), body('98765432109876543211'))).toEqual([
      'value response.body.n 98765432109876543210 → 98765432109876543211',
    ])
  })

  it('of what is not there any more', async () => {
    expect(await found(changed({}), [404, {}])).toEqual(['response-status response.status 200 → 404'])
    expect(await found(changed({}), [404, {}], { shapeOnly: true })).toEqual([
      'dataMissing response-status response.status 200 → 404',
    ])
  })

  it('in a text, by its first line', async () => {
    const text = (body: string): Answer => [200, body, { 'content-type': 'text/plain' }]
    const one = await space({ [call]: text('one\ntwo\nthree') })
    one.write('desensitize.yaml', 'fields: { body: keep }\n')
    await one.record([call])
    one.service.answers = { [call]: text('one\ntwice\nthrice') }
    const { findings } = await one.drift()
    expect(shortly(findings)).toEqual(['value response.body[1] "two" → "twice"'])
    expect(findings[0]!.message).toBe('it has another value, 2 times')
  })
})

describe('what belongs to the moment', () => {
  it('is no change', async () => {
    const now = (n: number): Answer => [
      200,
      {
        timestamp: Date.now() + n,
        traceId: `7f3a${n}9c21`,
        nonce: `n0nce${n}`,
        servedAt: new Date(Date.now() + n).toISOString(),
        list: [{ requestId: `r-1234${n}`, v: 1 }],
      },
      { 'x-request-id': `r${n}`, date: `${n}`, 'set-cookie': `sid=s3cr3tv4lue${n}; Path=/` },
    ]
    expect(await found(now(1), now(2))).toEqual([])
  })

  it('is what record.volatile lists, too', async () => {
    const one = await space({ [call]: [200, { serial: 1, v: 1 }] }, 'record: { volatile: [serial] }\n')
    await one.record([call])
    one.service.answers = { [call]: [200, { serial: 2, v: 2 }] }
    expect(shortly((await one.drift()).findings)).toEqual(['value response.body.v 1 → 2'])
  })
})

it('tells the line of each change', async () => {
  const one = await space({ [call]: changed({}) })
  await one.record([call])
  one.service.answers = { [call]: changed({ total: 1, extra: 1 }) }
  const { findings } = await one.drift()
  const lines = one.read('fixtures/users/1.0.0/get.orders.{id}.yaml').split('\n')
  const at = (path: string): string => lines[findings.find((each) => each.path === path)!.at.line - 1]!
  expect(at('response.body.total')).toContain('total: 12.5')
  expect(findings.map((each) => each.at.file)).toEqual(
    Array(2).fill('fixtures/users/1.0.0/get.orders.{id}.yaml'),
  )
})
