/** npm as a program, the user's own: so .npmrc, logins and proxies hold. It runs no scripts of packages. */
import { spawn } from 'node:child_process'
import { withoutCredentials } from '../core/credentials.ts'
import { SvcMockError } from '../core/errors.ts'

export interface NpmPlace {
  /** Where it runs: the .npmrc of a project is found from there. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface NpmResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a shell would leave as it is, so that on Windows, where npm is a script of the shell, no argument is two. */
const harmless = /^[\w@/.:=+~-]+$/

/**
 * Resolves whatever its exit code is; rejects with REGISTRY_FAILED where there is no npm. `settings` are options of npm's
 * (npm-config(7)) that hold whatever .npmrc says.
 */
export const runNpm = (
  args: readonly string[],
  { cwd, env }: NpmPlace,
  settings: Readonly<Record<string, string>> = {},
): Promise<NpmResult> =>
  new Promise((resolve, reject) => {
    const windows = process.platform === 'win32'
    const odd = args.find((arg) => !harmless.test(arg))
    if (odd !== undefined) throw new SvcMockError('INVARIANT_BROKEN', `npm was to be called with ${odd}`)
    const [program, own] = windows ? [`npm.cmd ${args.join(' ')}`, []] : ['npm', args]
    const child = spawn(program, own, {
      cwd,
      env: { ...patience, ...env, ...asVariables(settings) },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
    })
    const said = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text
    })
    child.once('error', (cause) =>
      reject(
        new SvcMockError('REGISTRY_FAILED', 'npm was not found', {
          hint: 'it comes with Node: is it in PATH? packages from git need no npm',
          cause,
        }),
      ),
    )
    child.once('close', (code) => resolve({ code: code ?? 1, ...said }))
  })

/** npm would wait a minute before it says that nobody answers. A setting of the user's own wins. */
const patience = { npm_config_fetch_retries: '1', npm_config_fetch_retry_mintimeout: '1000' }

const asVariables = (settings: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`npm_config_${name.replaceAll('-', '_')}`, value]),
  )

/** What npm was asked for, decoded. Throws in npm's own words. */
export const npmJson = async (args: readonly string[], place: NpmPlace, what: string): Promise<unknown> => {
  const result = await runNpm([...args, '--json'], place)
  const value = json(result.stdout)
  if (result.code !== 0) throw npmFailed(result, what)
  return value
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `what`: the package as people know it. */
export const npmFailed = (result: NpmResult, what: string): SvcMockError => {
  const { code, summary } = complaintOf(result)
  const plain = withoutCredentials(summary)
    .replace(/^FetchError: /, '')
    .replace(/\.$/, '')
  const said = code === '' || plain.includes(code) ? plain : `${plain} (${code})`
  if (/^(?:E404|ETARGET|ENOVERSIONS)$/.test(code))
    return new SvcMockError('PACKAGE_NOT_FOUND', `the registry has no ${what}: ${said}`)
  if (code === 'EINTEGRITY')
    return new SvcMockError('PACKAGE_INTEGRITY', `${what} is not what the registry says: ${said}`)
  if (/^(?:E401|E403|ENEEDAUTH|EOTP)$/.test(code))
    return new SvcMockError('REGISTRY_FAILED', `the registry does not give ${what}: ${said}`, {
      hint: 'log in: npm login; tokens stand in .npmrc',
    })
  return new SvcMockError('REGISTRY_FAILED', `the registry gives no answer about ${what}: ${said}`)
}

const complaintOf = ({
  stdout,
  stderr,
  code,
}: NpmResult): { readonly code: string; readonly summary: string } => {
  const value = json(stdout)
  const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined
  if (typeof error === 'object' && error !== null) {
    const own = error as Readonly<Record<string, unknown>>
    const summary = [own['summary'], own['detail']].find((text) => typeof text === 'string' && text !== '')
    return {
      code: String(own['code'] ?? ''),
      summary: String(summary ?? 'npm gave no reason').split('\n')[0]!,
    }
  }
  const line = stderr.split('\n').find((one) => /^npm (?:error|ERR!) (?!code )/.test(one))
  return {
    code: /^npm (?:error|ERR!) code (\S+)/m.exec(stderr)?.[1] ?? '',
    summary: line?.replace(/^npm (?:error|ERR!) /, '') ?? `npm ended with exit code ${code}`,
  }
}
