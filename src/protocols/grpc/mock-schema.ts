/** What `request:` and `response:` of a gRPC mock may hold. Descriptions become editor hovers and the published JSON Schema. */
import { z } from 'zod'
import { statusNames } from './codec/status.ts'

export const requestSchema = z
  .strictObject({
    method: z
      .string()
      .min(1)
      .describe('acme.Inventory/Get; Get, where one service has it; acme.Inventory/*; any method if left out')
      .optional(),
    message: z
      .unknown()
      .describe(
        'Fields that the message must have, others allowed; a plain value means equal; or $ operators',
      )
      .optional(),
    messages: z
      .unknown()
      .describe("The list of a client's messages, when it has sent them all; or $includes, $hasExactly")
      .optional(),
    stream: z
      .enum(['each', 'end'])
      .describe(
        'Streams both ways. each: every message of the client is answered as it comes. end: when it has sent them all',
      )
      .optional(),
    metadata: z
      .record(z.string(), z.unknown())
      .describe('Metadata, names in any case; values of -bin names in base64')
      .optional(),
    script: z
      .string()
      .min(1)
      .describe('./is-large.js, or a whole module: export default (request, tools) => true or false')
      .optional(),
  })
  .describe('Which calls the mock answers; every clause must hold')

const value = z.union([z.string(), z.number(), z.boolean()])
const metadataValues = z.record(z.string(), z.union([value, z.array(value)]))
/** Names are looked at when a mock is compiled: it knows the nearest one, and expressions. */
const status = z.union([z.string().min(1), z.int().min(0).max(16)])
const names = `${statusNames.slice(1).join(', ')}; or its number, or an expression, \${{ … }}`

const streamed = z.strictObject({
  message: z.unknown().describe('The message, as in JSON'),
  delay: z.union([z.string(), z.number()]).describe('Time before it: 100ms').optional(),
  repeat: z.int().min(1).describe('Sent this many times, each after the delay').optional(),
})

export const responseSchema = z
  .strictObject({
    message: z
      .unknown()
      .describe('The message, as in JSON; field names as in the .proto file or as in JSON')
      .optional(),
    messages: z.array(streamed).describe('The messages of a stream, one after the other').optional(),
    metadata: metadataValues.describe('Sent before the messages').optional(),
    trailers: metadataValues.describe('Sent after them').optional(),
    status: status.describe(`Default OK. ${names}`).optional(),
    statusMessage: z.string().describe('What clients show of a status that is not OK').optional(),
    details: z
      .array(z.unknown())
      .describe("Messages with '@type', as type.googleapis.com/google.rpc.ErrorInfo")
      .optional(),
  })
  .describe('The answer')

const metadataPatch = z.strictObject({
  set: metadataValues.describe('In place of what the real reply has under the name').optional(),
  remove: z.array(z.string().min(1)).describe('Names').optional(),
  append: metadataValues.describe('Beside what the real reply has').optional(),
})

export const patchSchema = z
  .strictObject({
    message: z
      .unknown()
      .describe('Each message. An object: JSON merge patch. A list: JSON Patch. Or $merge, $replace')
      .optional(),
    metadata: metadataPatch.optional(),
    trailers: metadataPatch.optional(),
    status: status.describe(`Default: the real reply's. ${names}`).optional(),
    statusMessage: z.string().optional(),
    script: z
      .string()
      .min(1)
      .describe('./change.js, or a whole module: it returns what becomes of the real reply')
      .optional(),
  })
  .describe('What of the real reply is changed; a message that is not patched passes as it came')

export type RequestSpec = z.infer<typeof requestSchema>
export type ResponseSpec = z.infer<typeof responseSchema>
export type PatchSpec = z.infer<typeof patchSchema>
