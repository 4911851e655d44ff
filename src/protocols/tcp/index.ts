/** Any other protocol on an own port: bytes pass to the service's upstream, and the connection is counted as one call. */
import type { Duplex } from 'node:stream'
import type { Call } from '../../core/call.ts'
import { ConnectionCall } from '../../core/connection-call.ts'
import { SvcMockError } from '../../core/errors.ts'
import { breakConnection } from '../../core/pass-connection.ts'
import type { Entrance, Protocol, ProtocolHost } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { joinTunnel } from '../../core/tunnel.ts'
import { Silence } from './silence.ts'

export const tcp: Protocol = {
  name: 'tcp',
  dialect: undefined,
  ownPort: true,
  // Nothing can be told from its bytes: it is what a port is said to be.
  detect: () => 'no',
  open: (host) => {
    const sockets = new Set<Duplex>()
    const silence = new Silence()
    return {
      accept: (socket, entrance) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        void pass(host, socket, entrance, silence)
      },
      upstream: (call) => join(host, call),
      close: () => undefined,
      reset: () => {
        for (const socket of sockets) socket.destroy()
      },
    }
  },
}

const pass = async (
  host: ProtocolHost,
  socket: Duplex,
  entrance: Entrance,
  silence: Silence,
): Promise<void> => {
  const startedAt = performance.now()
  const gone = new AbortController()
  socket.on('error', () => socket.destroy())
  socket.once('close', () => gone.abort())
  const call = new ConnectionCall({
    id: host.nextId(),
    protocol: 'tcp',
    tenant: entrance.tenant ?? host.tenant,
    service: entrance.service!,
    operation: 'connection',
    signal: gone.signal,
  })
  try {
    silence.check(call.service.name)
    const reply = await host.handle(call)
    if (reply.kind === 'tunnel') {
      joinTunnel(socket, reply.socket)
      silence.watch(call.service.name, reply.socket)
    } else breakConnection(reply, socket)
    host.finished(call, reply.kind === 'tunnel' ? 200 : 0, startedAt)
  } catch (error) {
    call.context.outcome = 'error'
    call.context.error = error instanceof SvcMockError ? error.code : 'INVARIANT_BROKEN'
    call.context.note = (error as Error).message
    socket.destroy()
    host.finished(call, 0, startedAt)
  }
}

/** The upstream's connection as a reply. */
const join = async (host: ProtocolHost, call: Call): Promise<Reply> => {
  const target = call.service.upstream!
  const socket = await host.dial({ ...target, scheme: 'tcp' })
  call.context.outcome = 'passthrough'
  call.context.note = `${target.host}:${target.port}`
  return { kind: 'tunnel', status: 200, metadata: [], socket, head: new Uint8Array(0) }
}
