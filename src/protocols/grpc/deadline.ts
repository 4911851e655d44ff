/** A client's patience: when it is over the call ends with DEADLINE_EXCEEDED, wherever it is, and the real service is told. */
import type { Sink, Source } from '../../core/body.ts'
import type { Clock } from '../../core/clock.ts'
import type { Reply } from '../../core/reply.ts'
import type { GrpcCall } from './call.ts'
import { statusCode } from './codec/status.ts'
import { failed, ok, trailersOf } from './reply/outcome.ts'
import { lastPiece, render } from './reply/render.ts'

/** A timer takes no more. */
const longestMs = 2 ** 31 - 1

export class Deadline {
  private readonly controller = new AbortController()
  private readonly callOff: () => void
  private readonly ms: number

  constructor(ms: number, clock: Clock) {
    this.ms = ms
    this.callOff = clock.after(Math.min(Math.max(ms, 0), longestMs), () => this.controller.abort(this.error))
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** The reply, or DEADLINE_EXCEEDED: in its place, or at the end of as much of it as has come. */
  async race(call: GrpcCall, reply: Reply | Promise<Reply>): Promise<Reply> {
    const over = new Promise<'over'>((resolve) => {
      this.signal.addEventListener('abort', () => resolve('over'), { once: true })
    })
    const first = await Promise.race([reply, over])
    if (first === 'over') {
      void Promise.resolve(reply).then(dropped)
      call.context.outcome ??= 'error'
      call.context.note = this.error.message
      call.body.drop()
      return render(call, failed(statusCode('DEADLINE_EXCEEDED'), this.error.message))
    }
    if (first.kind === 'stream') return { ...first, source: new BoundSource(call, first.source, this) }
    // A fault that never answers leaves the end to the client, as a dead service would.
    if (first.kind !== 'fault') this.stop()
    return first
  }

  stop(): void {
    this.callOff()
  }

  get error(): Error {
    return new Error(`the deadline of ${this.ms} ms passed`)
  }
}

const dropped = (reply: Reply): void => {
  if (reply.kind === 'stream') reply.source.cancel(new Error('the deadline passed'))
}

class BoundSource implements Source {
  private readonly call: GrpcCall
  private readonly inner: Source
  private readonly deadline: Deadline
  private over = false

  constructor(call: GrpcCall, inner: Source, deadline: Deadline) {
    this.call = call
    this.inner = inner
    this.deadline = deadline
  }

  pipe(sink: Sink): void {
    const expire = (): void => {
      if (this.over) return
      this.over = true
      const { error } = this.deadline
      this.call.context.note = error.message
      this.inner.cancel(error)
      const { wire } = this.call.form
      if (wire === 'connect' || wire === 'connect-get') {
        // Its status has gone out: only a broken connection says that the rest will not come.
        sink.fail(error)
        return
      }
      const trailers = trailersOf({ ...ok, code: statusCode('DEADLINE_EXCEEDED'), message: error.message })
      const last = lastPiece(this.call, trailers)
      if (last !== undefined) sink.message(last)
      sink.end(last === undefined ? trailers : undefined)
    }
    this.deadline.signal.addEventListener('abort', expire, { once: true })
    if (this.deadline.signal.aborted) {
      expire()
      return
    }
    const finish = (): boolean => {
      if (this.over) return false
      this.over = true
      this.deadline.stop()
      return true
    }
    this.inner.pipe({
      message: (bytes) => (this.over ? false : sink.message(bytes)),
      end: (trailers) => {
        if (finish()) sink.end(trailers)
      },
      fail: (error) => {
        if (finish()) sink.fail(error)
      },
    })
  }

  resume(): void {
    this.inner.resume()
  }

  cancel(reason?: Error): void {
    this.over = true
    this.deadline.stop()
    this.inner.cancel(reason)
  }
}
