/** What `request:` and `response:` of an HTTP mock may hold. Descriptions become editor hovers and the published JSON Schema. */
import { z } from 'zod'

const conditions = (what: string) =>
  z
    .record(z.string(), z.unknown())
    .describe(`${what}: a plain value means equal, an object with $ keys is an operator`)

export const requestSchema = z
  .strictObject({
    method: z.string().min(1).describe('GET, POST, …; any method if left out').optional(),
    path: z
      .string()
      .min(1)
      .describe('Path without query: /orders/{id}, /v{n}/items, /files/{rest*}')
      .optional(),
    params: conditions('Path parameters').optional(),
    query: conditions('Query parameters').optional(),
    headers: conditions('Headers, names in any case').optional(),
    cookies: conditions('Cookies').optional(),
    body: z
      .unknown()
      .describe(
        'An object is compared as JSON (or as a form), extra fields allowed; text is the whole text; or $ operators',
      )
      .optional(),
    multipart: conditions('Parts of a multipart body, by name').optional(),
    script: z
      .string()
      .min(1)
      .describe('./is-large.js, or a whole module: export default (request, tools) => true or false')
      .optional(),
  })
  .describe('Which calls the mock answers; every clause must hold')

const headerValue = z.union([z.string(), z.number(), z.boolean()])

export const responseSchema = z
  .strictObject({
    status: z
      .union([z.int().min(200).max(599), z.string().regex(/^\$\{\{.*\}\}$/s)])
      .describe('Default 200; or an expression, ${{ … }}')
      .optional(),
    headers: z
      .record(z.string(), z.union([headerValue, z.array(headerValue)]))
      .describe('A list is sent as several headers')
      .optional(),
    body: z.unknown().describe('Object, list, number, boolean or null: JSON; text: text/plain').optional(),
    bodyFile: z
      .string()
      .min(1)
      .describe('A file of the same library, relative to this file, sent as it is')
      .optional(),
    template: z.boolean().describe('true: the text of bodyFile holds expressions, ${{ … }}').optional(),
    bodyBase64: z.base64().describe('Bytes in base64').optional(),
  })
  .describe('The answer')

export type RequestSpec = z.infer<typeof requestSchema>
export type ResponseSpec = z.infer<typeof responseSchema>
