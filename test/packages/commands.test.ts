/** The commands for mock packages as processes of their own, against a real registry and real repositories. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesIn, git, gitEnv } from '../support/contracts.ts'
import { gitOverHttp } from '../support/git-http.ts'
import { mockPackage, orderMock } from '../support/mock-packages.ts'
import { rawGet } from '../support/raw-get.ts'
import { type Finished, runProgram, startProgram } from '../support/spawn.ts'
import { type Files, makeFolder } from '../support/spawn-workspace.ts'
import { type LocalRegistry, startRegistry } from '../support/verdaccio.ts'

let registry: LocalRegistry
beforeAll(async () => {
  registry = await startRegistry()
}, 60_000)
afterAll(() => registry.stop())

const config =
  '# ours\nlibrary: [./mocks] # first of all\nservices:\n  orders: { hosts: [orders.test.example.com] }\n'
const ownMock = {
  'mocks/orders/1.4.0/own.yaml': orderMock('our own', '{ own: true }', '/own'),
}

/** A workspace, and what its commands run with: a cache of its own, so that no test sees what another has fetched. */
const workspace = (files: Files = {}) => {
  const folder = makeFolder({ 'svc-mock.yaml': config, ...ownMock, ...files })
  const env = { ...registry.env, XDG_CACHE_HOME: makeFolder() }
  return {
    folder,
    env,
    read: (name: string): string => readFileSync(join(folder, name), 'utf8'),
    write: (name: string, text: string): void => writeFileSync(join(folder, name), text),
    run: (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Finished> =>
      runProgram(args, { cwd: folder, env: { ...env, ...more } }),
    /** All files that there are. */
    state: (): Readonly<Record<string, string>> =>
      Object.fromEntries(filesIn(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
  }
}

/** Where nothing answers. */
const nobody = {
  npm_config_registry: 'http://127.0.0.1:9/',
  npm_config_fetch_retries: '0',
  GIT_ALLOW_PROTOCOL: 'none',
}

const json = (finished: Finished) => JSON.parse(finished.stdout)

const answer = async (cwd: string, path: string, env = {}): Promise<unknown> => {
  const { program, ready } = await startProgram({ cwd, env })
  const port = Number(ready.listen.split(':').at(-1))
  const { status, body } = await rawGet(port, path, { host: 'orders.test.example.com' })
  await program.stop()
  return status === 200 ? JSON.parse(body.toString()) : status
}

const published = async (name: string, options: Parameters<typeof mockPackage>[0] = {}): Promise<void> => {
  await registry.publish(mockPackage({ name, ...options }))
}

describe('svc-mock add', () => {
  it('makes the mocks of a package answer, and tells what it did', async () => {
    await published('@acme/added')
    const { run, read, folder } = workspace()
    const done = await run(['add', 'npm:@acme/added@^1.4'])
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toBe(
      '@acme/added 1.4.0  npm:@acme/added@^1.4\n  orders 1.4.0  1 mock\n\ncommit svc-mock.yaml and svc-mock.lock\n',
    )
    expect(read('svc-mock.yaml')).toBe(config.replace('[./mocks]', "[./mocks, 'npm:@acme/added@^1.4']"))
    expect(read('svc-mock.lock')).toMatch(
      /npm:@acme\/added@\^1\.4':\n {4}name: '@acme\/added'\n {4}version: '1.4.0'\n {4}integrity: sha512-/,
    )
    expect(await answer(folder, '/orders/42', nobody)).toEqual({ id: 42 })
    expect(await answer(folder, '/own', nobody)).toEqual({ own: true })
    expect(json(await run(['list', '--json'], nobody)).services[0].versions[0].mocks).toHaveLength(2)
    expect((await run(['check', '--fail-on-warnings'], nobody)).code).toBe(0)
  }, 60_000)

  it('without a range writes one, from the newest version on; another range takes the place of the first', async () => {
    await published('ranged')
    await published('ranged', { version: '2.1.0' })
    const { run, read } = workspace()
    await run(['add', 'npm:ranged'])
    expect(read('svc-mock.yaml')).toContain("[./mocks, 'npm:ranged@^2.1.0']")
    const again = json(await run(['add', 'npm:ranged@1', '--json']))
    expect(again).toMatchObject({
      added: [{ name: 'ranged', version: '1.4.0' }],
      replaced: ['npm:ranged@^2.1.0'],
    })
    expect(read('svc-mock.yaml')).toContain("[./mocks, 'npm:ranged@1']")
    expect(read('svc-mock.lock')).not.toContain('2.1.0')
  }, 60_000)

  it('says what is missing where svc-mock.yaml names no service of the package', async () => {
    await published('unused', { mocks: { 'mocks/stock/1.0.0/a.yaml': orderMock('level', '{}') } })
    const { run } = workspace()
    expect((await run(['add', 'npm:unused@1'])).stdout).toContain(
      'hint: nothing of it is used until svc-mock.yaml names the service:\nservices:\n  stock: {',
    )
  }, 60_000)

  it('installs all that it is asked for, or nothing', async () => {
    await published('good')
    const { run, state } = workspace()
    const before = state()
    const done = await run(['add', 'npm:good@1', 'npm:not-there@1'])
    expect(done.code).toBe(2)
    expect(done.stderr).toMatch(/^error: the registry has no not-there: .* \(PACKAGE_NOT_FOUND\)\nhint: /)
    expect(state()).toEqual(before)
  }, 60_000)

  it.each([
    [
      'outside',
      {
        'mocks/orders/1.4.0/a.yaml':
          'mocks:\n  - name: x\n    request: { path: /x }\n    response: { bodyFile: ../../../../../secret }\n',
      },
      {},
      /mocks\/orders\/1\.4\.0\/a\.yaml:4:27 {2}error .*leads out of the library[\s\S]*\(PACKAGE_INVALID\)/,
    ],
    [
      'too-new',
      undefined,
      { format: 2 },
      /was packed by svc-mock 0\.1\.0 in format 2, .* \(PACKAGE_TOO_NEW\)\n {2}at svc-mock-package\.json:1:11\nhint: use a newer svc-mock/,
    ],
  ])(
    'refuses a package that is %s, and leaves no trace',
    async (name, mocks, manifest, said) => {
      await published(name, { ...(mocks !== undefined && { mocks }), manifest })
      const { run, state } = workspace()
      const before = state()
      const done = await run(['add', `npm:${name}@1`])
      expect(done).toMatchObject({ code: 2, stdout: '' })
      expect(done.stderr).toMatch(said)
      expect(state()).toEqual(before)
    },
    60_000,
  )

  it('refuses what is no mock package', async () => {
    await registry.publish({ 'package.json': '{ "name": "left-pad", "version": "1.0.0" }', 'index.js': '' })
    const { run } = workspace()
    const done = await run(['add', 'npm:left-pad@1'])
    expect(done.stderr).toBe(
      'error: left-pad 1.0.0 is no mock package: it has no svc-mock-package.json (PACKAGE_INVALID)\nhint: is the name right? mock packages are made by svc-mock pack\n',
    )
  }, 60_000)

  it('refuses a tarball with a link in it', async () => {
    const link = Buffer.alloc(512)
    const header = new Header({
      path: 'package/mocks/a.yaml',
      type: 'SymbolicLink',
      linkpath: '/etc/passwd',
      size: 0,
      mode: 0o644,
      mtime: new Date(0),
    })
    header.encode(link, 0)
    await registry.publishTarball(
      { name: 'linked', version: '1.0.0' },
      gzipSync(Buffer.concat([link, Buffer.alloc(1024)])),
    )
    const { run, state } = workspace()
    const before = state()
    const done = await run(['add', 'npm:linked@1'])
    expect(done.stderr).toMatch(
      /^error: linked 1\.0\.0 cannot be installed: "package\/mocks\/a\.yaml" in its tarball is a link \(PACKAGE_INVALID\)/,
    )
    expect(state()).toEqual(before)
  }, 60_000)

  it('refuses a second package for the same service and version', async () => {
    await published('first-orders')
    await published('second-orders')
    const { run, state } = workspace()
    await run(['add', 'npm:first-orders@1'])
    const before = state()
    const done = await run(['add', 'npm:second-orders@1'])
    expect(done.code).toBe(2)
    expect(done.stderr).toBe(
      'error: first-orders 1.4.0 and second-orders 1.4.0 both hold orders 1.4.0 (PACKAGE_CONFLICT)\nhint: nothing was changed; to use second-orders, first say svc-mock remove first-orders\n',
    )
    expect(state()).toEqual(before)
  }, 60_000)

  it('takes two packages that share a service as long as nobody uses it', async () => {
    const stock = { mocks: { 'mocks/stock/1.0.0/a.yaml': orderMock('level', '{}') } }
    await published('stock-one', stock)
    await published('stock-two', stock)
    const { run, read, write } = workspace()
    expect((await run(['add', 'npm:stock-one@1', 'npm:stock-two@1'])).code).toBe(0)
    write('svc-mock.yaml', `${read('svc-mock.yaml')}  stock: {}\n`)
    for (const command of ['start', 'check']) {
      const done = await run([command])
      expect(done).toMatchObject({ code: 2, stdout: '' })
      expect(done.stderr).toMatch(
        /^error: stock-one 1\.4\.0 and stock-two 1\.4\.0 both hold stock 1\.0\.0 \(PACKAGE_CONFLICT\)\n {2}at svc-mock\.yaml:2:39\n[\s\S]*hint: remove one of them: svc-mock remove stock-two\n$/,
      )
    }
    expect((await run(['remove', 'stock-two'], nobody)).code).toBe(0)
    expect((await run(['check'])).code).toBe(0)
  }, 60_000)

  it('says what it could not write', async () => {
    await published('unwritable')
    const { run, state } = workspace({ '.svc-mock': 'a file where a folder should be' })
    const before = state()
    const done = await run(['add', 'npm:unwritable@1'])
    expect(done.code).toBe(3)
    expect(done.stderr).toMatch(/^error: packages cannot be written: .* \(PACKAGE_NOT_WRITTEN\)/)
    expect(state()).toEqual(before)
  }, 60_000)

  it('says soon that the registry is down, and where it was looked for', async () => {
    const { run, state } = workspace()
    const before = state()
    const done = await run(['add', 'npm:any@1'], nobody)
    expect(done.code).toBe(3)
    expect(done.stderr).toMatch(
      /^error: the registry gives no answer about any: .*http:\/\/127\.0\.0\.1:9\/any.*ECONNREFUSED.* \(REGISTRY_FAILED\)\nhint: check the network and npm config get registry; what is installed works without it\n$/,
    )
    expect(state()).toEqual(before)
  }, 60_000)

  it.each([
    [
      ['@acme/orders-mocks'],
      /^error: @acme\/orders-mocks is no address .*\nhint: of an npm registry: svc-mock add npm:@acme\/orders-mocks/,
    ],
    [
      ['https://git.example.com/x.git'],
      /hint: of a git repository: git\+https:\/\/git\.example\.com\/x\.git/,
    ],
    [['git+https://u:s3cret@git.example.com/x.git'], /everybody who has the file could read/],
  ])('%j is refused with what to say instead', async (args, said) => {
    const done = await workspace().run(['add', ...args])
    expect(done.code).toBe(2)
    expect(done.stderr).toMatch(said)
    expect(done.stderr).not.toContain('s3cret')
  })

  it('leaves a library that stands in another file to a person, before it fetches anything', async () => {
    const { run, state } = workspace({
      'svc-mock.yaml': 'extends: ./base.yaml\nservices:\n  orders: {}\n',
      'base.yaml': 'library: [./mocks]\n',
    })
    const before = state()
    const done = await run(['add', 'npm:any@1'], nobody)
    expect(done.stderr).toBe(
      "error: library stands in base.yaml, which is not changed by commands (CONFIG_INVALID)\n  at base.yaml:1:1\nhint: add 'npm:any@1' there, then say svc-mock install\n",
    )
    expect(state()).toEqual(before)
  })
})

const brokenLocks: readonly (readonly [(lock: string) => string, RegExp])[] = [
  [
    (lock: string) => `${lock}<<<<<<< HEAD\n`,
    /^error: svc-mock\.lock holds a conflict of a merge \(LOCK_INVALID\)\n {2}at svc-mock\.lock:\d+:1\n[\s\S]*hint: take either side, git checkout --theirs svc-mock\.lock, then complete it: svc-mock install\n$/,
  ],
  [
    () => 'format: [',
    /^error: svc-mock\.lock cannot be read: .* \(LOCK_INVALID\)\n {2}at svc-mock\.lock:1:9/,
  ],
  [
    (lock: string) => lock.replace(/ {4}integrity.*\n/, ''),
    /^error: svc-mock\.lock cannot be read: .*integrity is missing \(LOCK_INVALID\)/,
  ],
  [
    (lock: string) => lock.replace("'1.4.0'", "'3.0.0'"),
    /^error: svc-mock\.lock does not fit npm:broken@\^1\.4: it has version 3\.0\.0 \(LOCK_INVALID\)/,
  ],
  [
    (lock: string) => lock.replace('format: 1', 'format: 9'),
    /^error: the lock has format 9, and this svc-mock reads up to 1 \(LOCK_INVALID\)/,
  ],
]

describe('a fresh clone', () => {
  const cloned = async (name: string) => {
    await published(name)
    const first = workspace()
    await first.run(['add', `npm:${name}@^1.4`])
    const clone = workspace({
      'svc-mock.yaml': first.read('svc-mock.yaml'),
      'svc-mock.lock': first.read('svc-mock.lock'),
    })
    return { first, clone }
  }

  it('says what to do, and does it with or without a network', async () => {
    const { first, clone } = await cloned('cloned')
    for (const command of [
      ['start'],
      ['check'],
      ['list'],
      ['test'],
      ['explain', 'GET', 'http://orders.test.example.com/x'],
    ]) {
      const done = await clone.run(command, nobody)
      expect(done.code).toBe(2)
      expect(done.stderr).toMatch(
        /^error: cloned 1\.4\.0 is not installed here \(npm:cloned@\^1\.4\) \(PACKAGE_NOT_INSTALLED\)\n {2}at svc-mock\.yaml:2:20\n[\s\S]*hint: install what svc-mock\.lock says: svc-mock install\n$/,
      )
    }
    // What asks a running proxy, or looks at files of one's own, needs no mocks of others.
    expect((await clone.run(['calls'], nobody)).stderr).toContain('NOT_RUNNING')
    expect((await clone.run(['scan'], nobody)).code).toBe(0)
    // From the registry, where this machine has never fetched it.
    expect((await clone.run(['install', '--frozen'])).stdout).toBe(
      'cloned 1.4.0  npm:cloned@^1.4\n  orders 1.4.0  1 mock\n',
    )
    expect(await answer(clone.folder, '/orders/42', nobody)).toEqual({ id: 42 })
    // From the cache, where it has.
    rmSync(join(clone.folder, '.svc-mock'), { recursive: true })
    const { XDG_CACHE_HOME } = first.env
    expect((await clone.run(['install', '--frozen'], { ...nobody, XDG_CACHE_HOME })).code).toBe(0)
    expect(await answer(clone.folder, '/orders/42', nobody)).toEqual({ id: 42 })
    expect(clone.read('svc-mock.lock')).toBe(first.read('svc-mock.lock'))
  }, 90_000)

  it('refuses what is not what was locked', async () => {
    const { clone } = await cloned('swapped')
    clone.write('svc-mock.lock', clone.read('svc-mock.lock').replace(/sha512-..../, 'sha512-AAAA'))
    const before = clone.state()
    const done = await clone.run(['install'])
    expect(done.code).toBe(3)
    expect(done.stderr).toMatch(
      /^error: swapped 1\.4\.0 is not what svc-mock\.lock says: it has sha512-.{12}…, and locked is sha512-AAAA.{8}… \(PACKAGE_INTEGRITY\)/,
    )
    expect(clone.state()).toEqual(before)
  }, 60_000)

  it('puts right what somebody has changed', async () => {
    const { first } = await cloned('edited')
    const [name] = readdirSync(join(first.folder, '.svc-mock/packages')).filter((one) =>
      one.startsWith('edited'),
    )
    const file = `.svc-mock/packages/${name}/mocks/orders/1.4.0/orders.yaml`
    const before = first.read(file)
    first.write(file, `${before}# mine\n`)
    await first.run(['install'], nobody)
    expect(first.read(file)).toBe(before)
  }, 60_000)

  it('locks what was added by hand, unless the lock is frozen', async () => {
    await published('by-hand')
    const { run, read } = workspace({
      'svc-mock.yaml': config.replace('[./mocks]', "[./mocks, 'npm:by-hand@1']"),
    })
    expect((await run(['check'])).stderr).toMatch(
      /^error: npm:by-hand@1 is not installed: svc-mock\.lock does not know it \(PACKAGE_NOT_INSTALLED\)/,
    )
    expect((await run(['install', '--frozen'])).stderr).toBe(
      'error: svc-mock.lock does not fit svc-mock.yaml: it does not know npm:by-hand@1 (LOCK_INVALID)\nhint: say svc-mock install without --frozen, and commit svc-mock.lock\n',
    )
    expect((await run(['install'])).stdout).toContain('svc-mock.lock has npm:by-hand@1 now')
    expect(read('svc-mock.lock')).toContain('npm:by-hand@1')
    expect((await run(['install', '--frozen'], nobody)).stdout).toBe('1 package there already\n')
  }, 60_000)

  it('with a broken lock is refused by what is wrong with it', async () => {
    const { clone } = await cloned('broken')
    const whole = clone.read('svc-mock.lock')
    for (const [change, said] of brokenLocks) {
      clone.write('svc-mock.lock', change(whole))
      const before = clone.state()
      for (const command of ['start', 'check']) {
        const done = await clone.run([command])
        expect(done).toMatchObject({ code: 2, stdout: '' })
        expect(done.stderr).toMatch(said)
      }
      expect(clone.state()).toEqual(before)
    }
  }, 60_000)
})

describe('newer versions', () => {
  const mocksOf = (names: readonly (readonly [name: string, body: string])[]): Files => ({
    'mocks/orders/1.4.0/orders.yaml': names
      .map(([name, body], i) => orderMock(name, body, `/${name.replaceAll(' ', '-')}`).slice(i === 0 ? 0 : 7))
      .join(''),
  })
  const before = mocksOf([
    ['stays', '1'],
    ['changes', '1'],
    ['goes', '1'],
  ])
  const after = mocksOf([
    ['stays', '1'],
    ['changes', '2'],
    ['comes', '1'],
  ])

  it('are shown, taken, and told mock by mock', async () => {
    await published('moving', { mocks: before })
    const { run, read, folder } = workspace()
    await run(['add', 'npm:moving@^1.4.0'])
    expect(await run(['outdated'])).toMatchObject({ code: 0, stdout: 'good: 1 package up to date\n' })
    await published('moving', { version: '1.5.0', mocks: after })
    const outdated = await run(['outdated'])
    expect(outdated.code).toBe(1)
    expect(outdated.stdout).toMatch(
      /^package +locked +in range +latest\nmoving +1\.4\.0 +1\.5\.0 +1\.5\.0 +svc-mock update moving\n$/,
    )
    expect(read('svc-mock.lock')).toContain("'1.4.0'")
    const updated = await run(['update'])
    expect(updated).toMatchObject({ code: 0, stderr: '' })
    expect(updated.stdout).toBe(
      'moving 1.4.0 -> 1.5.0\n  added    orders 1.4.0: comes\n  changed  orders 1.4.0: changes\n  removed  orders 1.4.0: goes\n\ncommit svc-mock.lock\n',
    )
    expect(read('svc-mock.lock')).toContain("version: '1.5.0'")
    expect(
      readdirSync(join(folder, '.svc-mock/packages')).filter((one) => one.startsWith('moving')),
    ).toHaveLength(1)
    expect((await run(['update'])).stdout).toBe('moving 1.5.0 is what its address means still\n')
    await published('moving', { version: '2.0.0', mocks: after })
    expect((await run(['outdated'])).stdout).toContain('svc-mock add npm:moving@^2.0.0')
    expect((await run(['update', 'moving', '--json'])).stdout).toContain('"updated": []')
  }, 90_000)

  it('are told to a running proxy, whose own mocks stay where they are', async () => {
    await published('running', { mocks: before })
    const { run, folder, env } = workspace()
    await run(['add', 'npm:running@^1.4.0'])
    const { program, ready } = await startProgram({ cwd: folder, env })
    await published('running', { version: '1.5.0', mocks: after })
    await run(['update'])
    const reload = await program.line<{ type: string; needsRestart: readonly string[] }>(
      ({ type }) => type === 'reload',
    )
    expect(reload.needsRestart).toEqual(['library'])
    const { body } = await rawGet(Number(ready.listen.split(':').at(-1)), '/changes', {
      host: 'orders.test.example.com',
    })
    expect(body.toString()).toBe('1')
    expect(
      readdirSync(join(folder, '.svc-mock/packages')).filter((one) => one.startsWith('running')),
    ).toHaveLength(2)
    await program.stop()
    // The next command of the kind removes what nobody uses any more.
    await run(['install'])
    expect(
      readdirSync(join(folder, '.svc-mock/packages')).filter((one) => one.startsWith('running')),
    ).toHaveLength(1)
    expect(await answer(folder, '/changes', nobody)).toBe(2)
  }, 90_000)
})

describe('svc-mock remove', () => {
  it('leaves everything as it was before add', async () => {
    await published('removed')
    const { run, state } = workspace()
    const before = state()
    await run(['add', 'npm:removed@1'])
    const done = await run(['remove', 'removed'], nobody)
    expect(done).toMatchObject({
      code: 0,
      stdout: 'removed npm:removed@1\ncommit svc-mock.yaml and svc-mock.lock\n',
    })
    expect(state()).toEqual(before)
    expect((await run(['remove', 'removed'])).stderr).toBe(
      'error: svc-mock.yaml names no package removed (FLAG_INVALID)\nhint: it names none; add one: svc-mock add npm:<name>\n',
    )
  }, 60_000)
})

const commitAll = (folder: string): string => {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '-m', 'x')
  return git(folder, 'rev-parse', 'HEAD')
}

const repository = (files: Files): string => {
  const folder = makeFolder(files)
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  commitAll(folder)
  return folder
}

describe('a library in git', () => {
  const many: Files = {
    'mocks/orders/1.4.0/orders.yaml': orderMock('order is found', '{ id: 42 }'),
    'mocks/stock/1.0.0/stock.yaml': orderMock('level', '{ left: 3 }', '/levels'),
    'mocks/shared.yaml': `service: users\n${orderMock('user', '{}', '/users')}`,
  }

  it('is locked by commit, works without it, and only what is used of it is loaded', async () => {
    const source = repository(many)
    const address = `git+${pathToFileURL(source).href}#main`
    const { run, read, folder } = workspace()
    const added = await run(['add', address])
    expect(added.stdout).toMatch(
      / {2}orders 1\.4\.0 {2}1 mock\n {2}stock 1\.0\.0 {2}1 mock {2}not used\n {2}users {2}1 mock {2}not used\n/,
    )
    expect(read('svc-mock.lock')).toContain(`commit: ${git(source, 'rev-parse', 'HEAD')}`)
    const listed = json(await run(['list', '--json'], nobody))
    expect(listed.services.map(({ name }: { name: string }) => name)).toEqual(['orders'])
    expect(listed.unconfigured).toEqual([])
    expect(json(await run(['check', '--json'], nobody))).toMatchObject({ files: 2, mocks: 2 })
    writeFileSync(join(folder, 'svc-mock.yaml'), `${read('svc-mock.yaml')}  stock: {}\n`)
    expect(json(await run(['check', '--json'], nobody))).toMatchObject({ files: 3, mocks: 3 })
  }, 60_000)

  it('moves with its branch only when it is updated', async () => {
    const source = repository(many)
    const { run, folder, read } = workspace()
    await run(['add', `git+${pathToFileURL(source).href}#main`])
    const first = git(source, 'rev-parse', 'HEAD')
    writeFileSync(join(source, 'mocks/orders/1.4.0/orders.yaml'), orderMock('order is found', '{ id: 43 }'))
    const second = commitAll(source)
    rmSync(join(folder, '.svc-mock'), { recursive: true })
    await run(['install'], { XDG_CACHE_HOME: makeFolder() })
    expect(read('svc-mock.lock')).toContain(first)
    expect(await answer(folder, '/orders/1', nobody)).toEqual({ id: 42 })
    expect((await run(['outdated'])).stdout).toContain(`${first.slice(0, 12)}  ${second.slice(0, 12)}`)
    const updated = await run(['update'])
    expect(updated.stdout).toContain(
      `${first.slice(0, 12)} -> ${second.slice(0, 12)}\n  changed  orders 1.4.0: order is found\n`,
    )
    expect(await answer(folder, '/orders/1', nobody)).toEqual({ id: 43 })
  }, 60_000)

  it('comes over HTTP with the credentials that git knows, and is refused without', async () => {
    const source = repository(many)
    const bare = makeFolder()
    git(bare, 'clone', '--quiet', '--bare', source, '.')
    const { host } = await gitOverHttp(bare, { user: 'bob', password: 's3cret' })
    const { run, read } = workspace()
    const address = `git+http://${host}/contracts.git#main`
    const refused = await run(['add', address], { ...gitEnv, GIT_ASKPASS: '' })
    expect(refused.code).toBe(3)
    expect(refused.stderr).toMatch(/\(GIT_FAILED\)\nhint: try the same with git in a shell/)
    const helper = makeFolder({
      gitconfig: `[credential "http://${host}"]\n\thelper = "!f() { echo username=bob; echo password=s3cret; }; f"\n`,
    })
    const done = await run(['add', address], { ...gitEnv, GIT_CONFIG_GLOBAL: join(helper, 'gitconfig') })
    expect(done).toMatchObject({ code: 0 })
    expect(read('svc-mock.lock') + read('svc-mock.yaml') + done.stdout).not.toContain('s3cret')
  }, 60_000)

  it('whose history was rewritten says so', async () => {
    const source = repository(many)
    const { run, folder } = workspace()
    await run(['add', `git+${pathToFileURL(source).href}#main`])
    const first = git(source, 'rev-parse', 'HEAD')
    rmSync(join(source, '.git'), { recursive: true })
    git(source, 'init', '--quiet', '--initial-branch', 'main')
    writeFileSync(join(source, 'mocks/new.json'), '{}')
    commitAll(source)
    cpSync(join(folder, 'svc-mock.lock'), join(folder, 'before.lock'))
    rmSync(join(folder, '.svc-mock'), { recursive: true })
    const done = await run(['install'], { XDG_CACHE_HOME: makeFolder() })
    expect(done.stderr).toMatch(
      new RegExp(`has no commit ${first} any more \\(PACKAGE_NOT_FOUND\\)\nhint: .*svc-mock update`),
    )
    expect(existsSync(join(folder, 'svc-mock.lock'))).toBe(true)
  }, 60_000)
})
