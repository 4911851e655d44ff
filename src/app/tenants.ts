/** Tenants of a running proxy: who there is, and where their instances are. */
import { formatAuthority, parseAuthority } from '../config/authority.ts'
import type { Config } from '../config/config.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Authority, ServiceEntry } from '../core/service-entry.ts'
import { baselineId, tenantNameHint, tenantNameProblem } from '../core/tenant-name.ts'
import type { ResetCounts } from '../core/tenant-state.ts'
import type { CallProxy } from '../proxy/proxy.ts'
import type { Hop } from '../tenant/probes.ts'
import { Instance } from '../tenant/routes.ts'
import { nearest } from '../yaml/nearest.ts'

export interface InstanceView {
  readonly tenant: string
  readonly service: string
  /** `http://127.0.0.1:8080` */
  readonly instance: string
  /** It could be reached when it was tried last, or has not been tried. */
  readonly alive: boolean
  /** Seconds until it has run out, unless it is added again; undefined: it stands in svc-mock.yaml. */
  readonly secondsLeft?: number
}

export interface TenantView {
  readonly tenant: string
  /** Calls that say nothing themselves are this tenant's. */
  readonly own: boolean
  readonly claims: number
  /** The tenant's own port of the proxy. */
  readonly listen?: string
  readonly instances: readonly InstanceView[]
}

export interface InstanceWish {
  readonly tenant: string
  readonly service: string
  readonly instance: string
  readonly ttlMs: number
  /** Made up by who asks; the same for each heartbeat. */
  readonly owner: string
}

/** Shorter would be gone between two heartbeats of a busy machine; longer would outlive its process by too much. */
const ttlRange = { leastMs: 1_000, mostMs: 24 * 60 * 60 * 1000 }

const claimsOf = ({ tenants: { tenants } }: Config, id: string): number => {
  const found = tenants.find((one) => one.id === id)
  return found === undefined ? 0 : found.claims.length + found.messageClaims.length
}

/** What the desk needs to know, as it is at the moment. */
export interface TenantPlace {
  readonly config: Config
  readonly proxy: Pick<CallProxy, 'tenancy' | 'tenantPort' | 'entries' | 'beginAgain'>
}

export class TenantDesk {
  private readonly place: () => TenantPlace

  constructor(place: () => TenantPlace) {
    this.place = place
  }

  /** The process's own first, then those of svc-mock.yaml, those with instances, and those whose calls have come. */
  list(): readonly TenantView[] {
    const { config, proxy } = this.place()
    const { tenancy } = proxy
    const now = performance.now()
    const instances = tenancy.routes.list(now).map((instance) => view(instance, now))
    const ids = new Set([
      config.tenant,
      ...config.tenants.tenants.map(({ id }) => id),
      ...instances.map(({ tenant }) => tenant),
      ...tenancy.tenants.all().map(({ id }) => id),
    ])
    return [...ids].map((id) => {
      const listen = proxy.tenantPort(id)
      return {
        tenant: id,
        own: id === config.tenant,
        claims: claimsOf(config, id),
        ...(listen !== undefined && { listen }),
        instances: instances.filter(({ tenant }) => tenant === id),
      }
    })
  }

  /**
   * Adds a tenant's instance of a service, or keeps it for longer. Throws FLAG_INVALID, INSTANCE_TAKEN; with a store also
   * TENANT_TOKEN_WRONG, TENANT_STORE_FAILED.
   */
  async add({ tenant, service, owner, ttlMs, instance: address }: InstanceWish): Promise<InstanceView> {
    const { proxy } = this.place()
    const { tenancy } = proxy
    checkTenant(tenant)
    checkService(service, proxy.entries())
    const { leastMs, mostMs } = ttlRange
    if (!(ttlMs >= leastMs && ttlMs <= mostMs))
      throw new SvcMockError('FLAG_INVALID', `an instance is kept for 1s to 24h, and not for ${ttlMs} ms`)
    const instance = readInstance(address)
    const now = performance.now()
    // A store decides itself, and knows whose the tenant is.
    const other = tenancy.shared === undefined ? tenancy.routes.taken(tenant, service, owner, now) : undefined
    if (other !== undefined) throw taken(other)
    const route = { tenant, service, instance }
    const lease = { owner, until: now + ttlMs }
    await tenancy.shared?.add(route, lease, ttlMs)
    return view(tenancy.routes.add(route, lease), now)
  }

  /** Of what was added: all of the tenant's, or of one service; `owner` undefined: by whomever. */
  async remove(tenant: string, service?: string, owner?: string): Promise<readonly InstanceView[]> {
    const { routes, shared } = this.place().proxy.tenancy
    const now = performance.now()
    const removed: InstanceView[] = []
    for (const { route, lease } of routes.list(now)) {
      if (lease === undefined || route.tenant !== tenant) continue
      if (service !== undefined && route.service !== service) continue
      if (owner !== undefined && lease.owner !== owner) continue
      await shared?.remove(tenant, route.service, owner)
      const gone = routes.remove(tenant, route.service, owner)
      removed.push(view(gone ?? new Instance(route, lease), now))
    }
    return removed
  }

  /** State begins again, all or that of one scenario, for all tenants or one. */
  reset(scenario?: string, tenant?: string): ResetCounts {
    const sum = { scenarios: 0, counters: 0, values: 0 }
    for (const { id, state } of this.place().proxy.tenancy.tenants.all()) {
      if (tenant !== undefined && id !== tenant) continue
      const counts = state.reset(scenario)
      sum.scenarios += counts.scenarios
      sum.counters += counts.counters
      sum.values += counts.values
    }
    if (scenario !== undefined) return sum
    const embedded = this.place().proxy.beginAgain(tenant)
    return embedded === 0 ? sum : { ...sum, embedded }
  }

  /** Follows the calls of a trace from now on; `id`: 32 hexadecimal digits, in any header that names traces. */
  follow(id: string): void {
    this.place().proxy.tenancy.probes.follow(id)
  }

  /** The calls of a trace that have come since, which is followed no longer. */
  hops(id: string): readonly Hop[] {
    return this.place().proxy.tenancy.probes.take(id)
  }
}

const taken = ({ route }: Instance): SvcMockError =>
  new SvcMockError(
    'INSTANCE_TAKEN',
    `${route.tenant} has an instance of ${route.service} already: ${formatAuthority(route.instance)}`,
    {
      hint: `end the svc-mock tenant add that keeps it, or: svc-mock tenant remove ${route.service} --tenant ${route.tenant}`,
    },
  )

const view = (instance: Instance, now: number): InstanceView => {
  const { route, lease } = instance
  return {
    tenant: route.tenant,
    service: route.service,
    instance: formatAuthority(route.instance),
    alive: instance.alive(now),
    ...(lease !== undefined && { secondsLeft: Math.max(0, Math.ceil((lease.until - now) / 1000)) }),
  }
}

/** Throws FLAG_INVALID. */
export const checkTenant = (tenant: string): void => {
  const problem = tenantNameProblem(tenant)
  if (problem !== undefined)
    throw new SvcMockError('FLAG_INVALID', `${JSON.stringify(tenant)} ${problem}`, { hint: tenantNameHint })
  if (tenant === baselineId)
    throw new SvcMockError('FLAG_INVALID', 'whose instance is it? no tenant is set', {
      hint: 'say --tenant <name>, or write tenant: <name> into svc-mock.local.yaml',
    })
}

const checkService = (name: string, entries: readonly ServiceEntry[]): void => {
  const service = entries.find((entry) => entry.name === name)
  if (service === undefined) {
    const names = entries.map((entry) => entry.name)
    const near = nearest(name, names)
    throw new SvcMockError('FLAG_INVALID', `there is no service ${name}`, {
      hint: near === undefined ? `services: ${names.join(', ') || 'none'}` : `did you mean ${near}?`,
    })
  }
  if (service.protocol === 'http' || service.protocol === 'grpc') return
  throw new SvcMockError(
    'FLAG_INVALID',
    `${name} speaks ${service.protocol}, whose connections say nothing of tenants`,
    { hint: 'instances are for services of http and grpc' },
  )
}

const readInstance = (text: string): Authority => {
  const parsed = parseAuthority(text)
  if (parsed.ok && parsed.value.scheme !== 'tcp') return parsed.value
  const why = parsed.ok ? `${text} is no address of an instance` : parsed.message
  throw new SvcMockError('FLAG_INVALID', why, { hint: 'write http://host:port or https://host:port' })
}
