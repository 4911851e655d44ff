/** Redis: commands pass to the real server with the tenant's names, one connection there for each here. */
import type { Duplex } from 'node:stream'
import type { Call, Tenant } from '../../core/call.ts'
import { realClock } from '../../core/clock.ts'
import { breakConnection, passConnection } from '../../core/pass-connection.ts'
import type { Entrance, Protocol, ProtocolHost } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import type { RedisSettings, ServiceEntry } from '../../core/service-entry.ts'
import type { RedisCall } from './call.ts'
import { ClusterNodes } from './cluster.ts'
import { CommandTable } from './commands/table.ts'
import { isRedisCall, redisDialect } from './dialect.ts'
import { missingNames } from './embedded/commands/missing.ts'
import { EmbeddedCache } from './embedded/embedded-cache.ts'
import { redisPreset } from './embedded/preset.ts'
import { CachePresets } from './embedded/presets.ts'
import { Names } from './names.ts'
import { Refusal } from './refusal.ts'
import { encodeReply, errorReply } from './resp/value.ts'
import { Slab } from './session/out-buffer.ts'
import { Session } from './session/session.ts'
import { specialCommands } from './treatments/index.ts'

export const redis: Protocol = {
  name: 'redis',
  dialect: redisDialect,
  ownPort: true,
  embeds: true,
  preset: redisPreset,
  // The port says what it is; its bytes could be those of many text protocols.
  detect: () => 'no',
  open: (host) => {
    const connections = new Connections(host)
    return {
      accept: (socket, entrance) => void connections.accept(socket, entrance),
      upstream: (call) => (isRedisCall(call) ? passed(call) : connections.dial(call)),
      close: () => undefined,
      reset: () => connections.reset(),
      presetsChanged: () => connections.presetsChanged(),
      beginAgain: (tenant) => connections.beginAgain(tenant),
      connectEmbedded: (service) => connections.connectEmbedded(service),
    }
  },
}

const plainSettings: RedisSettings = {
  tenant: undefined,
  tenantFrom: undefined,
  keys: [],
  channels: 'isolate',
  cluster: false,
  allow: [],
}

/** Refused on a shared server. What an embedded cache does not have it says itself. */
const harmlessHere = [
  'CONFIG',
  'SLOWLOG',
  'LATENCY',
  'ACL',
  'CLIENT PAUSE',
  'CLIENT UNPAUSE',
  'SAVE',
  'BGSAVE',
  'MODULE',
  'SCRIPT',
  'FUNCTION',
  ...missingNames.map((name) => name.toUpperCase()),
]

interface Embedded {
  readonly cache: EmbeddedCache
  readonly presets: CachePresets
}

class Connections {
  private readonly host: ProtocolHost
  private readonly sockets = new Set<Duplex>()
  private readonly slabs = { toClient: new Slab(), toUpstream: new Slab() }
  /** By service, since servers differ in what they know. Made at the first connection. */
  private readonly tables = new Map<string, CommandTable>()
  /** By service. */
  private readonly clusters = new Map<string, ClusterNodes>()
  /** By service: what stands in for a server where the upstream is embedded. */
  private readonly caches = new Map<string, Embedded>()
  /** By the settings as they are written. */
  private readonly ownSettings = new WeakMap<RedisSettings, RedisSettings>()
  /** By settings, which change as a whole, and tenant. */
  private readonly names = new WeakMap<RedisSettings, Map<string, Names>>()

  constructor(host: ProtocolHost) {
    this.host = host
  }

  accept(client: Duplex, entrance: Entrance): Promise<void> {
    const service = entrance.service!
    this.sockets.add(client)
    client.once('close', () => this.sockets.delete(client))
    return passConnection({
      host: this.host,
      protocol: 'redis',
      service,
      client,
      join: (upstream) => this.join(client, upstream, service),
      breakOff: (reply) => breakOff(reply, client),
      failed: ({ message }) => refuseWith(`ERR svc-mock: ${message}`, client),
    })
  }

  /** The real server's connection as a reply. */
  async dial(call: Call): Promise<Reply> {
    const { service } = call
    if (service.embedded) {
      call.context.outcome = 'passthrough'
      call.context.note = 'embedded'
      return {
        kind: 'tunnel',
        status: 200,
        metadata: [],
        socket: this.cache(service).cache.connect(),
        head: new Uint8Array(0),
      }
    }
    const target = service.upstream!
    const scheme = target.scheme === 'rediss' ? 'https' : 'tcp'
    const socket = await this.host.dial({ ...target, scheme }, { tls: service.tls.upstream, alpn: [] })
    call.context.outcome = 'passthrough'
    call.context.note = `${target.host}:${target.port}`
    return { kind: 'tunnel', status: 200, metadata: [], socket, head: new Uint8Array(0) }
  }

  reset(): void {
    for (const socket of this.sockets) socket.destroy()
    for (const { cache } of this.caches.values()) cache.close()
  }

  presetsChanged(): void {
    for (const { presets } of this.caches.values()) presets.refresh()
  }

  /** See ProtocolServer. */
  beginAgain(tenant: string | undefined): number {
    return [...this.caches.values()].reduce((sum, { presets }) => sum + presets.beginAgain(tenant), 0)
  }

  /** See ProtocolServer. */
  connectEmbedded(service: string): Duplex | undefined {
    return this.caches.get(service)?.cache.connect()
  }

  private cache({ name }: ServiceEntry): Embedded {
    const known = this.caches.get(name)
    if (known !== undefined) return known
    const cache = new EmbeddedCache({ clock: realClock, now: Date.now, random: Math.random })
    const made = { cache, presets: new CachePresets(cache, () => this.host.presets(name)) }
    this.caches.set(name, made)
    return made
  }

  /** An embedded cache is ours alone: what would change a server that others use may be asked of it. */
  private settings(service: ServiceEntry): RedisSettings {
    const written = service.redis ?? plainSettings
    if (!service.embedded) return written
    const known = this.ownSettings.get(written)
    if (known !== undefined) return known
    const made = { ...written, allow: [...written.allow, ...harmlessHere] }
    this.ownSettings.set(written, made)
    return made
  }

  private nodes(service: ServiceEntry): ClusterNodes {
    const known = this.clusters.get(service.name)
    if (known !== undefined) return known
    const { host } = this
    const operations = host.operations(service)
    const nodes = new ClusterNodes(service.upstream!, async (node) => {
      const port = await host.listenBeside(service, (socket) => {
        // As a reload has left it; the rest of the entry stays what it is, since mode and faults change while running.
        const now = operations.service
        const upstream = { ...(now.upstream ?? service.upstream!), ...node }
        const entry = Object.create(now, { upstream: { value: upstream } }) as ServiceEntry
        void this.accept(socket, { kind: 'own', service: entry, listen: `${port.host}:${port.port}` })
      })
      return port
    })
    this.clusters.set(service.name, nodes)
    return nodes
  }

  private join(client: Duplex, upstream: Duplex, service: ServiceEntry): void {
    if (client.destroyed) {
      upstream.destroy()
      return
    }
    const settings = this.settings(service)
    const tenant = this.host.tenantNamed(settings.tenant ?? '') ?? this.host.tenant
    const { host } = this
    new Session({
      calls: {
        operations: host.operations(service),
        table: this.table(service.name),
        tenantOf: (id) => host.tenantNamed(id) ?? host.tenant,
        nextId: () => host.nextId(),
        get handle() {
          return host.handle
        },
        finished: (call, status, startedAt, word) => host.finished(call, status, startedAt, word),
      },
      client,
      upstream,
      settings,
      table: this.table(service.name),
      names: this.laneOf(service, settings, tenant),
      slabs: this.slabs,
      nodes: settings.cluster ? this.nodes(service) : undefined,
      namesOf: (tenant) => {
        const named = this.host.tenantNamed(tenant)
        if (named === undefined) throw new Refusal('ERR svc-mock: this is no name for a tenant')
        return this.laneOf(service, settings, named)
      },
      lost: (why) => {
        const said = why.includes('RESP')
        if (said) this.host.notice(`redis ${service.name}`, `the upstream of ${service.name} ${why}`)
      },
    })
  }

  private table(service: string): CommandTable {
    const known = this.tables.get(service)
    if (known !== undefined) return known
    const table = new CommandTable(specialCommands)
    this.tables.set(service, table)
    return table
  }

  /** A tenant's names; in an embedded cache its lane begins with the presets. */
  private laneOf(service: ServiceEntry, settings: RedisSettings, tenant: Tenant): Names {
    const names = this.namesOf(service, settings, tenant)
    if (service.embedded) this.cache(service).presets.open(names)
    return names
  }

  private namesOf({ embedded }: ServiceEntry, settings: RedisSettings, tenant: Tenant): Names {
    let byTenant = this.names.get(settings)
    if (byTenant === undefined) {
      byTenant = new Map()
      this.names.set(settings, byTenant)
    }
    const known = byTenant.get(tenant.id)
    if (known !== undefined) return known
    // Clients choose the names where they may.
    if (byTenant.size >= 1_000) byTenant.clear()
    const names = new Names(this.host.lane(tenant), settings, embedded)
    byTenant.set(tenant.id, names)
    return names
  }
}

/** The command goes its own way, unless somebody reads what it is answered. */
const passed = (call: RedisCall): Reply => {
  const { upstream } = call.service
  call.context.outcome ??= 'passthrough'
  call.context.note ??= upstream === undefined ? undefined : `${upstream.host}:${upstream.port}`
  return call.real
}

/** As the server itself refuses a connection: one error, before any command. */
const refuseWith = (text: string, socket: Duplex): void => {
  socket.end(encodeReply(errorReply(text)))
}

const breakOff = (reply: Reply, socket: Duplex): void => {
  if (reply.kind === 'fault' && reply.fault === 'error') refuseWith(reply.text ?? 'ERR', socket)
  else breakConnection(reply, socket)
}
