/** HTTP's part of mock files: see docs/mock-files.md. */

import type { Dialect } from '../../core/dialect.ts'
import { httpExample } from './example/index.ts'
import { httpFixture } from './fixture/fixture.ts'
import { httpMockDialect } from './mock-dialect.ts'
import { type PatchSpec, patchSchema, requestSchema, responseSchema } from './mock-schema.ts'
import { compilePatch } from './patch/compile-patch.ts'
import { replyEditing } from './patch/script-patch.ts'
import { replyValue } from './script-values.ts'

export const httpDialect: Dialect = {
  ...httpMockDialect({
    compilePatch: (spec, compile) => compilePatch(spec as PatchSpec, compile),
    replyValue,
    replyEditing,
  }),
  requestSchema,
  responseSchema,
  patchSchema,
  example: httpExample,
  fixture: httpFixture,
}
