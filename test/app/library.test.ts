/** What check, list and explain say of a library that is valid and still not what was meant. */
import { describe, expect, it } from 'vitest'
import { openLibrary } from '../../src/app/library.ts'
import { openWorkspace } from '../../src/app/workspace.ts'
import { workspace } from '../support/workspace.ts'

const library = (files: Readonly<Record<string, string>>) => {
  const { folder } = workspace({ 'svc-mock.yaml': 'services:\n  orders: {}\n', ...files })
  return openLibrary(openWorkspace({ cwd: folder, env: {} }).config)
}

const warnings = async (files: Readonly<Record<string, string>>): Promise<string[]> =>
  (await library(files)).check([]).problems.map(({ at, message }) => `${at.file}:${at.line} ${message}`)

const file = (...mocks: readonly string[]): string =>
  `mocks:\n${mocks.map((mock) => `  - ${mock}\n`).join('')}`

const ok = 'response: { status: 200 }'

describe('check warns of', () => {
  it.each([
    [
      'an exact duplicate',
      ['{ name: first, request: { path: /a }, ', '{ name: second, request: { path: /a }, '],
      /:2 first is never used: second .* asks for the same and wins because its place in the file is later/,
    ],
    [
      'a mock behind a broader one',
      [
        '{ name: narrow, priority: 6, request: { path: /a/b }, ',
        "{ name: broad, request: { path: '/a/{x}' }, ",
      ],
      /:2 narrow is never used: broad .* takes every call of it and wins because its priority is lower/,
    ],
    [
      'a mock behind one with fewer clauses',
      [
        '{ name: narrow, priority: 6, request: { path: /a, query: { k: 1 } }, ',
        '{ name: broad, request: {}, ',
      ],
      /:2 narrow is never used: broad/,
    ],
  ])('%s', async (_what, mocks, expected) => {
    const text = file(...mocks.map((mock) => `${mock}${ok} }`))
    expect(await warnings({ 'mocks/orders/1.0.0/a.yaml': text })).toEqual([expect.stringMatching(expected)])
  })

  it('nothing where each mock has calls of its own', async () => {
    const text = file(
      `{ request: { path: '/a/{x}' }, ${ok} }`,
      `{ request: { path: /a/b }, ${ok} }`,
      `{ request: { path: /a/b, query: { k: 1 } }, ${ok} }`,
      `{ request: { method: GET, path: /a/b }, ${ok} }`,
      `{ priority: 9, request: {}, ${ok} }`,
      `{ request: { path: '/r/{rest*}' }, ${ok} }`,
      `{ request: { path: '/r/{x}' }, ${ok} }`,
    )
    expect(await warnings({ 'mocks/orders/1.0.0/a.yaml': text })).toEqual([])
  })

  it('expressions that may backtrack for ever, services that nobody configured, versions out of range', async () => {
    const found = await warnings({
      'svc-mock.yaml': 'services:\n  orders: {}\n  stock: { version: ^1.4 }\n',
      'mocks/orders/1.0.0/a.yaml': file(
        `{ request: { path: /a, query: { k: { $matches: '(?=x)(a+)+$' } } }, ${ok} }`,
      ),
      'mocks/oders/1.0.0/b.yaml': file(`{ request: { path: /b }, ${ok} }`),
      'mocks/stock/1.4/c.yaml': file(`{ request: { path: /c }, ${ok} }`),
    })
    expect(found.sort()).toEqual([
      expect.stringMatching(/oders\/1\.0\.0\/b\.yaml:1 no service oders in svc-mock\.yaml/),
      expect.stringMatching(/orders\/1\.0\.0\/a\.yaml:2 .*is risky/),
      expect.stringMatching(/stock\/1\.4\/c\.yaml:1 stock 1\.4 is not in \^1\.4/),
    ])
  })
})

describe('check tells', () => {
  it('every mistake of a file at once, those of shape and those inside', async () => {
    const text = file(
      `{ request: { path: /a }, respones: {} }`,
      `{ request: { path: /b, query: { k: { $match: x } } }, ${ok} }`,
      `{ request: { path: '/c/{' }, ${ok} }`,
    )
    const found = (await library({ 'mocks/orders/1.0.0/a.yaml': text })).check([]).problems
    expect(found.map(({ at, message }) => `${at.line} ${message}`)).toEqual([
      expect.stringMatching(/^2 .*respones/),
      expect.stringMatching(/^3 .*\$match/),
      expect.stringMatching(/^4 .*brace/),
    ])
  })
})

describe('list', () => {
  it('says what overrides a mock', async () => {
    const { services } = (
      await library({
        'mocks/orders/1.0.0/a.yaml': file(`{ request: { path: /a }, ${ok} }`),
        'fixtures/orders/1.0.0/a.yaml': file(`{ request: { path: /a }, ${ok} }`),
      })
    ).list()
    const mocks = services[0]!.versions[0]!.mocks
    expect(mocks.map(({ at, overriddenBy }) => [at, overriddenBy])).toEqual([
      ['mocks/orders/1.0.0/a.yaml:2', []],
      ['fixtures/orders/1.0.0/a.yaml:2', ['mocks/orders/1.0.0/a.yaml:2']],
    ])
  })
})

describe('explain', () => {
  it('names the winner, and by which criterion it stands before what it shadows', async () => {
    const { explain } = await library({
      'mocks/orders/1.0.0/a.yaml': file(
        `{ name: broad, request: { path: '/{x}' }, ${ok} }`,
        `{ name: exact, request: { path: /a }, ${ok} }`,
      ),
    })
    const view = await explain({
      method: 'GET',
      url: new URL('http://orders/a'),
      headers: [],
      body: undefined,
    })
    expect(view).toMatchObject({
      service: 'orders',
      winner: { name: 'exact' },
      shadowed: [{ name: 'broad', because: 'path is more literal' }],
      result: 'answered by the mock exact',
    })
  })
})
