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
/** Grows when a file written by this version could be misread by an older one. */
export const contractFormat = 1

/** `contract:` beside `mocks`: the file is what a consumer's tests used, and not somebody's idea of the service. */
export const fileContractSchema = z
  .strictObject({
    format: z
      .literal(contractFormat)
      .describe('Version of this form; a newer one needs a newer svc-mock')
      .optional(),
    consumer: text.describe('Whose tests used these mocks: name in its svc-mock.yaml'),
    version: text
      .describe('Of the consumer: the commit that was tested; only in what is published')
      .optional(),
    branch: text.describe('Of the consumer; only in what is published').optional(),
  })
  .describe('The mocks are the contract of a consumer with this service; docs/contracts.md')

export type FileContract = z.infer<typeof fileContractSchema>

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
      version: text
        .describe('Of the interface, where a file holds mocks of several versions: 1.4.0')
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
      masked: z
        .record(z.string(), text)
        .describe(
          'Values of the example that are made up in place of real ones, and what they are: "19999221774": cn-mobile',
        )
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
