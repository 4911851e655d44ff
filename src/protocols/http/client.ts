/** The client's side of HTTP/1.1 exchanges: what node:http hands over, as a call and its body need it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Entrance } from '../../core/protocol.ts'
import type { Incoming } from './body.ts'
import type { ClientSide } from './call.ts'
import { passHints } from './write-reply.ts'

/** Made for each call on the hot path: everything is read when it is asked for. */
abstract class Http1Side implements ClientSide, Incoming {
  readonly stream: IncomingMessage
  readonly entrance: Entrance
  /** A body that breaks off ends with an error in HTTP/1.1, never as if it were whole. */
  readonly cut = undefined

  constructor(request: IncomingMessage, entrance: Entrance) {
    this.stream = request
    this.entrance = entrance
  }

  get method(): string {
    return this.stream.method!
  }

  get requestTarget(): string {
    return this.stream.url!
  }

  get rawHeaders(): readonly string[] {
    return this.stream.rawHeaders
  }

  get rawTrailers(): readonly string[] {
    return this.stream.rawTrailers
  }

  get httpVersion(): string {
    return this.stream.httpVersion
  }

  get gone(): boolean {
    const { stream } = this
    return stream.socket.destroyed || (stream.destroyed && !stream.complete)
  }

  abstract onGone(gone: () => void): void

  /** The rest is read and dropped, so that the connection can carry the reply and the next call. */
  discard(): void {
    this.stream.resume()
  }
}

export class Http1Client extends Http1Side {
  private readonly response: ServerResponse

  constructor(request: IncomingMessage, response: ServerResponse, entrance: Entrance) {
    super(request, entrance)
    this.response = response
  }

  onGone(gone: () => void): void {
    const { response } = this
    response.on('close', () => {
      if (!response.writableFinished) gone()
    })
  }

  earlyHints(headers: Readonly<Record<string, string | string[]>>): void {
    passHints(headers, this.response)
  }
}

/** A client that asks for another protocol on its connection. */
export class UpgradeClient extends Http1Side {
  readonly upgrade: { readonly socket: Duplex; readonly head: Uint8Array }

  constructor(request: IncomingMessage, socket: Duplex, head: Uint8Array, entrance: Entrance) {
    super(request, entrance)
    this.upgrade = { socket, head }
  }

  onGone(gone: () => void): void {
    this.upgrade.socket.once('close', gone)
  }
}
