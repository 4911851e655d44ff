/** HTTP/2 by node's own library: clients of the proxy, and real services for it to call. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2'
import { onTestFinished } from 'vitest'

/** A connection by prior knowledge; closed when the test is done. */
export const http2Client = async (
  port: number,
  options: ClientSessionOptions = {},
): Promise<ClientHttp2Session> => {
  const session = connect(`http://127.0.0.1:${port}`, options)
  onTestFinished(() => session.destroy())
  session.on('error', () => undefined)
  await new Promise((resolve, reject) => session.once('remoteSettings', resolve).once('error', reject))
  return session
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Raw pairs, `:status` first. */
  readonly raw: readonly string[]
  readonly body: string
  readonly trailers: IncomingHttpHeaders | undefined
  /** 0 unless the stream was reset. */
  readonly rstCode: number
}

/** Everything that comes on a stream until it closes; a reset is part of the answer. */
export const answerOf = (stream: ClientHttp2Stream): Promise<Answer> =>
  new Promise((resolve) => {
    let headers: IncomingHttpHeaders = {}
    let raw: readonly string[] = []
    let trailers: IncomingHttpHeaders | undefined
    const chunks: Buffer[] = []
    stream.on('error', () => undefined)
    stream.on('response', (head, _flags, pairs) => {
      headers = head
      raw = pairs as unknown as string[]
    })
    stream.on('trailers', (late) => {
      trailers = late
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('close', () =>
      resolve({
        status: Number(headers[':status'] ?? 0),
        headers,
        raw,
        body: Buffer.concat(chunks).toString(),
        trailers,
        rstCode: stream.rstCode ?? 0,
      }),
    )
  })

/** One call whole. */
export const ask = (
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<Answer> => {
  const stream = session.request(headers, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  return answerOf(stream)
}

export interface Http2Upstream {
  readonly port: number
  readonly server: Http2Server
  readonly sessions: ReadonlySet<ServerHttp2Session>
}

export type StreamHandler = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  raw: readonly string[],
) => void

/** A real service that speaks HTTP/2 without TLS. */
export const http2Upstream = async (
  handler: StreamHandler,
  options: ServerOptions = {},
): Promise<Http2Upstream> => {
  const server = createServer(options)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
    session.on('close', () => sessions.delete(session))
  })
  server.on('stream', (stream, headers, _flags, raw) => {
    stream.on('error', () => undefined)
    handler(stream, headers, raw as unknown as string[])
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  onTestFinished(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { port, server, sessions }
}
