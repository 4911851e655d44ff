/** A reply onto a stream of HTTP/2. */
import { constants, type ServerHttp2Stream } from 'node:http2'
import { SvcMockError } from '../../../core/errors.ts'
import type { Metadata } from '../../../core/metadata.ts'
import type { FaultReply, SingleReply, StreamReply } from '../../../core/reply.ts'
import { bodiless } from '../constant-reply.ts'
import { appendHeaders, grouped, sendTrailers } from './head.ts'
import { codes, resetCodeFor } from './reset.ts'

/** `toHead`: the call was HEAD, whose reply ends with its headers. */
export const writeSingle = (reply: SingleReply, stream: ServerHttp2Stream, toHead = false): void =>
  writeBody(reply, stream, toHead, true)

const writeBody = (
  reply: SingleReply,
  stream: ServerHttp2Stream,
  toHead: boolean,
  sendDate: boolean,
): void => {
  const { trailers, wire } = reply
  const body = wire ?? reply.body
  const hasTrailers = trailers !== undefined && trailers.length > 0
  if (toHead || isBodiless(reply) || (!hasTrailers && (body === undefined || body.length === 0))) {
    respond(stream, reply, { endStream: true, sendDate })
    return
  }
  respond(stream, reply, { waitForTrailers: hasTrailers, sendDate })
  if (hasTrailers) stream.once('wantTrailers', () => sendTrailers(stream, trailers))
  if (typeof body === 'string') stream.end(body, 'latin1')
  else stream.end(body)
}

/** `done` is called once, with an error when the upstream broke off or the client went away. */
export const writeStream = (
  reply: StreamReply,
  stream: ServerHttp2Stream,
  toHead: boolean,
  done: (error?: Error) => void,
): void => {
  const { source } = reply
  const whole = source.whole?.()
  if (whole !== undefined) {
    writeBody({ ...reply, kind: 'single', body: whole }, stream, toHead, false)
    done()
    return
  }
  const withoutBody = toHead || isBodiless(reply)
  respond(stream, reply, {
    sendDate: false,
    ...(withoutBody ? { endStream: true } : { waitForTrailers: true }),
  })
  let over = false
  const finish = (error?: Error): void => {
    if (over) return
    over = true
    done(error)
  }
  let trailers: Metadata = []
  // Only what knows its trailers before its body could say that there are none.
  stream.once('wantTrailers', () => sendTrailers(stream, trailers))
  stream.on('drain', () => source.resume())
  stream.once('close', () => {
    if (over || withoutBody) return
    const gone = new Error('the client went away')
    source.cancel(gone)
    finish(gone)
  })
  source.pipe({
    message: (bytes) => withoutBody || stream.write(bytes),
    end: (late) => {
      trailers = late ?? []
      if (!withoutBody) stream.end()
      finish()
    },
    fail: (error) => {
      stream.close(resetCodeFor(error))
      finish(error)
    },
  })
}

const isBodiless = ({ status }: SingleReply | StreamReply): boolean => status === 205 || bodiless.has(status)

interface RespondOptions {
  readonly endStream?: boolean
  readonly waitForTrailers?: boolean
  readonly sendDate?: boolean
}

const respond = (
  stream: ServerHttp2Stream,
  { status, metadata }: SingleReply | StreamReply,
  options: RespondOptions,
): void => {
  if (status > 599)
    throw new SvcMockError('NOT_YET_SUPPORTED', `status ${status} cannot be sent in HTTP/2`, {
      hint: 'call the service in HTTP/1.1',
    })
  const head: (string | number)[] = [':status', status]
  appendHeaders(head, metadata)
  if (takesPairs) stream.respond(head as never, options)
  else stream.respond({ ':status': status, ...grouped(head.slice(2) as string[]) }, options)
}

/** Headers in their order, which node:http2 takes since 24.8; before it they are grouped by name. */
const takesPairs = ((): boolean => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major! > 24 || minor! >= 8
})()

/** Shorter than it says it is: what no client may take for a reply (RFC 9113 section 8.1.1). */
const malformedHead = { ':status': 200, 'content-type': 'text/plain', 'content-length': 1_000 }

/**
 * Other calls share the connection, so faults break the stream alone: `reset` and `close` by RST_STREAM, with
 * INTERNAL_ERROR and CANCEL, `malformed` by a body that is not as long as its head says.
 */
export const writeFault = (reply: FaultReply, stream: ServerHttp2Stream): void => {
  switch (reply.fault) {
    case 'stall':
      return
    case 'malformed':
      stream.respond(malformedHead)
      stream.end('not what was said\n')
      return
    case 'reset':
      stream.close(reply.code ?? constants.NGHTTP2_INTERNAL_ERROR)
      return
    case 'close':
      stream.close(codes.cancel)
  }
}
