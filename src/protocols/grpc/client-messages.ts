/**
 * A client's messages, taken out of their HTTP exchange: out of envelopes, base64 or a query, and decompressed. The bytes
 * are kept as they came, so that the real service can still be given them.
 */
import type { Sink, Source } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import { firstValue } from '../../core/metadata.ts'
import { Base64Reader } from './codec/base64.ts'
import { decompress } from './codec/compression.ts'
import { EnvelopeReader, flags, MessageTooLarge } from './codec/envelope.ts'
import { concat } from './codec/wire.ts'
import type { WireForm } from './wire-form.ts'

export interface MessageSink {
  /** One message, decompressed. */
  message(bytes: Uint8Array): void
  /** The client has said all it says. */
  end(): void
  /** SvcMockError for what the client did wrong; else it went away. */
  fail(error: Error): void
}

export class ClientMessages {
  private readonly carrier: Call
  private readonly form: WireForm
  private readonly limit: number
  private source: Source | undefined
  /** What has come, as long as somebody might want it again. */
  private kept: Uint8Array[] | undefined = []
  private trailers: readonly string[] | undefined
  private ended = false
  private failed: Error | undefined
  private sink: MessageSink | undefined
  /** Takes the exchange's bytes from now on. */
  private follower: Sink | undefined
  private readonly envelopes: EnvelopeReader
  private readonly base64: Base64Reader | undefined

  constructor(carrier: Call, form: WireForm) {
    this.carrier = carrier
    this.form = form
    this.limit = carrier.service.messageLimit
    this.envelopes = new EnvelopeReader(this.limit)
    this.base64 = form.wire === 'web-text' ? new Base64Reader() : undefined
  }

  /** Somebody has begun to read them. */
  get begun(): boolean {
    return this.source !== undefined || this.sink !== undefined
  }

  /** What came has not been kept: it cannot be given again. */
  get forgotten(): boolean {
    return this.begun && this.kept === undefined
  }

  /** Once. Messages are given as they come. */
  read(sink: MessageSink): void {
    this.sink = sink
    if (this.form.wire === 'connect-get') {
      this.guarded(() => sink.message(messageInQuery(this.carrier, this.limit)))
      sink.end()
      return
    }
    this.source = this.carrier.body.source()
    this.source.pipe({
      message: (bytes) => this.received(bytes),
      end: (trailers) => this.finished(trailers),
      fail: (error) => this.broken(error),
    })
  }

  /** Everything that came and will come, as it was sent; nobody reads messages any more. */
  raw(): Source {
    if (this.source === undefined) return this.carrier.body.source()
    return {
      pipe: (sink) => this.follow(sink),
      resume: () => this.source?.resume(),
      cancel: (reason) => this.source?.cancel(reason),
    }
  }

  /** The real service will not be asked: what has come need not be kept. */
  forget(): void {
    this.kept = undefined
  }

  /** The client need not send the rest. */
  drop(): void {
    this.kept = undefined
    this.sink = undefined
    if (!this.ended) this.source?.cancel()
  }

  private follow(sink: Sink): void {
    this.sink = undefined
    const kept = this.kept ?? []
    this.kept = undefined
    this.follower = sink
    for (const bytes of kept) sink.message(bytes)
    if (this.failed !== undefined) sink.fail(this.failed)
    else if (this.ended) sink.end(this.trailers)
    else this.source?.resume()
  }

  private received(bytes: Uint8Array): boolean {
    if (this.follower !== undefined) return this.follower.message(bytes)
    this.kept?.push(bytes)
    if (this.sink === undefined) return true
    this.guarded(() => this.unpack(bytes))
    return true
  }

  private unpack(bytes: Uint8Array): void {
    if (this.form.wire === 'connect') {
      const size = (this.kept ?? []).reduce((sum, { length }) => sum + length, 0)
      if (size > this.limit) throw new MessageTooLarge(size, this.limit)
      return
    }
    this.envelopes.push(this.base64?.push(bytes) ?? bytes, (one) => {
      // gRPC-Web allows clients trailers too; nobody sends any.
      if ((one.flags & (flags.trailers | flags.endStream)) !== 0) return
      const compressed = (one.flags & flags.compressed) !== 0
      this.sink?.message(compressed ? decompress(one.payload, this.coding(), this.limit) : one.payload)
    })
  }

  private coding(): string {
    const { metadata } = this.carrier
    const name = this.form.wire === 'connect-stream' ? 'connect-content-encoding' : 'grpc-encoding'
    return firstValue(metadata, name) ?? 'identity'
  }

  private finished(trailers: readonly string[] | undefined): void {
    this.ended = true
    this.trailers = trailers
    if (this.follower !== undefined) {
      this.follower.end(trailers)
      return
    }
    this.guarded(() => {
      if (this.form.wire === 'connect') {
        const coding = firstValue(this.carrier.metadata, 'content-encoding') ?? 'identity'
        this.sink?.message(decompress(concat(this.kept ?? []), coding, this.limit))
      } else if (this.envelopes.inside) throw new Error('the body ends inside a message')
      this.sink?.end()
    })
  }

  private broken(error: Error): void {
    this.failed = error
    this.ended = true
    if (this.follower !== undefined) this.follower.fail(error)
    else this.sink?.fail(error)
  }

  private guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      const { sink } = this
      this.sink = undefined
      sink?.fail(clientMistake(error as Error))
    }
  }
}

const clientMistake = (error: Error): SvcMockError => {
  if (error instanceof SvcMockError) return error
  return error instanceof MessageTooLarge
    ? new SvcMockError('MESSAGE_TOO_LARGE', error.message)
    : new SvcMockError('BAD_CALL', `the call's messages cannot be read: ${error.message}`)
}

const messageInQuery = ({ search = '' }: Call, limit: number): Uint8Array => {
  const query = new URLSearchParams(search)
  const written = query.get('message') ?? ''
  const bytes =
    query.get('base64') === '1' ? Buffer.from(written, 'base64url') : new TextEncoder().encode(written)
  return decompress(Uint8Array.from(bytes), query.get('compression') ?? 'identity', limit)
}
