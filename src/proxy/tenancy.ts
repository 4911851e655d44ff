/** What the proxy knows of tenants: who there is, how they are told, where their instances are. */
import type { Config } from '../config/config.ts'
import type { Tenant } from '../core/call.ts'
import type { Lane } from '../core/lane.ts'
import { isTenantName } from '../core/tenant-name.ts'
import { Claims } from '../tenant/claims.ts'
import { Identity } from '../tenant/identity.ts'
import { ClaimsOfMessages } from '../tenant/message-claims.ts'
import { Probes } from '../tenant/probes.ts'
import { Routes } from '../tenant/routes.ts'
import { tagIn } from '../tenant/tag.ts'
import { Tenants } from '../tenant/tenants.ts'
import { TraceMemory } from '../tenant/trace-memory.ts'
import { SharedRoutes } from './shared-routes.ts'

export class Tenancy {
  readonly tenants: Tenants
  readonly routes = new Routes()
  readonly probes = new Probes()
  private readonly traces = new TraceMemory()
  identity: Identity
  messageClaims: ClaimsOfMessages
  /** Tenants by their clients' certificates. */
  clients: ReadonlyMap<string, string>

  /** undefined: the table is this process's own. */
  readonly shared: SharedRoutes | undefined

  constructor(config: Config, notice: (text: string) => void) {
    this.tenants = new Tenants(tagIn(config.tenants.header))
    this.identity = this.identify(config)
    this.messageClaims = claimsOf(config)
    this.clients = clientsOf(config)
    this.routes.write(config.routes)
    const { store } = config.tenants
    this.shared =
      store === undefined ? undefined : new SharedRoutes(store, config.userFolder, this.routes, notice)
  }

  close(): void {
    this.shared?.close()
  }

  /** State, traces and instances that were added while running stay. The tag's header and the store need a restart. */
  reconfigure(config: Config): void {
    this.identity = this.identify(config)
    this.messageClaims = claimsOf(config)
    this.clients = clientsOf(config)
    this.routes.write(config.routes)
  }

  named(id: string): Tenant | undefined {
    return isTenantName(id) ? this.tenants.of(id) : undefined
  }

  lane(tenant: Tenant): Lane {
    return this.tenants.lane(tenant)
  }

  private identify({ tenant, tenants: { tenants } }: Config): Identity {
    const claims = new Claims(tenants.flatMap((one) => one.claims))
    return new Identity(this.tenants, this.traces, claims, tenant)
  }
}

const claimsOf = ({ tenants: { tenants } }: Config): ClaimsOfMessages =>
  new ClaimsOfMessages(tenants.flatMap(({ messageClaims }) => messageClaims))

const clientsOf = ({ tenants: { tenants } }: Config): ReadonlyMap<string, string> =>
  new Map(tenants.flatMap(({ id, certificates }) => certificates.map((one) => [one, id] as const)))
