/** The configuration in force for a command: found, read, validated, or refused with everything that is wrong. */
import type { Config } from '../config/config.ts'
import { type LoadedConfig, loadConfig } from '../config/load-config.ts'
import { packages as packageErrors } from '../core/error-table/packages.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import { bodyConditions, textConditions } from './text-conditions.ts'

export type { Config } from '../config/config.ts'

export interface WorkspaceSource {
  readonly cwd: string
  readonly configPath?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags?: WorkspaceFlags
  /** `any`: mock packages that `library` names may be missing. */
  readonly packages?: 'needed' | 'any'
}

export interface WorkspaceFlags {
  readonly tenant?: string | undefined
  readonly listen?: string | undefined
  readonly port?: number | undefined
  readonly onMiss?: string | undefined
  readonly strict?: boolean | undefined
  readonly allowRemote?: boolean | undefined
  readonly control?: string | undefined
  readonly wiremock?: boolean | undefined
}

export interface Workspace {
  readonly config: Config
  readonly warnings: readonly Problem[]
  /** Reads everything again, with the same environment and flags. */
  readonly reload: () => LoadedConfig
}

export const openWorkspace = ({ cwd, configPath, env, flags = {}, packages }: WorkspaceSource): Workspace => {
  const compileText = textConditions()
  const compileBody = bodyConditions()
  const reload = (): LoadedConfig =>
    loadConfig({ cwd, configPath, env, flags, compileText, compileBody, packages })
  const { config, problems } = reload()
  if (config !== undefined) return { config, warnings: problems, reload }
  const [only, another] = problems
  if (only?.code === 'CONFIG_NOT_FOUND' && another === undefined) {
    throw new SvcMockError('CONFIG_NOT_FOUND', only.message)
  }
  refusePackages(problems)
  const wrongFlags = problems.length > 0 && problems.every(({ code }) => code === 'FLAG_INVALID')
  const count = problems.filter(({ severity }) => severity === 'error').length
  const what = count === 1 ? 'a mistake' : `${count} mistakes`
  const message = wrongFlags ? `${what} in the flags` : `${what} in the configuration`
  throw new SvcMockError(wrongFlags ? 'FLAG_INVALID' : 'CONFIG_INVALID', message, {
    ...(wrongFlags && only?.hint !== undefined && { hint: only.hint }),
    details: { problems },
  })
}

/** Where nothing else is wrong than that packages are not as they should be, the error is that. */
const refusePackages = (problems: readonly Problem[]): void => {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first === undefined || errors.some(({ code }) => code !== first.code)) return
  if (!Object.hasOwn(packageErrors, first.code)) return
  if (errors.length === 1 || first.code === 'LOCK_INVALID')
    throw new SvcMockError(first.code, first.message, {
      ...(first.hint !== undefined && { hint: first.hint }),
      source: first.at,
      details: { frame: first.frame },
    })
  const all = errors.map(({ message }) => message).join('; ')
  const hints = new Set(errors.map(({ hint }) => hint))
  throw new SvcMockError(first.code, all, {
    ...(first.hint !== undefined && hints.size === 1 && { hint: first.hint }),
    source: first.at,
  })
}

/** For commands that work anywhere; undefined: there is no workspace here. */
export const workspaceIfAny = (source: WorkspaceSource): Config | undefined => {
  try {
    return openWorkspace(source).config
  } catch (error) {
    if (error instanceof SvcMockError && error.code === 'CONFIG_NOT_FOUND') return undefined
    throw error
  }
}
