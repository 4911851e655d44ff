/** grpc.health.v1.Health: a mocked service and everything that its definitions name is SERVING. */
import type { Sink, Source } from '../../../core/body.ts'
import type { Reply } from '../../../core/reply.ts'
import type { GrpcCall } from '../call.ts'
import { envelope } from '../codec/envelope.ts'
import { statusCode } from '../codec/status.ts'
import { bytesField, concat, numberField, readFields, textOf } from '../codec/wire.ts'
import { failed, ok, outcome, trailersOf } from '../reply/outcome.ts'
import { dressed } from '../reply/render.ts'
import { grpcDefinitions } from '../schema.ts'

/** HealthCheckResponse.ServingStatus: SERVING, and what Watch says of a name that nobody knows. */
const serving = numberField(1, 1)
const unknown = numberField(1, 3)

export const answerHealth = (call: GrpcCall, method: string): Reply => {
  const services = grpcDefinitions(call.service.definitions)?.services ?? []
  if (method === 'List') {
    // HealthListResponse: map<string, HealthCheckResponse> statuses = 1.
    const entries = ['', ...services].map((name) =>
      bytesField(1, concat([bytesField(1, name), bytesField(2, serving)])),
    )
    return dressed(call, outcome([], [concat(entries)], ok))
  }
  const isKnown = (name: string): boolean => name === '' || services.includes(name) || services.length === 0
  const watch = method === 'Watch'
  return dressed(call, {
    kind: 'stream',
    status: 0,
    metadata: [],
    source: new HealthSource(call, isKnown, watch),
  })
}

/** The answer depends on the request's message, which is read when the reply is. */
class HealthSource implements Source {
  private readonly call: GrpcCall
  private readonly isKnown: (name: string) => boolean
  private readonly watch: boolean
  private over = false

  constructor(call: GrpcCall, isKnown: (name: string) => boolean, watch: boolean) {
    this.call = call
    this.isKnown = isKnown
    this.watch = watch
  }

  pipe(sink: Sink): void {
    let asked: Uint8Array = new Uint8Array(0)
    this.call.body.source().pipe({
      message: (bytes) => {
        asked = bytes.subarray(5)
        return true
      },
      end: () => this.answer(sink, asked),
      fail: (error) => sink.fail(error),
    })
  }

  resume(): void {
    // One message at most: nothing waits.
  }

  cancel(): void {
    this.over = true
  }

  private answer(sink: Sink, asked: Uint8Array): void {
    if (this.over) return
    const name = textOf(readFields(asked).find(({ number }) => number === 1))
    if (this.watch) {
      // The status never changes, so this stays open until the client has heard enough.
      sink.message(envelope(this.isKnown(name) ? serving : unknown))
    } else if (this.isKnown(name)) {
      sink.message(envelope(serving))
      sink.end(trailersOf(ok))
    } else sink.end(failed(statusCode('NOT_FOUND'), `no service ${name}`).trailers)
  }
}
