/** HTTP/2 connections: streams become calls, replies go back on them. node:http2 frames, and controls the flow. */
import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { SvcMockError } from '../../../core/errors.ts'
import { firstValue } from '../../../core/metadata.ts'
import type { Entrance } from '../../../core/protocol.ts'
import type { Reply, SingleReply } from '../../../core/reply.ts'
import { HttpBody } from '../body.ts'
import type { HttpCall } from '../call.ts'
import { failure } from '../failed-call.ts'
import type { Intake, IntakeHost } from '../intake.ts'
import { problemReply } from '../problem.ts'
import { Http2Client } from './client.ts'
import { Bucket, pings, settings } from './flood-guard.ts'
import { type RequestHead, requestHead } from './head.ts'
import { connectionWindow, maxHeaderBytes, serverOptions } from './limits.ts'
import { codes, endNow } from './reset.ts'
import { writeFault, writeSingle, writeStream } from './write-reply.ts'

/** END_STREAM of the HEADERS frame: no body follows (RFC 9113 section 6.2). */
const endStream = 0x1

/** Longer than clients keep idle connections, so that it is they who close them. */
const keepAliveMs = 75_000

export class Http2Session {
  private readonly intake: Intake
  private readonly host: IntakeHost
  private readonly idleMs: number
  private readonly sessions = new Set<ServerHttp2Session>()
  private closing = false

  constructor(intake: Intake, idleMs = keepAliveMs) {
    this.intake = intake
    this.host = intake.host
    this.idleMs = idleMs
  }

  accept(socket: Duplex, entrance: Entrance): void {
    // node:tls clears this only on connections of its own servers, and node:http2 would wait for it.
    if (entrance.tls !== undefined)
      (socket as TLSSocket & { secureConnecting?: boolean }).secureConnecting = false
    const session = performServerHandshake(socket as never, serverOptions)
    this.sessions.add(session)
    let open = 0
    session.once('connect', () => session.setLocalWindowSize(connectionWindow))
    session.on('close', () => this.sessions.delete(session))
    session.on('error', (error) => this.broken(error))
    session.on('stream', (stream, _headers, flags, raw) => {
      open++
      stream.once('close', () => open--)
      this.serve(stream, raw as unknown as string[], (flags & endStream) !== 0, entrance)
    })
    session.setTimeout(this.idleMs)
    session.on('timeout', () => {
      if (open === 0) session.close()
    })
    // Half a connection carries no HTTP/2: who has said its last word reads no answers.
    socket.once('end', () => session.destroy())
    this.guard(session)
    if (this.closing) session.close()
  }

  /** No new calls: GOAWAY is sent, and the connection ends with its last call. */
  close(): void {
    this.closing = true
    for (const session of this.sessions) session.close()
  }

  reset(): void {
    for (const session of this.sessions) endNow(session, codes.cancel)
  }

  private guard(session: ServerHttp2Session): void {
    const stop = (what: string): void => {
      if (session.destroyed) return
      this.host.notice(
        `flood ${what}`,
        `a client flooded its HTTP/2 connection with ${what} frames; that connection was ended`,
      )
      // RFC 9113 section 10.5.
      endNow(session, codes.calm)
    }
    const pingsLeft = new Bucket(pings)
    const settingsLeft = new Bucket(settings)
    session.on('ping', () => {
      if (!pingsLeft.take()) stop('PING')
    })
    session.on('remoteSettings', () => {
      if (!settingsLeft.take()) stop('SETTINGS')
    })
  }

  /** What node:http2 ended a connection for. Connections that just break are nobody's mistake. */
  private broken(error: Error): void {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code !== 'ERR_HTTP2_ERROR' && code !== 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES') return
    this.host.notice(
      `http2 ${error.message}`,
      `a client's HTTP/2 connection was ended, because it broke the protocol or flooded it: ${error.message}`,
    )
  }

  private serve(stream: ServerHttp2Stream, raw: readonly string[], empty: boolean, entrance: Entrance): void {
    const startedAt = performance.now()
    // A stream may be reset at any moment; whoever reads or writes it sees it close.
    stream.on('error', ignore)
    // Reset before its turn came.
    if (stream.destroyed || stream.closed) return
    const head = requestHead(raw)
    const client = new Http2Client(stream, head, entrance)
    if (head.malformed !== undefined) {
      const refused = new SvcMockError('BAD_CALL', `the call is no valid HTTP/2: ${head.malformed}`)
      this.refuse(client, refused, startedAt)
      return
    }
    if (head.size > maxHeaderBytes) {
      const reason = `the headers are longer than ${maxHeaderBytes / 1024} kB`
      const refused = new SvcMockError('BAD_CALL', `the call is no valid HTTP/2: ${reason}`)
      this.refuse(client, refused, startedAt, 431)
      return
    }
    if (!empty) {
      stream.once('trailers', (_headers, _flags, trailers) => {
        client.rawTrailers = trailers as unknown as string[]
      })
    }
    if (head.method === 'CONNECT') this.connect(client, startedAt)
    else this.exchange(client, head, empty || firstValue(head.headers, 'content-length') === '0', startedAt)
  }

  private exchange(client: Http2Client, head: RequestHead, empty: boolean, startedAt: number): void {
    const { stream } = client
    const body = new HttpBody(client, empty, waits(head) ? () => client.interim(100) : undefined)
    let call: HttpCall
    try {
      call = this.intake.toCall(client, body)
    } catch (error) {
      this.refuse(client, error, startedAt)
      return
    }
    this.intake.answer(call, (reply) => {
      this.send(reply, call, stream, startedAt)
      if (reply.kind === 'single') body.drop()
      else if (reply.kind === 'stream' && !body.taken) stream.once('finish', () => body.drop())
    })
  }

  private connect(client: Http2Client, startedAt: number): void {
    const { stream } = client
    const accept = (): void => {
      if (!client.gone) stream.respond({ ':status': 200 })
    }
    const refuse = (reply: SingleReply): void => answered(stream, reply)
    this.intake.connect(client, { socket: stream, accept, refuse }, startedAt)
  }

  private refuse(client: Http2Client, thrown: unknown, startedAt: number, status?: number): void {
    answered(client.stream, this.intake.refused(thrown, client, startedAt, status))
  }

  private send(reply: Reply, call: HttpCall, stream: ServerHttp2Stream, startedAt: number): void {
    if (call.client.gone) {
      if (reply.kind === 'stream') reply.source.cancel()
      if (reply.kind === 'tunnel') reply.socket.destroy()
      if (reply.kind !== 'none') call.context.note ??= 'the client went away'
      this.intake.finished(call, 0, startedAt)
      return
    }
    try {
      this.write(reply, call, stream, startedAt)
    } catch (error) {
      // What node:http2 refuses to write must cost this call only, never the process.
      if (reply.kind === 'stream') reply.source.cancel()
      const refused = problemReply(failure(call, error))
      if (stream.headersSent) stream.close(codes.internal)
      else writeSingle(refused, stream, call.method === 'HEAD')
      this.intake.finished(call, stream.headersSent && !stream.closed ? refused.status : 0, startedAt)
    }
  }

  private write(reply: Reply, call: HttpCall, stream: ServerHttp2Stream, startedAt: number): void {
    switch (reply.kind) {
      case 'single':
        writeSingle(reply, stream, call.method === 'HEAD')
        this.intake.finished(call, reply.status, startedAt)
        return
      case 'stream':
        writeStream(reply, stream, call.method === 'HEAD', (error) => {
          if (error !== undefined) call.context.note ??= error.message
          this.intake.finished(call, error === undefined ? reply.status : 0, startedAt)
        })
        return
      case 'tunnel':
        // Only an Upgrade can get one, which HTTP/2 does not have (RFC 9113 section 8.6).
        reply.socket.destroy()
        stream.close(codes.internal)
        break
      case 'fault':
        writeFault(reply, stream)
        break
      case 'none':
        stream.close(codes.cancel)
    }
    this.intake.finished(call, 0, startedAt)
  }
}

const ignore = (): void => undefined

const waits = ({ headers }: RequestHead): boolean =>
  firstValue(headers, 'expect')?.toLowerCase() === '100-continue'

/** Writes a refusal; a stream that has gone meanwhile needs none. */
const answered = (stream: ServerHttp2Stream, reply: SingleReply): void => {
  if (stream.closed || stream.destroyed) return
  if (stream.headersSent) stream.close(codes.internal)
  else writeSingle(reply, stream)
}
