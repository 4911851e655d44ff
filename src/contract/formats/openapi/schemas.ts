/** Values held against schemas of a description: what does not fit, where, in words, and where the schema says so. */
import type { ErrorObject } from 'ajv'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { typeWord } from '../../../core/contract.ts'
import { shown } from '../../../core/secrets.ts'
import {
  asNumbers,
  convertSchema,
  hole,
  type JsonSchema,
  type Origin,
  toRegExp,
  type Variant,
} from './convert-schema.ts'
import type { SchemaDialect } from './dialect.ts'
import { child, type Pointer, type SpecFiles, type SpecNode } from './document.ts'
import { formats } from './formats.ts'

export interface SchemaMismatch {
  readonly rule: string
  /** From the value's root. */
  readonly path: Pointer
  readonly message: string
  readonly expected?: string
  readonly actual?: string
  /** The type of what is there instead. */
  readonly got?: string
  /** In the description. */
  readonly contract: SpecNode
}

const maxMismatches = 20

export class Schemas {
  readonly #sets = new Map<string, SchemaSet>()
  readonly #files: SpecFiles
  readonly #dialect: SchemaDialect

  constructor(files: SpecFiles, dialect: SchemaDialect) {
    this.#files = files
    this.#dialect = dialect
  }

  /** Empty: it fits. At most 20. */
  mismatches(schema: SpecNode, value: unknown, variant: Variant): readonly SchemaMismatch[] {
    const key = `${variant.direction} ${variant.part} ${variant.holes}`
    let set = this.#sets.get(key)
    if (set === undefined) {
      set = new SchemaSet(this.#files, this.#dialect, variant)
      this.#sets.set(key, set)
    }
    return set.mismatches(schema, asNumbers(value))
  }

  fits(schema: SpecNode, value: unknown, direction: Variant['direction']): boolean {
    return this.mismatches(schema, value, { direction, part: false, holes: false }).length === 0
  }
}

/** All schemas in one variant, each converted and compiled once, when it is first needed. */
class SchemaSet {
  readonly #ajv: Ajv2020
  readonly #origins = new WeakMap<object, Origin>()
  readonly #names = new Map<string, string>()
  readonly #queue: { readonly name: string; readonly node: SpecNode }[] = []
  readonly #validators = new Map<string, ValidateFunction | undefined>()
  readonly #files: SpecFiles
  readonly #dialect: SchemaDialect
  readonly #variant: Variant

  constructor(files: SpecFiles, dialect: SchemaDialect, variant: Variant) {
    this.#files = files
    this.#dialect = dialect
    this.#variant = variant
    const regExp = (source: string) => toRegExp(source) ?? /(?:)/
    this.#ajv = new Ajv2020({
      allErrors: true,
      verbose: true,
      strict: false,
      logger: false,
      validateSchema: false,
      addUsedSchema: false,
      inlineRefs: false,
      multipleOfPrecision: 6,
      code: { regExp: Object.assign(regExp, { code: 'toRegExp' }) },
    })
    for (const [name, { kind, test }] of formats)
      this.#ajv.addFormat(
        name,
        kind === 'number' ? { type: 'number', validate: test } : { type: 'string', validate: test },
      )
  }

  mismatches(schema: SpecNode, value: unknown): readonly SchemaMismatch[] {
    const validate = this.#validator(schema)
    if (validate === undefined) return []
    try {
      if (validate(value) === true) return []
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return [
        { rule: 'too-deep', path: [], message: 'it is nested too deeply to be checked', contract: schema },
      ]
    }
    const errors = reduced(validate.errors ?? [], this.#origins)
    return errors.slice(0, maxMismatches).map((error) => mismatchOf(error, this.#origins, schema))
  }

  #validator(schema: SpecNode): ValidateFunction | undefined {
    const name = this.#nameOf(schema)
    if (this.#validators.has(name)) return this.#validators.get(name)
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      this.#ajv.addSchema(this.#converted(next.node) as object, next.name)
    }
    const validate = this.#compile(name, schema)
    this.#validators.set(name, validate)
    return validate
  }

  #converted(node: SpecNode): JsonSchema {
    try {
      return convertSchema(node, {
        files: this.#files,
        dialect: this.#dialect,
        variant: this.#variant,
        origins: this.#origins,
        nameOf: (one) => this.#nameOf(one),
      })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#files.report(
        node,
        [],
        'the schema is nested too deeply',
        'give its parts names under components, and refer to them',
        'warning',
      )
      return true
    }
  }

  #compile(name: string, schema: SpecNode): ValidateFunction | undefined {
    try {
      return this.#ajv.getSchema(name)
    } catch (error) {
      this.#files.report(
        schema,
        [],
        `the schema cannot be used: ${(error as Error).message}`,
        'correct it; nothing is held against it until then',
        'warning',
      )
      return undefined
    }
  }

  #nameOf(node: SpecNode): string {
    const key = `${node.file.id}#${node.pointer.join('\n')}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = `svc:${this.#names.size}`
    this.#names.set(key, name)
    this.#queue.push({ name, node })
    return name
  }
}

/**
 * Of alternatives none of which fits, the failure of the whole is told and not those of each; what only says that something
 * inside fails is left out.
 */
const reduced = (
  errors: readonly ErrorObject[],
  origins: WeakMap<object, Origin>,
): readonly ErrorObject[] => {
  const kept: ErrorObject[] = []
  for (const error of errors) {
    const origin = originOf(error, origins)
    if (error.keyword === 'if' || origin?.nullable === true) continue
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf') {
      const inside = (other: ErrorObject): boolean =>
        other.instancePath === error.instancePath || other.instancePath.startsWith(`${error.instancePath}/`)
      for (let i = kept.length - 1; i >= 0; i--) if (inside(kept[i]!)) kept.splice(i, 1)
    }
    kept.push(error)
  }
  // One alternative of several may fit but for what another error tells already.
  const seen = new Set<string>()
  return kept.filter(({ instancePath, keyword, params }) => {
    const key = `${instancePath} ${keyword} ${JSON.stringify(params)}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const originOf = ({ parentSchema }: ErrorObject, origins: WeakMap<object, Origin>): Origin | undefined =>
  typeof parentSchema === 'object' && parentSchema !== null ? origins.get(parentSchema) : undefined

const mismatchOf = (
  error: ErrorObject,
  origins: WeakMap<object, Origin>,
  schema: SpecNode,
): SchemaMismatch => {
  const origin = originOf(error, origins)
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  const node = origin?.node ?? schema
  const contract = child(node, error.keyword) ?? node
  if (origin?.refuses !== undefined)
    return {
      rule: `${origin.refuses}-property`,
      path,
      message: `it is ${origin.refuses}, and does not belong into ${origin.refuses === 'read-only' ? 'a request' : 'an answer'}`,
      contract: child(node, origin.refuses === 'read-only' ? 'readOnly' : 'writeOnly') ?? node,
    }
  return { ...words(error, path), got: typeWord(error.data), contract }
}

const unescapePointer = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')

const words = (error: ErrorObject, path: Pointer): Omit<SchemaMismatch, 'contract'> => {
  const {
    keyword,
    params,
    data,
    message = keyword,
  } = error as ErrorObject & {
    readonly params: Readonly<Record<string, unknown>>
  }
  const actual = shown(data, 80)
  switch (keyword) {
    case 'type':
      return { rule: 'type', path, message: 'it has another type', expected: String(params['type']), actual }
    case 'required':
      return {
        rule: 'missing-property',
        path: [...path, String(params['missingProperty'])],
        message: 'it is required, and not there',
      }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params['additionalProperty'] ?? params['unevaluatedProperty'])
      return { rule: 'unknown-property', path: [...path, name], message: 'the contract does not know it' }
    }
    case 'enum':
      return {
        rule: 'enum',
        path,
        message: 'it is none of the values that the contract lists',
        expected: shown(params['allowedValues'], 120),
        actual,
      }
    case 'const':
      return {
        rule: 'const',
        path,
        message: 'it is another value',
        expected: shown(params['allowedValue'], 80),
        actual,
      }
    case 'format':
      return {
        rule: 'format',
        path,
        message: 'it has another format',
        expected: String(params['format']),
        actual,
      }
    case 'pattern':
      return {
        rule: 'pattern',
        path,
        message: 'it does not match',
        expected: String(params['pattern']),
        actual,
      }
    case 'anyOf':
    case 'oneOf': {
      const fitting = params['passingSchemas']
      return Array.isArray(fitting)
        ? { rule: 'one-of', path, message: 'it fits several of the alternatives, and must fit one', actual }
        : {
            rule: keyword === 'anyOf' ? 'any-of' : 'one-of',
            path,
            message: 'it fits none of the alternatives',
            actual,
          }
    }
    default:
      return { rule: kebab(keyword), path, message: `it ${message}`, actual }
  }
}

const kebab = (keyword: string): string =>
  keyword.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll(' ', '-')

export { hole }
