/** Examples of HTTP mock files. */
import type { ExampleDialect } from '../../../core/example.ts'
import { compileCall } from './call.ts'
import { compileReply } from './reply.ts'
import { type CallSpec, exampleShapes, type ReplySpec } from './schema.ts'

export const httpExample: ExampleDialect = {
  ...exampleShapes,
  compileCall: (spec, request, files) => compileCall(spec as CallSpec, request, files),
  compileReply: (spec, compile) => compileReply(spec as ReplySpec, compile),
}
