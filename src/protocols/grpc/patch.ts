/** `patch:` of a gRPC mock: what of the real reply is changed. Each message of a stream is changed as it passes. */
import type { Sink, Source } from '../../core/body.ts'
import type { PatchCompilers, ReplyPatch } from '../../core/dialect.ts'
import { SvcMockError } from '../../core/errors.ts'
import { parseJson, stringifyJson } from '../../core/json.ts'
import type { Metadata } from '../../core/metadata.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { type DocumentPatch, PatchFailure } from '../../core/patch.ts'
import type { Reply, StreamReply } from '../../core/reply.ts'
import { refuseTemplates, unescapeTemplates } from '../../core/template.ts'
import type { GrpcCall } from './call.ts'
import { isCoding } from './codec/compression.ts'
import { EnvelopeReader, envelope } from './codec/envelope.ts'
import { failure } from './failure.ts'
import type { PatchSpec } from './mock-schema.ts'
import { type GrpcScope, undefinedMessage } from './mock-scope.ts'
import { ok, outcome, trailersOf } from './reply/outcome.ts'
import { collectOutcome, isWhole, readOutcome } from './reply/read.ts'
import { render } from './reply/render.ts'
import { statusIn, trailingMetadata } from './reply/trailers.ts'
import { checkedName, codeOf, metadataPairs } from './response.ts'
import type { MessageType } from './schema.ts'

type PairsPatch = (pairs: Metadata) => string[]

interface Change {
  readonly code: number | undefined
  readonly statusMessage: string | undefined
  readonly metadata: PairsPatch
  readonly trailers: PairsPatch
  readonly message: MessagePatch | undefined
}

interface MessagePatch {
  readonly document: DocumentPatch
  readonly type: MessageType
}

/** Throws SpecError, its path from the patch's root. */
export const compilePatch = (spec: PatchSpec, scope: GrpcScope, compile: PatchCompilers): ReplyPatch => {
  refuseTemplates(spec, [])
  const change: { -readonly [key in keyof Change]: Change[key] } = {
    code: undefined,
    statusMessage: spec.statusMessage,
    metadata: same,
    trailers: same,
    message: undefined,
  }
  collectMistakes<unknown>([
    () => {
      if (spec.message !== undefined)
        change.message = within(['message'], () => compileMessage(spec.message, scope, compile))
    },
    () => {
      if (spec.status !== undefined) change.code = codeOf(spec.status)
    },
    ...(['metadata', 'trailers'] as const).map((key) => () => {
      change[key] = pairsPatch(spec[key], key)
    }),
  ])
  return {
    status: change.code,
    changes: [
      ...(['status', 'statusMessage', 'metadata', 'trailers'] as const).filter(
        (key) => spec[key] !== undefined,
      ),
      ...(change.message === undefined ? [] : [`message (${change.message.document.describe()})`]),
    ],
    ask: (call) => (change.message === undefined ? call : asking(call as GrpcCall)),
    change: (call, reply) => changed(call as GrpcCall, reply, change, scope),
  }
}

const compileMessage = (spec: unknown, scope: GrpcScope, compile: PatchCompilers): MessagePatch => {
  if (scope.rpc === undefined) throw undefinedMessage(scope, 'message')
  const { output } = scope.rpc
  return { document: compile.document(output.patch(unescapeTemplates(spec))), type: output }
}

const same: PairsPatch = (pairs) => [...pairs]

const pairsPatch = (spec: PatchSpec['metadata'], key: 'metadata' | 'trailers'): PairsPatch => {
  if (spec === undefined) return same
  const set = metadataPairs(spec.set, [key, 'set'])
  const append = metadataPairs(spec.append, [key, 'append'])
  const gone = new Set(
    (spec.remove ?? []).map((name, i) => within([key, 'remove', i], () => checkedName(name))),
  )
  for (let i = 0; i < set.length; i += 2) gone.add(set[i]!)
  return (pairs) => [
    ...pairs.filter((_, i) => !gone.has(pairs[i - (i % 2)]!.toLowerCase())),
    ...set,
    ...append,
  ]
}

/** The real service may only compress as can be undone here. */
export const asking = (call: GrpcCall): GrpcCall => {
  const metadata: string[] = []
  for (let i = 0; i < call.metadata.length; i += 2) {
    const name = call.metadata[i]!
    const value = call.metadata[i + 1]!
    if (/^(grpc-accept-encoding|connect-accept-encoding)$/i.test(name) || isUnaryCoding(call, name)) {
      const kept = value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => isCoding(one.split(';', 1)[0]!))
      metadata.push(name, kept.length === 0 ? 'identity' : kept.join(','))
    } else metadata.push(name, value)
  }
  return Object.create(call, { metadata: { value: metadata, enumerable: true } }) as GrpcCall
}

/** Its status stands in the head, so that the end must be known before anything is sent. */
const isUnaryConnect = ({ form }: GrpcCall): boolean => form.wire === 'connect' || form.wire === 'connect-get'

const isUnaryCoding = (call: GrpcCall, name: string): boolean =>
  isUnaryConnect(call) && name.toLowerCase() === 'accept-encoding'

const changed = (call: GrpcCall, reply: Reply, change: Change, scope: GrpcScope): Reply | Promise<Reply> => {
  if (!isWhole(reply)) return reply
  const rpc = call.rpc ?? scope.rpc
  const real = readOutcome(reply, rpc, call.service.messageLimit)
  // No RPC was answered: what a proxy on the way says is passed on.
  if (real === undefined) return reply
  const unary = rpc === undefined || !rpc.serverStreams
  if (isUnaryConnect(call) || (unary && change.message !== undefined)) return whole(call, real, change)
  const metadata = change.metadata(real.metadata)
  return render(call, { ...real, metadata, source: new PatchedSource(call, real.source, change, unary) })
}

/** A unary reply is changed before anything of it is sent, so that a patch that does not fit can be told. */
const whole = async (call: GrpcCall, real: StreamReply, change: Change): Promise<Reply> => {
  const { metadata, messages, trailers } = await collectOutcome(real, call.service.messageLimit)
  const ending = endingOf(trailers, change)
  const kept = ending.code === 0 ? (messages.length === 0 ? [new Uint8Array(0)] : messages) : []
  return render(
    call,
    outcome(
      change.metadata(metadata),
      kept.map((bytes) => patchedMessage(bytes, change.message)),
      ending,
    ),
  )
}

const endingOf = (trailers: Metadata, change: Change) => {
  const told = statusIn(trailers)
  const code = change.code ?? told.code
  const same = code === told.code
  return {
    code,
    message: change.statusMessage ?? (same ? told.message : ''),
    details: same ? told.details : [],
    metadata: change.trailers(trailingMetadata(trailers)),
  }
}

/** Throws PatchFailure. */
const patchedMessage = (bytes: Uint8Array, patch: MessagePatch | undefined): Uint8Array => {
  if (patch === undefined) return bytes
  let document: unknown
  try {
    document = patch.type.document(bytes)
  } catch (error) {
    throw new PatchFailure(`the real message is no ${patch.type.name}: ${(error as Error).message}`)
  }
  const parsed = parseJson(patch.document.apply(stringifyJson(document)))
  if (!parsed.ok) throw new PatchFailure(`what the patch makes of the message is no JSON: ${parsed.problem}`)
  try {
    return patch.type.changed(parsed.value, bytes)
  } catch (error) {
    throw new PatchFailure(
      `what the patch makes of the message is no ${patch.type.name}: ${(error as Error).message}`,
    )
  }
}

class PatchedSource implements Source {
  private readonly call: GrpcCall
  private readonly inner: Source
  private readonly change: Change
  /** The reply has one message, or none where it failed. */
  private readonly unary: boolean
  private sent = 0
  private over = false

  constructor(call: GrpcCall, inner: Source, change: Change, unary: boolean) {
    this.call = call
    this.inner = inner
    this.change = change
    this.unary = unary
  }

  pipe(sink: Sink): void {
    const reader = new EnvelopeReader(Number.POSITIVE_INFINITY)
    const { code } = this.change
    const dropped = this.unary && code !== undefined && code !== 0
    this.inner.pipe({
      message: (bytes) => {
        let more = true
        try {
          reader.push(bytes, ({ payload }) => {
            if (dropped) return
            this.sent++
            if (!this.over) more = sink.message(envelope(patchedMessage(payload, this.change.message)))
          })
        } catch (error) {
          this.misfit(sink, error as Error)
          return false
        }
        return more
      },
      end: (trailers = []) => {
        if (this.over) return
        this.over = true
        const ending = endingOf(trailers, this.change)
        if (this.unary && ending.code === 0 && this.sent === 0) sink.message(envelope(new Uint8Array(0)))
        sink.end(trailersOf({ ...ok, ...ending }))
      },
      fail: (error) => {
        if (!this.over) sink.fail(error)
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

  /** The head is out: the status can still tell. */
  private misfit(sink: Sink, error: Error): void {
    this.over = true
    this.inner.cancel(error)
    const told = new SvcMockError('PATCH_FAILED', `the patch does not fit the real reply: ${error.message}`)
    sink.end(failure(this.call, told).trailers)
  }
}
