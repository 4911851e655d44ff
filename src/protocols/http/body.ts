/**
 * A request's body. Nothing is read before somebody asks; what a matcher read is replayed to the upstream,
 * and what it did not read streams through.
 */
import type { Readable } from 'node:stream'
import type { Body, DecodedBody, Onlooker, Sink, Source } from '../../core/body.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import { decompress } from './content-coding.ts'
import { decodedWith, tooLarge } from './decode-body.ts'

export { noBytes } from './decode-body.ts'

const none: readonly string[] = []

/** Where a body comes from, whatever version of HTTP brings it. */
export interface Incoming {
  readonly stream: Readable
  readonly rawHeaders: Metadata
  /** Known when the stream has ended. */
  readonly rawTrailers: Metadata
  /** Why a stream that has ended is not whole; undefined: it is. */
  readonly cut: Error | undefined
  /** Nobody wants the rest: the client must not be kept from its next call by it. */
  discard(): void
}

export class HttpBody implements Body, Source {
  readonly empty: boolean
  private readonly incoming: Incoming
  /** Called before the first byte is asked for: sends `100 Continue` to a client that waits for it. */
  private start: (() => void) | undefined
  private decoded: DecodedBody | Promise<DecodedBody> | undefined
  private chunks: Buffer[] = []
  private size = 0
  private sink: Sink | undefined
  private ended = false
  private failed: Error | undefined
  private listening = false
  /** Nobody wants the rest. */
  private dropped = false
  /** Is told all that comes. */
  private onlooker: Onlooker | undefined
  /** What the reader of the whole body waits for. */
  private wake: (() => void) | undefined
  private limit = 0

  constructor(incoming: Incoming, empty: boolean, start?: () => void) {
    this.incoming = incoming
    this.empty = empty
    this.start = start
    this.ended = empty
  }

  /** The client still waits for `100 Continue`. */
  get awaited(): boolean {
    return this.start !== undefined
  }

  /** Somebody reads it as it comes. */
  get taken(): boolean {
    return this.sink !== undefined
  }

  read(limit: number): DecodedBody | Promise<DecodedBody> {
    this.decoded ??= this.empty ? this.decode() : this.readAll(limit)
    return this.decoded
  }

  private async readAll(limit: number): Promise<DecodedBody> {
    this.limit = limit
    this.listen()
    if (!this.ended && this.size <= limit) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    if (this.failed !== undefined) throw this.failed
    const decoded = this.decode()
    this.decoded = decoded
    return decoded
  }

  private decode(): DecodedBody {
    const { rawHeaders } = this.incoming
    if (this.size > this.limit) return tooLarge(rawHeaders, this.limit)
    const raw = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks)
    return decodedAs(raw, rawHeaders, this.limit)
  }

  source(): Source {
    return this
  }

  watch(onlooker: Onlooker): void {
    if (this.empty) onlooker.end(none)
    else this.onlooker = onlooker
  }

  /** Somebody looks on who has not seen all of it yet. */
  get watched(): boolean {
    return this.onlooker !== undefined
  }

  pipe(sink: Sink): void {
    this.sink = sink
    const peeked = this.chunks
    this.chunks = []
    for (const chunk of peeked) sink.message(chunk)
    if (this.failed !== undefined) sink.fail(this.failed)
    else if (this.ended) sink.end(this.incoming.rawTrailers)
    else {
      this.listen()
      this.incoming.stream.resume()
    }
  }

  resume(): void {
    if (!this.ended) this.incoming.stream.resume()
  }

  /** The call has been answered: what a matcher left unread must not keep the connection from its next call. */
  drop(): void {
    if (this.ended) return
    // A client that waits for 100 has been answered instead, and sends nothing any more.
    if (this.awaited) this.unseen()
    if (this.onlooker !== undefined) this.readOn()
    else if (this.listening) this.cancel()
  }

  cancel(): void {
    this.forget()
    if (this.ended) return
    this.unseen()
    this.incoming.discard()
  }

  /** For the onlooker alone. */
  private readOn(): void {
    this.forget()
    this.listen()
    // node:http throws away what nobody has begun to read when the answer is out; this is the beginning.
    this.incoming.stream.read(0)
    this.incoming.stream.resume()
  }

  private forget(): void {
    this.dropped = true
    this.sink = undefined
    this.chunks = []
  }

  private unseen(): void {
    this.onlooker?.fail()
    this.onlooker = undefined
  }

  private listen(): void {
    if (this.listening) return
    this.listening = true
    this.start?.()
    this.start = undefined
    const { stream } = this.incoming
    stream.on('data', (chunk: Buffer) => this.received(chunk))
    stream.on('end', () => this.finish(this.incoming.cut))
    stream.on('error', (error) => this.finish(error))
    stream.on('close', () => this.finish(new Error('the client went away')))
    // In HTTP/2 a body that holds nothing ends before anybody reads it.
    if (stream.readableEnded) this.finish(this.incoming.cut)
  }

  private received(chunk: Buffer): void {
    if (this.onlooker?.piece(chunk) === false) {
      this.onlooker = undefined
      if (this.dropped) this.incoming.discard()
    }
    if (this.dropped) return
    if (this.sink !== undefined) {
      if (!this.sink.message(chunk)) this.incoming.stream.pause()
      return
    }
    this.chunks.push(chunk)
    this.size += chunk.length
    if (this.size > this.limit) {
      this.incoming.stream.pause()
      this.wake?.()
    }
  }

  private finish(error: Error | undefined): void {
    if (this.ended) return
    this.ended = true
    this.failed = error
    if (error === undefined) this.onlooker?.end(this.incoming.rawTrailers)
    else this.onlooker?.fail()
    this.onlooker = undefined
    this.wake?.()
    if (error !== undefined) this.sink?.fail(error)
    else this.sink?.end(this.incoming.rawTrailers)
  }
}

/** Whether a request carries a body at all (RFC 9112 section 6.3): only length or transfer coding tell. */
export const carriesBody = (rawHeaders: readonly string[]): boolean => {
  const length = firstValue(rawHeaders, 'content-length')
  if (length !== undefined) return length !== '0'
  return firstValue(rawHeaders, 'transfer-encoding') !== undefined
}

/** A whole body as it came, with its headers. */
export const decodedAs = decodedWith(decompress)
