/** A request's head as it leaves in HTTP/2 (RFC 9113 section 8.3.1). */
import { allValues, firstValue } from '../../../../core/metadata.ts'
import { appendHeaders } from '../../h2/head.ts'
import { endsAtProxy } from '../../hop-by-hop.ts'
import { hopHeader } from '../../hop-mark.ts'
import { formatHost } from '../../target.ts'
import { type Forwarding, pathOf } from '../head.ts'

/** Raw pairs: the pseudo-headers, then everything that does not end at a proxy, in the client's order. */
export const http2Head = (forwarding: Forwarding): string[] => {
  const { call, target, hopMark } = forwarding
  const own = call.client.entrance.kind === 'own'
  const authority = own ? undefined : firstValue(call.metadata, 'host')
  const head = [
    ':method',
    call.method,
    ':scheme',
    target.scheme,
    ':authority',
    authority ?? formatHost(target.scheme, target),
    ':path',
    pathOf(forwarding),
  ]
  appendHeaders(head, call.metadata, isKept)
  // Says that trailers can be read, which gRPC asks for, and the only value that HTTP/2 knows.
  if (allValues(call.metadata, 'te').some((value) => /\btrailers\b/i.test(value))) head.push('te', 'trailers')
  head.push(hopHeader, hopMark)
  return head
}

const isKept = (lower: string): boolean => lower !== 'host' && !endsAtProxy(lower, false)
