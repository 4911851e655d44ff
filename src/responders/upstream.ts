/** A mock without any answer asks the real service: a hole in a broader mock. */
import type { Responder } from '../core/responder.ts'

export const upstreamResponder: Responder = {
  name: 'upstream',
  key: undefined,
  compile: () => ({
    respond: (call, next) => next(call),
    asksUpstream: true,
    untouched: true,
    status: undefined,
    does: 'asks the real service',
  }),
}
