/** One service's cluster: how its brokers are reached, and what is done to the messages of each tenant. */
import type { Duplex } from 'node:stream'
import type { Tenant } from '../../core/call.ts'
import { realClock } from '../../core/clock.ts'
import { duplexPair } from '../../core/duplex-pair.ts'
import type { ProtocolHost } from '../../core/protocol.ts'
import type { Authority, KafkaSettings, ServiceEntry } from '../../core/service-entry.ts'
import { StreamedMemory } from '../../core/streamed-memory.ts'
import { EmbeddedBroker } from './broker/embedded-broker.ts'
import { type OwnClient, OwnClients } from './client/own-clients.ts'
import { Deliveries } from './deliveries/deliveries.ts'
import { OpenTransactions, unwatched, watching } from './deliveries/watch.ts'
import { Formats } from './formats/topic-formats.ts'
import { ClusterClient } from './groups/cluster-client.ts'
import { Guard } from './groups/guard.ts'
import { isPrivateOf, Names } from './groups/names.ts'
import { renaming } from './groups/renaming.ts'
import { Seeding } from './groups/seeding.ts'
import { refusingStreams } from './groups/streams.ts'
import { BrokerPresets } from './presets/presets.ts'
import { type Address, Brokers, type OpenPort } from './session/brokers.ts'
import * as key from './session/keys.ts'
import { filtering, ofTenant, tagging, Whose } from './session/records.ts'
import { Session } from './session/session.ts'
import { type Credentials, joined, type Treatment, type Treatments } from './session/treatment.ts'
import { Versions } from './session/versions.ts'

/** What a session of one tenant needs. */
export interface TenantLane {
  readonly versions: Versions
  readonly treatments: Treatments
  /** Of our own connections, which are told where the brokers really are. */
  readonly ownTreatments: Treatments
}

const plainSettings: KafkaSettings = { tenant: undefined, brokers: [], topics: [], sasl: undefined }

export class Cluster {
  private readonly host: ProtocolHost
  private readonly brokers: Brokers
  private readonly clients: OwnClients
  private readonly deliveries: Deliveries
  /** Only of an embedded broker. */
  private readonly presets: BrokerPresets | undefined
  private readonly transactions = new OpenTransactions()
  private readonly memory = new StreamedMemory()
  private readonly names = new WeakMap<KafkaSettings, Names>()
  /** Made at the first connection. */
  private embeddedBroker: EmbeddedBroker | undefined
  /** By settings, which change as a whole, and tenant. */
  private readonly lanes = new WeakMap<KafkaSettings, Map<string, TenantLane>>()

  constructor(service: ServiceEntry, host: ProtocolHost, openPort: OpenPort) {
    this.host = host
    this.brokers = new Brokers(openPort)
    const operations = host.operations(service)
    this.clients = new OwnClients({
      sasl: service.kafka?.sasl,
      dial: (broker, tenant, depth) => this.ownSession(operations.service, tenant, broker, depth),
    })
    this.formats = new Formats({
      dial: host.dial,
      formatOf: (topic) => this.policies(operations.service).policy(topic).value,
    })
    this.deliveries = new Deliveries({
      host,
      operations,
      formats: this.formats,
      clock: realClock,
      now: () => Date.now(),
      send: (record, tenant, depth) => this.clients.of(tenant, depth).producer.send(record),
    })
    if (service.embedded) this.presets = this.presetsOf(service.name)
  }

  private presetsOf(name: string): BrokerPresets {
    const { host, formats, clients } = this
    return new BrokerPresets({
      current: () => host.presets(name),
      formats,
      now: () => Date.now(),
      send: (record, tenant) => clients.of(tenant, unwatched).producer.send(record),
      failed: (preset, { message }) =>
        host.notice(
          `kafka ${name} preset`,
          `${name}: the preset of ${preset.name} (${preset.file}): ${message}`,
        ),
    })
  }

  /** A client of our own in a tenant's lane. */
  readonly own = async (tenant: Tenant): Promise<OwnClient> => {
    if (this.presets !== undefined) await this.presets.open(tenant)
    return this.clients.of(tenant, 0)
  }

  /** Resolves when what the lane of the service's port begins with is there. */
  begin(service: ServiceEntry): Promise<void> | undefined {
    return this.presets?.open(this.tenantOf(service))
  }

  presetsChanged(): void {
    this.presets?.refresh()
  }

  /**
   * What the broker holds in this process, of all tenants or of one, begins again with the presets: what a tenant has in shared topics stays, since a log
   * has no holes. Returns how many records there were.
   */
  beginAgain(tenant: string | undefined): number {
    if (this.presets === undefined || this.embeddedBroker === undefined) return 0
    const of = tenant === undefined ? undefined : this.host.tenantNamed(tenant)
    if (tenant !== undefined && of === undefined) return 0
    const lane = of && this.host.lane(of)
    const held = this.embeddedBroker.empty((topic) => lane === undefined || isPrivateOf(lane, topic))
    this.presets.beginAgain(tenant)
    return held
  }

  /** How topics are read and written that have a format of their own. */
  readonly formats: Formats

  close(): void {
    this.deliveries.close()
    this.clients.close()
    this.embeddedBroker?.close()
  }

  /** One end of a session in this process: what a client of the tenant would have, but for the addresses. */
  private async ownSession(
    service: ServiceEntry,
    tenant: Tenant,
    broker: Address | undefined,
    depth: number,
  ): Promise<Duplex> {
    const upstream =
      broker === undefined ? (await this.dial(service)).socket : await this.reach(service, broker)
    const [ours, theirs] = duplexPair()
    const { versions, ownTreatments } = this.lane(service, tenant)
    const notice = (kind: string, text: string): void =>
      this.host.notice(`kafka ${service.name} ${kind}`, `${service.name}: ${text}`)
    new Session({
      client: theirs,
      upstream,
      versions,
      treatments: ownTreatments,
      memory: this.memory,
      depth,
      notice,
    })
    return ours
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

  lane(service: ServiceEntry, tenant = this.tenantOf(service)): TenantLane {
    const settings = service.kafka ?? plainSettings
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

  /** By the settings in force. */
  private policies({ kafka = plainSettings }: ServiceEntry): Names {
    const known = this.names.get(kafka)
    if (known !== undefined) return known
    const made = new Names(this.host.lane(this.host.tenant), kafka)
    this.names.set(kafka, made)
    return made
  }

  private tenantOf({ kafka }: ServiceEntry): Tenant {
    return this.host.tenantNamed(kafka?.tenant ?? '') ?? this.host.tenant
  }

  private make(service: ServiceEntry, settings: KafkaSettings, tenant: Tenant): TenantLane {
    const lane = this.host.lane(tenant)
    const versions = new Versions(!lane.baseline)
    const names = new Names(lane, settings)
    const { deliveries, transactions } = this
    // Sees the application's own names and records: before they change, and when they are what they were.
    const watch = watching({
      deliveries,
      transactions,
      tenant,
      logOf: (topic) =>
        !lane.baseline && names.policy(topic).lane === 'private' ? `${tenant.id}/${topic}` : topic,
    })
    const both = (
      parts: readonly (readonly [number, Treatment])[],
    ): Pick<TenantLane, 'treatments' | 'ownTreatments'> => {
      const own = [...watch.first, [key.apiVersions, versions.treatment] as const, ...parts, ...watch.last]
      return {
        treatments: joined([...this.brokers.treatments(), ...own, watch.fetched]),
        ownTreatments: joined(own),
      }
    }
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
        clock: realClock,
        now: () => performance.now(),
      })
      const guarding = settings.topics.some(({ lane }) => lane === 'guarded')
      const parts = [
        ...(claims.empty ? [] : [tagging(names, whose, notice)]),
        ...(guarding ? [...guard.treatments(), filtering(whose, guard.choose)] : []),
      ]
      return { versions, ...both(parts) }
    }
    const seeding = new Seeding({
      names,
      client,
      notice,
    })
    // What looks at the application's names stands before their renaming in requests, and behind it in responses.
    return {
      versions,
      ...both([
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
    return this.host.dial({ ...target, scheme }, { tls: service.tls.upstream, alpn: [], lent: true })
  }
}
