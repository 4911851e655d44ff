/** Any other protocol on an own port: bytes pass to the service's upstream, and the connection is counted as one call. */
import type { Duplex } from 'node:stream'
import { ConnectionCall } from '../../core/connection-call.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Entrance, Protocol, ProtocolHost } from '../../core/protocol.ts'
import { joinTunnel } from '../../core/tunnel.ts'

export const tcp: Protocol = {
  name: 'tcp',
  dialect: undefined,
  // Nothing can be told from its bytes: it is what a port is said to be.
  detect: () => 'no',
  open: (host) => {
    const sockets = new Set<Duplex>()
    return {
      accept: (socket, entrance) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        void pass(host, socket, entrance)
      },
      upstream: () => {
        throw new SvcMockError('INVARIANT_BROKEN', 'a tcp connection does not pass the pipeline')
      },
      close: () => undefined,
      reset: () => {
        for (const socket of sockets) socket.destroy()
      },
    }
  },
}

const pass = async (host: ProtocolHost, socket: Duplex, entrance: Entrance): Promise<void> => {
  const startedAt = performance.now()
  const service = entrance.service!
  const call = new ConnectionCall({
    id: host.nextId(),
    protocol: 'tcp',
    tenant: host.tenant,
    service,
    operation: 'connection',
  })
  try {
    const target = service.upstream!
    const upstream = await host.dial({ ...target, scheme: 'tcp' })
    joinTunnel(socket, upstream)
    call.context.outcome = 'passthrough'
    call.context.note = `${target.host}:${target.port}`
    host.finished(call, 200, startedAt)
  } catch (error) {
    call.context.outcome = 'error'
    call.context.error = error instanceof SvcMockError ? error.code : 'INVARIANT_BROKEN'
    call.context.note = (error as Error).message
    socket.destroy()
    host.finished(call, 0, startedAt)
  }
}
