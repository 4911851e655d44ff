/** The client of a Pact Broker, against a small broker that speaks HAL on a real socket. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type BrokerCredentials,
  credentialsFrom,
  PactBroker,
} from '../../../src/contract/formats/pact/broker.ts'
import { readPactFile } from '../../../src/contract/formats/pact/file/pact-file.ts'
import { matcher } from './tools.ts'

interface Asked {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly body: unknown
}

type Answer = (asked: Asked, response: ServerResponse) => void

/** Below `/broker`, as behind a reverse proxy; its links are absolute. `own`: answers in place of the usual ones. */
const aBroker = async (own: Readonly<Record<string, Answer>> = {}) => {
  const asked: Asked[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request
    const sent = await text(request)
    const one = {
      method,
      url,
      authorization: headers.authorization,
      body: sent === '' ? undefined : JSON.parse(sent),
    }
    asked.push(one)
    const key = `${method} ${url.split('?')[0]}`
    const answer = own[key] ?? usual(base)[key]
    if (answer === undefined) response.writeHead(404).end()
    else answer(one, response)
  }
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/broker`
  return { base, asked }
}

const json =
  (value: unknown, status = 200): Answer =>
  (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/hal+json' }).end(JSON.stringify(value))
  }

const pact = {
  consumer: { name: 'web' },
  provider: { name: 'orders api' },
  interactions: [{ description: 'an order', request: { path: '/orders/42' }, response: { status: 200 } }],
  metadata: { pactSpecification: { version: '3.0.0' } },
}

const usual = (base: string): Readonly<Record<string, Answer>> => ({
  'GET /broker': json({
    _links: {
      'pb:provider-pacts-for-verification': {
        href: `${base}/pacts/provider/{provider}/for-verification`,
        templated: true,
      },
      'pb:pacticipant-branch-version': {
        href: `${base}/pacticipants/{pacticipant}/branches/{branch}/versions/{version}`,
        templated: true,
      },
    },
  }),
  'POST /broker/pacts/provider/orders%20api/for-verification': json({
    _embedded: {
      pacts: [
        {
          verificationProperties: {
            pending: true,
            wip: false,
            notices: [{ when: 'before_verification', text: 'it is pending' }],
          },
          _links: { self: { href: `${base}/pacts/1`, name: 'Pact between web (1) and orders api' } },
        },
      ],
    },
  }),
  'GET /broker/pacts/1': json({
    ...pact,
    _links: { 'pb:publish-verification-results': { href: `${base}/pacts/1/results` } },
  }),
  'PUT /broker/pacticipants/orders%20api/branches/feat%2Fx/versions/1.2.3': json({}, 201),
  'POST /broker/pacts/1/results': json({}, 201),
  'GET /broker/can-i-deploy': json({ summary: { deployable: false, reason: 'no result yet' } }),
})

const client = (url: string, credentials?: BrokerCredentials, timeoutMs = 10_000): PactBroker =>
  new PactBroker({ url, credentials, fetch, timeoutMs })

const wanted = {
  provider: 'orders api',
  selectors: [{ mainBranch: true }, { deployedOrReleased: true }],
  branch: 'feat/x',
  pending: true,
  wipSince: '2026-11-01',
}

const result = {
  success: false,
  providerVersion: '1.2.3',
  branch: 'feat/x',
  buildUrl: 'http://ci.example.com/7',
  testResults: [{ interactionId: 'a', success: false }],
}

describe('a Pact Broker', () => {
  it('gives the pacts of a provider, by selectors, with pending and work in progress', async () => {
    const { base, asked } = await aBroker()
    const [one, ...more] = await client(base, { kind: 'token', token: 'secret' }).pactsFor(wanted)
    expect(more).toEqual([])
    expect(one).toMatchObject({
      name: 'Pact between web (1) and orders api',
      pending: true,
      wip: false,
      notices: ['it is pending'],
    })
    expect(readPactFile(one!.content, matcher.ruleTools)).toMatchObject({
      consumer: 'web',
      problems: [],
      interactions: [{}],
    })
    expect(asked[1]!.body).toEqual({
      consumerVersionSelectors: wanted.selectors,
      includePendingStatus: true,
      providerVersionBranch: 'feat/x',
      includeWipPactsSince: '2026-11-01',
    })
    expect(asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer secret',
      'Bearer secret',
      'Bearer secret',
    ])
  })

  it('takes results, with the branch told first', async () => {
    const { base, asked } = await aBroker()
    const broker = client(base, { kind: 'basic', user: 'ci', password: 'pässword' })
    const [one] = await broker.pactsFor(wanted)
    asked.length = 0
    await broker.publish('orders api', one!, result)
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /broker',
      'PUT /broker/pacticipants/orders%20api/branches/feat%2Fx/versions/1.2.3',
      'POST /broker/pacts/1/results',
    ])
    expect(asked[2]!.body).toMatchObject({
      success: false,
      providerApplicationVersion: '1.2.3',
      testResults: result.testResults,
    })
    expect(asked[2]!.authorization).toBe(`Basic ${Buffer.from('ci:pässword').toString('base64')}`)
  })

  it('says whether a version may be deployed', async () => {
    const { base, asked } = await aBroker()
    expect(await client(base).canIDeploy('orders api', '1.2.3', 'test')).toEqual({
      deployable: false,
      reason: 'no result yet',
    })
    expect(asked[0]).toMatchObject({
      url: '/broker/can-i-deploy?pacticipant=orders+api&version=1.2.3&environment=test',
      authorization: undefined,
    })
  })

  it('sends no credentials to where a link leads away', async () => {
    const elsewhere = await aBroker()
    const { base, asked } = await aBroker({
      'GET /broker': (_asked, response) => usual(elsewhere.base)['GET /broker']!(_asked, response),
    })
    await client(base, { kind: 'token', token: 'secret' }).pactsFor(wanted)
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer secret'])
    expect(elsewhere.asked.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
  })

  it.each([
    ['is none', json({ _links: {} }), 'names no pacts for verification'],
    ['refuses', json({}, 401), 'answered 401'],
    ['fails', json({}, 503), 'answered 503'],
    [
      'answers HTML',
      ((_asked, response) => void response.end('<html>')) as Answer,
      'something that is no JSON',
    ],
    ['breaks off', ((_asked, response) => void response.destroy()) as Answer, 'did not answer'],
  ])('that %s is told', async (_title, answer, message) => {
    const { base } = await aBroker({ 'GET /broker': answer })
    const asking = client(base, { kind: 'token', token: 'secret' }).pactsFor(wanted)
    await expect(asking).rejects.toMatchObject({
      code: 'BROKER_FAILED',
      message: expect.stringContaining(message) as string,
    })
    await asking.catch((error: Error) => expect(error.message).not.toContain('secret'))
  })

  it('that never answers is waited for only so long', async () => {
    const { base } = await aBroker({ 'GET /broker': () => undefined })
    await expect(client(base, undefined, 50).pactsFor(wanted)).rejects.toMatchObject({
      message: expect.stringContaining('nothing came within 50 ms') as string,
    })
  })
})

it('credentials come from the variables of Pact', () => {
  expect(credentialsFrom({ PACT_BROKER_TOKEN: 't', PACT_BROKER_USERNAME: 'u' })).toEqual({
    kind: 'token',
    token: 't',
  })
  expect(credentialsFrom({ PACT_BROKER_USERNAME: 'u', PACT_BROKER_PASSWORD: 'p' })).toEqual({
    kind: 'basic',
    user: 'u',
    password: 'p',
  })
  expect(credentialsFrom({ PACT_BROKER_TOKEN: '' })).toBeUndefined()
})
