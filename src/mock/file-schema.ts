/**
 * Mock files: the one source of their validation and of the published JSON Schema. What `request` and `response`
 * hold is the protocol's own affair, so a schema is made per dialect.
 */
import { type ZodType, z } from 'zod'
import type { Dialect } from '../core/dialect.ts'
import { type FaultSpec, faultSchema } from '../core/fault-schema.ts'
import type { PresetDialect } from '../core/preset.ts'
import { type Repeat, repeats } from '../core/responder.ts'
import {
  type ContractSpec,
  contractSchema,
  type FileContract,
  fileContractSchema,
} from './contract-schema.ts'
import { type ExampleSpec, examplesShape } from './example-schema.ts'

/** Keys that the program will know, and that must not be taken for slips of the pen. */
const later: readonly string[] = ['on', 'send']

/** But those that the protocol knows already. */
export const laterKeysOf = ({ sections }: Pick<Dialect, 'sections'>): readonly string[] =>
  sections === undefined
    ? later
    : later.filter((key) => key !== sections.request && key !== sections.response)

export const defaultProtocol = 'http'
export const defaultPriority = 5

const sectionShape = ({ sections, requestSchema, responseSchema }: Dialect) =>
  sections === undefined
    ? { request: requestSchema.optional(), response: responseSchema.optional() }
    : {
        [sections.request]: requestSchema.optional(),
        [sections.response]: sections.responseSchema.optional(),
      }

const mockShape = (dialect: Dialect) => {
  const own = ownShape(dialect)
  const { name: _, ...patched } = own
  const any = z.unknown().describe('What changes; null removes')
  return {
    ...own,
    extends: z
      .string()
      .min(1)
      .describe("The mock that this one is made of, by service and name: 'orders: order is found'")
      .optional(),
    patch: z
      .strictObject(Object.fromEntries(Object.keys(patched).map((key) => [key, any.optional()])))
      .describe('JSON Merge Patch (RFC 7396) on the mock that this one extends')
      .optional(),
  }
}

const ownShape = (dialect: Dialect) => ({
  name: z
    .string()
    .min(1)
    .describe('Shown when the mock answers and in near misses. Default: method and path')
    .optional(),
  priority: z
    .int()
    .min(0)
    .describe('Lower wins; default 5. A catch-all that stays behind everything says 9')
    .optional(),
  ...sectionShape(dialect),
  upstream: z
    .strictObject({
      patch: dialect.patchSchema.optional(),
      onUpstreamError: z
        .union([z.literal('fail'), dialect.responseSchema])
        .describe('When the real service cannot be reached: fail (the default), or this answer')
        .optional(),
    })
    .describe('Ask the real service, and change its answer; {} changes nothing')
    .optional(),
  responses: z.array(dialect.responseSchema).min(1).describe('Answers in turn, one for each call').optional(),
  repeat: z
    .enum(repeats)
    .describe(
      'After the last of responses: it again (last, the default), from the beginning (cycle), an error (fail)',
    )
    .optional(),
  fault: faultSchema.optional(),
  scenarioName: z
    .string()
    .min(1)
    .describe('The scenario whose state the mock asks for or changes')
    .optional(),
  requiredScenarioState: z
    .string()
    .min(1)
    .describe('The mock matches only while its scenario is in this state; the first one is Started')
    .optional(),
  newScenarioState: z
    .string()
    .min(1)
    .describe('What the scenario becomes when the mock has answered')
    .optional(),
  tenants: z
    .array(z.string().min(1))
    .min(1)
    .describe('Only calls of these tenants match; default is the baseline. docs/tenants.md')
    .optional(),
  times: z.int().min(1).describe('The mock answers this many calls, then it matches no more').optional(),
  script: z
    .string()
    .min(1)
    .describe('./quote.js, or a whole module: export default (request, tools) => response; docs/scripts.md')
    .optional(),
  metadata: z
    .record(z.string(), z.unknown())
    .describe('Whatever else is known of it; kept, and used for nothing')
    .optional(),
  contract: contractSchema.optional(),
})

const fileShape = (protocol: string) => ({
  tenants: z
    .array(z.string().min(1))
    .min(1)
    .describe('What tenants says for each mock of this file that does not say it')
    .optional(),
  $schema: z.string().describe('The JSON Schema of this file, for editors').optional(),
  service: z
    .string()
    .min(1)
    .describe("The service's name in svc-mock.yaml. Default: the first folder below the library")
    .optional(),
  version: z
    .union([z.string().min(1), z.number()])
    .describe(
      'Version of the interface that these mocks provide, as 1.4.0. Default: the second folder, if it is a version',
    )
    .optional(),
  case: z
    .string()
    .min(1)
    .describe('What was being tried when this was recorded; start --case selects by it')
    .optional(),
  conveniences: z
    .boolean()
    .describe('false: HEAD is not answered as GET, and nothing is done for browsers (CORS); default true')
    .optional(),
  contract: fileContractSchema.optional(),
  protocol:
    protocol === defaultProtocol
      ? z.literal(protocol).describe(`Default ${defaultProtocol}`).optional()
      : z.literal(protocol),
})

const mockFileShape = (protocol: string, mock: ZodType) => ({
  ...fileShape(protocol),
  mocks: z.array(mock).describe('One entry per kind of call; which one wins is told in docs/mock-files.md'),
})

/** What files are held against: keys of later versions are let through here and complained about by name. */
export const validationSchema = (dialect: Dialect, preset?: PresetDialect): ZodType => {
  const unknown = Object.fromEntries(laterKeysOf(dialect).map((key) => [key, z.unknown().optional()]))
  const mock = z.strictObject({ ...mockShape(dialect), ...examplesShape(dialect), ...unknown })
  return z.strictObject({
    ...mockFileShape(dialect.protocol, mock),
    ...presetShape(preset),
    ...examplesShape(dialect),
    ...unknown,
  })
}

const presetShape = (preset: PresetDialect | undefined): { preset?: ZodType } =>
  preset === undefined ? {} : { preset: preset.schema.optional() }

/** A file of presets: no mocks. */
export const presetFileSchema = ({ protocol, schema }: PresetDialect): ZodType =>
  z.strictObject({ ...fileShape(protocol), preset: schema })

/** What editors are given. */
export const publishedFileSchema = (
  dialects: Iterable<Dialect>,
  presets: Iterable<PresetDialect> = [],
): ZodType => {
  const byProtocol = new Map([...presets].map((one) => [one.protocol, one] as const))
  const ofMocks: ZodType[] = [...dialects].map((dialect) => {
    const examples = examplesShape(dialect)
    const mock = z.strictObject({ ...mockShape(dialect), ...examples }).describe('One mock')
    return z.strictObject({
      ...mockFileShape(dialect.protocol, mock),
      ...presetShape(byProtocol.get(dialect.protocol)),
      ...examples,
    })
  })
  const schemas = [...ofMocks, ...[...byProtocol.values()].map(presetFileSchema)]
  const [only] = schemas
  const schema = schemas.length === 1 && only !== undefined ? only : z.union(schemas)
  return schema.describe('A mock file of svc-mock')
}

/** Keys of a mock that is made of another one. */
export const extendingKeys: readonly string[] = ['name', 'extends', 'patch', 'examples']

/** A mock as the schema lets it through, but for its sections, which have the dialect's names. */
export interface MockSpec {
  readonly name?: string
  readonly extends?: string
  readonly patch?: unknown
  readonly priority?: number
  readonly upstream?: unknown
  readonly responses?: readonly unknown[]
  readonly repeat?: Repeat
  readonly fault?: FaultSpec
  readonly scenarioName?: string
  readonly requiredScenarioState?: string
  readonly newScenarioState?: string
  readonly times?: number
  readonly tenants?: readonly string[]
  readonly script?: unknown
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly contract?: ContractSpec
  readonly examples?: readonly ExampleSpec[]
}

/** A file as the schema lets it through. */
export interface FileSpec {
  readonly service?: string
  readonly version?: string | number
  readonly case?: string
  readonly conveniences?: boolean
  readonly contract?: FileContract
  readonly protocol?: string
  readonly tenants?: readonly string[]
  /** Absent in a file of presets. */
  readonly mocks?: readonly MockSpec[]
  readonly preset?: unknown
  readonly examples?: readonly ExampleSpec[]
}
