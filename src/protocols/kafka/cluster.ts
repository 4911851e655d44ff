/** One service's cluster: how its brokers are reached, and what is done to the messages of each tenant. */
import type { Duplex } from 'node:stream'
import type { ProtocolHost } from '../../core/protocol.ts'
import type { Authority, KafkaSettings, ServiceEntry } from '../../core/service-entry.ts'
import { Brokers, type OpenPort } from './session/brokers.ts'
import * as key from './session/keys.ts'
import { joined, type Treatments } from './session/treatment.ts'
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
    const made = this.make()
    byTenant.set(tenant.id, made)
    return made
  }

  close(): void {}

  private make(): TenantLane {
    const versions = new Versions(false)
    return {
      versions,
      treatments: joined([[key.apiVersions, versions.treatment], ...this.brokers.treatments()]),
    }
  }

  private open(service: ServiceEntry, target: Authority): Promise<Duplex> {
    const scheme = target.scheme === 'kafkas' ? 'https' : 'tcp'
    return this.host.dial({ ...target, scheme }, { tls: service.tls.upstream, alpn: [] })
  }
}
