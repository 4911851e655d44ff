/** Types of gRPC: calls of a method, and what mocks of it answer. */
import type { Definitions } from '../../core/definitions.ts'
import type { MockDefinition } from '../../mock/definition.ts'
import { grpcScope } from '../../protocols/grpc/mock-scope.ts'
import { grpcDefinitions, type RpcMethod } from '../../protocols/grpc/schema.ts'
import type { Declarations } from './declarations.ts'
import type { MockTypes } from './http-types.ts'
import { messageType } from './message-type.ts'
import { both, json, list, literal, number, object, string, type TsType, union, word } from './ts-type.ts'

const base = word('GrpcRequest')
const answer = word('GrpcAnswer')

export const rpcTypes = (
  rpc: RpcMethod,
  service: string,
  declarations: Declarations,
  /** Asked message by message. */
  each: boolean,
): MockTypes => {
  const input = messageType(rpc.input.shape(), 'came', service, declarations)
  const output = messageType(rpc.output.shape(), 'written', service, declarations)
  const real = messageType(rpc.output.shape(), 'came', service, declarations)
  const carried =
    rpc.clientStreams && !each ? { name: 'messages', type: list(input) } : { name: 'message', type: input }
  const operation = object([{ name: 'operation', type: literal(rpc.operation) }, carried])
  return {
    request: both([base, operation]),
    answer: both([answer, answersOf(rpc, output)]),
    real: both([answer, realOf(rpc, real)]),
  }
}

const answersOf = ({ serverStreams }: RpcMethod, message: TsType): TsType =>
  object([
    serverStreams
      ? {
          name: 'messages',
          type: list(
            object([
              { name: 'message', type: message },
              { name: 'delay', type: string, optional: true },
              { name: 'repeat', type: number, optional: true },
            ]),
          ),
          optional: true,
        }
      : { name: 'message', type: message, optional: true },
  ])

const realOf = ({ serverStreams }: RpcMethod, message: TsType): TsType =>
  object([
    serverStreams
      ? { name: 'messages', type: list(object([{ name: 'message', type: message }])), optional: true }
      : { name: 'message', type: message, optional: true },
  ])

export const grpcMock = (
  { request }: MockDefinition,
  service: string,
  definitions: Definitions | undefined,
  declarations: Declarations,
): MockTypes => {
  const { rpc } = grpcScope({ service, definitions, request, clock: undefined })
  if (rpc !== undefined) return rpcTypes(rpc, service, declarations, isEach(rpc, request))
  const message = object([
    { name: 'message', type: json, optional: true },
    { name: 'messages', type: list(json), optional: true },
  ])
  const written = object([
    { name: 'message', type: json, optional: true },
    { name: 'messages', type: list(object([{ name: 'message', type: json }])), optional: true },
  ])
  return { request: both([base, message]), answer: both([answer, written]), real: both([answer, written]) }
}

const isEach = ({ clientStreams, serverStreams }: RpcMethod, request: unknown): boolean => {
  const { stream, messages } = (request ?? {}) as { readonly stream?: unknown; readonly messages?: unknown }
  return clientStreams && serverStreams && stream !== 'end' && messages === undefined
}

export const grpcOperations = (
  definitions: Definitions | undefined,
  service: string,
  declarations: Declarations,
): readonly (readonly [name: string, types: MockTypes, doc: string | undefined])[] => {
  const own = grpcDefinitions(definitions)
  return (own?.operations ?? []).flatMap((name) => {
    const rpc = own!.methods.get(name)
    if (rpc === undefined) return []
    const types = rpcTypes(rpc, service, declarations, rpc.clientStreams && rpc.serverStreams)
    return [[name, types, undefined] as const]
  })
}

/** Of protocols whose messages have no definitions. */
export const otherMock = (protocol: string): MockTypes => {
  const request = word(
    protocol === 'kafka' ? 'KafkaRequest' : protocol === 'redis' ? 'RedisRequest' : 'AnyRequest',
  )
  return { request, answer: union([json]), real: word('any') }
}
