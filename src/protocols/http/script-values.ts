/** HTTP calls and replies as scripts see them. */
import type { Call } from '../../core/call.ts'
import { decodedBody } from '../../core/decoded-body.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import { valuesOf, wanted } from '../../core/script-request.ts'
import type { HttpCall } from './call.ts'
import { hopByHop } from './hop-by-hop.ts'

export const scriptFields = (call: Call, wants: ReadonlySet<string> | undefined): Record<string, unknown> => {
  const http = call as HttpCall
  const fields: Record<string, unknown> = {}
  if (wanted(wants, 'method')) fields['method'] = call.method
  if (wanted(wants, 'path')) fields['path'] = call.path
  if (wanted(wants, 'query')) fields['query'] = valuesOf(http.query)
  if (wanted(wants, 'headers')) fields['headers'] = headerValues(call.metadata)
  if (wanted(wants, 'cookies')) fields['cookies'] = valuesOf(http.cookies)
  if (wanted(wants, 'traceId') || wanted(wants, 'spanId')) {
    const [, traceId, spanId] = traceParent.exec(firstValue(call.metadata, 'traceparent') ?? '') ?? []
    if (traceId !== undefined) Object.assign(fields, { traceId, spanId })
  }
  return fields
}

/** W3C Trace Context section 3.2. */
const traceParent = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-/

/** Lower-case names; several of one name joined as RFC 9110 section 5.3 allows. */
const headerValues = (metadata: Metadata): Record<string, string> => {
  const headers: Record<string, string> = Object.create(null)
  for (let i = 0; i < metadata.length; i += 2) {
    const name = metadata[i]!.toLowerCase()
    const before = headers[name]
    headers[name] = before === undefined ? metadata[i + 1]! : `${before}, ${metadata[i + 1]!}`
  }
  return headers
}

/** They describe the bytes as they came; a response made from the value has others. */
export const ofTheBytes: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'trailer',
])

/** A response as in mock files. `bytes`: without any coding. */
export const responseValue = (status: number, metadata: Metadata, bytes: Uint8Array): unknown => ({
  status,
  headers: responseHeaders(metadata),
  ...bodyValue(bytes, firstValue(metadata, 'content-type') ?? ''),
})

/** Lower-case names; several of one name as a list. */
const responseHeaders = (metadata: Metadata): Record<string, unknown> => {
  const headers: Record<string, unknown> = Object.create(null)
  for (let i = 0; i < metadata.length; i += 2) {
    const name = metadata[i]!.toLowerCase()
    if (!isShown(name)) continue
    const before = headers[name]
    const value = metadata[i + 1]!
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return headers
}

/** Whether scripts see a header of a reply, by its lower-case name. */
export const isShown = (name: string): boolean => !hopByHop.has(name) && !ofTheBytes.has(name)

const bodyValue = (bytes: Uint8Array, type: string): Readonly<Record<string, unknown>> => {
  if (bytes.length === 0) return {}
  const body = decodedBody(bytes, type)
  const json = /\bjson\b/i.test(type) ? body.json() : undefined
  if (json?.ok === true) return { body: json.value }
  const text = isLatin1(type) ? latin1(bytes) : body.text()
  return text.ok ? { body: text.value } : { bodyBase64: Buffer.from(bytes).toString('base64') }
}

const isLatin1 = (type: string): boolean => /;\s*charset\s*=\s*"?(?:iso-8859-1|latin1)\b/i.test(type)

const latin1 = (bytes: Uint8Array): { readonly ok: true; readonly value: string } => ({
  ok: true,
  value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
})
