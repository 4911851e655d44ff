/** TLS on the main port is for the service that the client names: one whose name leads here by DNS or /etc/hosts. */
import type { Duplex } from 'node:stream'
import type { Entrance } from '../core/protocol.ts'
import { fatalAlert } from '../tls/alert.ts'
import type { ClientHello } from '../tls/client-hello.ts'
import { Arrival, type ArrivalHost } from './arrival.ts'

export const arriveByName = (
  host: ArrivalHost,
  socket: Duplex,
  { servername }: ClientHello,
  outer: Entrance,
): void => {
  const service = servername === undefined ? undefined : host.services().atHost(servername, 443)
  if (servername === undefined || service === undefined) {
    const named = servername === undefined ? 'names no host' : `names ${servername}, which no service has`
    host.notice(
      'connection tls',
      `a client speaks TLS to ${outer.listen} and ${named}; as a proxy this is http://${outer.listen}, also for https:// calls`,
    )
    socket.end(fatalAlert('unrecognizedName'))
    return
  }
  const target = { scheme: 'https', host: servername, port: 443, basePath: '' } as const
  new Arrival(host, {
    service,
    socket,
    target,
    operation: `TLS ${servername}:443`,
    entrance: (tls) => ({ ...outer, target, ...(tls !== undefined && { tls }) }),
    serverMayBegin: false,
    refuse: () => socket.destroy(),
  }).look()
}
