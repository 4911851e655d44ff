/** HTTP exchanges of gRPC services: each becomes a call, and its outcome the exchange's answer. */
import type { Call } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { SvcMockError } from '../../core/errors.ts'
import { firstValue } from '../../core/metadata.ts'
import type { ProtocolHost } from '../../core/protocol.ts'
import type { Reply, SingleReply, StreamReply } from '../../core/reply.ts'
import { EachMessage } from './bidi.ts'
import { StreamedBody } from './body.ts'
import { GrpcCall, methodOf } from './call.ts'
import { statusName } from './codec/status.ts'
import { timeoutOf } from './codec/timeout.ts'
import { Deadline } from './deadline.ts'
import { failure, faultStatus } from './failure.ts'
import { isOwnStream } from './own/own-services.ts'
import { observed, statusOf } from './reply/observed.ts'
import { render, settled } from './reply/render.ts'
import { type WireForm, wireFormOf } from './wire-form.ts'

export class GrpcServer {
  private readonly host: ProtocolHost
  private readonly clock: Clock

  constructor(host: ProtocolHost, clock: Clock) {
    this.host = host
    this.clock = clock
  }

  carry(carrier: Call): Reply | Promise<Reply> {
    const startedAt = performance.now()
    const form = wireFormOf(carrier)
    if (form.wire === 'none') return this.plain(carrier, form, startedAt)
    const timeoutMs = timeoutOf(carrier.metadata)
    const deadline = timeoutMs === undefined ? undefined : new Deadline(timeoutMs, this.clock)
    const body = new StreamedBody(carrier, form, methodOf(carrier))
    const call = new GrpcCall(carrier, form, body, deadline?.signal)
    const answer = (): Reply | Promise<Reply> => this.answer(call, body)
    if (deadline === undefined) return this.sent(call, startedAt, answer())
    return deadline.race(call, answer()).then((reply) => this.sent(call, startedAt, reply))
  }

  /** Never rejects: what went wrong is the answer. */
  private answer(call: GrpcCall, body: StreamedBody): Reply | Promise<Reply> {
    try {
      if (isAnsweredEach(call)) call.inParts = (ask) => new EachMessage(ask, call, body.messages).reply()
      const reply = this.host.handle(call)
      if (reply instanceof Promise)
        return reply.then(
          (done) => this.complete(call, done),
          (error: unknown) => this.failed(call, error),
        )
      return this.complete(call, reply)
    } catch (error) {
      return this.failed(call, error)
    }
  }

  /** A mock answers when the client has said all it says; an error may come before. */
  private complete(call: GrpcCall, reply: Reply): Reply | Promise<Reply> {
    const { outcome } = call.context
    const broken = faultStatus(reply)
    if (broken !== undefined) return render(call, broken)
    // The first answer rendered the head, and the others follow it.
    if (call.inParts !== undefined) return reply
    if (outcome !== 'mock' || reply.kind === 'fault' || reply.kind === 'none') return reply
    if (reply.kind === 'single' && reply.body === undefined) return settled(call, reply)
    const whole = call.body.whole()
    if (whole === undefined) return settled(call, reply)
    return whole.then(
      () => settled(call, reply),
      (error: unknown) => {
        if (reply.kind === 'stream') reply.source.cancel()
        return this.failed(call, error)
      },
    )
  }

  private failed(call: GrpcCall, error: unknown): Reply {
    if (call.carrier.signal.aborted) {
      call.context.outcome ??= 'error'
      call.context.note ??= 'the client went away'
      return { kind: 'none' }
    }
    return render(call, failure(call, error))
  }

  /** Reports the call once, when its reply is over. */
  private sent(call: GrpcCall, startedAt: number, reply: Reply | Promise<Reply>): Reply | Promise<Reply> {
    if (reply instanceof Promise) return reply.then((done) => this.sent(call, startedAt, done))
    const finished = (status: number | undefined): void =>
      this.host.finished(call, status ?? 0, startedAt, status === undefined ? undefined : statusName(status))
    switch (reply.kind) {
      case 'single':
        finished(statusOf(call.form, reply))
        return reply
      case 'stream':
        if (isTrailersOnly(call, reply)) return this.sent(call, startedAt, headOnly(reply))
        return observed(call.form, reply, (status, error) => {
          if (error !== undefined) call.context.note ??= error.message
          finished(error === undefined ? status : undefined)
        })
      default:
        finished(undefined)
        return reply
    }
  }

  /** What is no RPC, on a service of RPCs: a health page, a browser's question. The carrier answers what goes wrong. */
  private async plain(carrier: Call, form: WireForm, startedAt: number): Promise<Reply> {
    const call = new GrpcCall(carrier, form, new StreamedBody(carrier, form, undefined))
    try {
      const reply = await this.host.handle(call)
      if (reply.kind !== 'stream') {
        this.host.finished(call, reply.kind === 'single' ? reply.status : 0, startedAt)
        return reply
      }
      return observed(form, reply, (_, error) => {
        this.host.finished(call, error === undefined ? reply.status : 0, startedAt)
      })
    } catch (thrown) {
      const error = notAnRpc(call, thrown)
      failure(call, error)
      this.host.finished(call, badGateway, startedAt)
      throw error
    }
  }
}

/** Everything stood in the head, and clients look there only when nothing follows (gRPC over HTTP/2, "Trailers-Only"). */
const isTrailersOnly = ({ form }: GrpcCall, { metadata }: StreamReply): boolean =>
  form.wire === 'grpc' && firstValue(metadata, 'grpc-status') !== undefined

const headOnly = ({ status, metadata, source }: StreamReply): SingleReply => {
  source.pipe({ message: () => true, end: () => undefined, fail: () => undefined })
  return { kind: 'single', status, metadata, body: undefined }
}

const badGateway = 502

const notAnRpc = (call: GrpcCall, thrown: unknown): unknown => {
  if (!(thrown instanceof SvcMockError) || thrown.code !== 'MOCK_NOT_MATCHED') return thrown
  const type = firstValue(call.metadata, 'content-type')
  return new SvcMockError(
    'MOCK_NOT_MATCHED',
    `${call.service.name} speaks gRPC, and ${call.operation} is no call of it (content-type ${type ?? 'is missing'})`,
    { hint: 'send gRPC, gRPC-Web or Connect; or make the service one of http in svc-mock.yaml' },
  )
}

/** Streams both ways may be answered while they are asked. */
const isAnsweredEach = (call: GrpcCall): boolean => {
  if (call.service.mode !== 'mock' || !call.service.known) return false
  const { rpc } = call
  return rpc === undefined ? isOwnStream(call) : rpc.clientStreams && rpc.serverStreams
}
