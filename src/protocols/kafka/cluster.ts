/** One service's cluster: how its brokers are reached, and what is done to the messages of each tenant. */
import type { Duplex } from 'node:stream'
import type { Tenant } from '../../core/call.ts'
import type { ProtocolHost } from '../../core/protocol.ts'
import type { Authority, KafkaSettings, ServiceEntry } from '../../core/service-entry.ts'
import { EmbeddedBroker } from './broker/embedded-broker.ts'
import { ClusterClient } from './groups/cluster-client.ts'
import { Guard } from './groups/guard.ts'
import { Names } from './groups/names.ts'
import { renaming } from './groups/renaming.ts'
import { Seeding } from './groups/seeding.ts'
import { refusingStreams } from './groups/streams.ts'
import { type Address, Brokers, type OpenPort } from './session/brokers.ts'
import * as key from './session/keys.ts'
import { filtering, ofTenant, tagging, Whose } from './session/records.ts'
import { type Credentials, joined, type Treatment, type Treatments } from './session/treatment.ts'
import { Versions } from './session/versions.ts'

/** What a session of one tenant needs. */
export interface TenantLane {
  readonly versions: Versions
  readonly treatments: Treatments
}

const plainSettings: KafkaSettings = { tenant: undefined, brokers: [], topics: [], sasl: undefined }

export class Cluster {
  private readonly host: ProtocolHost
  private readonly brokers: Brokers
  /** Made at the first connection. */
  private embeddedBroker: EmbeddedBroker | undefined
  /** By settings, which change as a whole, and tenant. */
  private readonly lanes = new WeakMap<KafkaSettings, Map<string, TenantLane>>()

  constructor(host: ProtocolHost, openPort: OpenPort) {
    this.host = host
    this.brokers = new Brokers(openPort)
  }

  /** The broker that an entry names, or else the first of the configured ones that answers. Rejects with SvcMockError. */
  async dial(service: ServiceEntry): Promise<{ readonly socket: Duplex; readonly target: string }> {
    if (service.embedded) return { socket: this.embedded(service).connect(), target: 'embedded' }
    const named = service.upstream!
    const { brokers } = service.kafka ?? plainSettings
    return this.first(service, brokers.includes(named) ? brokers : [named])
  }

  private async first(
    service: ServiceEntry,
    candidates: readonly Authority[],
  ): Promise<{ readonly socket: Duplex; readonly target: string }> {
    let failure: unknown
    for (const target of candidates) {
      try {
        return { socket: await this.open(service, target), target: `${target.host}:${target.port}` }
      } catch (error) {
        failure ??= error
      }
    }
    throw failure
  }

  close(): void {
    this.embeddedBroker?.close()
  }

  lane(service: ServiceEntry): TenantLane {
    const settings = service.kafka ?? plainSettings
    const tenant = this.host.tenantNamed(settings.tenant ?? '') ?? this.host.tenant
    let byTenant = this.lanes.get(settings)
    if (byTenant === undefined) {
      byTenant = new Map()
      this.lanes.set(settings, byTenant)
    }
    const known = byTenant.get(tenant.id)
    if (known !== undefined) return known
    const made = this.make(service, settings, tenant)
    byTenant.set(tenant.id, made)
    return made
  }

  private make(service: ServiceEntry, settings: KafkaSettings, tenant: Tenant): TenantLane {
    const lane = this.host.lane(tenant)
    const versions = new Versions(!lane.baseline)
    const shared: readonly (readonly [number, Treatment])[] = [
      [key.apiVersions, versions.treatment],
      ...this.brokers.treatments(),
    ]
    const names = new Names(lane, settings)
    const claims = this.host.messageClaims(service.name)
    const whose = new Whose(names, claims)
    const notice = (kind: string, text: string): void =>
      this.host.notice(`kafka ${service.name} ${kind}`, `${service.name}: ${text}`)
    const client = (credentials: Credentials | undefined): ClusterClient =>
      this.client(service, settings, credentials)
    if (lane.baseline) {
      const guard = new Guard({
        names,
        whose,
        client,
        ownGroup: (name, group) => this.ownGroup(name, group),
        notice,
      })
      const guarding = settings.topics.some(({ lane }) => lane === 'guarded')
      const parts = [
        ...(claims.empty ? [] : [tagging(names, whose, notice)]),
        ...(guarding ? [...guard.treatments(), filtering(whose, guard.choose)] : []),
      ]
      return { versions, treatments: joined([...shared, ...parts]) }
    }
    const seeding = new Seeding({
      names,
      client,
      notice,
    })
    // What looks at the application's names stands before their renaming in requests, and behind it in responses.
    return {
      versions,
      treatments: joined([
        ...shared,
        refusingStreams(names, notice),
        ...seeding.treatments(),
        tagging(names, whose, notice),
        ...renaming(names),
        filtering(whose, ofTenant(names)),
      ]),
    }
  }

  /** undefined: not a tenant's name. */
  private ownGroup(name: string, group: string): string | undefined {
    const tenant = this.host.tenantNamed(name)
    if (tenant === undefined) return undefined
    return Buffer.from(this.host.lane(tenant).rename('group', Buffer.from(group))).toString()
  }

  /** Asks as the service's own settings say, else as a client has authenticated. */
  private client(
    service: ServiceEntry,
    settings: KafkaSettings,
    credentials: Credentials | undefined,
  ): ClusterClient {
    return new ClusterClient(
      async (broker) => {
        if (broker !== undefined || service.embedded) return this.reach(service, broker)
        const any = settings.brokers.length === 0 ? [service.upstream!] : settings.brokers
        return (await this.first(service, any)).socket
      },
      settings.sasl,
      credentials,
    )
  }

  private reach(service: ServiceEntry, broker: Address | undefined): Promise<Duplex> {
    if (service.embedded) return Promise.resolve(this.embedded(service).connect())
    return this.open(service, { ...service.upstream!, ...broker })
  }

  /** What it holds stays as long as the program runs. */
  private embedded(service: ServiceEntry): EmbeddedBroker {
    this.embeddedBroker ??= new EmbeddedBroker({
      notice: (what) => this.host.notice(`kafka ${service.name} embedded`, `${service.name}: ${what}`),
    })
    return this.embeddedBroker
  }

  private open(service: ServiceEntry, target: Authority): Promise<Duplex> {
    const scheme = target.scheme === 'kafkas' ? 'https' : 'tcp'
    return this.host.dial({ ...target, scheme }, { tls: service.tls.upstream, alpn: [] })
  }
}
