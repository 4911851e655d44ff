/**
 * Where the key for masking comes from: SVC_MOCK_MASK_KEY, a file that only its owner can read and that no commit can
 * take along, or a command. The command is named by the environment or by the user's own configuration, never by a
 * repository, which would run it on everybody's machine.
 */
import { execSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import { MaskKey } from '../desensitize/mask-key.ts'
import { parseDocument } from '../yaml/document.ts'

export interface KeySource {
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--key-file`. */
  readonly keyFile?: string | undefined
  /** Folder of the workspace. */
  readonly root: string
}

/** undefined where none is named. Throws SvcMockError for one that cannot be used. */
export const findMaskKey = (source: KeySource): MaskKey | undefined => {
  const { env, root } = source
  const own = env['SVC_MOCK_MASK_KEY']
  if (own !== undefined) return parsed(own, 'SVC_MOCK_MASK_KEY')
  const file = source.keyFile ?? env['SVC_MOCK_MASK_KEY_FILE']
  if (file !== undefined) return parsed(readKeyFile(resolve(file), root), file)
  const command = env['SVC_MOCK_MASK_KEY_COMMAND'] ?? commandOfUser(env)
  return command === undefined ? undefined : parsed(outputOf(command), 'the command for the key')
}

/** As findMaskKey, where nothing can be done without one. */
export const requireMaskKey = (source: KeySource): MaskKey => {
  const key = findMaskKey(source)
  if (key === undefined) throw new SvcMockError('MASK_KEY_MISSING', 'there is no key to make fakes with')
  return key
}

/** Makes a new key, in a file that did not exist. */
export const writeNewKey = (path: string, root: string): MaskKey => {
  const file = resolve(path)
  refuseWorkTree(file, root)
  const text = randomBytes(32).toString('hex')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new SvcMockError('FILE_EXISTS', `${path} exists already`, {
      hint: 'a key that is in use must not be replaced; choose another name',
    })
  }
  return parsed(text, path)
}

const parsed = (text: string, from: string): MaskKey => {
  const key = MaskKey.parse(text)
  if (typeof key === 'string') throw invalid(`${from}: ${key}`, 'make one: openssl rand -hex 32')
  return key
}

const invalid = (message: string, hint: string): SvcMockError =>
  new SvcMockError('MASK_KEY_INVALID', message, { hint })

const readKeyFile = (file: string, root: string): string => {
  if (!existsSync(file))
    throw invalid(
      `the key file ${file} does not exist`,
      'check --key-file, or make one: openssl rand -hex 32',
    )
  refuseWorkTree(realpathSync(file), root)
  // Windows keeps rights in another way, and folders of users are their own there.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw invalid(`others can read the key file ${file}`, `chmod 600 ${file}`)
  return readFileSync(file, 'utf8')
}

const refuseWorkTree = (file: string, root: string): void => {
  if (liesInWorkTree(file, root))
    throw invalid(
      `the key file ${file} lies in the work tree, where it would be committed`,
      'keep it in your home folder',
    )
}

/** Below the workspace, or below the repository around it. */
export const liesInWorkTree = (file: string, root: string): boolean => {
  const tree = repositoryOf(root) ?? root
  const path = relative(existsSync(tree) ? realpathSync(tree) : tree, file)
  return !path.startsWith('..') && path !== file
}

const repositoryOf = (folder: string): string | undefined => {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}

/** `maskKeyCommand` in the user's configuration. */
const commandOfUser = (env: KeySource['env']): string | undefined => {
  const base = env['XDG_CONFIG_HOME'] ?? env['APPDATA'] ?? join(env['HOME'] ?? homedir(), '.config')
  const file = join(base, 'svc-mock', 'config.yaml')
  if (!existsSync(file)) return undefined
  const { value } = parseDocument(readFileSync(file, 'utf8'), file, 'CONFIG_INVALID')
  const command = (value as { readonly maskKeyCommand?: unknown } | undefined)?.maskKeyCommand
  return typeof command === 'string' ? command : undefined
}

const commandMs = 20_000

const outputOf = (command: string): string => {
  try {
    return execSync(command, { encoding: 'utf8', timeout: commandMs, stdio: ['ignore', 'pipe', 'inherit'] })
  } catch (error) {
    throw invalid(
      `the command for the key failed with ${(error as { status?: number | null }).status ?? 'no answer'}`,
      'run it yourself; it must print the key',
    )
  }
}
