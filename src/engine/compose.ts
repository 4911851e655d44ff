/** The way of calls without a proxy around it: the same services, filters and order, with nobody listening and nobody dialling. */
import type { Config } from '../config/config.ts'
import { type CallRecord, recordOf, withJudgement } from '../core/call-record.ts'
import type { Clock } from '../core/clock.ts'
import type { ServiceContract } from '../core/contract.ts'
import type { Definitions } from '../core/definitions.ts'
import type { MockDialect } from '../core/dialect.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Service } from '../core/filter.ts'
import { isTenantName } from '../core/tenant-name.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { exit } from '../proxy/exit.ts'
import { createFilters } from '../proxy/filters.ts'
import { pipeline } from '../proxy/pipeline.ts'
import { Services, type ServicesConfig } from '../proxy/services.ts'
import { Claims } from '../tenant/claims.ts'
import { Identity } from '../tenant/identity.ts'
import { Probes } from '../tenant/probes.ts'
import { Routes } from '../tenant/routes.ts'
import { tagIn } from '../tenant/tag.ts'
import { Tenants } from '../tenant/tenants.ts'
import { TraceMemory } from '../tenant/trace-memory.ts'
import type { EngineHost } from './engine.ts'
import { leave } from './leave.ts'

/** What of the configuration decides answers. */
export type EngineConfig = ServicesConfig &
  Pick<Config, 'unknownHosts' | 'tenant' | 'routes'> & {
    readonly tenants: Pick<Config['tenants'], 'header'> & {
      readonly tenants: readonly Pick<Config['tenants']['tenants'][number], 'id' | 'claims'>[]
    }
  }

export interface ComposeOptions {
  readonly config: EngineConfig
  readonly index: MockIndex
  /** By protocol. */
  readonly dialects: ReadonlyMap<string, MockDialect>
  readonly definitions?: ReadonlyMap<string, Definitions>
  readonly contracts?: ReadonlyMap<string, ServiceContract>
  /** What faults wait by; default the real clock. */
  readonly clock?: Clock
  /** Makes what faults draw by lot repeat. */
  readonly seed?: number | undefined
  /** Asks the real service for mocks that change its replies; absent: nobody can. */
  readonly upstream?: Service
  /** Those of a library that was in force before, so that their state stays; default new ones. */
  readonly tenants?: Tenants
  /** Told of every call that is over. */
  readonly call?: (record: CallRecord) => void
}

/** A host for an Engine, and what holds the state of its tenants. */
export interface Composed extends EngineHost {
  readonly tenants: Tenants
}

/** Its exchanges are read with definitions, whose readers do not run everywhere. */
const refuseGrpc: Service = ({ service }) => {
  throw new SvcMockError(
    'NOT_IN_PROCESS',
    `${service.name} speaks gRPC, which only svc-mock/node and the proxy answer`,
  )
}

export const compose = (options: ComposeOptions): Composed => {
  const { config, index, dialects } = options
  const services = new Services(config, new Map())
  services.setDefinitions(options.definitions ?? new Map())
  services.setContracts(options.contracts ?? new Map())
  const tenants = options.tenants ?? new Tenants(tagIn(config.tenants.header))
  const routes = new Routes()
  routes.write(config.routes)
  const claims = new Claims(config.tenants.tenants.flatMap((one) => one.claims))
  const identity = new Identity(tenants, new TraceMemory(), claims, config.tenant)
  const tenancy = { identity, routes, probes: new Probes(), tenants }
  const filters = createFilters(
    {
      protocols: [...dialects].map(([name, dialect]) => ({ name, dialect })),
      index,
      ...(options.clock !== undefined && { clock: options.clock }),
      seed: options.seed,
    },
    () => tenancy,
  )
  const out = leave(options.upstream)
  const end = exit({
    unknownHosts: () => config.unknownHosts,
    upstreams: new Map([['http', out]]),
    lane: (tenant) => tenants.lane(tenant),
  })
  let lastId = 0
  return {
    tenants,
    tenant: tenants.of(config.tenant),
    tenantNamed: (id) => (isTenantName(id) ? tenants.of(id) : undefined),
    nextId: () => ++lastId,
    handle: pipeline(filters, end, [...services.entries.values()]),
    carried: (service) => (service.protocol === 'grpc' ? refuseGrpc : undefined),
    route: (entrance, host, port, path) => {
      const scheme = entrance.tls === undefined ? 'http' : 'https'
      const target = { scheme, host, port, basePath: '' } as const
      const found = services.find(host, port, path)
      return found === undefined
        ? { service: services.unnamed(host, port), basePath: '', target }
        : { ...found, target }
    },
    finished: (call, status, startedAt, word) => {
      const record = recordOf(call, status, Date.now(), performance.now() - startedAt, word)
      const { check } = call.context
      if (check === undefined) options.call?.(record)
      else check.whenSeen(() => options.call?.(withJudgement(record, check.judge())))
    },
    refused: () => undefined,
    hopMark: '',
  }
}
