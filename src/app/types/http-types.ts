/** Types of HTTP: what a description says of an operation, and what a mock says of its calls and answers. */

import {
  type Description,
  isJsonType,
  type Media,
  type Operation,
  type Parameter,
} from '../../contract/formats/openapi/operations.ts'
import { Router } from '../../contract/formats/openapi/router.ts'
import { type Fields, isFields } from '../../core/fields.ts'
import type { MockDefinition } from '../../mock/definition.ts'
import type { PathPattern } from '../../mock/path-pattern.ts'
import { type SchemaTypes, schemaType } from './schema-type.ts'
import {
  absent,
  generic,
  literal,
  number,
  object,
  string,
  type TsField,
  type TsType,
  union,
  word,
} from './ts-type.ts'
import { conditionType, singleTextType, textType, valueType } from './value-type.ts'

/** What a mock, or an operation, comes to. */
export interface MockTypes {
  readonly request: TsType
  readonly answer: TsType
  readonly real: TsType
}

const values = word('Values | undefined')
const anyHeader = union([string, absent])
const anyReal = generic('HttpReal')

/** The operations of a service, and which of them a mock's calls are. */
export class HttpOperations {
  readonly #description: Description
  readonly #types: SchemaTypes
  readonly #router: Router

  constructor(description: Description, types: SchemaTypes) {
    this.#description = description
    this.#types = types
    this.#router = new Router(description)
  }

  all(): readonly (readonly [name: string, types: MockTypes, doc: string | undefined])[] {
    return this.#description.operations.map((operation) => [
      operation.name,
      this.typesOf(operation, undefined),
      summaryOf(operation),
    ])
  }

  /** undefined: its calls may be several operations', or none's. */
  of(method: string | undefined, path: string): Operation | undefined {
    const routed = this.#router.find(path)
    if (routed?.kind !== 'whole') return undefined
    const [only, another] = routed.operations.filter((one) => method === undefined || one.method === method)
    return another === undefined ? only : undefined
  }

  /** `request`: of a mock, which knows more of its own calls. */
  typesOf(operation: Operation, request: Fields | undefined): MockTypes {
    const { responses } = operation
    const pairs = responses.map(
      ({ status, content }) => [statusType(status), this.#content(content)] as const,
    )
    return {
      request: generic(
        'HttpRequest',
        literal(operation.method),
        this.#parameters(operation, 'path', section(request, 'params'), singleTextType),
        this.#parameters(operation, 'query', section(request, 'query'), textType, values),
        this.#parameters(
          operation,
          'header',
          lowerCase(section(request, 'headers')),
          singleTextType,
          anyHeader,
        ),
        this.#body(operation),
      ),
      answer:
        pairs.length === 0
          ? generic('HttpAnswer')
          : union(pairs.map(([status, body]) => generic('HttpAnswer', status, body))),
      real:
        pairs.length === 0
          ? anyReal
          : union(pairs.map(([status, body]) => generic('HttpReal', status, body))),
    }
  }

  #parameters(
    operation: Operation,
    place: Parameter['in'],
    conditions: Fields,
    conditioned: (spec: unknown) => TsType,
    rest?: TsType,
  ): TsType {
    const fields = operation.parameters
      .filter((one) => one.in === place)
      .map(
        (one): TsField => ({
          name: one.name,
          type: Object.hasOwn(conditions, one.name)
            ? conditioned(conditions[one.name])
            : parameterType(one, this.#types),
          optional: !one.required && !Object.hasOwn(conditions, one.name),
        }),
      )
    const more = Object.entries(conditions)
      .filter(([name]) => !fields.some((field) => field.name === name))
      .map(([name, spec]): TsField => ({ name, type: conditioned(spec) }))
    return openObject([...fields, ...more], rest)
  }

  #body({ requestBody }: Operation): TsType {
    if (requestBody === undefined) return absent
    const body = this.#content(requestBody.content)
    return requestBody.required ? body : union([body, absent])
  }

  #content(content: readonly Media[]): TsType {
    if (content.length === 0) return absent
    return union(content.map((media) => this.#media(media)))
  }

  /** As scripts see bodies. */
  #media({ type, schema }: Media): TsType {
    if (isJsonType(type)) return schemaType(schema, this.#types)
    if (type === 'application/x-www-form-urlencoded') return word('AnyValues')
    if (/^text\/|xml$|\byaml$/.test(type)) return string
    return union([string, object([{ name: 'base64', type: string }])])
  }
}

/** Where nothing is known of its names, by the name that stands for that. */
const openObject = (fields: readonly TsField[], rest: TsType | undefined): TsType => {
  if (fields.length > 0 || rest === undefined) return object(fields, rest)
  return word(rest === values ? 'AnyValues' : 'AnyHeaders')
}

const summaryOf = ({ node }: Operation): string | undefined => {
  const { summary } = node.value as Fields
  return typeof summary === 'string' ? summary : undefined
}

const statusType = (status: string): TsType => (/^\d{3}$/.test(status) ? literal(Number(status)) : number)

/** All that comes in a path, a query or a header is text. */
const parameterType = ({ schema, in: place }: Parameter, types: SchemaTypes): TsType => {
  const value: unknown = schema === undefined ? undefined : (types.files.resolve(schema)?.value ?? undefined)
  if (!isFields(value)) return place === 'query' ? word('Values') : string
  if (Array.isArray(value['enum'])) return union(value['enum'].map((one) => literal(String(one))))
  return place === 'query' && value['type'] === 'array' ? word('Values') : string
}

const section = (request: Fields | undefined, name: string): Fields => {
  const found = request?.[name]
  return isFields(found) ? found : {}
}

const lowerCase = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, spec]) => [name.toLowerCase(), spec]))

/** A mock of a service without a description, or of a path that it does not have. */
export const plainHttp = (mock: MockDefinition, pattern: PathPattern): MockTypes => {
  const request = isFields(mock.request) ? mock.request : {}
  const { method } = request
  const params = section(request, 'params')
  const named = (fields: Fields, type: (spec: unknown) => TsType, rest: TsType): TsType =>
    openObject(
      Object.entries(fields).map(([name, spec]) => ({ name, type: type(spec) })),
      rest,
    )
  return {
    request: generic(
      'HttpRequest',
      typeof method === 'string' ? literal(method.toUpperCase()) : string,
      object(
        pattern.names.map((name) => ({
          name,
          type: Object.hasOwn(params, name) ? singleTextType(params[name]) : string,
        })),
      ),
      named(section(request, 'query'), textType, values),
      named(lowerCase(section(request, 'headers')), singleTextType, anyHeader),
      'body' in request ? conditionType(request['body']) : word('AnyBody'),
    ),
    answer: generic('HttpAnswer'),
    real: anyReal,
  }
}

/** What the file itself says that a mock answers; undefined: it is computed, or comes from the real service. */
export const writtenAnswer = ({ response, responses }: MockDefinition): TsType | undefined => {
  const written = responses ?? (response === undefined ? [] : [response])
  if (written.length === 0) return undefined
  return union(written.map(answerOf))
}

const answerOf = (response: unknown): TsType => {
  const { status = 200, body, bodyFile, bodyBase64 } = isFields(response) ? response : ({} as Fields)
  const known = typeof status === 'number' ? literal(status) : number
  const bytes = bodyFile !== undefined || bodyBase64 !== undefined
  if (bytes) return generic('HttpAnswer', known)
  return generic('HttpAnswer', known, body === undefined ? absent : valueType(body))
}
