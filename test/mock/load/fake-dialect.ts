/** A dialect with little in it, so that loading is tested apart from any protocol. */
import { z } from 'zod'
import type { Dialect } from '../../../src/core/dialect.ts'

const unused = (): never => {
  throw new Error('not used by loading')
}

const fake: Dialect = {
  protocol: 'http',
  requestSchema: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().optional(),
      query: z.record(z.string(), z.unknown()).optional(),
      headers: z.record(z.string(), z.unknown()).optional(),
      body: z.unknown().optional(),
    })
    .describe('Which calls the mock answers'),
  responseSchema: z.strictObject({
    status: z.int().min(200).max(599).optional(),
    headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    body: z.unknown().optional(),
    bodyFile: z.string().optional(),
  }),
  patchSchema: z.unknown(),
  compileRequest: unused,
  compileResponse: unused,
  compilePatch: unused,
  documentKey: 'body',
  compileResult: unused,
  replyEditing: { ask: unused, open: unused },
  unmatched: unused,
  templateOf: (value) => ({ value, file: undefined }),
  scriptFields: () => ({}),
  replyValue: () => Promise.reject(new Error('not asked')),
  mocked: unused,
}

export const dialects: ReadonlyMap<string, Dialect> = new Map([['http', fake]])
