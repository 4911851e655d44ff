/** Which instance serves which service for which tenant. Instances that do not answer are left alone for a while. */
import type { TenantInstance } from '../core/call.ts'
import type { Authority, ServiceEntry } from '../core/service-entry.ts'

/** How the instance of a tenant came into the table. */
export interface Route {
  readonly tenant: string
  readonly service: string
  readonly instance: Authority
  /** By performance.now(): from then on it is gone, unless it is added again. undefined: it stands in svc-mock.yaml. */
  readonly until: number | undefined
  /** Who added it: only who says the same may change or remove it while it lives. */
  readonly owner: string | undefined
}

/** A dead instance is tried again after this long, or three times as long as it took to find out. */
const leastDownMs = 1_000

export class Instance implements TenantInstance {
  readonly route: Route
  private readonly entries = new WeakMap<ServiceEntry, ServiceEntry>()
  private downUntil = 0

  constructor(route: Route) {
    this.route = route
  }

  get address(): Authority {
    return this.route.instance
  }

  alive(now: number): boolean {
    const { until } = this.route
    return now >= this.downUntil && (until === undefined || now < until)
  }

  /** It could not be reached, which took `tookMs`. */
  failed(now: number, tookMs: number): void {
    this.downUntil = now + Math.max(leastDownMs, 3 * tookMs)
  }

  /** The service, served by this instance; what changes in one changes in the other. */
  entry(service: ServiceEntry): ServiceEntry {
    const known = this.entries.get(service)
    if (known !== undefined) return known
    const made = Object.create(service, {
      upstream: { value: this.route.instance, enumerable: true },
    }) as ServiceEntry
    this.entries.set(service, made)
    return made
  }
}

export class Routes {
  private readonly byTenant = new Map<string, Map<string, Instance>>()

  get empty(): boolean {
    return this.byTenant.size === 0
  }

  /** Whatever its state. */
  at(tenant: string, service: string): Instance | undefined {
    return this.byTenant.get(tenant)?.get(service)
  }

  put(route: Route): void {
    const services = this.byTenant.get(route.tenant) ?? new Map<string, Instance>()
    services.set(route.service, new Instance(route))
    this.byTenant.set(route.tenant, services)
  }

  remove(tenant: string, service: string): boolean {
    const services = this.byTenant.get(tenant)
    if (services?.delete(service) !== true) return false
    if (services.size === 0) this.byTenant.delete(tenant)
    return true
  }

  /** In the order in which they came; what has run out is forgotten. */
  list(now: number): readonly Instance[] {
    const all = [...this.byTenant.values()].flatMap((services) => [...services.values()])
    return all.filter(({ route }) => {
      if (route.until === undefined || now < route.until) return true
      this.remove(route.tenant, route.service)
      return false
    })
  }
}
