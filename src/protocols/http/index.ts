/** HTTP/1.1 and HTTP/2: protocol "http". */
import type { Protocol } from '../../core/protocol.ts'
import { detectHttp } from './detect.ts'
import { httpDialect } from './dialect.ts'
import { FirstBytes } from './first-bytes.ts'
import { Http2Session } from './h2/session.ts'
import { Intake } from './intake.ts'
import { HttpSession } from './session.ts'
import { HttpUpstream, upstreamService } from './upstream/upstream.ts'

export const http: Protocol = {
  name: 'http',
  dialect: httpDialect,
  alpn: ['h2', 'http/1.1', 'http/1.0'],
  detect: detectHttp,
  open: (host) => {
    const intake = new Intake(host)
    const sessions = { 'http/1.1': new HttpSession(intake), h2: new Http2Session(intake) }
    const firstBytes = new FirstBytes()
    const upstream = new HttpUpstream(host)
    return {
      accept: (socket, entrance) =>
        firstBytes.of(socket, entrance, (version) => sessions[version].accept(socket, entrance)),
      upstream: upstreamService(upstream),
      close: () => {
        firstBytes.close()
        sessions['http/1.1'].close()
        sessions.h2.close()
      },
      reset: () => {
        sessions['http/1.1'].reset()
        sessions.h2.reset()
        upstream.destroy()
      },
    }
  },
}
