/** The proxy: listeners, detection, routing and the pipeline put together. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { isLoopback, isUnspecified } from '../config/addresses.ts'
import type { Address, Config } from '../config/config.ts'
import { type Call, newTenant, type Tenant } from '../core/call.ts'
import { type CallRecord, recordOf, withJudgement } from '../core/call-record.ts'
import { type Clock, chanceFor, realClock } from '../core/clock.ts'
import type { ServiceContract } from '../core/contract.ts'
import type { Definitions } from '../core/definitions.ts'
import type { Dialect } from '../core/dialect.ts'
import type { ServiceFault } from '../core/fault.ts'
import type { Service } from '../core/filter.ts'
import type { ClientTls, Dial, Entrance, Protocol, ProtocolHost, Routed } from '../core/protocol.ts'
import type { Mode, ServiceEntry } from '../core/service-entry.ts'
import { lookBudget } from '../filters/contract/look.ts'
import { contractFilter } from '../filters/contract.ts'
import { faultFilter } from '../filters/fault.ts'
import { mockFilter, type Witness } from '../filters/mock.ts'
import { recordFilter } from '../filters/record.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import type { Recorder } from '../record/recorder.ts'
import { fatalAlert } from '../tls/alert.ts'
import type { CertificateAuthority } from '../tls/authority.ts'
import type { ClientHello } from '../tls/client-hello.ts'
import { Arrival, type ArrivalHost } from './arrival.ts'
import { BesidePorts } from './beside.ts'
import { connector } from './connect.ts'
import { detect } from './detect.ts'
import { createDial, type DialPolicy } from './dial.ts'
import { exit } from './exit.ts'
import { Interceptor } from './intercept.ts'
import { LaterChecks } from './later-checks.ts'
import { type Listener, listen } from './listener.ts'
import { foreign, Notices } from './notices.ts'
import { type Filters, pipeline } from './pipeline.ts'
import { createPolicy, loopError } from './policy.ts'
import { ProtocolServers } from './protocol-servers.ts'
import { refusedCalls } from './refused.ts'
import { homeOf, Services } from './services.ts'
import { Undecided } from './undecided.ts'

export interface ProxyOptions {
  readonly config: Config
  /** Hosts to which the upstream proxy is not asked. */
  readonly straight?: (host: string, port: number) => boolean
  readonly index: MockIndex
  readonly protocols: readonly Protocol[]
  call(record: CallRecord): void
  notice(text: string): void
  /** What takes calls of services in mode record; asked for each of them. */
  readonly recorder?: () => Recorder | undefined
  /** How the calls of services are read, by service. */
  readonly definitions?: ReadonlyMap<string, Definitions>
  /** What calls are held against while they pass, by service. */
  readonly contracts?: ReadonlyMap<string, ServiceContract>
  /** What faults wait by; default the real clock. */
  readonly clock?: Clock
  /** Makes what faults draw by lot repeat. */
  readonly seed?: number | undefined
  /** Told of the calls that mocks answer; absent: nobody asks. */
  readonly witness?: Witness | undefined
  /** The authority by which TLS of clients is read; asked for at the first such connection. Throws SvcMockError. */
  readonly authority: () => CertificateAuthority
}

/** Of calls that wait to be held against their contract, all together. */
const judgedBytes = 64 * 1024 * 1024

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
  private readonly beside = new BesidePorts()
  private readonly notices: Notices
  private lastId = 0
  private drills: ReadonlyMap<string, readonly ServiceFault[]> = new Map()
  private definitions: ReadonlyMap<string, Definitions>
  private contracts: ReadonlyMap<string, ServiceContract>
  private readonly checks: LaterChecks
  private readonly filters: Filters
  private handle: Service
  private readonly arrivals: ArrivalHost
  readonly tenant: Tenant

  private constructor(options: ProxyOptions) {
    this.options = options
    this.notices = new Notices((text) => options.notice(text))
    this.config = options.config
    this.tenant = newTenant(options.config.tenant)
    this.definitions = options.definitions ?? new Map()
    this.contracts = options.contracts ?? new Map()
    this.checks = new LaterChecks(options.clock ?? realClock)
    this.services = new Services(options.config, this.modes)
    this.services.setDefinitions(this.definitions)
    this.services.setContracts(this.contracts)
    this.filters = this.makeFilters()
    this.handle = this.compose()
    const dialPolicy = this.policy()
    this.arrivals = this.arrivalHost(createDial(dialPolicy))
    this.servers.open(options.protocols, this.protocolHost(dialPolicy))
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

  /** What calls are held against from now on; replaces what was before. */
  setContracts(contracts: ReadonlyMap<string, ServiceContract>): void {
    this.contracts = contracts
    this.services.setContracts(contracts)
    this.handle = this.compose()
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
    this.config = config
    this.services = new Services(config, this.modes)
    this.services.setDefinitions(this.definitions)
    this.services.setContracts(this.contracts)
    this.setDrills(this.drills)
    for (const service of config.services) {
      if (service.listen !== undefined && !this.own.has(service.name))
        await this.listenFor(service.name, service.listen)
    }
  }

  async close(graceMs: number): Promise<void> {
    const listeners = this.listeners()
    const stopped = Promise.all(listeners.map((one) => one.stop()))
    this.servers.close()
    this.arrivals.undecided.close()
    const timer = setTimeout(() => this.reset(listeners), graceMs)
    await stopped
    clearTimeout(timer)
    this.reset(listeners)
    this.checks.settle()
  }

  private reset(listeners: readonly Listener[]): void {
    this.servers.reset()
    for (const one of listeners) one.reset()
  }

  private makeFilters(): Filters {
    const { protocols, index, clock = realClock, seed, recorder = () => undefined, witness } = this.options
    const dialects = new Map<string, Dialect>(
      protocols.flatMap((protocol) =>
        protocol.dialect === undefined ? [] : [[protocol.name, protocol.dialect]],
      ),
    )
    const tools = { clock, chance: chanceFor(seed) }
    return {
      fault: faultFilter(tools),
      mock: mockFilter(index, dialects, tools, witness),
      contract: contractFilter(lookBudget(judgedBytes)),
      record: recordFilter(recorder),
    }
  }

  private compose(): Service {
    const out = exit(() => this.config.unknownHosts, this.servers.upstreams)
    return pipeline(this.filters, out, this.entries())
  }

  private policy(): DialPolicy {
    return createPolicy(randomBytes(8).toString('hex'), () => ({
      config: this.config,
      services: this.services,
      isOwn: (host, port) => this.isOwn(host, port),
      listen: this.listen,
      straight: this.options.straight,
    }))
  }

  private arrivalHost(dial: Dial): ArrivalHost {
    const { protocols, authority } = this.options
    return {
      tenant: this.tenant,
      dial,
      protocols,
      interceptor: new Interceptor({ authority, alpn: protocols.flatMap(({ alpn }) => alpn ?? []) }),
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
      dial,
      nextId,
      finished,
      notice,
      refused: refusedCalls(this.arrivals),
      get handle() {
        return current()
      },
      route: (entrance, host, port, path) => this.route(entrance, host, port, path),
      carried: (service) => this.servers.carried(service.protocol),
      listenBeside: (service, accept) =>
        this.beside.open(this.own.get(service.name)?.host ?? this.config.listen.host, accept),
      upstream: (protocol) => this.servers.upstreams.get(protocol)!,
      connect: connector({
        ...this.arrivals,
        unknownHosts: () => this.config.unknownHosts,
        isOwn: (host, port) => this.isOwn(host, port),
      }),
      proxyAuthorization:
        credentials === undefined
          ? undefined
          : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
      proxyFor: (target) => policy.proxyFor(target),
      hopMark: policy.hopMark,
    }
  }

  private accept(socket: Socket): void {
    const entrance: Entrance = { kind: 'proxy', listen: this.listen }
    const { undecided } = this.arrivals
    undecided.add(socket)
    detect(socket, this.options.protocols, patienceMs, (what) => {
      undecided.delete(socket)
      if (what.kind === 'protocol') this.arrivals.serve(what.protocol, socket, entrance)
      else if (what.kind === 'tls') this.securedMain(socket, what.hello)
      else {
        if (what.kind === 'unknown') this.notices.say(`connection ${what.kind}`, foreign)
        socket.destroy()
      }
    })
  }

  /** TLS on the main port is for the service that the client names: one whose name leads here by DNS or /etc/hosts. */
  private securedMain(socket: Socket, { servername }: ClientHello): void {
    const service = servername === undefined ? undefined : this.services.atHost(servername, 443)
    if (servername === undefined || service === undefined) {
      const named = servername === undefined ? 'names no host' : `names ${servername}, which no service has`
      this.notices.say(
        'connection tls',
        `a client speaks TLS to ${this.listen} and ${named}; as a proxy this is http://${this.listen}, also for https:// calls`,
      )
      socket.end(fatalAlert('unrecognizedName'))
      return
    }
    const target = { scheme: 'https', host: servername, port: 443, basePath: '' } as const
    new Arrival(this.arrivals, {
      service,
      socket,
      target,
      operation: `TLS ${servername}:443`,
      entrance: (tls) => ({ kind: 'proxy', target, ...(tls !== undefined && { tls }), listen: this.listen }),
      serverMayBegin: false,
      refuse: () => socket.destroy(),
    }).look()
  }

  private async listenFor(name: string, address: Address): Promise<void> {
    const listener = await listen(address, (socket) => {
      // Looked up at each connection: a reload makes new entries.
      const service = this.services.entries.get(name)
      if (service === undefined) socket.destroy()
      else this.acceptOwn(socket, service, address.host)
    })
    this.own.set(name, listener)
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
    if (this.isOwn(host, port)) throw loopError(`${host}:${port}`, this.listen)
    return { service: this.services.unnamed(host, port), basePath: '', target }
  }

  private listeners(): readonly Listener[] {
    return [this.main ?? [], ...this.own.values(), ...this.beside.listeners].flat()
  }

  private isOwn(host: string, port: number): boolean {
    if (!this.listeners().some((one) => one.port === port)) return false
    return host === 'localhost' || host === this.main?.host || isLoopback(host)
  }

  private finished(call: Call, status: number, startedAt: number, word?: string): void {
    const record = recordOf(call, status, Date.now(), performance.now() - startedAt, word)
    const { check } = call.context
    if (check === undefined) this.options.call(record)
    else this.checks.add(check, (judged) => this.options.call(withJudgement(record, judged)))
  }
}
