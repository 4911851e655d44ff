/** Sends one request to a provider that is being verified, over connections that are kept. */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { Metadata } from '../../core/metadata.ts'
import { networkReason } from '../../core/network-reasons.ts'
import type { UpstreamTls } from '../../core/service-entry.ts'
import { codingsOf, decompress } from '../../protocols/http/content-coding.ts'
import { UpstreamContexts } from '../../tls/upstream-contexts.ts'

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

/**
 * `unreachable`: no connection could be made, so the next call will get none either. `late`: nobody waits any longer. `broken`:
 * it ended half-way, or is none.
 */
export type NoReplyKind = 'unreachable' | 'late' | 'broken'

/** The provider gave no reply that could be compared: why, in words. */
export class NoReply extends Error {
  readonly kind: NoReplyKind

  constructor(message: string, kind: NoReplyKind = 'broken', options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** Asks until there is a reply, `attempts` times at most. Only what broke is asked again: who is slow would only be slower. */
export const persistently = async <Reply>(ask: () => Promise<Reply>, attempts: number): Promise<Reply> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof NoReply) || error.kind !== 'broken' || attempt >= attempts) throw error
    }
  }
}

export interface AskOptions {
  readonly timeoutMs: number
  /** Further attempts after a connection that broke, for calls that may be sent twice. */
  readonly retries: number
  readonly connections: number
  /** How the service in svc-mock.yaml wants TLS to be spoken with it; absent: verified against the usual roots. */
  readonly tls?: UpstreamTls | undefined
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
      base.protocol === 'https:'
        ? new HttpsAgent({
            ...settings,
            secureContext: new UpstreamContexts().for(options.tls),
            rejectUnauthorized: options.tls?.insecure !== true,
          })
        : new HttpAgent(settings)
  }

  /** Rejects with NoReply. */
  ask(request: ProviderRequest): Promise<ProviderReply> {
    const attempts = repeatable.has(request.method) ? 1 + this.#options.retries : 1
    return persistently(() => this.#once(request), attempts)
  }

  close(): void {
    this.#agent.destroy()
  }

  #once({ method, target, headers, body }: ProviderRequest): Promise<ProviderReply> {
    const send = this.#base.protocol === 'https:' ? httpsRequest : httpRequest
    const { hostname, port, pathname } = this.#base
    return new Promise((resolve, reject) => {
      let [connected, replied] = [false, false]
      let call: ClientRequest
      try {
        call = send({
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port,
          method,
          path: `${pathname.replace(/\/$/, '')}${target}`,
          headers: [...this.#host(headers), ...headers, ...lengthOf(body)].flat(),
          agent: this.#agent,
          signal: AbortSignal.timeout(this.#options.timeoutMs),
        })
      } catch (error) {
        // A character that no header may have, say; Node names the header and not its value.
        reject(new NoReply(`the call cannot be sent: ${(error as Error).message}`, 'late', { cause: error }))
        return
      }
      call.on('socket', (socket: Socket) => {
        if (call.reusedSocket) connected = true
        else
          socket.once(this.#base.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
            connected = true
          })
      })
      call.on('error', (error) => {
        const late = isLate(error)
        const why = late ? this.#late(replied) : networkReason(error).text
        const kind = connected ? (late ? 'late' : 'broken') : 'unreachable'
        reject(new NoReply(why, kind, { cause: error }))
      })
      call.on('response', (reply) => {
        replied = true
        this.#read(reply, resolve, reject)
      })
      call.end(body)
    })
  }

  #late(replied: boolean): string {
    const { timeoutMs } = this.#options
    return replied ? `its reply was not whole within ${timeoutMs} ms` : `no reply within ${timeoutMs} ms`
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
          : new NoReply(
              isLate(error) ? this.#late(true) : `its reply broke off after ${size} bytes`,
              isLate(error) ? 'late' : 'broken',
              { cause: error },
            ),
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

const isLate = ({ name }: Error): boolean => name === 'TimeoutError' || name === 'AbortError'

const lengthOf = (body: Uint8Array | undefined): ProviderRequest['headers'] =>
  body === undefined ? [] : [['content-length', String(body.length)]]
