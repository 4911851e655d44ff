/**
 * One exchange with an upstream in HTTP/1.1: what its connection reads becomes a Reply whose body streams with
 * back-pressure. What arrives before somebody reads is kept; the connection is paused meanwhile.
 */
import type { Sink, Source } from '../../../../core/body.ts'
import type { Dialed } from '../../../../core/protocol.ts'
import { type Forwarding, replyHeaders, toOwnPort } from '../head.ts'
import type { Outcome } from '../outcome.ts'
import type { Connection } from './connection.ts'
import type { ReplyHead } from './reply-head.ts'

export interface OutgoingRequest {
  readonly method: string
  /** As it goes on the wire, with the empty line; for a chunked body that is empty, with its end. Latin-1. */
  readonly head: string
  /** Of the body, if its length was said. */
  readonly length: number | undefined
  /** Another protocol is asked for (RFC 9110 section 7.8). */
  readonly upgrade: boolean
}

/** As much of a body is kept while nobody reads it (a reply that a fault holds back, say). */
const keptAtMost = 64 * 1024

export class Exchange implements Source {
  readonly request: OutgoingRequest
  private readonly forwarding: Forwarding
  private readonly outcome: Outcome
  private connection: Connection | undefined
  private settled = false
  private sink: Sink | undefined
  private early: Buffer[] | undefined
  private earlyBytes = 0
  private ended = false
  private trailers: readonly string[] = []
  private error: Error | undefined

  constructor(request: OutgoingRequest, forwarding: Forwarding, outcome: Outcome) {
    this.request = request
    this.forwarding = forwarding
    this.outcome = outcome
  }

  /** Nobody waits for it any more. */
  get over(): boolean {
    return this.error !== undefined
  }

  /** Returns the body to send; undefined: the head is all. */
  begin(connection: Connection): Source | undefined {
    this.connection = connection
    const { body } = this.forwarding.call
    return body.empty ? undefined : body.source()
  }

  /** Interim replies other than hints are not for the client: it has sent its body, or not asked. */
  interim({ status, headers }: ReplyHead): void {
    if (status === 103) this.forwarding.call.client.earlyHints?.(asRecord(headers))
  }

  head({ status, text, headers }: ReplyHead): void {
    this.settled = true
    const metadata = this.metadata(headers, false)
    this.outcome.reply({ kind: 'stream', status, statusText: text, metadata, source: this })
  }

  upgraded({ status, text, headers }: ReplyHead, socket: Dialed, rest: Buffer): void {
    this.settled = true
    this.ended = true
    const metadata = this.metadata(headers, true)
    this.outcome.reply({ kind: 'tunnel', status, statusText: text, metadata, socket, head: rest })
  }

  private metadata(received: string[], upgrade: boolean): string[] {
    const { call, target } = this.forwarding
    const headers = replyHeaders(received, upgrade)
    return call.client.entrance.kind === 'own' ? toOwnPort(headers, target, call) : headers
  }

  /** False: no more until `resume`. */
  data(piece: Buffer): boolean {
    if (this.sink !== undefined) return this.sink.message(piece)
    if (this.early === undefined) this.early = [piece]
    else this.early.push(piece)
    this.earlyBytes += piece.length
    return this.earlyBytes <= keptAtMost
  }

  end(trailers: readonly string[]): void {
    this.ended = true
    this.trailers = trailers
    this.sink?.end(trailers)
  }

  /** The connection is gone, or never came. */
  fail(error: Error): void {
    if (this.ended || this.error !== undefined) return
    this.error = error
    if (this.settled) this.sink?.fail(error)
    else this.outcome.failed(error)
  }

  pipe(sink: Sink): void {
    this.sink = sink
    let room = true
    for (const chunk of this.early ?? []) room = sink.message(chunk)
    this.early = undefined
    if (this.error !== undefined) sink.fail(this.error)
    else if (this.ended) sink.end(this.trailers)
    else if (room) this.resume()
    else this.connection!.pause()
  }

  whole(): Uint8Array | undefined {
    if (!this.ended || this.trailers.length > 0) return undefined
    return this.early?.length === 1 ? this.early[0] : Buffer.concat(this.early ?? [])
  }

  resume(): void {
    if (!this.ended && this.error === undefined) this.connection!.resume()
  }

  cancel(reason = new Error('the client went away')): void {
    if (this.ended) return
    if (this.connection === undefined) this.fail(reason)
    else this.connection.destroy(reason)
  }
}

const asRecord = (pairs: readonly string[]): Record<string, string | string[]> => {
  const record: Record<string, string | string[]> = Object.create(null)
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i]!.toLowerCase()
    const before = record[name]
    record[name] = before === undefined ? pairs[i + 1]! : [before, pairs[i + 1]!].flat()
  }
  return record
}
