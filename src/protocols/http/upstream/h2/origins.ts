/**
 * Connections to upstreams that speak HTTP/2: found by ALPN where there is TLS, else by asking (prior knowledge, RFC 9113
 * section 3.3). A call waits until the upstream has begun to speak, so none is lost on one that does not.
 */
import { SvcMockError } from '../../../../core/errors.ts'
import type { Dial, Dialed } from '../../../../core/protocol.ts'
import type { Authority, UpstreamTls } from '../../../../core/service-entry.ts'
import { codes, endNow } from '../../h2/reset.ts'
import { formatHost } from '../../target.ts'
import { Connection } from './connection.ts'

/** Callers of unknown hosts name them, so their number must be bounded. */
const originsAtMost = 200
/** Towards one upstream; more calls wait. */
const connectionsAtMost = 32
/** An upstream that spoke only HTTP/1.1 is asked again after this time: it may have been replaced. */
const http1Ms = 300_000

export interface Route {
  readonly target: Authority
  readonly tls: UpstreamTls | undefined
  /** Through another proxy, which plain HTTP/2 passes only in a tunnel. */
  readonly tunnelled: boolean
}

export class Origins {
  private readonly origins = new Map<string, Origin>()
  private readonly dial: Dial

  constructor(dial: Dial) {
    this.dial = dial
  }

  /** With a place reserved for a call; undefined: the upstream speaks HTTP/1.1 only. Rejects as dialling does. */
  take(route: Route): Connection | Promise<Connection | undefined> {
    const { target, tls } = route
    const address = `${target.scheme}://${formatHost(target.scheme, target)}`
    // Who shows a certificate of their own must not lend the connection to others.
    const key = tls === undefined ? address : `${address} ${tls.identity}`
    let origin = this.origins.get(key)
    if (origin === undefined) {
      if (this.origins.size >= originsAtMost) this.dropOldest()
      origin = new Origin(this.dial, route)
      this.origins.set(key, origin)
    }
    return origin.free() ?? origin.take()
  }

  private dropOldest(): void {
    const [key, origin] = this.origins.entries().next().value!
    this.origins.delete(key)
    origin.close()
  }

  destroy(): void {
    for (const origin of this.origins.values()) origin.destroy()
    this.origins.clear()
  }
}

class Origin {
  private readonly dial: Dial
  private readonly route: Route
  private connections: Connection[] = []
  private opening: Promise<void> | undefined
  private http1Until = 0
  private room = Promise.withResolvers<void>()
  private ended = false

  constructor(dial: Dial, route: Route) {
    this.dial = dial
    this.route = route
  }

  free(): Connection | undefined {
    for (const connection of this.connections) {
      if (!connection.hasRoom) continue
      connection.reserve()
      return connection
    }
    return undefined
  }

  async take(): Promise<Connection | undefined> {
    for (;;) {
      if (this.http1Until > performance.now()) return undefined
      const free = this.free()
      if (free !== undefined) return free
      this.connections = this.connections.filter((each) => each.usable)
      if (this.connections.length >= connectionsAtMost) await this.room.promise
      else {
        this.opening ??= this.open().finally(() => {
          this.opening = undefined
        })
        await this.opening
      }
    }
  }

  private async open(): Promise<void> {
    const { target } = this.route
    const socket = await this.connect()
    if (socket === undefined) {
      this.http1Until = performance.now() + http1Ms
      return
    }
    try {
      const connection = await Connection.open(socket, target, () => this.changed())
      if (this.ended || !connection.hasRoom) connection.session.destroy()
      if (!connection.hasRoom) throw new Error('it takes no calls at all')
      this.connections.push(connection)
    } catch (error) {
      if (target.scheme === 'https') throw notBegun(target, error as Error)
      this.http1Until = performance.now() + http1Ms
    }
  }

  /** undefined: HTTP/2 cannot be spoken there. */
  private async connect(): Promise<Dialed | undefined> {
    const { target, tls, tunnelled } = this.route
    if (target.scheme === 'https') {
      const socket = await this.dial(target, { tls, alpn: ['h2', 'http/1.1'] })
      if (socket.alpnProtocol === 'h2') return socket
      socket.destroy()
      return undefined
    }
    if (!tunnelled) return this.dial(target)
    // Many proxies tunnel to port 443 only; in HTTP/1.1 the call can still go through them.
    return this.dial({ ...target, scheme: 'tcp' }).catch(() => undefined)
  }

  private changed(): void {
    this.room.resolve()
    this.room = Promise.withResolvers()
  }

  /** Calls in flight go on. */
  close(): void {
    for (const { session } of this.connections) session.close()
  }

  destroy(): void {
    this.ended = true
    for (const { session } of this.connections) endNow(session, codes.cancel)
  }
}

const notBegun = (target: Authority, error: Error): SvcMockError =>
  new SvcMockError(
    'UPSTREAM_UNREACHABLE',
    `${formatHost(target.scheme, target)} offered HTTP/2 and does not take the call: ${error.message}`,
    { cause: error },
  )
