/** JSON, held against a JSON Schema (2020-12) where there is one. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { shownPath, typeWord } from '../../../core/contract.ts'
import { parseJson, stringifyJson } from '../../../core/json.ts'
import type { SchemaPart } from '../../../core/service-entry.ts'
import { type Codec, FormatError, type SchemaBreach } from './format.ts'

/** `schema`: its text; undefined: any JSON. `referenced`: those that it names by `$ref`. Throws FormatError. */
export const jsonCodec = (schema: string | undefined, referenced: readonly SchemaPart[] = []): Codec => {
  const check = schema === undefined ? undefined : compiled(schema, referenced)
  const read = (bytes: Uint8Array): { readonly text: string; readonly value: unknown } => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    const parsed = parseJson(text)
    if (!parsed.ok) throw new FormatError(`it is no JSON: ${parsed.problem}`)
    return { text, value: parsed.value }
  }
  return {
    decode: (bytes) => read(bytes).text,
    encode: (value) => Buffer.from(stringifyJson(value)),
    ...(check !== undefined && { breaches: (bytes) => check(read(bytes).value) }),
  }
}

const compiled = (
  schema: string,
  referenced: readonly SchemaPart[],
): ((value: unknown) => readonly SchemaBreach[]) => {
  try {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
    for (const { name, text } of referenced) ajv.addSchema(withoutDialect(text), name)
    const validate = ajv.compile(withoutDialect(schema))
    return (value) => {
      if (validate(asNumbers(value))) return []
      return (validate.errors ?? []).map(({ instancePath, keyword, message = keyword, params }) => {
        const steps = instancePath.split('/').slice(1).map(unescaped)
        const at = steps.reduce(
          (one: unknown, step) => (one as Record<string, unknown> | null)?.[step],
          value,
        )
        const lost: unknown = params['missingProperty']
        return {
          path: shownPath(typeof lost === 'string' ? [...steps, lost] : steps),
          message: typeof lost === 'string' ? 'it is missing' : sayable(keyword, message),
          ...(keyword === 'type' && { expected: String(params['type']), actual: typeWord(at) }),
        }
      })
    }
  } catch (error) {
    throw new FormatError(`the JSON Schema cannot be read: ${(error as Error).message}`)
  }
}

/** What both dialects mean alike is all that is read here. */
const withoutDialect = (text: string): object => {
  const { $schema: dialect, ...rest } = JSON.parse(text) as { readonly $schema?: unknown }
  if (typeof dialect === 'string' && !/2020-12|2019-09|draft-07/.test(dialect))
    throw new Error(`it is written in ${dialect}; use draft-07 or 2020-12`)
  return rest
}

/** Messages of these keywords quote names of the value. */
const sayable = (keyword: string, message: string): string =>
  keyword === 'propertyNames' || keyword === 'unevaluatedProperties' ? 'a field is not allowed' : message

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')

/** ajv knows no bigint. */
const asNumbers = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(asNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asNumbers(one)]))
}
