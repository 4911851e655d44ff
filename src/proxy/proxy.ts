/** The proxy: listeners, detection, routing and the pipeline put together. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isLoopback, isUnspecified } from '../config/addresses.ts'
import type { Config } from '../config/config.ts'
import type { Call, Tenant } from '../core/call.ts'
import { recordOf, withJudgement } from '../core/call-record.ts'
import { realClock } from '../core/clock.ts'
import type { ServiceContract } from '../core/contract.ts'
import type { Definitions } from '../core/definitions.ts'
import type { ServiceFault } from '../core/fault.ts'
import type { Service } from '../core/filter.ts'
import type { MessageBus } from '../core/message-bus.ts'
import type { ClientTls, Dial, Entrance, ProtocolHost, Routed } from '../core/protocol.ts'
import type { Mode, ServiceEntry } from '../core/service-entry.ts'
import { Arrival, type ArrivalHost } from './arrival.ts'
import { arriveByName } from './arrive-by-name.ts'
import { connector } from './connect.ts'
import { detect, patienceMs } from './detect.ts'
import { createDial, type DialPolicy } from './dial.ts'
import { exit } from './exit.ts'
import { createFilters } from './filters.ts'
import { Inside } from './inside.ts'
import { Interceptor } from './intercept.ts'
import { LaterChecks } from './later-checks.ts'
import { foreign, Notices } from './notices.ts'
import { ServiceOperations } from './operations.ts'
import type { ProxyOptions } from './options.ts'
import { type Filters, pipeline } from './pipeline.ts'
import { createPolicy, loopError } from './policy.ts'
import { Ports } from './ports.ts'
import { ProtocolServers } from './protocol-servers.ts'
import { refusedCalls } from './refused.ts'
import { homeOf, Services } from './services.ts'
import { Tenancy } from './tenancy.ts'
import { Undecided } from './undecided.ts'

export class CallProxy {
  private readonly options: ProxyOptions
  private config: Config
  private services: Services
  private readonly modes = new Map<string, Mode>()
  private readonly servers = new ProtocolServers()
  private readonly ports = new Ports()
  private readonly notices: Notices
  private lastId = 0
  private drills: ReadonlyMap<string, readonly ServiceFault[]> = new Map()
  private definitions: ReadonlyMap<string, Definitions>
  private contracts: ReadonlyMap<string, ServiceContract>
  private readonly checks: LaterChecks
  private readonly filters: Filters
  private readonly operations: ServiceOperations
  private handle: Service
  private readonly arrivals: ArrivalHost
  private readonly host: ProtocolHost
  readonly tenancy: Tenancy
  /** Whose calls are that say nothing themselves. */
  readonly tenant: Tenant

  private constructor(options: ProxyOptions) {
    this.options = options
    this.notices = new Notices((text) => options.notice(text))
    this.config = options.config
    this.tenancy = new Tenancy(options.config, (text) => options.notice(text))
    this.tenant = this.tenancy.tenants.of(options.config.tenant)
    this.definitions = options.definitions ?? new Map()
    this.contracts = options.contracts ?? new Map()
    this.checks = new LaterChecks(options.clock ?? realClock)
    this.services = new Services(options.config, this.modes)
    this.services.setDefinitions(this.definitions)
    this.services.setContracts(this.contracts)
    this.filters = createFilters(options, () => this.tenancy)
    this.operations = new ServiceOperations(Object.values(this.filters))
    this.handle = this.compose()
    const dialPolicy = this.policy()
    this.arrivals = this.arrivalHost(createDial(dialPolicy))
    this.host = this.protocolHost(dialPolicy)
    this.servers.open(options.protocols, this.host)
  }

  /** Rejects with PORT_IN_USE or LISTEN_FAILED, and then listens nowhere. */
  static async start(options: ProxyOptions): Promise<CallProxy> {
    const proxy = new CallProxy(options)
    if (options.listening === false) return proxy
    try {
      await proxy.ports.openMain(options.config.listen, (socket) => proxy.accept(socket))
      await proxy.openPorts(options.config)
    } catch (error) {
      await proxy.close(0)
      throw error
    }
    return proxy
  }

  get listen(): string {
    return this.ports.address
  }

  /** The own port that was really taken. */
  ownPort(service: string): string | undefined {
    return this.ports.addressOf(service)
  }

  /** The port whose calls are the tenant's. */
  tenantPort(tenant: string): string | undefined {
    return this.ports.ofTenants.address(tenant)
  }

  /** What takes connections of this process itself. */
  get inside(): Inside {
    return new Inside({ ...this.arrivals, unknownHosts: () => this.config.unknownHosts })
  }

  /** For exchanges that come without a connection. */
  get exchanges(): ProtocolHost {
    return this.host
  }

  entries(): readonly ServiceEntry[] {
    return [...this.services.entries.values()]
  }

  /** See ProtocolServer.messages. */
  messages(protocol: string): MessageBus | undefined {
    return this.servers.messages(protocol)
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

  /** What calls are held against from now on; replaces what was before. */
  setContracts(contracts: ReadonlyMap<string, ServiceContract>): void {
    this.contracts = contracts
    this.services.setContracts(contracts)
    this.handle = this.compose()
  }

  /** Embedded servers begin again, for all tenants or one. Returns how many keys and messages they held. */
  beginAgain(tenant: string | undefined): number {
    return this.servers.beginAgain(tenant)
  }

  /** See ProtocolServer. */
  connectEmbedded(protocol: string, service: string): Duplex | undefined {
    return this.servers.connectEmbedded(protocol, service)
  }

  /** Mocks or presets were added, changed or removed. */
  mocksChanged(): void {
    this.servers.presetsChanged()
    this.operations.refresh(this.services.entries)
  }

  /** Calls that are over are judged now, and their records given out. */
  settle(): void {
    this.checks.settle()
  }

  /** Takes a changed configuration into force: services, hosts, modes; addresses that are listened on stay. */
  async reconfigure(config: Config): Promise<void> {
    for (const [name, mode] of this.modes) {
      const before = this.services.configs.get(name)?.mode
      const now = config.services.find((service) => service.name === name)?.mode
      // Somebody who writes another mode into the file means it.
      if (now === undefined || now !== before || now === mode) this.modes.delete(name)
    }
    this.tenancy.reconfigure(config)
    this.config = config
    this.services = new Services(config, this.modes)
    this.services.setDefinitions(this.definitions)
    this.services.setContracts(this.contracts)
    this.setDrills(this.drills)
    await this.openPorts(config)
  }

  async close(graceMs: number): Promise<void> {
    const stopped = this.ports.stop()
    this.servers.close()
    this.tenancy.close()
    this.arrivals.undecided.close()
    const timer = setTimeout(() => this.reset(), graceMs)
    await stopped
    clearTimeout(timer)
    this.reset()
    this.checks.settle()
  }

  private reset(): void {
    this.servers.reset()
    this.ports.reset()
  }

  private async openPorts(config: Config): Promise<void> {
    if (this.options.listening === false) return
    await this.ports.ofTenants.open(config, (socket, tenant) => this.accept(socket, tenant))
    await this.ports.openOwn(config, (socket, name, host) => {
      // Looked up at each connection: a reload makes new entries.
      const service = this.services.entries.get(name)
      if (service === undefined) socket.destroy()
      else this.acceptOwn(socket, service, host)
    })
  }

  private compose(): Service {
    const out = exit({
      unknownHosts: () => this.config.unknownHosts,
      upstreams: this.servers.upstreams,
      lane: (tenant) => this.tenancy.lane(tenant),
    })
    this.operations.refresh(this.services.entries)
    return pipeline(this.filters, out, this.entries())
  }

  private policy(): DialPolicy {
    const policy = createPolicy(randomBytes(8).toString('hex'), () => ({
      config: this.config,
      services: this.services,
      isOwn: (host, port) => this.ports.isOwn(host, port),
      listen: this.listen,
      straight: this.options.straight,
    }))
    return { ...policy, outside: this.options.outside }
  }

  private arrivalHost(dial: Dial): ArrivalHost {
    const { protocols, authority } = this.options
    return {
      tenant: this.tenant,
      dial,
      protocols,
      interceptor: new Interceptor({
        authority,
        alpn: protocols.flatMap(({ alpn }) => alpn ?? []),
        clients: () => this.tenancy.clients,
      }),
      trusting: new Set(),
      undecided: new Undecided(),
      services: () => this.services,
      serve: (protocol, socket, entrance) => this.servers.taker(protocol.name).accept(socket, entrance),
      nextId: () => ++this.lastId,
      finished: (call, status, startedAt, word) => this.finished(call, status, startedAt, word),
      notice: (kind, text) => this.notices.say(kind, text),
    }
  }

  private protocolHost(policy: DialPolicy): ProtocolHost {
    const current = (): Service => this.handle
    const { tenant, dial, nextId, finished, notice } = this.arrivals
    const credentials = this.config.proxyCredentials
    return {
      tenant,
      tenantNamed: (id) => this.tenancy.named(id),
      lane: (of) => this.tenancy.lane(of),
      messageClaims: (service) => this.tenancy.messageClaims.of(service),
      operations: (service) => this.operations.of(service),
      dial,
      presets: (service) => this.options.presets?.(service) ?? [],
      nextId,
      finished,
      notice,
      refused: refusedCalls(this.arrivals),
      get handle() {
        return current()
      },
      route: (entrance, host, port, path) => this.route(entrance, host, port, path),
      carried: (service) => this.servers.carried(service.protocol),
      listenBeside: (service, accept, port) => this.ports.openBeside(service.name, accept, port),
      upstream: (protocol) => this.servers.upstreams.get(protocol)!,
      connect: connector({
        ...this.arrivals,
        unknownHosts: () => this.config.unknownHosts,
        isOwn: (host, port) => this.ports.isOwn(host, port),
        ownPort: (service) => this.ownPort(service),
      }),
      proxyAuthorization:
        credentials === undefined
          ? undefined
          : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
      proxyFor: (target) => policy.proxyFor(target),
      hopMark: policy.hopMark,
    }
  }

  private accept(socket: Socket, tenant?: string): void {
    const entrance: Entrance = {
      kind: 'proxy',
      listen: tenant === undefined ? this.listen : this.tenantPort(tenant)!,
      ...(tenant !== undefined && { tenant: this.tenancy.tenants.of(tenant) }),
    }
    const { undecided } = this.arrivals
    undecided.add(socket)
    detect(socket, this.options.protocols, patienceMs, (what) => {
      undecided.delete(socket)
      if (what.kind === 'protocol') this.arrivals.serve(what.protocol, socket, entrance)
      else if (what.kind === 'tls') arriveByName(this.arrivals, socket, what.hello, entrance)
      else {
        if (what.kind === 'unknown') this.notices.say(`connection ${what.kind}`, foreign)
        socket.destroy()
      }
    })
  }

  private acceptOwn(socket: Socket, service: ServiceEntry, host: string): void {
    const { options, arrivals } = this
    const listen = this.ownPort(service.name) ?? ''
    const entrance = (tls?: ClientTls): Entrance => ({
      kind: 'own',
      service,
      ...(tls !== undefined && { tls }),
      listen,
    })
    const otherwise = options.protocols.find((protocol) => protocol.name === service.protocol)!
    if (otherwise.ownPort === true) {
      arrivals.serve(otherwise, socket, entrance())
      return
    }
    const names = [host, ...(isLoopback(host) || isUnspecified(host) ? ['localhost'] : [])]
    const called = socket.localAddress?.replace(/^::ffff:/, '') ?? host
    const target = { scheme: 'https', host: called, port: socket.localPort ?? 0, basePath: '' } as const
    new Arrival(arrivals, {
      service,
      socket,
      target: service.tls.intercept
        ? target
        : (homeOf(this.services.configs.get(service.name)!, 'https') ?? target),
      operation: `TLS ${listen}`,
      entrance,
      serverMayBegin: false,
      otherwise,
      ownNames: names,
      refuse: () => socket.destroy(),
    }).look()
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
    if (this.ports.isOwn(host, port)) throw loopError(`${host}:${port}`, this.listen)
    return { service: this.services.unnamed(host, port), basePath: '', target }
  }

  private finished(call: Call, status: number, startedAt: number, word?: string): void {
    if (!this.tenancy.probes.empty) this.tenancy.probes.finished(call)
    const record = recordOf(call, status, Date.now(), performance.now() - startedAt, word)
    const { check } = call.context
    this.options.over?.(call, record)
    if (check === undefined) this.options.call(record)
    else this.checks.add(check, (judged) => this.options.call(withJudgement(record, judged)))
  }
}
