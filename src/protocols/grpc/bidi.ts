/**
 * A stream both ways, answered message by message: for each message of the client the mocks are asked anew, and once more
 * when it has said all it says. Mocks of the first kind say `stream: each`, the others look at the whole stream.
 */
import type { Sink, Source } from '../../core/body.ts'
import type { Reply, SingleReply, StreamReply } from '../../core/reply.ts'
import { CollectedMessages, type GrpcBody, SingleMessage } from './body.ts'
import type { GrpcCall } from './call.ts'
import type { ClientMessages } from './client-messages.ts'
import { failure, faultStatus } from './failure.ts'
import { ok, trailersOf } from './reply/outcome.ts'
import { render } from './reply/render.ts'
import { statusIn } from './reply/trailers.ts'

/** Answers wait while this many bytes of the client's messages do. */
const collectedAtMost = 64 * 1024 * 1024

export class EachMessage implements Source {
  private readonly ask: (part: GrpcCall) => Reply | Promise<Reply>
  private readonly call: GrpcCall
  private readonly messages: ClientMessages
  private readonly collected: Uint8Array[] = []
  private collectedBytes = 0
  /** What has come and has not been answered. */
  private readonly waiting: (Uint8Array | 'end')[] = []
  private busy = false
  private over = false
  private sink: Sink | undefined
  private current: Source | undefined
  private answered = false
  private begin: ((reply: Reply) => void) | undefined

  /** `ask`: puts one message, or all of them, to the mocks. */
  constructor(ask: (part: GrpcCall) => Reply | Promise<Reply>, call: GrpcCall, messages: ClientMessages) {
    this.ask = ask
    this.call = call
    this.messages = messages
  }

  /** The head goes out with the first answer, because only that knows its metadata; or the call is passed on whole. */
  reply(): Promise<Reply> {
    return new Promise((resolve) => {
      this.begin = resolve
      this.messages.read({
        message: (bytes) => this.take(bytes),
        end: () => this.take('end'),
        fail: (error) => this.stop(error),
      })
    })
  }

  private take(one: Uint8Array | 'end'): void {
    if (one !== 'end') {
      this.collectedBytes += one.length
      if (this.collectedBytes <= Math.min(this.call.service.bodyLimit, collectedAtMost))
        this.collected.push(one)
    }
    this.waiting.push(one)
    this.next()
  }

  /** One at a time, in order. */
  private next(): void {
    if (this.busy || this.over) return
    const one = this.waiting.shift()
    if (one === undefined) return
    this.busy = true
    const asked = this.callFor(one)
    let reply: Reply | Promise<Reply>
    try {
      reply = this.ask(asked)
    } catch (error) {
      this.fail(asked, error)
      return
    }
    if (reply instanceof Promise) {
      reply.then(
        (done) => this.send(asked, done, one === 'end'),
        (error: unknown) => this.fail(asked, error),
      )
    } else this.send(asked, reply, one === 'end')
  }

  private callFor(one: Uint8Array | 'end'): GrpcCall {
    const { rpc, form } = this.call
    const body: GrpcBody =
      one === 'end'
        ? new CollectedMessages(this.collected, rpc, form, this.messages)
        : new SingleMessage(one, rpc, form, this.messages)
    return this.call.asked(one === 'end' ? 'call' : 'each', body)
  }

  private send(asked: GrpcCall, reply: Reply, last: boolean): void {
    if (this.over) return
    // A mock that asks the real service takes the whole call.
    if (asked.context.outcome === 'passthrough' && !this.answered) {
      this.over = true
      this.begin?.(reply)
      return
    }
    if (reply.kind === 'none') {
      // No mock answers single messages: they are kept for the end.
      this.done(last)
      return
    }
    if (reply.kind !== 'single' && reply.kind !== 'stream') {
      this.over = true
      if (this.begin !== undefined) this.begin(reply)
      else this.sink?.fail(new Error('the reply was cut off on purpose'))
      return
    }
    this.answered = true
    this.messages.forget()
    const shown = faultStatus(reply) ?? reply
    this.open(shown)
    this.pass(shown, last)
  }

  /** The first answer's metadata is the call's. */
  private open(reply: SingleReply | StreamReply): void {
    const { begin } = this
    if (begin === undefined) return
    this.begin = undefined
    const head: StreamReply = { kind: 'stream', status: 0, metadata: reply.metadata, source: this }
    begin(render(this.call, head))
  }

  private pass(reply: SingleReply | StreamReply, last: boolean): void {
    const source = piecesOf(reply)
    this.current = source
    const waitForSink = (): void => {
      source.pipe({
        message: (bytes) => this.sink!.message(bytes),
        end: (trailers = []) => {
          this.current = undefined
          // Any status but OK ends the call.
          if (last || statusIn(trailers).code !== 0) this.end(trailers)
          else this.done(false)
        },
        fail: (error) => this.stop(error),
      })
    }
    if (this.sink === undefined) this.piped = waitForSink
    else waitForSink()
  }

  private piped: (() => void) | undefined

  private done(last: boolean): void {
    this.busy = false
    if (last) this.end(trailersOf(ok))
    else this.next()
  }

  private end(trailers: readonly string[]): void {
    if (this.over) return
    this.over = true
    if (this.begin !== undefined) {
      const { begin } = this
      this.begin = undefined
      begin(render(this.call, { kind: 'single', status: 0, metadata: [], body: undefined, trailers }))
    } else this.sink?.end(trailers)
    this.messages.drop()
  }

  private fail(asked: GrpcCall, error: unknown): void {
    if (this.over) return
    this.call.mocked ||= asked.mocked
    const { trailers = [] } = failure(this.call, error)
    this.end(trailers)
  }

  private stop(error: Error): void {
    if (this.over) return
    this.fail(this.call, error)
  }

  pipe(sink: Sink): void {
    this.sink = sink
    const { piped } = this
    this.piped = undefined
    piped?.()
  }

  resume(): void {
    this.current?.resume()
  }

  cancel(reason?: Error): void {
    this.over = true
    this.current?.cancel(reason)
    this.messages.drop()
  }
}

/** Body and end of an answer as they come. */
const piecesOf = (reply: SingleReply | StreamReply): Source => {
  if (reply.kind === 'stream') return reply.source
  const { body, trailers } = reply
  return {
    pipe: (sink) => {
      if (body !== undefined) sink.message(body)
      sink.end(trailers)
    },
    resume: () => undefined,
    cancel: () => undefined,
  }
}
