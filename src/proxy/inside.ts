/** Connections of this very process, which somebody has intercepted before they left it. */
import type { Duplex } from 'node:stream'
import { isLoopback } from '../config/addresses.ts'
import type { ClientTls } from '../core/protocol.ts'
import type { ServiceEntry } from '../core/service-entry.ts'
import type { ArrivalHost } from './arrival.ts'
import { detect, patienceMs } from './detect.ts'

export interface InsideHost extends ArrivalHost {
  unknownHosts(): 'passthrough' | 'fail'
}

export interface Destination {
  readonly host: string
  readonly port: number
}

export class Inside {
  private readonly host: InsideHost

  constructor(host: InsideHost) {
    this.host = host
  }

  /**
   * What becomes of a connection: its calls are answered here, or it leaves as if nobody had looked. `refused`: if it carries HTTP,
   * whoever calls is told why the host is not known.
   */
  whereTo({ host, port }: Destination, encrypted: boolean): 'taken' | 'refused' | 'passes' {
    const services = this.host.services()
    const service = services.atHost(host, port)
    if (service !== undefined)
      return isHttp(service) && (!encrypted || service.tls.intercept) ? 'taken' : 'passes'
    // As with a proxy: servers of the test itself, databases beside it.
    if (isLoopback(host) || host === 'localhost' || host.endsWith('.localhost')) return 'passes'
    const refused = this.host.unknownHosts() === 'fail' && !services.unnamed(host, port).allowed
    return refused ? 'refused' : 'passes'
  }

  /** Serves a connection as it would come out of a tunnel: decrypted where `tls` says what its handshake was. */
  take(socket: Duplex, destination: Destination, tls?: ClientTls): void {
    const { undecided, protocols } = this.host
    const scheme = tls === undefined ? 'http' : 'https'
    const target = { scheme, ...destination, basePath: '' } as const
    undecided.add(socket)
    detect(socket, protocols, patienceMs, (what) => {
      undecided.delete(socket)
      if (what.kind !== 'protocol') socket.destroy()
      else
        this.host.serve(what.protocol, socket, {
          kind: 'tunnel',
          target,
          listen: '',
          ...(tls !== undefined && { tls }),
        })
    })
  }
}

/** Spoken in exchanges of HTTP; others are known by their ports alone. */
const isHttp = ({ protocol }: ServiceEntry): boolean => protocol === 'http' || protocol === 'grpc'
