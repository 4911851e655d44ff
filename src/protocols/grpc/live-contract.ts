/**
 * Live calls held against the service's definitions: what a caller or a service can break there is the method, the number of
 * messages, their bytes, and how a reply ends. Fields that no definition names are allowed, as protobuf allows them.
 */
import {
  type Breach,
  breachesAtMost,
  type LiveContract,
  type SeenBody,
  type SeenReply,
} from '../../core/contract.ts'
import type { RecordedBody } from '../../core/exchange.ts'
import { firstValue } from '../../core/metadata.ts'
import type { GrpcCall } from './call.ts'
import { statusName, statusNames } from './codec/status.ts'
import { type SentMessages, sentMessages } from './fixture/client-messages.ts'
import { type Received, received } from './fixture/received.ts'
import { isEverywhere } from './own/own-services.ts'
import { grpcDefinitions, type MessageType, type RpcMethod } from './schema.ts'

export const grpcLive: LiveContract = {
  readsCall: (call) => {
    const { rpc } = call as GrpcCall
    return rpc !== undefined && !rpc.clientStreams
  },
  readsReply: (call) => {
    const { rpc } = call as GrpcCall
    return rpc !== undefined && !rpc.serverStreams
  },
  call: (call, body) => callBreaches(call as GrpcCall, body),
  reply: (call, reply) => replyBreaches(call as GrpcCall, reply),
}

const callBreaches = (call: GrpcCall, { bytes }: SeenBody): readonly Breach[] => {
  const { rpc, form } = call
  if (form.wire === 'none') return []
  if (rpc === undefined) return unknownMethod(call)
  if (bytes === undefined) return []
  const { search = '' } = call.carrier
  let sent: SentMessages
  try {
    sent = sentMessages(
      { target: call.path + search, headers: call.metadata, bodies: bodies(bytes) },
      form,
      rpc,
    )
  } catch {
    // Why it failed may quote what it failed on.
    return [breach('call', rpc, 'message', 'request', `it carries no ${rpc.input.name}`)]
  }
  return messages('call', rpc, sent.messages)
}

const replyBreaches = (
  call: GrpcCall,
  { status, metadata, bytes, trailers }: SeenReply,
): readonly Breach[] => {
  const { rpc } = call
  if (rpc === undefined) return []
  // A mocked stream that waits for its end before it is put into Connect's form.
  const type = firstValue(metadata, 'content-type')
  const head =
    type === undefined && call.context.outcome === 'mock'
      ? { status: 200, headers: ['content-type', 'application/grpc', ...metadata] }
      : { status, headers: metadata }
  if (bytes === undefined) return []
  let got: Received | undefined
  try {
    got = received({ ...head, trailers, bodies: bodies(bytes) }, rpc)
  } catch {
    return [breach('reply', rpc, 'message', 'response', `it carries no ${rpc.output.name}`)]
  }
  if (got === undefined)
    return [
      {
        ...breach('reply', rpc, 'content-type', 'response', 'it is no reply of an RPC'),
        ...(/^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(mediaType(type)) && { actual: mediaType(type) }),
      },
    ]
  const { status: told } = got
  if (told === undefined)
    return [breach('reply', rpc, 'no-status', 'response.status', 'nothing tells how the call ended')]
  if (statusNames[told.code] === undefined)
    return [
      {
        ...breach('reply', rpc, 'response-status', 'response.status', 'gRPC has no such status'),
        actual: statusName(told.code),
      },
    ]
  return messages('reply', rpc, got.messages, told.code !== 0)
}

/** `failed`: a reply that is no OK carries as many as it likes before it. */
const messages = (
  side: Breach['side'],
  rpc: RpcMethod,
  list: readonly Uint8Array[],
  failed = false,
): readonly Breach[] => {
  const [streams, type, path] =
    side === 'call'
      ? ([rpc.clientStreams, rpc.input, 'request'] as const)
      : ([rpc.serverStreams, rpc.output, 'response'] as const)
  if (!streams && !failed && list.length !== 1)
    return [
      {
        ...breach(side, rpc, 'message-count', path, 'the method takes one message here'),
        expected: '1',
        actual: String(list.length),
      },
    ]
  return list
    .flatMap((bytes, i) => {
      const place = streams ? `${path}.messages[${i}]` : `${path}.message`
      return isMessage(type, bytes) ? [] : [breach(side, rpc, 'message', place, `it is no ${type.name}`)]
    })
    .slice(0, breachesAtMost)
}

const isMessage = (type: MessageType, bytes: Uint8Array): boolean => {
  try {
    type.document(bytes)
    return true
  } catch {
    return false
  }
}

const unknownMethod = ({ service, operation, path }: GrpcCall): readonly Breach[] => {
  const definitions = grpcDefinitions(service.definitions)
  if (definitions === undefined || isEverywhere(path)) return []
  const [name = ''] = operation.split('/')
  const methods = definitions.operations.filter((one) => one.startsWith(`${name}/`))
  const expected = methods.length > 0 ? methods : definitions.services
  return [
    {
      side: 'call',
      rule: methods.length > 0 ? 'unknown-method' : 'unknown-service',
      operation,
      path: 'request.method',
      message:
        methods.length > 0 ? 'the definitions have no such method' : 'the definitions have no such service',
      expected: expected.slice(0, 10).join(', ') + (expected.length > 10 ? ', …' : ''),
    },
  ]
}

const breach = (
  side: Breach['side'],
  { operation }: RpcMethod,
  rule: string,
  path: string,
  message: string,
): Breach => ({ side, rule, operation, path, message })

const bodies = (bytes: Uint8Array): readonly RecordedBody[] =>
  bytes.length === 0 ? [] : [{ kind: 'bytes', bytes }]

const mediaType = (type = ''): string => type.split(';')[0]!.trim()
