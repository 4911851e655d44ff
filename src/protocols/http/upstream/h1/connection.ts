/** One connection to an upstream in HTTP/1.1: sends a request, reads its reply, and is free for the next. */
import type { Source } from '../../../../core/body.ts'
import type { Dialed } from '../../../../core/protocol.ts'
import type { StreamedMemory } from '../../../../core/streamed-memory.ts'
import type { Exchange } from './exchange.ts'
import type { ReplyHead } from './reply-head.ts'
import { type ReplyEvents, ReplyReader } from './reply-reader.ts'
import { Upload } from './upload.ts'

/** The connection ended before anything of a reply had come: perhaps the upstream never saw the call. */
export class NoReply extends Error {}

/** What a pool does when a connection is free, or gone. */
export interface ConnectionOwner {
  /** It may be used again for `keepMs`. */
  freed(connection: Connection, keepMs: number): void
  gone(connection: Connection): void
}

export class Connection implements ReplyEvents {
  private readonly socket: Dialed
  private readonly owner: ConnectionOwner
  private readonly memory: StreamedMemory
  private readonly reader = new ReplyReader()
  private exchange: Exchange | undefined
  private upload: Upload | undefined
  private keepMs = 0
  private reason: Error | undefined
  private isGone = false
  /** It has brought a reply before, so its end may have crossed the next call. */
  private used = false

  constructor(socket: Dialed, owner: ConnectionOwner, memory: StreamedMemory) {
    this.socket = socket
    this.owner = owner
    this.memory = memory
    socket.on('data', (bytes: Buffer) => this.read(bytes))
    socket.on('end', () => this.ended())
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.closed())
    socket.on('drain', () => this.upload?.resume())
    socket.resume()
  }

  get usable(): boolean {
    return !this.isGone && this.exchange === undefined
  }

  send(exchange: Exchange): void {
    const { method, head, upgrade } = exchange.request
    this.exchange = exchange
    this.keepMs = 0
    this.reader.expect(method, upgrade, this)
    const source: Source | undefined = exchange.begin(this)
    if (source === undefined) {
      this.socket.write(head, 'latin1')
      return
    }
    this.upload = new Upload(this.socket, exchange.request, this.memory, {
      done: () => this.uploaded(),
      failed: (error) => this.destroy(error),
    })
    this.upload.start(source)
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    if (this.socket.isPaused()) this.socket.resume()
  }

  destroy(error?: Error): void {
    this.reason ??= error
    this.socket.destroy()
    this.closed()
  }

  interim(head: ReplyHead): void {
    this.exchange!.interim(head)
  }

  head(head: ReplyHead): void {
    this.keepMs = head.keepMs
    this.exchange!.head(head)
  }

  data(piece: Buffer): void {
    this.memory.passed(piece.length)
    if (!this.exchange!.data(piece)) this.pause()
  }

  end(trailers: readonly string[]): void {
    const exchange = this.exchange!
    this.used = true
    if (this.upload !== undefined) {
      // It wants no more of the body. Where that would end in its reply nobody knows, so the connection is not used again.
      const { upload } = this
      this.upload = undefined
      this.keepMs = 0
      upload.cancel()
    }
    this.exchange = undefined
    exchange.end(trailers)
  }

  upgraded(head: ReplyHead, rest: Buffer): void {
    const exchange = this.exchange!
    const { socket } = this
    for (const event of ['data', 'end', 'error', 'close', 'drain'] as const) socket.removeAllListeners(event)
    // Whoever gets the socket adds its own listener; an error before that must not end the process.
    socket.on('error', () => socket.destroy())
    socket.pause()
    this.exchange = undefined
    this.isGone = true
    this.owner.gone(this)
    exchange.upgraded(head, socket, rest)
  }

  private uploaded(): void {
    this.upload = undefined
  }

  private read(bytes: Buffer): void {
    // While it was idle it had nothing to say.
    if (this.exchange === undefined) {
      this.destroy()
      return
    }
    try {
      const asked = this.reader.read(bytes)
      if (this.isGone || this.exchange !== undefined) return
      if (!asked || this.keepMs === 0) this.destroy()
      else {
        this.resume()
        this.owner.freed(this, this.keepMs)
      }
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  private ended(): void {
    if (this.exchange !== undefined && !this.reader.untouched) this.reader.close()
    this.destroy()
  }

  private closed(): void {
    if (this.isGone) return
    this.isGone = true
    const { exchange, upload, reader } = this
    this.exchange = undefined
    this.upload = undefined
    upload?.cancel()
    this.owner.gone(this)
    if (exchange === undefined) return
    const error = this.reason ?? new Error('it closed the connection')
    exchange.fail(this.used && reader.untouched ? new NoReply(error.message, { cause: error }) : error)
  }
}
