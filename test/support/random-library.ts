/** Random libraries and calls over few names and values, so that they meet often. */
import fc from 'fast-check'
import type { CallSpec, FileSpec } from './library.ts'

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
export const textSpec = fc.oneof(
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
export const jsonSpec: fc.Arbitrary<unknown> = fc.oneof(
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

const plainRequest = fc.record(
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

/** Some with a condition on the first parameter of the path. */
const request = fc.tuple(plainRequest, fc.option(textSpec)).map(([one, param]) => {
  const name = /\{(\w+)\*?\}/.exec(one.path ?? '')?.[1]
  return name === undefined || param === null ? one : { ...one, params: { [name]: param } }
})

export const file: fc.Arbitrary<FileSpec> = fc.record({
  file: fc.constantFrom('mocks/a.yaml', 'mocks/b.yaml', 'mocks/c.yaml'),
  version: fc.constantFrom('1.0.0', '1.2.0', '2.0.0-rc.1', 'next', undefined) as fc.Arbitrary<string>,
  layer: fc.constantFrom(1, 1, 2),
  mocks: fc.array(fc.record({ priority: fc.constantFrom(5, 5, 5, 1), request }), {
    minLength: 1,
    maxLength: 12,
  }),
})

const jsonValue = fc.oneof(scalar, fc.constantFrom<unknown>([1, 'x'], { p: 1 }))
export const json = fc
  .dictionary(fc.constantFrom('p', 'q', 'r', 'nested'), jsonValue, { maxKeys: 3 })
  .map((value) =>
    JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? 12345 : part)).replaceAll(
      '12345',
      '9007199254740993',
    ),
  )

export const call: fc.Arbitrary<CallSpec> = fc
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
