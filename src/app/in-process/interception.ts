/**
 * Takes connections of this process before they leave it, below every client: node:http, fetch and undici open them all the same way.
 * What is taken is served by the proxy's own session, so that answers, faults and all are those of the proxy.
 */
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { SocketInterceptor } from '@mswjs/interceptors/net'
import { SvcMockError } from '../../core/errors.ts'
import type { ClientTls } from '../../core/protocol.ts'
import type { Destination, Inside } from '../../proxy/inside.ts'
import { ServerEnd } from './server-end.ts'

type ConnectionEvent = Parameters<Parameters<SocketInterceptor['on']>[1]>[0] extends infer Event
  ? Extract<Event, { readonly controller: unknown }>
  : never

/** How its first bytes begin: a method, or HTTP/2's preface (RFC 9113 section 3.4). */
const http = /^(?:[A-Z]+ |PRI \* HTTP\/2)/

/** Not public, but the one way by which a connection of our own is none of the intercepted ones. */
interface Outside {
  readonly __MSW_INTERNAL_CONNECTION_CONTEXT?: { run<T>(connect: () => T): T } | undefined
}

/** Runs what opens a connection of ours: it is not intercepted. */
export const outside = <T>(connect: () => T): T => {
  const context = (globalThis as Outside).__MSW_INTERNAL_CONNECTION_CONTEXT
  return context === undefined ? connect() : context.run(connect)
}

export class Interception {
  private readonly interceptor = new SocketInterceptor()
  private readonly inside: Inside
  private readonly taken = new Map<ServerEnd, { destroy(): void }>()

  constructor(inside: Inside) {
    this.inside = inside
  }

  begin(): void {
    try {
      this.interceptor.apply()
    } catch (error) {
      throw new SvcMockError(
        'NOT_IN_PROCESS',
        "this process's connections are intercepted already: by MSW, by nock, or by another workspace",
        {
          cause: error,
          hint: 'let one of them intercept: server.close(), nock.restore(), mocks.restore(); or use svc-mock/msw, svc-mock/nock',
        },
      )
    }
    this.interceptor.on('connection', (event) => this.came(event))
  }

  /** Connections that were taken end with it, so that no client keeps one for later. */
  end(): void {
    this.interceptor.dispose()
    // At once: a client must not find one in its pool, and write to it.
    for (const [end, socket] of this.taken) {
      socket.destroy()
      end.destroy()
    }
    this.taken.clear()
  }

  private came(event: ConnectionEvent): void {
    const { controller, connectionOptions } = event
    const destination = destinationOf(connectionOptions)
    const encrypted = 'encrypted' in event.socket && event.socket.encrypted === true
    const where = destination === undefined ? 'passes' : this.inside.whereTo(destination, encrypted)
    if (where === 'passes') controller.passthrough()
    else if (isOfHttp2(event.socket)) event.socket.destroy(http2Passes(destination!))
    else if (where === 'taken') this.take(event, destination!)
    else this.whenHttp(event, () => this.take(event, destination!))
  }

  /** Only of what speaks HTTP can it be said in an answer that its host is not known; other connections are nobody's here. */
  private whenHttp({ socket, controller }: ConnectionEvent, found: () => void): void {
    const look = (chunk: Buffer): void => {
      socket.off('data', look)
      if (!http.test(chunk.subarray(0, 24).toString('latin1'))) {
        controller.passthrough()
        return
      }
      found()
      // What was looked at has been delivered, and the new listener has not seen it.
      socket.emit('internal:write', chunk)
    }
    socket.on('data', look)
  }

  private take({ socket, controller, connectionOptions }: ConnectionEvent, destination: Destination): void {
    // Between exchanges a client's pool may call it undecided again.
    const claim = (): void => {
      if (controller.readyState === 0) controller.claim()
    }
    socket.on('data', claim)
    claim()
    const end = new ServerEnd(socket)
    this.taken.set(end, socket)
    end.on('error', () => end.destroy())
    end.once('close', () => this.taken.delete(end))
    this.inside.take(end, destination, tlsOf(socket as TLSSocket, connectionOptions))
  }
}

/** By its listeners: node:http2 works on what is below a socket, where nothing of ours would ever see a byte. */
const isOfHttp2 = (socket: Pick<TLSSocket, 'rawListeners'>): boolean =>
  socket
    .rawListeners('close')
    .some(
      (listener) => ((listener as { listener?: () => void }).listener ?? listener).name === 'socketOnClose',
    )

const http2Passes = ({ host, port }: Destination): SvcMockError =>
  new SvcMockError(
    'NOT_IN_PROCESS',
    `a client of node:http2 asks ${host}:${port}, and its connections cannot be intercepted`,
    {
      hint: 'use the proxy for it: svc-mock run -- <command>; or a transport over HTTP/1.1, such as gRPC-Web and Connect',
    },
  )

const destinationOf = ({
  host,
  port,
  path,
}: ConnectionEvent['connectionOptions']): Destination | undefined => {
  // A socket of the file system.
  if (path !== null && path !== undefined && port === undefined) return undefined
  const number = Number(port)
  return Number.isInteger(number) && number > 0 ? { host: host ?? 'localhost', port: number } : undefined
}

const tlsOf = (
  socket: TLSSocket,
  options: { readonly servername?: string; readonly host?: string | null },
): ClientTls | undefined => {
  if (socket.encrypted !== true) return undefined
  const named = options.servername ?? options.host ?? undefined
  return {
    servername: named === undefined || isIP(named) !== 0 ? undefined : named.toLowerCase(),
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
  }
}
