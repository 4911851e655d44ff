/** A source with somebody who looks on: what passes is told by reference, nothing is held up, changed or copied. */
import type { Sink, Source } from './body.ts'
import type { Metadata } from './metadata.ts'

export interface Watcher {
  piece(bytes: Uint8Array): void
  /** Once, when all of it has passed. */
  end(trailers: Metadata): void
  /** It will never be whole. */
  fail(): void
}

export class WatchedSource implements Source {
  private readonly source: Source
  private readonly watcher: Watcher
  private ended = false

  constructor(source: Source, watcher: Watcher) {
    this.source = source
    this.watcher = watcher
  }

  pipe(sink: Sink): void {
    this.source.pipe({
      message: (bytes) => {
        this.watcher.piece(bytes)
        return sink.message(bytes)
      },
      end: (trailers) => {
        this.end(trailers ?? none)
        sink.end(trailers)
      },
      fail: (error) => {
        this.ended = true
        this.watcher.fail()
        sink.fail(error)
      },
    })
  }

  resume(): void {
    this.source.resume()
  }

  whole(): Uint8Array | undefined {
    const bytes = this.source.whole?.()
    if (bytes !== undefined && !this.ended) {
      if (bytes.length > 0) this.watcher.piece(bytes)
      this.end(none)
    }
    return bytes
  }

  cancel(reason?: Error): void {
    if (!this.ended) {
      this.ended = true
      this.watcher.fail()
    }
    this.source.cancel(reason)
  }

  private end(trailers: Metadata): void {
    if (this.ended) return
    this.ended = true
    this.watcher.end(trailers)
  }
}

const none: Metadata = []
