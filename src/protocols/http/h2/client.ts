/** The client's side of an exchange in HTTP/2: one stream of its connection. */
import type { ServerHttp2Stream } from 'node:http2'
import type { Entrance } from '../../../core/protocol.ts'
import type { Incoming } from '../body.ts'
import type { ClientSide } from '../call.ts'
import { grouped, type RequestHead } from './head.ts'
import { codes } from './reset.ts'

export class Http2Client implements ClientSide, Incoming {
  readonly stream: ServerHttp2Stream
  readonly entrance: Entrance
  readonly httpVersion = '2.0'
  rawTrailers: readonly string[] = []
  private readonly head: RequestHead

  constructor(stream: ServerHttp2Stream, head: RequestHead, entrance: Entrance) {
    this.stream = stream
    this.head = head
    this.entrance = entrance
  }

  get method(): string {
    return this.head.method
  }

  get requestTarget(): string {
    return this.head.path
  }

  get scheme(): string | undefined {
    return this.head.scheme
  }

  get rawHeaders(): readonly string[] {
    return this.head.headers
  }

  get gone(): boolean {
    return this.stream.destroyed || this.stream.closed
  }

  /** A stream that is reset may end as if it were whole. */
  get cut(): Error | undefined {
    const { stream } = this
    return stream.aborted || stream.rstCode !== codes.none ? new Error('the client went away') : undefined
  }

  onGone(gone: () => void): void {
    const { stream } = this
    const closed = (): void => {
      if (stream.rstCode !== codes.none || !stream.writableFinished) gone()
    }
    if (stream.destroyed) closed()
    else stream.once('close', closed)
  }

  /**
   * The rest is read and dropped, and once the reply is whole the client is told that nobody waits for it
   * (RFC 9113 section 8.1).
   */
  discard(): void {
    const { stream } = this
    stream.resume()
    if (stream.writableFinished) this.closeWhole()
    else stream.once('finish', () => this.closeWhole())
  }

  /** A body that is finished may have trailers behind it, which a stream that is closed would lose. */
  private closeWhole(): void {
    const { stream } = this
    const close = (): void => void setImmediate(() => this.closeSent())
    if (stream.listenerCount('wantTrailers') === 0) close()
    else stream.once('wantTrailers', close)
  }

  /**
   * RST_STREAM overtakes what node:http2 has not written yet, which over TLS is nearly always the end of the reply. A PING
   * waits behind the same write, so when it is answered the end is on its way; if even then it is not (the client's window
   * is shut), the stream stays open until the client ends it.
   */
  private closeSent(answered = false): void {
    const { stream } = this
    const { session } = stream
    if (this.gone || session === undefined || session.destroyed) return
    if (stream.state.localClose === 1) stream.close(codes.none)
    else if (!answered) session.ping((error) => error === null && this.closeSent(true))
  }

  /** 103 (RFC 8297). A hint is only a hint: the reply itself must not be lost over it. */
  earlyHints(headers: Readonly<Record<string, string | string[]>>): void {
    this.interim(103, headers)
  }

  interim(status: number, headers: Readonly<Record<string, string | string[]>> = {}): void {
    if (this.gone || this.stream.headersSent) return
    const pairs = Object.entries(headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap((each) => [name, each]),
    )
    try {
      this.stream.additionalHeaders({ ':status': status, ...grouped(pairs) })
    } catch {
      // dropped
    }
  }
}
