/** Redis' part of mock files: see docs/redis.md. */
import type { Call } from '../../core/call.ts'
import type { Dialect } from '../../core/dialect.ts'
import { wanted } from '../../core/script-request.ts'
import type { RedisCall } from './call.ts'
import { redisExample } from './mock/example.ts'
import { compilePatch, replyEditing, replyValue } from './mock/patch.ts'
import { inVersion } from './mock/reply.ts'
import { compileRequest } from './mock/request.ts'
import { compileResponse, compileResult } from './mock/response.ts'
import {
  type PatchSpec,
  patchSchema,
  type RequestSpec,
  type ResponseSpec,
  requestSchema,
  responseSchema,
} from './mock/schema.ts'

export const redisDialect: Dialect = {
  protocol: 'redis',
  requestSchema,
  responseSchema,
  patchSchema,
  example: redisExample,
  foreignFaults: ['status', 'bandwidth', 'slowBody', 'at'],
  compileRequest: (spec, compile) => compileRequest(spec as RequestSpec, compile),
  compileResponse: (spec, _files, literal) => compileResponse(spec as ResponseSpec, literal),
  documentKey: 'value',
  compileResult: (head) => compileResult(head),
  templateOf: (spec) => ({ value: spec, file: undefined }),
  compilePatch: (spec, compile) => compilePatch(spec as PatchSpec, compile),
  scriptFields: (call, wants) => scriptFields(call as RedisCall, wants),
  replyValue,
  replyEditing,
  unmatched: () => undefined,
  mocked: (call, reply) => inVersion(reply, (call as RedisCall).resp),
  smallest: (call) => smallest(call as RedisCall),
}

const scriptFields = (call: RedisCall, wants: ReadonlySet<string> | undefined): Record<string, unknown> => {
  const fields: Record<string, unknown> = {}
  if (wanted(wants, 'command')) fields['command'] = call.method
  if (wanted(wants, 'key')) fields['key'] = call.keys[0] ?? null
  if (wanted(wants, 'keys')) fields['keys'] = call.keys
  if (wanted(wants, 'args')) fields['args'] = call.args
  if (wanted(wants, 'resp')) fields['resp'] = call.resp
  return fields
}

const smallest = async (call: RedisCall): Promise<{ request: object; response: object }> => ({
  request: { command: call.method, ...(call.keys.length > 0 && { key: call.keys[0] }) },
  response: { value: 'OK' },
})

export const isRedisCall = (call: Call): call is RedisCall => call.protocol === 'redis' && 'real' in call
