/**
 * A real service's reply, whatever form it comes in, as an outcome (see outcome.ts): messages uncompressed and in protobuf,
 * everything else where gRPC has it. What is no reply of an RPC at all (a page of a proxy on the way) is left alone.
 */
import type { Sink, Source } from '../../../core/body.ts'
import { SvcMockError } from '../../../core/errors.ts'
import { firstValue, type Metadata } from '../../../core/metadata.ts'
import type { Reply, SingleReply, StreamReply } from '../../../core/reply.ts'
import { Base64Reader } from '../codec/base64.ts'
import { decompress } from '../codec/compression.ts'
import { type Envelope, EnvelopeReader, envelope, flags } from '../codec/envelope.ts'
import { decodeBinary, isTransportName } from '../codec/metadata.ts'
import { codeOfConnect, statusOfHttp } from '../codec/status.ts'
import { concat } from '../codec/wire.ts'
import type { RpcMethod } from '../schema.ts'
import { formOf, type WireForm } from '../wire-form.ts'
import { linesOf } from './observed.ts'
import { ok, trailersOf } from './outcome.ts'

type WholeReply = SingleReply | StreamReply

/** undefined: it is no reply of an RPC. `limit`: bytes of one message at most. */
export const readOutcome = (
  reply: WholeReply,
  rpc: RpcMethod | undefined,
  limit: number,
): StreamReply | undefined => {
  const form = formOf(firstValue(reply.metadata, 'content-type') ?? '')
  const unary = form.wire === 'connect'
  if (form.wire === 'none' || (reply.status !== 200 && !unary)) return undefined
  const metadata = ownMetadata(reply.metadata, unary)
  const source = sourceOf(reply)
  return {
    kind: 'stream',
    status: 0,
    metadata,
    source: unary
      ? new UnarySource(reply, source, rpc, form, limit)
      : new OutcomeSource(reply.metadata, source, rpc, form, limit),
  }
}

const ownMetadata = (metadata: Metadata, unary: boolean): readonly string[] => {
  const own: string[] = []
  for (let i = 0; i < metadata.length; i += 2) {
    const name = metadata[i]!.toLowerCase()
    if (isTransportName(name) || (unary && name.startsWith('trailer-'))) continue
    own.push(metadata[i]!, metadata[i + 1]!)
  }
  return firstValue(metadata, 'grpc-status') === undefined ? own : []
}

const sourceOf = (reply: WholeReply): Source => {
  if (reply.kind === 'stream') return reply.source
  const { body, trailers } = reply
  return {
    pipe: (sink) => {
      if (body !== undefined && body.length > 0) sink.message(body)
      sink.end(trailers)
    },
    resume: () => undefined,
    cancel: () => undefined,
  }
}

const toProto = (payload: Uint8Array, form: WireForm, rpc: RpcMethod | undefined): Uint8Array =>
  form.codec === 'json' && rpc !== undefined ? rpc.output.bytesOf(new TextDecoder().decode(payload)) : payload

class OutcomeSource implements Source {
  private readonly head: Metadata
  private readonly inner: Source
  private readonly rpc: RpcMethod | undefined
  private readonly form: WireForm
  private readonly limit: number
  private trailers: readonly string[] | undefined
  private over = false

  constructor(head: Metadata, inner: Source, rpc: RpcMethod | undefined, form: WireForm, limit: number) {
    this.head = head
    this.inner = inner
    this.rpc = rpc
    this.form = form
    this.limit = limit
  }

  pipe(sink: Sink): void {
    const reader = new EnvelopeReader(this.limit)
    const base64 = this.form.wire === 'web-text' ? new Base64Reader() : undefined
    const broken = (error: Error): void => {
      if (this.over) return
      this.over = true
      this.inner.cancel(error)
      sink.fail(new SvcMockError('UPSTREAM_UNREACHABLE', `the real reply cannot be read: ${error.message}`))
    }
    this.inner.pipe({
      message: (bytes) => {
        let more = true
        try {
          reader.push(base64?.push(bytes) ?? bytes, (one) => {
            const payload = this.payloadOf(one)
            if (payload !== undefined && !this.over) more = sink.message(envelope(payload))
          })
        } catch (error) {
          broken(error as Error)
          return false
        }
        return more
      },
      end: (trailers) => {
        if (this.over) return
        this.over = true
        sink.end(this.ending(trailers ?? []))
      },
      fail: (error) => {
        if (this.over) return
        this.over = true
        sink.fail(error)
      },
    })
  }

  resume(): void {
    this.inner.resume()
  }

  cancel(reason?: Error): void {
    this.over = true
    this.inner.cancel(reason)
  }

  /** undefined for what is no message. */
  private payloadOf({ flags: flag, payload }: Envelope): Uint8Array | undefined {
    if ((flag & flags.trailers) !== 0) {
      this.trailers = linesOf(new TextDecoder('latin1').decode(payload))
      return undefined
    }
    const name = this.form.wire === 'connect-stream' ? 'connect-content-encoding' : 'grpc-encoding'
    const coding = firstValue(this.head, name) ?? 'identity'
    const plain = (flag & flags.compressed) !== 0 ? decompress(payload, coding, this.limit) : payload
    if ((flag & flags.endStream) !== 0) {
      this.trailers = trailersOfEnd(new TextDecoder().decode(plain))
      return undefined
    }
    return toProto(plain, this.form, this.rpc)
  }

  private ending(trailers: Metadata): readonly string[] {
    if (this.trailers !== undefined) return this.trailers
    if (firstValue(trailers, 'grpc-status') !== undefined) return trailers
    if (firstValue(this.head, 'grpc-status') === undefined) return trailers
    // Trailers-Only: everything stood in the head.
    return this.head.filter((_, i) => {
      const name = this.head[i - (i % 2)]!.toLowerCase()
      return name.startsWith('grpc-')
        ? /^grpc-(status|message|status-details-bin)$/.test(name)
        : !isTransportName(name)
    })
  }
}

interface EndStream {
  readonly error?: ErrorJson
  readonly metadata?: Readonly<Record<string, readonly string[]>>
}
interface ErrorJson {
  readonly code?: string
  readonly message?: string
  readonly details?: readonly { readonly type?: string; readonly value?: string }[]
}

/** Throws Error for what is no JSON. */
const trailersOfEnd = (text: string): readonly string[] => {
  const end = JSON.parse(text) as EndStream
  const metadata = Object.entries(end.metadata ?? {}).flatMap(([name, values]) =>
    values.flatMap((value) => [name, value]),
  )
  return trailersOfError(end.error, metadata)
}

const trailersOfError = (error: ErrorJson | undefined, metadata: Metadata): readonly string[] =>
  trailersOf({
    ...ok,
    code: error === undefined ? 0 : (codeOfConnect(error.code ?? '') ?? 2),
    message: error?.message ?? '',
    details: (error?.details ?? []).map(({ type = '', value = '' }) => ({
      typeUrl: `type.googleapis.com/${type}`,
      value: decodeBinary(value) ?? new Uint8Array(0),
    })),
    metadata,
  })

/** Connect's unary replies: one message, or an error as JSON. */
class UnarySource implements Source {
  private readonly reply: WholeReply
  private readonly inner: Source
  private readonly rpc: RpcMethod | undefined
  private readonly form: WireForm
  private readonly limit: number

  constructor(reply: WholeReply, inner: Source, rpc: RpcMethod | undefined, form: WireForm, limit: number) {
    this.reply = reply
    this.inner = inner
    this.rpc = rpc
    this.form = form
    this.limit = limit
  }

  pipe(sink: Sink): void {
    const parts: Uint8Array[] = []
    this.inner.pipe({
      message: (bytes) => {
        parts.push(bytes)
        return true
      },
      end: () => {
        try {
          this.finish(concat(parts), sink)
        } catch (error) {
          sink.fail(
            new SvcMockError(
              'UPSTREAM_UNREACHABLE',
              `the real reply cannot be read: ${(error as Error).message}`,
            ),
          )
        }
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

  private finish(raw: Uint8Array, sink: Sink): void {
    const { metadata, status } = this.reply
    const body = decompress(raw, firstValue(metadata, 'content-encoding') ?? 'identity', this.limit)
    const trailing: string[] = []
    for (let i = 0; i < metadata.length; i += 2) {
      const name = metadata[i]!.toLowerCase()
      if (name.startsWith('trailer-')) trailing.push(name.slice('trailer-'.length), metadata[i + 1]!)
    }
    if (status === 200) {
      sink.message(envelope(toProto(body, this.form, this.rpc)))
      sink.end(trailersOf({ ...ok, metadata: trailing }))
      return
    }
    const error = errorIn(body)
    const known = error.code === undefined ? undefined : codeOfConnect(error.code)
    sink.end(
      known === undefined
        ? trailersOf({ ...ok, code: statusOfHttp(status), message: `HTTP ${status}`, metadata: trailing })
        : trailersOfError(error, trailing),
    )
  }
}

const errorIn = (body: Uint8Array): ErrorJson => {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof json === 'object' && json !== null ? (json as ErrorJson) : {}
  } catch {
    return {}
  }
}

export interface CollectedOutcome {
  readonly metadata: Metadata
  readonly messages: readonly Uint8Array[]
  readonly trailers: readonly string[]
}

/** All of it. Rejects with what broke it off, or SvcMockError when it is larger than `limit` bytes. */
export const collectOutcome = (reply: StreamReply, limit: number): Promise<CollectedOutcome> =>
  new Promise((resolve, reject) => {
    const messages: Uint8Array[] = []
    const reader = new EnvelopeReader(Number.POSITIVE_INFINITY)
    let size = 0
    reply.source.pipe({
      message: (bytes) => {
        size += bytes.length
        if (size > limit) {
          reply.source.cancel()
          reject(new SvcMockError('MESSAGE_TOO_LARGE', `the real reply is larger than ${limit} bytes`))
          return false
        }
        reader.push(bytes, ({ payload }) => messages.push(payload))
        return true
      },
      end: (trailers = []) => resolve({ metadata: reply.metadata, messages, trailers }),
      fail: (error) =>
        reject(
          error instanceof SvcMockError
            ? error
            : new SvcMockError(
                'UPSTREAM_UNREACHABLE',
                `the real service broke off its reply: ${error.message}`,
                {
                  cause: error,
                },
              ),
        ),
    })
  })

export const isWhole = (reply: Reply): reply is WholeReply =>
  reply.kind === 'single' || reply.kind === 'stream'
