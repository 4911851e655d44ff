/** HTTP/1.1, as proxy, by Host and inside CONNECT. */
import type { Protocol } from '../../core/protocol.ts'
import { detectHttp } from './detect.ts'
import { httpDialect } from './dialect.ts'
import { Intake } from './intake.ts'
import { HttpSession } from './session.ts'
import { HttpUpstream, upstreamService } from './upstream/upstream.ts'

export const http: Protocol = {
  name: 'http',
  dialect: httpDialect,
  alpn: ['http/1.1'],
  detect: detectHttp,
  open: (host) => {
    const session = new HttpSession(new Intake(host))
    const upstream = new HttpUpstream(host)
    return {
      accept: (socket, entrance) => session.accept(socket, entrance),
      upstream: upstreamService(upstream),
      close: () => session.close(),
      reset: () => {
        session.reset()
        upstream.destroy()
      },
    }
  },
}
