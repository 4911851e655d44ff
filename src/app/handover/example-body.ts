/** The body of an HTTP request as an example holds it: JSON as a value, everything else as text, or as bytes in base64. */

import type { DecodedBody } from '../../core/body.ts'
import type { Fields } from '../../core/fields.ts'
import type { Part } from '../../core/multipart.ts'
import type { CleanValues } from './clean-values.ts'

export interface ExampleBody {
  /** `body` or `bodyBase64`; neither where there is none. */
  readonly fields: Fields
  readonly contentType: string | undefined
  readonly notes: readonly string[]
}

/** Larger ones would hide the rest of a contract from its readers. */
const bytesAtMost = 64 * 1024
/** The one that a client draws differs from call to call. */
const boundary = 'svc-mock-part'

export const httpBody = (body: DecodedBody, values: CleanValues): ExampleBody => {
  const { contentType: type, bytes, problem } = body
  const contentType = type === '' ? undefined : type
  const left = (why: string): ExampleBody => ({
    fields: {},
    contentType,
    notes: [`the body of the request is left out: ${why}`],
  })
  if (problem !== undefined) return left(problem)
  if (bytes.length === 0) return { fields: {}, contentType: undefined, notes: [] }
  if (bytes.length > bytesAtMost) return left(`it has more than ${bytesAtMost / 1024} kB`)
  const json = body.json()
  if (json.ok && typeof json.value === 'object' && json.value !== null)
    return { fields: { body: values.document(json.value) }, contentType, notes: [] }
  if (/^\s*multipart\//i.test(type)) return multipart(body, values) ?? left('it cannot be taken apart')
  if (/^\s*application\/x-www-form-urlencoded\b/i.test(type)) {
    const form = body.form()
    if (form.ok) return { fields: { body: formText(form.value, values) }, contentType, notes: [] }
  }
  const text = body.text()
  if (text.ok && !/[\x00-\x08\x0e-\x1f]/.test(text.value)) {
    const clean = values.text(text.value, type)
    return clean === undefined
      ? left('it cannot be searched')
      : { fields: { body: clean }, contentType, notes: [] }
  }
  return { fields: { bodyBase64: Buffer.from(bytes).toString('base64') }, contentType, notes: [] }
}

const formText = (form: ReadonlyMap<string, readonly string[]>, values: CleanValues): string =>
  new URLSearchParams(
    [...form].flatMap(([name, list]) => list.map((one) => [name, String(values.value(one, name))])),
  ).toString()

/** Written again with a boundary of ours. undefined: no part of it can be read. */
const multipart = (body: DecodedBody, values: CleanValues): ExampleBody | undefined => {
  const parts = body.multipart()
  if (!parts.ok) return undefined
  const pieces: Buffer[] = []
  for (const part of parts.value) {
    const content = partBody(part, values)
    if (content === undefined) return undefined
    pieces.push(headOf(part), content, Buffer.from('\r\n'))
  }
  const bytes = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
  const kind = body.contentType.slice(0, body.contentType.indexOf(';')).trim()
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text).equals(bytes) && !/[\x00-\x08\x0e-\x1f]/.test(text)
  return {
    fields: isText ? { body: text } : { bodyBase64: bytes.toString('base64') },
    contentType: `${kind}; boundary=${boundary}`,
    notes: [],
  }
}

const partBody = ({ name, body }: Part, values: CleanValues): Buffer | undefined => {
  const text = body.text()
  if (!text.ok) return Buffer.from(body.bytes)
  const short = text.value.length < 200
  const clean = short ? String(values.value(text.value, name)) : values.text(text.value, body.contentType)
  return clean === undefined ? undefined : Buffer.from(clean)
}

const headOf = ({ name, filename, headers }: Part): Buffer => {
  const quoted = (text: string): string => `"${text.replace(/["\r\n]/g, '_')}"`
  const disposition = `form-data; name=${quoted(name)}${filename === undefined ? '' : `; filename=${quoted(filename)}`}`
  const at = headers.findIndex((one, i) => i % 2 === 0 && one.toLowerCase() === 'content-type')
  const type = at < 0 ? '' : `Content-Type: ${headers[at + 1]}\r\n`
  return Buffer.from(`--${boundary}\r\nContent-Disposition: ${disposition}\r\n${type}\r\n`)
}
