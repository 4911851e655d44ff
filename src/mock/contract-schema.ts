/**
 * `contract:` of a mock: what it promises of the real service, for whoever asks that service whether it still holds. Nothing
 * of it changes how the mock answers.
 */
import { z } from 'zod'

const text = z.string().min(1)
const fields = z.record(z.string(), z.unknown())
const state = z.union([text, z.strictObject({ name: text, params: fields.optional() })])
const perPart = z.strictObject({ request: fields.optional(), response: fields.optional() })
const scalar = z.union([z.string(), z.number(), z.boolean()])

export const contractSchema = z
  .union([
    z.literal(false),
    z.strictObject({
      state: z
        .union([state, z.array(state).min(1)])
        .describe(
          'What the real service must be in for this to hold: order 42 exists; a name, { name, params }, or a list',
        )
        .optional(),
      exact: z
        .array(text)
        .describe(
          'Paths in the body of the reply whose values count, as $.total; elsewhere types and fields do',
        )
        .optional(),
      example: z
        .strictObject({
          path: text.describe('Path without query').optional(),
          query: z.record(z.string(), z.union([scalar, z.array(scalar)])).optional(),
          headers: z.record(z.string(), scalar).optional(),
          body: z.unknown().optional(),
          bodyBase64: z.base64().optional(),
          message: z.unknown().describe('gRPC: the message, in place of what the conditions say').optional(),
          messages: z
            .array(z.unknown())
            .min(1)
            .describe('gRPC: the messages of a client that streams, one after the other')
            .optional(),
          metadata: z.record(z.string(), scalar).describe('gRPC').optional(),
        })
        .describe('A request that the mock answers, where its conditions are no values')
        .optional(),
      pact: z
        .strictObject({
          consumer: text.optional(),
          provider: text.optional(),
          matchingRules: perPart.optional(),
          generators: perPart.optional(),
          extra: fields.optional(),
        })
        .describe('What a Pact file said and mocks have no word for; docs/pact.md')
        .optional(),
    }),
  ])
  .describe('What the mock promises of the real service; false: nothing')

export type ContractSpec = z.infer<typeof contractSchema>
