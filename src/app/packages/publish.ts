/** `svc-mock publish`: a packed package goes to an npm registry, by the user's own npm. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { readIdentity, readManifest } from '../../registry/manifest.ts'
import { packageLimits, writeFiles } from '../../registry/package-files.ts'
import { npmFailed } from '../../registry/run-npm.ts'
import { unpack } from '../../registry/unpack.ts'
import { inspectPackage } from './inspect.ts'

export interface PublishOptions {
  /** Where npm runs: its .npmrc is found from there. */
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Of `npm publish`. */
  readonly args: readonly string[]
  /** npm may ask its user for a password, and speak for itself. */
  readonly interactive: boolean
}

export interface Published {
  readonly name: string
  readonly version: string
  /** What npm printed; '' where it spoke for itself. */
  readonly said: string
}

/** Rejects with PACKAGE_INVALID, REGISTRY_FAILED. */
export const publishTarball = async (
  tarball: Uint8Array,
  { name, version }: { readonly name: string; readonly version: string },
  options: PublishOptions,
): Promise<Published> => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-publish-'))
  try {
    const file = join(folder, 'package.tgz')
    writeFileSync(file, tarball)
    const result = await npmPublish(file, options)
    if (result.code !== 0) throw failed(result, `${name} ${version} was not published`, options.interactive)
    return { name, version, said: result.stdout.trim() }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A tarball that svc-mock made earlier, looked at as whoever installs it will. Rejects with PACKAGE_INVALID, PACKAGE_TOO_NEW, FLAG_INVALID. */
export const readTarball = async (
  path: string,
  cwd: string,
): Promise<{ readonly tarball: Uint8Array; readonly name: string; readonly version: string }> => {
  const tarball = read(resolve(cwd, path), path)
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-publish-'))
  try {
    writeFiles(folder, unpack(tarball, path))
    const { library } = readManifest(folder, path)
    const { problems } = await inspectPackage(folder, library)
    const first = problems.find(({ severity }) => severity === 'error')
    if (first !== undefined)
      throw new SvcMockError('PACKAGE_INVALID', `${path} cannot be published: ${first.message}`, {
        source: first.at,
        hint: 'pack it anew: svc-mock pack',
        details: { problems },
      })
    return { tarball, ...readIdentity(folder, path) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const read = (file: string, shown: string): Uint8Array => {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new SvcMockError('FLAG_INVALID', `${shown} cannot be read: ${(error as Error).message}`, {
      hint: `name a tarball that svc-mock pack made (at most ${packageLimits.tarball / 1024 / 1024} MB), or none, to pack and publish at once`,
    })
  }
}

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const npmPublish = (file: string, { cwd, env, args, interactive }: PublishOptions): Promise<Result> =>
  new Promise((resolve, reject) => {
    const windows = process.platform === 'win32'
    const child = spawn(windows ? 'npm.cmd' : 'npm', ['publish', file, '--ignore-scripts', ...args], {
      cwd,
      env,
      stdio: interactive ? ['inherit', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      shell: windows,
    })
    const said = { stdout: '', stderr: '' }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text
    })
    child.once('error', (cause) =>
      reject(
        new SvcMockError('REGISTRY_FAILED', 'npm was not found', {
          hint: 'it comes with Node: is it in PATH?',
          cause,
        }),
      ),
    )
    child.once('close', (code) => resolve({ code: code ?? 1, ...said }))
  })

const failed = (result: Result, what: string, interactive: boolean): SvcMockError =>
  interactive
    ? new SvcMockError('REGISTRY_FAILED', `${what}: npm ended with exit code ${result.code}`, {
        hint: 'npm has said why above; svc-mock changes nothing of what it needs',
      })
    : npmFailed(result, what)
