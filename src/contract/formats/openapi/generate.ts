/** Mocks from a description: one for each operation, and one for each example of its answers. */

import { type Chance, chanceFrom } from '../../../core/chance.ts'
import { isFields } from '../../../core/fields.ts'
import { child, children, type SpecNode } from './document.ts'
import {
  type Description,
  isJsonType,
  type Media,
  type Operation,
  type Parameter,
  type Response,
  responseFor,
} from './operations.ts'
import { sampleOf } from './sample.ts'
import { textMismatches, typesOf } from './text-values.ts'

export interface GeneratedOperation {
  readonly operation: Operation
  /** As mock files have them, names unlike each other. */
  readonly mocks: readonly GeneratedMock[]
  /** What was left out, and why. */
  readonly left: readonly string[]
}

export interface GeneratedMock {
  readonly name: string
  readonly request: Readonly<Record<string, unknown>>
  readonly response: Readonly<Record<string, unknown>>
}

/** `seed`: four words for a text; the same text gives the same data. */
export interface GenerateOptions {
  /** Stands before each path. */
  readonly basePath: string
  readonly seed: (text: string) => readonly [number, number, number, number]
}

export const generate = (
  description: Description,
  operation: Operation,
  { basePath, seed }: GenerateOptions,
): GeneratedOperation => new Generator(description, operation, basePath, seed).run()

class Generator {
  readonly #description: Description
  readonly #operation: Operation
  readonly #basePath: string
  readonly #chanceOf: (what: string) => Chance
  readonly #left: string[] = []

  constructor(
    description: Description,
    operation: Operation,
    basePath: string,
    seed: GenerateOptions['seed'],
  ) {
    this.#description = description
    this.#operation = operation
    this.#basePath = basePath
    this.#chanceOf = (what) => chanceFrom(seed(`${operation.name}\n${what}`))
  }

  run(): GeneratedOperation {
    const operation = this.#operation
    const request = this.#request()
    const mocks = new Map<string, GeneratedMock>()
    const add = (name: string, more: object, response: GeneratedMock['response'] | undefined): void => {
      let unique = name
      for (let i = 2; mocks.has(unique); i++) unique = `${name} (${i})`
      if (response !== undefined)
        mocks.set(unique, { name: unique, request: { ...request, ...more }, response })
    }
    const first = firstResponse(operation)
    const name = operation.id ?? operation.name
    if (operation.responses.length === 0) add(name, {}, { status: 200 })
    if (first !== undefined) add(name, {}, this.#response(first, undefined))
    for (const response of operation.responses) {
      for (const [label, example] of this.#examples(response)) {
        const preferred = {
          headers: { ...headersOf(request), prefer: { $contains: preferenceOf(response, label) } },
        }
        add(`${name}: ${label}`, preferred, this.#response(response, example))
      }
    }
    return { operation, mocks: [...mocks.values()], left: this.#left }
  }

  #request(): Record<string, unknown> {
    const { method, path, parameters } = this.#operation
    const section = (place: Parameter['in']): Record<string, unknown> | undefined => {
      const conditions = parameters.flatMap((parameter) => {
        const condition = parameter.in === place ? this.#condition(parameter) : undefined
        return condition === undefined ? [] : [[parameter.name, condition] as const]
      })
      return conditions.length === 0 ? undefined : Object.fromEntries(conditions)
    }
    const request = {
      method,
      path: `${this.#basePath}${path}`,
      params: section('path'),
      query: section('query'),
      headers: section('header'),
      cookies: section('cookie'),
      body: this.#body(),
    }
    return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
  }

  /** What every call that the contract allows satisfies. */
  #condition({ in: place, name, required, schema, style }: Parameter): unknown {
    if (!required || style === 'deepObject' || style === 'matrix' || style === 'label') return undefined
    if (place === 'header' && ['accept', 'content-type', 'authorization'].includes(name)) return undefined
    // A parameter that is a part of a segment only is given no condition of its own.
    if (place === 'path' && !this.#operation.path.split('/').includes(`{${name}}`)) return undefined
    const plain = place === 'path' ? undefined : { $absent: false }
    if (schema === undefined) return plain
    const types = typesOf(schema, this.#description.files)
    if (types.has('object')) return place === 'query' ? undefined : plain
    const target = this.#description.files.resolve(schema)
    const { enum: listed, format } = isFields(target?.value)
      ? target.value
      : ({} as Readonly<Record<string, unknown>>)
    if (
      Array.isArray(listed) &&
      listed.length > 0 &&
      listed.every((one) => ['string', 'boolean'].includes(typeof one))
    )
      return { $oneOf: listed.map(String) }
    const [only] = types
    if (types.size === 1 && only === 'integer') return { $matches: '-?\\d+' }
    if (types.size === 1 && only === 'boolean') return { $oneOf: ['true', 'false'] }
    if (types.size === 1 && only === 'string' && format === 'uuid')
      return { $matches: '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}' }
    return plain
  }

  /** Types of the fields that a body must have. */
  #body(): unknown {
    const { requestBody } = this.#operation
    const media = requestBody?.content.find(({ type }) => isJsonType(type))
    if (requestBody?.required !== true || requestBody.content.length !== 1 || media?.schema === undefined)
      return undefined
    const schema = this.#description.files.resolve(media.schema)
    if (schema === undefined || !isFields(schema.value) || schema.value['type'] !== 'object') return undefined
    const required = Array.isArray(schema.value['required']) ? schema.value['required'].map(String) : []
    const fields = required.flatMap((name) => {
      const property = child(schema, 'properties', name)
      const target = property === undefined ? undefined : this.#description.files.resolve(property)
      if (target === undefined || !isFields(target.value) || name.startsWith('$')) return []
      const { type, nullable, readOnly } = target.value
      if (typeof type !== 'string' || nullable === true || readOnly === true) return []
      return [[name, { $type: type }] as const]
    })
    return fields.length === 0 ? undefined : Object.fromEntries(fields)
  }

  #examples(response: Response): readonly (readonly [string, SpecNode])[] {
    const media = preferred(response.content)
    return children(child(media?.node ?? response.node, 'examples')).flatMap(([label, written]) => {
      if (media === undefined) return []
      const example = this.#description.files.resolve(written)
      const value =
        example === undefined ? undefined : (child(example, 'value') ?? child(example, 'dataValue'))
      return value === undefined ? [] : [[label, value] as const]
    })
  }

  /** undefined: none that the contract would take. */
  #response(response: Response, example: SpecNode | undefined): GeneratedMock['response'] | undefined {
    const status = statusOf(this.#operation, response)
    const headers = this.#headers(response)
    const media = preferred(response.content)
    const bodiless = status === 204 || status === 304 || this.#operation.method === 'HEAD'
    if (media === undefined || bodiless) {
      if (example !== undefined) return undefined
      return { status, ...(Object.keys(headers).length > 0 && { headers }) }
    }
    const body = this.#content(media, response, example)
    if (body === undefined) return undefined
    const typed = body.typed ? headers : { ...headers, 'content-type': concrete(media.type) }
    return {
      status,
      ...(Object.keys(typed).length > 0 && { headers: typed }),
      ...body.fields,
    }
  }

  #content(
    media: Media,
    response: Response,
    example: SpecNode | undefined,
  ): { readonly fields: object; readonly typed: boolean } | undefined {
    const { schema, type } = media
    const what =
      example === undefined
        ? response.status
        : `${response.status}, example ${String(example.pointer.at(-2))}`
    const isJson = isJsonType(type) || type === '*/*'
    const given = example ?? this.#ownExample(media)
    if (given !== undefined) {
      const { value } = given
      const fits =
        schema === undefined || !isJson || this.#description.schemas.fits(schema, value, 'response')
      if (fits && holdsNoExpression(value)) return fieldsOf(value, type, isJson)
      this.#left.push(`${this.#operation.name}: the example of ${what} does not fit its own schema`)
      if (example !== undefined) return undefined
    }
    if (schema === undefined) return fieldsOf(isJson ? {} : 'sample', type, isJson)
    const types = typesOf(schema, this.#description.files)
    if (!isJson && (types.size !== 1 || !types.has('string'))) return fieldsOf('sample', type, false)
    const sample = sampleOf(schema, {
      description: this.#description,
      direction: 'response',
      chance: this.#chanceOf(`${response.status} ${type}`),
    })
    if (sample === undefined) {
      this.#left.push(`${this.#operation.name}: no value could be made that fits the schema of ${what}`)
      return undefined
    }
    return fieldsOf(sample.value, type, isJson)
  }

  /** `example` of the media type, or the first of `examples`. */
  #ownExample(media: Media): SpecNode | undefined {
    const single = child(media.node, 'example')
    if (single !== undefined) return single
    const [first] = children(child(media.node, 'examples'))
    const example = first === undefined ? undefined : this.#description.files.resolve(first[1])
    return example === undefined ? undefined : child(example, 'value')
  }

  #headers({ headers, status }: Response): Record<string, string> {
    const { files, schemas } = this.#description
    return Object.fromEntries(
      headers.flatMap(({ name, required, schema }) => {
        if (!required) return []
        const made =
          schema === undefined
            ? { value: 'sample' }
            : sampleOf(schema, {
                description: this.#description,
                direction: 'response',
                chance: this.#chanceOf(`${status} header ${name}`),
              })
        const text = String(Array.isArray(made?.value) ? made.value.join(',') : made?.value)
        const found =
          schema === undefined
            ? []
            : textMismatches([text], { schema, style: 'simple', explode: false }, schemas, files, 'response')
        return found?.length === 0 && /^[\x20-\x7e]*$/.test(text) ? [[name, text]] : []
      }),
    )
  }
}

const headersOf = (request: Readonly<Record<string, unknown>>): object =>
  isFields(request['headers']) ? request['headers'] : {}

/** RFC 7240; the preferences are those that Prism knows. */
const preferenceOf = ({ status }: Response, label: string): string =>
  /^\w[\w.-]*$/.test(label) ? `example=${label}` : `code=${status}`

/** Of a range, or of what holds for all others, a status that means this answer and no other. */
const statusOf = (operation: Operation, response: Response): number => {
  const { status } = response
  if (/^\d{3}$/.test(status)) return Number(status)
  const first = /^[1-5]xx$/i.test(status) ? Number(status[0]) * 100 : undefined
  const hasSuccess = operation.responses.some((one) => /^2/.test(one.status))
  const all =
    first === undefined
      ? [...(hasSuccess ? [] : [200]), 500, 400, 503, 418, 599, 200]
      : Array.from({ length: 100 }, (_, i) => first + i)
  return all.find((one) => one >= 200 && responseFor(operation, one) === response) ?? 200
}

/** The first success, else what is said of any answer, else the first. Answers that are none (1xx) have no mock. */
const firstResponse = ({ responses }: Operation): Response | undefined => {
  const real = responses.filter(({ status }) => !/^1/.test(status))
  return (
    real.find(({ status }) => /^2/.test(status)) ?? real.find(({ status }) => status === 'default') ?? real[0]
  )
}

const preferred = (content: readonly Media[]): Media | undefined =>
  content.find(({ type }) => isJsonType(type)) ?? content.find(({ type }) => type === '*/*') ?? content[0]

/** Of a range, a type that lies in it. */
const concrete = (type: string): string =>
  type === '*/*'
    ? 'application/json'
    : type.replace(/^text\/\*$/, 'text/plain').replace('/*', '/octet-stream')

/** As JSON where the type allows it; else as the text that an example has. */
const fieldsOf = (
  value: unknown,
  type: string,
  isJson: boolean,
): { readonly fields: object; readonly typed: boolean } => {
  if (isJson && typeof value !== 'string')
    return { fields: { body: value }, typed: type === 'application/json' || type === '*/*' }
  if (isJson) return { fields: { body: JSON.stringify(value) }, typed: false }
  return { fields: { body: typeof value === 'string' ? value : JSON.stringify(value) }, typed: false }
}

const holdsNoExpression = (value: unknown): boolean => !JSON.stringify(value ?? null).includes('${{')
