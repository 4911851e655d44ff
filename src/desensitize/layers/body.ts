/** A body by its content type, and by what it looks like where that is missing or wrong. */
import { isUtf8 } from 'node:buffer'
import { applyEdits, type Edit, part, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { type BytesChange, bytesChange } from './bytes.ts'
import { csvEdits } from './csv.ts'
import { formEdits } from './form.ts'
import { encodeGbk } from './gbk.ts'
import { graphqlEdits, isGraphql } from './graphql.ts'
import { isJson, jsonEdits } from './json.ts'
import { eventEdits, ndjsonEdits } from './line-documents.ts'
import { multipartChange } from './multipart.ts'
import { scriptEdits } from './script.ts'
import { type JsonRange, wrappedJson } from './wrapped-json.ts'
import { isXml, xmlEdits } from './xml.ts'

/** What cannot be decoded is told to the run, and nothing comes back. */
export const bodyChange = (
  bytes: Uint8Array,
  contentType: string,
  field: Field,
  where: Where,
  run: Run,
): BytesChange | undefined => {
  if (bytes.length === 0) return { bytes: undefined }
  const refused = (reason: string): undefined => {
    run.undecodable(where, 0, reason)
  }
  const action = run.rules.of(field.name, () => where.path())
  if (action?.do === 'drop') return { bytes: () => new Uint8Array() }
  if (bytes.length > run.limits.bytes) return refused(`a body of more than ${run.limits.bytes} bytes`)
  const type = contentType.toLowerCase()
  if (type.startsWith('multipart/'))
    return (
      multipartChange(bytes, contentType, where, run, field.depth + 1, bodyChange) ??
      refused('a multipart body that cannot be taken apart')
    )
  const charset = charsetOf(bytes, type)
  const text = decode(bytes, charset)
  if (text === undefined || /[\x00\x01-\x08\x0e-\x1a]/.test(text.slice(0, 4096)))
    // Whoever keeps bytes answers for them; whether a known value stands in them is looked for all the same.
    return action?.do === 'keep'
      ? { bytes: undefined }
      : (bytesChange(bytes, field, where, run) ?? refused(`bytes that are no ${charset} text`))
  const edits =
    textEdits(text, type, field, where, run) ??
    (action?.do === 'keep' ? run.leaf(text, field, where) : undefined)
  if (edits === undefined)
    return refused(type.includes('json') ? 'a body that is no JSON' : 'a body that cannot be read')
  if (edits.length > 0 && !isWritten(charset))
    return refused(`a body in ${charset}, which can be read but not written`)
  return { bytes: edits.length === 0 ? undefined : () => encode(applyEdits(text, edits), charset) }
}

/** undefined where the text is not what its type says. */
export const textEdits = (
  text: string,
  type: string,
  field: Field,
  where: Where,
  run: Run,
): readonly Edit[] | undefined => {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (/^\s*[{["\d-]/.test(plain) && isJson(plain))
    return moved(jsonEdits(plain, field, where, run), text.length - plain.length)
  const inner = /json|script|text\/(?:plain|html)|^$/.test(type) ? wrappedJson(text) : undefined
  if (inner !== undefined) return wrappedEdits(text, inner, field, where, run)
  if (type.includes('event-stream')) return eventEdits(text, field, where, run)
  if (type.includes('json')) return ndjsonEdits(text, field, where, run)
  if (type.includes('x-www-form-urlencoded')) return formEdits(text.trimEnd(), where, run, field.depth)
  if (/\bcsv\b|tab-separated/.test(type)) return csvEdits(text, type, where, run, field.depth)
  if (type.includes('graphql') && isGraphql(text, true)) return graphqlEdits(text, where, run, field.depth)
  if (/javascript|ecmascript|text\/css/.test(type)) return scriptEdits(text, field, where, run)
  if (isXml(text)) return xmlEdits(text, field, where, run)
  if (/\bxml\b|\+xml/.test(type)) return undefined
  return run.leaf(text, field, where)
}

const moved = (edits: readonly Edit[], by: number): readonly Edit[] =>
  by === 0 ? edits : edits.map((edit) => ({ ...edit, start: edit.start + by, end: edit.end + by }))

/** What stands before the JSON is the name of a function, in which somebody may be named all the same. */
const wrappedEdits = (
  text: string,
  { start, end }: JsonRange,
  field: Field,
  where: Where,
  run: Run,
): readonly Edit[] => {
  const technical: Field = { ...field, meaning: { detectors: [], secret: false, harmless: true } }
  const head = run.leaf(text.slice(0, start), technical, where)
  return [...head, ...moved(jsonEdits(text.slice(start, end), field, part(where, start, ''), run), start)]
}

/** As declared, in the type or in XML itself; without that GBK where it is no UTF-8 and nothing is lost. */
const charsetOf = (bytes: Uint8Array, type: string): string => {
  const declared = /charset="?([\w-]+)/.exec(type)?.[1]
  if (declared !== undefined) return declared
  const start = Buffer.from(bytes.subarray(0, 120)).toString('latin1')
  const prolog = /^\s*<\?xml[^>]{0,60}\bencoding=["']([\w-]{3,20})["']/.exec(start)?.[1]
  if (prolog !== undefined) return prolog.toLowerCase()
  if (isUtf8(bytes) || !/json|xml|text|script|form-urlencoded/.test(type)) return 'utf-8'
  const text = decode(bytes, 'gbk')
  return text !== undefined &&
    /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef·]/.test(text) &&
    Buffer.compare(encodeGbk(text), bytes) === 0
    ? 'gbk'
    : 'utf-8'
}

const isGbk = (charset: string): boolean => /^(?:gbk|gb2312|gb18030)$/.test(charset)
const isLatin = (charset: string): boolean => /^(?:iso-8859-1|latin1|us-ascii)$/.test(charset)
const isUtf16 = (charset: string): boolean => /^utf-16(?:le)?$/.test(charset)
const isWritten = (charset: string): boolean =>
  /^utf-?8$/.test(charset) || isGbk(charset) || isLatin(charset) || isUtf16(charset)

const decode = (bytes: Uint8Array, charset: string): string | undefined => {
  if (isLatin(charset)) return Buffer.from(bytes).toString('latin1')
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const encode = (text: string, charset: string): Uint8Array => {
  if (isGbk(charset)) return encodeGbk(text)
  if (isUtf16(charset)) return Buffer.from(text, 'utf16le')
  return Buffer.from(text, isLatin(charset) ? 'latin1' : 'utf8')
}
