/** What one mock says of its operation: parameters, request body, answers. */
import { type Fields, isFields } from '../../../core/fields.ts'
import { hasExpressions, unescapeTemplates } from '../../../core/template.ts'
import type { MockDefinition } from '../../../mock/definition.ts'
import { anyValue } from './schema.ts'

export interface ParameterUse {
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly name: string
  /** What it must equal; undefined where a condition says otherwise. */
  readonly value: string | undefined
  /** Of `$matches`. */
  readonly pattern: string | undefined
  /** Several values under the name. */
  readonly many: boolean
  /** A call without it may be answered, too. */
  readonly optional: boolean
}

export interface BodyUse {
  readonly type: string
  /** Known parts of it; undefined where conditions name no values. */
  readonly value: unknown
  /** All of it, not a part. */
  readonly whole: boolean
}

export interface AnswerUse {
  readonly status: string
  readonly type: string | undefined
  /** `anyValue` where an expression makes it. */
  readonly body: unknown
  /** Sent once, or several times. */
  readonly headers: readonly { readonly name: string; readonly many: boolean }[]
}

/** Ignored where they stand as parameters (OpenAPI 3.1, Parameter Object). */
const notParameters = new Set(['accept', 'content-type', 'authorization'])

export const parametersOf = (request: Fields, names: readonly string[]): readonly ParameterUse[] => {
  const section = (key: string): Fields => (isFields(request[key]) ? request[key] : {})
  return [
    ...names.map((name) => use('path', name, section('params')[name])),
    ...Object.entries(section('query')).map(([name, spec]) => use('query', name, spec)),
    ...Object.entries(section('headers'))
      .filter(([name]) => !notParameters.has(name.toLowerCase()))
      .map(([name, spec]) => use('header', name.toLowerCase(), spec)),
    ...Object.entries(section('cookies')).map(([name, spec]) => use('cookie', name, spec)),
  ]
}

const use = (place: ParameterUse['in'], name: string, spec: unknown): ParameterUse => {
  const operators = isFields(spec) ? spec : undefined
  const equal =
    operators?.['$equalTo'] ?? (operators === undefined && !Array.isArray(spec) ? spec : undefined)
  const pattern = operators?.['$matches']
  return {
    in: place,
    name,
    value: equal === undefined || equal === null ? undefined : String(equal),
    pattern: typeof pattern === 'string' && Object.keys(operators!).length === 1 ? pattern : undefined,
    many: operators !== undefined && ('$includes' in operators || '$hasExactly' in operators),
    optional: operators !== undefined && holdsForNothing(operators),
  }
}

const holdsForNothing = (operators: Fields): boolean =>
  ['$absent', '$anything', '$doesNotContain', '$doesNotMatch', '$not'].some(
    (key) => key in operators && operators[key] !== false,
  ) ||
  (Array.isArray(operators['$or']) && operators['$or'].some((one) => isFields(one) && holdsForNothing(one)))

/** undefined: the mock asks nothing of the body. */
export const bodyOf = (request: Fields): BodyUse | undefined => {
  const { body, multipart } = request
  if (isFields(multipart)) {
    const parts = Object.keys(multipart).map((name) => [name, anyValue])
    return { type: 'multipart/form-data', value: Object.fromEntries(parts), whole: false }
  }
  if (body === undefined) return undefined
  const type = typeOfRequest(request)
  if (typeof body === 'string') return { type: type ?? 'text/plain', value: anyValue, whole: false }
  if (!isFields(body) || !Object.keys(body).some((key) => key.startsWith('$')))
    return { type: type ?? 'application/json', value: known(body), whole: false }
  if (isFields(body['$form']))
    return {
      type: 'application/x-www-form-urlencoded',
      value: Object.fromEntries(Object.keys(body['$form']).map((name) => [name, anyValue])),
      whole: false,
    }
  const json = body['$equalToJson']
  if (json !== undefined)
    return { type: type ?? 'application/json', value: known(parsed(json)), whole: false }
  if ('$equalToXml' in body || '$matchesXPath' in body)
    return { type: type ?? 'application/xml', value: anyValue, whole: false }
  return { type: type ?? '*/*', value: anyValue, whole: false }
}

const parsed = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return anyValue
  }
}

const typeOfRequest = ({ headers }: Fields): string | undefined => {
  if (!isFields(headers)) return undefined
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return typeof type === 'string' ? mediaType(type) : undefined
}

/** Conditions inside a document stand for any value; JsonUnit's placeholders do, too. */
const known = (value: unknown): unknown => {
  if (typeof value === 'string') return value.startsWith('${json-unit.') ? anyValue : value
  if (Array.isArray(value)) return value.map(known)
  if (!isFields(value)) return value
  if (Object.keys(value).some((key) => key.startsWith('$')))
    return '$equalTo' in value && Object.keys(value).length === 1 ? value['$equalTo'] : anyValue
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, known(member)]))
}

/** `read`: the bytes of `bodyFile`. Empty: only the real service, or a script, knows. */
export const answersOf = (
  { response, responses, fault, upstream, script }: MockDefinition,
  read: (file: string) => AnswerUse['body'],
): readonly AnswerUse[] => {
  const broken = fault?.status === undefined ? [] : [answerOf({ status: fault.status }, read)]
  if (fault?.abort !== undefined && (fault.rate ?? 1) >= 1) return broken
  if (script !== undefined || upstream !== undefined || (response === undefined && responses === undefined))
    return broken
  return [...(responses ?? [response]).map((one) => answerOf((one ?? {}) as Fields, read)), ...broken]
}

const answerOf = (response: Fields, read: (file: string) => AnswerUse['body']): AnswerUse => {
  const { status = 200, headers, body, bodyFile, bodyBase64, template } = response
  const named = isFields(headers) ? Object.entries(headers) : []
  const type = named.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const given = typeof type === 'string' && !hasExpressions(type) ? mediaType(type) : undefined
  const made = (): readonly [string, unknown] | undefined => {
    if (typeof bodyFile === 'string')
      return [
        given ?? typeOfFile(bodyFile),
        template === true ? anyValue : textOrJson(read(bodyFile), given ?? typeOfFile(bodyFile)),
      ]
    if (bodyBase64 !== undefined) return [given ?? 'application/octet-stream', anyValue]
    if (body === undefined || body === '') return undefined
    if (typeof body === 'string') {
      const text = given ?? 'text/plain'
      return [text, hasExpressions(body) ? anyValue : textOrJson(unescapeTemplates(body), text)]
    }
    return [given ?? 'application/json', filled(body)]
  }
  const content = made()
  return {
    status: typeof status === 'number' ? String(status) : 'default',
    type: content?.[0],
    body: content?.[1],
    headers: named
      .map(([name, value]) => ({ name: name.toLowerCase(), many: Array.isArray(value) }))
      .filter((one) => one.name !== 'content-type'),
  }
}

/** JSON where the type says so and the text is some. */
const textOrJson = (text: unknown, type: string): unknown => {
  if (typeof text !== 'string') return anyValue
  if (!/\bjson$/i.test(type)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return anyValue
  }
}

/** Expressions stand for any value. */
const filled = (value: unknown): unknown => {
  if (typeof value === 'string') return hasExpressions(value) ? anyValue : unescapeTemplates(value)
  if (Array.isArray(value)) return value.map(filled)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member)]))
}

const typesByExtension: Readonly<Record<string, string>> = {
  json: 'application/json',
  txt: 'text/plain',
  html: 'text/html',
  xml: 'application/xml',
  csv: 'text/csv',
  pdf: 'application/pdf',
}

const typeOfFile = (name: string): string =>
  typesByExtension[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream'

const mediaType = (text: string): string => text.split(';', 1)[0]!.trim().toLowerCase()
