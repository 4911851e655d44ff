/** `$matchesJsonSchema`: JSON Schema 2020-12. References stay inside the schema; patterns are bounded in time. */
import { isFields } from '../core/fields.ts'
import { parseJson } from '../core/json.ts'
import { SpecError } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { inBody, inJson, inText, type Scope, type ValueOperator } from './operator.ts'
import { loadPackage } from './packages.ts'
import { atField } from './place.ts'
import { wrongOperand } from './spec.ts'

export const matchesJsonSchema: ValueOperator = {
  name: '$matchesJsonSchema',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'json',
  absent: false,
  check(operand, scope) {
    const validate = compileSchema(schemaOf(operand), scope)
    const describe = (): string => `satisfies the schema ${shown(operand)}`
    return {
      test: (value) => unlessTooDeep(() => validate(asNumbers(value))) ?? false,
      mismatch: (value) => {
        const place = { path: '', expected: describe(), actual: 'nested too deeply' }
        if (unlessTooDeep(() => validate(asNumbers(value))) === undefined) return place
        const error = validate.errors?.[0]
        if (error === undefined) return undefined
        const steps = error.instancePath.split('/').slice(1).map(unescapePointer)
        const actual = steps.reduce((at: unknown, step) => (at as Record<string, unknown>)?.[step], value)
        const found = { path: '', expected: error.message ?? error.keyword, actual: shown(actual) }
        return steps.reduceRight((mismatch, step) => atField(step, mismatch), found)
      },
      describe,
    }
  },
  samples: {
    match: [
      inText({ $matchesJsonSchema: { type: 'integer' } }, '12'),
      inJson({ $matchesJsonSchema: { required: ['a'] } }, { a: 1 }),
      inJson({ $matchesJsonSchema: { type: 'integer' } }, 9007199254740993n),
      inJson({ $matchesJsonSchema: { pattern: '^a' } }, 'abc'),
      inBody({ $matchesJsonSchema: '{"type":"array","prefixItems":[{"const":1}]}' }, '[1,2]'),
      inBody({ $matchesJsonSchema: { type: 'array', items: { $ref: '#' } } }, '[[],[[]]]'),
    ],
    noMatch: [
      inText({ $matchesJsonSchema: { type: 'integer' } }, 'x'),
      inText({ $matchesJsonSchema: true }),
      inJson({ $matchesJsonSchema: { required: ['a'] } }, {}),
      inJson({ $matchesJsonSchema: { pattern: '^a' } }, 'ba'),
      inBody({ $matchesJsonSchema: { properties: { a: { type: 'string' } } } }, '{"a":1}'),
      inBody({ $matchesJsonSchema: { type: 'array', items: { $ref: '#' } } }, '[[],[{}]]'),
    ],
    wrong: [
      { position: 'body', spec: { $matchesJsonSchema: { type: 'text' } } },
      { position: 'body', spec: { $matchesJsonSchema: { $ref: 'https://example.com/schema.json' } } },
      {
        position: 'body',
        spec: { $matchesJsonSchema: { $schema: 'http://json-schema.org/draft-04/schema#' } },
      },
      { position: 'body', spec: { $matchesJsonSchema: '{' } },
      { position: 'body', spec: { $matchesJsonSchema: 1 } },
    ],
  },
}

/** undefined where documents, or schemas that refer to themselves, go deeper than the stack. */
const unlessTooDeep = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const schemaOf = (operand: unknown): object | boolean => {
  if (isFields(operand) || typeof operand === 'boolean') return operand
  if (typeof operand !== 'string') throw wrongOperand('a JSON Schema', operand)
  const parsed = parseJson(operand)
  if (!parsed.ok) throw new SpecError(parsed.problem)
  return schemaOf(typeof parsed.value === 'string' ? null : parsed.value)
}

interface Validate {
  (value: unknown): boolean
  errors?: readonly { instancePath: string; keyword: string; message?: string }[] | null
}

const compileSchema = (schema: object | boolean, { tools }: Scope): Validate => {
  const { Ajv2020 } = loadPackage(tools, 'ajv/dist/2020.js')
  // Unanchored, as schemas mean them. Told apart by their texts.
  const regExp = (source: string) => ({
    test: tools.regex(`.*?(?:${source}).*`),
    toString: () => source,
  })
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    validateFormats: false,
    code: { regExp: Object.assign(regExp, { code: '' }) as never },
  })
  try {
    return ajv.compile(asNumbers(schema) as object) as Validate
  } catch (error) {
    throw new SpecError(
      `not a JSON Schema that can be used: ${(error as Error).message}`,
      [],
      'schemas are of draft 2020-12, and refer to nothing outside themselves',
    )
  }
}

const unescapePointer = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')

/** Schemas know no bigint. The same value where there is none. */
const asNumbers = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) {
    const items = value.map(asNumbers)
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  if (!isFields(value)) return value
  const fields = Object.entries(value).map(([key, part]) => [key, asNumbers(part)] as const)
  // fromEntries defines own fields, `__proto__` too.
  return fields.some(([key, part]) => part !== value[key]) ? Object.fromEntries(fields) : value
}
