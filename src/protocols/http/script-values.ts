/** Real replies of HTTP as scripts see them. */
import { decodedBody } from '../../core/decoded-body.ts'
import { SvcMockError } from '../../core/errors.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { Reply } from '../../core/reply.ts'
import { codingsOf, decompress } from './content-coding.ts'
import { hopByHop } from './hop-by-hop.ts'

const maxForwardedBytes = 10 * 1024 * 1024

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

export const replyValue = async (reply: Reply): Promise<unknown> => {
  if (reply.kind !== 'single' && reply.kind !== 'stream') return { status: 502 }
  const raw = reply.kind === 'single' ? (reply.body ?? new Uint8Array(0)) : await collect(reply)
  const plain = decompress(raw, codingsOf(reply.metadata), maxForwardedBytes)
  if (!plain.ok) throw new SvcMockError('SCRIPT_ERROR', `forward(): ${plain.problem}`)
  const bytes = plain.value
  return responseValue(reply.status, reply.metadata, bytes)
}

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
