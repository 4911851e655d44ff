/** A small real service with orders, in a good version and several that drifted; and a verification of mocks against it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type VerifyProviderOptions, verifyProvider } from '../../src/app/contract/verify-provider.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { workspace } from '../support/workspace.ts'

export type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]

/** By `METHOD path`; what is not there is 404. */
export type Answers = Readonly<Record<string, Answer>>

export const goodAnswers: Answers = {
  'GET /orders/42': [
    200,
    {
      id: 77,
      state: 'PAID',
      total: 1,
      note: null,
      at: '2026-11-21T10:00:00Z',
      items: [{ sku: 'Z-9', count: 3 }],
    },
    { 'x-total': '1' },
  ],
  'GET /orders': [200, [{ id: 1 }, { id: 2 }]],
  'POST /orders': [201, { id: 99 }],
}

export interface TestService {
  readonly url: string
  /** `METHOD path`, in order. */
  readonly asked: string[]
  /** The same, whole. */
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[]
  readonly states: unknown[]
}

export const service = async (answers: Answers): Promise<TestService> => {
  const asked: string[] = []
  const states: unknown[] = []
  const requests: TestService['requests'] = []
  const state = (request: IncomingMessage, response: ServerResponse): void => {
    let text = ''
    request
      .on('data', (piece) => {
        text += piece
      })
      .on('end', () => {
        states.push(JSON.parse(text))
        response.writeHead(text.includes('impossible') ? 500 : 200).end()
      })
  }
  const server = createServer((request, response) => {
    if (request.url === '/_states') {
      state(request, response)
      return
    }
    const path = request.url!.split('?')[0]!
    asked.push(`${request.method} ${request.url}`)
    const [status, body, headers] = answers[`${request.method} ${path}`] ?? [404, { error: 'none' }]
    let text = ''
    request.setEncoding('utf8').on('data', (piece) => {
      text += piece
    })
    request.on('end', () => {
      requests.push({ headers: request.headers, body: text })
      if (status === 0) request.socket.destroy()
      else if (typeof body === 'string')
        response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body)
      else
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.closeAllConnections())
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, states, requests }
}

export const goodMocks = `mocks:
  - name: one
    request: { method: GET, path: /orders/42 }
    response:
      headers: { x-total: '5' }
      body: { id: 42, state: OPEN, total: 12.5, note: null, at: '2026-01-01T00:00:00Z', items: [{ sku: A-1, count: 1 }] }
  - name: all
    request: { method: GET, path: /orders }
    response: { body: [{ id: 1 }] }
`

export const files = (mocks: string): Readonly<Record<string, string>> => ({
  'svc-mock.yaml': 'name: shop\nservices:\n  orders:\n    hosts: [orders.test.example.com]\n',
  'mocks/orders/1.4.0/orders.yaml': mocks,
})

export const verify = async (
  mocks: string,
  url: string,
  options: Partial<VerifyProviderOptions> = {},
  more: Readonly<Record<string, string>> = {},
) => {
  const space = workspace({ ...files(mocks), ...more })
  const { config, problems } = loadConfig({ cwd: space.folder, env: {}, flags: {} })
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  return verifyProvider(config, {
    provider: new URL(url),
    service: undefined,
    version: undefined,
    headers: [],
    values: new Map(),
    states: undefined,
    unsafe: false,
    idempotent: false,
    concurrency: 4,
    timeoutMs: 5_000,
    retries: 1,
    failFast: false,
    ...options,
  })
}
