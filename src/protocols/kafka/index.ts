/** Kafka: requests pass to the real brokers, one connection there for each here, with the tenant's groups and records. */
import type { Duplex } from 'node:stream'
import type { Call } from '../../core/call.ts'
import { breakConnection, passConnection } from '../../core/pass-connection.ts'
import type { BesidePort, Entrance, Protocol, ProtocolHost } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import type { Authority, ServiceEntry } from '../../core/service-entry.ts'
import { StreamedMemory } from '../../core/streamed-memory.ts'
import { type BusService, kafkaBus } from './bus.ts'
import type { RecordCall } from './call.ts'
import { Cluster } from './cluster.ts'
import { isRecordCall, kafkaDialect } from './dialect.ts'
import { kafkaPreset } from './presets/dialect.ts'
import { Session } from './session/session.ts'

export const kafka: Protocol = {
  name: 'kafka',
  dialect: kafkaDialect,
  preset: kafkaPreset,
  ownPort: true,
  embeds: true,
  // The port says what it is: a request begins with its size, which could be anything.
  detect: () => 'no',
  open: (host) => {
    const connections = new Connections(host)
    return {
      accept: (socket, entrance) => void connections.accept(socket, entrance),
      upstream: (call) => (isRecordCall(call) ? taken(call) : connections.dial(call)),
      presetsChanged: () => connections.presetsChanged(),
      beginAgain: (tenant) => connections.beginAgain(tenant),
      messages: kafkaBus((service) => connections.bus(service)),
      close: () => connections.close(),
      reset: () => connections.reset(),
    }
  },
}

class Connections {
  private readonly host: ProtocolHost
  private readonly sockets = new Set<Duplex>()
  private readonly memory = new StreamedMemory()
  /** By name, as they came in last. Clients come to a service's own port first. */
  private readonly current = new Map<string, ServiceEntry>()
  /** By service. */
  private readonly clusters = new Map<string, Cluster>()
  /** Own ports of embedded services: the only broker there is has the address that is configured. */
  private readonly listens = new Map<string, BesidePort>()

  constructor(host: ProtocolHost) {
    this.host = host
  }

  /** `beside`: on a port of one broker. */
  accept(client: Duplex, entrance: Entrance, beside = false): Promise<void> {
    const { host } = this
    const service = entrance.service!
    if (!beside) this.current.set(service.name, service)
    if (service.embedded) this.listens.set(service.name, addressOf(entrance.listen))
    this.sockets.add(client)
    client.once('close', () => this.sockets.delete(client))
    return passConnection({
      host,
      protocol: 'kafka',
      service,
      client,
      ready: () => this.clusterOf(service).begin(service),
      join: (upstream) => this.join(client, upstream, service),
      breakOff: (reply) => breakConnection(reply, client),
      failed: ({ message }) => {
        host.notice(`kafka unreachable ${service.name}`, `${service.name}: ${message}`)
        // There is no word for it in Kafka before a request came.
        client.destroy()
      },
    })
  }

  /** A broker's connection as a reply. */
  async dial(call: Call): Promise<Reply> {
    const { socket, target } = await this.clusterOf(call.service).dial(call.service)
    call.context.outcome = 'passthrough'
    call.context.note = target
    return { kind: 'tunnel', status: 200, metadata: [], socket, head: new Uint8Array(0) }
  }

  close(): void {
    for (const cluster of this.clusters.values()) cluster.close()
  }

  reset(): void {
    for (const socket of this.sockets) socket.destroy()
    for (const cluster of this.clusters.values()) cluster.close()
  }

  presetsChanged(): void {
    for (const cluster of this.clusters.values()) cluster.presetsChanged()
  }

  beginAgain(tenant: string | undefined): number {
    return [...this.clusters.values()].reduce((sum, cluster) => sum + cluster.beginAgain(tenant), 0)
  }

  bus(service: ServiceEntry): BusService {
    return this.clusterOf(service)
  }

  private clusterOf(service: ServiceEntry): Cluster {
    const known = this.clusters.get(service.name)
    if (known !== undefined) return known
    const { host } = this
    const places: string[] = []
    const cluster = new Cluster(service, host, async (broker) => {
      // As the service's own port knows it now: its settings change as a whole.
      const current = (): ServiceEntry => this.current.get(service.name) ?? service
      const advertise = current().kafka?.advertise
      if (service.embedded) return advertise ?? this.listens.get(service.name)!
      const wished = advertise && advertise.port + placeIn(places, `${broker.host}:${broker.port}`)
      const accept = (socket: Duplex): void => {
        const now = current()
        const upstream: Authority = { scheme: 'kafka', ...now.upstream, ...broker, basePath: '' }
        // The rest of the entry stays what it is: mode and faults change while running.
        const entry = Object.create(now, { upstream: { value: upstream } }) as ServiceEntry
        void this.accept(socket, { kind: 'own', service: entry, listen: `${port.host}:${port.port}` }, true)
      }
      const port = await host.listenBeside(service, accept, wished)
      return advertise === undefined ? port : { host: advertise.host, port: port.port }
    })
    this.clusters.set(service.name, cluster)
    return cluster
  }

  private join(client: Duplex, upstream: Duplex, service: ServiceEntry): void {
    if (client.destroyed) {
      upstream.destroy()
      return
    }
    const { versions, treatments } = this.clusterOf(service).lane(service)
    new Session({
      client,
      upstream,
      versions,
      treatments,
      memory: this.memory,
      notice: (kind, text) => this.host.notice(`kafka ${service.name} ${kind}`, `${service.name}: ${text}`),
    })
  }
}

/** The same for the same name, also after a port was in use. */
const placeIn = (places: string[], name: string): number => {
  const known = places.indexOf(name)
  return known < 0 ? places.push(name) - 1 : known
}

/** The broker has it already, and nobody here answers. */
const taken = (call: RecordCall): Reply => {
  call.context.outcome ??= 'passthrough'
  return { kind: 'none' }
}

/** `host:port`, where clients on this machine reach it. */
const addressOf = (listen: string): BesidePort => {
  const { hostname, port } = new URL(`tcp://${listen}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port: Number(port) }
}
