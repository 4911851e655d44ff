/** What a provider answers to an RPC, read as it comes: whole, broken off, going on and on, or no RPC at all. */
import { SvcMockError } from '../../core/errors.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { Reply, StreamReply } from '../../core/reply.ts'
import { EnvelopeReader } from '../../protocols/grpc/codec/envelope.ts'
import { readOutcome } from '../../protocols/grpc/reply/read.ts'
import { statusIn, type Told, trailingMetadata } from '../../protocols/grpc/reply/trailers.ts'
import type { RpcMethod } from '../../protocols/grpc/schema.ts'
import { StreamReset } from '../../protocols/http/h2/reset.ts'
import { ConnectionLost } from '../../protocols/http/upstream/h2/exchange.ts'
import { NoReply } from './ask-provider.ts'

export type RpcReply =
  | {
      readonly kind: 'outcome'
      /** undefined: the stream went on when nobody waited any longer. */
      readonly status: Told | undefined
      readonly metadata: Metadata
      /** The application's own. */
      readonly trailers: Metadata
      readonly messages: readonly Uint8Array[]
    }
  /** No reply of an RPC: a page of somebody on the way, say. */
  | { readonly kind: 'foreign'; readonly httpStatus: number; readonly contentType: string }

/** Larger replies, and longer ones, are compared as far as this. */
const replyAtMost = 32 * 1024 * 1024
const messagesAtMost = 1_000

/** One reply as it comes. */
export class RpcReading {
  readonly #rpc: RpcMethod
  readonly #settled = Promise.withResolvers<void>()
  readonly #resolve: (reply: RpcReply) => void
  readonly #reject: (error: NoReply) => void
  #messages: Uint8Array[] = []
  #metadata: Metadata = []
  #over = false

  constructor(rpc: RpcMethod, resolve: (reply: RpcReply) => void, reject: (error: NoReply) => void) {
    this.#rpc = rpc
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Nothing more will come of it. */
  get done(): Promise<void> {
    return this.#settled.promise
  }

  reply(reply: Reply): void {
    if (reply.kind !== 'single' && reply.kind !== 'stream') {
      this.failed(new Error('it is no reply'))
      return
    }
    const outcome = readOutcome(reply, this.#rpc, replyAtMost)
    if (outcome !== undefined) {
      this.#outcome(outcome)
      return
    }
    if (reply.kind === 'stream') reply.source.cancel()
    const contentType = (firstValue(reply.metadata, 'content-type') ?? '').split(';')[0]!.trim()
    this.#end({ kind: 'foreign', httpStatus: reply.status, contentType })
  }

  failed(error: Error): void {
    const brokeOff = error.cause instanceof StreamReset || error.cause instanceof ConnectionLost
    this.#fail(error.message, brokeOff ? 'broken' : 'unreachable', error)
  }

  late(timeoutMs: number): void {
    if (this.#rpc.serverStreams && this.#messages.length > 0) this.#open()
    else this.#fail(`no reply within ${timeoutMs} ms`, 'late')
  }

  #outcome({ metadata, source }: StreamReply): void {
    this.#metadata = metadata
    const reader = new EnvelopeReader(replyAtMost)
    let size = 0
    source.pipe({
      message: (bytes) => {
        size += bytes.length
        reader.push(bytes, ({ payload }) => this.#messages.push(payload))
        if (size <= replyAtMost && this.#messages.length < messagesAtMost) return true
        source.cancel()
        this.#open()
        return false
      },
      end: (trailers = []) => {
        if (firstValue(trailers, 'grpc-status') === undefined)
          this.#fail(`its reply ended without a status${this.#after()}`, 'broken')
        else this.#told(statusIn(trailers), trailingMetadata(trailers))
      },
      fail: (error) => {
        const unreadable = error instanceof SvcMockError
        this.#fail(unreadable ? error.message : `its reply broke off${this.#after()}`, 'broken', error)
      },
    })
  }

  #after(): string {
    const { length } = this.#messages
    return this.#rpc.serverStreams ? ` after ${length} ${length === 1 ? 'message' : 'messages'}` : ''
  }

  #open(): void {
    this.#told(undefined, [])
  }

  #told(status: Told | undefined, trailers: Metadata): void {
    const [metadata, messages] = [this.#metadata, this.#messages]
    this.#end({ kind: 'outcome', status, metadata, trailers, messages })
  }

  #end(reply: RpcReply): void {
    if (this.#over) return
    this.#over = true
    this.#resolve(reply)
    this.#settled.resolve()
  }

  #fail(message: string, kind: NoReply['kind'], cause?: Error): void {
    if (this.#over) return
    this.#over = true
    this.#reject(new NoReply(message, kind, { cause }))
    this.#settled.resolve()
  }
}
