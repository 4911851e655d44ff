/** The Redis servers behind the services of a workspace, and their databases: where tenants can have keys. */
import type { Duplex } from 'node:stream'
import type { Config, ServiceConfig } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Dial } from '../../core/protocol.ts'
import type { Authority } from '../../core/service-entry.ts'
import { createDial } from '../../proxy/dial.ts'
import { createPolicy } from '../../proxy/policy.ts'
import { Services } from '../../proxy/services.ts'
import { nearest } from '../../yaml/nearest.ts'
import { RedisClient, textOf } from './redis-client.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** One server, which several services may name. */
export interface KeyServer {
  readonly services: readonly string[]
  /** `host:port`, or `embedded`. */
  readonly address: string
  readonly cluster: boolean
  /**
   * Does work on each node that holds keys, one after the other: the server itself, or the masters of its cluster. Rejects with
   * UPSTREAM_UNREACHABLE or TENANT_KEYS_FAILED.
   */
  eachNode(work: (client: RedisClient) => Promise<void>): Promise<void>
}

/** The services of Redis that are asked about. Throws FLAG_INVALID when there is none, or not the one that is named. */
const askedServices = (
  services: readonly ServiceConfig[],
  only: string | undefined,
): readonly ServiceConfig[] => {
  const own = services.filter(({ protocol }) => protocol === 'redis')
  const names = own.map(({ name }) => name)
  if (only !== undefined && !names.includes(only)) {
    const near = nearest(only, names)
    throw new SvcMockError('FLAG_INVALID', `there is no service ${only} of protocol redis`, {
      hint: near === undefined ? `services of redis: ${names.join(', ') || 'none'}` : `did you mean ${near}?`,
    })
  }
  const wanted = own.filter(
    (one) => (only ?? one.name) === one.name && (one.embedded || one.upstream !== undefined),
  )
  if (wanted.length === 0)
    throw new SvcMockError('FLAG_INVALID', 'no service of protocol redis has a server of its own', {
      hint: 'keys of tenants are on the upstreams of such services; see docs/redis.md',
    })
  return wanted
}

/** Those that are reached by an address. Throws FLAG_INVALID, see above. */
export const keyServers = (
  config: Config,
  only: string | undefined,
  env: Environment,
): readonly KeyServer[] => {
  const wanted = askedServices(config.services, only).filter(({ upstream }) => upstream !== undefined)
  const dial = dialFor(config)
  const byAddress = Map.groupBy(
    wanted,
    ({ upstream }) => `${upstream!.scheme} ${upstream!.host} ${upstream!.port}`,
  )
  return [...byAddress.values()].map((same) => {
    const service = same[0]!
    const upstream = service.upstream!
    return {
      services: same.map(({ name }) => name),
      address: `${upstream.host}:${upstream.port}`,
      cluster: service.redis?.cluster === true,
      eachNode: (work) => eachNode({ service, upstream, dial, env }, work),
    }
  })
}

/** Caches inside this process. `connect`: to the cache of a service; undefined: nobody has used it, so that it holds nothing. */
export const embeddedServers = (
  { services }: Config,
  only: string | undefined,
  connect: (service: string) => Duplex | undefined,
): readonly KeyServer[] =>
  askedServices(services, only)
    .filter(({ embedded }) => embedded)
    .map(({ name }) => ({
      services: [name],
      address: 'embedded',
      cluster: false,
      eachNode: async (work) => {
        const socket = connect(name)
        if (socket === undefined) return
        const client = new RedisClient(socket)
        try {
          await work(client)
        } finally {
          client.close()
        }
      },
    }))

/** What the servers are asked with: a user and a password of whoever cleans, not of the application. */
export const userVariable = 'SVC_MOCK_REDIS_USER'
export const passwordVariable = 'SVC_MOCK_REDIS_PASSWORD'

/** The same refusals as for calls: production is not dialled. */
export const dialFor = (config: Config): Dial => {
  const services = new Services(config, new Map())
  return createDial(
    createPolicy('', () => ({ config, services, isOwn: () => false, listen: '', straight: undefined })),
  )
}

interface Reached {
  readonly service: ServiceConfig
  readonly upstream: Authority
  readonly dial: Dial
  readonly env: Environment
}

/** See KeyServer. */
const eachNode = async (
  { service, upstream: server, dial, env }: Reached,
  work: (client: RedisClient) => Promise<void>,
): Promise<void> => {
  const on = async <T>(upstream: Authority, what: (client: RedisClient) => Promise<T>): Promise<T> => {
    const scheme = upstream.scheme === 'rediss' ? 'https' : 'tcp'
    const client = new RedisClient(
      await dial({ ...upstream, scheme }, { tls: service.tls.upstream, alpn: [] }),
    )
    try {
      await authenticate(client, env)
      return await what(client)
    } catch (error) {
      throw asFailure(error, upstream)
    } finally {
      client.close()
    }
  }
  if (service.redis?.cluster !== true) return on(server, work)
  const masters = await on(server, async (client) => mastersIn(textOf(await client.ask('CLUSTER', 'NODES'))))
  for (const { host, port } of masters)
    await on({ ...server, host: host === '' ? server.host : host, port }, work)
}

const authenticate = async (client: RedisClient, env: Environment): Promise<void> => {
  const [user, password] = [env[userVariable] ?? '', env[passwordVariable] ?? '']
  if (password !== '') await client.ask('AUTH', ...(user === '' ? [] : [user]), password)
}

/** `<id> <host>:<port>@<bus>[,<name>] <flags> …`; those without slots hold no keys. */
export const mastersIn = (nodes: string): readonly { readonly host: string; readonly port: number }[] =>
  nodes.split('\n').flatMap((line) => {
    const match = /^\S+ (\S*):(\d+)@\S+ (\S+) \S+ \S+ \S+ \S+ \S+ ./.exec(line)
    if (match === null || !match[3]!.includes('master') || match[3]!.includes('noaddr')) return []
    return [{ host: match[1]!.replace(/^\[|\]$/g, ''), port: Number(match[2]) }]
  })

const asFailure = (error: unknown, { host, port }: Authority): unknown => {
  if (error instanceof SvcMockError) return error
  const { message } = error as Error
  return new SvcMockError('TENANT_KEYS_FAILED', `${host}:${port}: ${message}`, {
    ...(/^(NOAUTH|WRONGPASS|NOPERM)/.test(message) && {
      hint: `say who asks: ${userVariable} and ${passwordVariable}`,
    }),
    cause: error,
  })
}

/** The databases that hold keys; a cluster has one. */
export const eachDatabase = async (
  server: KeyServer,
  client: RedisClient,
  work: (database: number) => Promise<void>,
): Promise<void> => {
  if (server.cluster) return work(0)
  for (const [, db] of textOf(await client.ask('INFO', 'keyspace')).matchAll(/^db(\d+):/gm)) {
    await client.ask('SELECT', db!)
    await work(Number(db))
  }
}
