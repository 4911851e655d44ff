/** A small real provider for Pact files: orders over HTTP, states, messages; and a verification against it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { stateUrl } from '../../../src/app/contract/provider-states.ts'
import { type PactVerified, type VerifyPactOptions, verifyPacts } from '../../../src/app/pact/verify-pact.ts'
import { makeFolder } from '../../support/spawn-workspace.ts'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export interface PactProvider {
  readonly url: URL
  readonly asked: Asked[]
  readonly states: {
    readonly state: string
    readonly action: string
    readonly consumer?: string
    readonly params?: unknown
  }[]
}

type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]

/** Orders 42 and whatever the state "an order exists" makes (77); messages by description. */
const usual: Readonly<Record<string, Answer>> = {
  'GET /orders/42': [200, { id: 42, total: 12.5, state: 'OPEN', more: true }, { 'x-page': '1' }],
  'GET /orders/77': [200, { id: 77, total: 3, state: 'PAID' }],
  'POST /orders': [201, { id: 1 }],
  'POST /': [
    200,
    { order: 42 },
    { 'pact-message-metadata': Buffer.from('{"topic":"orders"}').toString('base64') },
  ],
}

export const pactProvider = async (own: Readonly<Record<string, Answer>> = {}): Promise<PactProvider> => {
  const asked: Asked[] = []
  const states: PactProvider['states'] = []
  const answers: Readonly<Record<string, Answer>> = { ...usual, ...own }
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = await text(request)
    if (url === '/_states') {
      const state = JSON.parse(body) as PactProvider['states'][number]
      states.push(state)
      if (state.state === 'impossible') response.writeHead(500).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": 77}')
      return
    }
    asked.push({ method, url, headers, body })
    const [status, value, more] = answers[`${method} ${url.split('?')[0]}`] ?? [404, { error: 'none' }]
    if (status === 0) request.socket.destroy()
    else
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...more })
        .end(typeof value === 'string' ? value : JSON.stringify(value))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked, states }
}

type Fields = Readonly<Record<string, unknown>>

export const pactOf = (
  interactions: readonly Fields[],
  { consumer = 'web', version = '3.0.0', key = 'interactions' } = {},
): Fields => ({
  consumer: { name: consumer },
  provider: { name: 'orders' },
  [key]: interactions,
  metadata: { pactSpecification: { version } },
})

export const anOrder: Fields = {
  description: 'an order',
  request: { method: 'GET', path: '/orders/42' },
  response: {
    status: 200,
    headers: { 'X-Page': '1' },
    body: { id: 42, total: 1.5 },
    matchingRules: { body: { '$.total': { matchers: [{ match: 'decimal' }] } } },
  },
}

/** `pacts`: files of a folder by name, as values or as text. */
export const verify = (
  pacts: Readonly<Record<string, unknown>>,
  provider: PactProvider,
  options: Partial<VerifyPactOptions> = {},
  own: Partial<VerifyPactOptions['sources']> = {},
): Promise<PactVerified> => {
  const cwd = makeFolder(
    Object.fromEntries(
      Object.entries(pacts).map(([name, pact]) => [
        `pacts/${name}`,
        typeof pact === 'string' ? pact : JSON.stringify(pact, null, 2),
      ]),
    ),
  )
  return verifyPacts({
    sources: sources({ from: ['pacts'], cwd, ...own }),
    provider: provider.url,
    messageUrl: undefined,
    headers: [],
    states: undefined,
    concurrency: 4,
    timeoutMs: 5_000,
    retries: 0,
    failFast: false,
    publish: undefined,
    version: '0.1.0',
    ...options,
  })
}

export const sources = (own: Partial<VerifyPactOptions['sources']>): VerifyPactOptions['sources'] => ({
  from: [],
  cwd: '/',
  service: undefined,
  consumers: [],
  broker: {
    credentials: undefined,
    selectors: [],
    branch: undefined,
    tags: [],
    pending: false,
    wipSince: undefined,
    noneIsFine: false,
    timeoutMs: 5_000,
  },
  ...own,
})

export const statesOf = (provider: PactProvider) => stateUrl(`${provider.url.origin}/_states`, undefined, [])
