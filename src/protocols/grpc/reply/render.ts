/** An outcome in the form that the client speaks: what its HTTP exchange is answered. */
import type { Sink, Source } from '../../../core/body.ts'
import { allowPage } from '../../../core/cors.ts'
import { firstValue, type Metadata } from '../../../core/metadata.ts'
import type { Reply, SingleReply, StreamReply } from '../../../core/reply.ts'
import type { GrpcCall } from '../call.ts'
import { type Coding, compress, isCoding } from '../codec/compression.ts'
import { EnvelopeReader, envelope, envelopesIn, flags } from '../codec/envelope.ts'
import { httpOfStatus } from '../codec/status.ts'
import { concat } from '../codec/wire.ts'
import type { RpcMethod } from '../schema.ts'
import { connectEnd, connectError, connectTrailers } from './connect.ts'
import { Outcome } from './outcome.ts'
import { statusIn } from './trailers.ts'

/** Broken wires and tunnels stay what they are. */
export const render = (call: GrpcCall, reply: Reply): Reply => {
  if (reply.kind === 'single') return forPages(call, renderSingle(call, reply))
  if (reply.kind !== 'stream') return reply
  const rendered = renderStream(call, reply)
  return rendered === reply ? reply : forPages(call, rendered)
}

const renderSingle = (call: GrpcCall, reply: SingleReply): SingleReply => {
  const { wire, contentType } = call.form
  const trailers = reply.trailers ?? []
  if (wire === 'grpc') {
    if (reply instanceof Outcome && isUsual(call)) return reply.usual(() => native(call, reply))
    return native(call, reply)
  }
  if (wire === 'connect' || wire === 'connect-get') return connectUnary(call, reply)
  const transform = transformOf(call)
  const parts = reply.body === undefined ? [] : envelopesIn(reply.body).map((one) => transform(one.payload))
  const body = finalBytes(call, concat([...parts, lastEnvelope(call, trailers)]))
  return {
    kind: 'single',
    status: 200,
    metadata: [
      'content-type',
      contentType,
      ...codingHeader(call),
      ...reply.metadata,
      'content-length',
      String(body.length),
    ],
    body,
  }
}

/** As nearly every client asks: then all of them get the same reply. */
const isUsual = (call: GrpcCall): boolean =>
  call.form.contentType === 'application/grpc' && codingFor(call) === 'identity'

/** Without messages and without metadata of its own everything stands in the first block (Trailers-Only). */
const native = (call: GrpcCall, reply: SingleReply): SingleReply => {
  const { contentType, codec } = call.form
  const trailers = reply.trailers ?? []
  const { body } = reply
  if (body === undefined && reply.metadata.length === 0)
    return {
      kind: 'single',
      status: 200,
      metadata: ['content-type', contentType, ...trailers],
      body: undefined,
    }
  const coding = codingFor(call)
  const plain = codec === 'proto' && coding === 'identity'
  const transform = plain ? undefined : transformOf(call)
  return {
    kind: 'single',
    status: 200,
    metadata: ['content-type', contentType, ...codingHeader(call), ...reply.metadata],
    body:
      body === undefined || transform === undefined
        ? body
        : concat(envelopesIn(body).map((one) => transform(one.payload))),
    trailers,
  }
}

const connectUnary = (call: GrpcCall, reply: SingleReply): SingleReply => {
  const trailers = reply.trailers ?? []
  const { code } = statusIn(trailers)
  const metadata = [...reply.metadata, ...connectTrailers(trailers)]
  const [first] = reply.body === undefined ? [] : envelopesIn(reply.body)
  if (code !== 0 || first === undefined) {
    const body = new TextEncoder().encode(JSON.stringify(connectError(trailers)))
    return {
      kind: 'single',
      status: httpOfStatus(code === 0 ? 13 : code),
      metadata: ['content-type', 'application/json', ...metadata, 'content-length', String(body.length)],
      body,
    }
  }
  const coding = codingFor(call)
  const body = compress(inCodec(call, first.payload), coding)
  return {
    kind: 'single',
    status: 200,
    metadata: [
      'content-type',
      call.form.contentType,
      ...(coding === 'identity' ? [] : ['content-encoding', coding]),
      ...metadata,
      'content-length',
      String(body.length),
    ],
    body,
  }
}

const renderStream = (call: GrpcCall, reply: StreamReply): Reply => {
  const { wire, contentType, codec } = call.form
  const metadata = ['content-type', contentType, ...codingHeader(call), ...reply.metadata]
  // Their status stands in the head, so that the end must be known first: see `settled`.
  if (wire === 'connect' || wire === 'connect-get') return reply
  const plain = wire === 'grpc' && codec === 'proto' && codingFor(call) === 'identity'
  return {
    kind: 'stream',
    status: 200,
    metadata,
    source: plain ? reply.source : new RenderedSource(call, reply.source),
  }
}

/** Envelopes in, envelopes of the client's form out, and its last one. */
class RenderedSource implements Source {
  private readonly call: GrpcCall
  private readonly inner: Source

  constructor(call: GrpcCall, inner: Source) {
    this.call = call
    this.inner = inner
  }

  pipe(sink: Sink): void {
    const { call } = this
    const reader = new EnvelopeReader(Number.POSITIVE_INFINITY)
    const transform = transformOf(call)
    this.inner.pipe({
      message: (bytes) => {
        let more = true
        reader.push(bytes, ({ payload }) => {
          more = sink.message(finalBytes(call, transform(payload)))
        })
        return more
      },
      end: (trailers = []) => {
        if (call.form.wire === 'grpc') {
          sink.end(trailers)
          return
        }
        sink.message(finalBytes(call, lastEnvelope(call, trailers)))
        sink.end()
      },
      fail: (error) => sink.fail(error),
    })
  }

  resume(): void {
    this.inner.resume()
  }

  cancel(reason?: Error): void {
    this.inner.cancel(reason)
  }
}

/** A mocked stream to a unary call of Connect's is waited for: what `render` left is made whole. */
export const settled = (call: GrpcCall, reply: Reply): Reply | Promise<Reply> => {
  const { wire } = call.form
  if (reply.kind !== 'stream' || call.context.outcome !== 'mock') return reply
  if (wire !== 'connect' && wire !== 'connect-get') return reply
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    reply.source.pipe({
      message: (bytes) => {
        parts.push(bytes)
        return true
      },
      end: (trailers = []) => {
        const body = parts.length === 0 ? undefined : concat(parts)
        const { status, metadata } = reply
        resolve(forPages(call, connectUnary(call, { kind: 'single', status, metadata, body, trailers })))
      },
      fail: reject,
    })
  })
}

/** The reply's messages in the client's codec; protobuf where definitions are missing. */
const inCodec = ({ form, rpc }: GrpcCall, payload: Uint8Array): Uint8Array =>
  form.codec === 'json' && rpc !== undefined ? jsonBytes(rpc, payload) : payload

const jsonBytes = (rpc: RpcMethod, payload: Uint8Array): Uint8Array =>
  new TextEncoder().encode(rpc.output.jsonOf(payload))

const transformOf = (call: GrpcCall): ((payload: Uint8Array) => Uint8Array) => {
  const coding = codingFor(call)
  return (payload) => {
    const bytes = inCodec(call, payload)
    // An empty message would only grow.
    return coding === 'identity' || bytes.length === 0
      ? envelope(bytes)
      : envelope(compress(bytes, coding), flags.compressed)
  }
}

/** Who sends compressed messages and takes them gets them; nobody else. */
const codingFor = ({ metadata, form, carrier }: GrpcCall): Coding => {
  const [sent, takes] = codingNames[form.wire] ?? codingNames.grpc
  if (form.wire === 'connect-get') {
    const asked = new URLSearchParams(carrier.search ?? '').get('compression') ?? ''
    return isCoding(asked) && accepts(metadata, takes, asked) ? asked : 'identity'
  }
  const coding = firstValue(metadata, sent)
  if (coding === undefined || coding === 'identity' || !isCoding(coding)) return 'identity'
  return accepts(metadata, takes, coding) ? coding : 'identity'
}

const accepts = (metadata: Metadata, name: string, coding: string): boolean =>
  (firstValue(metadata, name) ?? '').split(',').some((one) => one.trim() === coding)

const codingNames: Readonly<Record<string, readonly [string, string]>> & {
  readonly grpc: readonly [string, string]
} = {
  grpc: ['grpc-encoding', 'grpc-accept-encoding'],
  connect: ['content-encoding', 'accept-encoding'],
  'connect-get': ['', 'accept-encoding'],
  'connect-stream': ['connect-content-encoding', 'connect-accept-encoding'],
}

const codingHeader = (call: GrpcCall): readonly string[] => {
  const coding = codingFor(call)
  if (coding === 'identity') return []
  return [call.form.wire === 'connect-stream' ? 'connect-content-encoding' : 'grpc-encoding', coding]
}

/** What still tells the end of a reply whose head has gone out; undefined: its trailers do. */
export const lastPiece = (call: GrpcCall, trailers: Metadata): Uint8Array | undefined =>
  call.form.wire === 'grpc' ? undefined : finalBytes(call, lastEnvelope(call, trailers))

/** As a client gets it; parts of an answer stay as they are. */
export const dressed = (call: GrpcCall, reply: Reply): Reply => (call.part ? reply : render(call, reply))

/** gRPC-Web: trailers as lines (gRPC-Web protocol, "Message framing"). Connect: JSON. */
const lastEnvelope = (call: GrpcCall, trailers: Metadata): Uint8Array => {
  if (call.form.wire === 'connect-stream')
    return envelope(new TextEncoder().encode(JSON.stringify(connectEnd(trailers))), flags.endStream)
  let lines = ''
  for (let i = 0; i < trailers.length; i += 2)
    lines += `${trailers[i]!.toLowerCase()}: ${trailers[i + 1]}\r\n`
  return envelope(Buffer.from(lines, 'latin1'), flags.trailers)
}

const finalBytes = ({ form }: GrpcCall, bytes: Uint8Array): Uint8Array =>
  form.wire === 'web-text'
    ? Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), 'latin1')
    : bytes

/** A page may read what it was sent only where each header is named (Fetch standard, CORS-exposed headers). */
const forPages = <T extends Reply>(call: GrpcCall, reply: T): T => {
  if (firstValue(call.metadata, 'origin') === undefined) return reply
  if (reply.kind !== 'single' && reply.kind !== 'stream') return reply
  const names = new Set(['grpc-status', 'grpc-message', 'grpc-status-details-bin'])
  for (let i = 0; i < reply.metadata.length; i += 2) names.add(reply.metadata[i]!.toLowerCase())
  names.delete('content-type')
  names.delete('content-length')
  const allowed = allowPage(call, reply)
  if (allowed === reply || (allowed.kind !== 'single' && allowed.kind !== 'stream')) return reply
  return {
    ...reply,
    metadata: [...allowed.metadata, 'access-control-expose-headers', [...names].join(', ')],
  }
}
