/** All that the proxy listens on: its own port, those of services and of tenants, and those that protocols ask for. */
import type { Socket } from 'node:net'
import { isLoopback, isUnspecified } from '../config/addresses.ts'
import type { Address, Config } from '../config/config.ts'
import { type Listener, listen } from './listener.ts'
import { TenantPorts } from './tenant-ports.ts'

type Accept = (socket: Socket) => void

export class Ports {
  readonly ofTenants = new TenantPorts()
  private main: Listener | undefined
  /** By service. */
  private readonly own = new Map<string, Listener>()
  private readonly beside: Listener[] = []

  /** The main one; '' before it listens. */
  get address(): string {
    return this.main?.address ?? ''
  }

  /** All of these reject with PORT_IN_USE or LISTEN_FAILED. */
  async openMain(address: Address, accept: Accept): Promise<void> {
    this.main = await listen(address, accept)
  }

  /** Opens those of services that have none yet. */
  async openOwn({ services }: Config, accept: (socket: Socket, service: string, host: string) => void) {
    for (const { name, listen: address } of services) {
      if (address === undefined || this.own.has(name)) continue
      this.own.set(name, await listen(address, (socket) => accept(socket, name, address.host)))
    }
  }

  /** See ProtocolHost.listenBeside: a free port, on the service's own interface or the main one. */
  async openBeside(
    service: string,
    accept: Accept,
    port = 0,
  ): Promise<{ readonly host: string; readonly port: number }> {
    const { host } = (this.own.get(service) ?? this.main)!
    const listener = await listen({ host, port }, accept)
    this.beside.push(listener)
    return { host: isUnspecified(host) ? '127.0.0.1' : host, port: listener.port }
  }

  /** The own port that was really taken. */
  addressOf(service: string): string | undefined {
    return this.own.get(service)?.address
  }

  /** The service whose own port it is. */
  serviceAt(port: number): string | undefined {
    return [...this.own].find(([, own]) => own.port === port)?.[0]
  }

  /** Whether a call to it would come to us. */
  isOwn(host: string, port: number): boolean {
    if (!this.all().some((one) => one.port === port)) return false
    return host === 'localhost' || host === this.main?.host || isLoopback(host)
  }

  /** Accepts no more. */
  async stop(): Promise<void> {
    await Promise.all(this.all().map((one) => one.stop()))
  }

  /** Ends every connection that is left. */
  reset(): void {
    for (const one of this.all()) one.reset()
  }

  private all(): readonly Listener[] {
    const main = this.main === undefined ? [] : [this.main]
    return [...main, ...this.own.values(), ...this.beside, ...this.ofTenants.all]
  }
}
