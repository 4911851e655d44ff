/** HTTP's part of mock files: see docs/mock-files.md. */

import { allowPage, preflight } from '../../core/cors.ts'
import type { Clause, CompiledRequest, Compilers, Dialect } from '../../core/dialect.ts'
import type { TextCondition } from '../../core/matcher.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { compileClauses } from './clauses.ts'
import { httpExample } from './example/index.ts'
import { httpFixture } from './fixture/fixture.ts'
import { checkMethod } from './method.ts'
import {
  type PatchSpec,
  patchSchema,
  type RequestSpec,
  type ResponseSpec,
  requestSchema,
  responseSchema,
} from './mock-schema.ts'
import { compilePatch } from './patch/compile-patch.ts'
import { replyEditing } from './patch/script-patch.ts'
import { compileResponse, templateOf } from './response.ts'
import { compileResult } from './result.ts'
import { replyValue, scriptFields } from './script-values.ts'

export const httpDialect: Dialect = {
  protocol: 'http',
  requestSchema,
  responseSchema,
  patchSchema,
  example: httpExample,
  compileRequest: (spec, compile) => compileRequest(spec as RequestSpec, compile),
  documentKey: 'body',
  compileResponse: (spec, files, literal) => compileResponse(spec as ResponseSpec, files, literal),
  compileResult,
  templateOf: (spec, files) => templateOf(spec as ResponseSpec, files),
  compilePatch: (spec, compile) => compilePatch(spec as PatchSpec, compile),
  scriptFields,
  replyValue,
  replyEditing,
  unmatched: preflight,
  fixture: httpFixture,
  mocked: allowPage,
}

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
