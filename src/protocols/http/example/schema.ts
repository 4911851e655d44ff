/** What `request:` and `expect:` of an example may hold in HTTP's words. */
import { z } from 'zod'
import { bodyKeys } from '../response.ts'

const text = z.union([z.string(), z.number(), z.boolean()])
const texts = (what: string) =>
  z
    .record(z.string(), z.union([text, z.array(text)]))
    .describe(`${what}; a list is sent as several`)
    .optional()

const callShape = {
  method: z
    .string()
    .min(1)
    .describe('Default: that of the mock above; POST with a body, else GET')
    .optional(),
  path: z
    .string()
    .min(1)
    .describe('Of the call, with its query if it has one; default: that of the mock above')
    .optional(),
  url: z.string().min(1).describe('In place of path, with the host: http://orders/orders/42').optional(),
  query: texts('Query parameters'),
  headers: texts('Headers'),
  cookies: z.record(z.string(), text).describe('Cookies').optional(),
  body: z.unknown().describe('Object, list, number, boolean or null: JSON; text as it is').optional(),
  bodyFile: z
    .string()
    .min(1)
    .describe('A file of the same library, relative to this file, sent as it is')
    .optional(),
  bodyBase64: z.base64().describe('Bytes in base64').optional(),
  form: texts('Fields of an application/x-www-form-urlencoded body'),
  multipart: z
    .record(
      z.string(),
      z.union([
        text,
        z.strictObject({
          filename: z.string().optional(),
          headers: z.record(z.string(), text).optional(),
          body: z.unknown().optional(),
        }),
      ]),
    )
    .describe('Parts of a multipart/form-data body, by name: a text, or { filename, headers, body }')
    .optional(),
}

const replyShape = {
  status: z.unknown().describe('A condition on the status: 200, { $lessThan: 300 }').optional(),
  headers: z.record(z.string(), z.unknown()).describe('Conditions on headers, names in any case').optional(),
  body: z
    .unknown()
    .describe('A condition on the body: an object names fields of it; or $ operators')
    .optional(),
}

const callSchema = z.strictObject(callShape)
const replySchema = z.strictObject(replyShape)

export const exampleShapes = { callShape, replyShape }
export const exampleBodyKeys = [...bodyKeys, 'form', 'multipart'] as const

export type CallSpec = z.infer<typeof callSchema>
export type ReplySpec = z.infer<typeof replySchema>
