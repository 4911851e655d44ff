/** The index against its oracle, a plain scan of all mocks in order: the same winner for random libraries and calls. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/core/call.ts'
import { type CompiledMock, holds } from '../../src/mock/compiled.ts'
import { MockIndex } from '../../src/mock/mock-index.ts'
import { compareMocks } from '../../src/mock/order.ts'
import { matchesPath, splitPath } from '../../src/mock/path-pattern.ts'
import { askedVersion, select } from '../../src/mock/select.ts'
import { sortVersions, versionTest } from '../../src/mock/versions.ts'
import { aCall, type CallSpec, compiled, type FileSpec } from '../support/library.ts'

/** What docs/mock-files.md says, written down without any index. */
const scan = async (mocks: readonly CompiledMock[], call: Call): Promise<CompiledMock | undefined> => {
  const segments = splitPath(call.path)
  const body = await call.body.read(call.service.bodyLimit)
  const asked = askedVersion(call)
  const shaped = (method: string): CompiledMock[] =>
    mocks.filter(
      (mock) => matchesPath(mock.pattern, segments) && (mock.method === undefined || mock.method === method),
    )
  const versions = sortVersions([...new Set(mocks.flatMap(({ version }) => version ?? []))])
  const candidates: (string | undefined)[] = versions.filter(
    (version) => asked === undefined || versionTest(asked)(version),
  )
  for (const version of [...candidates, undefined]) {
    const of = (method: string): CompiledMock[] =>
      shaped(method).filter((mock) => mock.version === version || mock.version === undefined)
    const asGet = call.method === 'HEAD' && !of('HEAD').some(({ method }) => method === 'HEAD')
    const inForce = of(asGet ? 'GET' : call.method)
    if (inForce.length === 0) continue
    return inForce.sort(compareMocks).find((mock) => holds(mock, call, segments, body))
  }
  return undefined
}

const word = fc.constantFrom('a', 'b', 'c')
const segment = fc.oneof(
  word,
  word,
  fc.constant('{x}'),
  fc.constant('{y}'),
  fc.constantFrom('v{n}', '{n}.json', 'a{m}c'),
)
const path = fc
  .tuple(fc.array(segment, { minLength: 0, maxLength: 3 }), fc.constantFrom('', '', '/', '/{rest*}'))
  .map(([segments, end]) => {
    const names = new Map<string, number>()
    const unique = segments.map((text) =>
      text.replace(/\{(\w+)\}/, (_all, name: string) => {
        names.set(name, (names.get(name) ?? 0) + 1)
        return `{${name}${names.get(name)}}`
      }),
    )
    return `/${unique.join('/')}${unique.length === 0 && end === '/' ? '' : end}`.replace('//', '/')
  })

const scalar = fc.constantFrom<unknown>(1, 2, '1', 'x', true, null, 9007199254740993n)
const textSpec = fc.oneof(
  fc.constantFrom<unknown>('1', 'x', 1, true),
  fc.constantFrom<unknown>(
    { $contains: 'x' },
    { $absent: true },
    { $oneOf: ['1', 'x'] },
    { $not: '1' },
    { $matches: '[1x]' },
    { $includes: ['1'] },
  ),
)
const jsonSpec: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.constantFrom<unknown>(
    { $oneOf: [1, 'x'] },
    { $type: 'number' },
    { $absent: true },
    { $greaterThan: 1 },
    [1, 'x'],
    { $or: [1, 2] },
  ),
)
const body = fc.oneof(
  fc.dictionary(fc.constantFrom('p', 'q', 'r'), jsonSpec, { minKeys: 1, maxKeys: 3 }),
  fc.dictionary(fc.constant('nested'), fc.dictionary(fc.constantFrom('p', 'q'), scalar, { minKeys: 1 }), {
    minKeys: 1,
  }),
  fc.constantFrom<unknown>(
    'x',
    { $equalToJson: { p: 1 } },
    { $contains: '1' },
    { $equalToJson: { p: 1 }, $ignoreExtraElements: true },
  ),
)

const request = fc.record(
  {
    method: fc.constantFrom('GET', 'POST', 'HEAD'),
    path,
    query: fc.dictionary(fc.constantFrom('k', 'l'), textSpec, { minKeys: 1 }),
    headers: fc.dictionary(fc.constantFrom('X-K', 'x-l'), textSpec, { minKeys: 1 }),
    cookies: fc.dictionary(fc.constantFrom('c'), textSpec, { minKeys: 1 }),
    body,
  },
  { requiredKeys: [] },
)

const file: fc.Arbitrary<FileSpec> = fc.record({
  file: fc.constantFrom('mocks/a.yaml', 'mocks/b.yaml', 'mocks/c.yaml'),
  version: fc.constantFrom('1.0.0', '1.2.0', '2.0.0-rc.1', 'next', undefined) as fc.Arbitrary<string>,
  layer: fc.constantFrom(1, 1, 2),
  mocks: fc.array(fc.record({ priority: fc.constantFrom(5, 5, 5, 1), request }), {
    minLength: 1,
    maxLength: 12,
  }),
})

const jsonValue = fc.oneof(scalar, fc.constantFrom<unknown>([1, 'x'], { p: 1 }))
const json = fc
  .dictionary(fc.constantFrom('p', 'q', 'r', 'nested'), jsonValue, { maxKeys: 3 })
  .map((value) =>
    JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? 12345 : part)).replaceAll(
      '12345',
      '9007199254740993',
    ),
  )

const call: fc.Arbitrary<CallSpec> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'),
    path: fc.array(fc.oneof(word, fc.constantFrom('v1', 'b.json', 'abc', '')), { maxLength: 4 }),
    query: fc.array(fc.tuple(fc.constantFrom('k', 'l'), fc.constantFrom('1', 'x', 'true', 'y')), {
      maxLength: 3,
    }),
    headers: fc.array(
      fc.tuple(
        fc.constantFrom('x-k', 'X-L', 'cookie', 'svcm-version'),
        fc.constantFrom('1', 'x', 'c=1', '^1', 'next'),
      ),
      { maxLength: 3 },
    ),
    body: fc.oneof(fc.constant(undefined), json, fc.constantFrom('x', 'p=1&q=x', '{"p":1}', '{"p"')),
    form: fc.boolean(),
  })
  .map(({ method, path: parts, query, headers, body: text, form }) => ({
    method,
    target: `/${parts.join('/')}${query.length === 0 ? '' : `?${query.map(([name, value]) => `${name}=${value}`).join('&')}`}`,
    headers: [...headers.flat(), ...(form ? ['content-type', 'application/x-www-form-urlencoded'] : [])],
    ...(text !== undefined && { body: text }),
  }))

describe('selection', () => {
  it('finds what a scan finds, for random libraries and calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 5 }),
        fc.array(call, { minLength: 1, maxLength: 10 }),
        async (files, calls) => {
          const mocks = compiled(...files)
          const index = new MockIndex(mocks)
          for (const spec of calls) {
            const asked = aCall(spec)
            const winner = await select(index, asked)
            const expected = await scan(mocks, asked)
            expect(winner?.name, JSON.stringify(spec)).toBe(expected?.name)
            expect(winner?.at).toEqual(expected?.at)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('finds what a scan finds among hundreds of mocks that differ in fields of one path', async () => {
    const field = fc.constantFrom('p', 'q', 'r', 's')
    const many = fc.array(
      fc.record({
        body: fc.dictionary(
          field,
          fc.oneof(fc.nat(20), fc.nat(20).map(String), fc.constant({ $type: 'number' })),
          { minKeys: 1, maxKeys: 2 },
        ),
      }),
      { minLength: 100, maxLength: 300 },
    )
    const asked = fc.array(
      fc.dictionary(field, fc.oneof(fc.nat(20), fc.nat(20).map(String)), { maxKeys: 3 }),
      { minLength: 20, maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(many, asked, async (requests, bodies) => {
        const mocks = compiled({
          mocks: requests.map((one) => ({ request: { method: 'POST', path: '/x', ...one } })),
        })
        const index = new MockIndex(mocks)
        for (const one of bodies) {
          const spec = aCall({ method: 'POST', target: '/x', body: JSON.stringify(one) })
          expect((await select(index, spec))?.name).toBe((await scan(mocks, spec))?.name)
        }
      }),
      { numRuns: 30 },
    )
  })
})
