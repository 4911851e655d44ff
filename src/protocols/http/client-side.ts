/** The client's end of a call. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Entrance } from '../../core/protocol.ts'
import { passHints } from './write-reply.ts'

/** The client's connection, as far as a call needs it. */
export interface ClientSide {
  readonly request: IncomingMessage
  readonly entrance: Entrance
  /** Runs `gone` when the client went away before its reply was whole. */
  onGone(gone: () => void): void
  /** Passes 103 on; absent where no interim reply can be sent. */
  earlyHints?(headers: Readonly<Record<string, string | string[]>>): void
  /** The raw connection of an Upgrade, with bytes that came early. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Uint8Array }
}

/** That of a call which has a response object: all but an Upgrade. */
export class HttpClient implements ClientSide {
  readonly request: IncomingMessage
  readonly entrance: Entrance
  private readonly response: ServerResponse

  constructor(request: IncomingMessage, entrance: Entrance, response: ServerResponse) {
    this.request = request
    this.entrance = entrance
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
