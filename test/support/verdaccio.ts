/** A real npm registry on this machine, empty when it starts, and the user's own npm as somebody who is logged in there. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { create } from 'tar'

type Environment = Readonly<Record<string, string>>

export interface LocalRegistry {
  /** `http://127.0.0.1:port/`. */
  readonly url: string
  /** What a process needs so that its npm uses this registry, may publish, and keeps nothing with the user. */
  readonly env: Environment
  /** The same without the token. */
  readonly anonymous: Environment
  /** Puts a package there, without npm and its checks; `files`: path to text. Gives its integrity. */
  publish(files: Readonly<Record<string, string>>, tag?: string): Promise<string>
  /** The same with a tarball that may be anything. */
  publishTarball(
    identity: { name: string; version: string },
    tarball: Uint8Array,
    tag?: string,
  ): Promise<string>
  /** npm itself, for anything else; its stdout. */
  npm(args: readonly string[], cwd?: string): string
  /** From then on nobody answers at its address. */
  stop(): Promise<void>
}

/** For a file of tests: `beforeAll(async () => { registry = await startRegistry() })`, `afterAll(() => registry.stop())`. */
export const startRegistry = async (): Promise<LocalRegistry> => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-registry-'))
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('verdaccio-main.ts', import.meta.url)), folder],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    },
  )
  const port = await portOf(child)
  const url = `http://127.0.0.1:${port}/`
  const token = await register(url)
  const envFor = (name: string, more: string): Environment => {
    const npmrc = join(folder, name)
    writeFileSync(npmrc, `registry=${url}\n${more}`)
    return {
      npm_config_userconfig: npmrc,
      npm_config_globalconfig: join(folder, 'global-npmrc'),
      npm_config_registry: url,
      npm_config_cache: join(folder, 'npm-cache'),
      npm_config_update_notifier: 'false',
      npm_config_fund: 'false',
      npm_config_audit: 'false',
    }
  }
  const env = envFor('npmrc', `//127.0.0.1:${port}/:_authToken=${token}\n`)
  const npm = (args: readonly string[], cwd = folder): string =>
    execFileSync('npm', args, {
      cwd,
      env: { ...process.env, ...env, npm_config_loglevel: 'error' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
  return {
    url,
    env,
    anonymous: envFor('npmrc-anonymous', ''),
    npm,
    publish: (files, tag) =>
      publish(url, token, JSON.parse(files['package.json']!), tarballOf(files, folder), tag),
    publishTarball: (identity, tarball, tag) => publish(url, token, identity, tarball, tag),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill()
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    let said = ''
    const look = (text: string): void => {
      said += text
      const port = /^\{"port":(\d+)\}$/m.exec(said)?.[1]
      if (port !== undefined) resolve(Number(port))
    }
    child.stdout!.setEncoding('utf8').on('data', look)
    child.stderr!.setEncoding('utf8').on('data', look)
    child.once('close', (code) => reject(new Error(`the registry ended with ${code}: ${said}`)))
  })

/** As `npm adduser` does. */
const register = async (url: string): Promise<string> => {
  const user = { name: 'tester', password: 'a-password-for-tests' }
  const response = await fetch(`${url}-/user/org.couchdb.user:${user.name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ _id: `org.couchdb.user:${user.name}`, ...user, type: 'user', roles: [] }),
  })
  const { token } = (await response.json()) as { readonly token?: string }
  if (token === undefined) throw new Error(`the registry gave no token: ${response.status}`)
  return token
}

const tarballOf = (files: Readonly<Record<string, string>>, into: string): Uint8Array => {
  const source = mkdtempSync(join(into, 'package-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(source, 'package', name)), { recursive: true })
    writeFileSync(join(source, 'package', name), text)
  }
  const file = join(source, 'package.tgz')
  create({ cwd: source, file, gzip: true, portable: true, sync: true }, ['package'])
  return readFileSync(file)
}

/** As `npm publish` does. */
const publish = async (
  url: string,
  token: string,
  { name, version }: { readonly name: string; readonly version: string },
  tarball: Uint8Array,
  tag = 'latest',
): Promise<string> => {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const shasum = createHash('sha1').update(tarball).digest('hex')
  const file = `${name}-${version}.tgz`
  const response = await fetch(url + name.replace('/', '%2f'), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      _id: name,
      name,
      'dist-tags': { [tag]: version },
      versions: {
        [version]: {
          _id: `${name}@${version}`,
          name,
          version,
          dist: { integrity, shasum, tarball: `${url}${name}/-/${file}` },
        },
      },
      _attachments: {
        [file]: {
          content_type: 'application/octet-stream',
          data: Buffer.from(tarball).toString('base64'),
          length: tarball.length,
        },
      },
    }),
  })
  if (!response.ok)
    throw new Error(`${name} ${version} was not taken: ${response.status} ${await response.text()}`)
  return integrity
}
