/** A mock of the workspace takes the place of a package's by its name, and `disable` switches one off. */
import { describe, expect, it } from 'vitest'
import { standingOf } from '../../src/mock/overrides/in-force.ts'
import { compiled } from '../support/library.ts'
import { packaged } from '../support/packaged.ts'

const found = (status: number, more = ''): string =>
  `  - name: order is found\n    request: { method: GET, path: '/orders/{id}'${more} }\n    response: { status: ${status} }\n`

const inForce = async (files: Readonly<Record<string, string>>, yaml = ''): Promise<readonly string[]> =>
  (await packaged(files, yaml).library())
    .mocks()
    .map(({ name, version, status }) => `${name} ${version ?? 'any'} ${status}`)
    .sort()

describe('a mock with the name of a packaged one', () => {
  const pkg = {
    'pkg/orders/1.4.0/a.yaml': `mocks:\n${found(200)}`,
    'pkg/orders/1.5.0/a.yaml': `mocks:\n${found(205)}`,
  }

  it('without a version replaces it in all versions, also where it takes fewer calls', async () => {
    const files = { ...pkg, 'mocks/orders/over.yaml': `mocks:\n${found(404, ', query: { a: 1 }')}` }
    expect(await inForce(files)).toEqual(['order is found any 404'])
  })

  it('with a version replaces it in that version only', async () => {
    const files = { ...pkg, 'mocks/orders/v1.4.0/over.yaml': `mocks:\n${found(404)}` }
    expect(await inForce(files)).toEqual(['order is found 1.5.0 205', 'order is found v1.4.0 404'])
  })

  it('is what is verified and exported in its place, at its own place in the file', async () => {
    const files = {
      'pkg/orders/1.4.0/a.yaml': `mocks:\n${found(200)}  - name: other\n    request: { path: /other }\n    response: {}\n`,
      'mocks/orders/over.yaml': `mocks:\n${found(404)}`,
    }
    const library = await packaged(files).library()
    const left = library
      .filesInForce()
      .flatMap((file) =>
        file.mocks.map(
          ({ name }, position) => `${name} ${file.locate(['mocks', position, 'name'])?.at.line}`,
        ),
      )
    expect(left.sort()).toEqual(['order is found 2', 'other 5'])
    expect(library.files().flatMap(({ mocks }) => mocks)).toHaveLength(3)
  })

  it('replaces nothing when the name was made from the request, or when it is for some tenants', async () => {
    const unnamed = (status: number): string =>
      `mocks:\n  - request: { method: GET, path: /a }\n    response: { status: ${status} }\n`
    expect(await inForce({ 'pkg/orders/a.yaml': unnamed(200), 'mocks/orders/a.yaml': unnamed(404) })).toEqual(
      ['GET /a any 200', 'GET /a any 404'],
    )
    const files = {
      'pkg/orders/a.yaml': `mocks:\n${found(200)}`,
      'mocks/orders/a.yaml': `tenants: [alice]\nmocks:\n${found(404)}`,
    }
    expect(await inForce(files)).toHaveLength(2)
  })

  it('of another folder of the workspace leaves that one as it is', async () => {
    const files = {
      'mocks.local/orders/a.yaml': `mocks:\n${found(201)}`,
      'mocks/orders/a.yaml': `mocks:\n${found(404)}`,
    }
    expect(await inForce(files)).toHaveLength(2)
  })

  it('is told by list and explain, with the package and its version', async () => {
    const files = {
      'pkg/orders/1.4.0/a.yaml': `mocks:\n${found(200)}  - name: other\n    request: { path: /other }\n    response: {}\n`,
      'mocks/orders/over.yaml': `mocks:\n${found(404)}`,
    }
    const library = await packaged(files).opened()
    const told = library
      .list()
      .services[0]!.versions.flatMap(({ mocks }) =>
        mocks.map(({ place, from, inPlaceOf, outOfForce }) => ({ place, from, inPlaceOf, outOfForce })),
      )
    const base = '@acme/orders-mocks@1.4.2 orders/1.4.0/a.yaml:2'
    expect(told).toEqual([
      {
        place: base,
        from: '@acme/orders-mocks@1.4.2',
        inPlaceOf: [],
        outOfForce: 'overridden by mocks/orders/over.yaml:2',
      },
      {
        place: '@acme/orders-mocks@1.4.2 orders/1.4.0/a.yaml:5',
        from: '@acme/orders-mocks@1.4.2',
        inPlaceOf: [],
      },
      { place: 'mocks/orders/over.yaml:2', inPlaceOf: [base] },
    ])
    const explained = await library.explain({
      method: 'GET',
      url: new URL('http://orders/orders/1'),
      headers: [],
      body: undefined,
    })
    expect(explained.winner?.origin.inPlaceOf).toEqual([base])
    expect(explained.outOfForce).toMatchObject([
      { at: base, because: 'overridden by mocks/orders/over.yaml:2' },
    ])
    expect(library.check([]).problems).toEqual([])
  })
})

describe('disable', () => {
  const files = {
    'pkg/orders/1.4.0/a.yaml': `mocks:\n${found(200)}  - name: 'b: c'\n    request: { path: /b }\n    response: {}\n`,
  }

  it('switches a mock off', async () => {
    expect(await inForce(files, "disable: ['orders: order is found']")).toEqual(['b: c 1.4.0 200'])
    expect(await inForce(files, "disable: ['orders: b: c']")).toEqual(['order is found 1.4.0 200'])
  })

  it('finds a mock whose own name has the service in front', async () => {
    const named = {
      'pkg/orders/a.yaml': `mocks:\n${found(200).replace('order is found', "'orders: order is found'")}`,
    }
    expect(await inForce(named, "disable: ['orders: order is found']")).toEqual([])
  })

  it('of a name that no mock has is a mistake, with its place and the nearest name', async () => {
    const { problems } = (await packaged(files, "disable:\n  - 'orders: order is fond'").opened()).check([])
    expect(problems).toMatchObject([
      {
        severity: 'error',
        code: 'OVERRIDE_DEAD',
        at: { file: 'svc-mock.yaml', line: 4, column: 5 },
        message: 'there is no mock "orders: order is fond" to disable',
        hint: "did you mean 'orders: order is found'?",
      },
    ])
  })

  it.each([
    [
      'found',
      '"found" does not say whose mock it is',
      "write the service and the mock's name: 'orders: order is found'",
    ],
    ['oders: found', 'there is no service oders', 'did you mean orders?'],
  ])('of %s is a mistake of the configuration', (text, message, hint) => {
    expect(() => packaged(files, `disable: ['${text}']`)).toThrow(message)
    expect(hint).not.toBe('')
  })

  it('leaves nothing to be said of a service whose file is broken', async () => {
    const broken = { ...files, 'mocks/orders/broken.yaml': 'mocks:\n  - name: [' }
    const { problems } = (await packaged(broken, "disable: ['orders: later']").opened()).check([])
    expect(problems.map(({ code }) => code)).toEqual(['MOCK_FILE_INVALID'])
  })
})

it('costs nothing where nothing is overridden: the very list goes into the index', () => {
  const mocks = compiled({ mocks: [{ name: 'a' }, { name: 'b' }] })
  const { inForce, out } = standingOf(mocks, { packaged: new Set(), disabled: [], extended: false })
  expect(inForce).toBe(mocks)
  expect(out.size).toBe(0)
})
