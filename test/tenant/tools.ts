/** Real services that say who they are, and calls in somebody's lane. */
import { request } from 'node:http'
import { upstream } from '../support/upstream.ts'

export interface Told {
  readonly status: number
  readonly body: string
}

/** What one instance was asked, and how. */
export interface Named {
  readonly port: number
  readonly address: string
  /** Header lines of each call, in order. */
  readonly seen: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[]
  stop(): Promise<void>
}

/** Answers its name. */
export const instance = async (name: string): Promise<Named> => {
  const seen: Named['seen'] = []
  const { port, server } = await upstream((call, answer) => {
    let body = ''
    call.setEncoding('utf8')
    call.on('data', (text: string) => {
      body += text
    })
    call.on('end', () => {
      seen.push({ headers: call.headers, body })
      answer.end(name)
    })
  })
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port, address: `http://127.0.0.1:${port}`, seen, stop }
}

export const baggage = (tenant: string): Record<string, string> => ({ baggage: `svcm-tenant=${tenant}` })

/** A call through the proxy at `port`, in absolute form. */
export const call = (
  port: number,
  url: string,
  headers: Readonly<Record<string, string | string[]>> = {},
  body?: string,
): Promise<Told> =>
  new Promise((resolve, reject) => {
    const { host } = new URL(url)
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: url,
        method: body === undefined ? 'GET' : 'POST',
        headers: { host, ...headers },
        agent: false,
      },
      (reply) => {
        let text = ''
        reply.setEncoding('utf8')
        reply.on('data', (piece: string) => {
          text += piece
        })
        reply.on('end', () => resolve({ status: reply.statusCode!, body: text }))
        reply.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
