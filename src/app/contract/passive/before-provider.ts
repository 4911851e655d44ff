/** A provider's own tests, with a proxy before the provider that passes everything, and shows its calls to whoever holds them. */
import type { Config, ServiceConfig } from '../../../config/config.ts'
import type { LiveContract } from '../../../core/contract.ts'
import type { Authority } from '../../../core/service-entry.ts'
import type { Environment, ProxyEnv } from '../../env/proxy-env.ts'
import { runCommand } from '../../run/run.ts'
import type { Running } from '../../running.ts'
import { startProxy } from '../../start.ts'

export interface ProviderTests {
  readonly command: readonly string[]
  readonly env: Environment
  readonly childStdout: 'inherit' | 'stderr'
  /** Everything listens; the tests have not been started. Returns what to do when they are over. */
  readonly ready: (running: Running, env: ProxyEnv) => () => void
}

/** `service`: one of `config`. Returns the tests' own exit code, or 128 + n for a signal; all calls have been shown by then. */
export const runBeforeProvider = async (
  config: Config,
  service: ServiceConfig,
  provider: Authority,
  held: LiveContract,
  tests: ProviderTests,
): Promise<number> => {
  const contracts = new Map([[service.name, { enforce: 'warn', held } as const]])
  const { exitCode } = await runCommand({
    ...tests,
    config: before(config, service, provider),
    portGiven: false,
    startProxy: (wishes) => startProxy({ ...wishes, contracts, watch: false }),
  })
  return exitCode
}

/** The proxy before the provider: by its own port, and where the tests call the provider by its address. */
const before = (config: Config, { name }: ServiceConfig, upstream: Authority): Config => {
  const { host, port, basePath } = upstream
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`
  const taken = config.services.some(({ hosts }) => hosts.includes(address))
  return {
    ...config,
    services: config.services.map((one) =>
      one.name === name
        ? {
            ...one,
            mode: 'passthrough',
            upstream,
            hosts: taken ? one.hosts : [...one.hosts, address],
            // Few clients of gRPC heed the variables of proxies.
            listen: one.listen ?? { host: '127.0.0.1', port: 0 },
            fault: undefined,
          }
        : one,
    ),
  }
}

export const authorityOf = (provider: URL): Authority => {
  const scheme = provider.protocol === 'https:' ? 'https' : 'http'
  return {
    scheme,
    host: provider.hostname.replace(/^\[|\]$/g, ''),
    port: provider.port === '' ? (scheme === 'https' ? 443 : 80) : Number(provider.port),
    basePath: provider.pathname.replace(/\/$/, ''),
  }
}

/** `orders: http://127.0.0.1:8080/api`, for reports. */
export const shownProvider = (name: string, { scheme, host, port, basePath }: Authority): string =>
  `${name}: ${scheme}://${host}:${port}${basePath}`
