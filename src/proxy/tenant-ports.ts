/** Ports of the proxy whose calls are a tenant's, unless they say otherwise. */
import type { Socket } from 'node:net'
import type { Config } from '../config/config.ts'
import { type Listener, listen } from './listener.ts'

export class TenantPorts {
  /** By tenant. */
  private readonly ports = new Map<string, Listener>()

  get all(): readonly Listener[] {
    return [...this.ports.values()]
  }

  /** `host:port`, as it was really taken. */
  address(tenant: string): string | undefined {
    return this.ports.get(tenant)?.address
  }

  /** Opens those that are not open. Rejects with PORT_IN_USE or LISTEN_FAILED. */
  async open({ tenants }: Config, accept: (socket: Socket, tenant: string) => void): Promise<void> {
    for (const { id, listen: address } of tenants.tenants) {
      if (address === undefined || this.ports.has(id)) continue
      this.ports.set(id, await listen(address, (socket) => accept(socket, id)))
    }
  }
}
