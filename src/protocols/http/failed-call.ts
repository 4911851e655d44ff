/** What a call that failed is answered, and what is noted on it. */
import type { SvcMockError } from '../../core/errors.ts'
import type { Reply } from '../../core/reply.ts'
import type { HttpCall } from './call.ts'
import { resetCodeFor, StreamReset } from './h2/reset.ts'
import { asSvcMockError, problemReply } from './problem.ts'

export const failed = (call: HttpCall, thrown: unknown): Reply => {
  if (call.client.gone) {
    call.context.outcome ??= 'error'
    call.context.note ??= 'the client went away'
    return { kind: 'none' }
  }
  const error = failure(call, thrown)
  // A client of HTTP/2 is told what the upstream told us; clients of gRPC tell codes apart.
  if (error.cause instanceof StreamReset && call.client.httpVersion === '2.0')
    return { kind: 'fault', fault: 'reset', code: resetCodeFor(error.cause) }
  return problemReply(error)
}

/** Notes on the call what went wrong with it, whatever it was on its way to be. */
export const failure = (call: HttpCall, thrown: unknown): SvcMockError => {
  const error = asSvcMockError(thrown)
  const { context } = call
  context.outcome = error.code === 'MOCK_NOT_MATCHED' || error.code === 'UNKNOWN_HOST' ? 'miss' : 'error'
  context.error = error.code
  context.failure = error
  context.note = error.code === 'MOCK_NOT_MATCHED' ? undefined : error.message
  return error
}
