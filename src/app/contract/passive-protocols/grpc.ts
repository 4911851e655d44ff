/** Calls of gRPC that somebody else made, whatever form they had (gRPC, gRPC-Web, Connect). */

import { firstValue } from '../../../core/metadata.ts'
import { select } from '../../../mock/select.ts'
import type { GrpcCall } from '../../../protocols/grpc/call.ts'
import { type SentMessages, sentMessages } from '../../../protocols/grpc/fixture/client-messages.ts'
import { type Received, received } from '../../../protocols/grpc/fixture/received.ts'
import { imaginedMessages } from '../../../protocols/grpc/imagined-call.ts'
import type { RpcMethod } from '../../../protocols/grpc/schema.ts'
import { operationOf } from '../http-mock.ts'
import { compareGrpc } from '../provider-protocols/grpc.ts'
import type { ProviderFinding } from '../provider-protocols/protocol.ts'
import { mockedRpcs } from '../rpc-mocks.ts'
import type { RpcReply } from '../rpc-reply.ts'
import { type Chosen, type PassiveProtocol, Unheld, type WholeReply } from './protocol.ts'

interface Asked {
  /** All that the client said. */
  readonly whole: GrpcCall
  /** Message by message, where a stream both ways may be answered so. */
  readonly each: readonly GrpcCall[]
}

export const grpcPassive: PassiveProtocol<Asked> = {
  name: 'grpc',
  operationOf: ({ mock, definition }) => mock.operation ?? operationOf(definition.request),
  asked: (seen, body, tenant) => {
    const call = seen as GrpcCall
    const rpc = methodOf(call)
    const { messages } = sentBy(call, rpc, body)
    const { service, operation, metadata } = call
    const about = (list: readonly Uint8Array[], occasion: 'call' | 'each'): GrpcCall =>
      imaginedMessages({ operation, metadata, messages: list }, service, tenant, occasion)
    const each = rpc.clientStreams && rpc.serverStreams ? messages : []
    return { whole: about(messages, 'call'), each: each.map((one) => about([one], 'each')) }
  },
  choose: (index, { whole, each }) => {
    const found = each.map((one) => select(index, one))
    const chosen = (mocks: readonly Chosen[]): Chosen | Promise<Chosen> => {
      const [mock, another] = new Set(mocks)
      if (mock === undefined && another === undefined) return select(index, whole)
      if (mock !== undefined && new Set(mocks).size === 1) return mock
      // Nothing tells which part of the reply belongs to which message.
      throw new Unheld('streams whose messages meet different mocks')
    }
    return found.some((one) => one instanceof Promise)
      ? Promise.all(found).then(chosen)
      : chosen(found as readonly Chosen[])
  },
  compare: (item, seen, reply) => {
    const rpc = methodOf(seen as GrpcCall)
    const told = replyOf(reply, rpc)
    return Array.isArray(told)
      ? told
      : compareGrpc(item, mockedRpcs(item, rpc), { rpc, reply: told as RpcReply })
  },
}

const methodOf = ({ form, rpc }: GrpcCall): RpcMethod => {
  if (form.wire === 'none') throw new Unheld('calls that are no RPC')
  if (rpc === undefined) throw new Unheld('calls of methods that no definition names')
  return rpc
}

const sentBy = (
  { path, metadata, carrier, form }: GrpcCall,
  rpc: RpcMethod,
  bytes: Uint8Array,
): SentMessages => {
  try {
    return sentMessages(
      { target: path + (carrier.search ?? ''), headers: metadata, bodies: [{ kind: 'bytes', bytes }] },
      form,
      rpc,
    )
  } catch {
    throw new Unheld('calls whose messages cannot be read')
  }
}

const replyOf = (
  { status, metadata, trailers, bytes }: WholeReply,
  rpc: RpcMethod,
): RpcReply | readonly ProviderFinding[] => {
  let read: Received | undefined
  try {
    read = received({ status, headers: metadata, trailers, bodies: [{ kind: 'bytes', bytes }] }, rpc)
  } catch (error) {
    return [noReply((error as Error).message)]
  }
  if (read === undefined) {
    const contentType = (firstValue(metadata, 'content-type') ?? '').split(';')[0]!.trim()
    return { kind: 'foreign', httpStatus: status, contentType }
  }
  return read.status === undefined
    ? [noReply('its reply ended without a status')]
    : { kind: 'outcome', ...read }
}

const noReply = (why: string): ProviderFinding => ({
  severity: 'violation',
  rule: 'no-reply',
  path: ['response'],
  message: `the real service gave no reply: ${why}`,
})
