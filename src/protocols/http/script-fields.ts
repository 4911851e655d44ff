/** HTTP calls as scripts see them. */
import type { Call } from '../../core/call.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import { valuesOf, wanted } from '../../core/script-request.ts'
import type { HttpCall } from './call.ts'

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
