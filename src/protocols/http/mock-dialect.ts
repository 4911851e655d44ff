/** What HTTP's part of mock files means, for compiling and answering: runs in browsers, too. See docs/mock-files.md. */

import { allowPage, preflight } from '../../core/cors.ts'
import type { Clause, CompiledRequest, Compilers, MockDialect } from '../../core/dialect.ts'
import type { TextCondition } from '../../core/matcher.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { compileClauses } from './clauses.ts'
import { checkMethod } from './method.ts'
import type { RequestSpec, ResponseSpec } from './mock-schema.ts'
import { compileResponse, templateOf } from './response.ts'
import { compileResult } from './result.ts'
import { scriptFields } from './script-fields.ts'

/** What reads and changes real replies, for which codings of content must be undone. */
export type RealReplies = Pick<MockDialect, 'compilePatch' | 'replyValue' | 'replyEditing'>

export const httpMockDialect = (real: RealReplies): Omit<MockDialect, 'forMock'> => ({
  protocol: 'http',
  compileRequest: (spec, compile) => compileRequest(spec as RequestSpec, compile),
  documentKey: 'body',
  compileResponse: (spec, files, literal) => compileResponse(spec as ResponseSpec, files, literal),
  compileResult,
  templateOf: (spec, files) => templateOf(spec as ResponseSpec, files),
  scriptFields,
  unmatched: preflight,
  mocked: allowPage,
  ...real,
})

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
