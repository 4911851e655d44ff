/** `patch: { script }` of an HTTP mock: a real reply is read whole, shown to the script, and written as it says. */
import type { OpenReply, ReplyEditing, ResponseFiles, ScriptDocument } from '../../../core/dialect.ts'
import { stringifyJson } from '../../../core/json.ts'
import { SpecError } from '../../../core/matcher.ts'
import { firstValue, type Metadata } from '../../../core/metadata.ts'
import type { Reply, SingleReply, StreamReply } from '../../../core/reply.ts'
import type { HttpCall } from '../call.ts'
import { bodiless, type Payload } from '../constant-reply.ts'
import { headerPairs } from '../response.ts'
import { checkedHead, documentText, namedPayload, type ResultHead, refuseDocument } from '../result.ts'
import { isShown, responseValue } from '../script-values.ts'
import {
  charsetOf,
  codingFor,
  encode,
  type PatchedBody,
  packed,
  plainBytes,
  readWhole,
} from './body-patch.ts'
import { asking } from './compile-patch.ts'
import { patchedHeaders, withoutBody } from './patched-headers.ts'

export const replyEditing: ReplyEditing = {
  ask: (call) => asking(call as HttpCall),
  open: (call, reply) => {
    if (reply.kind !== 'single' && reply.kind !== 'stream') return undefined
    const raw =
      reply.kind === 'stream'
        ? readWhole(reply.source, call.service.bodyLimit)
        : (reply.body ?? new Uint8Array(0))
    const opened = (bytes: Uint8Array): OpenReply => open(call as HttpCall, reply, bytes)
    return raw instanceof Promise ? raw.then(opened) : opened(raw)
  },
}

type RealReply = SingleReply | StreamReply

/** Throws PatchFailure when the coding cannot be undone. */
const open = (call: HttpCall, reply: RealReply, raw: Uint8Array): OpenReply => {
  const plain = raw.length === 0 ? raw : plainBytes(raw, reply.metadata, call.service.bodyLimit)
  return {
    json: stringifyJson(responseValue(reply.status, reply.metadata, plain)),
    changed: (head, document, files) => {
      const spec = checkedHead(head)
      return changed(call, { reply, raw }, spec, contentOf(spec, reply, document, files))
    },
  }
}

interface Real {
  readonly reply: RealReply
  readonly raw: Uint8Array
}

/** The body as the script wants it, without any coding; undefined: the real one. */
const contentOf = (
  spec: ResultHead,
  reply: RealReply,
  document: ScriptDocument | undefined,
  files: ResponseFiles,
): Payload | undefined => {
  const status = spec.status ?? reply.status
  if (document === undefined) return namedPayload({ ...spec, status }, files)
  refuseDocument(spec, status)
  const text = documentText(document)
  // JSON is UTF-8 whatever its type says (RFC 8259 section 8.1).
  if ('json' in document) return { bytes: Buffer.from(text), type: 'application/json' }
  return { bytes: encode(text, charsetOf(typeOf(spec, reply))), type: 'text/plain; charset=utf-8' }
}

const typeOf = (spec: ResultHead, { metadata }: RealReply): string => {
  if (spec.headers === undefined) return firstValue(metadata, 'content-type') ?? ''
  const name = Object.keys(spec.headers).find((each) => each.toLowerCase() === 'content-type')
  return name === undefined ? '' : String(spec.headers[name])
}

const changed = (
  call: HttpCall,
  { reply, raw }: Real,
  spec: ResultHead,
  content: Payload | undefined,
): Reply | Promise<Reply> => {
  const status = spec.status ?? reply.status
  const headers = headersOf(spec, reply.metadata)
  const isHead = call.method === 'HEAD'
  const text =
    status === reply.status && reply.statusText !== undefined ? { statusText: reply.statusText } : undefined
  const written = (metadata: Metadata, body: Uint8Array | undefined): Reply => ({
    kind: 'single',
    status,
    ...text,
    metadata,
    body,
  })
  if (bodiless.has(status) && !isHead) return written(withoutBody(headers, undefined), undefined)
  if (content === undefined) {
    if (bodiless.has(reply.status) && !isHead) return written(withoutBody(headers, '0'), undefined)
    return written(isHead ? headers : lengthGiven(headers, raw.length), isHead ? undefined : raw)
  }
  if (firstValue(headers, 'content-type') === undefined)
    headers.push('content-type', content.type ?? 'application/octet-stream')
  const coding = codingFor(call.metadata, reply.metadata)
  const etag = ownEtag(headers, reply.metadata)
  if (isHead) return written([...patchedHeaders(headers, { bytes: undefined, coding }), ...etag], undefined)
  const body = packed(content.bytes, coding)
  const finish = (done: PatchedBody): Reply =>
    written(lengthGiven([...patchedHeaders(headers, done), ...etag], done.bytes.length), done.bytes)
  return body instanceof Promise ? body.then(finish) : finish(body)
}

/** What the script gives, and of the real ones those that it does not see; or all real ones. */
const headersOf = ({ headers }: ResultHead, real: Metadata): string[] => {
  if (headers === undefined) return [...real]
  const pairs = headerPairs(headers, ['headers'], { literal: true })
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i]!.toLowerCase() !== 'content-encoding') continue
    throw new SpecError('content-encoding is chosen as the client accepts', ['headers', pairs[i]!])
  }
  for (let i = 0; i < real.length; i += 2) {
    if (!isShown(real[i]!.toLowerCase())) pairs.push(real[i]!, real[i + 1]!)
  }
  return pairs
}

/** The real one does not belong to another body; one that the script made may. */
const ownEtag = (headers: Metadata, real: Metadata): readonly string[] => {
  const etag = firstValue(headers, 'etag')
  return etag === undefined || etag === firstValue(real, 'etag') ? [] : ['etag', etag]
}

const lengthGiven = (headers: string[], length: number): string[] => {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.toLowerCase() === 'content-length') return headers
  return [...headers, 'content-length', String(length)]
}
