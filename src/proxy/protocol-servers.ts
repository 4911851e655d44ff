/** The protocols at work: who takes a connection, who carries whom, where calls leave. */
import type { Duplex } from 'node:stream'
import type { Service } from '../core/filter.ts'
import type { MessageBus } from '../core/message-bus.ts'
import type { Protocol, ProtocolHost, ProtocolServer } from '../core/protocol.ts'

export class ProtocolServers {
  /** Sends a call to the real service, by protocol. */
  readonly upstreams = new Map<string, Service>()
  private readonly servers = new Map<string, ProtocolServer>()
  /** Those that take connections of a protocol: its own, or its carrier's. */
  private readonly takers = new Map<string, ProtocolServer>()
  private readonly carriers = new Map<string, Service>()

  open(protocols: readonly Protocol[], host: ProtocolHost): void {
    for (const protocol of protocols) {
      const server = protocol.open(host)
      this.servers.set(protocol.name, server)
      this.upstreams.set(protocol.name, server.upstream)
      if (server.carry !== undefined) this.carriers.set(protocol.name, server.carry)
    }
    for (const { name, carrier } of protocols) this.takers.set(name, this.servers.get(carrier ?? name)!)
  }

  /** What takes over connections on which this protocol is spoken. */
  taker(protocol: string): ProtocolServer {
    return this.takers.get(protocol)!
  }

  /** See ProtocolHost.carried. */
  carried(protocol: string): Service | undefined {
    return this.carriers.get(protocol)
  }

  /** undefined: services of the protocol are no message buses. */
  messages(protocol: string): MessageBus | undefined {
    return this.servers.get(protocol)?.messages
  }

  presetsChanged(): void {
    for (const server of this.servers.values()) server.presetsChanged?.()
  }

  beginAgain(tenant: string | undefined): number {
    return [...this.servers.values()].reduce((sum, server) => sum + (server.beginAgain?.(tenant) ?? 0), 0)
  }

  /** See ProtocolServer. */
  connectEmbedded(protocol: string, service: string): Duplex | undefined {
    return this.servers.get(protocol)?.connectEmbedded?.(service)
  }

  close(): void {
    for (const server of this.servers.values()) server.close()
  }

  reset(): void {
    for (const server of this.servers.values()) server.reset()
  }
}
