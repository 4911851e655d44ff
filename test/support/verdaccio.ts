/** A real npm registry on this machine, empty when it starts, and the user's own npm as somebody who is logged in there. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

type Environment = Readonly<Record<string, string>>

export interface LocalRegistry {
  /** `http://127.0.0.1:port/`. */
  readonly url: string
  /** What a process needs so that its npm uses this registry, may publish, and keeps nothing with the user. */
  readonly env: Environment
  /** The same without the token. */
  readonly anonymous: Environment
  /** Runs npm there; `files`: path to text of the package. Gives the tarball's integrity as the registry has it. */
  publish(files: Readonly<Record<string, string>>, ...args: readonly string[]): string
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
    publish: (files, ...args) => {
      const source = mkdtempSync(join(folder, 'package-'))
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(source, name)), { recursive: true })
        writeFileSync(join(source, name), text)
      }
      npm(['publish', '--ignore-scripts', ...args], source)
      const { name, version } = JSON.parse(files['package.json']!) as { name: string; version: string }
      return JSON.parse(npm(['view', `${name}@${version}`, 'dist.integrity', '--json'])) as string
    },
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
