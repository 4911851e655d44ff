/** A call as its script sees it: `request`, as JSON text. The body's own JSON is passed on as it was written. */
import type { DecodedBody } from './body.ts'
import type { Call } from './call.ts'
import type { Dialect } from './dialect.ts'

export type Params = Readonly<Record<string, string>>

export const scriptRequest = (call: Call, dialect: Dialect, params: Params): string | Promise<string> => {
  if (call.body.empty) return written(call, dialect, params, undefined)
  const body = call.body.read(call.service.bodyLimit)
  return body instanceof Promise
    ? body.then((read) => written(call, dialect, params, read))
    : written(call, dialect, params, body)
}

const written = (call: Call, dialect: Dialect, params: Params, body: DecodedBody | undefined): string => {
  const head = JSON.stringify({
    ...dialect.scriptFields(call),
    params,
    service: call.service.name,
    version: call.version ?? call.service.version,
    tenant: call.tenant.id,
  })
  return body === undefined || body.bytes.length === 0
    ? head
    : `${head.slice(0, -1)},${JSON.stringify(dialect.scriptBody?.(call) ?? 'body')}:${bodyText(body)}}`
}

/** JSON as a value, a form as an object, other text as text, and other bytes as `{ base64 }`. */
const bodyText = (body: DecodedBody): string => {
  const text = body.text()
  if (body.problem !== undefined) return 'null'
  if (!text.ok) return JSON.stringify({ base64: toBase64(body.bytes) })
  if (body.json().ok) return text.value
  if (!/^application\/x-www-form-urlencoded\b/i.test(body.contentType)) return JSON.stringify(text.value)
  const form = body.form()
  return JSON.stringify(form.ok ? valuesOf(form.value) : text.value)
}

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** One value as text, several under one name as a list. */
export const valuesOf = (values: ReadonlyMap<string, readonly string[]>): Record<string, unknown> => {
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, list] of values) object[name] = list.length === 1 ? list[0] : list
  return object
}
