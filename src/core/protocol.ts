/** Everything that the rest of the program may know about a protocol, and what a protocol may ask of it. */
import type { Duplex } from 'node:stream'
import type { Call, Tenant } from './call.ts'
import type { MessageClaims } from './claim.ts'
import type { LoadDefinitions, RestoreDefinitions } from './definitions.ts'
import type { Dialect } from './dialect.ts'
import type { SvcMockError } from './errors.ts'
import type { Service } from './filter.ts'
import type { Lane } from './lane.ts'
import type { MessageBus } from './message-bus.ts'
import type { LiveOperations } from './operations.ts'
import type { Preset, PresetDialect } from './preset.ts'
import type { Authority, ServiceEntry, UpstreamTls } from './service-entry.ts'

/** What the client's TLS handshake said, on a connection whose bytes come decrypted. */
export interface ClientTls {
  /** SNI (RFC 6066 section 3), lower case; undefined: the client sent none, as for an address. */
  readonly servername: string | undefined
  /** What ALPN agreed on (RFC 7301), as `h2` or `http/1.1`; undefined: the client offered nothing. */
  readonly alpn: string | undefined
  /** Whose certificate the client showed; undefined: none, or one that no tenant has. */
  readonly tenant?: string
}

/** How a connection came in. */
export interface Entrance {
  /** `proxy`: the main port; `own`: a service's own port; `tunnel`: inside a CONNECT. */
  readonly kind: 'proxy' | 'own' | 'tunnel'
  /** The port's own service. */
  readonly service?: ServiceEntry
  /**
   * Where the CONNECT goes, or for TLS on the main port the server name on port 443; scheme `https` inside TLS,
   * else `http`. It says where calls in origin form belong (RFC 9112 section 3.2.1; `:path` in HTTP/2).
   */
  readonly target?: Authority
  /** Present when TLS was ended here: the socket is decrypted, and what it carries leaves as https. */
  readonly tls?: ClientTls
  /** `host:port` that was listened on. */
  readonly listen: string
  /** Whose calls are that say nothing themselves; undefined: ProtocolHost.tenant's. */
  readonly tenant?: Tenant
}

/** Where a call belongs. */
export interface Routed {
  readonly service: ServiceEntry
  /** Where the client was going. */
  readonly target: Authority
  /** Part of the path that belongs to the service's address and not to its mocks; '' for none. */
  readonly basePath: string
}

export interface DialOptions {
  /** Marks that go along where another proxy is asked. */
  readonly hops?: readonly string[]
  /** The service's own settings for TLS towards its upstream; only for scheme `https`. */
  readonly tls?: UpstreamTls | undefined
  /** What to offer by ALPN, best first; default `['http/1.1']`. An empty list offers nothing. Only for scheme `https`. */
  readonly alpn?: readonly string[]
  /** Reads may come as core/lent-reads.ts has them, where the connection is a plain one. */
  readonly lent?: boolean
}

/** An open connection. */
export type Dialed = Duplex & {
  /** What the upstream chose by ALPN; not a text when it chose nothing, or without TLS. */
  readonly alpnProtocol?: string | false | null
}

/** Opens a connection towards an upstream; TLS, verified, for `https`. Rejects with SvcMockError. */
export type Dial = (target: Authority, options?: DialOptions) => Promise<Dialed>

/** What the proxy lends to a protocol. */
export interface ProtocolHost {
  /** Whose calls are that say nothing themselves. */
  readonly tenant: Tenant
  /** A tenant by its name, with its state; undefined: it is no name (core/tenant-name.ts). */
  tenantNamed(id: string): Tenant | undefined
  /** What the names of a tenant become towards upstreams; the same object until the configuration changes. */
  lane(tenant: Tenant): Lane
  /** What tenants claim of a service's messages, as the configuration in force says. */
  messageClaims(service: string): MessageClaims
  /** Which of its operations become Calls; the same object for each service, changed in place. */
  operations(service: ServiceEntry): LiveOperations
  /** What an embedded server begins with, by service: entries behind others stand above them. */
  presets(service: string): readonly Preset[]
  nextId(): number
  /** Throws SvcMockError LOOP when the call goes to one of our own listeners that no service names. */
  route(entrance: Entrance, host: string, port: number, path: string): Routed
  /** The pipeline. */
  readonly handle: Service
  /**
   * The protocol that a service speaks inside the asking protocol's exchanges, as a service of such exchanges;
   * undefined: it speaks the asking one itself.
   */
  carried(service: ServiceEntry): Service | undefined
  /**
   * Opens one more port beside a service's own, for a protocol whose upstream has several addresses; it lives as long as
   * the program. `port`: default a free one. Rejects with PORT_IN_USE or LISTEN_FAILED.
   */
  listenBeside(service: ServiceEntry, accept: (socket: Duplex) => void, port?: number): Promise<BesidePort>
  /** Sends an exchange of another protocol (a carrier) to the real service. */
  upstream(protocol: string): Service
  /**
   * Exactly once for each call. `startedAt` is performance.now(). `status` 0: nothing was answered. `word`: what people
   * call the status, where the number says little: `NOT_FOUND`.
   */
  finished(call: Call, status: number, startedAt: number, word?: string): void
  readonly dial: Dial
  /** A raw tunnel asked for by CONNECT. Throws SvcMockError LOOP as `route` does. */
  connect(entrance: Entrance, request: ConnectRequest): void
  /** A call that was refused before it was anybody's. Said once for each kind of error, counted every time. */
  refused(call: RefusedCall): void
  /** Says something about a connection, once for each `kind`: `<topic> …`, of which each topic has a bounded number. */
  notice(kind: string, text: string): void
  /** Credentials that a proxy call must bring, as the value of `proxy-authorization`; undefined: none. */
  readonly proxyAuthorization: string | undefined
  /** Where HTTP calls go that leave through another proxy; undefined: straight. */
  proxyFor(target: Authority): UpstreamProxy | undefined
  /** Our mark on forwarded calls; a call that brings it back is a loop. */
  readonly hopMark: string
}

export interface BesidePort {
  readonly host: string
  readonly port: number
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
  /** The client's `user-agent`, if it sent one. */
  readonly userAgent?: string | undefined
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
  /**
   * Where `Protocol.carrier` is set: one exchange of the carrier, answered in the carrier's terms. It makes the
   * call of its own protocol from it, sends that through `host.handle`, and reports it to `host.finished`; the
   * carrier reports nothing. It rejects or throws only SvcMockError, which the carrier answers in its own words.
   */
  readonly carry?: Service
  /** Where its services are message buses. */
  readonly messages?: MessageBus
  /** Presets have changed; see ProtocolHost.presets. */
  presetsChanged?(): void
  /**
   * What its embedded servers hold for a tenant, or for all of them (undefined), begins again with the presets. Returns how
   * many keys or records there were.
   */
  beginAgain?(tenant: string | undefined): number
  /**
   * A connection to the server that is embedded for a service, which sees the names of all tenants as they are; undefined: no client
   * has come yet, so that there is none.
   */
  connectEmbedded?(service: string): Duplex | undefined
  /** Stops: idle connections at once, the others when their call is done; `reset` ends what is left. */
  close(): void
  reset(): void
}

export interface Protocol {
  readonly name: string
  /** The protocol whose exchanges carry its calls (an RPC in an HTTP exchange); undefined: it has connections of its own. */
  readonly carrier?: string
  /** What its mocks may say; undefined where there is nothing to mock. */
  readonly dialect: Dialect | undefined
  /** Reads the interface definitions of its services; absent: it knows none. */
  readonly loadDefinitions?: LoadDefinitions
  /** Makes them again of what `Definitions.portable` gave. */
  readonly restoreDefinitions?: RestoreDefinitions
  /**
   * Its names in ALPN (RFC 7301), best first, as `h2`. TLS connections offer those of all protocols, in the order of
   * protocols/index.ts, and after the handshake the decrypted bytes are shown to `detect` like any others.
   */
  readonly alpn?: readonly string[]
  /** Its services have own ports only, on which nothing else is spoken: connections there come undetected. */
  readonly ownPort?: boolean
  /** Its services may be served in this process: `upstream: embedded`. */
  readonly embeds?: boolean
  /** What its embedded servers can begin with; absent: nothing. */
  readonly preset?: PresetDialect
  /** Whether the first bytes of a connection are this protocol. */
  detect(peek: Uint8Array): 'yes' | 'no' | 'more'
  open(host: ProtocolHost): ProtocolServer
}
