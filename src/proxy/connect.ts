/**
 * CONNECT. What goes to a service is looked at again inside the tunnel, because clients (Node's fetch among
 * them) send CONNECT even for plain HTTP; what goes elsewhere is joined unread.
 */
import type { ConnectRequest, Entrance } from '../core/protocol.ts'
import type { ServiceEntry } from '../core/service-entry.ts'
import { Arrival, type ArrivalHost } from './arrival.ts'
import { unknownHost } from './exit.ts'
import { loopError } from './policy.ts'

export interface ConnectHost extends ArrivalHost {
  unknownHosts(): 'passthrough' | 'fail'
  isOwn(host: string, port: number): boolean
  /** `127.0.0.1:8711`; undefined: the service has none. */
  ownPort(service: string): string | undefined
}

/** Throws LOOP for what comes back to us; all else is refused through the request. */
export const connector =
  (host: ConnectHost) =>
  (entrance: Entrance, request: ConnectRequest): void => {
    const { authority } = request
    const { host: name, port } = authority
    const arrivalOf = (service: ServiceEntry): Arrival =>
      new Arrival(host, {
        service,
        socket: request.socket,
        target: authority,
        operation: `CONNECT ${name}:${port}`,
        entrance: (tls) => ({
          kind: 'tunnel',
          target: { ...authority, scheme: tls === undefined ? 'http' : 'https' },
          ...(tls !== undefined && { tls }),
          listen: entrance.listen,
          ...(entrance.tenant !== undefined && { tenant: entrance.tenant }),
        }),
        hops: request.hops,
        userAgent: request.userAgent,
        // TLS begins with the client, and so does what is usually inside it.
        serverMayBegin: port !== 443,
        refuse: (error) => request.refuse(error),
      })
    const named = host.services().atHost(name, port)
    const own = named === undefined ? ownService(host, name, port) : undefined
    if (named !== undefined) toService(host, arrivalOf(named), named, request)
    else if (own !== undefined) toOwnPort(host, own, entrance, request)
    else if (host.isOwn(name, port)) throw loopError(`${name}:${port}`, entrance.listen)
    else {
      const entry = host.services().unnamed(name, port)
      const refused = !entry.allowed && host.unknownHosts() === 'fail'
      if (refused) arrivalOf(entry).fail(unknownHost({ service: entry }))
      else arrivalOf(entry).pass(() => request.accept())
    }
  }

/** The service whose own port this is. Not of protocols that are known by their port alone: in a tunnel nothing tells them. */
const ownService = (host: ConnectHost, name: string, port: number): ServiceEntry | undefined => {
  if (!host.isOwn(name, port)) return undefined
  const byPort = new Set(host.protocols.filter(({ ownPort }) => ownPort === true).map((one) => one.name))
  return [...host.services().entries.values()].find(
    (one) => !byPort.has(one.protocol) && host.ownPort(one.name)?.endsWith(`:${port}`) === true,
  )
}

/** Some clients (grpc-js among them) take no port in NO_PROXY, and come to own ports by way of us. */
const toOwnPort = (
  host: ConnectHost,
  service: ServiceEntry,
  { listen }: Entrance,
  request: ConnectRequest,
): void => {
  const { authority, socket } = request
  request.accept()
  new Arrival(host, {
    service,
    socket,
    target: authority,
    operation: `CONNECT ${authority.host}:${authority.port}`,
    entrance: (tls) => ({ kind: 'own', service, ...(tls !== undefined && { tls }), listen }),
    serverMayBegin: false,
    otherwise: host.protocols.find(({ name }) => name === service.protocol),
    ownNames: [authority.host],
    refuse: (error) => request.refuse(error),
  }).look()
}

const toService = (
  host: ConnectHost,
  arrival: Arrival,
  service: ServiceEntry,
  request: ConnectRequest,
): void => {
  // Port 443 means TLS, and before the tunnel is open the client can still be told in words it understands.
  if (request.authority.port === 443) {
    if (!service.tls.intercept) {
      arrival.pass(() => request.accept())
      return
    }
    const problem = host.interceptor.problem()
    if (problem !== undefined) {
      arrival.fail(problem)
      return
    }
  }
  request.accept()
  arrival.look()
}
