/** What a mock of gRPC answers, as documents, as far as no call has to come first. */
import type { RpcOutcome } from '../../contract/provider/rpc-rules.ts'
import { SpecError } from '../../core/matcher.ts'
import { hasExpressions, unescapeTemplates } from '../../core/template.ts'
import { anyValue } from '../../protocols/grpc/any-value.ts'
import { statusName } from '../../protocols/grpc/codec/status.ts'
import type { ResponseSpec } from '../../protocols/grpc/mock-schema.ts'
import { codeOf } from '../../protocols/grpc/response.ts'
import type { RpcMethod } from '../../protocols/grpc/schema.ts'
import type { Promised } from './promises.ts'
import type { MockPath } from './provider-protocols/protocol.ts'

export interface MockedRpc {
  /** `['response']`, `['responses', 2]`. */
  readonly section: MockPath
  readonly outcome: RpcOutcome
}

export const mockedRpcs = ({ definition }: Promised, rpc: RpcMethod): readonly MockedRpc[] => {
  const specs =
    definition.responses?.map((one, i) => [one, ['responses', i]] as const) ??
    (definition.response === undefined ? [] : [[definition.response, ['response']] as const])
  return specs.flatMap(([spec, section]) => {
    const outcome = outcomeOf(spec as ResponseSpec, rpc)
    return outcome === undefined ? [] : [{ section, outcome }]
  })
}

/** undefined for a response with a mistake, which was told when it was loaded. */
const outcomeOf = (written: ResponseSpec, rpc: RpcMethod): RpcOutcome | undefined => {
  const spec = unescapeTemplates(withoutExpressions(written)) as ResponseSpec
  try {
    const messages =
      spec.messages?.map(({ message }) => message) ?? (spec.message === undefined ? [] : [spec.message])
    return {
      status: hasExpressions(written.status) ? undefined : statusName(codeOf(spec.status)),
      details: (spec.details ?? []).map(typeOf),
      metadata: names(spec.metadata),
      trailers: names(spec.trailers),
      // On the way through bytes everything gets the names and forms that real messages have.
      messages: messages.map((message) => ({
        document: rpc.output.document(rpc.output.encode(message)),
        misfits: [],
      })),
    }
  } catch (error) {
    if (error instanceof SpecError) return undefined
    throw error
  }
}

const any: unknown = JSON.parse(anyValue)

/** What only a call brings is left out of a message. */
const withoutExpressions = (value: unknown): unknown => {
  if (typeof value === 'string') return hasExpressions(value) ? any : value
  if (Array.isArray(value)) return value.map(withoutExpressions)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutExpressions(one)]))
}

const typeOf = (detail: unknown): string => {
  const url = String((detail as Readonly<Record<string, unknown>>)['@type'])
  return url.slice(url.lastIndexOf('/') + 1)
}

/** Raw pairs. */
const names = (metadata: ResponseSpec['metadata']): readonly string[] =>
  Object.entries(metadata ?? {}).flatMap(([name, value]) => [name, String(value)])
