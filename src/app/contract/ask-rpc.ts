/** Sends one RPC to a provider that is being verified, through the proxy's own way to real services: HTTP/2, with TLS or without. */
import type { Sink, Source } from '../../core/body.ts'
import { newTenant } from '../../core/call.ts'
import type { Metadata } from '../../core/metadata.ts'
import type { Reply } from '../../core/reply.ts'
import type { Authority } from '../../core/service-entry.ts'
import { knownCodings } from '../../protocols/grpc/codec/compression.ts'
import { envelope } from '../../protocols/grpc/codec/envelope.ts'
import { concat } from '../../protocols/grpc/codec/wire.ts'
import type { RpcMethod } from '../../protocols/grpc/schema.ts'
import { type ClientSide, HttpCall } from '../../protocols/http/call.ts'
import { HttpUpstream } from '../../protocols/http/upstream/upstream.ts'
import { createDial } from '../../proxy/dial.ts'
import { plainEntry } from '../../proxy/services.ts'
import { type AskOptions, type NoReply, persistently } from './ask-provider.ts'
import { RpcReading, type RpcReply } from './rpc-reply.ts'

export interface RpcRequest {
  readonly rpc: RpcMethod
  /** Name and value; values of `-bin` names in base64. */
  readonly metadata: readonly (readonly [string, string])[]
  readonly messages: readonly Uint8Array[]
  /** It may be sent twice. */
  readonly repeatable: boolean
}

/** One reply as it comes; it settles what it was made with. */
export interface ReplyReading {
  /** Nothing more will come of it. */
  readonly done: Promise<void>
  reply(reply: Reply): void
  /** There is none. */
  failed(error: Error): void
  /** Nobody waits any longer. */
  late(timeoutMs: number): void
}

export type ReadingOf<Read> = (
  resolve: (read: Read) => void,
  reject: (error: NoReply) => void,
) => ReplyReading

export class RpcProvider {
  readonly #target: Authority
  readonly #options: AskOptions
  readonly #upstream: HttpUpstream

  constructor(base: URL, options: AskOptions) {
    const scheme = base.protocol === 'https:' ? 'https' : 'http'
    this.#target = {
      scheme,
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: Number(base.port || (scheme === 'https' ? 443 : 80)),
      basePath: base.pathname.replace(/\/$/, ''),
    }
    this.#options = options
    const nothing = (): undefined => undefined
    this.#upstream = new HttpUpstream({
      dial: createDial({ hopMark, checkHost: nothing, checkAddress: nothing, proxyFor: nothing }),
      hopMark,
      proxyFor: nothing,
    })
  }

  /** Rejects with NoReply. */
  ask(request: RpcRequest): Promise<RpcReply> {
    return this.read(request, (resolve, reject) => new RpcReading(request.rpc, resolve, reject))
  }

  /** The same for who reads replies in another way. */
  read<Read>(request: RpcRequest, reading: ReadingOf<Read>): Promise<Read> {
    const attempts = request.repeatable ? 1 + this.#options.retries : 1
    return persistently(() => this.#once(request, reading), attempts)
  }

  close(): void {
    this.#upstream.destroy()
  }

  #once<Read>(request: RpcRequest, readingOf: ReadingOf<Read>): Promise<Read> {
    const { timeoutMs } = this.#options
    const client = new Client(request, timeoutMs)
    return new Promise((resolve, reject) => {
      const reading = readingOf(resolve, reject)
      const timer = setTimeout(() => {
        reading.late(timeoutMs)
        client.leave()
      }, timeoutMs)
      const call = new HttpCall(
        0,
        newTenant(''),
        {
          service: { ...plainEntry(''), tls: { intercept: false, upstream: this.#options.tls } },
          target: this.#target,
          basePath: '',
        },
        { path: client.requestTarget, search: '' },
        client,
        bodyOf(request.messages),
      )
      this.#upstream
        .send(call)
        .then(
          (reply) => reading.reply(reply),
          (error: Error) => reading.failed(error),
        )
        .finally(() => reading.done.finally(() => clearTimeout(timer)))
    })
  }
}

/** Forwarded calls say who forwarded them; nobody did here. */
const hopMark = 'verify'

/** Who asks, as the way to real services sees it. */
class Client implements ClientSide {
  readonly method = 'POST'
  readonly httpVersion = '2.0'
  readonly entrance = { kind: 'tunnel', listen: '' } as const
  readonly requestTarget: string
  readonly rawHeaders: Metadata
  gone = false
  readonly #leaving: (() => void)[] = []

  constructor({ rpc, metadata }: RpcRequest, timeoutMs: number) {
    this.requestTarget = `/${rpc.operation}`
    this.rawHeaders = [
      'content-type',
      'application/grpc',
      'te',
      'trailers',
      'grpc-accept-encoding',
      knownCodings.join(','),
      // A little more than our own patience, so that its answer to being late is not taken for its own.
      'grpc-timeout',
      `${Math.min(timeoutMs + 1_000, 99_999_999)}m`,
      ...metadata.flat(),
    ]
  }

  onGone(gone: () => void): void {
    this.#leaving.push(gone)
  }

  leave(): void {
    this.gone = true
    for (const gone of this.#leaving) gone()
  }
}

const bodyOf = (messages: readonly Uint8Array[]) => {
  const bytes = concat(messages.map((message) => envelope(message)))
  return {
    empty: false,
    read: () => {
      throw new Error('what is asked of a provider is not read again')
    },
    source: (): Source => ({
      pipe: (sink: Sink) => {
        if (bytes.length > 0) sink.message(bytes)
        sink.end()
      },
      resume: () => undefined,
      cancel: () => undefined,
    }),
  }
}
