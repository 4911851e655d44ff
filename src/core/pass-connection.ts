/** A client's connection as one Call through the pipeline, for protocols whose sessions stand between it and the upstream's connection. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ConnectionCall } from './connection-call.ts'
import { SvcMockError } from './errors.ts'
import type { ProtocolHost } from './protocol.ts'
import type { Reply } from './reply.ts'
import type { ServiceEntry } from './service-entry.ts'

export interface Passing {
  readonly host: ProtocolHost
  readonly protocol: string
  readonly service: ServiceEntry
  readonly client: Duplex
  /** What must be there before the client is served. */
  ready?(): Promise<void> | undefined
  /** The upstream's connection is open; the client's may have ended meanwhile. */
  join(upstream: Duplex): void
  /** A reply that is no connection. */
  breakOff(reply: Reply): void
  /** There is no connection to be had. */
  failed(error: Error): void
}

/** Never rejects. */
export const passConnection = async (passing: Passing): Promise<void> => {
  const { host, client, service, protocol } = passing
  const startedAt = performance.now()
  client.on('error', () => client.destroy())
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  client.once('close', onClose)
  const call = new ConnectionCall({
    id: host.nextId(),
    protocol,
    tenant: host.tenant,
    service,
    operation: 'connection',
    signal: gone.signal,
  })
  try {
    const reply = await host.handle(call)
    client.off('close', onClose)
    await passing.ready?.()
    if (reply.kind === 'tunnel') passing.join(reply.socket)
    else passing.breakOff(reply)
    host.finished(call, reply.kind === 'tunnel' ? 200 : 0, startedAt)
  } catch (error) {
    call.context.outcome = 'error'
    call.context.error = error instanceof SvcMockError ? error.code : 'INVARIANT_BROKEN'
    call.context.note = (error as Error).message
    passing.failed(error as Error)
    host.finished(call, 0, startedAt)
  }
}

/** As a fault says that has no words of the protocol's; else the connection ends. */
export const breakConnection = (reply: Reply, socket: Duplex): void => {
  if (reply.kind === 'fault' && reply.fault === 'stall') return
  if (reply.kind === 'fault' && reply.fault === 'reset' && isSocket(socket)) socket.resetAndDestroy()
  else socket.destroy()
}

/** Not one in memory. */
const isSocket = (stream: Duplex): stream is Socket => 'resetAndDestroy' in stream
