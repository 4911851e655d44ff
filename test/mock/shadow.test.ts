/** Which mocks can never answer. Nothing may be said of a mock that can. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MockIndex } from '../../src/mock/mock-index.ts'
import { select } from '../../src/mock/select.ts'
import { findShadows } from '../../src/mock/shadow.ts'
import { aCall, type CallSpec, compiled, type FileSpec } from '../support/library.ts'
import { call, file, json, jsonSpec, textSpec } from '../support/random-library.ts'

type Request = Readonly<Record<string, unknown>>

/** Whether `broad`, which wins, is found to take every call of `narrow`. */
const shadows = (broad: Request, narrow: Request): boolean => {
  const index = new MockIndex(
    compiled(
      { layer: 1, mocks: [{ name: 'broad', request: broad }] },
      { layer: 2, mocks: [{ name: 'narrow', request: narrow }] },
    ),
  )
  const found = [...findShadows(index.service('orders')!)].map(([{ name }, by]) => [name, by.name])
  expect(found.length === 0 || found[0]!.join() === 'narrow,broad').toBe(true)
  return found.length > 0
}

const digits = { $matches: '\\d+' }
const today = '2026-11-21'

describe('a mock is shadowed by one whose condition its own values satisfy', () => {
  it.each<[string, Request, Request]>([
    ['a literal in the path', { path: '/o/{id}', params: { id: digits } }, { path: '/o/7' }],
    ['a literal in a part', { path: '/o/{id}.json', params: { id: digits } }, { path: '/o/7.json' }],
    [
      'literals where a rest is',
      { path: '/{all*}', params: { all: { $contains: 'o/7' } } },
      { path: '/o/7' },
    ],
    ['a decoded literal', { path: '/o/{id}', params: { id: { $equalTo: 'a b' } } }, { path: '/o/a%20b' }],
    [
      'a parameter of one value',
      { path: '/o/{id}', params: { id: digits } },
      { path: '/o/{number}', params: { number: { $oneOf: ['7', '8'] } } },
    ],
    [
      'the same condition on a parameter elsewhere among the names',
      { path: '/{kind}/{id}', params: { id: digits } },
      { path: '/o/{id}', params: { id: digits } },
    ],
    [
      'a value of the query',
      { path: '/o', query: { q: { $contains: 'a' } } },
      { path: '/o', query: { q: 'bar' } },
    ],
    [
      'a header, whatever its case',
      { path: '/o', headers: { 'X-Kind': { $oneOf: ['a', 'b'] } } },
      { path: '/o', headers: { 'x-kind': { $equalTo: 'b' } } },
    ],
    ['presence', { path: '/o', cookies: { s: { $absent: false } } }, { path: '/o', cookies: { s: 'x' } }],
    [
      'several operators for one value',
      { path: '/o', query: { n: { $greaterThan: 1, $lessThan: 9 } } },
      { path: '/o', query: { n: 5 } },
    ],
    [
      'a field of the body',
      { path: '/o', body: { sku: { $matches: 'A.*' } } },
      { path: '/o', body: { sku: 'A-1' } },
    ],
    [
      'fewer fields of the body',
      { path: '/o', body: { sku: 'A-1' } },
      { path: '/o', body: { sku: 'A-1', n: 2 } },
    ],
    [
      'a field further down',
      { path: '/o', body: { customer: { level: { $oneOf: ['gold', 'silver'] } } } },
      { path: '/o', body: { customer: { level: 'gold' }, n: 1 } },
    ],
    [
      'a field of a whole document',
      { path: '/o', body: { n: { $lessThan: 5 } } },
      { path: '/o', body: { $equalToJson: { n: 1, m: 2 } } },
    ],
    [
      'one of two joined',
      { path: '/o', body: { $or: [{ n: { $lessThan: 5 } }, { m: 1 }] } },
      { path: '/o', body: { n: 1, k: 2 } },
    ],
    [
      'some that are the same and others that are satisfied',
      { path: '/o/{id}', params: { id: digits }, query: { q: { $includes: ['a'] } } },
      { path: '/o/7', query: { q: { $includes: ['a'] }, r: 1 } },
    ],
    [
      'a date before a fixed one',
      { path: '/o/{d}', params: { d: { $before: '2027-01-01' } } },
      { path: `/o/${today}` },
    ],
  ])('%s', (_what, broad, narrow) => {
    expect(shadows(broad, narrow)).toBe(true)
  })
})

describe('a mock is not shadowed where a call of it can be left over', () => {
  it.each<[string, Request, Request]>([
    ['its literal does not satisfy', { path: '/o/{id}', params: { id: digits } }, { path: '/o/new' }],
    ['the parameter may be anything', { path: '/o/{id}', params: { id: digits } }, { path: '/o/{id}' }],
    [
      'one of its values does not satisfy',
      { path: '/o/{id}', params: { id: digits } },
      { path: '/o/{id}', params: { id: { $oneOf: ['7', 'new'] } } },
    ],
    [
      'the value must be alone',
      { path: '/o', query: { q: { $hasExactly: ['a'] } } },
      { path: '/o', query: { q: 'a' } },
    ],
    [
      'two values satisfy an operator each, and none both',
      { path: '/o', query: { n: { $greaterThan: 5, $lessThan: 9 } } },
      { path: '/o', query: { n: { $includes: ['7x', '3', '20'] } } },
    ],
    [
      'another field must be absent',
      { path: '/o', body: { n: { $absent: true } } },
      { path: '/o', body: { m: 1 } },
    ],
    [
      'a field is asked for that it leaves open',
      { path: '/o', body: { m: 2, n: 1 } },
      { path: '/o', body: { m: 2 } },
    ],
    [
      'the body may be a form',
      { path: '/o', body: { n: { $type: 'number' } } },
      { path: '/o', body: { n: 1 } },
    ],
    [
      'nothing more may stand in the document',
      { path: '/o', body: { $equalToJson: { n: 1 } } },
      { path: '/o', body: { n: 1 } },
    ],
    ['the type differs', { path: '/o', body: { a: { n: 1 } } }, { path: '/o', body: { a: { n: '1' } } }],
    ['it is another place', { path: '/o', query: { q: '1' } }, { path: '/o', headers: { q: '1' } }],
    ['time decides', { path: '/o/{d}', params: { d: { $before: 'now +1 years' } } }, { path: `/o/${today}` }],
    ['a negation is left', { path: '/o', query: { q: { $not: 'b' } } }, { path: '/o', query: { q: 'a' } }],
  ])('%s', (_what, broad, narrow) => {
    expect(shadows(broad, narrow)).toBe(false)
  })
})

/** Few paths and names, so that one mock often stands behind another. */
const close = fc.record({
  mocks: fc.array(
    fc.record({
      priority: fc.constantFrom(1, 5),
      request: fc
        .record(
          {
            path: fc.constantFrom('/a', '/b', '/{x}', '/{x*}'),
            params: textSpec,
            query: fc.record({ k: textSpec }),
            body: fc.dictionary(fc.constantFrom('p', 'q'), jsonSpec, { minKeys: 1 }),
          },
          { requiredKeys: ['path'] },
        )
        .map(({ params, ...one }) =>
          params === undefined || !one.path.includes('{') ? one : { ...one, params: { x: params } },
        ),
    }),
    { minLength: 2, maxLength: 8 },
  ),
})

const closeCall = fc
  .record({
    path: fc.constantFrom('a', 'b', '1', 'x', '1/x'),
    query: fc.subarray(['k=1', 'k=x', 'k=true', 'k=y']),
    body: fc.oneof(json, fc.constantFrom(undefined, 'p=1&q=x', 'p=x&p=1&q=2')),
    form: fc.boolean(),
  })
  .map(({ path, query, body, form }) => ({
    target: `/${path}?${query.join('&')}`,
    ...(body !== undefined && { body }),
    headers: form ? ['content-type', 'application/x-www-form-urlencoded'] : [],
  }))

it.each([
  // By far fewer than are found: the guard is against finding none.
  ['of one path', close, closeCall, 100],
  ['of many paths and versions', file, call, 0],
] as const)(
  'never says it of a mock that answers a call: libraries %s',
  async (_what, files, calls, atLeast) => {
    let said = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array<FileSpec>(files, { minLength: 1, maxLength: 4 }),
        fc.array<CallSpec>(calls, { minLength: 10, maxLength: 30 }),
        async (specs, asked) => {
          const index = new MockIndex(compiled(...specs))
          const service = index.service('orders')
          if (service === undefined) return
          const found = findShadows(service)
          said += found.size
          for (const spec of asked) {
            const winner = await select(index, aCall(spec))
            expect(winner === undefined || !found.has(winner), JSON.stringify(spec)).toBe(true)
          }
        },
      ),
      { numRuns: 400 },
    )
    expect(said).toBeGreaterThanOrEqual(atLeast)
  },
)

it('looks through ten thousand mocks of one path at once', () => {
  const fields = Array.from({ length: 10_000 }, (_, i) => ({
    request: { path: '/o', body: { kind: 'a', sku: `S${i}` } },
  }))
  const loose = Array.from({ length: 200 }, (_, i) => ({
    priority: 6,
    request: { path: '/o', body: { sku: { $matches: `X${i}.*` } } },
  }))
  const last = { name: 'last', priority: 1, request: { path: '/o', body: { sku: { $matches: 'S99.*' } } } }
  const index = new MockIndex(compiled({ mocks: [...fields, ...loose, last] }))
  const found = findShadows(index.service('orders')!)
  expect(found.size).toBe(1 + 10 + 100)
  expect(new Set([...found.values()].map(({ name }) => name))).toEqual(new Set(['last']))
})
