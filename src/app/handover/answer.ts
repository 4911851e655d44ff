/**
 * What a mock answers, as a contract hands it over: as written, with the files that it names put in. What a script or an expression
 * made differs from call to call, so of that the shape is kept of what was really given.
 */

import { exactPaths } from '../../contract/provider/exact-paths.ts'
import type { Call } from '../../core/call.ts'
import type { Dialect, ResponseFiles } from '../../core/dialect.ts'
import { type Fields, isFields } from '../../core/fields.ts'
import { SpecError } from '../../core/matcher.ts'
import type { Reply } from '../../core/reply.ts'
import { hasExpressions } from '../../core/template.ts'
import type { MockDefinition } from '../../mock/definition.ts'
import { sampleOf } from './shape.ts'

/** Whether only a call tells what it answers. */
export const isComputed = ({ script, response, responses }: MockDefinition): boolean =>
  script !== undefined ||
  [response, ...(responses ?? [])].some(
    (one) => hasExpressions(one) || (isFields(one) && one['template'] === true),
  )

/** `response`, or `responses` with `repeat`. Files larger than a reader would read are kept by their shape. */
export const writtenAnswer = (
  { response, responses, repeat }: MockDefinition,
  dialect: Dialect,
  files: ResponseFiles,
): Promise<Fields> => {
  const whole = (one: unknown): Promise<unknown> => withFile(one, dialect, files)
  if (responses === undefined) return whole(response).then((one) => ({ response: one }))
  return Promise.all(responses.map(whole)).then((all) => ({
    responses: all,
    ...(repeat !== undefined && { repeat }),
  }))
}

const inlinedAtMost = 64 * 1024

const withFile = async (response: unknown, dialect: Dialect, files: ResponseFiles): Promise<unknown> => {
  if (!isFields(response) || response['bodyFile'] === undefined) return response
  try {
    const { reply } = dialect.compileResponse(response, files)
    const { bodyFile: _, template: _t, ...rest } = response
    const value = (await dialect.replyValue(reply)) as Fields
    const large = reply.kind === 'single' && (reply.body?.length ?? 0) > inlinedAtMost
    const body = large && value['body'] !== undefined ? sampleOf(value['body'], () => false) : value['body']
    return {
      ...rest,
      headers: { ...headersOf(value), ...headersOf(rest) },
      ...(body !== undefined && { body: escaped(body) }),
      ...(value['bodyBase64'] !== undefined && { bodyBase64: value['bodyBase64'] }),
    }
  } catch (error) {
    // The file went after the mock had been loaded.
    if (error instanceof SpecError) return withoutFile(response)
    throw error
  }
}

const withoutFile = ({ bodyFile: _, ...rest }: Fields): Fields => rest

const headersOf = ({ headers }: Fields): Fields =>
  isFields(headers)
    ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    : {}

/** In a response `${{` opens an expression. */
const escaped = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('${{', () => '$${{')
  if (Array.isArray(value)) return value.map(escaped)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escaped(member)]))
}

/** The reply that was given, by its shape. undefined: it cannot be shown. */
export const computedAnswer = async (
  call: Call,
  reply: Reply,
  { contract }: MockDefinition,
  dialect: Dialect,
): Promise<Fields | undefined> => {
  const exact = exactPaths((contract === false ? undefined : contract?.exact) ?? [])
  const shown = (await dialect.replyValue(dialect.example?.real?.(call, reply) ?? reply)) as Fields
  const { headers, metadata, trailers, body, message, messages, ...rest } = shown
  return {
    response: {
      ...withoutText(rest),
      ...presence('headers', headers),
      ...presence('metadata', metadata),
      ...presence('trailers', trailers),
      ...(body !== undefined && { body: sampleOf(body, exact) }),
      ...(message !== undefined && { message: sampleOf(message, exact) }),
      ...(Array.isArray(messages) && messages.length > 0 && { messages: sampleOf(messages, exact) }),
    },
  }
}

/** A message of an error is for people, and may name whatever was asked for. */
const withoutText = ({ statusMessage: _, details: _d, bodyBase64: _b, ...rest }: Fields): Fields => rest

/** Of headers it counts that they are there; of the content type, which it is. */
const presence = (section: string, values: unknown): Fields => {
  const kept = Object.entries(isFields(values) ? values : {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !/^(?:access-control-.+|vary|date|grpc-.+|content-length)$/.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, name === 'content-type' ? value : 'text'])
  return kept.length === 0 ? {} : { [section]: Object.fromEntries(kept) }
}
