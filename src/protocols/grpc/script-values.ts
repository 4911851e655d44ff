/** gRPC calls and replies as scripts see them. */
import type { Call } from '../../core/call.ts'
import { firstValue } from '../../core/metadata.ts'
import type { Reply, StreamReply } from '../../core/reply.ts'
import { wanted } from '../../core/script-request.ts'
import type { GrpcCall } from './call.ts'
import { metadataValues } from './codec/metadata.ts'
import type { Detail } from './codec/rpc-status.ts'
import { statusName, statusOfHttp } from './codec/status.ts'
import type { GrpcScope } from './mock-scope.ts'
import { collectOutcome, isWhole, readOutcome } from './reply/read.ts'
import { statusIn, trailingMetadata } from './reply/trailers.ts'

const forwardedAtMost = 10 * 1024 * 1024

/** `request` without its message, which stands under `message` or, for a client's stream, `messages`. */
export const scriptFields = (call: Call, wants: ReadonlySet<string> | undefined): Record<string, unknown> => {
  const { operation, metadata } = call
  const fields: Record<string, unknown> = {}
  if (wanted(wants, 'operation')) fields['operation'] = operation
  if (wanted(wants, 'method')) fields['method'] = operation.split('/')[1] ?? ''
  if (wanted(wants, 'metadata')) fields['metadata'] = metadataValues(metadata)
  if (wanted(wants, 'traceId') || wanted(wants, 'spanId')) {
    const [, traceId, spanId] = traceParent.exec(firstValue(metadata, 'traceparent') ?? '') ?? []
    if (traceId !== undefined) Object.assign(fields, { traceId, spanId })
  }
  return fields
}

/** W3C Trace Context section 3.2. */
const traceParent = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-/

export const scriptBody = (call: Call): string => {
  const { rpc, method } = call as GrpcCall
  return rpc?.clientStreams === true && method !== 'each' ? 'messages' : 'message'
}

/** What `forward()` gives: a response as in mock files. */
export const replyValue = async (reply: Reply, scope: GrpcScope): Promise<unknown> => {
  if (!isWhole(reply)) return { status: 'UNAVAILABLE' }
  const { rpc } = scope
  const real = readOutcome(reply, rpc, forwardedAtMost)
  if (real === undefined)
    return { status: statusName(statusOfHttp(reply.status)), statusMessage: `HTTP ${reply.status}` }
  return outcomeValue(real, scope, forwardedAtMost)
}

/** A response as in mock files. Rejects with SvcMockError. */
export const outcomeValue = async (real: StreamReply, scope: GrpcScope, limit: number): Promise<unknown> => {
  const { rpc } = scope
  const { metadata, messages, trailers } = await collectOutcome(real, limit)
  const { code, message, details } = statusIn(trailers)
  const documents = rpc === undefined ? [] : messages.map((bytes) => rpc.output.document(bytes))
  const carried =
    rpc?.serverStreams === true
      ? { messages: documents.map((one) => ({ message: one })) }
      : { message: documents[0] }
  const known = details.flatMap((detail) => detailValue(detail, scope))
  return {
    ...(code === 0 || rpc?.serverStreams === true ? carried : {}),
    metadata: metadataValues(metadata),
    trailers: metadataValues(trailingMetadata(trailers)),
    status: statusName(code),
    ...(message !== '' && { statusMessage: message }),
    ...(known.length > 0 && { details: known }),
  }
}

/** A detail whose type nobody knows cannot be shown. */
const detailValue = ({ typeUrl, value }: Detail, { definitions }: GrpcScope): readonly object[] => {
  const type = definitions?.type(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
  return type === undefined ? [] : [{ '@type': typeUrl, ...(type.document(value) as object) }]
}
