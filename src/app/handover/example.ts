/**
 * The request that reached a mock, as `contract: { example }`: what is needed to send it again (path, query, accept, content type,
 * body), and what else the mock asks about. Nothing else that the client sent is kept.
 */

import type { DecodedBody } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import { type Fields, isFields } from '../../core/fields.ts'
import { isSecretName } from '../../core/secrets.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import { captureParams, splitPath } from '../../mock/path-pattern.ts'
import { GrpcCall } from '../../protocols/grpc/call.ts'
import { dialects } from '../library-tools.ts'
import { type CleaningTools, CleanValues } from './clean-values.ts'
import { httpBody } from './example-body.ts'

export interface Example {
  readonly value: Fields
  /** Types by the values in it that are made up in place of real ones. */
  readonly masked: ReadonlyMap<string, string>
  /** What it cannot say, in words. */
  readonly notes: readonly string[]
}

/** `request`: of the mock, as written. */
export const exampleOf = (
  call: Call,
  mock: CompiledMock,
  body: DecodedBody,
  request: unknown,
  tools: CleaningTools,
): Example => {
  const asked = isFields(request) ? request : {}
  return call instanceof GrpcCall
    ? grpcExample(call, body, asked, tools)
    : httpExample(call, mock, body, asked, tools)
}

const namesIn = (asked: Fields, section: string): readonly string[] =>
  isFields(asked[section]) ? Object.keys(asked[section]).map((name) => name.toLowerCase()) : []

type Texts = Readonly<Record<string, string | readonly string[]>>

const httpExample = (
  call: Call,
  mock: CompiledMock,
  body: DecodedBody,
  asked: Fields,
  tools: CleaningTools,
): Example => {
  const values = new CleanValues(tools, asked, Date.now())
  const sent = dialects.get('http')!.scriptFields(call, undefined)
  const query = cleanQuery(sent['query'] as Texts, namesIn(asked, 'query'), values)
  const { fields, contentType, notes } = httpBody(body, values)
  const headers = cleanHeaders(sent, asked, contentType, values)
  return {
    value: {
      path: cleanPath(call.path, mock, values),
      ...(Object.keys(query).length > 0 && { query }),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...fields,
    },
    masked: values.masked,
    notes,
  }
}

/** Segments that are values; those that the mock names stay as they are. */
const cleanPath = (path: string, { pattern }: CompiledMock, values: CleanValues): string => {
  const params = captureParams(pattern, splitPath(path))
  const byText = new Map(Object.entries(params).map(([name, text]) => [text, name]))
  return path
    .split('/')
    .map((raw) => {
      const text = decoded(raw)
      const literal = pattern.segments.some((one) => one.kind === 'literal' && one.text === text)
      if (literal || text === '') return raw
      const clean = String(values.value(text, byText.get(text) ?? ''))
      return clean === text ? raw : encodeURIComponent(clean)
    })
    .join('/')
}

const decoded = (raw: string): string => {
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

/** Credentials in a query are the sender's affair, unless the mock asks for them. */
const cleanQuery = (query: Texts, asked: readonly string[], values: CleanValues): Fields =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      if (isSecretName(name) && !asked.includes(name.toLowerCase())) return []
      const clean = [value].flat().map((one) => values.value(one, name))
      return [[name, clean.length === 1 ? clean[0] : clean]]
    }),
  )

const cleanHeaders = (
  sent: Fields,
  asked: Fields,
  contentType: string | undefined,
  values: CleanValues,
): Fields => {
  const headers = sent['headers'] as Readonly<Record<string, string>>
  const kept: Record<string, unknown> = {}
  if (headers['accept'] !== undefined && headers['accept'] !== '*/*') kept['accept'] = headers['accept']
  if (contentType !== undefined) kept['content-type'] = contentType
  for (const name of namesIn(asked, 'headers')) {
    if (headers[name] === undefined || Object.hasOwn(kept, name) || isSecretName(name)) continue
    kept[name] = values.value(headers[name], name)
  }
  const cookies = sent['cookies'] as Texts
  const pairs = (isFields(asked['cookies']) ? Object.keys(asked['cookies']) : []).flatMap((name) =>
    cookies[name] === undefined || isSecretName(name)
      ? []
      : [cookies[name]].flat().map((one) => [name, values.value(one, name)] as const),
  )
  if (pairs.length > 0) kept['cookie'] = pairs.map(([name, value]) => `${name}=${String(value)}`).join('; ')
  return Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const grpcExample = (call: GrpcCall, body: DecodedBody, asked: Fields, tools: CleaningTools): Example => {
  const dialect = dialects.get('grpc')!
  const key = dialect.scriptBody!(call)
  const document = body.json()
  const secrets = document.ok ? secretPaths(call, document.value) : new Set<string>()
  const values = new CleanValues(tools, asked, Date.now(), (path) =>
    secrets.has(path.replace(/\[\d+\]/g, '[*]').replace(/^\[\*\]\.?/, '')),
  )
  const sent = dialect.scriptFields(call, undefined)['metadata'] as Readonly<Record<string, unknown>>
  const metadata = Object.fromEntries(
    namesIn(asked, 'metadata').flatMap((name) => {
      const value = [sent[name]].flat()[0]
      return value === undefined || isSecretName(name) ? [] : [[name, values.value(value, name)]]
    }),
  )
  return {
    value: {
      ...(Object.keys(metadata).length > 0 && { metadata }),
      ...(document.ok && !isEmptyList(document.value) && { [key]: values.document(document.value) }),
    },
    masked: values.masked,
    notes: document.ok ? [] : [`its message is left out: ${document.problem}`],
  }
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0

/** Fields with `debug_redact` (google/protobuf/descriptor.proto, FieldOptions). */
const secretPaths = ({ rpc }: GrpcCall, document: unknown): ReadonlySet<string> => {
  if (rpc === undefined) return new Set()
  try {
    return new Set([document].flat().flatMap((one) => rpc.input.recorded(rpc.input.encode(one)).sensitive))
  } catch {
    // It came as a message of this type; what cannot be written again has no fields that could be told apart.
    return new Set()
  }
}
