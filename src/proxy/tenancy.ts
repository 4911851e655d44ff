/** What the proxy knows of tenants: who there is, how they are told, where their instances are. */
import type { Config } from '../config/config.ts'
import type { Tenant } from '../core/call.ts'
import type { Lane } from '../core/lane.ts'
import { isTenantName } from '../core/tenant-name.ts'
import { Claims } from '../tenant/claims.ts'
import { Identity } from '../tenant/identity.ts'
import { Routes } from '../tenant/routes.ts'
import { tagIn } from '../tenant/tag.ts'
import { Tenants } from '../tenant/tenants.ts'
import { TraceMemory } from '../tenant/trace-memory.ts'

export class Tenancy {
  readonly tenants: Tenants
  readonly routes = new Routes()
  private readonly traces = new TraceMemory()
  identity: Identity

  constructor(config: Config) {
    this.tenants = new Tenants(tagIn(config.tenants.header))
    this.identity = this.identify(config)
    this.setRoutes(config, undefined)
  }

  /** State, traces and instances that were added while running stay. The tag's header needs a restart. */
  reconfigure(before: Config, now: Config): void {
    this.identity = this.identify(now)
    this.setRoutes(now, before)
  }

  named(id: string): Tenant | undefined {
    return isTenantName(id) ? this.tenants.of(id) : undefined
  }

  lane(tenant: Tenant): Lane {
    return this.tenants.lane(tenant)
  }

  private identify({ tenants: { tenants } }: Config): Identity {
    return new Identity(this.tenants, this.traces, new Claims(tenants.flatMap(({ claims }) => claims)))
  }

  /** What somebody added while running stands in front of the file. */
  private setRoutes(now: Config, before: Config | undefined): void {
    const added = (tenant: string, service: string): boolean =>
      this.routes.at(tenant, service)?.route.until !== undefined
    for (const { tenant, service } of before?.routes ?? []) {
      if (!added(tenant, service)) this.routes.remove(tenant, service)
    }
    for (const route of now.routes) {
      if (!added(route.tenant, route.service))
        this.routes.put({ ...route, until: undefined, owner: undefined })
    }
  }
}
