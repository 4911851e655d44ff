/** What must never be dialled: production, ourselves, and (when others can call) what only this machine should reach. */
import { isInnerAddress, isLoopback } from '../config/addresses.ts'
import type { Config } from '../config/config.ts'
import { type ProductionMatcher, productionMatcher } from '../config/guard.ts'
import { SvcMockError } from '../core/errors.ts'
import type { UpstreamProxy } from '../core/protocol.ts'
import type { Authority } from '../core/service-entry.ts'
import type { DialPolicy } from './dial.ts'
import type { Services } from './services.ts'

export interface PolicyState {
  readonly config: Config
  readonly services: Services
  /** Whether we listen there ourselves. */
  isOwn(host: string, port: number): boolean
  /** Hosts to which the upstream proxy is not asked. */
  readonly straight: ((host: string, port: number) => boolean) | undefined
  /** `127.0.0.1:8700`: for the ready curl line. */
  readonly listen: string
}

export const loopError = (what: string, listen: string): SvcMockError =>
  new SvcMockError('LOOP', `${what} is svc-mock itself, and no service in svc-mock.yaml is named so`, {
    hint: `go through it to a service by the service's own name: curl -x http://${listen} http://<service host>/…`,
  })

export const createPolicy = (hopMark: string, state: () => PolicyState): DialPolicy => {
  let cached: { readonly config: Config; readonly match: ProductionMatcher } | undefined
  const production = (config: Config): ProductionMatcher => {
    if (cached?.config !== config) cached = { config, match: productionMatcher(config.guard.production) }
    return cached.match
  }
  const checkHost = (target: Authority): void => {
    const { config, isOwn, listen } = state()
    if (isOwn(target.host, target.port)) throw loopError(`${target.host}:${target.port}`, listen)
    refuseProduction(target, production(config)(target.host))
  }
  return {
    hopMark,
    checkHost,
    checkAddress: (target, address) => {
      const { config, services, isOwn, listen } = state()
      if (isOwn(address, target.port)) throw loopError(`${address}:${target.port}`, listen)
      refuseProduction(target, production(config)(target.host, address))
      if (!config.allowRemote || isNamed(target, services)) return
      if (isInnerAddress(address)) {
        throw new SvcMockError(
          'UPSTREAM_REFUSED',
          `${target.host} is ${address}, which others must not reach through this machine`,
        )
      }
    },
    proxyFor: (target) => {
      const { config, straight } = state()
      if (straight?.(target.host, target.port) === true) return undefined
      const proxy = upstreamProxy(config, target)
      // Only the other proxy dials the target, so this is where it is looked at.
      if (proxy !== undefined) checkHost(target)
      return proxy
    },
  }
}

/** A host or an upstream that svc-mock.yaml names is meant to be reached. */
const isNamed = (target: Authority, services: Services): boolean => {
  if (services.find(target.host, target.port, '/') !== undefined) return true
  return [...services.entries.values()].some(
    ({ upstream }) => upstream?.host === target.host && upstream.port === target.port,
  )
}

const refuseProduction = (target: Authority, pattern: string | undefined): void => {
  if (pattern === undefined) return
  throw new SvcMockError(
    'PRODUCTION_REFUSED',
    `${target.host}:${target.port} is production: guard.production names ${pattern}`,
  )
}

/** What is on this machine is reached straight. */
const upstreamProxy = (config: Config, target: Authority): UpstreamProxy | undefined => {
  if (config.upstreamProxy === undefined || target.host === 'localhost' || isLoopback(target.host))
    return undefined
  const url = new URL(config.upstreamProxy)
  const credentials = url.username === '' ? undefined : `${decoded(url.username)}:${decoded(url.password)}`
  return {
    authority: {
      scheme: 'http',
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || 80),
      basePath: '',
    },
    authorization:
      credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  }
}

/** A `%` that encodes nothing stands for itself, as curl has it: passwords are often pasted as they are. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
