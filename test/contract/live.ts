/** A running proxy whose service `orders` has a contract in force, and a client of it. */
import { request } from 'node:http'
import type { Breach } from '../../src/core/contract.ts'
import { proxy, type TestProxy, type TestProxyOptions } from '../support/proxy.ts'
import { upstream } from '../support/upstream.ts'

export const liveSpec = `openapi: 3.0.3
info: { title: Orders, version: 1.0.0 }
paths:
  /orders:
    get:
      parameters:
        - { name: page, in: query, schema: { type: integer, minimum: 1 } }
        - { name: x-tenant, in: header, required: true, schema: { type: string, pattern: '^t-' } }
      responses:
        '200':
          description: all
          headers: { x-total: { required: true, schema: { type: integer } } }
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Order' } } } }
    post:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: '#/components/schemas/Order' } }
          application/x-www-form-urlencoded:
            schema: { type: object, required: [id], properties: { id: { type: integer }, tags: { type: array, items: { type: integer } } } }
      responses:
        '201': { description: made }
  /orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: one
          content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } }
        '404': { description: none }
  /events:
    get:
      responses:
        '200': { description: live, content: { text/event-stream: { schema: { type: string } } } }
components:
  schemas:
    Order:
      type: object
      required: [id, state]
      additionalProperties: false
      properties:
        id: { type: integer }
        state: { type: string, enum: [open, paid] }
        note: { type: string, maxLength: 100 }
`

export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export const ask = (port: number, { method, path, headers, body }: Asked): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const own = { host: 'orders', ...headers }
    const out = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: own,
      },
      (reply) => {
        let text = ''
        reply.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        reply.on('end', () => resolve({ status: reply.statusCode!, headers: reply.headers, body: text }))
        reply.on('error', reject)
      },
    )
    out.on('error', reject)
    out.end(body)
  })

/** `status body`, with headers. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Contracted {
  readonly app: TestProxy
  /** How often the real service was asked. */
  asked(): number
}

export type Who = 'mock' | 'real'

/** A service that gives this one reply to everything, by a mock or for real. */
export const answering = async (
  who: Who,
  enforce: 'warn' | 'fail',
  reply: Reply,
  { settings = '', ...options }: TestProxyOptions & { readonly settings?: string } = {},
): Promise<Contracted> => {
  const { status = 200, headers = { 'content-type': 'application/json' }, body } = reply
  let asked = 0
  const real = await upstream((incoming, response) => {
    asked++
    incoming.resume().on('end', () => response.writeHead(status, headers).end(body))
  })
  const mode = who === 'mock' ? 'mock' : 'passthrough'
  const mock = JSON.stringify({
    status,
    headers,
    ...(body !== undefined && { bodyBase64: Buffer.from(body).toString('base64') }),
  })
  const app = await proxy(
    {
      'svc-mock.yaml': `services:\n  orders:\n    mode: ${mode}\n    upstream: 'http://127.0.0.1:${real.port}'\n    contract: { openapi: ./orders.yaml, enforce: ${enforce} }\n${settings}`,
      'orders.yaml': liveSpec,
      'mocks/orders/1.0.0/any.yaml': `mocks:\n  - name: any\n    response: ${mock}\n`,
    },
    options,
  )
  return { app, asked: () => asked }
}

/** `side rule path`. */
export const shortly = (breaches: readonly Breach[] = []): string[] =>
  breaches.map(({ side, rule, path }) => `${side} ${rule} ${path}`)

export const order = '{"id":1,"state":"open"}'
