/**
 * The server's end of an intercepted connection, as a stream that node:http's server takes. What the client writes has arrived with
 * its write, so nothing holds it back; what is written here waits until the client reads.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export class ServerEnd extends Duplex {
  private readonly socket: Socket
  private readonly arriving: (Buffer | null)[] = []

  /** `socket`: writes to it are read by the client, and its `data` is what the client wrote. */
  constructor(socket: Socket) {
    super({ allowHalfOpen: true })
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.arrive(chunk))
    // The client has said its last.
    socket.on('finish', () => this.arrive(null))
    socket.on('close', () => this.destroy())
  }

  /** In the next tick, so that no answer is written inside the client's own write. */
  private arrive(chunk: Buffer | null): void {
    if (this.arriving.push(chunk) > 1) return
    process.nextTick(() => {
      for (const one of this.arriving.splice(0)) if (!this.destroyed) this.push(one)
    })
  }

  get remoteAddress(): string {
    return '127.0.0.1'
  }

  override _read(): void {
    // It comes by itself.
  }

  override _write(
    chunk: Uint8Array,
    _encoding: BufferEncoding,
    written: (error?: Error | null) => void,
  ): void {
    if (this.socket.destroyed) written(new Error('the client went away'))
    else this.socket.write(chunk, () => written())
  }

  override _final(written: (error?: Error | null) => void): void {
    this.socket.end()
    written()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.socket.destroyed) this.socket.end()
    done(error)
  }

  /** After what has been written. */
  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else {
      this.once('finish', () => this.destroy())
      this.end()
    }
  }

  /** A RST: what the kernel would tell the client. */
  resetAndDestroy(): this {
    const error = Object.assign(new Error('read ECONNRESET'), {
      code: 'ECONNRESET',
      errno: -104,
      syscall: 'read',
    })
    this.socket.destroy(error)
    return this.destroy()
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
