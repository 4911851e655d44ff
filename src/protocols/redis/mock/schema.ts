/** What `request:` and `response:` of a Redis mock may hold. Descriptions become editor hovers and the published JSON Schema. */
import { z } from 'zod'

export const requestSchema = z
  .strictObject({
    command: z
      .string()
      .min(1)
      .describe('GET, or CONFIG GET; in any case. Any command with a key if left out')
      .optional(),
    key: z
      .unknown()
      .describe('A condition that one of the keys must meet, without the prefix of a tenant')
      .optional(),
    args: z
      .unknown()
      .describe(
        'Conditions on the arguments behind the command, keys among them: a list by their places, more may follow; or one condition that one of them meets',
      )
      .optional(),
    script: z
      .string()
      .min(1)
      .describe('./is-large.js, or a whole module: export default (request, tools) => true or false')
      .optional(),
  })
  .describe('Which commands the mock answers; every clause must hold')

const error = z
  .string()
  .min(1)
  .describe('An error instead of a value, its code first: MOVED 3999 127.0.0.1:6381')

export const responseSchema = z
  .strictObject({
    value: z
      .unknown()
      .describe(
        'Text, number, true, null, a list, a map; { $binary: base64 }, { $set: […] }, { $simple: text }, { $error: ERR … }',
      )
      .optional(),
    error: error.optional(),
  })
  .describe('The answer')

export const patchSchema = z
  .strictObject({
    value: z
      .unknown()
      .describe('The reply as a value. An object: JSON merge patch. A list: JSON Patch. Or $merge, $replace')
      .optional(),
    text: z
      .unknown()
      .describe('The same on the text of the reply, which is JSON, or for $replace any text')
      .optional(),
    error: error.optional(),
    script: z
      .string()
      .min(1)
      .describe('./change.js, or a whole module: it returns what becomes of the real reply')
      .optional(),
  })
  .describe('What of the real reply is changed')

export type RequestSpec = z.infer<typeof requestSchema>
export type ResponseSpec = z.infer<typeof responseSchema>
export type PatchSpec = z.infer<typeof patchSchema>
