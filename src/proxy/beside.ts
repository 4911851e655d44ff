/** Ports that protocols open beside a service's own: one for each address of an upstream that has several. */
import type { Socket } from 'node:net'
import { isUnspecified } from '../config/addresses.ts'
import type { BesidePort } from '../core/protocol.ts'
import { type Listener, listen } from './listener.ts'

export class BesidePorts {
  readonly listeners = new Set<Listener>()

  /** Rejects with LISTEN_FAILED. */
  async open(host: string, accept: (socket: Socket) => void): Promise<BesidePort> {
    const listener = await listen({ host, port: 0 }, accept)
    this.listeners.add(listener)
    return { host: isUnspecified(host) ? '127.0.0.1' : host, port: listener.port }
  }
}
