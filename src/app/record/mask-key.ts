/**
 * Where the key for fakes comes from: the environment, a file that only its owner reads, or a command that the
 * environment names (a vault's client, say). It never comes from a file of the workspace.
 */
import { execFileSync, execSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { MaskKey } from '../../desensitize/mask-key.ts'
import { isInside, realPath } from '../../mock/load/inside.ts'

export interface KeySource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--key-file`. */
  readonly keyFile: string | undefined
  /** The workspace. */
  readonly root: string
}

/** The key's text, which is a key. Throws MASK_KEY_MISSING or MASK_KEY_INVALID, never with the text. */
export const readMaskKey = ({ env, keyFile, root }: KeySource): string => {
  const given = env['SVC_MOCK_MASK_KEY']
  const command = env['SVC_MOCK_MASK_KEY_COMMAND']
  if (keyFile !== undefined) return checked(readKeyFile(resolve(keyFile), root), keyFile)
  if (given !== undefined && given !== '') return checked(given, 'SVC_MOCK_MASK_KEY')
  if (command !== undefined && command !== '')
    return checked(fromCommand(command), 'SVC_MOCK_MASK_KEY_COMMAND')
  throw new SvcMockError(
    'MASK_KEY_MISSING',
    'there is no key to make fakes with, and nothing is written without',
  )
}

const checked = (text: string, from: string): string => {
  const key = MaskKey.parse(text)
  if (typeof key === 'string') throw new SvcMockError('MASK_KEY_INVALID', `${from}: ${key}`)
  return text.trim()
}

const readKeyFile = (path: string, root: string): string => {
  const real = realPath(path)
  if (real === undefined) throw new SvcMockError('MASK_KEY_INVALID', `the key file ${path} does not exist`)
  if (isInside(real, workTreeOf(root)))
    throw new SvcMockError(
      'MASK_KEY_INVALID',
      `the key file ${path} lies in the work tree, from where it would be committed`,
      {
        hint: 'move it out of the work tree, as ~/.svc-mock/mask.key',
      },
    )
  const { mode } = statSync(real)
  // Windows has no such bits; there the user's folder is the user's.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new SvcMockError('MASK_KEY_INVALID', `others can read the key file ${path}`, {
      hint: `chmod 600 ${path}`,
    })
  return readFileSync(real, 'utf8')
}

/** The git work tree that the workspace is in; without git, the workspace. */
const workTreeOf = (root: string): string => {
  try {
    const top = execFileSync('git', ['rev-parse', '--show-toplevel'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
    return realpathSync(top === '' ? root : top)
  } catch {
    return realpathSync(root)
  }
}

const fromCommand = (command: string): string => {
  try {
    return execSync(command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 })
  } catch (error) {
    const { status } = error as { readonly status?: number | null }
    throw new SvcMockError(
      'MASK_KEY_INVALID',
      `SVC_MOCK_MASK_KEY_COMMAND ended with ${status ?? 'a timeout'}`,
    )
  }
}

/** Writes a new key, readable by its owner only. Throws FILE_EXISTS. Returns the key's id. */
export const newMaskKey = (file: string, root: string): string => {
  const path = resolve(file)
  const folder = realPath(dirname(path))
  if (folder === undefined)
    throw new SvcMockError('MASK_KEY_INVALID', `the folder ${dirname(path)} does not exist`)
  if (isInside(folder, workTreeOf(root)))
    throw new SvcMockError(
      'MASK_KEY_INVALID',
      `${path} lies in the work tree, from where it would be committed`,
      {
        hint: 'choose a place outside, as ~/.svc-mock/mask.key',
      },
    )
  const text = randomBytes(32).toString('hex')
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new SvcMockError('FILE_EXISTS', `${path} exists already`, {
      hint: 'choose another file; a key that was replaced is lost for good',
    })
  }
  const key = MaskKey.parse(text)
  // 32 random bytes are a key but for one case in 2^190.
  if (typeof key === 'string') throw new SvcMockError('INVARIANT_BROKEN', key)
  return key.id
}
