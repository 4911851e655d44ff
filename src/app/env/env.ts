/** The variables for programs that somebody else starts: from the running proxy, else from the ports in svc-mock.yaml. */
import type { Config } from '../../config/config.ts'
import { findRunning } from '../../control/find-running.ts'
import { SvcMockError } from '../../core/errors.ts'
import { type Environment, type ProxyTarget, proxyEnv } from './proxy-env.ts'
import { trustEnvOrNote } from './trust-env.ts'
import { trustFolder } from './trust-files.ts'

export interface EnvView {
  readonly variables: Readonly<Record<string, string>>
  /** False: these are the ports of svc-mock.yaml, and nothing listens there yet. */
  readonly running: boolean
  readonly listen: string
  /** The folder of the files that some of them name; undefined: none does. */
  readonly trustFolder: string | undefined
  readonly notes: readonly string[]
}

const authority = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

type Service = ProxyTarget['services'][number] & { readonly intercepted: boolean }

interface Target extends ProxyTarget {
  readonly services: readonly Service[]
}

const fromConfig = (config: Config): Target => {
  if (config.listen.port === 0) {
    throw new SvcMockError(
      'NOT_RUNNING',
      'svc-mock.yaml names port 0, so the port is known only while svc-mock runs',
      {
        hint: 'start it (svc-mock start), or name a port under listen',
      },
    )
  }
  return {
    listen: authority(config.listen.host, config.listen.port),
    services: config.services.map(({ name, protocol, hosts, listen, tls }) => ({
      name,
      protocol,
      hosts,
      intercepted: tls.intercept,
      listen: listen === undefined || listen.port === 0 ? undefined : authority(listen.host, listen.port),
    })),
  }
}

const fromRunning = async (config: Config, pid: number | undefined): Promise<Target | undefined> => {
  try {
    const client = await findRunning(config.root, pid)
    return { listen: client.file.listen, services: await client.services() }
  } catch (error) {
    if (pid === undefined && error instanceof SvcMockError && error.code === 'NOT_RUNNING') return undefined
    throw error
  }
}

export const environmentOf = async (config: Config, env: Environment, pid?: number): Promise<EnvView> => {
  const live = await fromRunning(config, pid)
  const found = live ?? fromConfig(config)
  const trust = found.services.some(({ intercepted }) => intercepted)
    ? trustEnvOrNote(config.userFolder, env)
    : undefined
  const { variables, notes } = proxyEnv({ ...found, credentials: config.proxyCredentials, trust }, env)
  return {
    variables,
    running: live !== undefined,
    listen: found.listen,
    trustFolder: trust === undefined ? undefined : trustFolder(config.userFolder),
    notes,
  }
}
