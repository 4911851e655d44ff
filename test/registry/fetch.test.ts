/** Libraries from a real registry and real repositories: what comes, and that what is wrong comes to nothing. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspectPackage } from '../../src/app/packages/inspect.ts'
import { SvcMockError } from '../../src/core/errors.ts'
import { parseAddress } from '../../src/registry/address.ts'
import { type FetchedLibrary, fetchLibrary } from '../../src/registry/fetch.ts'
import type { LockedPackage } from '../../src/registry/lock.ts'
import { git } from '../support/contracts.ts'
import { mockPackage, orderMock } from '../support/mock-packages.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { type LocalRegistry, startRegistry } from '../support/verdaccio.ts'

let registry: LocalRegistry
beforeAll(async () => {
  registry = await startRegistry()
}, 60_000)
afterAll(() => registry.stop())

interface Fetching {
  readonly cache?: string
  readonly into?: string
  readonly env?: Readonly<Record<string, string>>
  readonly locked?: LockedPackage
}

const fetching = (text: string, { cache, into, env, locked }: Fetching = {}): Promise<FetchedLibrary> => {
  const address = parseAddress(text)
  if (!address.ok) throw new Error(address.message)
  const place = into ?? makeFolder()
  return fetchLibrary(
    address.value,
    {
      cwd: place,
      env: { ...process.env, ...registry.env, ...env },
      cache: cache ?? makeFolder(),
      into: place,
      inspect: inspectPackage,
    },
    locked,
  )
}

const refused = async (text: string, more: Fetching = {}): Promise<string> => {
  const into = more.into ?? makeFolder()
  try {
    await fetching(text, { ...more, into })
  } catch (error) {
    if (!(error instanceof SvcMockError)) throw error
    expect(readdirSync(into)).toEqual([])
    return `${error.code} ${error.message}`
  }
  return 'fetched'
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

const lockedAs = ({ name, version, commit, integrity }: FetchedLibrary): LockedPackage => ({
  name,
  version,
  commit,
  integrity,
  services: {},
})

describe('a package of a registry', () => {
  it('is the version that npm would take, with what belongs to it alone', async () => {
    const spec = 'openapi: 3.1.0\n'
    const first = await registry.publish({ ...mockPackage({ spec }), 'README.md': 'read me' })
    await registry.publish(mockPackage({ version: '1.5.0-rc.1' }), 'next')
    await registry.publish(mockPackage({ version: '2.0.0' }))
    const fetched = await fetching('npm:@acme/orders-mocks@^1.4')
    expect(fetched).toMatchObject({ name: '@acme/orders-mocks', version: '1.4.0', integrity: first })
    expect(filesOf(fetched.folder)).toEqual([
      'mocks/orders/1.4.0/orders.yaml',
      'package.json',
      'specs/orders.yaml',
      'svc-mock-package.json',
    ])
    expect(fetched.manifest.services['orders']).toMatchObject({
      mocks: 1,
      spec: { file: 'specs/orders.yaml' },
    })
    expect(await fetching('npm:@acme/orders-mocks')).toMatchObject({ version: '2.0.0' })
    expect(await fetching('npm:@acme/orders-mocks@next')).toMatchObject({ version: '1.5.0-rc.1' })
  }, 60_000)

  it('that was fetched once needs nobody', async () => {
    await registry.publish(mockPackage({ name: 'once' }))
    const cache = makeFolder()
    const first = await fetching('npm:once@1', { cache })
    const nobody = { npm_config_registry: 'http://127.0.0.1:9/', PATH: '' }
    const second = await fetching('npm:once@1', { cache, env: nobody, locked: lockedAs(first) })
    expect(filesOf(second.folder)).toEqual(filesOf(first.folder))
    expect(second.integrity).toBe(first.integrity)
  }, 60_000)

  it('is fetched again where the cache holds something else', async () => {
    await registry.publish(mockPackage({ name: 'cached' }))
    const cache = makeFolder()
    const first = await fetching('npm:cached@1', { cache })
    for (const file of readdirSync(cache)) writeFileSync(join(cache, file), 'something else')
    expect(await fetching('npm:cached@1', { cache, locked: lockedAs(first) })).toMatchObject({
      integrity: first.integrity,
    })
  }, 60_000)

  it('that is not what is locked is refused', async () => {
    await registry.publish(mockPackage({ name: 'replaced' }))
    const first = await fetching('npm:replaced@1')
    const locked = { ...lockedAs(first), integrity: `sha512-${'A'.repeat(86)}==` }
    expect(await refused('npm:replaced@1', { locked })).toMatch(
      /^PACKAGE_INTEGRITY replaced 1.4.0 is not what svc-mock.lock says: it has sha512-.{12}…, and locked is sha512-A/,
    )
  }, 60_000)

  it.each([
    ['npm:nowhere@1', /^PACKAGE_NOT_FOUND the registry has no nowhere: .*no such package/],
    ['npm:@closed/mocks@1', /^REGISTRY_FAILED the registry does not give @closed\/mocks: .*E40[13]/],
  ])('%s is refused', async (text, said) => {
    expect(await refused(text, { env: registry.anonymous })).toMatch(said)
  })

  it('tells which versions there are where none fits', async () => {
    await registry.publish(mockPackage({ name: 'few' }))
    expect(await refused('npm:few@^3')).toBe(
      'PACKAGE_NOT_FOUND no version of few fits ^3: the latest is 1.4.0',
    )
    expect(await refused('npm:few@beta')).toBe(
      'PACKAGE_NOT_FOUND no version of few fits beta: it has the tags latest',
    )
  }, 30_000)

  it('whose locked version was unpublished says how to go on', async () => {
    await registry.publish(mockPackage({ name: 'gone' }))
    const locked = { ...lockedAs(await fetching('npm:gone@1')), version: '1.3.0' }
    const failed = fetching('npm:gone@1', { locked })
    await expect(failed).rejects.toMatchObject({
      code: 'PACKAGE_NOT_FOUND',
      message: expect.stringMatching(/^the registry has no gone@1\.3\.0: /),
      hint: 'it was unpublished, or this is another registry; take what is there now: svc-mock update gone',
    })
  }, 30_000)

  it('of a registry that is down is refused soon, and by its address', async () => {
    const env = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' }
    expect(await refused('npm:any@1', { env })).toMatch(/^REGISTRY_FAILED .*127\.0\.0\.1:9.*ECONNREFUSED/)
  }, 30_000)

  it('without npm is refused by what is missing', async () => {
    expect(await refused('npm:any@1', { env: { PATH: makeFolder() } })).toMatch(
      /^REGISTRY_FAILED npm was not found/,
    )
  })

  it.each([
    [
      'plain',
      { 'package.json': '{ "name": "plain", "version": "1.4.0" }', 'index.js': '' },
      /^PACKAGE_INVALID plain 1.4.0 is no mock package: it has no svc-mock-package.json/,
    ],
    [
      'newer',
      mockPackage({ name: 'newer', manifest: { format: 2, tool: '3.0.0' } }),
      /^PACKAGE_TOO_NEW newer 1.4.0 was packed by svc-mock 3.0.0 in format 2/,
    ],
    [
      'outside',
      mockPackage({
        name: 'outside',
        mocks: {
          'mocks/orders/1.4.0/a.yaml':
            'mocks:\n  - name: x\n    request: { path: /x }\n    response: { bodyFile: ../../../../../../etc/passwd }\n',
        },
      }),
      /^PACKAGE_INVALID outside 1.4.0 has a mistake/,
    ],
    [
      'script-outside',
      mockPackage({
        name: 'script-outside',
        mocks: {
          'mocks/orders/1.4.0/a.yaml':
            'mocks:\n  - name: x\n    request: { path: /x }\n    script: ../../../../package.json\n',
        },
      }),
      /^PACKAGE_INVALID script-outside 1.4.0 has a mistake/,
    ],
    [
      'remote-schema',
      mockPackage({
        name: 'remote-schema',
        mocks: {
          'mocks/orders/1.4.0/a.yaml':
            'mocks:\n  - name: x\n    request: { path: /x, body: { $matchesJsonSchema: { $ref: "https://example.com/s.json" } } }\n    response: {}\n',
        },
      }),
      /^PACKAGE_INVALID remote-schema 1.4.0 has a mistake/,
    ],
    [
      'without-mocks',
      mockPackage({ name: 'without-mocks', mocks: { 'mocks/readme.txt': 'nothing' } }),
      /^PACKAGE_INVALID without-mocks 1.4.0 holds no mocks in mocks/,
    ],
    [
      'other-spec',
      { ...mockPackage({ name: 'other-spec', spec: 'a' }), 'specs/orders.yaml': 'b' },
      /^PACKAGE_INVALID other-spec 1.4.0 has another specs\/orders.yaml than its manifest says/,
    ],
  ])(
    '%s is refused',
    async (name, files, said) => {
      await registry.publish(files)
      expect(await refused(`npm:${name}@1`)).toMatch(said)
    },
    30_000,
  )
})

const repository = (files: Readonly<Record<string, string>>): string => {
  const folder = makeFolder(files)
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  commit(folder)
  return folder
}

const commit = (folder: string): string => {
  git(folder, 'add', '--all')
  git(folder, '-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '--quiet', '-m', 'x')
  return git(folder, 'rev-parse', 'HEAD').trim()
}

describe('a git repository', () => {
  const mocks = { 'mocks/orders/1.4.0/orders.yaml': orderMock('order is found', '{ id: 42 }') }

  it('gives its mocks at a branch, a tag or a commit, and a digest that depends on them alone', async () => {
    const folder = repository({ ...mocks, 'src/index.js': 'code', 'fixtures/a.json': '{}' })
    const first = git(folder, 'rev-parse', 'HEAD').trim()
    git(folder, '-c', 'user.name=t', '-c', 'user.email=t@t', 'tag', '-a', 'v1', '-m', 'x')
    writeFileSync(join(folder, 'mocks/orders/1.4.0/orders.yaml'), orderMock('other', '{ id: 1 }'))
    const second = commit(folder)
    const url = `git+${pathToFileURL(folder).href}`
    const main = await fetching(`${url}#main`)
    expect(main).toMatchObject({ commit: second, version: second.slice(0, 12) })
    expect(filesOf(main.folder)).toEqual([
      'fixtures/a.json',
      'mocks/orders/1.4.0/orders.yaml',
      'svc-mock-package.json',
    ])
    expect(main.manifest).toMatchObject({
      library: ['mocks', 'fixtures'],
      services: { orders: { protocol: 'http', versions: ['1.4.0'], mocks: 1 } },
    })
    expect(await fetching(url)).toMatchObject({ commit: second, integrity: main.integrity })
    const tagged = await fetching(`${url}#v1`)
    expect(tagged.commit).toBe(first)
    expect(await fetching(`${url}#${first}`)).toMatchObject({ commit: first, integrity: tagged.integrity })
    expect(tagged.integrity).not.toBe(main.integrity)
    expect(await fetching(url, { locked: lockedAs(tagged) })).toMatchObject({ commit: first })
  }, 30_000)

  it('that was fetched once needs nobody', async () => {
    const folder = repository(mocks)
    const cache = makeFolder()
    const first = await fetching(`git+${pathToFileURL(folder).href}`, { cache })
    const locked = lockedAs(first)
    const second = await fetching(`git+${pathToFileURL(folder).href}`, { cache, locked, env: { PATH: '' } })
    expect(second).toMatchObject({ commit: first.commit, integrity: first.integrity })
    expect(filesOf(second.folder)).toEqual(filesOf(first.folder))
  })

  it('may be a mock package, and then has its name and version', async () => {
    const folder = repository(mockPackage({ version: '3.1.4' }))
    expect(await fetching(`git+${pathToFileURL(folder).href}`)).toMatchObject({
      name: '@acme/orders-mocks',
      version: '3.1.4',
    })
  })

  it.each([
    [{ 'src/index.js': '' }, '', /^PACKAGE_INVALID .* is no library of mocks: it has neither a folder mocks/],
    [mocks, '#nowhere', /^PACKAGE_NOT_FOUND file:.* has no branch or tag nowhere/],
    [mocks, `#${'0'.repeat(40)}`, /^PACKAGE_NOT_FOUND file:.* has no commit 0{40} any more/],
    [{ 'mocks/orders/a.yaml': 'mocks:\n  - name: [broken\n' }, '', /^PACKAGE_INVALID .* has .*mistakes?/],
  ])('is refused: %#', async (files, ref, said) => {
    expect(await refused(`git+${pathToFileURL(repository(files)).href}${ref}`)).toMatch(said)
  })

  it.runIf(process.platform !== 'win32')(
    'with a link among its mocks is refused, and one elsewhere is not',
    async () => {
      const folder = repository(mocks)
      const { symlinkSync } = await import('node:fs')
      symlinkSync('/etc/passwd', join(folder, 'passwd'))
      commit(folder)
      expect(await refused(`git+${pathToFileURL(folder).href}`)).toBe('fetched')
      symlinkSync('/etc/passwd', join(folder, 'mocks/orders/passwd.json'))
      commit(folder)
      expect(await refused(`git+${pathToFileURL(folder).href}`)).toMatch(
        /^PACKAGE_INVALID .* cannot be installed: mocks\/orders\/passwd.json is a link/,
      )
    },
  )

  it('is left alone: no hook runs, no attribute counts, line endings stay', async () => {
    const folder = repository({
      ...mocks,
      '.gitattributes': '* text eol=crlf\nmocks/** export-ignore\n',
      'mocks/data.json': '{\n}\n',
    })
    mkdirSync(join(folder, '.git/hooks'), { recursive: true })
    const fetched = await fetching(`git+${pathToFileURL(folder).href}`)
    expect(readFileSync(join(fetched.folder, 'mocks/data.json'), 'utf8')).toBe('{\n}\n')
  })
})
