/**
 * A connection whose client goes to a service, in a tunnel or on a port of ours: its first bytes say what it carries.
 * TLS is ended here, and what is inside is looked at again; what is nobody's goes on unread, if the service is real.
 */
import type { Duplex } from 'node:stream'
import type { Call, Tenant } from '../core/call.ts'
import { ConnectionCall } from '../core/connection-call.ts'
import { SvcMockError } from '../core/errors.ts'
import type { ClientTls, Dial, Entrance, Protocol } from '../core/protocol.ts'
import type { Authority, ServiceEntry } from '../core/service-entry.ts'
import { joinTunnel } from '../core/tunnel.ts'
import { fatalAlert, refusalOf } from '../tls/alert.ts'
import type { ClientHello } from '../tls/client-hello.ts'
import { certificateName } from '../tls/contexts.ts'
import { type Detected, detect } from './detect.ts'
import type { Interceptor } from './intercept.ts'
import type { Services } from './services.ts'
import type { Undecided } from './undecided.ts'

export interface ArrivalHost {
  readonly tenant: Tenant
  readonly protocols: readonly Protocol[]
  readonly dial: Dial
  readonly interceptor: Interceptor
  readonly undecided: Undecided
  services(): Services
  nextId(): number
  finished(call: Call, status: number, startedAt: number, word?: string): void
  serve(protocol: Protocol, socket: Duplex, entrance: Entrance): void
  notice(kind: string, text: string): void
  /** Clients that have taken our certificates, so that a connection left unused is not taken for distrust. */
  readonly trusting: Set<string>
}

export interface Arriving {
  readonly service: ServiceEntry
  readonly socket: Duplex
  /** Where the client was going. */
  readonly target: Authority
  /** `CONNECT orders:443`. */
  readonly operation: string
  /** The way in, for the protocol; `tls`: once it was ended here. */
  readonly entrance: (tls: ClientTls | undefined) => Entrance
  readonly hops?: readonly string[]
  readonly userAgent?: string | undefined
  /** Whether a server may speak first: where the port does not say that it is HTTP. */
  readonly serverMayBegin: boolean
  /** The protocol to which bytes are given that no protocol knows, so that it can say so; undefined: nobody's. */
  readonly otherwise?: Protocol | undefined
  /** Names besides the service's hosts for which a certificate is ours to make: those of our own port. */
  readonly ownNames?: readonly string[]
  /** Answers an error in the client's words, where it speaks no TLS, and ends the connection. */
  refuse(error: SvcMockError): void
}

/** A client that says nothing. */
const patienceMs = 30_000
/** Some protocols let the server speak first; towards a real service we listen to it, too, after this. */
const silenceMs = 300

export class Arrival {
  private readonly host: ArrivalHost
  private readonly arriving: Arriving
  private readonly startedAt = performance.now()
  private readonly real: boolean
  /** The client's connection; decrypted as soon as TLS was ended. */
  private socket: Duplex
  private tls: ClientTls | undefined
  private sentHello = false

  constructor(host: ArrivalHost, arriving: Arriving) {
    this.host = host
    this.arriving = arriving
    this.socket = arriving.socket
    const { mode } = arriving.service
    this.real = mode === 'passthrough' || mode === 'direct'
  }

  /** Looks at the first bytes. */
  look(): void {
    const { host, arriving } = this
    host.undecided.add(this.socket)
    let server: { ignore(): void } | undefined
    const stop = detect(this.socket, host.protocols, patienceMs, (what) => {
      server?.ignore()
      this.found(what)
    })
    // Where ALPN has named the protocol it is one of ours, and in those the client begins.
    const mayBegin = arriving.serverMayBegin && this.tls?.alpn === undefined
    if (this.real && mayBegin) server = this.listenToServer(stop)
  }

  /** Joins client and upstream without looking. `accept`: once the upstream is there. */
  pass(accept: () => void): void {
    void this.join(this.unreadTarget(), accept)
  }

  /** Ends it, with the reason where the client can read one. */
  fail(error: SvcMockError): void {
    if (this.tls !== undefined) this.socket.destroy()
    else if (this.sentHello) this.socket.end(fatalAlert('internalError'))
    else this.arriving.refuse(error)
    this.failed(error, this.sentHello ? 0 : 502)
  }

  private found(what: Detected): void {
    const { host, arriving } = this
    const { service } = arriving
    const otherwise = arriving.otherwise ?? this.agreed()
    host.undecided.delete(this.socket)
    if (this.tls !== undefined && !host.undecided.closed) this.heard(what)
    if (what.kind === 'gone') return
    if (what.kind === 'protocol') host.serve(what.protocol, this.socket, arriving.entrance(this.tls))
    else if (what.kind === 'tls' && this.tls === undefined) this.secured(what.hello)
    else if (otherwise !== undefined) host.serve(otherwise, this.socket, arriving.entrance(this.tls))
    else if (this.real) void this.join(this.tls === undefined ? this.unreadTarget() : this.insideTarget())
    else if (what.kind === 'silent') this.socket.destroy()
    else this.fail(unreadable(service, spoken[what.kind]))
  }

  /** The protocol that ALPN has named: a connection that was opened ahead of need is still one of its. */
  private agreed(): Protocol | undefined {
    const name = this.tls?.alpn
    return name === undefined
      ? undefined
      : this.host.protocols.find(({ alpn }) => alpn?.includes(name) === true)
  }

  /** The client begins TLS. */
  private secured(hello: ClientHello): void {
    const { service } = this.arriving
    const { interceptor, notice } = this.host
    this.sentHello = true
    const speaks = interceptor.speaks(hello)
    if (!service.tls.intercept || (this.real && !speaks)) {
      void this.join(this.unreadTarget())
      return
    }
    const problem =
      interceptor.problem() ??
      (speaks ? undefined : unreadable(service, `${hello.alpn.join(' or ')} inside TLS`))
    if (problem !== undefined) {
      notice(`tls ${problem.code}`, `TLS to ${service.name} was refused: ${problem.message}; ${problem.hint}`)
      this.fail(problem)
      return
    }
    interceptor.accept(this.socket, this.nameFor(hello)).then(
      ({ socket, tls }) => {
        this.socket = socket
        this.tls = tls
        this.look()
      },
      (error: Error) => this.refusedBy(error),
    )
  }

  /** The name that the client checks: what it asked for, if that is ours to give, else where it was going. */
  private nameFor({ servername }: ClientHello): string {
    const { target, ownNames = [] } = this.arriving
    const services = this.host.services()
    const owner = (name: string): string | undefined => services.atHost(name, target.port)?.name
    if (servername !== undefined && ownNames.includes(servername)) return servername
    const name =
      servername !== undefined && owner(servername) !== undefined
        ? servername
        : target.host.toLowerCase().replace(/\.$/, '')
    const service = owner(name)
    return service === undefined ? name : certificateName(name, (other) => owner(other) === service)
  }

  /** After the handshake a byte means trust; none at all, from a client never heard before, means the opposite. */
  private heard(what: Detected): void {
    const { service, userAgent } = this.arriving
    const { trusting } = this.host
    const client = `${service.name} ${refusalOf(undefined, userAgent).client}`
    if (what.kind === 'gone') {
      if (!trusting.has(client)) this.refusedBy(undefined)
    } else if (what.kind !== 'silent' && trusting.size < clientsAtMost) trusting.add(client)
  }

  private refusedBy(error: Error | undefined): void {
    if (this.host.undecided.closed) return
    const { service, userAgent } = this.arriving
    const { kind, text, client } = refusalOf(error, userAgent)
    const failure = new SvcMockError('CLIENT_REFUSED_TLS', `${client} ended TLS to ${service.name}: ${text}`)
    this.failed(failure, 0)
    const unread = `services: { ${service.name}: { tls: { intercept: false } } }`
    this.host.notice(
      `tls ${service.name} ${client} ${kind}`,
      kind === 'distrust'
        ? `${client} does not trust svc-mock's certificate for ${service.name}: ${text}. To let it trust: start it by svc-mock run, or see svc-mock ca show. If it pins the real certificate, let its TLS pass unread, in svc-mock.yaml: ${unread}`
        : `${failure.message}. To let its TLS pass unread, in svc-mock.yaml: ${unread}`,
    )
  }

  /** Dials the upstream while the client says nothing; when it speaks first, both are joined. */
  private listenToServer(stopLooking: () => void): { ignore(): void } {
    let over = false
    let upstream: Duplex | undefined
    const end = (then: () => void): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      then()
    }
    const timer = setTimeout(() => {
      this.dial(this.insideTarget()).then(
        (opened) => {
          upstream = opened
          if (over || this.socket.destroyed) opened.destroy()
          opened.once('readable', () =>
            end(() => {
              stopLooking()
              this.joined(opened)
            }),
          )
        },
        (error: unknown) =>
          end(() => {
            stopLooking()
            this.fail(asError(error))
          }),
      )
    }, silenceMs)
    return { ignore: () => end(() => upstream?.destroy()) }
  }

  private async join(target: Authority, accept = (): void => undefined): Promise<void> {
    try {
      const upstream = await this.dial(target)
      if (this.socket.destroyed) {
        upstream.destroy()
        return
      }
      accept()
      this.joined(upstream)
    } catch (error) {
      this.fail(asError(error))
    }
  }

  private dial(target: Authority): Promise<Duplex> {
    const { service, hops = [] } = this.arriving
    const alpn = this.tls?.alpn === undefined ? [] : [this.tls.alpn]
    return this.host.dial(target, { hops, tls: service.tls.upstream, alpn })
  }

  private joined(upstream: Duplex): void {
    this.host.undecided.delete(this.socket)
    joinTunnel(this.socket, upstream)
    const call = this.call()
    call.context.outcome = 'passthrough'
    this.host.finished(call, 200, this.startedAt)
  }

  /**
   * Bytes that nobody read go where the client was going. An upstream that is configured for plain HTTP is no target
   * for a client that speaks TLS, unless it was named as the one instance to use.
   */
  private unreadTarget(): Authority {
    const { service, target } = this.arriving
    const { mode, upstream } = service
    const named = upstream !== undefined && (mode === 'direct' || upstream.scheme !== 'http')
    return { ...(named ? upstream : target), scheme: 'tcp' }
  }

  /** What was decrypted is encrypted again. */
  private insideTarget(): Authority {
    return { ...this.unreadTarget(), scheme: this.tls === undefined ? 'tcp' : 'https' }
  }

  private call(): ConnectionCall {
    return new ConnectionCall({
      id: this.host.nextId(),
      protocol: 'http',
      tenant: this.host.tenant,
      service: this.arriving.service,
      operation: this.arriving.operation,
    })
  }

  private failed(error: SvcMockError, status: number): void {
    const call = this.call()
    call.context.outcome = error.code === 'UNKNOWN_HOST' ? 'miss' : 'error'
    call.context.error = error.code
    call.context.note = error.message
    this.host.finished(call, status, this.startedAt)
  }
}

const clientsAtMost = 1_000

const spoken = {
  tls: 'TLS inside TLS',
  unknown: 'a protocol that is not known here',
} as const

const unreadable = (service: ServiceEntry, what: string): SvcMockError =>
  new SvcMockError(
    'PROTOCOL_UNKNOWN',
    `the client speaks ${what} to ${service.name}, which is mocked, and that cannot be read`,
    { hint: `let it through: svc-mock mode ${service.name} passthrough` },
  )

const asError = (error: unknown): SvcMockError =>
  error instanceof SvcMockError
    ? error
    : new SvcMockError('INVARIANT_BROKEN', String(error), { cause: error })
