/** A mock that is made of another one by a patch. */
import { describe, expect, it } from 'vitest'
import { formatLocation } from '../../src/core/source.ts'
import { packaged } from '../support/packaged.ts'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'

const yaml = 'library: [./mocks, ./pkg]\nservices: { orders: {} }\n'

const ask = async ({ port }: TestProxy, path: string): Promise<string> => {
  const client = await raw(port)
  client.send(`GET http://orders${path} HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n`)
  const [head = '', ...body] = (await client.rest()).split('\r\n\r\n')
  return `${head.split(' ')[1]} ${/x-kind: (.*)/i.exec(head)?.[1]?.trim() ?? '-'} ${body.join('')}`
}

const base = `mocks:
  - name: order is found
    request: { method: GET, path: '/orders/{id}' }
    response: { status: 200, headers: { x-kind: packaged, x-gone: a }, bodyFile: ./order.json }
`

const files = {
  'svc-mock.yaml': yaml,
  'mocks.local/.keep': '',
  'pkg/orders/1.4.0/a.yaml': base,
  'pkg/orders/1.4.0/order.json': '{"id":1}',
}

describe('extends', () => {
  it('puts a changed mock in the place of its base, whose files are found beside the base', async () => {
    const test = await proxy({
      ...files,
      'mocks/over.yaml':
        "service: orders\nmocks:\n  - extends: 'orders: order is found'\n    patch: { response: { status: 201, headers: { x-kind: mine } } }\n",
    })
    expect(await ask(test, '/orders/1')).toBe('201 mine {"id":1}')
  })

  it('finds a mock whose own name has the service in front, and keeps that name', async () => {
    const library = await packaged({
      ...files,
      'pkg/orders/1.4.0/a.yaml': base.replace('order is found', "'orders: order is found'"),
      'mocks/orders/over.yaml':
        "mocks:\n  - extends: 'orders: order is found'\n    patch: { response: { status: 201 } }\n",
    }).library()
    expect(library.mocks().map(({ name, status }) => [name, status])).toEqual([
      ['orders: order is found', 201],
    ])
  })

  it('finds a file that the patch names beside the patch', async () => {
    const test = await proxy({
      ...files,
      'mocks/orders/order.json': '{"id":"mine"}',
      'mocks/orders/over.yaml':
        "mocks:\n  - extends: 'orders: order is found'\n    patch: { response: { bodyFile: ./order.json } }\n",
    })
    expect(await ask(test, '/orders/1')).toBe('200 packaged {"id":"mine"}')
  })

  it('with a name of its own makes a mock beside its base', async () => {
    const test = await proxy({
      ...files,
      'mocks/orders/over.yaml':
        "mocks:\n  - extends: 'orders: order is found'\n    name: slow\n    patch: { request: { query: { slow: 1 } }, response: { headers: { x-kind: slow } } }\n",
    })
    expect(await ask(test, '/orders/1')).toBe('200 packaged {"id":1}')
    expect(await ask(test, '/orders/1?slow=1')).toBe('200 slow {"id":1}')
  })

  it('compiles each script where it was written', async () => {
    const script = (kind: string): string =>
      `import { kind } from './kind.js'\nexport default (request) => ({ headers: { 'x-kind': kind + '${kind}' } })`
    const test = await proxy({
      ...files,
      'pkg/orders/1.4.0/a.yaml':
        "mocks:\n  - name: quote\n    request: { path: '/quote' }\n    script: ./quote.js\n  - name: other\n    request: { path: '/other' }\n    script: ./quote.js\n",
      'pkg/orders/1.4.0/quote.js': script('1'),
      'pkg/orders/1.4.0/kind.js': "export const kind = 'packaged'",
      'mocks/orders/over.yaml':
        "mocks:\n  - extends: 'orders: quote'\n    patch: { request: { path: '/quote2' } }\n  - extends: 'orders: other'\n    patch: { script: ./mine.js }\n",
      'mocks/orders/mine.js': script('2'),
      'mocks/orders/kind.js': "export const kind = 'mine'",
    })
    expect(await ask(test, '/quote2')).toContain('200 packaged1')
    expect(await ask(test, '/other')).toContain('200 mine2')
  })

  it('extends what extends another, the personal folder last', async () => {
    const over = (status: string): string =>
      `mocks:\n  - extends: 'orders: order is found'\n    patch: { response: { ${status} } }\n`
    const test = await proxy({
      ...files,
      'mocks/orders/over.yaml': over('status: 202'),
      'mocks.local/orders/over.yaml': over('headers: { x-kind: personal }'),
    })
    expect(await ask(test, '/orders/1')).toBe('202 personal {"id":1}')
  })

  it('without a version is made for each version of its base, with one for that', async () => {
    const of = async (path: string) => {
      const library = await packaged({
        ...files,
        'pkg/orders/1.5.0/a.yaml': base.replace('200', '205'),
        'pkg/orders/1.5.0/order.json': '{}',
        [path]:
          "mocks:\n  - extends: 'orders: order is found'\n    patch: { response: { headers: { x-kind: mine } } }\n",
      }).library()
      return library
        .mocks()
        .map(({ version, status, at }) => `${version} ${status} ${at.file}`)
        .sort()
    }
    expect(await of('mocks/orders/over.yaml')).toEqual([
      '1.4.0 200 mocks/orders/over.yaml',
      '1.5.0 205 mocks/orders/over.yaml',
    ])
    expect(await of('mocks/orders/1.4.0/over.yaml')).toEqual([
      '1.4.0 200 mocks/orders/1.4.0/over.yaml',
      '1.5.0 205 pkg/orders/1.5.0/a.yaml',
    ])
  })

  it('does not take its base from other tenants', async () => {
    const library = await packaged({
      ...files,
      'mocks/orders/over.yaml':
        "mocks:\n  - extends: 'orders: order is found'\n    patch: { tenants: [alice] }\n",
    }).library()
    expect(library.mocks()).toHaveLength(2)
  })
})

describe('mistakes stand where they were written', () => {
  const told = async (over: string, pkg = base) =>
    (await packaged({ ...files, 'pkg/orders/1.4.0/a.yaml': pkg, 'mocks/orders/over.yaml': over }).opened())
      .check([])
      .problems.map(
        ({ at, code, message, hint }) => `${formatLocation(at)} ${code} ${message} | ${hint ?? ''}`,
      )

  const over = (patch: string): string =>
    `mocks:\n  - extends: 'orders: order is found'\n    patch:\n      ${patch}\n`

  it.each([
    [
      'a wrong kind',
      'response: { status: hi }',
      'over.yaml:4:27 MOCK_FILE_INVALID status has a value that does not fit: "hi" | ',
    ],
    [
      'an unknown key',
      'response: { bodi: 1 }',
      'over.yaml:4:19 MOCK_FILE_INVALID unknown key "bodi" in response | did you mean body?',
    ],
    [
      'an unknown key of the mock',
      'respones: {}',
      'over.yaml:4:7 MOCK_FILE_INVALID unknown key "respones" in patch | did you mean response?',
    ],
    [
      'an operator',
      "request: { query: { a: { $matchez: '1' } } }",
      'over.yaml:4:32 MOCK_FILE_INVALID unknown operator $matchez | did you mean $matches?',
    ],
    [
      'a file that is missing',
      'response: { bodyFile: ./none.json }',
      'over.yaml:4:29 MOCK_FILE_INVALID ./none.json does not exist | the path is relative to this file',
    ],
    [
      'a number that is text',
      'response: { headers: { x-kind: 1.40 } }',
      "over.yaml:4:38 MOCK_FILE_INVALID x-kind is text, and YAML reads 1.40 as 1.4 | quote it: '1.40'",
    ],
    [
      'what excludes a key that stays',
      'response: { body: 1 }',
      'pkg/orders/1.4.0/a.yaml:4:72 MOCK_FILE_INVALID body and bodyFile exclude each other | keep one of them; mocks/orders/over.yaml:2 extends this mock, and null in its patch removes a key',
    ],
    [
      'what excludes a section that stays',
      'script: ./x.js',
      'over.yaml:4:7 MOCK_FILE_INVALID response and script exclude each other',
    ],
  ])('%s', async (_what, patch, expected) => {
    const all = await told(over(patch))
    expect(all.length).toBeGreaterThan(0)
    expect(all[0]).toContain(expected)
  })

  it.each([
    [
      'a base that is gone',
      "- extends: 'orders: order is fund'",
      'over.yaml:2:14 OVERRIDE_DEAD there is no mock "orders: order is fund" to extend | did you mean \'orders: order is found\'?',
    ],
    [
      'no service',
      '- extends: order is found',
      "over.yaml:2:14 MOCK_FILE_INVALID \"order is found\" does not say whose mock it is | write the service and the mock's name: 'orders: order is found'",
    ],
    [
      'another service',
      "- extends: 'stock: x'",
      'over.yaml:2:14 MOCK_FILE_INVALID it is a mock of stock, and this file has mocks of orders | write it into a file of stock',
    ],
    [
      'a patch of nothing',
      '- patch: {}',
      'over.yaml:2:5 MOCK_FILE_INVALID patch changes a mock that this one extends, and it extends none',
    ],
    [
      'a key beside it',
      "- { extends: 'orders: order is found', request: {} }",
      'MOCK_FILE_INVALID request stands beside extends | write it under patch',
    ],
    [
      'itself',
      "- { extends: 'orders: b', name: a }\n  - { extends: 'orders: a', name: b }",
      '"a" extends "b" extends "a": that never ends',
    ],
  ])('%s', async (_what, mock, expected) => {
    const all = await told(`mocks:\n  ${mock}\n`)
    expect(all).toHaveLength(1)
    expect(all[0]).toContain(expected)
  })

  it('a version that the base does not have', async () => {
    const { problems } = (
      await packaged({
        ...files,
        'mocks/orders/1.5.0/over.yaml': "mocks:\n  - extends: 'orders: order is found'\n",
      }).opened()
    ).check([])
    expect(problems).toMatchObject([
      {
        code: 'OVERRIDE_DEAD',
        message: '"orders: order is found" is a mock of version 1.4.0, and this file has mocks of 1.5.0',
      },
    ])
  })

  it('what the base has, when the patch makes it wrong, in the base', async () => {
    const all = await told(
      over("request: { path: '/orders' }"),
      base.replace("'/orders/{id}' }", "'/orders/{id}', params: { id: '1' } }"),
    )
    expect(all).toEqual([expect.stringContaining('pkg/orders/1.4.0/a.yaml:3')])
  })
})

describe('while the program runs', () => {
  const over =
    "mocks:\n  - extends: 'orders: order is found'\n    patch: { response: { headers: { x-kind: mine } } }\n"
  const start = () => proxy({ ...files, 'mocks/orders/over.yaml': over }, { watch: true })

  it('a change of the base changes what extends it', async () => {
    const test = await start()
    test.workspace.write('pkg/orders/1.4.0/a.yaml', base.replace('200', '203'))
    expect((await test.nextReload()).changed.toSorted()).toEqual([
      'mocks/orders/over.yaml',
      'pkg/orders/1.4.0/a.yaml',
    ])
    expect(await ask(test, '/orders/1')).toBe('203 mine {"id":1}')
    test.workspace.write('pkg/orders/1.4.0/order.json', '{"id":2}')
    await test.nextReload()
    expect(await ask(test, '/orders/1')).toBe('203 mine {"id":2}')
  })

  it('a base that goes is told, its last good version stays, and it heals', async () => {
    const test = await start()
    test.workspace.write('pkg/orders/1.4.0/a.yaml', base.replace('order is found', 'order was found'))
    const { problems } = await test.nextReload()
    expect(problems).toMatchObject([
      {
        code: 'OVERRIDE_DEAD',
        at: { file: 'mocks/orders/over.yaml', line: 2 },
        hint: "did you mean 'orders: order was found'?",
      },
    ])
    expect(await ask(test, '/orders/1')).toBe('200 mine {"id":1}')
    expect(test.running.problems()).toHaveLength(1)
    test.workspace.write('pkg/orders/1.4.0/a.yaml', base)
    expect((await test.nextReload()).healed).toEqual(['mocks/orders/over.yaml'])
    expect(test.running.problems()).toEqual([])
  })

  it('a base whose file breaks is told there, and only there', async () => {
    const test = await start()
    test.workspace.write('pkg/orders/1.4.0/a.yaml', 'mocks:\n  - name: [')
    expect((await test.nextReload()).problems.map(({ at }) => at.file)).toEqual(['pkg/orders/1.4.0/a.yaml'])
    expect(await ask(test, '/orders/1')).toBe('200 mine {"id":1}')
  })

  it('an extending file comes, breaks, and goes', async () => {
    const test = await proxy(files, { watch: true })
    test.workspace.write('mocks/orders/over.yaml', over)
    await test.nextReload()
    expect(await ask(test, '/orders/1')).toBe('200 mine {"id":1}')
    test.workspace.write('mocks/orders/over.yaml', 'mocks:\n  - name: [')
    expect((await test.nextReload()).problems).toHaveLength(1)
    expect(await ask(test, '/orders/1')).toBe('200 mine {"id":1}')
    test.workspace.remove('mocks/orders/over.yaml')
    await test.nextReload()
    expect(await ask(test, '/orders/1')).toBe('200 packaged {"id":1}')
  })

  it('a change of disable is taken into force, and an unknown name is told', async () => {
    const test = await start()
    test.workspace.write('svc-mock.yaml', `${yaml}disable: ['orders: order is found']\n`)
    expect((await test.nextReload()).problems).toEqual([])
    expect(await ask(test, '/orders/1')).toMatch(/^502/)
    test.workspace.write('svc-mock.yaml', `${yaml}disable: ['orders: nothing']\n`)
    expect((await test.nextReload()).problems).toMatchObject([{ code: 'OVERRIDE_DEAD', at: { line: 3 } }])
    expect(await ask(test, '/orders/1')).toBe('200 mine {"id":1}')
  })
})
