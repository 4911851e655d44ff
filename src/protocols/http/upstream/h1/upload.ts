/** The body of a request on its way to an upstream, framed as its head says (RFC 9112 section 6). */
import type { Source } from '../../../../core/body.ts'
import type { Dialed } from '../../../../core/protocol.ts'
import type { StreamedMemory } from '../../../../core/streamed-memory.ts'
import { lines } from '../head.ts'
import type { OutgoingRequest } from './exchange.ts'

/** Head and body below this size leave as one text. */
const oneTextAtMost = 8 * 1024

export interface UploadEvents {
  /** All of it is on its way. */
  done(): void
  /** It will never be whole. */
  failed(error: Error): void
}

export class Upload {
  private readonly socket: Dialed
  private readonly request: OutgoingRequest
  private readonly memory: StreamedMemory
  private readonly events: UploadEvents
  private source: Source | undefined
  private sent = 0

  constructor(socket: Dialed, request: OutgoingRequest, memory: StreamedMemory, events: UploadEvents) {
    this.socket = socket
    this.request = request
    this.memory = memory
    this.events = events
  }

  start(source: Source): void {
    const { socket } = this
    const { head, length } = this.request
    const whole = length === undefined ? undefined : source.whole?.()
    if (whole !== undefined && whole.length === length && length <= oneTextAtMost) {
      socket.write(head + Buffer.from(whole.buffer, whole.byteOffset, length).toString('latin1'), 'latin1')
      this.events.done()
      return
    }
    this.source = source
    // The head leaves together with what has come of the body, and alone when nothing has.
    socket.cork()
    process.nextTick(() => socket.uncork())
    socket.write(head, 'latin1')
    if (whole === undefined) this.pipe(source)
    else {
      this.message(whole)
      this.end([])
    }
  }

  resume(): void {
    this.source?.resume()
  }

  /** The upstream is gone, or wants no more. */
  cancel(): void {
    const { source } = this
    this.source = undefined
    source?.cancel()
  }

  private pipe(source: Source): void {
    source.pipe({
      message: (bytes) => this.message(bytes),
      end: (trailers) => this.end(trailers ?? []),
      fail: (error) => {
        if (this.source === undefined) return
        this.source = undefined
        this.events.failed(error)
      },
    })
  }

  private message(bytes: Uint8Array): boolean {
    if (this.source === undefined || bytes.length === 0) return true
    const { socket } = this
    const { length } = this.request
    this.memory.passed(bytes.length)
    this.sent += bytes.length
    if (length !== undefined) {
      if (this.sent > length) {
        this.tooMuchOrLittle()
        return true
      }
      const room = socket.write(bytes)
      if (this.sent === length) this.finished()
      return room
    }
    socket.cork()
    socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1')
    socket.write(bytes)
    const room = socket.write('\r\n', 'latin1')
    socket.uncork()
    return room
  }

  private end(trailers: readonly string[]): void {
    if (this.source === undefined) return
    if (this.request.length === undefined) this.socket.write(`0\r\n${lines(trailers)}\r\n`, 'latin1')
    else if (this.sent < this.request.length) {
      this.tooMuchOrLittle()
      return
    }
    this.finished()
  }

  private finished(): void {
    this.source = undefined
    this.events.done()
  }

  private tooMuchOrLittle(): void {
    const { source } = this
    this.source = undefined
    source?.cancel()
    this.events.failed(new Error('the call is not as long as its Content-Length says'))
  }
}
