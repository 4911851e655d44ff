/** The one place that listens. Every accepted connection is counted, so that closing can end them all. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Address } from '../config/config.ts'
import { SvcMockError } from '../core/errors.ts'

export interface Listener {
  /** `127.0.0.1:8700`, with the port that was taken. */
  readonly address: string
  readonly host: string
  readonly port: number
  /** Accepts no more. */
  stop(): Promise<void>
  /** Ends every connection that is left. */
  reset(): void
}

/** Rejects with PORT_IN_USE or LISTEN_FAILED. */
export const listen = (address: Address, accept: (socket: Socket) => void): Promise<Listener> =>
  new Promise((resolve, reject) => {
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      // A connection may break at any moment; whoever reads from it sees it close.
      socket.on('error', () => socket.destroy())
      accept(socket)
    })
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(address, error)))
    server.listen({ host: address.host, port: address.port }, () =>
      resolve(listener(server, sockets, address)),
    )
  })

const listener = (server: Server, sockets: Set<Socket>, { host }: Address): Listener => {
  const taken = server.address()
  const port = typeof taken === 'object' && taken !== null ? taken.port : 0
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    host,
    port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
    reset: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

const listenError = ({ host, port }: Address, error: NodeJS.ErrnoException): SvcMockError => {
  const where = `${host}:${port}`
  if (error.code === 'EADDRINUSE') {
    return new SvcMockError('PORT_IN_USE', `${where} is taken by another program`, {
      cause: error,
      details: { host, port },
    })
  }
  const reason =
    error.code === 'EADDRNOTAVAIL'
      ? 'this machine has no such address'
      : error.code === 'EACCES'
        ? 'no right to listen there'
        : error.message
  return new SvcMockError('LISTEN_FAILED', `${where} cannot be listened on: ${reason}`, {
    cause: error,
    details: { host, port },
  })
}
