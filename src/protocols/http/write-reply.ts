/** A reply onto a node:http response. */
import type { ServerResponse } from 'node:http'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { FaultReply, SingleReply, StreamReply } from '../../core/reply.ts'

const wireAtMost = 16 * 1024

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

export const writeSingle = (reply: SingleReply, response: ServerResponse): void => {
  writeHead(reply, response)
  if (reply.trailers !== undefined) response.addTrailers(pairs(reply.trailers))
  if (reply.wire === undefined) response.end(reply.body)
  else response.end(reply.wire, 'latin1')
}

/** Writes a reply whose body has arrived already; false: it has not, and nothing is written. */
export const writeWhole = (reply: StreamReply, response: ServerResponse): boolean => {
  const whole = reply.source.whole?.()
  if (whole === undefined) return false
  response.sendDate = false
  writeHead(withoutLostTrailer(reply, response), response)
  // Short bodies leave with the head in one write, as text of one character a byte.
  if (whole.length <= wireAtMost) response.end(latin1(whole), 'latin1')
  else response.end(whole)
  return true
}

/** `done` is called once, with an error when the upstream broke off or the client went away. */
export const writeStream = (
  reply: StreamReply,
  response: ServerResponse,
  done: (error?: Error) => void,
): void => {
  response.sendDate = false
  writeHead(withoutLostTrailer(reply, response), response)
  let over = false
  const finish = (error?: Error): void => {
    if (over) return
    over = true
    done(error)
  }
  response.on('drain', () => reply.source.resume())
  response.on('close', () => {
    if (over) return
    reply.source.cancel(new Error('the client went away'))
    finish(new Error('the client went away'))
  })
  reply.source.pipe({
    message: (bytes) => response.write(bytes),
    end: (trailers) => {
      if (trailers !== undefined && trailers.length > 0) response.addTrailers(pairs(trailers))
      response.end()
      finish()
    },
    fail: (error) => {
      // The head has been sent: only a broken connection tells the client that the body is not whole.
      response.destroy()
      finish(error)
    },
  })
}

/** node:http takes only links that it can read. A hint is only a hint: the reply itself must not be lost over it. */
export const passHints = (
  headers: Readonly<Record<string, string | string[]>>,
  response: ServerResponse,
): void => {
  try {
    response.writeEarlyHints(headers as Record<string, string>)
  } catch {
    // dropped
  }
}

/** A good head, and a chunk whose size is no number (RFC 9112 section 7.1). */
const malformed =
  'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\nnot a chunk\r\n'

export const writeFault = (reply: FaultReply, response: ServerResponse): void => {
  if (reply.fault === 'stall') return
  const { socket } = response
  // The client has sent its call before the one in front of it was answered to its end: this one's turn comes.
  if (socket === null) response.once('socket', () => writeFault(reply, response))
  else if (reply.fault === 'malformed') {
    socket.write(malformed)
    socket.destroySoon()
  } else if (reply.fault === 'reset') socket.resetAndDestroy()
  else response.destroy()
}

/** Trailers travel only in chunks; node:http refuses a head that announces them where there will be none. */
const withoutLostTrailer = (reply: StreamReply, response: ServerResponse): StreamReply => {
  if (firstValue(reply.metadata, 'trailer') === undefined || isChunked(reply, response)) return reply
  const metadata = reply.metadata.filter((_, i) => reply.metadata[i - (i % 2)]!.toLowerCase() !== 'trailer')
  return { ...reply, metadata }
}

const isChunked = ({ status, metadata }: StreamReply, { req }: ServerResponse): boolean =>
  req.httpVersionMinor > 0 &&
  req.method !== 'HEAD' &&
  status !== 204 &&
  status !== 304 &&
  firstValue(metadata, 'content-length') === undefined

const writeHead = (reply: SingleReply | StreamReply, response: ServerResponse): void => {
  // A flat array keeps order and case; node's types know it only as mutable.
  const headers = reply.metadata as string[]
  if (reply.statusText === undefined) response.writeHead(reply.status, headers)
  else response.writeHead(reply.status, reply.statusText, headers)
}

const pairs = (flat: Metadata): [string, string][] => {
  const list: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) list.push([flat[i]!, flat[i + 1]!])
  return list
}
