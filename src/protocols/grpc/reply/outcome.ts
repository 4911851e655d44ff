/**
 * What an RPC is answered, before it is put into the form that the client speaks. It is a Reply like any other, so that
 * faults can slow or break it: `status` is gRPC's code, `metadata` what comes before the messages, the body their
 * envelopes, uncompressed and in protobuf, and the trailers hold everything that comes at the end.
 */
import type { Sink, Source } from '../../../core/body.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Metadata } from '../../../core/metadata.ts'
import type { SingleReply, StreamReply } from '../../../core/reply.ts'
import { envelope } from '../codec/envelope.ts'
import { encodeBinary } from '../codec/metadata.ts'
import { type Detail, encodeStatus } from '../codec/rpc-status.ts'
import { encodeStatusMessage } from '../codec/status-message.ts'
import { concat } from '../codec/wire.ts'

export interface Ending {
  readonly code: number
  readonly message: string
  readonly details: readonly Detail[]
  /** Trailing metadata. */
  readonly metadata: Metadata
}

export const ok: Ending = { code: 0, message: '', details: [], metadata: [] }

/** Everything that comes at the end, as gRPC's trailers. */
export const trailersOf = ({ code, message, details, metadata }: Ending): readonly string[] => [
  'grpc-status',
  String(code),
  ...(message === '' ? [] : ['grpc-message', encodeStatusMessage(message)]),
  ...(details.length === 0
    ? []
    : ['grpc-status-details-bin', encodeBinary(encodeStatus({ code, message, details }))]),
  ...metadata,
]

/** A whole outcome. A static mock's is shared by all its calls, so its usual form is made once. */
export class Outcome implements SingleReply {
  readonly kind = 'single'
  readonly status: number
  readonly metadata: Metadata
  readonly body: Uint8Array | undefined
  readonly trailers: Metadata
  private rendered: SingleReply | undefined

  constructor(metadata: Metadata, messages: readonly Uint8Array[], ending: Ending) {
    this.status = ending.code
    this.metadata = metadata
    this.body = messages.length === 0 ? undefined : concat(messages.map((message) => envelope(message)))
    this.trailers = trailersOf(ending)
  }

  /** What most clients get. `make` is asked once. */
  usual(make: () => SingleReply): SingleReply {
    this.rendered ??= make()
    return this.rendered
  }
}

export const outcome = (metadata: Metadata, messages: readonly Uint8Array[], ending: Ending): SingleReply =>
  new Outcome(metadata, messages, ending)

export const failed = (code: number, message: string, more: Partial<Ending> = {}): SingleReply =>
  outcome([], [], { ...ok, ...more, code, message })

export interface TimedMessage {
  readonly bytes: Uint8Array
  readonly delayMs: number
  /** Sent this many times. */
  readonly times: number
}

/** Messages one after the other, each after its delay, never faster than they are taken. */
export const streamed = (
  metadata: Metadata,
  messages: readonly TimedMessage[],
  ending: Ending,
  clock: Clock,
): StreamReply => ({
  kind: 'stream',
  status: ending.code,
  metadata,
  get source() {
    return new TimedSource(messages, trailersOf(ending), clock)
  },
})

class TimedSource implements Source {
  private readonly messages: readonly TimedMessage[]
  private readonly trailers: readonly string[]
  private readonly clock: Clock
  private sink: Sink | undefined
  private at = 0
  private sent = 0
  private envelope: Uint8Array | undefined
  private callOff: (() => void) | undefined
  /** The delay of the message at hand is over. */
  private due = false
  private over = false
  private running = false

  constructor(messages: readonly TimedMessage[], trailers: readonly string[], clock: Clock) {
    this.messages = messages
    this.trailers = trailers
    this.clock = clock
  }

  pipe(sink: Sink): void {
    this.sink = sink
    this.go()
  }

  resume(): void {
    this.go()
  }

  cancel(): void {
    this.over = true
    this.callOff?.()
    this.callOff = undefined
  }

  private go(): void {
    // A sink may ask for more while it is given something.
    if (this.running || this.over || this.callOff !== undefined || this.sink === undefined) return
    this.running = true
    while (this.step(this.sink));
    this.running = false
  }

  /** False when there is nothing to do now. */
  private step(sink: Sink): boolean {
    if (this.over) return false
    const message = this.messages[this.at]
    if (message === undefined) {
      this.over = true
      sink.end(this.trailers)
      return false
    }
    if (message.delayMs > 0 && !this.due) {
      this.callOff = this.clock.after(message.delayMs, () => {
        this.callOff = undefined
        this.due = true
        this.go()
      })
      return false
    }
    this.due = false
    this.envelope ??= envelope(message.bytes)
    const bytes = this.envelope
    this.sent++
    if (this.sent >= message.times) {
      this.at++
      this.sent = 0
      this.envelope = undefined
    }
    return sink.message(bytes)
  }
}
