/** Real services for the proxy to call: an HTTP server with a handler, and one that shows the bytes it gets. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Upstream {
  readonly port: number
  readonly server: Server
}

export const upstream = async (handler: RequestListener): Promise<Upstream> => {
  const server = createServer(handler)
  const port = await listening(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port, server }
}

/** Takes connections raw. */
export const tcpUpstream = async (accept: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    accept(socket)
  })
  const port = await listening(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return port
}

/** Answers each request with a fixed reply, and keeps the bytes of all requests. */
export const recordingUpstream = async (
  reply: string,
): Promise<{ readonly port: number; bytes(): string }> => {
  let seen = ''
  const port = await tcpUpstream((socket) => {
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      seen += text
      if (seen.endsWith('\r\n\r\n')) socket.write(reply, 'latin1')
    })
  })
  return { port, bytes: () => seen }
}

const listening = (server: Server | ReturnType<typeof createTcpServer>): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })

/**
 * Nobody listens there, and nobody will while the test runs: it is the client's end of an open connection, so the
 * system gives it to no other socket.
 */
export const deadPort = async (): Promise<number> => {
  const accepted = Promise.withResolvers<number>()
  const port = await tcpUpstream((socket) => accepted.resolve(socket.remotePort!))
  const holder = connect(port, '127.0.0.1')
  onTestFinished(() => void holder.destroy())
  return accepted.promise
}

/** A port to listen on, for what must know it beforehand. Somebody else may get it first. */
export const freePort = async (): Promise<number> => {
  const server = createTcpServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
