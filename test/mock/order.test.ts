/** Which mock wins, criterion by criterion; and which version is meant. */
import { describe, expect, it } from 'vitest'
import { MockIndex } from '../../src/mock/mock-index.ts'
import { select } from '../../src/mock/select.ts'
import { aCall, type CallSpec, compiled, type FileSpec } from '../support/library.ts'

const winner = async (call: CallSpec, ...files: readonly FileSpec[]): Promise<string | undefined> =>
  (await select(new MockIndex(compiled(...files)), aCall(call)))?.name

const get = { target: '/a/b' }

describe('the order of mocks', () => {
  it.each<[string, FileSpec[]]>([
    [
      'a lower priority',
      [
        { layer: 2, mocks: [{ name: 'wins', priority: 1 }] },
        { mocks: [{ request: { method: 'GET', path: '/a/b' } }] },
      ],
    ],
    [
      'then the layer',
      [
        { layer: 0, mocks: [{ name: 'wins' }] },
        { layer: 1, mocks: [{ request: { method: 'GET', path: '/a/b' } }] },
      ],
    ],
    [
      'then a given method',
      [
        {
          mocks: [{ name: 'wins', request: { method: 'GET', path: '/{x*}' } }, { request: { path: '/a/b' } }],
        },
      ],
    ],
    [
      'then a literal segment',
      [
        {
          mocks: [{ name: 'wins', request: { path: '/a/{y}' } }, { request: { path: '/{x}/b', query: {} } }],
        },
      ],
    ],
    [
      'then a part',
      [
        {
          mocks: [
            { name: 'wins', request: { path: '/a/b{y}' } },
            { request: { path: '/a/{y}', params: { y: 'bc' } } },
          ],
        },
      ],
    ],
    [
      'then a parameter with a condition',
      [
        {
          mocks: [
            { name: 'wins', request: { path: '/a/{y}', params: { y: 'bc' } } },
            { request: { path: '/a/{y}' } },
          ],
        },
      ],
    ],
    [
      'then a parameter',
      [{ mocks: [{ name: 'wins', request: { path: '/a/{y}' } }, { request: { path: '/a/{y*}' } }] }],
    ],
    [
      'then more clauses',
      [
        {
          mocks: [
            { name: 'wins', request: { path: '/a/bc', query: { k: { $absent: true } } } },
            { request: { path: '/a/bc' } },
          ],
        },
      ],
    ],
    [
      'then the file that sorts last',
      [
        { file: 'mocks/b.yaml', mocks: [{ name: 'wins' }] },
        { file: 'mocks/a.yaml', mocks: [{}] },
      ],
    ],
    ['then the later place', [{ mocks: [{}, { name: 'wins' }] }]],
  ])('looks at %s', async (_what, files) => {
    expect(await winner({ target: '/a/bc' }, ...files)).toBe('wins')
  })
})

describe('the version', () => {
  const file = (version: string | undefined, request: unknown = { path: '/a/b' }): FileSpec =>
    ({ version, mocks: [{ name: version ?? 'none', request }] }) as FileSpec
  const asking = (version: string): CallSpec => ({ ...get, headers: ['Svcm-Version', version] })

  it.each([
    ['the highest release when nothing is asked', get, ['1.9.0', '1.10.0', '2.0.0-rc.1'], '1.10.0'],
    ['the highest that a range takes', asking('^1.2'), ['1.2.0', '1.9.0', '2.0.0'], '1.9.0'],
    ['any of a major by its number', asking('1'), ['1.2.0', '1.9.0', '2.0.0'], '1.9.0'],
    ['one with a leading v', asking('v1.2.0'), ['v1.2.0', '1.9.0'], 'v1.2.0'],
    ['a prerelease that is named', asking('2.0.0-rc.1'), ['1.0.0', '2.0.0-rc.1'], '2.0.0-rc.1'],
    ['no prerelease of the next major', asking('^1'), ['1.0.0', '2.0.0-rc.1'], '1.0.0'],
    ['a prerelease when there is nothing else', get, ['2.0.0-rc.1'], '2.0.0-rc.1'],
    ['what is no semver as it stands', asking('2024-05'), ['2024-05', '2024-06'], '2024-05'],
    ['none', asking('^3'), ['1.0.0', '2.0.0'], undefined],
  ])('is %s', async (_what, call, versions, expected) => {
    expect(await winner(call, ...versions.map((version) => file(version)))).toBe(expected)
  })

  it('comes from the configured range when the call asks for none', async () => {
    expect(await winner({ ...get, service: { version: '^1' } }, file('1.0.0'), file('2.0.0'))).toBe('1.0.0')
  })

  it('is the highest that has this path at all; if its mocks do not match, lower ones do not answer', async () => {
    expect(await winner(get, file('1.0.0'), file('2.0.0', { path: '/other' }))).toBe('1.0.0')
    expect(await winner(get, file('1.0.0'), file('2.0.0', { path: '/a/b', query: { k: 1 } }))).toBeUndefined()
  })

  it('is read from where the service says', async () => {
    const fromPath = { versionFrom: { kind: 'path', template: '/v{version}/' } } as const
    const files = [file('1.0.0', { path: '/v{n}/x' }), file('2.0.0', { path: '/v{n}/x' })]
    expect(await winner({ target: '/v1/x', service: fromPath }, ...files)).toBe('1.0.0')
    const fromHeader = { versionFrom: { kind: 'header', name: 'x-api-version' } } as const
    expect(
      await winner(
        { ...get, headers: ['X-Api-Version', '1'], service: fromHeader },
        file('1.0.0'),
        file('2.0.0'),
      ),
    ).toBe('1.0.0')
  })

  it('of a mock without one is any', async () => {
    expect(await winner(asking('^1'), file('1.0.0', { path: '/other' }), file(undefined))).toBe('none')
    expect(await winner(asking('^7'), file('1.0.0'), file(undefined))).toBe('none')
  })
})

describe('HEAD', () => {
  const head = { method: 'HEAD', target: '/a/b' }
  const mock = (method: string | undefined) => ({
    name: method ?? 'any',
    priority: method === undefined ? 9 : 5,
    request: { ...(method !== undefined && { method }), path: '/{x*}' },
  })

  it.each([
    [['HEAD', 'GET', undefined], 'HEAD'],
    [['GET', undefined], 'GET'],
    [['POST', undefined], 'any'],
    [['POST'], undefined],
  ])('among %j is answered by %s', async (methods, expected) => {
    expect(await winner(head, { mocks: methods.map(mock) })).toBe(expected)
  })
})

describe('paths', () => {
  it.each([
    ['/a/{x}', '/a/1', true],
    ['/a/{x}', '/a/', false],
    ['/a/{x}', '/a/1/2', false],
    ['/a', '/a/', false],
    ['/a', '/A', false],
    ['/', '/', true],
    ['/f/{x*}', '/f/', true],
    ['/f/{x*}', '/f/a/b', true],
    ['/f/{x*}', '/f', false],
    ['/v{n}/{id}.json', '/v12/a.b.json', true],
    ['/v{n}/{id}.json', '/v/a.json', false],
    ['/a b/ü', '/a%20b/%C3%BC', true],
    ['/a/b', '/a%2Fb', false],
    ['/{x}', '/a%2Fb', true],
    ['/a/%zz', '/a/%zz', true],
    ['*', '*', true],
  ])('%s takes %s: %s', async (path, target, expected) => {
    expect(await winner({ target }, { mocks: [{ name: 'it', request: { path } }] })).toBe(
      expected ? 'it' : undefined,
    )
  })

  it.each([['/a?b=1'], ['a'], ['/{'], ['/{a}/{a}'], ['/{a*}/b'], ['/x{a*}'], ['/{}'], ['/{1a}']])(
    '%s is refused',
    (path) => {
      expect(() => compiled({ mocks: [{ request: { path } }] })).toThrow()
    },
  )
})
