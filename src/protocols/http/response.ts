/** `response:` of an HTTP mock becomes one reply, encoded once and shared by all calls. */
import { base64Bytes, utf8Bytes } from '../../core/bytes.ts'
import type { CompiledResponse, ResponseFiles } from '../../core/dialect.ts'
import { stringifyJson } from '../../core/json.ts'
import { SpecError } from '../../core/matcher.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { refuseTemplates, unescapeTemplates } from '../../core/template.ts'
import { bodiless, constantReply, type Payload, worded } from './constant-reply.ts'
import { typeByExtension } from './content-type.ts'
import { hopByHop } from './hop-by-hop.ts'
import type { ResponseSpec } from './mock-schema.ts'

export const compileResponse = (
  spec: ResponseSpec,
  files: ResponseFiles,
  literal = false,
): CompiledResponse => {
  const status = statusOf(spec)
  let headers: readonly string[] = []
  let payload: Payload | undefined
  collectMistakes([
    () => {
      if (!literal) refuseTemplates(spec, [])
    },
    () => {
      headers = headerPairs(spec.headers, ['headers'], { literal })
    },
    () => {
      payload = payloadOf(spec, files, literal)
    },
    () => refuseBody(spec, status),
  ])
  const reply = constantReply(status, headers, payload)
  return { status, reply: spec.statusText === undefined ? reply : worded(reply, spec.statusText) }
}

const statusOf = ({ status = 200 }: ResponseSpec): number => {
  if (typeof status === 'number') return status
  throw new SpecError(`${JSON.stringify(status)} is no status`, ['status'])
}

const refuseBody = (spec: ResponseSpec, status: number): void => {
  const key = bodyKeys.find((each) => spec[each] !== undefined)
  if (key === undefined || !bodiless.has(status)) return
  throw new SpecError(`a reply with status ${status} has no body`, [key], 'remove the body, or use 200', true)
}

export const templateOf = (
  spec: ResponseSpec,
  files: ResponseFiles,
): { readonly value: ResponseSpec; readonly file: string | undefined } => {
  const { bodyFile, template, ...rest } = spec
  if (template !== true) return { value: spec, file: undefined }
  if (bodyFile === undefined)
    throw new SpecError(
      'template is for bodyFile',
      ['template'],
      'remove it: expressions in body always count',
      true,
    )
  const text = new TextDecoder().decode(within(['bodyFile'], () => files.read(bodyFile)))
  const typed = Object.keys(rest.headers ?? {}).some((name) => name.toLowerCase() === 'content-type')
  const headers = typed ? rest.headers : { ...rest.headers, 'content-type': typeByExtension(bodyFile) }
  return { value: { ...rest, headers, body: text }, file: 'bodyFile' }
}

export const bodyKeys = ['body', 'bodyFile', 'bodyBase64'] as const

const payloadOf = (spec: ResponseSpec, files: ResponseFiles, literal: boolean): Payload | undefined => {
  const given = bodyKeys.filter((key) => spec[key] !== undefined)
  if (given.length > 1) {
    throw new SpecError(`${given.join(' and ')} exclude each other`, [given[1]!], 'keep one of them', true)
  }
  if (spec.bodyFile !== undefined)
    return {
      bytes: within(['bodyFile'], () => files.read(spec.bodyFile!)),
      type: typeByExtension(spec.bodyFile),
    }
  if (spec.bodyBase64 !== undefined) return { bytes: base64Bytes(spec.bodyBase64), type: undefined }
  if (spec.body === undefined) return undefined
  const body = literal ? spec.body : unescapeTemplates(spec.body)
  if (typeof body === 'string') return { bytes: utf8Bytes(body), type: 'text/plain; charset=utf-8' }
  return { bytes: utf8Bytes(stringifyJson(body)), type: 'application/json' }
}

interface HeaderPairsOptions {
  /** What to point at instead of the map's keys. */
  readonly at?: readonly (string | number)[]
  /** Nothing in it is escaped: `$${{` stands for itself. */
  readonly literal?: boolean
}

/** `path`: where the map stands in the spec. Throws SpecError, with every mistake that is in it. */
export const headerPairs = (
  given: ResponseSpec['headers'],
  path: readonly string[],
  { at, literal = false }: HeaderPairsOptions = {},
): string[] =>
  collectMistakes(
    Object.entries(given ?? {}).map(
      ([name, value]) =>
        () =>
          at === undefined
            ? within([...path, name], () => pairsOf(name, value, literal))
            : atPlace(at, () => pairsOf(name, value, literal)),
    ),
  ).flat()

/** A name that stands in a list is wrong as a value: the place is the item, not a key. */
const atPlace = <T>(place: readonly (string | number)[], work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new SpecError(error.message, place, error.hint, false, error.code)
  }
}

const pairsOf = (name: string, value: HeaderSpec, literal: boolean): string[] => {
  const lower = name.toLowerCase()
  if (lower === 'content-length')
    throw new SpecError('content-length is computed from the body', [], 'remove it', true)
  if (hopByHop.has(lower))
    throw new SpecError(`${name} belongs to the connection, not to the reply`, [], 'remove it', true)
  if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(name))
    throw new SpecError(`"${name}" is no header name`, [], undefined, true)
  return (Array.isArray(value) ? value : [value]).flatMap((single) => [
    name,
    headerText(name, single, literal),
  ])
}

type HeaderSpec = NonNullable<ResponseSpec['headers']>[string]

const headerText = (name: string, value: string | number | boolean, literal: boolean): string => {
  const text = literal ? String(value) : String(value).replaceAll('$${{', '${{')
  // Header values are bytes; anything beyond Latin-1 or a control character cannot be sent (RFC 9110 section 5.5).
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) {
    throw new SpecError(`the value of ${name} holds a character that no header can carry`)
  }
  return text
}
