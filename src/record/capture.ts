/**
 * One exchange while it passes: what goes by is kept by reference. Nothing is held up, changed or copied; whoever
 * reads reads as fast as without it.
 */
import type { Body, Source } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import type { RecordedBody } from '../core/exchange.ts'
import { joined } from '../core/exchange.ts'
import type { FixtureDialect } from '../core/fixture.ts'
import type { Metadata } from '../core/metadata.ts'
import type { Reply, StreamReply } from '../core/reply.ts'
import { WatchedSource, type Watcher } from '../core/watched-source.ts'
import type { Recorder } from './recorder.ts'

export class Capture {
  private readonly recorder: Recorder
  private readonly dialect: FixtureDialect
  private readonly call: Call
  private readonly at = Date.now()
  private request: Uint8Array[] = []
  private requestTrailers: Metadata = none
  private requestDone: boolean
  private reply: { readonly status: number; readonly headers: Metadata } | undefined
  private replied: Uint8Array[] = []
  private replyTrailers: Metadata = none
  private replyDone = false
  private bytes = 0
  private asked = 0
  private answered = 0
  private readonly turns: [reply: number, request: number][] = []
  private held = 0
  private over = false

  constructor(recorder: Recorder, dialect: FixtureDialect, call: Call) {
    this.recorder = recorder
    this.dialect = dialect
    this.call = call
    this.requestDone = call.body.empty
  }

  /** The call with a body that tells what is read of it. */
  get watched(): Call {
    const { call, dialect } = this
    if (dialect.watched !== undefined) return dialect.watched(call, (leaving) => this.watchedBody(leaving))
    const body = this.watchedBody(call.body)
    return body === call.body
      ? call
      : (Object.create(call, { body: { value: body, enumerable: true } }) as Call)
  }

  private watchedBody(body: Body): Body {
    if (body.empty) {
      this.requestDone = true
      return body
    }
    return new WatchedBody(body, {
      piece: (bytes) => {
        this.asked += bytes.length
        this.piece(this.request, bytes)
      },
      end: (trailers) => {
        this.requestTrailers = trailers
        this.requestDone = true
        this.finish()
      },
      fail: () => this.fail(),
    })
  }

  /** The reply with a body that tells what is read of it. */
  watch(reply: Reply): Reply {
    if (this.over) return reply
    if (reply.kind === 'stream') {
      this.reply = { status: reply.status, headers: reply.metadata }
      return { ...reply, source: this.watchedSource(reply) }
    }
    if (reply.kind !== 'single') {
      this.give()
      return reply
    }
    this.reply = { status: reply.status, headers: reply.metadata }
    if (reply.body !== undefined && reply.body.length > 0) this.piece(this.replied, reply.body)
    this.replyTrailers = reply.trailers ?? none
    this.replyDone = true
    this.finish()
    return reply
  }

  /** The upstream gave no reply. */
  fail(): void {
    if (this.over) return
    this.recorder.lose('brokenOff')
    this.give()
  }

  private watchedSource({ source }: StreamReply): Source {
    return new WatchedSource(source, {
      piece: (bytes) => {
        if (this.dialect.takesTurns === true && this.turns.at(-1)?.[1] !== this.asked)
          this.turns.push([this.answered, this.asked])
        this.answered += bytes.length
        this.piece(this.replied, bytes)
      },
      end: (trailers) => {
        this.replyTrailers = trailers
        this.replyDone = true
        this.finish()
      },
      fail: () => this.fail(),
    })
  }

  private piece(list: Uint8Array[], bytes: Uint8Array): void {
    if (this.over) return
    this.bytes += bytes.length
    if (this.bytes > this.recorder.maxBytes) {
      this.recorder.lose('tooLarge')
      this.give()
    } else if (!this.recorder.hold(bytes.length)) this.give()
    else {
      this.held += bytes.length
      list.push(bytes)
    }
  }

  private finish(): void {
    if (this.over || !this.requestDone || !this.replyDone) return
    const { call, dialect, reply, at } = this
    if (!this.recorder.hold(0)) {
      this.give()
      return
    }
    this.over = true
    const exchange = {
      protocol: call.protocol,
      service: call.service.name,
      operation: call.operation,
      request: {
        target: dialect.target(call),
        headers: call.metadata,
        trailers: this.requestTrailers,
        bodies: this.bodies(this.request),
      },
      reply: {
        status: reply!.status,
        headers: reply!.headers,
        trailers: this.replyTrailers,
        bodies: this.bodies(this.replied),
      },
      ...(this.turns.length > 1 && { turns: this.turns }),
    }
    this.recorder.add(call, { exchange, at }, this.held)
  }

  private bodies(pieces: readonly Uint8Array[]): RecordedBody[] {
    if (this.dialect.bodies === 'messages') return pieces.map((bytes) => ({ kind: 'bytes', bytes }))
    if (pieces.length === 0) return []
    return [{ kind: 'bytes', bytes: pieces.length === 1 ? pieces[0]! : joined(pieces) }]
  }

  /** Nothing of it is kept. */
  private give(): void {
    this.over = true
    this.recorder.release(this.held)
    this.held = 0
    this.request = []
    this.replied = []
  }
}

const none: Metadata = []

class WatchedBody implements Body {
  readonly empty: boolean
  private readonly body: Body
  private readonly watcher: Watcher

  constructor(body: Body, watcher: Watcher) {
    this.body = body
    this.empty = body.empty
    this.watcher = watcher
  }

  read(limit: number): ReturnType<Body['read']> {
    return this.body.read(limit)
  }

  source(): Source {
    return new WatchedSource(this.body.source(), this.watcher)
  }
}
