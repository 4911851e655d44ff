/**
 * One exchange with an upstream, as undici's handler: its callbacks become a Reply whose body streams with
 * back-pressure. What arrives before somebody reads is kept; undici is paused meanwhile.
 */
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Sink, Source } from '../../../core/body.ts'
import type { Reply } from '../../../core/reply.ts'
import { type Forwarding, rawPairs, reasonPhrase, replyHeaders, toOwnPort } from './head.ts'
import type { StreamedMemory } from './streamed-memory.ts'

type Controller = Dispatcher.DispatchController

/** How an exchange is settled: once, by either. */
export interface Outcome {
  reply(reply: Reply): void
  /** Nothing has been replied yet. */
  failed(error: Error): void
}

/** Methods that change nothing (RFC 9110 section 9.2.1): asking twice does no harm. */
export const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** As much of a body is kept while nobody reads it (a reply that a fault holds back, say). */
const keptAtMost = 64 * 1024

export class Exchange implements Dispatcher.DispatchHandler, Source {
  private readonly forwarding: Forwarding
  private readonly memory: StreamedMemory
  private readonly outcome: Outcome
  private controller: Controller | undefined
  private replied = false
  private cancelled: Error | undefined
  private sink: Sink | undefined
  private early: Buffer[] | undefined
  private earlyBytes = 0
  private ended = false
  private trailers: readonly string[] = []
  private error: Error | undefined

  constructor(forwarding: Forwarding, memory: StreamedMemory, outcome: Outcome) {
    this.forwarding = forwarding
    this.memory = memory
    this.outcome = outcome
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller
    if (this.cancelled !== undefined) controller.abort(this.cancelled)
  }

  onResponseStart(
    controller: Controller,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    text?: string,
  ): void {
    if (status < 200) {
      if (status === 103)
        this.forwarding.call.client.earlyHints?.(headers as Record<string, string | string[]>)
      return
    }
    this.replied = true
    const metadata = this.headers(controller, false)
    const statusText = reasonPhrase(text)
    this.outcome.reply(
      statusText === undefined
        ? { kind: 'stream', status, metadata, source: this }
        : { kind: 'stream', status, statusText, metadata, source: this },
    )
  }

  onRequestUpgrade(controller: Controller, status: number, _headers: unknown, socket: Duplex): void {
    this.replied = true
    const metadata = this.headers(controller, true)
    this.outcome.reply({ kind: 'tunnel', status, metadata, socket, head: new Uint8Array(0) })
  }

  private headers(controller: Controller, upgrade: boolean): string[] {
    const { call, target } = this.forwarding
    const headers = replyHeaders(controller.rawHeaders as never, upgrade)
    return call.client.entrance.kind === 'own' ? toOwnPort(headers, target, call) : headers
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.memory.passed(chunk.length)
    if (this.sink === undefined ? this.isFull(chunk) : !this.sink.message(chunk)) controller.pause()
  }

  private isFull(chunk: Buffer): boolean {
    if (this.early === undefined) this.early = [chunk]
    else this.early.push(chunk)
    this.earlyBytes += chunk.length
    return this.earlyBytes > keptAtMost
  }

  onResponseEnd(controller: Controller): void {
    this.ended = true
    this.trailers = rawPairs(controller.rawTrailers as never)
    this.sink?.end(this.trailers)
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (!this.replied) this.outcome.failed(error)
    else {
      this.error = error
      this.sink?.fail(error)
    }
  }

  pipe(sink: Sink): void {
    this.sink = sink
    let room = true
    for (const chunk of this.early ?? []) room = sink.message(chunk)
    this.early = undefined
    if (this.error !== undefined) sink.fail(this.error)
    else if (this.ended) sink.end(this.trailers)
    else if (room) this.resume()
    else this.controller?.pause()
  }

  whole(): Uint8Array | undefined {
    if (!this.ended || this.trailers.length > 0) return undefined
    return this.early?.length === 1 ? this.early[0] : Buffer.concat(this.early ?? [])
  }

  resume(): void {
    if (!this.ended && this.controller?.paused === true) this.controller.resume()
  }

  cancel(reason = new Error('the client went away')): void {
    this.cancelled = reason
    if (!this.ended && this.error === undefined) this.controller?.abort(reason)
  }
}
