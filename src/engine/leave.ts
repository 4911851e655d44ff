/**
 * The end of the way in an engine: what passes unchanged is handed back to whoever asked, who sends it as he would have without
 * us; what somebody here wants to see or change is asked of the real service.
 */
import type { Call } from '../core/call.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Service } from '../core/filter.ts'
import type { Metadata } from '../core/metadata.ts'
import type { Reply } from '../core/reply.ts'

const bypass = Symbol('bypass')

type Bypass = Extract<Reply, { readonly kind: 'none' }> & {
  readonly [bypass]: true
  readonly metadata: Metadata
}

export const isBypass = (reply: Reply): reply is Bypass => reply.kind === 'none' && bypass in reply

/** `upstream`: asks the real service; absent: nobody here can. */
export const leave =
  (upstream: Service | undefined): Service =>
  (call) => {
    if (passesAsItIs(call)) {
      call.context.outcome ??= 'passthrough'
      const reply: Bypass = { kind: 'none', [bypass]: true, metadata: call.metadata }
      return reply
    }
    if (upstream !== undefined) return upstream(call)
    const { mock, note } = call.context
    const why = mock === undefined ? (note ?? 'its service has faults or a contract') : mock.name
    throw new SvcMockError(
      'UPSTREAM_UNREACHABLE',
      `${call.operation}: nobody here asks real services (${why})`,
      {
        hint: 'answer the call with a mock that has no upstream:, or use svc-mock/node or the proxy',
      },
    )
  }

/** No mock waits for the reply to change it, no fault slows it down, no contract judges it, and it goes to where its client meant it to. */
const passesAsItIs = ({ service, context }: Call): boolean =>
  (context.mock === undefined || context.mock.untouched === true) &&
  context.instance === undefined &&
  service.upstream === undefined &&
  service.faults === undefined &&
  service.contract === undefined
