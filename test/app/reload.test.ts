/** What is saved takes effect; what breaks keeps its last good version and heals. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { libraryTools } from '../../src/app/library-tools.ts'
import { MockLibrary } from '../../src/app/mock-library.ts'
import { proxy, type TestProxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'
import { workspace } from '../support/workspace.ts'

const mock = (body: string, path = '/x'): string =>
  `mocks:\n  - request: { method: GET, path: ${path} }\n    response: { body: ${body} }\n`

const files = {
  'svc-mock.yaml': 'services:\n  orders: {}\n',
  'mocks/orders/1.0.0/x.yaml': mock('first'),
}

const ask = async ({ port }: TestProxy, path = '/x', host = 'orders'): Promise<string> => {
  const client = await raw(port)
  client.send(`GET http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  const answer = await client.rest()
  return answer.includes('200 OK')
    ? answer.split('\r\n\r\n')[1]!
    : (/x-svc-mock-error: (\w+)/.exec(answer)?.[1] ?? answer)
}

const start = (more: Readonly<Record<string, string>> = {}): Promise<TestProxy> =>
  proxy({ ...files, ...more }, { watch: true })

describe('a link to a folder outside the library', () => {
  it('that is made while running is told once, and is forgotten when it goes', async () => {
    const test = await start()
    const outside = workspace({
      'a.yaml': mock('stolen', '/stolen'),
      'b/c.yaml': mock('too', '/too'),
      'd.txt': '',
    })
    symlinkSync(outside.folder, join(test.workspace.folder, 'mocks/orders/1.0.0/out'))
    const { problems } = await test.nextReload()
    expect(problems).toMatchObject([
      { at: { file: 'mocks/orders/1.0.0/out' }, message: 'the link leads out of the library' },
    ])
    expect(await ask(test, '/stolen')).toBe('MOCK_NOT_MATCHED')
    expect(test.running.problems()).toHaveLength(1)
    test.workspace.remove('mocks/orders/1.0.0/out')
    expect((await test.nextReload()).healed).toEqual(['mocks/orders/1.0.0/out'])
    expect(test.running.problems()).toEqual([])
  })

  it('that was there at the start is forgotten, too, when it goes', async () => {
    const { folder: outside } = workspace({ 'a.yaml': mock('stolen') })
    const { folder } = workspace(files)
    const link = join(folder, 'mocks/orders/out')
    symlinkSync(outside, link)
    const folders = [{ folder: join(folder, 'mocks'), display: 'mocks', layer: 1 }]
    const library = new MockLibrary(folder, folders, await libraryTools())
    expect(library.problems()).toMatchObject([{ at: { file: 'mocks/orders/out' } }])
    expect(library.refresh(new Set([link])).problems).toEqual([])
    expect(library.problems()).toHaveLength(1)
    rmSync(link)
    expect(library.refresh(new Set([link])).healed).toEqual(['mocks/orders/out'])
    expect(library.problems()).toEqual([])
  })
})

describe('a mock file', () => {
  it('takes effect when it is saved, added and deleted', async () => {
    const test = await start()
    expect(await ask(test)).toBe('first')
    test.workspace.write('mocks/orders/1.0.0/x.yaml', mock('second'))
    expect((await test.nextReload()).changed).toEqual(['mocks/orders/1.0.0/x.yaml'])
    expect(await ask(test)).toBe('second')
    test.workspace.write('mocks/orders/1.0.0/y.yaml', mock('added', '/y'))
    await test.nextReload()
    expect(await ask(test, '/y')).toBe('added')
    test.workspace.remove('mocks/orders/1.0.0/y.yaml')
    await test.nextReload()
    expect(await ask(test, '/y')).toBe('MOCK_NOT_MATCHED')
  })

  it('that breaks keeps its last good version in force, says so once, and heals', async () => {
    const test = await start()
    const file = 'mocks/orders/1.0.0/x.yaml'
    test.workspace.write(file, `${mock('second')}    respones: {}\n`)
    const broken = await test.nextReload()
    expect(broken.problems.map(({ message, at }) => `${at.file}:${at.line} ${message}`)).toEqual([
      expect.stringMatching(/x\.yaml:4 .*respones/),
    ])
    expect(await ask(test)).toBe('first')
    test.workspace.write(file, `${mock('second')}    respones: {}\n# the same mistake\n`)
    expect((await test.nextReload()).problems).toEqual([])
    test.workspace.write(file, mock('third'))
    expect((await test.nextReload()).healed).toEqual([file])
    expect(await ask(test)).toBe('third')
    expect(test.running.problems()).toEqual([])
  })

  it.each([
    ['emptied', ''],
    ['half-written', 'moc'],
    ['misspelt', mock('x').replace('mocks:', 'mock:')],
  ])('that is %s keeps its last good version too', async (_how, text) => {
    const test = await start()
    test.workspace.write('mocks/orders/1.0.0/x.yaml', text)
    expect((await test.nextReload()).problems.map(({ message }) => message)).toEqual([
      'the file has no mocks any more',
    ])
    expect(await ask(test)).toBe('first')
    test.workspace.write('mocks/orders/1.0.0/x.yaml', mock('second'))
    expect((await test.nextReload()).healed).toEqual(['mocks/orders/1.0.0/x.yaml'])
    expect(await ask(test)).toBe('second')
  })

  it('with a mock that cannot be served yet serves its others', async () => {
    const test = await start()
    test.workspace.write(
      'mocks/orders/1.0.0/x.yaml',
      `${mock('second')}  - request: { path: /later }\n    send: []\n`,
    )
    expect((await test.nextReload()).problems.map(({ code }) => code)).toEqual(['NOT_YET_SUPPORTED'])
    expect(await ask(test)).toBe('second')
  })

  it('may be replaced by renaming, as editors do', async () => {
    const test = await start()
    const folder = join(test.workspace.folder, 'mocks/orders/1.0.0')
    writeFileSync(join(folder, '.x.yaml.swp'), mock('renamed'))
    renameSync(join(folder, '.x.yaml.swp'), join(folder, 'x.yaml'))
    await test.nextReload()
    expect(await ask(test)).toBe('renamed')
  })

  it('is compiled again when a file it uses changes', async () => {
    const test = await start({
      'mocks/orders/1.0.0/z.yaml': 'mocks:\n  - request: { path: /z }\n    response: { bodyFile: ./z.txt }\n',
      'mocks/orders/1.0.0/z.txt': 'before',
    })
    expect(await ask(test, '/z')).toBe('before')
    test.workspace.write('mocks/orders/1.0.0/z.txt', 'after')
    await test.nextReload()
    expect(await ask(test, '/z')).toBe('after')
  })
})

describe('a thousand files', () => {
  it('changed at once, as a checkout does, all take effect', async () => {
    const test = await start()
    const folder = join(test.workspace.folder, 'mocks/orders/2.0.0')
    mkdirSync(folder)
    for (let n = 0; n < 1_000; n++) writeFileSync(join(folder, `m${n}.yaml`), mock(`number ${n}`, `/m/${n}`))
    while (test.running.services()[0]!.mocks < 1_001) await test.nextReload()
    expect(await ask(test, '/m/999')).toBe('number 999')
    rmSync(folder, { recursive: true })
    while (test.running.services()[0]!.mocks > 1) await test.nextReload()
    expect(await ask(test, '/m/999')).toBe('MOCK_NOT_MATCHED')
  })
})

describe('svc-mock.yaml', () => {
  it('is reloaded: services, hosts, modes; a mode switched meanwhile stays unless the file says another', async () => {
    const test = await start()
    test.running.setMode('orders', 'passthrough')
    test.workspace.write(
      'svc-mock.yaml',
      'services:\n  orders: {}\n  stock: { hosts: [stock.example.com] }\n',
    )
    await test.nextReload()
    expect(test.running.services().map(({ name, mode }) => `${name} ${mode}`)).toEqual([
      'orders passthrough',
      'stock mock',
    ])
    expect(await ask(test, '/x', 'stock.example.com')).toBe('MOCK_NOT_MATCHED')
    test.workspace.write(
      'svc-mock.yaml',
      'services:\n  orders: { mode: direct, upstream: "http://127.0.0.1:9" }\n',
    )
    await test.nextReload()
    expect(test.running.services()[0]!.mode).toBe('direct')
  })

  it('that breaks stays as it was, and says what cannot change while running', async () => {
    const test = await start()
    test.workspace.write('svc-mock.yaml', 'servces:\n  orders: {}\n')
    expect((await test.nextReload()).problems[0]!.message).toMatch(/servces/)
    expect(await ask(test)).toBe('first')
    test.workspace.write('svc-mock.yaml', 'services:\n  orders: {}\ntenant: bob\n')
    const healed = await test.nextReload()
    expect(healed.healed).toEqual(['svc-mock.yaml'])
    expect(healed.needsRestart).toEqual(['tenant: bob'])
  })
})
