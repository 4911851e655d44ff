/** One exchange with an upstream in HTTP/2: a stream of node:http2 becomes a Reply, with back-pressure both ways. */
import type { ClientHttp2Stream } from 'node:http2'
import type { Sink, Source } from '../../../../core/body.ts'
import type { StreamedMemory } from '../../../../core/streamed-memory.ts'
import { watchEnd } from '../../h2/end-of-stream.ts'
import { sendTrailers } from '../../h2/head.ts'
import { codes, StreamReset } from '../../h2/reset.ts'
import { endsAtProxy } from '../../hop-by-hop.ts'
import { type Forwarding, toOwnPort } from '../head.ts'
import { type Outcome, repeatable } from '../outcome.ts'
import type { Connection } from './connection.ts'
import { http2Head } from './head.ts'

const endStream = 0x1

/** The connection ended under the call. */
export class ConnectionLost extends Error {}

export class Http2Exchange implements Source {
  private readonly connection: Connection
  private readonly forwarding: Forwarding
  private readonly memory: StreamedMemory
  private readonly outcome: Outcome
  private stream: ClientHttp2Stream | undefined
  private upload: Source | undefined
  private sink: Sink | undefined
  private isWhole = (): boolean => false
  private replied = false
  private ended = false
  private trailers: readonly string[] = []
  private error: Error | undefined
  private cancelled = false

  constructor(connection: Connection, forwarding: Forwarding, memory: StreamedMemory, outcome: Outcome) {
    this.connection = connection
    this.forwarding = forwarding
    this.memory = memory
    this.outcome = outcome
  }

  start(): void {
    const { call } = this.forwarding
    const stream = this.connection.request(http2Head(this.forwarding), call.body.empty)
    this.stream = stream
    this.isWhole = watchEnd(stream)
    let broken: Error | undefined
    stream.on('error', (error) => {
      broken = error
    })
    stream.on('headers', (headers) => {
      if (headers[':status'] === 103) call.client.earlyHints?.(withoutStatus(headers))
    })
    stream.once('response', (_headers, flags, raw) => this.replyBegins(raw as unknown as string[], flags))
    stream.once('trailers', (_headers, _flags, raw) => {
      this.trailers = raw as unknown as string[]
    })
    stream.once('close', () => this.closed(broken))
    if (!call.body.empty) this.send(stream, call.body.source())
  }

  private send(stream: ClientHttp2Stream, upload: Source): void {
    this.upload = upload
    let trailers: readonly string[] = []
    stream.once('wantTrailers', () => sendTrailers(stream, trailers))
    stream.on('drain', () => upload.resume())
    upload.pipe({
      message: (bytes) => {
        this.memory.passed(bytes.length)
        return stream.writable ? stream.write(bytes) : true
      },
      end: (late) => {
        trailers = late ?? []
        this.upload = undefined
        stream.end()
      },
      fail: () => {
        this.upload = undefined
        stream.close(codes.cancel)
      },
    })
  }

  private replyBegins(raw: readonly string[], flags: number): void {
    if (this.cancelled) return
    this.replied = true
    if ((flags & endStream) !== 0) {
      this.ended = true
      this.stream!.resume()
    }
    const status = Number(raw[raw.indexOf(':status') + 1])
    const { call, target } = this.forwarding
    const headers = raw.filter((_text, i) => isForwarded(raw[i - (i % 2)]!))
    this.outcome.reply({
      kind: 'stream',
      status,
      metadata: call.client.entrance.kind === 'own' ? toOwnPort(headers, target, call) : headers,
      source: this,
    })
  }

  /**
   * Whether the call may be asked once more, on another connection: what the upstream says it has not looked at always
   * (RFC 9113 section 8.7), as long as the body is still here; what a lost connection leaves open only where asking
   * twice does no harm.
   */
  mayRepeat(error: Error): boolean {
    const { call } = this.forwarding
    if (!call.body.empty || call.client.gone) return false
    if (error instanceof StreamReset) return error.code === codes.refused
    return error instanceof ConnectionLost && repeatable.has(call.method)
  }

  private closed(broken: Error | undefined): void {
    // The upstream wants no more of the body, whatever it has answered.
    this.upload?.cancel()
    this.upload = undefined
    if (this.ended || this.cancelled) return
    this.error = this.why(broken)
    if (this.replied) this.sink?.fail(this.error)
    else this.outcome.failed(this.error)
  }

  private why(broken: Error | undefined): Error {
    const { rstCode, id } = this.stream!
    const { session } = this.connection
    if (rstCode === codes.refused || this.connection.unseen(id)) return new StreamReset(codes.refused)
    if (session.destroyed || session.closed)
      return new ConnectionLost(this.connection.reason, { cause: broken })
    return new StreamReset(rstCode)
  }

  pipe(sink: Sink): void {
    this.sink = sink
    const stream = this.stream!
    if (this.error !== undefined) {
      sink.fail(this.error)
      return
    }
    if (this.ended) {
      sink.end(this.trailers)
      return
    }
    stream.on('data', (chunk: Buffer) => {
      this.memory.passed(chunk.length)
      if (!sink.message(chunk)) stream.pause()
    })
    stream.once('end', () => {
      // Where it is not, the stream's close tells the rest.
      if (this.ended || this.error !== undefined || !this.isWhole()) return
      this.ended = true
      sink.end(this.trailers)
    })
  }

  /** A reply that ended with its head. */
  whole(): Uint8Array | undefined {
    return this.ended && this.trailers.length === 0 ? new Uint8Array(0) : undefined
  }

  resume(): void {
    this.stream!.resume()
  }

  cancel(): void {
    this.cancelled = true
    if (!this.ended) this.stream?.close(codes.cancel)
  }
}

const isForwarded = (name: string): boolean => name !== ':status' && !endsAtProxy(name, false)

const withoutStatus = (headers: object): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))
