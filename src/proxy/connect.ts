/**
 * CONNECT. What goes to a service is looked at again inside the tunnel, because clients (Node's fetch among
 * them) send CONNECT even for plain HTTP; what goes elsewhere is joined blind.
 */

import type { Call, Tenant } from '../core/call.ts'
import { ConnectionCall } from '../core/connection-call.ts'
import { SvcMockError } from '../core/errors.ts'
import type { ConnectRequest, Dial, Entrance, Protocol } from '../core/protocol.ts'
import type { Authority, ServiceEntry } from '../core/service-entry.ts'
import { joinTunnel } from '../core/tunnel.ts'
import { type Detected, detect } from './detect.ts'
import { unknownHost } from './exit.ts'
import { loopError } from './policy.ts'
import type { Services } from './services.ts'

export interface ConnectHost {
  readonly tenant: Tenant
  readonly protocols: readonly Protocol[]
  readonly dial: Dial
  services(): Services
  unknownHosts(): 'passthrough' | 'fail'
  isOwn(host: string, port: number): boolean
  nextId(): number
  finished(call: Call, status: number, startedAt: number): void
  serve(protocol: Protocol, request: ConnectRequest, entrance: Entrance): void
}

/** A client that says nothing in a tunnel to a mocked service. */
const patienceMs = 30_000
/** Some protocols let the server speak first; towards a real service we do not wait for the client any longer than this. */
const silenceMs = 300

/** Throws LOOP for what comes back to us; all else is refused through the request. */
export const connector =
  (host: ConnectHost) =>
  (entrance: Entrance, request: ConnectRequest): void => {
    const { authority } = request
    const tunnel = new Tunnel(host, entrance, request)
    const named = host.services().atHost(authority.host, authority.port)
    if (named !== undefined) tunnel.toService(named)
    else if (host.isOwn(authority.host, authority.port))
      throw loopError(`${authority.host}:${authority.port}`, entrance.listen)
    else tunnel.elsewhere(host.services().unnamed(authority.host, authority.port))
  }

class Tunnel {
  private readonly host: ConnectHost
  private readonly entrance: Entrance
  private readonly request: ConnectRequest
  private readonly startedAt = performance.now()

  constructor(host: ConnectHost, entrance: Entrance, request: ConnectRequest) {
    this.host = host
    this.entrance = entrance
    this.request = request
  }

  elsewhere(entry: ServiceEntry): void {
    const call = this.call(entry)
    if (!entry.allowed && this.host.unknownHosts() === 'fail') this.fail(call, unknownHost(call))
    else void this.join(call, this.request.authority, () => this.request.accept())
  }

  toService(service: ServiceEntry): void {
    const { authority, socket } = this.request
    const real = service.mode === 'passthrough' || service.mode === 'direct'
    // Port 443 means TLS, and before the tunnel is open the client can still be told in words it understands.
    if (authority.port === 443) {
      const call = this.call(service)
      if (real) void this.join(call, tunnelTarget(service, authority), () => this.request.accept())
      else this.fail(call, notIntercepted(service, 'TLS'))
      return
    }
    this.request.accept()
    detect(socket, this.host.protocols, real ? silenceMs : patienceMs, (what) =>
      this.detected(what, service, real),
    )
  }

  private detected(what: Detected, service: ServiceEntry, real: boolean): void {
    if (what.kind === 'protocol') {
      const target: Authority = { ...this.request.authority, scheme: 'http' }
      this.host.serve(what.protocol, this.request, { kind: 'tunnel', target, listen: this.entrance.listen })
    } else if (real) {
      void this.join(this.call(service), tunnelTarget(service, this.request.authority), () => undefined)
    } else if (what.kind === 'silent') this.request.socket.destroy()
    else this.fail(this.call(service), notIntercepted(service, spoken[what.kind]))
  }

  private call(service: ServiceEntry): ConnectionCall {
    const { host, port } = this.request.authority
    return new ConnectionCall({
      id: this.host.nextId(),
      protocol: 'http',
      tenant: this.host.tenant,
      service,
      operation: `CONNECT ${host}:${port}`,
    })
  }

  private async join(call: ConnectionCall, target: Authority, accept: () => void): Promise<void> {
    const { socket, refuse } = this.request
    try {
      const upstream = await this.host.dial({ ...target, scheme: 'tcp' }, { hops: this.request.hops })
      if (socket.destroyed) {
        upstream.destroy()
        return
      }
      accept()
      joinTunnel(socket, upstream)
      call.context.outcome = 'passthrough'
      this.host.finished(call, 200, this.startedAt)
    } catch (error) {
      if (error instanceof SvcMockError) this.fail(call, error)
      else refuse(new SvcMockError('INVARIANT_BROKEN', String(error), { cause: error }))
    }
  }

  private fail(call: ConnectionCall, error: SvcMockError): void {
    call.context.outcome = error.code === 'UNKNOWN_HOST' ? 'miss' : 'error'
    call.context.error = error.code
    call.context.note = error.message
    this.request.refuse(error)
    this.host.finished(call, 502, this.startedAt)
  }
}

const spoken = { tls: 'TLS', unknown: 'a protocol that is not HTTP' } as const

const notIntercepted = (service: ServiceEntry, what: string): SvcMockError =>
  new SvcMockError(
    'TLS_NOT_INTERCEPTED',
    `the client speaks ${what} to ${service.name}, which is mocked, and that cannot be read yet`,
    {
      hint: `call ${service.name} by http://, or let it through: svc-mock mode ${service.name} passthrough`,
    },
  )

/** An upstream that is configured for plain HTTP is no target for a client that speaks TLS, unless it was named as the one instance to use. */
const tunnelTarget = ({ mode, upstream }: ServiceEntry, asked: Authority): Authority =>
  upstream !== undefined && (mode === 'direct' || upstream.scheme !== 'http') ? upstream : asked
