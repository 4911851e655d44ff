/** One connection to an upstream that speaks HTTP/2, and how many calls it carries. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import type { Dialed } from '../../../../core/protocol.ts'
import type { Authority } from '../../../../core/service-entry.ts'
import { clientOptions, connectionWindow } from '../../h2/limits.ts'
import { codeName } from '../../h2/reset.ts'
import { formatHost } from '../../target.ts'

/** Without a call a connection is kept this long. */
const idleMs = 30_000
/** A server begins with its SETTINGS (RFC 9113 section 3.4); what says nothing for so long is none. */
const prefaceMs = 5_000

export interface Goaway {
  readonly code: number
  readonly lastStream: number
}

export class Connection {
  readonly session: ClientHttp2Session
  goaway: Goaway | undefined
  private calls = 0
  private readonly released: () => void

  private constructor(session: ClientHttp2Session, released: () => void) {
    this.session = session
    this.released = released
    session.on('goaway', (code, lastStream) => {
      this.goaway = { code, lastStream }
    })
    session.setTimeout(idleMs)
    session.on('timeout', () => {
      if (this.calls === 0) session.close()
    })
  }

  /** Rejects when the other side turns out not to speak HTTP/2. `released`: a call has ended, or the connection. */
  static open(socket: Dialed, target: Authority, released: () => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const session = connect(`${target.scheme}://${formatHost(target.scheme, target)}`, {
        ...clientOptions,
        createConnection: () => socket,
      })
      const timer = setTimeout(() => session.destroy(), prefaceMs)
      let failed: Error | undefined
      session.on('error', (error) => {
        failed = error
      })
      session.once('close', () => {
        clearTimeout(timer)
        reject(failed ?? new Error('the connection was closed before it began'))
        released()
      })
      session.once('connect', () => session.setLocalWindowSize(connectionWindow))
      session.once('remoteSettings', () => {
        clearTimeout(timer)
        resolve(new Connection(session, released))
      })
      // Half a connection carries no HTTP/2.
      socket.once('end', () => session.destroy())
    })
  }

  get usable(): boolean {
    return !this.session.closed && !this.session.destroyed && this.goaway === undefined
  }

  /** The upstream takes one more call. */
  get hasRoom(): boolean {
    return this.usable && this.calls < (this.session.remoteSettings.maxConcurrentStreams ?? 100)
  }

  /** Keeps a place for a call, which `request` or `release` takes. */
  reserve(): void {
    this.calls++
  }

  release(): void {
    this.calls--
    this.released()
  }

  /** `head`: raw pairs, pseudo-headers first. Throws what node:http2 says about a head that it does not send. */
  request(head: string[], empty: boolean): ClientHttp2Stream {
    try {
      const options = { endStream: empty, waitForTrailers: !empty }
      const stream = this.session.request(head as never, options as never)
      stream.once('close', () => this.release())
      return stream
    } catch (error) {
      this.release()
      throw error
    }
  }

  /** Whether the upstream has said that it did not look at this stream (RFC 9113 section 6.8). */
  unseen(stream: number | undefined): boolean {
    return stream === undefined || (this.goaway !== undefined && stream > this.goaway.lastStream)
  }

  /** Why calls break off that nobody has reset. */
  get reason(): string {
    return this.goaway === undefined
      ? 'the connection was closed'
      : `it ended the connection (${codeName(this.goaway.code)})`
  }
}
