/** gRPC's part of mock files: see docs/grpc.md. */
import { type Clock, realClock } from '../../core/clock.ts'
import { preflight } from '../../core/cors.ts'
import type { Dialect } from '../../core/dialect.ts'
import type { Reply } from '../../core/reply.ts'
import { anyValue } from './any-value.ts'
import type { GrpcCall } from './call.ts'
import { grpcExample } from './example.ts'
import { faultStatus } from './failure.ts'
import { grpcFixture } from './fixture/fixture.ts'
import { grpcLive } from './live-contract.ts'
import {
  type PatchSpec,
  patchSchema,
  type RequestSpec,
  type ResponseSpec,
  requestSchema,
  responseSchema,
} from './mock-schema.ts'
import { type GrpcScope, grpcScope } from './mock-scope.ts'
import { ownService } from './own/own-services.ts'
import { compilePatch } from './patch.ts'
import { ok, outcome } from './reply/outcome.ts'
import { dressed } from './reply/render.ts'
import { compileRequest } from './request.ts'
import { compileResponse } from './response.ts'
import { compileResult, replyEditing } from './result.ts'
import { replyValue, scriptBody, scriptFields } from './script-values.ts'

const dialectOf = (scope: GrpcScope, clock: Clock): Dialect => ({
  protocol: 'grpc',
  requestSchema,
  responseSchema,
  patchSchema,
  anyValue,
  example: grpcExample(scope),
  fixture: grpcFixture,
  live: grpcLive,
  forMock: (mock) => dialectOf(grpcScope(mock), mock.clock ?? clock),
  compileRequest: (spec, compile) => compileRequest(spec as RequestSpec, scope, compile),
  compileResponse: (spec, _files, literal = false) =>
    compileResponse(spec as ResponseSpec, scope, clock, literal),
  documentKey: 'message',
  compileResult: (head) => compileResult(head, scope, clock),
  templateOf: (spec) => ({ value: spec, file: undefined }),
  compilePatch: (spec, compile) => compilePatch(spec as PatchSpec, scope, compile),
  scriptBody,
  scriptFields,
  replyValue: (reply) => replyValue(reply, scope),
  replyEditing: replyEditing(scope, clock),
  unmatched: (call, methods) => unmatched(call as GrpcCall, methods),
  mocked: (call, reply) => dressed(call as GrpcCall, faultStatus(reply) ?? reply),
  smallest: (call) => smallest(call as GrpcCall),
})

/** Without a mock nothing is known of any service. */
const nowhere: GrpcScope = {
  service: '',
  definitions: undefined,
  method: undefined,
  mistaken: false,
  rpc: undefined,
}

export const createGrpcDialect = (clock: Clock = realClock): Dialect => dialectOf(nowhere, clock)

const unmatched = (call: GrpcCall, methods: () => ReadonlySet<string>): Reply | undefined => {
  if (call.form.wire === 'none') return preflight(call, methods)
  const known = methods()
  call.mocked = known.size > 0
  if (call.service.onMiss === 'fail') {
    const own = ownService(call)
    if (own !== undefined) return own
  }
  if (!call.part) return undefined
  // Nothing answers single messages here: they are kept for those that look at the whole stream.
  if (call.method === 'each' && known.size > 0 && !known.has('each')) return { kind: 'none' }
  const answered = call.method === 'call' && known.has('each') && !known.has('call')
  return answered ? outcome([], [], ok) : undefined
}

/** The call's own message, so that pasting it answers this very call. */
const smallest = async (call: GrpcCall): Promise<{ request: object; response: object } | undefined> => {
  if (call.form.wire === 'none') return undefined
  const { rpc } = call
  if (rpc === undefined) return { request: { method: call.operation }, response: { status: 'OK' } }
  const body = (await call.body.read(call.service.bodyLimit)).json()
  const key = scriptBody(call)
  return {
    request: { method: rpc.operation, ...(body.ok && { [key]: body.value }) },
    response: rpc.serverStreams ? { messages: [{ message: {} }] } : { message: {} },
  }
}
