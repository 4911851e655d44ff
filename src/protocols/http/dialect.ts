/** HTTP's part of mock files: see docs/mock-files.md. */
import type { Dialect } from '../../core/dialect.ts'
import { httpExample } from './example/index.ts'
import { httpFixture } from './fixture/fixture.ts'
import { replyValue } from './forwarded-value.ts'
import { type PatchSpec, patchSchema, requestSchema, responseSchema } from './mock-schema.ts'
import { httpMocking } from './mocking.ts'
import { compilePatch } from './patch/compile-patch.ts'
import { replyEditing } from './patch/script-patch.ts'

export const httpDialect: Dialect = {
  ...httpMocking,
  requestSchema,
  responseSchema,
  patchSchema,
  example: httpExample,
  compilePatch: (spec, compile) => compilePatch(spec as PatchSpec, compile),
  replyValue,
  replyEditing,
  fixture: httpFixture,
}
