/** Shape of `examples:` in mock files, at the top and under a mock. What calls and replies hold is the dialect's. */
import { type ZodType, z } from 'zod'
import type { Dialect } from '../core/dialect.ts'
import { aborts } from '../core/fault.ts'

/** What a fault does to an example: how the wire breaks, or a status or an error in place of the answer. */
export const exampleFaults = [...aborts, 'status', 'error'] as const
export type ExampleFault = (typeof exampleFaults)[number]

const name = z.string().min(1)
const scenarios = z.record(z.string(), z.string().min(1))
const now = name.describe('What time it is, as 2026-01-31T12:00:00Z; default 2026-01-01T00:00:00Z').optional()

/** What stands under `examples`; nothing for a dialect without any. */
export const examplesShape = (dialect: Dialect): { readonly examples?: ZodType } => {
  const { example, responseSchema } = dialect
  if (example === undefined) return {}
  const step = {
    request: z
      .strictObject({
        ...example.callShape,
        version: z
          .union([z.string().min(1), z.number()])
          .describe("The version that the call asks for; default: the file's own")
          .optional(),
        tenant: name.describe('Whose call it is; each tenant has a state of its own').optional(),
      })
      .describe('One call, as a client would send it')
      .optional(),
    upstream: z
      .union([z.literal('unreachable'), responseSchema])
      .describe('What the real service answers, for mocks that ask it; or unreachable')
      .optional(),
    now,
    expect: expectSchema(example.replyShape).optional(),
  }
  const one = z.strictObject({
    name: name.describe('Shown in results; default: the calls').optional(),
    scenarios: scenarios
      .describe('States in which scenarios begin; that of a mock above begins in its requiredScenarioState')
      .optional(),
    ...step,
    steps: z.array(z.strictObject(step)).min(1).describe('Several calls, one after the other').optional(),
  })
  return {
    examples: z
      .array(one)
      .describe('Calls and how they are answered; svc-mock test runs them without a socket')
      .optional(),
  }
}

const expectSchema = (replyShape: Readonly<Record<string, ZodType>>): ZodType =>
  z
    .strictObject({
      ...replyShape,
      mock: name.describe('The name of the mock that answers; default under a mock: that one').optional(),
      version: z.unknown().describe('A condition on the version of the mock that answers').optional(),
      miss: z.literal(true).describe('No mock matches').optional(),
      error: name.describe('The code of the error that is answered, as PATCH_FAILED').optional(),
      fault: z
        .enum(exampleFaults)
        .describe('The fault that hits the call; one with a rate hits where an example says so')
        .optional(),
      delay: name.describe('How long the answer is held back; nobody waits: 300ms').optional(),
      scenarios: scenarios.describe('States of scenarios after the call').optional(),
    })
    .describe('Every condition must hold; without any: that a mock answers')

export interface StepSpec {
  readonly request?: {
    readonly version?: string | number
    readonly tenant?: string
    readonly [key: string]: unknown
  }
  readonly upstream?: unknown
  readonly now?: string
  readonly expect?: ExpectSpec
}

export interface ExpectSpec {
  readonly mock?: string
  readonly version?: unknown
  readonly miss?: true
  readonly error?: string
  readonly fault?: ExampleFault
  readonly delay?: string
  readonly scenarios?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

/** An example as the schema lets it through. */
export interface ExampleSpec extends StepSpec {
  readonly name?: string
  readonly scenarios?: Readonly<Record<string, string>>
  readonly steps?: readonly StepSpec[]
}
