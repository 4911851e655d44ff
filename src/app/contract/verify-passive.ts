/**
 * `svc-mock verify --passive -- <tests>`: the provider's own tests call it through a proxy, and what it answers is held against the mocks
 * whose conditions the calls meet. Nothing is sent that the tests do not send.
 */
import type { Config, ServiceConfig } from '../../config/config.ts'
import type { ContractReport } from '../../contract/violation.ts'
import { newTenant } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Authority } from '../../core/service-entry.ts'
import { homeOf } from '../../proxy/services.ts'
import { ServiceDefinitions } from '../definitions.ts'
import type { Environment, ProxyEnv } from '../env/proxy-env.ts'
import { libraryTools } from '../library-tools.ts'
import { workspaceMasks } from '../masks.ts'
import { MockLibrary } from '../mock-library.ts'
import { runCommand } from '../run/run.ts'
import type { Running } from '../running.ts'
import { startProxy } from '../start.ts'
import { SeenReplies } from './passive/seen-replies.ts'
import { promisesOf } from './promises.ts'

export interface VerifyPassiveOptions {
  /** The provider's tests. */
  readonly command: readonly string[]
  /** Whose mocks; undefined: the only service of HTTP. */
  readonly service: string | undefined
  /** Where the provider runs; undefined: as svc-mock.yaml says. */
  readonly provider: URL | undefined
  /** Semver range; undefined: all versions. */
  readonly version: string | undefined
  readonly env: Environment
  readonly childStdout: 'inherit' | 'stderr'
  /** Everything listens; the tests have not been started. Returns what to do when they are over. */
  readonly ready: (running: Running, env: ProxyEnv) => () => void
}

export interface PassiveVerification {
  /** Of the tests, or 128 + n for a signal. */
  readonly exitCode: number
  readonly report: ContractReport
  /** Calls to the provider that passed. */
  readonly calls: number
}

/** Rejects with FLAG_INVALID for a service that is none, not clear, or of which nobody knows where it runs. */
export const verifyPassive = async (
  config: Config,
  options: VerifyPassiveOptions,
): Promise<PassiveVerification> => {
  const startedAt = performance.now()
  const service = serviceOf(config, options.service)
  const upstream = providerOf(service, options.provider)
  const definitions = await ServiceDefinitions.load(config)
  const masks = workspaceMasks(config.root, options.env)
  const tools = await libraryTools({ definitions, masks })
  try {
    const library = new MockLibrary(config.root, config.library, tools)
    const files = library.files().filter((file) => file.service === service.name)
    const { items, left } = promisesOf(library, files, options.version)
    const seen = new SeenReplies(
      items.filter(({ file }) => file.protocol === 'http'),
      library.index,
      newTenant(config.tenant),
    )
    const contracts = new Map([[service.name, { enforce: 'warn', held: seen } as const]])
    const { exitCode } = await runCommand({
      command: options.command,
      config: before(config, service, upstream, options.version),
      env: options.env,
      portGiven: false,
      childStdout: options.childStdout,
      ready: options.ready,
      startProxy: (wishes) => startProxy({ ...wishes, contracts, watch: false }),
    })
    const { calls, ...result } = await seen.result(left)
    const paths = new Set(files.map((file) => file.display))
    return {
      exitCode,
      calls,
      report: {
        command: 'verify --passive',
        against: [
          `${service.name}: ${upstream.scheme}://${upstream.host}:${upstream.port}${upstream.basePath}`,
        ],
        ...result,
        problems: library.problems().filter(({ at }) => paths.has(at.file)),
        durationMs: performance.now() - startedAt,
      },
    }
  } finally {
    tools.scripts?.close()
  }
}

const serviceOf = ({ services }: Config, asked: string | undefined): ServiceConfig => {
  const able = services.filter(({ protocol }) => protocol === 'http')
  const found = asked === undefined && able.length === 1 ? able[0] : able.find(({ name }) => name === asked)
  if (found !== undefined) return found
  throw new SvcMockError(
    'FLAG_INVALID',
    asked === undefined
      ? 'it is not clear which service the tests call'
      : `there is no service ${asked} of protocol http in svc-mock.yaml`,
    { hint: `--service takes one of: ${able.map(({ name }) => name).join(', ') || 'none is there'}` },
  )
}

const providerOf = (service: ServiceConfig, asked: URL | undefined): Authority => {
  if (asked === undefined) {
    const home = service.upstream ?? (service.hosts.join() === service.name ? undefined : homeOf(service))
    if (home !== undefined) return home
    throw new SvcMockError('FLAG_INVALID', `nothing says where ${service.name} runs while it is tested`, {
      hint: 'say so: --provider http://127.0.0.1:8080',
    })
  }
  const scheme = asked.protocol === 'https:' ? 'https' : 'http'
  return {
    scheme,
    host: asked.hostname.replace(/^\[|\]$/g, ''),
    port: asked.port === '' ? (scheme === 'https' ? 443 : 80) : Number(asked.port),
    basePath: asked.pathname.replace(/\/$/, ''),
  }
}

/** The proxy before the provider: by its own port, and where the tests call the provider by its address. */
const before = (
  config: Config,
  service: ServiceConfig,
  upstream: Authority,
  version: string | undefined,
): Config => {
  const { host, port, basePath } = upstream
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`
  const taken = config.services.some(({ hosts }) => hosts.includes(address))
  return {
    ...config,
    services: config.services.map((one) =>
      one.name === service.name
        ? {
            ...one,
            mode: 'passthrough',
            upstream,
            hosts: taken ? one.hosts : [...one.hosts, address],
            version: version ?? one.version,
            fault: undefined,
          }
        : one,
    ),
  }
}
