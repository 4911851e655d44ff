/** A reply's body that is kept back until it is whole, and then passes as it came; what is too long passes from the beginning on. */
import type { Sink, Source } from '../../core/body.ts'
import { joined } from '../../core/exchange.ts'
import type { Metadata } from '../../core/metadata.ts'

export interface WholeBody {
  readonly bytes: Uint8Array
  readonly trailers: Metadata
}

export class Held implements Source, Sink {
  /** undefined: it is longer than the limit, or broke off. */
  readonly body: Promise<WholeBody | undefined>
  private readonly inner: Source
  private readonly limit: number
  private settle: ((body: WholeBody | undefined) => void) | undefined
  private pieces: Uint8Array[] = []
  private size = 0
  private ended: { readonly trailers: readonly string[] | undefined } | undefined
  private failed: Error | undefined
  private sink: Sink | undefined
  private over = false

  /** `signal`: the client went away. */
  constructor(inner: Source, limit: number, signal: AbortSignal) {
    this.inner = inner
    this.limit = limit
    const gone = (): void => this.fail(new Error('the client went away'))
    this.body = new Promise((resolve) => {
      this.settle = (body) => {
        this.settle = undefined
        signal.removeEventListener('abort', gone)
        resolve(body)
      }
    })
    signal.addEventListener('abort', gone, { once: true })
    if (signal.aborted) gone()
    else inner.pipe(this)
  }

  message(bytes: Uint8Array): boolean {
    if (this.over) return false
    if (this.sink !== undefined) return this.sink.message(bytes)
    this.pieces.push(bytes)
    this.size += bytes.length
    if (this.size <= this.limit) return true
    this.settle?.(undefined)
    return false
  }

  end(trailers?: readonly string[]): void {
    if (this.over) return
    if (this.sink !== undefined) {
      this.over = true
      this.sink.end(trailers)
      return
    }
    this.ended = { trailers }
    this.pieces = [this.pieces.length === 1 ? this.pieces[0]! : joined(this.pieces)]
    this.settle?.({ bytes: this.pieces[0]!, trailers: trailers ?? [] })
  }

  fail(error: Error): void {
    if (this.over) return
    if (this.sink !== undefined) {
      this.over = true
      this.sink.fail(error)
      return
    }
    this.failed = error
    this.settle?.(undefined)
  }

  whole(): Uint8Array | undefined {
    if (this.ended === undefined || (this.ended.trailers ?? []).length > 0) return undefined
    this.over = true
    return this.pieces[0]
  }

  pipe(sink: Sink): void {
    const { pieces, ended, failed } = this
    this.pieces = []
    let more = true
    for (const bytes of pieces) if (bytes.length > 0) more = sink.message(bytes)
    this.sink = sink
    if (failed !== undefined) {
      this.over = true
      // What has been given out would be lost with the connection.
      setImmediate(() => sink.fail(failed))
    } else if (ended !== undefined) {
      this.over = true
      sink.end(ended.trailers)
    } else if (more) this.inner.resume()
  }

  resume(): void {
    if (!this.over) this.inner.resume()
  }

  cancel(reason?: Error): void {
    this.over = true
    this.pieces = []
    this.settle?.(undefined)
    if (this.ended === undefined) this.inner.cancel(reason)
  }
}
