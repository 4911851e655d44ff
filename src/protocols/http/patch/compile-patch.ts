/** `patch:` of an HTTP mock: what of the real reply is changed. Without `body` the body streams through untouched. */
import type { PatchCompilers, ReplyPatch } from '../../../core/dialect.ts'
import { SpecError } from '../../../core/matcher.ts'
import { within } from '../../../core/mistakes.ts'
import { type DocumentPatch, PatchFailure } from '../../../core/patch.ts'
import type { Reply, SingleReply, StreamReply } from '../../../core/reply.ts'
import { refuseTemplates, unescapeTemplates } from '../../../core/template.ts'
import type { HttpCall } from '../call.ts'
import { bodiless } from '../constant-reply.ts'
import type { PatchSpec } from '../mock-schema.ts'
import { readableCodings } from './accept-encoding.ts'
import { codingFor, type PatchedBody, patchBody, readWhole } from './body-patch.ts'
import { compileHeaderPatch, type HeaderPatch } from './header-patch.ts'
import { askingHeaders, patchedHeaders, withoutBody } from './patched-headers.ts'

export const compilePatch = (spec: PatchSpec, compile: PatchCompilers): ReplyPatch => {
  refuseTemplates(spec, [])
  const document =
    spec.body === undefined
      ? undefined
      : within(['body'], () => compile.document(unescapeTemplates(spec.body)))
  if (document !== undefined && spec.status !== undefined && bodiless.has(spec.status)) {
    throw new SpecError(
      `a reply with status ${spec.status} has no body`,
      ['body'],
      'remove the body, or use 200',
      true,
    )
  }
  const headers = spec.headers === undefined ? same : compileHeaderPatch(spec.headers, document !== undefined)
  const change: Change = { status: spec.status, headers, document }
  return {
    status: spec.status,
    changes: [
      ...(spec.status === undefined ? [] : ['status']),
      ...(spec.headers === undefined ? [] : ['headers']),
      ...(document === undefined ? [] : [`body (${document.describe()})`]),
    ],
    ask: (call) => (document === undefined ? call : asking(call as HttpCall)),
    change: (call, reply) =>
      reply.kind === 'single' || reply.kind === 'stream' ? changed(call as HttpCall, reply, change) : reply,
  }
}

interface Change {
  readonly status: number | undefined
  readonly headers: HeaderPatch
  readonly document: DocumentPatch | undefined
}

type WholeReply = SingleReply | StreamReply

const same: HeaderPatch = (headers) => [...headers]

export const asking = (call: HttpCall): HttpCall => {
  const metadata = askingHeaders(call.metadata, readableCodings(call.metadata))
  return metadata === undefined ? call : call.withMetadata(metadata)
}

const changed = (call: HttpCall, reply: WholeReply, change: Change): Reply | Promise<Reply> => {
  const status = change.status ?? reply.status
  const head = call.method === 'HEAD'
  if (bodiless.has(status) && !bodiless.has(reply.status) && !head) return stripped(reply, status, change)
  if (bodiless.has(reply.status) && !bodiless.has(status) && !head) {
    if (change.document !== undefined)
      throw new PatchFailure(`the real reply has status ${reply.status} and no body`)
    drop(reply)
    return {
      kind: 'single',
      status,
      metadata: change.headers(withoutBody(reply.metadata, '0')),
      body: undefined,
    }
  }
  if (change.document === undefined || bodiless.has(status)) {
    return restarted(reply, status, change.headers(reply.metadata))
  }
  if (head) {
    const coding = codingFor(call.metadata, reply.metadata)
    return restarted(
      reply,
      status,
      change.headers(patchedHeaders(reply.metadata, { bytes: undefined, coding })),
    )
  }
  return rewritten(call, reply, status, change.document, change.headers)
}

/** The new status forbids a body. */
const stripped = (reply: WholeReply, status: number, { headers }: Change): Reply => {
  drop(reply)
  return {
    kind: 'single',
    status,
    metadata: headers(withoutBody(reply.metadata, undefined)),
    body: undefined,
  }
}

const drop = (reply: WholeReply): void => {
  if (reply.kind === 'stream') reply.source.cancel(new Error('its body is not wanted'))
}

/** Another head before the same body. A status text belongs to the status it came with. */
const restarted = (reply: WholeReply, status: number, metadata: string[]): Reply => {
  const text =
    status === reply.status && reply.statusText !== undefined ? { statusText: reply.statusText } : undefined
  if (reply.kind === 'stream') return { kind: 'stream', status, ...text, metadata, source: reply.source }
  return {
    kind: 'single',
    status,
    ...text,
    metadata,
    body: reply.body,
    ...(reply.trailers !== undefined && { trailers: reply.trailers }),
  }
}

const rewritten = (
  call: HttpCall,
  reply: WholeReply,
  status: number,
  document: DocumentPatch,
  headers: HeaderPatch,
): Reply | Promise<Reply> => {
  const limit = call.service.bodyLimit
  const toPatch = { document, asked: call.metadata, headers: reply.metadata, limit }
  const finish = (body: PatchedBody): Reply => {
    const single = restarted(
      { kind: 'single', status: reply.status, metadata: [], body: body.bytes, ...textOf(reply) },
      status,
      headers(patchedHeaders(reply.metadata, body)),
    ) as SingleReply
    return body.bytes.length > wireAtMost ? single : { ...single, wire: latin1(body.bytes) }
  }
  const patch = (raw: Uint8Array): Reply | Promise<Reply> => {
    const body = patchBody(raw, toPatch)
    return body instanceof Promise ? body.then(finish) : finish(body)
  }
  const raw = reply.kind === 'stream' ? readWhole(reply.source, limit) : (reply.body ?? new Uint8Array(0))
  return raw instanceof Promise ? raw.then(patch) : patch(raw)
}

const textOf = ({ statusText }: WholeReply): { statusText?: string } =>
  statusText === undefined ? {} : { statusText }

/** A short body leaves with its head in a single write. */
const wireAtMost = 16 * 1024

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
