/** A body by its content type, and by what it looks like where that is missing or wrong. */
import { applyEdits, type Edit, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { type BytesChange, bytesChange } from './bytes.ts'
import { formEdits } from './form.ts'
import { encodeGbk } from './gbk.ts'
import { isJson, jsonEdits } from './json.ts'
import { multipartChange } from './multipart.ts'
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
  const charset = /charset="?([\w-]+)/.exec(type)?.[1] ?? 'utf-8'
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
  if (/json|ndjson|event-stream/.test(type)) return lineEdits(text, type, field, where, run)
  if (type.includes('x-www-form-urlencoded')) return formEdits(text.trimEnd(), where, run, field.depth)
  if (isXml(text)) return xmlEdits(text, field, where, run)
  if (/\bxml\b|\+xml/.test(type)) return undefined
  return run.leaf(text, field, where)
}

const moved = (edits: readonly Edit[], by: number): readonly Edit[] =>
  by === 0 ? edits : edits.map((edit) => ({ ...edit, start: edit.start + by, end: edit.end + by }))

/** A document a line (NDJSON), or `data:` lines of server-sent events. */
const lineEdits = (
  text: string,
  type: string,
  field: Field,
  where: Where,
  run: Run,
): readonly Edit[] | undefined => {
  const events = type.includes('event-stream')
  const edits: Edit[] = []
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at)
    const end = next < 0 ? text.length : next
    const line = text.slice(at, end)
    const start = at + (events ? (/^data: ?/.exec(line)?.[0].length ?? 0) : 0)
    const content = text.slice(start, end)
    const place: Where = { offset: (inner) => where.offset(start + inner), path: () => where.path() }
    if (/^\s*[{["\d-]/.test(content) && isJson(content))
      edits.push(...moved(jsonEdits(content, field, place, run), start))
    else if (!events && /\S/.test(content)) return undefined
    else if (events && start > at) edits.push(...moved(run.leaf(content, field, place), start))
    at = end + 1
  }
  return edits
}

const decode = (bytes: Uint8Array, charset: string): string | undefined => {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const encode = (text: string, charset: string): Uint8Array => {
  if (/^(?:gbk|gb2312|gb18030)$/.test(charset)) return encodeGbk(text)
  if (/^(?:iso-8859-1|latin1|us-ascii)$/.test(charset)) return Buffer.from(text, 'latin1')
  return Buffer.from(text, 'utf8')
}
