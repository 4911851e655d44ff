/** The answer to an Upgrade (RFC 9110 section 7.8): node:http hands over the bare connection, so it is written here. */
import type { Duplex } from 'node:stream'
import type { Reply, TunnelReply } from '../../core/reply.ts'
import { joinTunnel } from '../../core/tunnel.ts'
import { rawHead, rawReply } from './raw-reply.ts'

/** `head`: what the client sent before it was answered. Returns the status, 0 when nothing was answered. */
export const answerUpgrade = (reply: Reply, socket: Duplex, head: Buffer): number => {
  switch (reply.kind) {
    case 'single':
      socket.end(rawReply(reply))
      return reply.status
    case 'stream':
      socket.write(
        rawHead(reply.status, reply.statusText, [...reply.metadata, 'connection', 'close']),
        'latin1',
      )
      reply.source.pipe({
        message: (bytes) => socket.write(bytes),
        end: () => socket.end(),
        fail: () => socket.destroy(),
      })
      socket.on('drain', () => reply.source.resume())
      return reply.status
    case 'tunnel':
      return openTunnel(reply, socket, head)
    default:
      socket.destroy()
      return 0
  }
}

const openTunnel = (reply: TunnelReply, socket: Duplex, head: Buffer): number => {
  socket.write(rawHead(reply.status, reply.statusText, reply.metadata), 'latin1')
  if (reply.head.length > 0) socket.write(reply.head)
  if (head.length > 0) reply.socket.write(head)
  joinTunnel(socket, reply.socket)
  return reply.status
}
