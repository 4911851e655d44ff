/** A mock against what a real service answers: what verification will ask. */
import { describe, expect, it } from 'vitest'
import { realRequest, realResponse } from '../../../src/contract/formats/pact/file/real-parts.ts'
import { type Expectation, expectationOf } from '../../../src/contract/formats/pact/mocks/expectation.ts'
import type { ExportedMock } from '../../../src/contract/formats/pact/mocks/from-mock.ts'
import { matcher } from './tools.ts'

const mock: ExportedMock = {
  name: 'order is found',
  request: {
    method: 'GET',
    path: '/orders/{id}',
    params: { id: { $matches: '\\d+' } },
    query: { expand: 'items' },
  },
  response: { body: { id: 42, status: 'paid', items: [{ sku: 'A', qty: 1 }] } },
  contract: { exact: ['$.status'], example: { path: '/orders/42' } },
}

const expected = (one: ExportedMock = mock): Expectation => {
  const expectation = expectationOf(one, matcher.ruleTools)
  if (typeof expectation === 'string') throw new Error(expectation)
  return expectation
}

const reply = (body: string, status = 200, type = 'application/json'): readonly string[] =>
  matcher
    .response(
      expected().response,
      realResponse({ status, headers: ['Content-Type', type], body: new TextEncoder().encode(body) }),
    )
    .map(({ kind, path }) => `${kind} ${path}`)

describe('a mock without rules promises a shape', () => {
  it.each([
    ['other values', '{"id":7,"status":"paid","items":[{"sku":"B","qty":9},{"sku":"C","qty":0}]}', []],
    ['more fields', '{"id":7,"status":"paid","items":[{"sku":"B","qty":9,"x":1}],"y":null}', []],
    ['an exact value differs', '{"id":7,"status":"open","items":[{"sku":"B","qty":9}]}', ['body $.status']],
    ['a type differs', '{"id":"7","status":"paid","items":[{"sku":"B","qty":9}]}', ['body $.id']],
    [
      'a field of an item is missing',
      '{"id":7,"status":"paid","items":[{"sku":"B","qty":9},{"sku":"C"}]}',
      ['body $.items[1].qty'],
    ],
    ['a list is an object', '{"id":7,"status":"paid","items":{}}', ['body $.items']],
    ['no JSON', '<html></html>', ['body $']],
    ['no body', '', ['body $']],
  ])('%s', (_title, body, at) => {
    expect(reply(body)).toEqual(at)
  })

  it('status and content type count', () => {
    expect(reply('{}', 404, 'text/html')).toEqual(['status ', 'bodyType '])
  })
})

it('a mock with the rules of a Pact file promises those', () => {
  const { response } = expected({
    ...mock,
    contract: {
      ...mock.contract,
      pact: { matchingRules: { response: { body: { '$.id': { matchers: [{ match: 'integer' }] } } } } },
    },
  })
  const real = realResponse({
    status: 200,
    headers: ['content-type', 'application/json; charset=utf-8'],
    body: new TextEncoder().encode('{"id":1.5,"status":"open","items":[{"sku":"A","qty":1}]}'),
  })
  expect(matcher.response(response, real).map(({ path }) => path)).toEqual(['$.id', '$.status'])
})

it('its example request is known, and a real one can be held against it', () => {
  const { request } = expected()
  const real = (path: string, query: string) =>
    realRequest({ method: 'GET', path, query, headers: ['X-A', '1'], body: new Uint8Array() })
  expect(request.path).toBe('/orders/42')
  expect([...request.query]).toEqual([['expand', ['items']]])
  expect(matcher.request(request, real('/orders/7', 'expand=items'))).toEqual([])
  expect(matcher.request(request, real('/orders/x', 'expand=all')).map(({ kind }) => kind)).toEqual([
    'path',
    'query',
  ])
})

it('says why a mock promises nothing', () => {
  expect(expectationOf({ ...mock, response: { body: '${{ uuid() }}' } }, matcher.ruleTools)).toBe(
    'its answer has expressions',
  )
})
