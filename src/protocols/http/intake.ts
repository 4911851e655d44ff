/** What clients ask becomes calls, whatever version of HTTP they speak; calls go through the pipeline and are reported. */
import type { Duplex } from 'node:stream'
import type { Body } from '../../core/body.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Service } from '../../core/filter.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { Entrance, ProtocolHost, Routed } from '../../core/protocol.ts'
import type { Reply, SingleReply } from '../../core/reply.ts'
import { type ClientSide, HttpCall } from './call.ts'
import { refuseCrossSite } from './cross-site.ts'
import { failed } from './failed-call.ts'
import { hopMarks } from './hop-mark.ts'
import { refusedOperation, shownTarget } from './malformed.ts'
import { asSvcMockError, problemReply } from './problem.ts'
import { type HostPort, parseHostPort, parseTarget, type RequestTarget } from './target.ts'

/** What is known of a call that is refused. */
type Asked = Pick<ClientSide, 'method' | 'requestTarget' | 'entrance'>

/** What it needs of the proxy, or of an engine without sockets. */
export type IntakeHost = Pick<
  ProtocolHost,
  | 'tenant'
  | 'tenantNamed'
  | 'nextId'
  | 'route'
  | 'handle'
  | 'carried'
  | 'finished'
  | 'refused'
  | 'notice'
  | 'connect'
  | 'hopMark'
  | 'proxyAuthorization'
>

/** What becomes a tunnel. */
export interface Connection {
  readonly socket: Duplex
  accept(): void
  refuse(reply: SingleReply): void
}

export class Intake {
  readonly host: IntakeHost

  constructor(host: IntakeHost) {
    this.host = host
  }

  /** Throws SvcMockError for what cannot be a call of anybody's. */
  toCall(client: ClientSide, body: Body): HttpCall {
    const { requestTarget, entrance } = client
    const target = parseTarget(requestTarget)
    if (target === undefined) {
      throw new SvcMockError(
        'BAD_CALL',
        `the request target is neither a path nor an http:// address: ${shownTarget(requestTarget)}`,
      )
    }
    if (entrance.kind === 'proxy') this.checkCredentials(client.rawHeaders)
    const toHttps = entrance.kind === 'proxy' && client.scheme === 'https'
    const { host, port } = this.hostOf(client.rawHeaders, target, entrance, toHttps ? 443 : 80)
    const found = this.host.route(entrance, host, port, target.path)
    if (client.httpVersion === '2.0') this.checkConnection(client, found, target.path)
    const leavesEncrypted = toHttps || (target.scheme === 'https' && entrance.kind !== 'own')
    const routed = leavesEncrypted ? encrypted(found) : found
    if (target.authority === undefined) refuseCrossSite(client.rawHeaders, routed.service)
    const shown = entrance.tls?.tenant
    const tenant =
      (shown === undefined ? undefined : this.host.tenantNamed(shown)) ?? entrance.tenant ?? this.host.tenant
    return new HttpCall(this.host.nextId(), tenant, routed, target, client, body)
  }

  /** Where the client was going: the absolute form, then the tunnel, then Host (RFC 9112 section 3.2.2). */
  private hostOf(
    headers: Metadata,
    target: RequestTarget,
    entrance: Entrance,
    defaultPort: number,
  ): HostPort {
    if (target.authority !== undefined) return target.authority
    if (entrance.target !== undefined) return entrance.target
    const header = firstValue(headers, 'host')
    if (header === undefined && entrance.kind === 'own') return { host: '', port: 80 }
    const authority = parseHostPort(header ?? '', defaultPort)
    if (authority === undefined)
      throw new SvcMockError('BAD_CALL', `the Host header is no host: ${header ?? 'it is missing'}`)
    return authority
  }

  /**
   * A client of HTTP/2 may use a connection for every host that the certificate names (RFC 9113 section 9.1.1), while
   * ours goes to one: what belongs to another service must not be answered in this one's name.
   */
  private checkConnection(client: ClientSide, { service, target }: Routed, path: string): void {
    const { entrance } = client
    if (entrance.tls === undefined || entrance.target === undefined) return
    const asked = parseHostPort(firstValue(client.rawHeaders, 'host') ?? '', target.port)
    if (asked === undefined || asked.host.toLowerCase() === target.host.toLowerCase()) return
    const other = this.host.route(entrance, asked.host, asked.port, path).service
    if (!other.known || other === service) return
    throw new SvcMockError(
      'MISDIRECTED',
      `the connection goes to ${target.host}:${target.port}, and a call on it to ${asked.host}`,
    )
  }

  /** Throws PROXY_AUTH_REQUIRED. */
  checkCredentials(headers: Metadata): void {
    const wanted = this.host.proxyAuthorization
    if (wanted === undefined || firstValue(headers, 'proxy-authorization') === wanted) return
    throw new SvcMockError('PROXY_AUTH_REQUIRED', 'the proxy asks for credentials')
  }

  /** `send` gets the reply, once; in the same turn where that can be. */
  answer(call: HttpCall, send: (reply: Reply) => void): void {
    let reply: Reply | Promise<Reply>
    try {
      reply = (this.rider(call) ?? this.host.handle)(call)
    } catch (error) {
      send(failed(call, error))
      return
    }
    if (reply instanceof Promise) reply.then(send, (error: unknown) => send(failed(call, error)))
    else send(reply)
  }

  /** The protocol that travels in this exchange, if it is not HTTP's own call. */
  private rider(call: HttpCall): Service | undefined {
    return call.service.protocol === 'http' ? undefined : this.host.carried(call.service)
  }

  /** `status` 0: nothing was answered. What rides reports itself. */
  finished(call: HttpCall, status: number, startedAt: number): void {
    if (this.rider(call) === undefined) this.host.finished(call, status, startedAt)
  }

  /** CONNECT: the target is a host and a port. Refuses what cannot be a tunnel of anybody's. */
  connect(asked: Asked & Pick<ClientSide, 'rawHeaders'>, connection: Connection, startedAt: number): void {
    const { entrance, rawHeaders, requestTarget } = asked
    try {
      this.checkCredentials(rawHeaders)
      if (entrance.kind === 'own')
        throw new SvcMockError(
          'BAD_CALL',
          `CONNECT is for a proxy, and this port is ${entrance.service?.name} itself`,
        )
      const authority = parseHostPort(requestTarget, 443)
      if (authority === undefined)
        throw new SvcMockError('BAD_CALL', `CONNECT asks for ${requestTarget}, which is no host:port`)
      const hops = hopMarks(rawHeaders)
      if (hops.includes(this.host.hopMark))
        throw new SvcMockError('LOOP', `CONNECT ${requestTarget} came back to svc-mock after it had left`)
      this.host.connect(entrance, {
        authority: { scheme: 'tcp', basePath: '', ...authority },
        userAgent: firstValue(rawHeaders, 'user-agent'),
        hops,
        socket: connection.socket,
        accept: connection.accept,
        refuse: (error) => connection.refuse(problemReply(asSvcMockError(error))),
      })
    } catch (error) {
      connection.refuse(this.refused(error, asked, startedAt))
    }
  }

  /** What is no call of anybody's is said once and counted. Returns what it is answered. */
  refused(thrown: unknown, asked: Asked, startedAt: number, status?: number): SingleReply {
    const error = asSvcMockError(thrown)
    const reply = problemReply(error, status)
    this.host.refused({
      protocol: 'http',
      operation: refusedOperation(asked),
      kind: error.code,
      error,
      status: reply.status,
      startedAt,
      service: asked.entrance.service,
    })
    return reply
  }
}

/** Some clients ask a proxy for https:// without CONNECT: what leaves for them is encrypted. */
const encrypted = (routed: Routed): Routed => ({ ...routed, target: { ...routed.target, scheme: 'https' } })
