/** Bodies slowed down, and bodies cut off: the reply goes on, its bytes come late or not all of them. */
import type { Sink, Source } from '../core/body.ts'
import type { Clock } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import { firstValue } from '../core/metadata.ts'
import type { Reply, SingleReply, StreamReply } from '../core/reply.ts'

/** Pieces go out this often, as long as they have a byte each. */
const tickMs = 50
/** A cut comes this long after the bytes before it, which would else be lost with the connection. */
const beforeCutMs = 10

type BodyReply = SingleReply | StreamReply

const hasBody = (reply: Reply): reply is BodyReply => reply.kind === 'single' || reply.kind === 'stream'

/** The reply with its body at the fault's speed; others (tunnels, broken wires) as they are. */
export const paced = (reply: Reply, fault: Fault, clock: Clock): Reply => {
  if (!hasBody(reply)) return reply
  const length = lengthOf(reply)
  // A body of known length is spread evenly; of any other only the end can be held.
  const even = fault.slowBodyMs > 0 && length ? (length * 1000) / fault.slowBodyMs : Number.POSITIVE_INFINITY
  const bytesPerMs = Math.min(fault.bytesPerSecond ?? Number.POSITIVE_INFINITY, even) / 1000
  return streamed(reply, new PacedSource(sourceOf(reply), bytesPerMs, fault.slowBodyMs, clock))
}

/** Head and half of the body, then the connection breaks; a tunnel breaks at once. */
export const cutOff = (reply: Reply, clock: Clock): Reply => {
  if (hasBody(reply)) return streamed(reply, new CutSource(sourceOf(reply), clock))
  if (reply.kind !== 'tunnel') return reply
  reply.socket.destroy()
  return { kind: 'fault', fault: 'close' }
}

const lengthOf = (reply: BodyReply): number | undefined => {
  if (reply.kind === 'single') return reply.body?.length ?? 0
  const written = firstValue(reply.metadata, 'content-length')
  return written === undefined ? undefined : Number(written)
}

const streamed = (reply: BodyReply, source: Source): StreamReply => ({
  kind: 'stream',
  status: reply.status,
  ...(reply.statusText !== undefined && { statusText: reply.statusText }),
  metadata: reply.metadata,
  source,
})

const sourceOf = (reply: BodyReply): Source => {
  if (reply.kind === 'stream') return reply.source
  const { body, trailers } = reply
  return {
    pipe: (sink) => {
      if (body !== undefined && body.length > 0) sink.message(body)
      sink.end(trailers)
    },
    resume: () => undefined,
    cancel: () => undefined,
  }
}

class PacedSource implements Source, Sink {
  private readonly inner: Source
  private readonly bytesPerMs: number
  private readonly atLeastMs: number
  private readonly clock: Clock
  private sink: Sink | undefined
  private readonly waiting: Uint8Array[] = []
  private ended: { readonly trailers: readonly string[] | undefined } | undefined
  private callOff: (() => void) | undefined
  /** Time that the pieces have taken so far. */
  private spentMs = 0
  private full = false
  private over = false

  constructor(inner: Source, bytesPerMs: number, atLeastMs: number, clock: Clock) {
    this.inner = inner
    this.bytesPerMs = bytesPerMs
    this.atLeastMs = atLeastMs
    this.clock = clock
  }

  pipe(sink: Sink): void {
    this.sink = sink
    this.inner.pipe(this)
  }

  resume(): void {
    this.full = false
    this.go()
  }

  cancel(reason?: Error): void {
    this.stop()
    this.inner.cancel(reason)
  }

  message(bytes: Uint8Array): boolean {
    if (!this.over && bytes.length > 0) this.waiting.push(bytes)
    this.go()
    return this.over
  }

  end(trailers?: readonly string[]): void {
    this.ended = { trailers }
    this.go()
  }

  fail(error: Error): void {
    if (this.over) return
    this.stop()
    this.sink?.fail(error)
  }

  private stop(): void {
    this.over = true
    this.waiting.length = 0
    this.callOff?.()
    this.callOff = undefined
  }

  /** One timer at a time: for the next piece, or for the end. */
  private go(): void {
    if (this.over || this.full || this.callOff !== undefined) return
    const first = this.waiting[0]
    if (first !== undefined) {
      const piece = first.subarray(0, Math.max(1, Math.floor(this.bytesPerMs * tickMs)))
      const ms = piece.length / this.bytesPerMs
      this.later(ms, () => this.send(piece))
    } else if (this.ended !== undefined) {
      this.later(Math.max(0, this.atLeastMs - this.spentMs), () => this.finish())
    } else this.inner.resume()
  }

  private later(ms: number, run: () => void): void {
    this.callOff = this.clock.after(ms, () => {
      this.callOff = undefined
      this.spentMs += ms
      run()
      this.go()
    })
  }

  private send(piece: Uint8Array): void {
    const first = this.waiting.shift()!
    if (piece.length < first.length) this.waiting.unshift(first.subarray(piece.length))
    this.full = this.sink?.message(piece) === false
  }

  private finish(): void {
    this.over = true
    this.sink?.end(this.ended?.trailers)
  }
}

class CutSource implements Source {
  private readonly inner: Source
  private readonly clock: Clock
  private callOff: (() => void) | undefined

  constructor(inner: Source, clock: Clock) {
    this.inner = inner
    this.clock = clock
  }

  pipe(sink: Sink): void {
    let cut = false
    const broken = new Error('the reply was cut off on purpose')
    const cutNow = (): void => {
      cut = true
      this.callOff = this.clock.after(beforeCutMs, () => sink.fail(broken))
    }
    this.inner.pipe({
      message: (bytes) => {
        if (cut) return false
        sink.message(bytes.subarray(0, Math.floor(bytes.length / 2)))
        cutNow()
        this.inner.cancel(broken)
        return false
      },
      end: () => {
        if (!cut) cutNow()
      },
      fail: (error) => {
        if (!cut) sink.fail(error)
      },
    })
  }

  resume(): void {
    this.inner.resume()
  }

  cancel(reason?: Error): void {
    this.callOff?.()
    this.inner.cancel(reason)
  }
}
