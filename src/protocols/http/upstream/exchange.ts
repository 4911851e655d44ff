/**
 * One exchange with an upstream, as undici's handler: its callbacks become a Reply whose body streams with
 * back-pressure. What arrives before somebody reads is kept; undici is paused meanwhile.
 */
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Sink, Source } from '../../../core/body.ts'
import type { Reply } from '../../../core/reply.ts'
import { forwardedHeaders, rawPairs, reasonPhrase } from './head.ts'

type Controller = Dispatcher.DispatchController

export interface Outcome {
  /** Changes the reply's headers before they are handed on. */
  headers(raw: string[]): string[]
  earlyHints(headers: Readonly<Record<string, string | string[]>>): void
  reply(reply: Reply): void
  /** So many bytes of the body have come. */
  passed(bytes: number): void
  /** Nothing has been replied yet. */
  failed(error: Error): void
}

/** Methods that change nothing (RFC 9110 section 9.2.1): asking twice does no harm. */
export const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

export class Exchange implements Dispatcher.DispatchHandler, Source {
  private readonly outcome: Outcome
  private controller: Controller | undefined
  private replied = false
  private cancelled: Error | undefined
  private sink: Sink | undefined
  private early: Buffer[] = []
  private ended = false
  private trailers: string[] = []
  private error: Error | undefined

  constructor(outcome: Outcome) {
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
      if (status === 103) this.outcome.earlyHints(headers as Record<string, string | string[]>)
      return
    }
    this.replied = true
    const metadata = this.outcome.headers(forwardedHeaders(rawPairs(controller.rawHeaders as never), false))
    const statusText = reasonPhrase(text)
    this.outcome.reply({
      kind: 'stream',
      status,
      ...(statusText !== undefined && { statusText }),
      metadata,
      source: this,
    })
  }

  onRequestUpgrade(controller: Controller, status: number, _headers: unknown, socket: Duplex): void {
    this.replied = true
    const metadata = this.outcome.headers(forwardedHeaders(rawPairs(controller.rawHeaders as never), true))
    this.outcome.reply({ kind: 'tunnel', status, metadata, socket, head: new Uint8Array(0) })
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.outcome.passed(chunk.length)
    if (this.sink === undefined) this.early.push(chunk)
    else if (!this.sink.message(chunk)) controller.pause()
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
    for (const chunk of this.early) room = sink.message(chunk)
    this.early = []
    if (this.error !== undefined) sink.fail(this.error)
    else if (this.ended) sink.end(this.trailers)
    else if (!room) this.controller?.pause()
  }

  whole(): Uint8Array | undefined {
    if (!this.ended || this.trailers.length > 0) return undefined
    return this.early.length === 1 ? this.early[0] : Buffer.concat(this.early)
  }

  resume(): void {
    if (!this.ended && this.controller?.paused === true) this.controller.resume()
  }

  cancel(reason = new Error('the client went away')): void {
    this.cancelled = reason
    if (!this.ended && this.error === undefined) this.controller?.abort(reason)
  }
}
