/** The reply to an RPC as the HTTP exchange that carries it, as recording sees it: with all of its body and its trailers. */
import { joined, type RecordedMessage } from '../../core/exchange.ts'
import type { Reply } from '../../core/reply.ts'
import { NoReply, type NoReplyKind } from '../contract/ask-provider.ts'
import type { ReplyReading } from '../contract/ask-rpc.ts'

/** Larger replies are not compared. */
const replyAtMost = 32 * 1024 * 1024

export class ExchangeReading implements ReplyReading {
  readonly #settled = Promise.withResolvers<void>()
  readonly #resolve: (reply: RecordedMessage) => void
  readonly #reject: (error: NoReply) => void

  constructor(resolve: (reply: RecordedMessage) => void, reject: (error: NoReply) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  get done(): Promise<void> {
    return this.#settled.promise
  }

  reply(reply: Reply): void {
    if (reply.kind === 'single') {
      const { status, metadata: headers, body = new Uint8Array(0), trailers = [] } = reply
      this.#end({ status, headers, trailers, bodies: [{ kind: 'bytes', bytes: body }] })
      return
    }
    if (reply.kind !== 'stream') {
      this.#fail('it is no reply', 'broken')
      return
    }
    const { status, metadata: headers, source } = reply
    const pieces: Uint8Array[] = []
    let size = 0
    source.pipe({
      message: (bytes) => {
        size += bytes.length
        pieces.push(bytes)
        if (size <= replyAtMost) return true
        source.cancel()
        this.#fail(`its reply has more than ${replyAtMost / 2 ** 20} MB`, 'broken')
        return false
      },
      end: (trailers = []) =>
        this.#end({ status, headers, trailers, bodies: [{ kind: 'bytes', bytes: joined(pieces) }] }),
      fail: (error) => this.#fail(`its reply broke off after ${size} bytes`, 'broken', error),
    })
  }

  failed(error: Error): void {
    this.#fail(error.message, 'unreachable', error)
  }

  late(timeoutMs: number): void {
    this.#fail(`no reply within ${timeoutMs} ms`, 'late')
  }

  /** Whoever comes second says nothing: a promise is settled once. */
  #end(reply: RecordedMessage): void {
    this.#resolve(reply)
    this.#settled.resolve()
  }

  #fail(message: string, kind: NoReplyKind, cause?: Error): void {
    this.#reject(new NoReply(message, kind, { cause }))
    this.#settled.resolve()
  }
}
