/** TLS on the main port is for the service that the client names: one whose name leads here by DNS or /etc/hosts. */
import type { Duplex } from 'node:stream'
import { fatalAlert } from '../tls/alert.ts'
import type { ClientHello } from '../tls/client-hello.ts'
import { Arrival, type ArrivalHost } from './arrival.ts'

/** `listen`: the main port, `127.0.0.1:8700`. */
export const arriveByName = (
  host: ArrivalHost,
  listen: string,
  socket: Duplex,
  { servername }: ClientHello,
): void => {
  const service = servername === undefined ? undefined : host.services().atHost(servername, 443)
  if (servername === undefined || service === undefined) {
    const named = servername === undefined ? 'names no host' : `names ${servername}, which no service has`
    host.notice(
      'connection tls',
      `a client speaks TLS to ${listen} and ${named}; as a proxy this is http://${listen}, also for https:// calls`,
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
    entrance: (tls) => ({ kind: 'proxy', target, ...(tls !== undefined && { tls }), listen }),
    serverMayBegin: false,
    refuse: () => socket.destroy(),
  }).look()
}
