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
    url: z
      .unknown()
      .describe('Condition on path and query as they were sent, undecoded: /orders?page=2')
      .optional(),
    urlPath: z
      .unknown()
      .describe('Condition on the path as it was sent, undecoded, without query')
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
    statusText: z
      .string()
      .regex(/^[\t\x20-\x7e\x80-\xff]*$/)
      .describe('Reason phrase; HTTP/2 has none. Default: the usual one')
      .optional(),
    template: z.boolean().describe('true: the text of bodyFile holds expressions, ${{ … }}').optional(),
    bodyBase64: z.base64().describe('Bytes in base64').optional(),
  })
  .describe('The answer')

const headerValues = z.record(z.string(), z.union([headerValue, z.array(headerValue)]))

/** What editors are told; documentPatch holds specs against it, in better words. */
const bodyPatch = {
  anyOf: [
    {
      type: 'object',
      description: 'JSON merge patch (RFC 7396): null removes a field',
      propertyNames: { pattern: '^[^$]|^$' },
    },
    {
      type: 'object',
      properties: { $merge: { description: 'JSON merge patch whose keys may begin with $' } },
      required: ['$merge'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        $replace: {
          description: 'Texts, or what regular expressions find, replaced in a body of any kind',
          type: ['array', 'object'],
          items: {
            type: 'object',
            properties: {
              find: { type: 'string' },
              regex: { type: 'string' },
              with: { type: 'string' },
              optional: { type: 'boolean', description: 'Default false: what is not found is a failure' },
            },
            required: ['with'],
            additionalProperties: false,
          },
        },
      },
      required: ['$replace'],
      additionalProperties: false,
    },
    {
      type: 'array',
      description: 'JSON Patch (RFC 6902)',
      items: {
        type: 'object',
        properties: {
          op: { enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
          path: { type: 'string' },
          from: { type: 'string' },
          value: {},
        },
        required: ['op', 'path'],
        additionalProperties: false,
      },
    },
  ],
}

export const patchSchema = z
  .strictObject({
    status: z.int().min(200).max(599).describe("Default: the real reply's").optional(),
    headers: z
      .strictObject({
        set: headerValues.describe('In place of what the real reply has under the name').optional(),
        remove: z.array(z.string().min(1)).describe('Names').optional(),
        append: headerValues.describe('Beside what the real reply has').optional(),
      })
      .optional(),
    body: z
      .unknown()
      .meta({
        description: 'An object: JSON merge patch. A list: JSON Patch. Or $merge, $replace',
        ...bodyPatch,
      })
      .optional(),
    script: z
      .string()
      .min(1)
      .describe('./cheaper.js, or a whole module: export default (request, response, tools) => response')
      .optional(),
  })
  .describe('What of the real reply is changed; a body that is not patched streams through')

export type PatchSpec = z.infer<typeof patchSchema>
export type RequestSpec = z.infer<typeof requestSchema>
export type ResponseSpec = z.infer<typeof responseSchema>
