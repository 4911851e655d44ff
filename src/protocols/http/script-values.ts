/** HTTP calls and replies as scripts see them. */
import type { Call } from '../../core/call.ts'
import { decodedBody } from '../../core/decoded-body.ts'
import { SvcMockError } from '../../core/errors.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { Reply } from '../../core/reply.ts'
import { valuesOf } from '../../core/script-request.ts'
import type { HttpCall } from './call.ts'
import { decompress } from './content-coding.ts'
import { hopByHop } from './hop-by-hop.ts'

const maxForwardedBytes = 10 * 1024 * 1024

export const scriptFields = (call: Call): Readonly<Record<string, unknown>> => {
  const { query, cookies } = call as HttpCall
  const trace = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-/.exec(
    firstValue(call.metadata, 'traceparent') ?? '',
  )
  return {
    method: call.method,
    path: call.path,
    query: valuesOf(query),
    headers: headerValues(call.metadata),
    cookies: valuesOf(cookies),
    ...(trace !== null && { traceId: trace[1], spanId: trace[2] }),
  }
}

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
const ofTheBytes = new Set(['content-length', 'content-encoding', 'content-md5', 'digest', 'trailer'])

export const replyValue = async (reply: Reply): Promise<unknown> => {
  if (reply.kind !== 'single' && reply.kind !== 'stream') return { status: 502 }
  const raw = reply.kind === 'single' ? (reply.body ?? new Uint8Array(0)) : await collect(reply)
  const encoding = firstValue(reply.metadata, 'content-encoding')
  const plain = decompress(raw, encoding ?? '', maxForwardedBytes)
  if (!plain.ok) throw new SvcMockError('SCRIPT_ERROR', `forward(): ${plain.problem}`)
  const bytes = plain.value
  const headers: Record<string, unknown> = Object.create(null)
  for (let i = 0; i < reply.metadata.length; i += 2) {
    const name = reply.metadata[i]!.toLowerCase()
    if (hopByHop.has(name) || ofTheBytes.has(name)) continue
    const before = headers[name]
    const value = reply.metadata[i + 1]!
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return {
    status: reply.status,
    headers,
    ...bodyValue(bytes, firstValue(reply.metadata, 'content-type') ?? ''),
  }
}

const bodyValue = (bytes: Uint8Array, type: string): Readonly<Record<string, unknown>> => {
  if (bytes.length === 0) return {}
  const body = decodedBody(bytes, type)
  const json = /\bjson\b/i.test(type) ? body.json() : undefined
  if (json?.ok === true) return { body: json.value }
  const text = body.text()
  return text.ok ? { body: text.value } : { bodyBase64: Buffer.from(bytes).toString('base64') }
}

const collect = ({ source }: Extract<Reply, { kind: 'stream' }>): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    let size = 0
    source.pipe({
      message: (bytes) => {
        size += bytes.length
        if (size > maxForwardedBytes) {
          source.cancel()
          reject(new SvcMockError('SCRIPT_ERROR', 'forward(): the real reply has more than 10 MB'))
          return false
        }
        parts.push(bytes)
        return true
      },
      end: () => resolve(Buffer.concat(parts)),
      fail: reject,
    })
  })
