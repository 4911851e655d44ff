/** The proxy: listeners, detection, routing and the pipeline put together. */
import { randomBytes } from 'node:crypto'
import { isLoopback } from '../config/addresses.ts'
import type { Address, Config } from '../config/config.ts'
import { type Call, newTenant, type Tenant } from '../core/call.ts'
import { type CallRecord, recordOf } from '../core/call-record.ts'
import { type Clock, chanceFor, realClock } from '../core/clock.ts'
import type { Definitions } from '../core/definitions.ts'
import type { Dialect } from '../core/dialect.ts'
import type { ServiceFault } from '../core/fault.ts'
import type { Service } from '../core/filter.ts'
import type { Entrance, Protocol, ProtocolHost, Routed } from '../core/protocol.ts'
import type { Mode, ServiceEntry } from '../core/service-entry.ts'
import { faultFilter } from '../filters/fault.ts'
import { mockFilter } from '../filters/mock.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { connector } from './connect.ts'
import { detect } from './detect.ts'
import { createDial } from './dial.ts'
import { exit } from './exit.ts'
import { type Listener, listen } from './listener.ts'
import { type Filters, pipeline } from './pipeline.ts'
import { createPolicy, loopError } from './policy.ts'
import { ProtocolServers } from './protocol-servers.ts'
import { refusedCalls } from './refused.ts'
import { homeOf, Services } from './services.ts'

export interface ProxyOptions {
  readonly config: Config
  /** Hosts to which the upstream proxy is not asked. */
  readonly straight?: (host: string, port: number) => boolean
  readonly index: MockIndex
  readonly protocols: readonly Protocol[]
  call(record: CallRecord): void
  notice(text: string): void
  /** How the calls of services are read, by service. */
  readonly definitions?: ReadonlyMap<string, Definitions>
  /** What faults wait by; default the real clock. */
  readonly clock?: Clock
  /** Makes what faults draw by lot repeat. */
  readonly seed?: number | undefined
}

/** A client that connects and says nothing (browsers connect ahead of need). */
const patienceMs = 75_000

export class CallProxy {
  private readonly options: ProxyOptions
  private config: Config
  private services: Services
  private readonly modes = new Map<string, Mode>()
  private readonly servers = new ProtocolServers()
  private main: Listener | undefined
  private readonly own = new Map<string, Listener>()
  private readonly said = new Set<string>()
  private lastId = 0
  private drills: ReadonlyMap<string, readonly ServiceFault[]> = new Map()
  private definitions: ReadonlyMap<string, Definitions>
  private readonly filters: Filters
  private handle: Service
  readonly tenant: Tenant

  private constructor(options: ProxyOptions) {
    this.options = options
    this.config = options.config
    this.tenant = newTenant(options.config.tenant)
    this.definitions = options.definitions ?? new Map()
    this.services = new Services(options.config, this.modes)
    this.services.setDefinitions(this.definitions)
    this.filters = this.makeFilters()
    this.handle = this.compose()
    this.servers.open(options.protocols, this.protocolHost())
  }

  /** Rejects with PORT_IN_USE or LISTEN_FAILED, and then listens nowhere. */
  static async start(options: ProxyOptions): Promise<CallProxy> {
    const proxy = new CallProxy(options)
    try {
      proxy.main = await listen(options.config.listen, (socket) => proxy.accept(socket))
      for (const service of options.config.services) {
        if (service.listen !== undefined) await proxy.listenFor(service.name, service.listen)
      }
    } catch (error) {
      await proxy.close(0)
      throw error
    }
    return proxy
  }

  get listen(): string {
    return this.main!.address
  }

  /** The own port that was really taken. */
  ownPort(service: string): string | undefined {
    return this.own.get(service)?.address
  }

  entries(): readonly ServiceEntry[] {
    return [...this.services.entries.values()]
  }

  setMode(service: string, mode: Mode): void {
    this.modes.set(service, mode)
    this.services.entries.get(service)!.mode = mode
    this.handle = this.compose()
  }

  /** The faults of running drills, by service; replaces those before. */
  setDrills(drills: ReadonlyMap<string, readonly ServiceFault[]>): void {
    this.drills = drills
    this.services.setDrills(drills)
    this.handle = this.compose()
  }

  /** How calls are read from now on; replaces what was before. */
  setDefinitions(definitions: ReadonlyMap<string, Definitions>): void {
    this.definitions = definitions
    this.services.setDefinitions(definitions)
  }

  /** Takes a changed configuration into force: services, hosts, modes; addresses that are listened on stay. */
  async reconfigure(config: Config): Promise<void> {
    for (const [name, mode] of this.modes) {
      const before = this.services.configs.get(name)?.mode
      const now = config.services.find((service) => service.name === name)?.mode
      // Somebody who writes another mode into the file means it.
      if (now === undefined || now !== before || now === mode) this.modes.delete(name)
    }
    this.config = config
    this.services = new Services(config, this.modes)
    this.services.setDefinitions(this.definitions)
    this.setDrills(this.drills)
    for (const service of config.services) {
      if (service.listen !== undefined && !this.own.has(service.name))
        await this.listenFor(service.name, service.listen)
    }
  }

  async close(graceMs: number): Promise<void> {
    const listeners = [this.main, ...this.own.values()].filter((one) => one !== undefined)
    const stopped = Promise.all(listeners.map((one) => one.stop()))
    this.servers.close()
    const timer = setTimeout(() => this.reset(listeners), graceMs)
    await stopped
    clearTimeout(timer)
    this.reset(listeners)
  }

  private reset(listeners: readonly Listener[]): void {
    this.servers.reset()
    for (const one of listeners) one.reset()
  }

  private makeFilters(): Filters {
    const { protocols, index, clock = realClock, seed } = this.options
    const dialects = new Map<string, Dialect>(
      protocols.flatMap((protocol) =>
        protocol.dialect === undefined ? [] : [[protocol.name, protocol.dialect]],
      ),
    )
    const tools = { clock, chance: chanceFor(seed) }
    return { fault: faultFilter(tools), mock: mockFilter(index, dialects, tools) }
  }

  private compose(): Service {
    const out = exit(() => this.config.unknownHosts, this.servers.upstreams)
    return pipeline(this.filters, out, this.entries())
  }

  private protocolHost(): ProtocolHost {
    const current = (): Service => this.handle
    const hopMark = randomBytes(8).toString('hex')
    const policy = createPolicy(hopMark, () => ({
      config: this.config,
      services: this.services,
      isOwn: (host, port) => this.isOwn(host, port),
      listen: this.listen,
      straight: this.options.straight,
    }))
    const dial = createDial(policy)
    const shared = {
      tenant: this.tenant,
      dial,
      nextId: () => ++this.lastId,
      finished: (call: Call, status: number, startedAt: number, word?: string) =>
        this.finished(call, status, startedAt, word),
      notice: (kind: string, text: string) => this.notice(kind, text),
    }
    const credentials = this.config.proxyCredentials
    return {
      ...shared,
      refused: refusedCalls(shared),
      get handle() {
        return current()
      },
      route: (entrance, host, port, path) => this.route(entrance, host, port, path),
      carried: (service) => this.servers.carried(service.protocol),
      upstream: (protocol) => this.servers.upstreams.get(protocol)!,
      connect: connector({
        ...shared,
        protocols: this.options.protocols,
        services: () => this.services,
        unknownHosts: () => this.config.unknownHosts,
        isOwn: (host, port) => this.isOwn(host, port),
        serve: (protocol, request, entrance) =>
          this.servers.taker(protocol.name).accept(request.socket, entrance),
      }),
      proxyAuthorization:
        credentials === undefined
          ? undefined
          : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
      proxyFor: (target) => policy.proxyFor(target),
      hopMark,
    }
  }

  private accept(socket: Parameters<typeof detect>[0]): void {
    const entrance: Entrance = { kind: 'proxy', listen: this.listen }
    detect(socket, this.options.protocols, patienceMs, (what) => {
      if (what.kind === 'protocol') {
        this.servers.taker(what.protocol.name).accept(socket, entrance)
        return
      }
      if (what.kind !== 'silent') this.notice(`connection ${what.kind}`, foreign[what.kind])
      socket.destroy()
    })
  }

  private async listenFor(name: string, address: Address): Promise<void> {
    const entrance = (): Entrance => ({
      kind: 'own',
      // Looked up at each connection: a reload makes new entries.
      ...(this.services.entries.has(name) && { service: this.services.entries.get(name)! }),
      listen: this.ownPort(name) ?? '',
    })
    const listener = await listen(address, (socket) => {
      const way = entrance()
      if (way.service === undefined) socket.destroy()
      else this.servers.taker(way.service.protocol).accept(socket, way)
    })
    this.own.set(name, listener)
  }

  private route(entrance: Entrance, host: string, port: number, path: string): Routed {
    const scheme = entrance.tls === undefined ? 'http' : 'https'
    if (entrance.kind === 'own') {
      const name = entrance.service!.name
      const service = this.services.entries.get(name) ?? entrance.service!
      const home = this.services.configs.get(name)
      const target = home === undefined ? undefined : homeOf(home, scheme)
      return { service, basePath: '', target: target ?? { scheme, host, port, basePath: '' } }
    }
    const target = { scheme, host, port, basePath: '' } as const
    const found = this.services.find(host, port, path)
    if (found !== undefined) return { ...found, target }
    if (this.isOwn(host, port)) throw loopError(`${host}:${port}`, this.listen)
    return { service: this.services.unnamed(host, port), basePath: '', target }
  }

  private isOwn(host: string, port: number): boolean {
    if (this.main?.port !== port && ![...this.own.values()].some((own) => own.port === port)) return false
    return host === 'localhost' || host === this.main?.host || isLoopback(host)
  }

  private finished(call: Call, status: number, startedAt: number, word?: string): void {
    this.options.call(recordOf(call, status, Date.now(), performance.now() - startedAt, word))
  }

  private notice(kind: string, text: string): void {
    if (this.said.has(kind)) return
    this.said.add(kind)
    this.options.notice(text)
  }
}

const foreign = {
  tls: 'a client speaks TLS to this port; svc-mock is an http:// proxy: use http://… as the proxy address',
  unknown: 'a client sent bytes that are no protocol known here; its connection was closed',
} as const
