/** Sends one request to a provider that is being verified, over connections that are kept. */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { SecureContext } from 'node:tls'
import type { Metadata } from '../../core/metadata.ts'
import { networkReason } from '../../core/network-reasons.ts'
import { codingsOf, decompress } from '../../protocols/http/content-coding.ts'

export interface ProviderRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | undefined
}

export interface ProviderReply {
  readonly status: number
  readonly headers: Metadata
  /** After content-encoding has been undone. */
  readonly body: Uint8Array
}

/** The provider gave no reply that could be compared: why, in words. */
export class NoReply extends Error {}

export interface AskOptions {
  readonly timeoutMs: number
  /** Further attempts after a connection that broke, for calls that may be sent twice. */
  readonly retries: number
  readonly connections: number
  /** Whom it trusts, and what it shows; absent: the usual roots, and nothing. */
  readonly tls?: { readonly secureContext: SecureContext; readonly rejectUnauthorized: boolean }
}

/** Larger replies are not compared. */
const replyAtMost = 32 * 1024 * 1024
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

export class Provider {
  readonly #base: URL
  readonly #options: AskOptions
  readonly #agent: HttpAgent | HttpsAgent

  constructor(base: URL, options: AskOptions) {
    this.#base = base
    this.#options = options
    const settings = { keepAlive: true, maxSockets: options.connections }
    this.#agent =
      base.protocol === 'https:' ? new HttpsAgent({ ...settings, ...options.tls }) : new HttpAgent(settings)
  }

  /** Rejects with NoReply. */
  async ask(request: ProviderRequest): Promise<ProviderReply> {
    const attempts = repeatable.has(request.method) ? 1 + this.#options.retries : 1
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(request)
      } catch (error) {
        if (!(error instanceof NoReply) || attempt >= attempts) throw error
      }
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #once({ method, target, headers, body }: ProviderRequest): Promise<ProviderReply> {
    const send = this.#base.protocol === 'https:' ? httpsRequest : httpRequest
    const { hostname, port, pathname } = this.#base
    return new Promise((resolve, reject) => {
      const lost = (error: Error): void => reject(new NoReply(networkReason(error).text, { cause: error }))
      const call: ClientRequest = send({
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        method,
        path: `${pathname.replace(/\/$/, '')}${target}`,
        headers: [...this.#host(headers), ...headers, ...lengthOf(body)].flat(),
        agent: this.#agent,
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      })
      call.on('error', (error) =>
        error.name === 'TimeoutError' || error.name === 'AbortError'
          ? reject(new NoReply(`no reply within ${this.#options.timeoutMs} ms`))
          : lost(error),
      )
      call.on('response', (reply) => this.#read(reply, resolve, reject))
      call.end(body)
    })
  }

  /** A list of headers is sent as it is, so what Node would add must be in it. */
  #host(headers: ProviderRequest['headers']): ProviderRequest['headers'] {
    return headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['host', this.#base.host]]
  }

  #read(
    reply: IncomingMessage,
    resolve: (reply: ProviderReply) => void,
    reject: (error: Error) => void,
  ): void {
    const pieces: Buffer[] = []
    let size = 0
    reply.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > replyAtMost)
        reply.destroy(new NoReply(`its reply has more than ${replyAtMost / 2 ** 20} MB`))
      else pieces.push(piece)
    })
    reply.on('error', (error) =>
      reject(
        error instanceof NoReply
          ? error
          : new NoReply(`its reply broke off after ${size} bytes`, { cause: error }),
      ),
    )
    reply.on('end', () => {
      const headers = reply.rawHeaders
      const body = decompress(Buffer.concat(pieces), codingsOf(headers), replyAtMost)
      if (body.ok) resolve({ status: reply.statusCode!, headers, body: body.value })
      else reject(new NoReply(`its reply cannot be decoded: ${body.problem}`))
    })
  }
}

const lengthOf = (body: Uint8Array | undefined): ProviderRequest['headers'] =>
  body === undefined ? [] : [['content-length', String(body.length)]]
