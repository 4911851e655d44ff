/** What `on:` and `send:` of a Kafka mock may hold. Descriptions become editor hovers and the published JSON Schema. */
import { z } from 'zod'

export const requestSchema = z
  .strictObject({
    topic: z
      .unknown()
      .describe('The name of a topic, or an operator: { $matches: orders\\..* }; any topic if left out')
      .optional(),
    key: z
      .unknown()
      .describe('A condition on the key: text; an object for a key that is JSON; null for no key')
      .optional(),
    headers: z
      .record(z.string(), z.unknown())
      .describe("Conditions on the record's headers, whose names have case")
      .optional(),
    value: z
      .unknown()
      .describe(
        'An object is compared as JSON, extra fields allowed; text is the whole text; null is a tombstone; or $ operators',
      )
      .optional(),
    script: z
      .string()
      .min(1)
      .describe('./is-large.js, or a whole module: export default (request, tools) => true or false')
      .optional(),
  })
  .describe('Which records the mock answers; every clause must hold')

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const whole = z.union([z.int(), z.string().regex(/^\$\{\{.*\}\}$/s)])

export const message = z
  .strictObject({
    topic: z.string().min(1).describe('Where it is sent'),
    key: z.unknown().describe('Text; an object or list: JSON; { $binary: base64 }; default null').optional(),
    headers: z
      .record(z.string(), z.union([scalar, z.array(scalar), z.strictObject({ $binary: z.string() })]))
      .describe('A list is sent as several headers')
      .optional(),
    value: z
      .unknown()
      .describe(
        "An object or list: JSON, or what the topic's format makes of it; text; { $binary: base64 }; null",
      ),
    delay: z.union([z.string(), z.number()]).describe('Time before it: 200ms').optional(),
    partition: whole.describe('Default: by the key, as Java clients choose it').optional(),
    timestamp: whole.describe('Milliseconds since 1970; default now').optional(),
  })
  .describe('One message')

export const messagesSchema = z
  .union([message, z.array(message)])
  .describe('What is sent, one message after the other')

export const responseSchema = z.strictObject({ send: messagesSchema.optional() }).describe('What is sent')

/** A message has no reply that could be changed. */
export const patchSchema = z.strictObject({})

export type RequestSpec = z.infer<typeof requestSchema>
export type ResponseSpec = z.infer<typeof responseSchema>
export type MessageSpec = z.infer<typeof message>
