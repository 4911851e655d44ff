/**
 * Sends one RPC to a real service, through the proxy's own way there: HTTP/2, with TLS or without. What comes back stays the HTTP
 * exchange that carries it, as recording sees it.
 */
import type { Sink, Source } from '../../core/body.ts'
import { newTenant } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import { joined } from '../../core/exchange.ts'
import type { Metadata } from '../../core/metadata.ts'
import type { Reply } from '../../core/reply.ts'
import type { UpstreamTls } from '../../core/service-entry.ts'
import { envelope } from '../../protocols/grpc/codec/envelope.ts'
import type { RpcMethod } from '../../protocols/grpc/schema.ts'
import { type ClientSide, HttpCall } from '../../protocols/http/call.ts'
import { HttpUpstream } from '../../protocols/http/upstream/upstream.ts'
import { createDial } from '../../proxy/dial.ts'
import { plainEntry } from '../../proxy/services.ts'
import { NoReply } from '../contract/ask-provider.ts'
import type { AskedExchange } from './asker.ts'

export interface RpcCall {
  readonly rpc: RpcMethod
  readonly metadata: readonly (readonly [string, string])[]
  readonly messages: readonly Uint8Array[]
  /** It may be sent twice. */
  readonly repeatable: boolean
}

export interface RpcOptions {
  readonly timeoutMs: number
  /** Further attempts after a connection that broke before it answered. */
  readonly retries: number
}

/** Larger replies are not compared. */
const replyAtMost = 32 * 1024 * 1024
/** Forwarded calls say who forwarded them; nobody did here. */
const hopMark = 'drift'

export class RpcProvider {
  readonly #options: RpcOptions
  readonly #upstream: HttpUpstream

  constructor(options: RpcOptions) {
    const nothing = (): undefined => undefined
    this.#options = options
    this.#upstream = new HttpUpstream({
      dial: createDial({ hopMark, checkHost: nothing, checkAddress: nothing, proxyFor: nothing }),
      hopMark,
      proxyFor: nothing,
    })
  }

  /** Rejects with NoReply. */
  async ask(base: URL, tls: UpstreamTls | undefined, call: RpcCall): Promise<AskedExchange> {
    const retries = call.repeatable ? this.#options.retries : 0
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(base, tls, call)
      } catch (error) {
        if (!(error instanceof NoReply) || attempt >= retries) throw error
      }
    }
  }

  close(): void {
    this.#upstream.destroy()
  }

  async #once(base: URL, tls: UpstreamTls | undefined, call: RpcCall): Promise<AskedExchange> {
    const { timeoutMs } = this.#options
    const { operation } = call.rpc
    const scheme = base.protocol === 'https:' ? 'https' : 'http'
    const bytes = joined(call.messages.map((message) => envelope(message)))
    const client = new Client(call)
    const target = { authority: undefined, scheme, path: `/${operation}`, search: '' } as const
    const sent = new HttpCall(
      0,
      newTenant(''),
      {
        service: { ...plainEntry(''), tls: { intercept: false, upstream: tls } },
        target: {
          scheme,
          host: base.hostname.replace(/^\[|\]$/g, ''),
          port: Number(base.port || (scheme === 'https' ? 443 : 80)),
          basePath: base.pathname.replace(/\/$/, ''),
        },
        basePath: '',
      },
      target,
      client,
      bodyOf(bytes),
    )
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      late.reject(new NoReply(`no reply within ${timeoutMs} ms`))
      client.leave()
    }, timeoutMs)
    try {
      const reply = this.#upstream.send(sent).then(whole)
      // Nobody waits for it any more when the time is up.
      reply.catch(() => undefined)
      return {
        operation,
        request: { target: `/${operation}`, headers: client.rawHeaders, bodies: [{ kind: 'bytes', bytes }] },
        reply: await Promise.race([reply, late.promise]),
      }
    } catch (error) {
      if (error instanceof SvcMockError) throw new NoReply(error.message, { cause: error })
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}

/** With all of its body and its trailers. Rejects with NoReply. */
const whole = (reply: Reply): Promise<AskedExchange['reply']> =>
  new Promise((resolve, reject) => {
    if (reply.kind === 'single') {
      const { status, metadata: headers, body, trailers = [] } = reply
      resolve({
        status,
        headers,
        trailers,
        bodies: body === undefined ? [] : [{ kind: 'bytes', bytes: body }],
      })
      return
    }
    if (reply.kind !== 'stream') {
      reject(new NoReply('its reply is none of HTTP'))
      return
    }
    const { status, metadata: headers, source } = reply
    const pieces: Uint8Array[] = []
    let size = 0
    source.pipe({
      message: (bytes) => {
        size += bytes.length
        pieces.push(Uint8Array.from(bytes))
        if (size <= replyAtMost) return true
        source.cancel()
        reject(new NoReply(`its reply has more than ${replyAtMost / 2 ** 20} MB`))
        return false
      },
      end: (trailers: Metadata = []) =>
        resolve({ status, headers, trailers, bodies: [{ kind: 'bytes', bytes: joined(pieces) }] }),
      fail: (error) => reject(new NoReply(`its reply broke off after ${size} bytes`, { cause: error })),
    })
  })

/** Who asks, as the way to real services sees it. */
class Client implements ClientSide {
  readonly method = 'POST'
  readonly httpVersion = '2.0'
  readonly entrance = { kind: 'tunnel', listen: '' } as const
  readonly requestTarget: string
  readonly rawHeaders: Metadata
  gone = false
  readonly #leaving: (() => void)[] = []

  constructor({ rpc, metadata }: RpcCall) {
    this.requestTarget = `/${rpc.operation}`
    this.rawHeaders = ['content-type', 'application/grpc', 'te', 'trailers', ...metadata.flat()]
  }

  onGone(gone: () => void): void {
    this.#leaving.push(gone)
  }

  leave(): void {
    this.gone = true
    for (const gone of this.#leaving) gone()
  }
}

const bodyOf = (bytes: Uint8Array) => ({
  empty: false,
  read: () => {
    throw new Error('what is asked of a service is not read again')
  },
  source: (): Source => ({
    pipe: (sink: Sink) => {
      if (bytes.length > 0) sink.message(bytes)
      sink.end()
    },
    resume: () => undefined,
    cancel: () => undefined,
  }),
})
