/** Kafka's part of mock files: see docs/messages.md. */
import type { Call } from '../../core/call.ts'
import type { Dialect } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import type { Reply } from '../../core/reply.ts'
import { wanted } from '../../core/script-request.ts'
import { RecordCall } from './call.ts'
import { kafkaLive } from './live-contract.ts'
import { recordsOf } from './mock/outcome.ts'
import { compileRequest } from './mock/request.ts'
import { compileResponse, compileResult } from './mock/response.ts'
import {
  messagesSchema,
  patchSchema,
  type RequestSpec,
  type ResponseSpec,
  requestSchema,
  responseSchema,
} from './mock/schema.ts'

export const kafkaDialect: Dialect = {
  protocol: 'kafka',
  sections: { request: 'on', response: 'send', responseSchema: messagesSchema },
  nameOf: (request) => {
    const { topic } = (request ?? {}) as { readonly topic?: unknown }
    return typeof topic === 'string' ? topic : 'any topic'
  },
  requestSchema,
  responseSchema,
  patchSchema,
  foreignFaults: ['status', 'bandwidth', 'slowBody', 'error', 'at'],
  compileRequest: (spec, compile) => compileRequest(spec as RequestSpec, compile),
  compileResponse: (spec, _files, literal) => compileResponse(spec as ResponseSpec, literal),
  documentKey: 'send',
  compileResult: (head) => compileResult(head),
  templateOf: (spec) => ({ value: spec, file: undefined }),
  compilePatch: () => {
    throw new SpecError('a message has no reply that could be changed', [], 'remove upstream')
  },
  scriptBody: () => 'value',
  scriptFields: (call, wants) => scriptFields(call as RecordCall, wants),
  replyValue: async (reply) => ({ send: recordsOf(reply).length }),
  replyEditing: { ask: (call) => call, open: () => undefined },
  message: (call) => (isRecordCall(call) ? call.fixture() : undefined),
  live: kafkaLive,
  unmatched: () => undefined,
  mocked: (_call: Call, reply: Reply) => reply,
  smallest: async ({ method }) => ({
    request: { topic: method },
    response: { send: [{ topic: `${method}.done`, value: {} }] },
  }),
}

const scriptFields = (call: RecordCall, wants: ReadonlySet<string> | undefined): Record<string, unknown> => {
  const { record } = call
  const fields: Record<string, unknown> = {}
  if (wanted(wants, 'topic')) fields['topic'] = record.topic
  if (wanted(wants, 'key')) fields['key'] = call.keys[0] ?? null
  if (wanted(wants, 'headers')) fields['headers'] = headersOf(call)
  if (wanted(wants, 'partition')) fields['partition'] = record.partition
  if (wanted(wants, 'offset')) fields['offset'] = record.offset === undefined ? null : Number(record.offset)
  if (wanted(wants, 'timestamp')) fields['timestamp'] = record.timestamp
  if (record.value === null && wanted(wants, 'value')) fields['value'] = null
  return fields
}

/** One value as text, several under one name as a list. */
const headersOf = (call: RecordCall): Record<string, unknown> => {
  const fields: Record<string, unknown> = Object.create(null)
  for (const { name } of call.record.headers) {
    const values = call.headers(name)
    fields[name] = values.length === 1 ? values[0] : values.length === 0 ? null : values
  }
  return fields
}

export const isRecordCall = (call: Call): call is RecordCall => call instanceof RecordCall
