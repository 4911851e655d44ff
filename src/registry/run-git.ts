/** git as a program. What it says is passed on without credentials; it never asks anybody for any. */
import { execFile } from 'node:child_process'
import { devNull } from 'node:os'
import { withoutCredentials } from '../core/credentials.ts'
import { SvcMockError } from '../core/errors.ts'

export interface GitResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type Git = (args: readonly string[]) => Promise<GitResult>

type Environment = Readonly<Record<string, string | undefined>>

/** Set where git runs us from a hook, and meant for that repository. */
const ofAnother = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY']

/** What git runs with: of the user's environment all but what is meant for another repository. It asks nobody for anything. */
export const gitEnvironment = (env: Environment): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !ofAnother.includes(name))),
  GIT_TERMINAL_PROMPT: '0',
})

/** Hooks of the user's are meant for work of the user's. */
export const withoutHooks: readonly string[] = ['-c', `core.hooksPath=${devNull}`]

/** Resolves whatever its exit code is; rejects with GIT_FAILED where there is no git. */
export const gitIn =
  (cwd: string, env: Environment): Git =>
  (args) =>
    new Promise((resolve, reject) => {
      execFile(
        'git',
        [...withoutHooks, ...args],
        { cwd, env: gitEnvironment(env), maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          if (error === null) resolve({ code: 0, stdout, stderr })
          else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr })
          else if ((error.code as unknown) === 'ENOENT')
            reject(new SvcMockError('GIT_FAILED', 'git was not found', { cause: error }))
          else reject(new SvcMockError('GIT_FAILED', `git ${args[0]} was ended`, { cause: error }))
        },
      )
    })

/** Throws GIT_FAILED in git's own words. */
export const mustGit = async (git: Git, args: readonly string[], what: string): Promise<string> => {
  const { code, stdout, stderr } = await git(args)
  if (code === 0) return stdout
  throw gitFailed(what, stderr)
}

export const gitFailed = (what: string, stderr: string): SvcMockError => {
  const lines = stderr.split('\n').map((line) => line.trim())
  const said =
    lines.find((line) => /^(?:fatal|error|remote: (?:error|fatal)):/i.test(line)) ?? lines.find(Boolean)
  return new SvcMockError('GIT_FAILED', withoutCredentials(said === undefined ? what : `${what}: ${said}`), {
    hint: 'try the same with git in a shell; credentials come from git itself (credential helper, ssh agent)',
  })
}
