/** The client of a Pact Broker, against a small broker that speaks HAL on a real socket. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PactBroker } from '../../../src/contract/formats/pact/broker/broker.ts'
import { type BrokerCredentials, credentialsFrom } from '../../../src/contract/formats/pact/broker/hal.ts'
import { readPactFile } from '../../../src/contract/formats/pact/file/pact-file.ts'
import { freePort } from '../../support/pact-broker.ts'
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
      'pb:pacticipant-version-tag': {
        href: `${base}/pacticipants/{pacticipant}/versions/{version}/tags/{tag}`,
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
  'PUT /broker/pacticipants/orders%20api/versions/1.2.3/tags/test': json({}, 201),
  'POST /broker/pacts/1/results': json({}, 201),
  'GET /broker/matrix': json({
    summary: { deployable: null, reason: 'no result yet', success: 1, failed: 0, unknown: 1 },
    notices: [{ type: 'error', text: 'no result yet' }],
    matrix: [
      {
        consumer: { name: 'web', version: { number: '1' } },
        provider: { name: 'orders api', version: { number: '1.2.3' } },
        verificationResult: { success: true },
      },
      {
        consumer: { name: 'app', version: { number: '7' } },
        provider: { name: 'orders api', version: null },
        verificationResult: null,
      },
    ],
  }),
})

const client = (url: string, credentials?: BrokerCredentials, timeoutMs = 10_000): PactBroker =>
  new PactBroker({ url, credentials, fetch, timeoutMs })

const wanted = {
  provider: 'orders api',
  selectors: [{ mainBranch: true }, { deployedOrReleased: true }],
  branch: 'feat/x',
  tags: [],
  pending: true,
  wipSince: '2026-11-01',
}

const result = {
  success: false,
  providerVersion: '1.2.3',
  verifierVersion: '0.1.0',
  buildUrl: 'http://ci.example.com/7',
  testResults: [{ interactionId: 'a', success: false }],
}

describe('a Pact Broker', () => {
  it('gives the pacts of a provider, by selectors, with pending and work in progress', async () => {
    const { base, asked } = await aBroker()
    const broker = client(base, { kind: 'token', token: 'secret' })
    const [reference, ...more] = await broker.pactsFor(wanted)
    expect(more).toEqual([])
    const one = await broker.fetch(reference!)
    expect(one).toMatchObject({
      name: 'Pact between web (1) and orders api',
      pending: true,
      wip: false,
      notices: [{ when: 'before_verification', text: 'it is pending' }],
    })
    expect(readPactFile(one.content, matcher.ruleTools)).toMatchObject({
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
    const [reference] = await broker.pactsFor(wanted)
    const one = await broker.fetch(reference!)
    asked.length = 0
    const version = { name: 'orders api', version: '1.2.3', branch: 'feat/x', tags: ['test'] }
    await broker.describeVersion(version, one)
    await broker.publishResult(one, result)
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'PUT /broker/pacticipants/orders%20api/branches/feat%2Fx/versions/1.2.3',
      'PUT /broker/pacticipants/orders%20api/versions/1.2.3/tags/test',
      'POST /broker/pacts/1/results',
    ])
    expect(asked[2]!.body).toMatchObject({
      success: false,
      providerApplicationVersion: '1.2.3',
      testResults: result.testResults,
    })
    expect(asked[2]!.authorization).toBe(`Basic ${Buffer.from('ci:pässword').toString('base64')}`)
  })

  it('says whether a version may be deployed, and that results are missing', async () => {
    const { base, asked } = await aBroker()
    const question = {
      pacticipant: 'web',
      selector: { version: '1' },
      to: { environment: 'test' },
      ignore: ['x'],
    }
    expect(await client(base).canIDeploy(question)).toEqual({
      deployable: undefined,
      reason: 'no result yet',
      unknown: 1,
      notices: [{ type: 'error', text: 'no result yet' }],
      rows: [
        {
          consumer: 'web',
          consumerVersion: '1',
          provider: 'orders api',
          providerVersion: '1.2.3',
          success: true,
        },
        { consumer: 'app', consumerVersion: '7', provider: 'orders api' },
      ],
    })
    const { pathname, searchParams } = new URL(asked[0]!.url, base)
    expect(pathname).toBe('/broker/matrix')
    expect([...searchParams]).toEqual([
      ['q[][pacticipant]', 'web'],
      ['q[][version]', '1'],
      ['latestby', 'cvp'],
      ['environment', 'test'],
      ['ignore[][pacticipant]', 'x'],
    ])
  })

  it.each([
    [{ latest: true }, { tag: 'prod' }, 'q[][latest]=true&latestby=cvp&latest=true&tag=prod'],
    [
      { branch: 'main' },
      { mainBranches: true },
      'q[][latest]=true&q[][branch]=main&latestby=cvp&latest=true&mainBranch=true',
    ],
    [{ tag: 'dev' }, { latest: true }, 'q[][latest]=true&q[][tag]=dev&latestby=cvp&latest=true'],
  ] as const)('asks the matrix for %j to %j', async (selector, to, query) => {
    const { base, asked } = await aBroker()
    await client(base).canIDeploy({ pacticipant: 'web', selector, to, ignore: [] })
    expect(decodeURIComponent(asked[0]!.url.split('?')[1]!)).toBe(`q[][pacticipant]=web&${query}`)
  })

  it('sends no credentials to where a link leads away', async () => {
    const elsewhere = await aBroker()
    const { base, asked } = await aBroker({
      'GET /broker': (_asked, response) => usual(elsewhere.base)['GET /broker']!(_asked, response),
    })
    const broker = client(base, { kind: 'token', token: 'secret' })
    const [reference] = await broker.pactsFor(wanted)
    await broker.fetch(reference!)
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer secret'])
    expect(elsewhere.asked.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
  })

  it.each([
    ['is none', json({ _links: {} }), 'names no link for pacts for verification'],
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

  it('that refuses a request says why, in the words of each version', async () => {
    const asking = async (answer: unknown): Promise<string> => {
      const path = 'POST /broker/pacts/provider/orders%20api/for-verification'
      const { base } = await aBroker({ [path]: json(answer, 400) })
      return client(base)
        .pactsFor(wanted)
        .then(String, (error: Error) => error.message.replace(/^.* answered /, ''))
    }
    expect(await asking({ errors: { consumerVersionSelectors: ['are wrong', 'at [0]'] } })).toBe(
      '400: consumerVersionSelectors are wrong; consumerVersionSelectors at [0]',
    )
    expect(await asking({ errors: ['a\u001b[31m', { detail: 'b' }] })).toBe('400: a [31m; b')
    expect(await asking({ error: { message: 'c' } })).toBe('400: c')
    expect(await asking({ title: 't', detail: 'd' })).toBe('400: d')
  })

  it('takes credentials from its address, and shows none', async () => {
    const { base, asked } = await aBroker()
    const broker = client(base.replace('//', '//ci:p%40ss@'))
    await broker.pactsFor(wanted)
    expect(asked[0]!.authorization).toBe(`Basic ${Buffer.from('ci:p@ss').toString('base64')}`)
    expect(broker.url).not.toContain('ci')
    const port = await freePort()
    const down = client(`http://ci:secret@127.0.0.1:${port}/x`)
    const told = await down.pactsFor(wanted).catch((error: Error) => error.message)
    expect(told).toBe(`http://127.0.0.1:${port}/x did not answer: nothing listens there (connection refused)`)
    expect(() => client('ftp://ci:secret@x')).toThrow('the address of the Pact Broker is none')
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
