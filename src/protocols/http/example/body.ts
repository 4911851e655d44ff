/** The body of an example's call, in any of the ways in which it can be written. */
import type { ResponseFiles } from '../../../core/dialect.ts'
import { stringifyJson } from '../../../core/json.ts'
import { SpecError } from '../../../core/matcher.ts'
import { within } from '../../../core/mistakes.ts'
import { typeByExtension } from '../content-type.ts'
import { type CallSpec, exampleBodyKeys } from './schema.ts'

export interface TypedBytes {
  readonly bytes: Uint8Array
  /** For a call that gives no `content-type` of its own. */
  readonly type: string | undefined
}

export const exampleBody = (spec: CallSpec, files: ResponseFiles): TypedBytes | undefined => {
  const [key, other] = exampleBodyKeys.filter((each) => spec[each] !== undefined)
  if (other !== undefined)
    throw new SpecError(`${key} and ${other} exclude each other`, [other], 'keep one of them', true)
  switch (key) {
    case undefined:
      return undefined
    case 'bodyFile':
      return {
        bytes: within(['bodyFile'], () => files.read(spec.bodyFile!)),
        type: typeByExtension(spec.bodyFile!),
      }
    case 'bodyBase64':
      return { bytes: Buffer.from(spec.bodyBase64!, 'base64'), type: undefined }
    case 'form':
      return {
        bytes: Buffer.from(new URLSearchParams(fieldsOf(spec.form)).toString()),
        type: 'application/x-www-form-urlencoded',
      }
    case 'multipart':
      return multipartBody(spec.multipart!)
    default:
      return plainBody(spec.body)
  }
}

const plainBody = (body: unknown): TypedBytes =>
  typeof body === 'string'
    ? { bytes: Buffer.from(body), type: 'text/plain; charset=utf-8' }
    : { bytes: Buffer.from(stringifyJson(body)), type: 'application/json' }

const fieldsOf = (form: CallSpec['form']): [string, string][] =>
  Object.entries(form ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  )

/** Always the same, so that examples repeat; no text of a mock file holds it by chance. */
const boundary = 'svc-mock-example-3c1f0a9be27d4586'

/** RFC 7578. */
const multipartBody = (parts: NonNullable<CallSpec['multipart']>): TypedBytes => {
  const chunks = Object.entries(parts).flatMap(([name, part]) => {
    const { filename, headers = {}, body = '' } = typeof part === 'object' ? part : { body: String(part) }
    const { bytes, type } = plainBody(body)
    const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`
    const typed = Object.keys(headers).some((key) => key.toLowerCase() === 'content-type')
    const head = [
      `--${boundary}`,
      `Content-Disposition: form-data; name="${quoted(name)}"${file}`,
      ...(typed || (filename === undefined && typeof body === 'string') ? [] : [`Content-Type: ${type}`]),
      ...Object.entries(headers).map(([key, value]) => `${key}: ${value}`),
      '',
      '',
    ]
    return [Buffer.from(head.join('\r\n')), bytes, Buffer.from('\r\n')]
  })
  return {
    bytes: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}

/** As browsers write it (WHATWG HTML, multipart/form-data encoding algorithm). */
const quoted = (text: string): string =>
  text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
