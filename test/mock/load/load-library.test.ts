import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LibraryFolder } from '../../../src/config/config.ts'
import { type Library, loadFile, loadLibrary } from '../../../src/mock/load/load-library.ts'
import { workspace } from '../../config/workspace.ts'
import { dialects } from './fake-dialect.ts'

const folderOf = (root: string, display = 'mocks', layer = 1): LibraryFolder => ({
  folder: join(root, display),
  display,
  layer,
})
const load = (root: string, ...names: string[]): Library =>
  loadLibrary(
    (names.length === 0 ? ['mocks'] : names).map((name, i) => folderOf(root, name, i + 1)),
    root,
    dialects,
  )
const said = (library: Library): string[] =>
  library.problems.map((p) => `${p.severity} ${p.at.file}:${p.at.line}:${p.at.column} ${p.message}`)
const one = 'mocks: [{ request: { method: GET, path: /a } }]'

describe('service and version', () => {
  it.each([
    ['mocks/orders/1.4.0/deep/a.yaml', one, 'orders', '1.4.0'],
    ['mocks/orders/v2/a.yml', one, 'orders', 'v2'],
    ['mocks/orders/special/a.yaml', one, 'orders', undefined],
    ['mocks/orders/a.json', JSON.stringify({ mocks: [] }), 'orders', undefined],
    [
      'mocks/orders/1.0.0/a.yaml',
      `service: billing\nversion: 2.0\n${one}`.replace('2.0', '2.1'),
      'billing',
      '2.1',
    ],
    ['mocks/a.yaml', `service: orders\n${one}`, 'orders', undefined],
  ])('%s is of %s %s', (name, text, service, version) => {
    const root = workspace({ [name]: text })
    const library = load(root)
    expect(said(library)).toEqual([])
    expect(library.files.get(join(root, name))).toMatchObject({
      display: name,
      service,
      version,
      protocol: 'http',
    })
  })

  it('must be said somewhere', () => {
    expect(said(load(workspace({ 'mocks/a.yaml': one })))).toEqual([
      'error mocks/a.yaml:1:1 neither the file nor its path says which service it mocks',
    ])
  })
})

describe('a number that YAML reads as another text', () => {
  it.each([
    ['request: { query: { a: 007 } }', true],
    ['request: { query: { a: { $greaterThan: 007 } } }', false],
    ['request: { headers: { a: { $not: { $equalTo: 1.40 } } } }', true],
    ['request: { body: { a: 007 } }', false],
    ['request: { body: { $form: { a: 007 } } }', true],
    ['request: { body: { a: { $contains: 1.40 } } }', true],
    ['request: { multipart: { a: { headers: { x-a: 007 } } } }', true],
    ['request: { multipart: { a: { filename: 1e3 } } }', true],
    ['request: { multipart: { a: { body: { n: 007 } } } }', false],
    ['request: { multipart: { headers: { n: 007 } } }', false],
    ['response: { headers: { a: 007 } }', true],
    ['response: { body: { a: 007 } }', false],
  ])('in %s: refused %s', (mock, refused) => {
    const library = load(workspace({ 'mocks/o/a.yaml': `mocks:\n  - ${mock}\n` }))
    expect(said(library).some((text) => /is text, and YAML reads/.test(text))).toBe(refused)
  })
})

describe('mocks', () => {
  it('have a place, a priority and a name made of method and path', () => {
    const root = workspace({
      'mocks/orders/a.yaml': `mocks:
  - request: { method: GET, path: /a }
  - name: given
    priority: 9
    request: { path: /b }
    response: { body: { n: 9007199254740993, __proto__: { a: 1 } } }
  - request: { method: GET, path: /a, query: { x: 1 } }
  - {}
`,
    })
    const file = load(root).files.get(join(root, 'mocks/orders/a.yaml'))!
    expect(file.mocks.map(({ name, priority, at }) => `${at.line}:${at.column} ${priority} ${name}`)).toEqual(
      ['2:5 5 GET /a', '3:5 9 given', '7:5 5 GET /a (2)', '8:5 5 anything'],
    )
    const body = (file.mocks[1]!.response as { body: Record<string, unknown> }).body
    expect(body['n']).toBe(9007199254740993n)
    expect(Object.hasOwn(body, '__proto__')).toBe(true)
    expect(file.locate(['mocks', 1, 'request', 'path']).at).toEqual({
      file: 'mocks/orders/a.yaml',
      line: 5,
      column: 22,
    })
  })

  it('with equal given names are warned of', () => {
    const library = load(workspace({ 'mocks/o/a.yaml': 'mocks:\n  - name: x\n  - name: x\n' }))
    expect(said(library)).toEqual(['warning mocks/o/a.yaml:3:11 the name "x" stands twice in this file'])
    expect([...library.files.values()][0]!.mocks).toHaveLength(2)
  })

  it('that use something of a later version are left out alone', () => {
    const root = workspace({
      'mocks/o/a.yaml': 'mocks:\n  - name: a\n    send: ./x.js\n  - name: b\n    request: { path: /b }\n',
    })
    const library = load(root)
    expect(library.problems.map((p) => `${p.code} ${p.at.line}:${p.at.column} ${p.message}`)).toEqual([
      'NOT_YET_SUPPORTED 3:5 send is not supported yet',
    ])
    const [file] = library.files.values()
    expect(file!.mocks.map(({ name }) => name)).toEqual(['b'])
    expect(file!.locate(['mocks', 0, 'request', 'path']).at.line).toBe(5)
  })

  it('of a file with a mistake are all out of force', () => {
    const library = load(
      workspace({ 'mocks/o/a.yaml': 'mocks:\n  - name: a\n  - nam: b\n', 'mocks/o/b.yaml': one }),
    )
    expect(said(library)).toEqual(['error mocks/o/a.yaml:3:5 unknown key "nam" in mocks[1]'])
    expect([...library.files.values()].map(({ mocks }) => mocks.length)).toEqual([0, 1])
  })
})

describe('numbers where text is meant', () => {
  it('are taken where their text is clear, refused where YAML would change it, and left alone elsewhere', () => {
    const text = `version: 1.40
mocks:
  - request:
      query: { page: 2, size: 1.5, ok: true, zip: 007, v: { $equalTo: 1e3 }, n: { $greaterThan: 1.50 } }
      headers: { x: 0x10, y: 9007199254740993 }
      body: { amount: 1.50, $contains: 1.0 }
    response: { headers: { z: 1.10 }, body: { total: 12.50 } }
`
    expect(said(load(workspace({ 'mocks/o/a.yaml': text })))).toEqual([
      'error mocks/o/a.yaml:1:10 version is text, and YAML reads 1.40 as 1.4',
      'error mocks/o/a.yaml:4:51 zip is text, and YAML reads 007 as 7',
      'error mocks/o/a.yaml:4:71 $equalTo is text, and YAML reads 1e3 as 1000',
      'error mocks/o/a.yaml:5:21 x is text, and YAML reads 0x10 as 16',
      'error mocks/o/a.yaml:6:40 $contains is text, and YAML reads 1.0 as 1',
      'error mocks/o/a.yaml:7:31 z is text, and YAML reads 1.10 as 1.1',
    ])
  })
})

describe('data', () => {
  it('is every file without mocks, whatever is in it', () => {
    const root = workspace({
      'mocks/o/a.yaml': one,
      'mocks/o/order.json': '{ "id": 1, "service": "x" }',
      'mocks/o/broken.json': '{ "id": ',
      'mocks/o/nested.yaml': 'a:\n  mocks: [1]\n',
      'mocks/o/list.yaml': '- mocks',
      'mocks/o/empty.yaml': '',
      'mocks/o/page.html': 'mocks:',
      'mocks/.hidden/a.yaml': 'mocks: 5',
      'mocks/node_modules/a.yaml': 'mocks: 5',
    })
    const library = load(root)
    expect(said(library)).toEqual([])
    expect([...library.files.keys()]).toEqual([join(root, 'mocks/o/a.yaml')])
    expect(library.data.map((path) => path.slice(root.length + 9))).toEqual([
      'broken.json',
      'empty.yaml',
      'list.yaml',
      'nested.yaml',
      'order.json',
    ])
  })

  it.each([
    'mock:\n  - request: {}\n',
    '- request: { path: /a }\n  response: { status: 204 }\n',
    '# mine\n- name: a\n  request: { path: /a }\n',
  ])('that looks like a mock file is warned of: %j', (text) => {
    expect(said(load(workspace({ 'mocks/o/a.yaml': text })))).toEqual([
      'warning mocks/o/a.yaml:1:1 the file looks like a mock file, but has no mocks, so it is taken for data',
    ])
  })
})

describe('the file system', () => {
  it('may lack the folder', () => {
    expect(load(workspace({}))).toEqual({ files: new Map(), problems: [], data: [] })
  })

  it('refuses links out of the library and dead ones, and follows those inside', () => {
    const root = workspace({ 'mocks/o/1.0/a.yaml': one, 'secret/b.yaml': one })
    symlinkSync(join(root, 'secret'), join(root, 'mocks/o/out'))
    symlinkSync(join(root, 'secret/b.yaml'), join(root, 'mocks/o/b.yaml'))
    symlinkSync(join(root, 'nowhere'), join(root, 'mocks/o/dead.yaml'))
    symlinkSync(join(root, 'mocks/o/1.0'), join(root, 'mocks/o/1.1'))
    symlinkSync(join(root, 'mocks'), join(root, 'mocks/o/round'))
    const library = load(root)
    expect(said(library)).toEqual([
      'error mocks/o/b.yaml:1:1 the link leads out of the library',
      'error mocks/o/dead.yaml:1:1 the link leads nowhere',
      'error mocks/o/out:1:1 the link leads out of the library',
    ])
    expect([...library.files.values()].map(({ version, display }) => `${version} ${display}`)).toEqual([
      '1.0 mocks/o/1.0/a.yaml',
      '1.1 mocks/o/1.1/a.yaml',
    ])
  })

  it('refuses mock files over 10 MB and files that are no UTF-8, and ignores large data', () => {
    const root = workspace({ 'mocks/o/large.yaml': one, 'mocks/o/data.json': '{}' })
    for (const name of ['large.yaml', 'data.json'])
      truncateSync(join(root, 'mocks/o', name), 11 * 1024 * 1024)
    writeFileSync(join(root, 'mocks/o/latin.yaml'), Buffer.from('mocks: [{ name: caf\xe9 }]', 'latin1'))
    expect(said(load(root))).toEqual([
      'error mocks/o/large.yaml:1:1 the file is larger than 10 MB',
      'error mocks/o/latin.yaml:1:1 the file is not UTF-8 text',
    ])
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('names unreadable files', () => {
    const root = workspace({ 'mocks/o/a.yaml': one })
    chmodSync(join(root, 'mocks/o/a.yaml'), 0)
    expect(said(load(root))).toEqual(['error mocks/o/a.yaml:1:1 the file cannot be read: EACCES'])
  })

  it('reads a file that two libraries share once, for the earlier one', () => {
    const root = workspace({ 'mocks/inner/o/a.yaml': one })
    const library = load(root, 'mocks/inner', 'mocks')
    expect([...library.files.values()].map(({ layer, service }) => `${layer} ${service}`)).toEqual(['1 o'])
  })
})

describe('loadFile', () => {
  it('reads one file again', () => {
    const root = workspace({ 'mocks/o/a.yaml': one, 'mocks/o/b.json': '{}' })
    const path = join(root, 'mocks/o/a.yaml')
    const again = (file: string): string => loadFile(file, folderOf(root), root, dialects).kind
    expect(again(path)).toBe('mocks')
    expect(again(join(root, 'mocks/o/b.json'))).toBe('data')
    expect(again(join(root, 'mocks/.git/a.yaml'))).toBe('none')
    expect(again(join(root, 'elsewhere.yaml'))).toBe('none')
    rmSync(path)
    expect(again(path)).toBe('none')
    mkdirSync(join(root, 'out'))
    writeFileSync(join(root, 'out/x.yaml'), one)
    symlinkSync(join(root, 'out/x.yaml'), path)
    const linked = loadFile(path, folderOf(root), root, dialects)
    expect(linked).toMatchObject({
      kind: 'mocks',
      file: { mocks: [], problems: [{ message: 'the link leads out of the library' }] },
    })
  })
})
