/** Packages in a configuration: what is installed becomes folders behind all others, and what is not is told by name. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import {
  installedFolder,
  isInstalled,
  isWhole,
  prune,
  putInPlace,
  stagingFolder,
} from '../../src/registry/installed.ts'
import { type LockedPackage, lockText } from '../../src/registry/lock.ts'
import { manifestText } from '../../src/registry/manifest.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const locked = (name: string, more: Partial<LockedPackage> = {}): LockedPackage => ({
  name,
  version: '1.4.0',
  integrity: `sha512-${'A'.repeat(86)}==`,
  services: { orders: ['1.4.0'], stock: [] },
  ...more,
})

const install = async (root: string, one: LockedPackage): Promise<void> => {
  const staging = stagingFolder(root)
  const folder = join(staging, 'package')
  mkdirSync(join(folder, 'mocks'), { recursive: true })
  writeFileSync(
    join(folder, 'svc-mock-package.json'),
    manifestText({ format: 1, tool: '0.1.0', library: ['mocks', 'more/fixtures'], services: {} }),
  )
  await putInPlace(root, one, folder)
  rmSync(staging, { recursive: true })
}

const load = (root: string) => {
  const { config, problems, files } = loadConfig({ cwd: root, env: {}, flags: {} })
  return {
    library: config?.library.map(({ layer, display, services, origin }) =>
      [layer, display, ...(services === undefined ? [] : [[...services].join('+'), origin?.address])].join(
        ' ',
      ),
    ),
    problems: problems.map(
      ({ code, at, message, hint }) => `${code} ${at.line}:${at.column} ${message}; ${hint}`,
    ),
    files: files.map((file) => file.slice(root.length + 1)),
  }
}

const services = 'services:\n  orders: {}\n  users: {}\n'
const npm = 'npm:@acme/orders-mocks@^1.4'

describe('an installed package', () => {
  it('stands behind all folders, never where the own mocks of a workspace are looked for', async () => {
    const root = makeFolder({
      'svc-mock.yaml': `library: ['${npm}', ./mocks]\n${services}`,
      'mocks/a.txt': '',
      'svc-mock.lock': lockText(new Map([[npm, locked('@acme/orders-mocks')]])),
    })
    await install(root, locked('@acme/orders-mocks'))
    const { library, problems, files } = load(root)
    expect(problems).toEqual([])
    const folder = installedFolder(root, locked('@acme/orders-mocks')).slice(root.length + 1)
    expect(folder).toMatch(/^\.svc-mock.packages.@acme\+orders-mocks@1\.4\.0-[0-9a-f]{8}$/)
    expect(library).toEqual([
      '0 mocks.local',
      '1 mocks',
      `3 ${folder.replaceAll('\\', '/')}/mocks orders ${npm}`,
      `4 ${folder.replaceAll('\\', '/')}/more/fixtures orders ${npm}`,
    ])
    expect(files).toContain('svc-mock.lock')
  })

  it('whose manifest has gone is damaged', async () => {
    const one = locked('@acme/orders-mocks')
    const root = makeFolder({
      'svc-mock.yaml': `library: ['${npm}']\n${services}`,
      'svc-mock.lock': lockText(new Map([[npm, one]])),
    })
    await install(root, one)
    expect([isInstalled(root, one), isWhole(root, one)]).toEqual([true, true])
    rmSync(join(installedFolder(root, one), 'svc-mock-package.json'))
    expect([isInstalled(root, one), isWhole(root, one)]).toEqual([true, false])
    expect(load(root).problems).toEqual([
      'PACKAGE_NOT_INSTALLED 1:11 @acme/orders-mocks 1.4.0 is installed, but damaged; repair it: svc-mock install',
    ])
  })

  it('goes when no lock names it, and what is being unpacked stays', async () => {
    const root = makeFolder()
    const [one, other] = [locked('one'), locked('other')]
    await install(root, one)
    await install(root, other)
    const staging = stagingFolder(root)
    prune(root, [other])
    expect([isInstalled(root, one), isInstalled(root, other)]).toEqual([false, true])
    expect(() => rmSync(staging, { recursive: true })).not.toThrow()
  })
})

describe('what a lock says of a package', () => {
  it.each([
    [npm, locked('@acme/orders-mocks', { version: '2.0.0' }), 'it has version 2.0.0'],
    [npm, locked('@acme/others'), 'it has the package @acme/others'],
    [npm, locked('@acme/orders-mocks', { version: 'next' }), 'next is no version'],
    ['git+https://git.example.com/mocks.git', locked('mocks'), 'it names no commit'],
    [
      `git+https://git.example.com/mocks.git#${'a'.repeat(40)}`,
      locked('mocks', { commit: 'b'.repeat(40) }),
      'it has the commit bbbbbbbbbbbb',
    ],
  ])('of %s must fit: %#', (address, one, why) => {
    const root = makeFolder({
      'svc-mock.yaml': `library: ['${address}']\n${services}`,
      'svc-mock.lock': lockText(new Map([[address, one]])),
    })
    expect(load(root).problems).toEqual([
      `LOCK_INVALID 1:11 svc-mock.lock does not fit ${address}: ${why}; lock it anew: svc-mock update`,
    ])
  })

  it('is asked for addresses only that can be read, each of them once', () => {
    const root = makeFolder({
      'svc-mock.yaml': `library: ['npm:Orders', 'https://git.example.com/x.git', '${npm}', '${npm}']\n${services}`,
    })
    expect(load(root).problems).toEqual([
      expect.stringMatching(/^CONFIG_INVALID 1:11 Orders is no name of an npm package/),
      expect.stringMatching(/^CONFIG_INVALID 1:25 https:.* git\+https:/),
      `PACKAGE_NOT_INSTALLED 1:58 ${npm} is not installed: svc-mock.lock does not know it; install it: svc-mock install`,
      `CONFIG_INVALID 1:89 ${npm} is listed twice; remove one of them`,
    ])
  })
})
