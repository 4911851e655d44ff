/**
 * Stubs and requests at random: groups of one to four stubs below a path of their own, and requests that come near them. Each group
 * tries one kind of condition, so that a disagreement says what it is about.
 */
import { Chance } from './chance.ts'
import type { Sent } from './client.ts'

export type Stub = Readonly<Record<string, unknown>>
type Pattern = Readonly<Record<string, unknown>>

export interface Group {
  readonly kind: string
  readonly prefix: string
  /** The oldest first. */
  readonly stubs: readonly Stub[]
  readonly requests: readonly Sent[]
}

export const groupsOf = (seed: number, count: number): readonly Group[] => {
  const names = Object.keys(kinds)
  return Array.from({ length: count }, (_, i) => {
    const chance = new Chance(seed * 1_000_003 + i)
    const kind = names[i % names.length]!
    return new GroupMaker(chance, kind, `/g${seed}x${i}`).make()
  })
}

const words = ['a', 'b', 'ab', 'A', 'a b', 'x1', '12', 'a.b', 'ba', 'abc', '1', 'B-2'] as const
const regexes = [
  'a?b?',
  '.*',
  'a',
  'a.*',
  '[a-z]+',
  '\\d+',
  '(?i)A',
  'a|b',
  '.',
  '.*b',
  '^ab$',
  '\\w+',
  'a\\.b',
  '[^b]+',
  'a?b?',
  '\\Qa.b\\E',
  '\\p{Alpha}+',
  '[\\w-]+',
  'x\\d',
  '(a)(b)?',
  '\\S+',
  '(?:a|ab)c?',
  '\\p{L}+',
  '[A-Z]-\\d{1,2}',
  '.{2}',
] as const
const dates = [
  '2021-06-14T15:15:15Z',
  '2021-06-14T16:15:15+01:00',
  '2021-06-13T00:00:00Z',
  '2021-06-14',
  'Mon, 14 Jun 2021 15:15:15 GMT',
  '2031-01-01T00:00:00Z',
  '2001-01-01T00:00:00Z',
  'x',
  '',
  '2021-06-01T00:00:00Z',
  '2021-06-14T15:15:15.500Z',
] as const
const dateWords: readonly Pattern[] = [
  { before: '2021-06-14T15:15:15Z' },
  { after: '2021-06-14T15:15:15Z' },
  { equalToDateTime: '2021-06-14T15:15:15Z' },
  { before: 'now' },
  { after: 'now' },
  { before: 'now +3 days' },
  { after: 'now -5 years' },
  { before: 'now', expectedOffset: -10, expectedOffsetUnit: 'years' },
  { equalToDateTime: '2021-06-01T00:00:00Z', truncateActual: 'first day of month' },
  { before: '2021-06-14T00:00:00Z', truncateActual: 'first hour of day' },
  { after: 'now', truncateExpected: 'first day of year' },
  { equalToDateTime: '2021-06-14T16:15:15+01:00' },
]
const formatted: readonly (readonly [Pattern, readonly string[]])[] = [
  [
    { before: '2021-06-14T00:00:00Z', actualFormat: 'dd/MM/yyyy' },
    ['13/06/2021', '14/06/2021', '15/06/2021', 'x'],
  ],
  [
    { after: '2021-06-14T00:00:00Z', actualFormat: 'yyyy-MM-dd HH:mm' },
    ['2021-06-14 00:01', '2021-06-13 00:00', '2021-06-14'],
  ],
  [{ after: '2021-06-14T00:00:00Z', actualFormat: 'unix' }, ['1600000000', '1700000000', 'x']],
  [{ before: '2021-06-14T00:00:00Z', actualFormat: 'epoch' }, ['1600000000000', '1700000000000', '']],
]

const documents: readonly unknown[] = [
  { v: 'a' },
  { v: 'ab' },
  { v: ['a', 'b'] },
  { v: ['b'] },
  { v: 12 },
  { v: true },
  { v: null },
  {},
  { v: [] },
  { w: 'a', v: 'b' },
  { v: { w: 'a' } },
  [{ v: 'a' }, { v: 'b' }],
  [],
  { v: [{ w: 1 }, { w: 2, x: 'a' }] },
  { v: '' },
  { a: 1, b: [1, 2], c: { d: 'x' } },
  { a: 1, b: [2, 1], c: { d: 'x' } },
  { a: 1, b: [1, 2, 3], c: { d: 'x', e: 1 } },
  { a: '1', b: [1, 2], c: { d: 'x' } },
  {
    items: [
      { sku: 'A', qty: 1 },
      { sku: 'B', qty: 3 },
    ],
  },
  { items: [] },
  { items: [{ sku: 'C', qty: 9 }] },
  'text',
  12,
  { a: 1.5 },
]
const paths = [
  '$.v',
  '$.w',
  '$.v.w',
  '$.a',
  '$.b',
  '$.b[0]',
  '$.b[-1]',
  '$..sku',
  '$.items',
  '$.items[*].sku',
  '$.items[0].sku',
  "$.items[?(@.sku == 'A')]",
  '$.items[?(@.qty > 2)]',
  '$.items[?(@.qty >= 1 && @.qty < 5)]',
  "$['v']",
  '$.c.d',
  '$.items[0:1]',
  '$..w',
  '$.v[0]',
  '$.v[*]',
  '$.items[0,1]',
  '$.c.*',
  'v',
] as const
/** Asked for without a condition: of lists and of objects. */
const filters = [
  "$[?(@.v == 'a')]",
  '$[?(@.a == 1)]',
  '$[?(@.v)]',
  "$.c[?(@.d == 'x' && @.e)]",
  "$.v[?(@.w == 'a')]",
  '$.v[?(@.w == 1 || @.x)]',
  "$['items'][?(@.qty > 2)]",
] as const

const xmls = [
  '<a><b>1</b><c/></a>',
  '<a><c/><b>1</b></a>',
  '<a> <b>1</b> <c></c></a>',
  '<a><b>2</b></a>',
  '<a x="1"><b>1</b></a>',
  '<a/>',
  '<a xmlns="urn:x"><b>1</b></a>',
  '<p:a xmlns:p="urn:x"><p:b>1</p:b></p:a>',
  '<a><b>1</b><b>2</b></a>',
  '<a><b>2</b><b>1</b></a>',
  '<a x="1" y="2"/>',
  '<a y="2" x="1"/>',
  '<?xml version="1.0"?><a><b>1</b></a>',
  '<a><b id="7">t</b></a>',
  '<a><b>1',
  'no xml',
] as const
const xPathWords: readonly Pattern[] = [
  { matchesXPath: '//b' },
  { matchesXPath: '/a/b' },
  { matchesXPath: '//c' },
  { matchesXPath: "//b[text()='1']" },
  { matchesXPath: '//b/@id' },
  { matchesXPath: '/a[@x]' },
  { matchesXPath: '//a/b' },
  { matchesXPath: '/a//b' },
  { matchesXPath: '//b[1]' },
  { matchesXPath: '//b[2]' },
  { matchesXPath: '//b[@id="7"]' },
  { matchesXPath: { expression: '//b/text()', equalTo: '1' } },
  { matchesXPath: { expression: '//b/text()', contains: '2' } },
  { matchesXPath: { expression: '//b/@id', matches: '[0-9]+' } },
  { matchesXPath: { expression: '//b/text()', not: { equalTo: '1' } } },
  { matchesXPath: { expression: '//b/text()', doesNotContain: '1' } },
  { matchesXPath: '//p:b', xPathNamespaces: { p: 'urn:x' } },
  { matchesXPath: { expression: '//p:b/text()', equalTo: '1' }, xPathNamespaces: { p: 'urn:x' } },
]
const schemas: readonly unknown[] = [
  { type: 'object', required: ['v'] },
  { type: 'object', properties: { v: { type: 'string' } } },
  { type: 'array', minItems: 1 },
  { type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, required: ['a'] },
  { type: ['string', 'number'] },
  { type: 'object', additionalProperties: false, properties: { v: true } },
  { enum: [12, 'text'] },
  { type: 'object', properties: { v: { type: 'array', items: { type: 'string' } } }, required: ['v'] },
]
const json = (value: unknown): string => JSON.stringify(value)

class GroupMaker {
  readonly chance: Chance
  readonly prefix: string
  private readonly kind: string
  private made = 0

  constructor(chance: Chance, kind: string, prefix: string) {
    this.chance = chance
    this.kind = kind
    this.prefix = prefix
  }

  make(): Group {
    const { stubs, requests } = kinds[this.kind]!(this)
    return { kind: this.kind, prefix: this.prefix, stubs, requests }
  }

  /** Up to four stubs, whose order and priorities must decide between them. */
  stubs(request: () => Pattern, more: () => Pattern = () => ({})): Stub[] {
    return Array.from({ length: 1 + this.chance.below(3) }, () => this.stub(request(), more()))
  }

  stub(request: Pattern, more: Pattern = {}): Stub {
    const { chance } = this
    const mark = `${this.prefix}-${++this.made}`
    const urls = ['url', 'urlPath', 'urlPattern', 'urlPathPattern', 'urlPathTemplate']
    const located = urls.some((key) => key in request) ? request : { urlPath: this.prefix, ...request }
    const priority = chance.hits(0.3) ? { priority: 1 + chance.below(7) } : {}
    return {
      name: mark,
      ...priority,
      request: located,
      response: { status: 200, headers: { 'X-Stub': mark }, body: mark },
      ...more,
    }
  }

  requests(count: number, make: () => Partial<Sent>): Sent[] {
    return Array.from({ length: count }, () => ({ method: 'GET', path: this.prefix, ...make() }))
  }

  text(depth = 0): Pattern {
    const { chance } = this
    const word = (): string => chance.one(words)
    const kinds: (() => Pattern)[] = [
      () => ({ equalTo: word() }),
      () => ({ equalTo: word(), caseInsensitive: true }),
      () => ({ contains: word() }),
      () => ({ doesNotContain: word() }),
      () => ({ matches: chance.one(regexes) }),
      () => ({ doesNotMatch: chance.one(regexes) }),
      () => ({ absent: true }),
      () => ({ anything: '(always)' }),
      ...(depth > 1
        ? []
        : [
            () => ({ not: this.text(depth + 1) }),
            () => ({ and: [this.text(depth + 1), this.text(depth + 1)] }),
            () => ({ or: [this.text(depth + 1), this.text(depth + 1)] }),
          ]),
    ]
    return chance.one(kinds)()
  }

  values(): Pattern {
    const { chance } = this
    if (chance.hits(0.15)) return { hasExactly: chance.some([0, 1], 2).map(() => this.text(1)) }
    if (chance.hits(0.15)) return { includes: chance.some([0, 1], 2).map(() => this.text(1)) }
    return this.text()
  }

  word(): string {
    return this.chance.one(words)
  }
}

type Make = (group: GroupMaker) => Pick<Group, 'stubs' | 'requests'>

const form = 'application/x-www-form-urlencoded'

const bodies = (
  group: GroupMaker,
  patterns: () => readonly Pattern[],
  texts: readonly string[],
): Pick<Group, 'stubs' | 'requests'> => ({
  stubs: group.stubs(() => ({ method: group.chance.one(['POST', 'ANY']), bodyPatterns: patterns() })),
  requests: group.requests(8, () => ({ method: 'POST', body: group.chance.one(texts) })),
})

const dateIn = (group: GroupMaker): Pick<Group, 'stubs' | 'requests'> => {
  const { chance } = group
  const [pattern, values] = chance.hits(0.3) ? chance.one(formatted) : [chance.one(dateWords), dates]
  return {
    stubs: [group.stub({ queryParameters: { k: pattern } })],
    requests: group.requests(8, () => ({
      path: `${group.prefix}?k=${encodeURIComponent(chance.one(values))}`,
    })),
  }
}

const disposition = 'content-disposition: form-data; name="m"'

const multipartBody = (
  parts: readonly (readonly [head: string, body: string])[],
): Pick<Sent, 'headers' | 'body'> => ({
  headers: ['content-type', 'multipart/form-data; boundary=X'],
  body: `${parts.map(([head, body]) => `--X\r\n${head}\r\n\r\n${body}\r\n`).join('')}--X--\r\n`,
})

const kinds: Readonly<Record<string, Make>> = {
  url: (group) => {
    const { chance, prefix } = group
    const urls: (() => Pattern)[] = [
      () => ({ url: `${prefix}/a?x=1&y=2` }),
      () => ({ url: `${prefix}/a` }),
      () => ({ urlPath: `${prefix}/a` }),
      () => ({ urlPattern: `${prefix}/a.*` }),
      () => ({ urlPathPattern: `${prefix}/[a-z]+` }),
      () => ({ urlPattern: `${prefix}/.*x=\\d` }),
      () => ({ urlPathTemplate: `${prefix}/{id}` }),
      () => ({ urlPathTemplate: `${prefix}/{id}/{sub}` }),
      () => ({ urlPath: `${prefix}/a/b` }),
      () => ({ url: `${prefix}/a%20b` }),
      () => ({ urlPathTemplate: `${prefix}/v{n}/x` }),
      () => ({ urlPathPattern: `${prefix}/.*` }),
    ]
    return {
      stubs: group.stubs(() => chance.one(urls)()),
      requests: group.requests(8, () => ({
        path:
          prefix +
          chance.one([
            '/a',
            '/a?x=1&y=2',
            '/a?y=2&x=1',
            '/b',
            '/a/b',
            '/a/',
            '',
            '/',
            '/a%20b',
            '/v1/x',
            '/v/x',
            '/A',
            '/a?x=1',
            '/a?',
            '/1/2',
            '//a',
            '/a;b=1',
          ]),
      })),
    }
  },
  pathParameters: (group) => ({
    stubs: group.stubs(() => ({
      urlPathTemplate: `${group.prefix}/{id}/b/{sub}`,
      pathParameters: { id: group.text(), ...(group.chance.hits(0.5) && { sub: group.text() }) },
    })),
    requests: group.requests(8, () => ({
      path: `${group.prefix}/${group.chance.one(['a', 'b', 'ab', 'x1', '12', 'a.b'])}/b/${group.chance.one(['a', 'B-2', 'abc'])}`,
    })),
  }),
  method: (group) => ({
    stubs: group.stubs(() => ({
      method: group.chance.one(['GET', 'POST', 'ANY', 'GET_OR_HEAD', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH']),
    })),
    requests: group.requests(8, () => ({
      method: group.chance.one(['GET', 'POST', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'PUT']),
      headers: group.chance.hits(0.4)
        ? ['origin', 'http://page.test', 'access-control-request-method', 'GET']
        : [],
    })),
  }),
  query: (group) => ({
    stubs: group.stubs(() => ({
      queryParameters: { k: group.values(), ...(group.chance.hits(0.2) && { l: group.values() }) },
    })),
    requests: group.requests(8, () => {
      const pairs = group.chance.hits(0.15)
        ? []
        : group.chance
            .some(['k', 'k', 'l', 'K'], 3)
            .map((name) => `${name}=${encodeURIComponent(group.word())}`)
      return { path: `${group.prefix}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}` }
    }),
  }),
  headers: (group) => ({
    stubs: group.stubs(() => ({ headers: { 'X-K': group.values() } })),
    requests: group.requests(8, () => ({
      headers: group.chance.hits(0.15)
        ? []
        : group.chance.some(['x-k', 'X-K', 'x-l'], 3).flatMap((name) => [name, group.word()]),
    })),
  }),
  cookies: (group) => ({
    stubs: group.stubs(() => ({ cookies: { k: group.text() } })),
    requests: group.requests(8, () => ({
      headers: group.chance.hits(0.15)
        ? []
        : [
            'cookie',
            group.chance
              .some(['k', 'k', 'l', 'K'], 3)
              .map((name) => `${name}=${group.chance.one(['a', 'b', 'ab', 'x1', '12', 'a.b', 'ba', 'abc'])}`)
              .join('; '),
          ],
    })),
  }),
  formParameters: (group) => ({
    stubs: group.stubs(() => ({ method: 'POST', formParameters: { k: group.values() } })),
    requests: group.requests(8, () => ({
      method: 'POST',
      headers: ['content-type', group.chance.one([form, form, form, `${form}; charset=utf-8`, 'text/plain'])],
      body: group.chance
        .some(['k', 'k', 'l'], 3)
        .map((name) => `${name}=${encodeURIComponent(group.word())}`)
        .join('&'),
    })),
  }),
  bodyText: (group) =>
    bodies(group, () => group.chance.some([0, 1], 2).map(() => group.text()), [...words, '', 'a\nb']),
  date: dateIn,
  equalToJson: (group) => {
    const { chance } = group
    return bodies(
      group,
      () => [
        {
          equalToJson: chance.hits(0.5)
            ? json(chance.one(documents))
            : chance.one(documents.filter((one) => typeof one === 'object')),
          ...(chance.hits(0.4) && { ignoreArrayOrder: true }),
          ...(chance.hits(0.4) && { ignoreExtraElements: true }),
        },
      ],
      [...documents.map(json), 'no json', '', '{"v": "a"}'],
    )
  },
  jsonPlaceholders: (group) => {
    const places = ['any-string', 'any-number', 'any-boolean', 'ignore', 'regex}[a-z]+'] as const
    return bodies(
      group,
      () => [
        {
          equalToJson: json({
            v: `\${json-unit.${group.chance.one(places)}${''}`.replace(/(?<!\+)$/, '}').replace('}}', '}'),
          }),
          ...(group.chance.hits(0.3) && { ignoreExtraElements: true }),
        },
      ],
      [{ v: 'a' }, { v: 1 }, { v: true }, { v: null }, {}, { v: 'A' }, { v: 'a', w: 1 }, { v: [] }].map(json),
    )
  },
  matchesJsonPath: (group) =>
    bodies(group, () => [{ matchesJsonPath: group.chance.one([...paths, ...filters]) }], [
      ...documents.map(json),
      'no json',
      '',
    ]),
  jsonPathSub: (group) =>
    bodies(
      group,
      () => [
        {
          matchesJsonPath: {
            expression: group.chance.one(paths),
            ...(group.chance.hits(0.2) ? { equalToJson: json(group.chance.one(documents)) } : group.text(1)),
          },
        },
      ],
      [...documents.map(json), 'no json', ''],
    ),
  matchesJsonSchema: (group) =>
    bodies(group, () => [{ matchesJsonSchema: json(group.chance.one(schemas)) }], [
      ...documents.map(json),
      '',
    ]),
  equalToXml: (group) => bodies(group, () => [{ equalToXml: group.chance.one(xmls.slice(0, 14)) }], xmls),
  xmlPlaceholders: (group) =>
    bodies(
      group,
      () => [
        {
          equalToXml: group.chance.one([
            '<a><b>${xmlunit.ignore}</b><c/></a>',
            '<a x="${xmlunit.ignore}"><b>1</b></a>',
          ]),
          enablePlaceholders: true,
        },
      ],
      xmls,
    ),
  matchesXPath: (group) => bodies(group, () => [group.chance.one(xPathWords)], xmls),
  binaryEqualTo: (group) => ({
    stubs: group.stubs(() => ({
      method: 'POST',
      bodyPatterns: [
        { binaryEqualTo: Buffer.from(group.chance.one([[1, 2], [255, 0], [97]])).toString('base64') },
      ],
    })),
    requests: group.requests(5, () => ({
      method: 'POST',
      body: Uint8Array.from(group.chance.one([[1, 2], [255, 0], [97], [1, 2, 3]])),
    })),
  }),
  multipart: (group) => {
    const { chance } = group
    const rule = (): Pattern => ({
      ...(chance.hits(0.3) && { name: chance.one(['m', 'n']) }),
      ...(chance.hits(0.4) && { matchingType: chance.one(['ANY', 'ALL']) }),
      ...(chance.hits(0.4) && {
        headers: {
          'Content-Type': chance.one([{ contains: 'json' }, { equalTo: 'text/plain' }, { absent: true }]),
        },
      }),
      ...(chance.hits(0.6) && {
        bodyPatterns: [chance.one<Pattern>([group.text(1), { equalToJson: '{"v":"a"}' }])],
      }),
    })
    const part = (): readonly [string, string] =>
      chance.one([
        [disposition, chance.one(words)],
        [`${disposition}\r\ncontent-type: application/json`, '{"v": "a"}'],
        [
          'content-disposition: form-data; name="n"; filename="f.txt"\r\ncontent-type: text/plain',
          chance.one(words),
        ],
      ] as const)
    return {
      stubs: group.stubs(() => ({
        method: 'POST',
        multipartPatterns: Array.from({ length: 1 + chance.below(2) }, rule),
      })),
      requests: group.requests(8, () =>
        chance.hits(0.1)
          ? { method: 'POST', body: 'x' }
          : { method: 'POST', ...multipartBody(Array.from({ length: 1 + chance.below(3) }, part)) },
      ),
    }
  },
  mixed: (group) => {
    const { chance, prefix } = group
    const maybe = (more: Pattern): Pattern => (chance.hits(0.35) ? more : {})
    const json = [{ v: 'a' }, { v: 'b', w: 1 }, { v: ['a'] }]
    return {
      stubs: Array.from({ length: 3 + chance.below(4) }, () =>
        group.stub(
          {
            ...chance.one<Pattern>([
              { urlPath: `${prefix}/a` },
              { urlPathTemplate: `${prefix}/{id}` },
              { urlPattern: `${prefix}/.*` },
            ]),
            ...maybe({ method: chance.one(['POST', 'PUT', 'ANY']) }),
            ...maybe({ queryParameters: { k: group.values() } }),
            ...maybe({ headers: { 'X-K': group.text() } }),
            ...maybe({ cookies: { c: group.text() } }),
            ...maybe({
              bodyPatterns: [
                chance.one<Pattern>([
                  { equalToJson: JSON.stringify(chance.one(json)) },
                  { matchesJsonPath: '$.w' },
                  { contains: 'a' },
                ]),
              ],
            }),
          },
          chance.hits(0.15)
            ? { scenarioName: prefix, newScenarioState: 'two' }
            : chance.hits(0.15)
              ? { scenarioName: prefix, requiredScenarioState: 'two' }
              : {},
        ),
      ),
      requests: group.requests(10, () => ({
        method: chance.one(['POST', 'PUT']),
        path: `${prefix}/${chance.one(['a', 'b'])}${chance.hits(0.5) ? `?k=${encodeURIComponent(group.word())}` : ''}`,
        headers: [
          ...(chance.hits(0.5) ? ['x-k', group.word()] : []),
          ...(chance.hits(0.5) ? ['cookie', `c=${chance.one(['a', 'b', 'ab'])}`] : []),
        ],
        body: JSON.stringify(chance.one(json)),
      })),
    }
  },
  basicAuth: (group) => {
    const pair = (): string => group.chance.one(['u:p', 'u:q', 'v:p'])
    return {
      stubs: group.stubs(() => {
        const [username, password] = pair().split(':')
        return { basicAuth: { username, password } }
      }),
      requests: group.requests(6, () => ({
        headers: group.chance.hits(0.2)
          ? []
          : [
              'authorization',
              `${group.chance.one(['Basic', 'basic', 'Bearer'])} ${Buffer.from(pair()).toString('base64')}`,
            ],
      })),
    }
  },
  host: (group) => ({
    stubs: group.stubs(() =>
      group.chance.one<Pattern>([
        { host: { equalTo: 'one.test' } },
        { host: { matches: '.*\\.test' } },
        { host: { equalTo: 'one.test' }, port: 8080 },
        { port: 80 },
      ]),
    ),
    requests: group.requests(6, () => ({
      headers: [
        'host',
        group.chance.one(['one.test', 'one.test:8080', 'two.test', 'x.example', 'one.test:81']),
      ],
    })),
  }),
  scenario: (group) => {
    const { chance, prefix } = group
    const state = (): string => chance.one(['Started', 'one', 'two'])
    return {
      stubs: Array.from({ length: 2 + chance.below(3) }, () =>
        group.stub(
          { urlPath: `${prefix}${chance.one(['', '/a'])}` },
          {
            scenarioName: prefix,
            ...(chance.hits(0.7) && { requiredScenarioState: state() }),
            ...(chance.hits(0.7) && { newScenarioState: state() }),
          },
        ),
      ),
      requests: group.requests(10, () => ({ path: prefix + chance.one(['', '/a']) })),
    }
  },
  priority: (group) => {
    const { chance, prefix } = group
    const request = (): Pattern =>
      chance.one<Pattern>([
        { urlPath: `${prefix}/a` },
        { urlPathTemplate: `${prefix}/{id}` },
        { urlPathPattern: `${prefix}/.*` },
        { method: 'GET', urlPath: `${prefix}/a` },
        { urlPath: `${prefix}/a`, queryParameters: { k: { equalTo: 'a' } } },
        { urlPath: `${prefix}/a`, headers: { 'x-k': { absent: true } } },
        { urlPattern: `${prefix}.*`, headers: { 'x-k': { equalTo: 'a' } } },
      ])
    return {
      stubs: Array.from({ length: 3 + chance.below(4) }, () => ({
        ...group.stub(request()),
        ...(chance.hits(0.4) && { priority: chance.below(8) }),
      })),
      requests: group.requests(8, () => ({
        method: chance.one(['GET', 'POST']),
        path: prefix + chance.one(['/a', '/b', '/a?k=a', '/a/b']),
        headers: chance.hits(0.4) ? ['x-k', 'a'] : [],
      })),
    }
  },
  response: (group) => {
    const { chance } = group
    const response = (): Pattern => ({
      status: chance.one([200, 201, 204, 301, 304, 400, 404, 418, 500, 503]),
      ...(chance.hits(0.3) && { statusMessage: chance.one(['Fine', 'Not so fine']) }),
      headers: {
        'X-One': chance.one<unknown>(['a', ['a', 'b']]),
        ...(chance.hits(0.5) && { 'Content-Type': 'application/json' }),
      },
      ...chance.one<Pattern>([
        { body: 'täxt ${{ x }} {{request.path}}' },
        { jsonBody: chance.one(documents) },
        { base64Body: 'AP8Q' },
        {},
        { body: '' },
        { body: '{"a": 1}' },
        { jsonBody: { t: '${{ x }}' } },
        { body: 'a', jsonBody: { b: 1 } },
      ]),
      ...(chance.hits(0.1) && { fixedDelayMilliseconds: 3 }),
      ...(chance.hits(0.1) && {
        delayDistribution: chance.one([
          { type: 'uniform', lower: 1, upper: 4 },
          { type: 'lognormal', median: 2, sigma: 0.1 },
          { type: 'fixed', milliseconds: 2 },
        ]),
      }),
    })
    return {
      stubs: [group.stub({}, { response: response() })],
      requests: group.requests(2, () => ({ method: chance.one(['GET', 'HEAD', 'POST']) })),
    }
  },
  fault: (group) => ({
    stubs: [
      group.stub(
        {},
        {
          response: {
            fault: group.chance.one([
              'CONNECTION_RESET_BY_PEER',
              'EMPTY_RESPONSE',
              'MALFORMED_RESPONSE_CHUNK',
              'RANDOM_DATA_THEN_CLOSE',
            ]),
          },
        },
      ),
    ],
    requests: group.requests(1, () => ({})),
  }),
  templating: (group) => {
    const { chance, prefix } = group
    const piece = (): string =>
      chance.one([
        '{{request.method}}',
        '{{request.path}}',
        '{{request.query.k}}',
        '{{request.query.l.[1]}}',
        '{{request.headers.X-K}}',
        '{{request.cookies.c}}',
        '{{request.pathSegments.[1]}}',
        "{{jsonPath request.body '$.v'}}",
        ' text ',
        '${{ x }}',
        '{{{request.query.k}}}',
        '{{request.path.[0]}}',
      ])
    return {
      stubs: [
        group.stub(
          { urlPathPattern: `${prefix}/.*`, method: 'ANY' },
          {
            response: {
              transformers: ['response-template'],
              headers: { 'X-T': `t-${chance.one(['{{request.query.k}}', '{{request.method}}'])}` },
              body: `>${chance.some([0, 1], 4).map(piece).join('|')}<`,
            },
          },
        ),
      ],
      requests: group.requests(5, () => ({
        method: 'POST',
        path: `${prefix}/${chance.one(['a', 'b'])}/c?k=${chance.one(['1', 'a', '%3C%26'])}${chance.hits(0.5) ? '&l=x&l=y' : ''}`,
        headers: ['x-k', 'head', 'cookie', 'c=cook', 'content-type', 'application/json'],
        body: chance.one(['{"v":"a"}', '{"v":12}', '{}', '{"v":true}']),
      })),
    }
  },
}
