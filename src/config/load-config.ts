/** From files, environment and flags to one validated Config, or to everything that is wrong, all at once. */

import { dirname, resolve } from 'node:path'
import type { Problem } from '../core/problem.ts'
import { baselineId } from '../core/tenant-name.ts'
import { parseAuthority, parseListen, parseSize } from './authority.ts'
import type { ClaimCompilers, CompileBody, CompileText } from './claims-config.ts'
import type { Address, Config } from './config.ts'
import { configFileName, findConfigFile, readConfigFiles } from './config-files.ts'
import { readControl } from './control-config.ts'
import { crossCheck } from './cross-checks.ts'
import { readDisabled } from './disabled-mocks.ts'
import { type Layer, mergeLayers } from './layer.ts'
import { libraryFolders } from './library-folders.ts'
import { packageFolders, readPackages } from './library-packages.ts'
import { type ConfigFlags, type Environment, withOverrides } from './overrides.ts'
import { readRecord } from './record-config.ts'
import { Report } from './report.ts'
import type { ConfigFile } from './schema.ts'
import { readMostScript } from './script-limits.ts'
import { readService } from './service-config.ts'
import { checkTenantGuard, checkTenantName, readRoutes, readTenants } from './tenants-config.ts'
import { userFolder } from './user-folder.ts'

export interface ConfigSource {
  /** Where the search for svc-mock.yaml begins. */
  readonly cwd: string
  /** `--config`: relative to cwd. */
  readonly configPath?: string | undefined
  readonly env: Environment
  readonly flags: ConfigFlags
  /** Compiles conditions of claims; absent: they are left out. */
  readonly compileText?: CompileText | undefined
  /** The same for bodies. */
  readonly compileBody?: CompileBody | undefined
  /** Whether mock packages may be missing, which commands that install them want. Absent: they must be there. */
  readonly packages?: 'needed' | 'any' | undefined
}

export interface LoadedConfig {
  /** Absent when any problem is an error. */
  readonly config?: Config
  readonly problems: readonly Problem[]
  /** Absolute: what was read and what would be read if it appeared, for watching, also when there is no config. */
  readonly files: readonly string[]
}

const defaultListen: Address = { host: '127.0.0.1', port: 8700 }
const defaultLimits = { body: 10 * 1024 * 1024, message: 4 * 1024 * 1024 }

export const loadConfig = ({
  cwd,
  configPath,
  env,
  flags,
  compileText,
  compileBody,
  packages = 'needed',
}: ConfigSource): LoadedConfig => {
  const file = configPath === undefined ? findConfigFile(cwd) : resolve(cwd, configPath)
  if (file === undefined) return { problems: [notFound(cwd)], files: [] }
  const read = readConfigFiles(file)
  if (read.layers.length === 0) return { problems: read.problems, files: read.files }
  const root = dirname(file)
  const early = new Report(read.layers)
  const layers = withOverrides(read.layers, { env, flags, folder: root }, early)
  const report = new Report(layers)
  const origin = {
    root,
    file,
    files: read.files,
    flags,
    env,
    userFolder: userFolder(env),
    packages,
    compile: { text: compileText, body: compileBody },
  }
  const found = interpret(mergeLayers(layers), origin, report)
  const files = [...read.files, ...report.files]
  const config = { ...found, files }
  checkLocks(layers, report)
  const problems = unique([...read.problems, ...early.problems, ...report.problems])
  const failed = problems.some(({ severity }) => severity === 'error')
  return { ...(failed ? {} : { config }), problems, files }
}

interface Origin {
  readonly root: string
  readonly file: string
  readonly files: readonly string[]
  readonly flags: ConfigFlags
  readonly env: Environment
  readonly userFolder: string
  readonly packages: 'needed' | 'any'
  readonly compile: ClaimCompilers
}

const interpret = (file: ConfigFile, origin: Origin, report: Report): Config => {
  const { flags, root } = origin
  const strict = flags.strict === true
  const allowRemote = flags.allowRemote === true
  const listen = readListen(file, report)
  const mostScript = readMostScript(file, report)
  const services = Object.keys(file.services ?? {}).map((name) =>
    readService(name, file, mostScript, origin.env, report),
  )
  crossCheck(file, services, listen, report)
  if (file.tenant !== undefined) checkTenantName(file.tenant, ['tenant'], report)
  const tenants = readTenants(file, services, origin.compile, report)
  const routes = readRoutes(file, services, report)
  checkTenantGuard(file, tenants, routes, report)
  checkUpstreamProxy(file, report)
  const packages = readPackages(file.library ?? [], report)
  const folders = libraryFolders(file.library, root, report)
  const installed =
    origin.packages === 'any'
      ? []
      : packageFolders(
          packages,
          { root, file: origin.file, services: services.map(({ name }) => name) },
          Math.max(2, ...folders.map(({ layer }) => layer)) + 1,
          report,
        )
  return {
    root,
    file: origin.file,
    files: origin.files,
    userFolder: origin.userFolder,
    name: file.name,
    listen,
    control: readControl(file, origin.env, report),
    tenant: file.tenant ?? baselineId,
    tenants,
    routes,
    library: [...folders, ...installed],
    packages,
    disable: readDisabled(file.disable, services, report),
    onMiss: file.onMiss ?? 'fail',
    unknownHosts: strict ? 'fail' : (file.unknownHosts ?? (allowRemote ? 'fail' : 'passthrough')),
    allowHosts: typeof file.allowHosts === 'string' ? [file.allowHosts] : (file.allowHosts ?? []),
    services,
    guard: { production: file.guard?.production ?? [] },
    limits: { body: readLimit('body', file, report), message: readLimit('message', file, report) },
    record: readRecord(file, root, report),
    upstreamProxy: file.upstreamProxy,
    proxyCredentials: file.proxyCredentials,
    strict,
    allowRemote,
  }
}

const readListen = (file: ConfigFile, report: Report): Address => {
  if (file.listen === undefined) return defaultListen
  const parsed = parseListen(String(file.listen))
  if (parsed.ok) return parsed.value
  report.add(['listen'], parsed)
  return defaultListen
}

const readLimit = (name: keyof typeof defaultLimits, file: ConfigFile, report: Report): number => {
  const written = file.limits?.[name]
  if (written === undefined) return defaultLimits[name]
  const parsed = parseSize(String(written))
  if (parsed.ok) return parsed.value
  report.add(['limits', name], parsed)
  return defaultLimits[name]
}

const checkUpstreamProxy = (file: ConfigFile, report: Report): void => {
  const text = file.upstreamProxy
  if (text === undefined) return
  // Without user and password, which no message may hold.
  const parsed = parseAuthority(text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1'))
  if (!parsed.ok) report.add(['upstreamProxy'], parsed)
  else if (parsed.value.scheme !== 'http' || parsed.value.basePath !== '') {
    report.add(['upstreamProxy'], {
      message: 'upstreamProxy must be the address of an HTTP proxy',
      hint: 'write http://host:port',
    })
  }
}

/** Only a file below can lock; one above cannot take the lock off. */
const checkLocks = (layers: readonly Layer[], report: Report): void => {
  let lockedBy: string | undefined
  for (const layer of layers) {
    if (lockedBy !== undefined && layer.value.guard?.locked === false) {
      report.addIn(layer, ['guard', 'locked'], {
        message: `the guard is locked by ${lockedBy}`,
        hint: 'remove locked: false; you can only add to guard.production',
      })
    }
    if (layer.value.guard?.locked === true) lockedBy = layer.name
  }
}

/** In the order of the files and of their lines. */
const unique = (problems: readonly Problem[]): readonly Problem[] => {
  const seen = new Map(problems.map((p) => [`${p.at.file}:${p.at.line}:${p.at.column} ${p.message}`, p]))
  const files = [...new Set(problems.map((p) => p.at.file))]
  return [...seen.values()].sort(
    (a, b) =>
      files.indexOf(a.at.file) - files.indexOf(b.at.file) ||
      a.at.line - b.at.line ||
      a.at.column - b.at.column,
  )
}

const notFound = (cwd: string): Problem => ({
  severity: 'error',
  code: 'CONFIG_NOT_FOUND',
  at: { file: configFileName, line: 1, column: 1 },
  message: `there is no ${configFileName} in ${cwd} or in any folder above`,
  hint: 'make a workspace: svc-mock init',
})
