/** HTTP's part of mock files: see docs/mock-files.md. */
import type { CompiledRequest, Compilers, Dialect } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import { compileClauses, inPlace } from './clauses.ts'
import { allowPage, preflight } from './cors.ts'
import { type RequestSpec, type ResponseSpec, requestSchema, responseSchema } from './mock-schema.ts'
import { compileResponse, templateOf } from './response.ts'
import { replyValue, scriptFields } from './script-values.ts'

export const httpDialect: Dialect = {
  protocol: 'http',
  requestSchema,
  responseSchema,
  compileRequest: (spec, compile) => compileRequest(spec as RequestSpec, compile),
  compileResponse: (spec, files, literal) => compileResponse(spec as ResponseSpec, files, literal),
  templateOf: (spec, files) => templateOf(spec as ResponseSpec, files),
  scriptFields,
  replyValue,
  unmatched: preflight,
  mocked: allowPage,
}

const compileRequest = (spec: RequestSpec, compile: Compilers): CompiledRequest => {
  const params = Object.entries(spec.params ?? {}).map(
    ([name, value]) => [name, inPlace(['params', name], () => compile.text(value))] as const,
  )
  return {
    method: methodOf(spec.method),
    path: spec.path,
    params: new Map(params),
    clauses: compileClauses(spec, compile),
  }
}

const methodOf = (method: string | undefined): string | undefined => {
  if (method === undefined) return undefined
  if (method === 'ANY')
    throw new SpecError('ANY is no method', ['method'], 'leave method out: then any method matches')
  if (/^[a-z]+$/.test(method)) {
    throw new SpecError(
      `methods are compared as they stand, and ${method} is not sent by any client`,
      ['method'],
      `write ${method.toUpperCase()}`,
    )
  }
  if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(method))
    throw new SpecError(`"${method}" is no method`, ['method'])
  return method
}
