/** The same request to both, and what came back of it. */
import { Agent, request } from 'node:http'

export interface Sent {
  readonly method: string
  readonly path: string
  /** Raw pairs; a name may stand twice. */
  readonly headers?: readonly string[]
  readonly body?: Uint8Array | string
}

export interface Came {
  /** 0: the connection broke. */
  readonly status: number
  readonly statusText: string
  readonly body: string
  readonly headers: readonly string[]
}

export class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 12 })
  private readonly port: number

  constructor(port: number) {
    this.port = port
  }

  close(): void {
    this.agent.destroy()
  }

  /** A connection that was closed in between is tried again, so that only a reply that breaks counts. */
  async ask(sent: Sent): Promise<Came> {
    const came = await this.once(sent, this.agent)
    return came.status === 0 ? this.afresh(sent) : came
  }

  /** On a connection of its own, which stays open. */
  async afresh(sent: Sent): Promise<Came> {
    const fresh = new Agent({ keepAlive: true })
    try {
      return await this.once(sent, fresh)
    } finally {
      fresh.destroy()
    }
  }

  private once({ method, path, headers = [], body }: Sent, agent: Agent): Promise<Came> {
    const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))]
    const hosted = headers.some((name, i) => i % 2 === 0 && name === 'host')
    const all = [...(hosted ? [] : ['host', 'wiremock.test']), ...headers, ...length]
    return new Promise((resolve) => {
      const broken = (): void => resolve({ status: 0, statusText: '', body: '', headers: [] })
      const out = request(
        { host: '127.0.0.1', port: this.port, method, path, headers: all, agent },
        (reply) => {
          const pieces: Buffer[] = []
          reply.on('data', (piece: Buffer) => pieces.push(piece))
          reply.on('error', broken)
          reply.on('aborted', broken)
          reply.on('end', () =>
            resolve({
              status: reply.statusCode ?? 0,
              statusText: reply.statusMessage ?? '',
              body: Buffer.concat(pieces).toString('latin1'),
              headers: reply.rawHeaders,
            }),
          )
        },
      )
      out.on('error', broken)
      out.end(body)
    })
  }
}
