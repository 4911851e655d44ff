/** Hands a call to the real service: the very exchange that came, unless somebody has read it or wants it otherwise. */
import type { Body } from '../../core/body.ts'
import type { Call, CallChanges } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { ProtocolHost } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import type { GrpcCall } from './call.ts'

export const sendUpstream = (host: ProtocolHost, call: GrpcCall): Reply | Promise<Reply> => {
  const { carrier, body, metadata } = call
  const changes: { -readonly [key in keyof CallChanges]: CallChanges[key] } = {}
  if (metadata !== carrier.metadata) changes.metadata = metadata
  if (call.service !== carrier.service) changes.service = call.service
  if (body.begun) {
    if (body.forgotten)
      throw new SvcMockError(
        'UPSTREAM_UNREACHABLE',
        'mocks have answered messages of this stream, so the real service cannot be given it any more',
        { hint: 'let a mock answer this message too, or none of the messages before it' },
      )
    changes.body = replayed(call, carrier.body)
  }
  if (call.watch !== undefined) {
    const leaving = changes.body ?? carrier.body
    const watched = call.watch(leaving)
    if (watched !== leaving) changes.body = watched
  }
  if (call.signal !== carrier.signal) changes.signal = call.signal
  const asked: Call =
    Object.keys(changes).length === 0 || carrier.derived === undefined ? carrier : carrier.derived(changes)
  return host.upstream('http')(asked)
}

const replayed = ({ body }: GrpcCall, carried: Body): Body => ({
  empty: carried.empty,
  read: (limit) => carried.read(limit),
  source: () => body.raw(),
})
