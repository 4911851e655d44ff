/**
 * What a script returned, or a template was filled to, as a reply. It is checked by hand and not by the schema of
 * mock files, which takes longer than everything else that happens to such a call; a test holds one against the other.
 */
import { base64Bytes, latin1Text, utf8Bytes, utf8Length } from '../../core/bytes.ts'
import type { ResponseFiles, ScriptDocument, WriteResult } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import { within } from '../../core/mistakes.ts'
import type { SingleReply } from '../../core/reply.ts'
import { bodiless, constantReply, type Payload, shortReply, wireAtMost, worded } from './constant-reply.ts'
import { typeByExtension } from './content-type.ts'
import type { ResponseSpec } from './mock-schema.ts'
import { headerPairs } from './response.ts'

/** A response but for its body, checked. */
export type ResultHead = Pick<ResponseSpec, 'headers' | 'statusText' | 'bodyFile' | 'bodyBase64'> & {
  readonly status?: number
}

export const compileResult = (head: unknown, files: ResponseFiles): WriteResult => {
  const spec = checkedHead(head)
  const write = writerOf(spec, files)
  const { statusText } = spec
  return statusText === undefined ? write : (document) => worded(write(document), statusText)
}

const writerOf = (
  spec: ResultHead,
  files: ResponseFiles,
): ((document: ScriptDocument | undefined) => SingleReply) => {
  const status = spec.status ?? 200
  const own = headerPairs(spec.headers, ['headers'], { literal: true })
  const named = namedPayload(spec, files)
  const typed = hasType(own)
  const json = typed ? own : ['content-type', 'application/json', ...own]
  const text = typed ? own : ['content-type', 'text/plain; charset=utf-8', ...own]
  const without = constantReply(status, own, named)
  return (document) => {
    if (document === undefined) return without
    refuseDocument(spec, status)
    const content = 'json' in document ? document.json : document.text
    const headers = 'json' in document ? json : text
    const length = utf8Length(content)
    if (length <= wireAtMost)
      return shortReply(status, length === content.length ? content : latin1Text(utf8Bytes(content)), headers)
    return constantReply(status, headers, { bytes: utf8Bytes(content), type: undefined })
  }
}

const hasType = (headers: readonly string[]): boolean =>
  headers.some((header, i) => i % 2 === 0 && header.toLowerCase() === 'content-type')

/** Throws SpecError. */
export const refuseDocument = (spec: ResultHead, status: number): void => {
  const other = (['bodyFile', 'bodyBase64'] as const).find((key) => spec[key] !== undefined)
  if (other !== undefined) throw new SpecError(`body and ${other} exclude each other`, [other])
  if (bodiless.has(status)) throw new SpecError(`a reply with status ${status} has no body`, ['body'])
}

/** The body that a head names by itself. Throws SpecError. */
export const namedPayload = (
  { status = 200, bodyFile, bodyBase64 }: ResultHead,
  files: ResponseFiles,
): Payload | undefined => {
  const key = bodyFile === undefined ? 'bodyBase64' : 'bodyFile'
  if (bodyFile === undefined && bodyBase64 === undefined) return undefined
  if (bodyFile !== undefined && bodyBase64 !== undefined)
    throw new SpecError('bodyFile and bodyBase64 exclude each other', ['bodyBase64'])
  if (bodiless.has(status)) throw new SpecError(`a reply with status ${status} has no body`, [key])
  if (bodyFile === undefined) return { bytes: base64Bytes(bodyBase64!), type: undefined }
  return { bytes: within(['bodyFile'], () => files.read(bodyFile)), type: typeByExtension(bodyFile) }
}

/** Throws SpecError. */
export const checkedHead = (head: unknown): ResultHead => {
  if (typeof head !== 'object' || head === null || Array.isArray(head))
    throw new SpecError(`it must be a map with status, headers and body, not ${kindOf(head)}`)
  for (const [key, value] of Object.entries(head)) check(key, value)
  return head as ResultHead
}

const check = (key: string, value: unknown): void => {
  if (key === 'status') {
    if (!Number.isInteger(value) || (value as number) < 200 || (value as number) > 599)
      throw new SpecError(
        `${shown(value)} is no status from 200 to 599`,
        ['status'],
        typeof value === 'string' && /^\d{3}$/.test(value) ? 'a status is a number: Number(…)' : undefined,
      )
  } else if (key === 'headers') checkHeaders(value)
  else if (key === 'bodyFile') {
    if (typeof value !== 'string' || value === '')
      throw new SpecError(`it must be a file's path, not ${kindOf(value)}`, [key])
  } else if (key === 'bodyBase64') {
    if (typeof value !== 'string' || !isBase64(value)) throw new SpecError('it must be text in base64', [key])
  } else if (key === 'statusText') {
    if (typeof value !== 'string' || !reasonPhrase.test(value))
      throw new SpecError(`${shown(value)} is no reason phrase`, [key])
  } else
    throw new SpecError(
      `unknown key ${shown(key)}`,
      [],
      'known: status, statusText, headers, body, bodyFile, bodyBase64',
    )
}

/** RFC 9112 section 4. */
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[\dA-Za-z+/]*={0,2}$/.test(text)

const checkHeaders = (headers: unknown): void => {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw new SpecError(`it must be a map, not ${kindOf(headers)}`, ['headers'])
  for (const [name, value] of Object.entries(headers as Readonly<Record<string, unknown>>)) {
    const wrong = (Array.isArray(value) ? value : [value]).find((one) => !isHeaderValue(one))
    if (wrong !== undefined)
      throw new SpecError(`a header is text, a number, or a list of them, not ${kindOf(wrong)}`, [
        'headers',
        name,
      ])
  }
}

const isHeaderValue = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a map' : shown(value)
}

const shown = (value: unknown): string => {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** The characters of a document as they are sent. */
export const documentText = (document: ScriptDocument): string =>
  'json' in document ? document.json : document.text
