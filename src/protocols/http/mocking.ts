/**
 * What mocks of HTTP need wherever they answer, a browser included: calls are matched, and replies made. Real replies,
 * recordings and examples are dialect.ts's.
 */
import { allowPage, preflight } from '../../core/cors.ts'
import type { Clause, CompiledRequest, Compilers, MockDialect } from '../../core/dialect.ts'
import type { TextCondition } from '../../core/matcher.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { compileClauses } from './clauses.ts'
import { checkMethod } from './method.ts'
import type { RequestSpec, ResponseSpec } from './mock-schema.ts'
import { compileResponse, templateOf } from './response.ts'
import { compileResult } from './result.ts'
import { scriptFields } from './script-values.ts'

export const httpMocking = {
  protocol: 'http',
  compileRequest: (spec, compile) => compileRequest(spec as RequestSpec, compile),
  documentKey: 'body',
  compileResponse: (spec, files, literal) => compileResponse(spec as ResponseSpec, files, literal),
  compileResult,
  templateOf: (spec, files) => templateOf(spec as ResponseSpec, files),
  scriptFields,
  unmatched: preflight,
  mocked: allowPage,
} satisfies Partial<MockDialect>

const compileRequest = (spec: RequestSpec, compile: Compilers): CompiledRequest => {
  const params = new Map<string, TextCondition>()
  const clauses: Clause[] = []
  collectMistakes<unknown>([
    () => checkMethod(spec.method),
    ...Object.entries(spec.params ?? {}).map(
      ([name, value]) =>
        () =>
          params.set(
            name,
            within(['params', name], () => compile.text(value)),
          ),
    ),
    () => clauses.push(...compileClauses(spec, compile)),
  ])
  return { method: spec.method, path: spec.path, params, clauses }
}
