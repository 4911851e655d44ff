/** Everything that the rest of the program may know about a protocol, and what a protocol may ask of it. */
import type { Duplex } from 'node:stream'
import type { Call, Tenant } from './call.ts'
import type { Dialect } from './dialect.ts'
import type { SvcMockError } from './errors.ts'
import type { Service } from './filter.ts'
import type { Authority, ServiceEntry } from './service-entry.ts'

/** How a connection came in. */
export interface Entrance {
  /** `proxy`: the main port; `own`: a service's own port; `tunnel`: inside a CONNECT. */
  readonly kind: 'proxy' | 'own' | 'tunnel'
  /** The port's own service. */
  readonly service?: ServiceEntry
  /** Where the CONNECT goes. */
  readonly target?: Authority
  /** `host:port` that was listened on. */
  readonly listen: string
}

/** Where a call belongs. */
export interface Routed {
  readonly service: ServiceEntry
  /** Where the client was going. */
  readonly target: Authority
  /** Part of the path that belongs to the service's address and not to its mocks; '' for none. */
  readonly basePath: string
}

/** Opens a connection towards an upstream; TLS for `https`. `hops`: marks that go along where another proxy is asked. Rejects with SvcMockError. */
export type Dial = (target: Authority, hops?: readonly string[]) => Promise<Duplex>

/** What the proxy lends to a protocol. */
export interface ProtocolHost {
  readonly tenant: Tenant
  nextId(): number
  /** Throws SvcMockError LOOP when the call goes to one of our own listeners that no service names. */
  route(entrance: Entrance, host: string, port: number, path: string): Routed
  /** The pipeline. */
  readonly handle: Service
  /** Exactly once for each call. `startedAt` is performance.now(). `status` 0: nothing was answered. */
  finished(call: Call, status: number, startedAt: number): void
  readonly dial: Dial
  /** A raw tunnel asked for by CONNECT. Throws SvcMockError LOOP as `route` does. */
  connect(entrance: Entrance, request: ConnectRequest): void
  /** A call that was refused before it was anybody's. Said once for each kind of error, counted every time. */
  refused(call: RefusedCall): void
  /** Says something about a connection, once for each kind. */
  notice(kind: string, text: string): void
  /** Credentials that a proxy call must bring, as the value of `proxy-authorization`; undefined: none. */
  readonly proxyAuthorization: string | undefined
  /** Where HTTP calls go that leave through another proxy; undefined: straight. */
  proxyFor(target: Authority): UpstreamProxy | undefined
  /** Our mark on forwarded calls; a call that brings it back is a loop. */
  readonly hopMark: string
}

export interface RefusedCall {
  /** The protocol's name. */
  readonly protocol: string
  /** As Call.operation, as far as it could be read. */
  readonly operation: string
  readonly error: SvcMockError
  /** Calls of one kind are told once. */
  readonly kind: string
  /** What was answered. */
  readonly status: number
  /** performance.now(). */
  readonly startedAt: number
  /** The own port on which it came. */
  readonly service: ServiceEntry | undefined
}

export interface UpstreamProxy {
  readonly authority: Authority
  /** `proxy-authorization`, if the address holds credentials. */
  readonly authorization: string | undefined
}

/** A client asks for a raw tunnel. */
export interface ConnectRequest {
  readonly authority: Authority
  /** Marks of the svc-mocks that it has passed. */
  readonly hops: readonly string[]
  /** The client's connection; bytes that came early have been put back. */
  readonly socket: Duplex
  /** Tells the client that the tunnel is open. Once, before any byte is passed. */
  accept(): void
  /** Answers the error in the protocol's words, also after `accept`, and ends the connection. */
  refuse(error: SvcMockError): void
}

/** A protocol at work. */
export interface ProtocolServer {
  /** Takes over a connection whose first bytes have been put back. */
  accept(socket: Duplex, entrance: Entrance): void
  /** Sends a call to the real service. */
  readonly upstream: Service
  /** Stops: idle connections at once, the others when their call is done; `reset` ends what is left. */
  close(): void
  reset(): void
}

export interface Protocol {
  readonly name: string
  /** What its mocks may say; undefined where there is nothing to mock. */
  readonly dialect: Dialect | undefined
  /** Whether the first bytes of a connection are this protocol. */
  detect(peek: Uint8Array): 'yes' | 'no' | 'more'
  open(host: ProtocolHost): ProtocolServer
}
