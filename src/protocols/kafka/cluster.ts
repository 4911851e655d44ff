/** One service's cluster: how its brokers are reached, and what is done to the messages of each tenant. */
import type { Duplex } from 'node:stream'
import type { Tenant } from '../../core/call.ts'
import type { ProtocolHost } from '../../core/protocol.ts'
import type { Authority, KafkaSettings, ServiceEntry } from '../../core/service-entry.ts'
import { ClusterClient } from './groups/cluster-client.ts'
import { Names } from './groups/names.ts'
import { renaming } from './groups/renaming.ts'
import { Seeding } from './groups/seeding.ts'
import { refusingStreams } from './groups/streams.ts'
import { Brokers, type OpenPort } from './session/brokers.ts'
import * as key from './session/keys.ts'
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
  /** By settings, which change as a whole, and tenant. */
  private readonly lanes = new WeakMap<KafkaSettings, Map<string, TenantLane>>()

  constructor(host: ProtocolHost, openPort: OpenPort) {
    this.host = host
    this.brokers = new Brokers(openPort)
  }

  /** The broker that an entry names, or else the first of the configured ones that answers. Rejects with SvcMockError. */
  async dial(service: ServiceEntry): Promise<{ readonly socket: Duplex; readonly target: string }> {
    const named = service.upstream!
    const { brokers } = service.kafka ?? plainSettings
    const candidates = brokers.includes(named) ? brokers : [named]
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
    if (lane.baseline) return { versions, treatments: joined(shared) }
    const names = new Names(lane, settings)
    const notice = (kind: string, text: string): void =>
      this.host.notice(`kafka ${service.name} ${kind}`, `${service.name}: ${text}`)
    const seeding = new Seeding({
      names,
      client: (credentials) => this.client(service, settings, credentials),
      notice,
    })
    // What looks at the application's names stands before their renaming.
    return {
      versions,
      treatments: joined([
        ...shared,
        refusingStreams(names, notice),
        ...seeding.treatments(),
        ...renaming(names),
      ]),
    }
  }

  /** Asks as the service's own settings say, else as a client has authenticated. */
  private client(
    service: ServiceEntry,
    settings: KafkaSettings,
    credentials: Credentials | undefined,
  ): ClusterClient {
    return new ClusterClient(
      async (broker) =>
        broker === undefined
          ? (await this.dial(service)).socket
          : this.open(service, { ...service.upstream!, ...broker }),
      settings.sasl,
      credentials,
    )
  }

  private open(service: ServiceEntry, target: Authority): Promise<Duplex> {
    const scheme = target.scheme === 'kafkas' ? 'https' : 'tcp'
    return this.host.dial({ ...target, scheme }, { tls: service.tls.upstream, alpn: [] })
  }
}
