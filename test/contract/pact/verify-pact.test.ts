/** Pact files replayed against a provider: what it keeps is silent, what it broke is told at the interaction's place. */
import { describe, expect, it } from 'vitest'
import type { Violation } from '../../../src/contract/violation.ts'
import { anOrder, pactOf, pactProvider, statesOf, verify } from './pact-provider.ts'

const shortly = (findings: readonly Violation[]): string[] =>
  findings.map(({ severity, rule, path, mock }) => `${severity} ${rule} ${mock} ${path}`)

const response = anOrder['response'] as Readonly<Record<string, unknown>>
const expecting = (change: Readonly<Record<string, unknown>>) => ({
  ...anOrder,
  response: { ...response, ...change },
})

describe('an HTTP interaction', () => {
  it('that the provider keeps is silent, whatever more it says', async () => {
    const provider = await pactProvider()
    const { report } = await verify({ 'web.json': pactOf([anOrder]) }, provider)
    expect(report).toMatchObject({
      command: 'verify --pact',
      against: [`orders: ${provider.url.origin}`],
      findings: [],
      problems: [],
      skipped: {},
      complete: true,
      checked: [
        {
          name: 'an order',
          service: 'orders',
          operation: 'GET /orders/42',
          at: { file: 'pacts/web.json', line: 9 },
        },
      ],
    })
  })

  it.each([
    ['a status', { status: 201 }, ['violation response-status an order response.status']],
    ['a header', { headers: { 'X-Page': '2' } }, ['violation header an order response.headers.X-Page']],
    [
      'a missing header',
      { headers: { 'X-Gone': '1' } },
      ['violation missing-header an order response.headers.X-Gone'],
    ],
    ['a value', { body: { id: 43 } }, ['violation body an order response.body.id']],
    ['a field', { body: { id: 42, gone: { a: 1 } } }, ['violation body an order response.body']],
    [
      'a content type',
      { headers: { 'Content-Type': 'text/xml' }, body: '<a/>' },
      [
        'violation header an order response.headers.Content-Type',
        'violation content-type an order response.body',
      ],
    ],
  ])('that it broke in %s is told', async (_title, change, wanted) => {
    const provider = await pactProvider()
    const { report } = await verify({ 'web.json': pactOf([expecting(change)]) }, provider)
    const found = shortly(report.findings)
    for (const one of wanted)
      expect(
        found.some((text) => text.startsWith(one)),
        `${one} in ${found}`,
      ).toBe(true)
    expect(found).toHaveLength(wanted.length)
    expect(report.findings[0]!.at).toMatchObject({ file: 'pacts/web.json', line: 9 })
  })

  it("is sent as each version writes it, credentials in place of the file's", async () => {
    const request = {
      method: 'post',
      path: '/orders/a b%20c/é',
      headers: { Authorization: 'Bearer example', Accept: 'a/b, c/d', 'Content-Length': '99' },
      body: { big: 1 },
    }
    const provider = await pactProvider()
    await verify(
      {
        '2.json': pactOf([{ description: '2', request: { ...request, query: 'a=1&a=%26' }, response: {} }], {
          version: '2.0.0',
        }),
        '4.json': pactOf(
          [
            {
              type: 'Synchronous/HTTP',
              description: '4',
              request: {
                ...request,
                query: { a: ['1', '&'] },
                headers: { Accept: ['a/b', 'c/d'] },
                body: { content: 'AAEC', contentType: 'application/octet-stream', encoded: 'base64' },
              },
              response: { status: 200 },
            },
          ],
          { version: '4.0' },
        ),
      },
      provider,
      { headers: [['authorization', 'Bearer real']] },
    )
    expect(provider.asked.map(({ url }) => url)).toEqual([
      '/orders/a%20b%20c/%C3%A9?a=1&a=%26',
      '/orders/a%20b%20c/%C3%A9?a=1&a=%26',
    ])
    const [two, four] = provider.asked
    expect(two).toMatchObject({
      method: 'POST',
      body: '{"big":1}',
      headers: {
        authorization: 'Bearer real',
        accept: 'a/b, c/d',
        'content-type': 'application/json',
        'content-length': '9',
      },
    })
    expect(four).toMatchObject({
      body: '\u0000\u0001\u0002',
      headers: { 'content-type': 'application/octet-stream' },
    })
  })

  it('that is pending fails nobody', async () => {
    const pending = { ...expecting({ status: 500 }), type: 'Synchronous/HTTP', pending: true }
    const { report } = await verify(
      { 'web.json': pactOf([pending], { version: '4.0' }) },
      await pactProvider(),
    )
    expect(shortly(report.findings)).toEqual(['pending response-status an order response.status'])
  })

  it("names the consumer's test, of V4", async () => {
    const one = {
      ...expecting({ status: 500 }),
      type: 'Synchronous/HTTP',
      comments: { testname: 'shows an order', text: ['see the shop'] },
    }
    const { report } = await verify({ 'web.json': pactOf([one], { version: '4.0' }) }, await pactProvider())
    expect(report.findings[0]!.hint).toBe("the consumer's test: shows an order; see the shop")
  })
})

describe('provider states', () => {
  const stated = {
    ...anOrder,
    providerStates: [{ name: 'a user', params: { role: 'x' } }, { name: 'an order exists' }],
    request: {
      method: 'GET',
      path: '/orders/1',
      query: { as: ['y'] },
      generators: {
        path: { type: 'ProviderState', expression: '/orders/${id}' },
        query: { as: { type: 'ProviderState', expression: '${role}' } },
      },
    },
    response: {
      status: 200,
      body: { id: 1 },
      generators: { body: { '$.id': { type: 'ProviderState', expression: '${id}' } } },
    },
  }

  it("are set up and torn down by Pact's protocol, and their values go into calls and answers", async () => {
    const provider = await pactProvider()
    const { report } = await verify({ 'web.json': pactOf([stated]) }, provider, {
      states: statesOf(provider),
    })
    expect(report.findings).toEqual([])
    expect(report.checked[0]!.name).toBe('an order (given a user, and an order exists)')
    expect(provider.asked.map(({ url }) => url)).toEqual(['/orders/77?as=x'])
    expect(provider.states).toEqual([
      { consumer: 'web', state: 'a user', params: { role: 'x' }, action: 'setup' },
      { consumer: 'web', state: 'an order exists', params: {}, action: 'setup' },
      { consumer: 'web', state: 'an order exists', params: {}, action: 'teardown' },
      { consumer: 'web', state: 'a user', params: { role: 'x' }, action: 'teardown' },
    ])
  })

  it('that expect the example are right, too', async () => {
    const byExample = {
      ...stated,
      request: { method: 'GET', path: '/orders/42' },
      response: { ...stated.response, body: { id: 42 } },
    }
    const provider = await pactProvider()
    const { report } = await verify({ 'web.json': pactOf([byExample]) }, provider, {
      states: statesOf(provider),
    })
    expect(report.findings).toEqual([])
  })

  it('with an empty name come before calls that need none', async () => {
    const provider = await pactProvider()
    await verify({ 'web.json': pactOf([anOrder]) }, provider, { states: statesOf(provider) })
    expect(provider.states.map(({ state, action }) => `${action} ${state}`)).toEqual(['setup ', 'teardown '])
  })

  it('that cannot be set up fail, send nothing, and are not torn down', async () => {
    const provider = await pactProvider()
    const impossible = { ...anOrder, providerState: 'impossible' }
    const { report } = await verify({ 'web.json': pactOf([impossible], { version: '2.0.0' }) }, provider, {
      states: statesOf(provider),
    })
    expect(shortly(report.findings)).toEqual(['violation state-failed an order (given impossible) '])
    expect(provider.asked).toEqual([])
    expect(provider.states.map(({ action }) => action)).toEqual(['setup'])
  })

  it('that nobody sets up are told, and the call is made', async () => {
    const { report } = await verify(
      { 'web.json': pactOf([{ ...anOrder, providerState: 'x' }]) },
      await pactProvider(),
    )
    expect(report.findings).toMatchObject([
      { severity: 'note', message: expect.stringContaining('--state-url') as string },
    ])
    expect(report.checked).toHaveLength(1)
  })
})

describe('messages', () => {
  const message = {
    description: 'an order was placed',
    contents: { order: 1 },
    metaData: { topic: 'orders', contentType: 'application/json' },
  }
  const ruled = { ...message, matchingRules: { body: { '$.order': { matchers: [{ match: 'integer' }] } } } }

  it('are asked for by description and states', async () => {
    const provider = await pactProvider()
    const one = { ...ruled, providerStates: [{ name: 's', params: { a: 1 } }] }
    const { report } = await verify({ 'web.json': pactOf([one], { key: 'messages' }) }, provider)
    expect(report.findings.filter(({ severity }) => severity === 'violation')).toEqual([])
    expect(provider.asked).toMatchObject([{ method: 'POST', url: '/' }])
    expect(JSON.parse(provider.asked[0]!.body)).toEqual({
      description: 'an order was placed',
      providerStates: [{ name: 's', params: { a: 1 } }],
    })
  })

  it('are compared with their metadata', async () => {
    const other = { ...message, metaData: { topic: 'invoices', key: 1 } }
    const { report } = await verify(
      { 'web.json': pactOf([other], { key: 'messages' }) },
      await pactProvider(),
    )
    expect(shortly(report.findings).sort()).toEqual([
      'violation body an order was placed message.contents.order',
      'violation metadata an order was placed message.metadata.key',
      'violation metadata an order was placed message.metadata.topic',
    ])
  })

  it('of V4 come from --message-url; synchronous ones send their request along', async () => {
    const provider = await pactProvider({ 'POST /_messages': [200, { order: 42 }] })
    const contents = { content: { order: 1 }, contentType: 'application/json', encoded: false }
    const rules = { matchingRules: ruled.matchingRules }
    const v4 = [
      { type: 'Asynchronous/Messages', description: 'async', contents, ...rules },
      {
        type: 'Synchronous/Messages',
        description: 'sync',
        request: { contents: { content: 'which?', contentType: 'text/plain' } },
        response: [{ contents, ...rules }],
      },
      { type: 'Synchronous/Messages', description: 'by a plugin', pluginConfiguration: { protobuf: {} } },
      { type: 'Synchronous/HTTP', description: 'rpc', transport: 'grpc', request: {}, response: {} },
    ]
    const { report } = await verify({ 'web.json': pactOf(v4, { version: '4.0' }) }, provider, {
      messageUrl: new URL('/_messages?x=1', provider.url),
    })
    expect(report.findings).toEqual([])
    expect(report.skipped).toEqual({ 'interaction of a plugin': 1, 'interaction over grpc': 1 })
    expect(provider.asked.map(({ url, body }) => [url, JSON.parse(body)])).toEqual([
      ['/_messages?x=1', { description: 'async' }],
      [
        '/_messages?x=1',
        { description: 'sync', request: { contents: { content: 'which?', contentType: 'text/plain' } } },
      ],
    ])
  })

  it('that the provider does not know fail', async () => {
    const provider = await pactProvider({ 'POST /': [404, {}] })
    const { report } = await verify({ 'web.json': pactOf([message], { key: 'messages' }) }, provider)
    expect(shortly(report.findings)).toEqual(['violation no-message an order was placed '])
  })
})

describe('a folder', () => {
  it('with broken, newer and other files tells each once, and verifies the rest', async () => {
    const { report } = await verify(
      {
        'a.json': pactOf([anOrder], { version: '5.0' }),
        'b.json': '{ "consumer": ',
        'c.json': pactOf([anOrder, { description: 'x', request: { headers: { A: {} } }, response: {} }]),
        'd.json': { name: 'package', version: '1.0.0' },
        'e.txt': 'no',
      },
      await pactProvider(),
    )
    expect(report.problems.map(({ at, message }) => [at.file, message])).toEqual([
      ['pacts/a.json', 'the file is of version 5.0 of the Pact specification, which is newer than 4'],
      ['pacts/b.json', expect.any(String)],
      ['pacts/c.json', expect.stringContaining('headers.A: must be a text')],
      ['pacts/d.json', 'it is no Pact file: it has neither interactions nor messages'],
    ])
    expect(report.problems[2]!.at.line).toBeGreaterThan(30)
    expect([report.checked.length, report.findings, report.complete]).toEqual([1, [], false])
  })

  it('of several providers needs one of them named, and consumers may be', async () => {
    const other = { ...pactOf([anOrder]), provider: { name: 'stock' } }
    const files = {
      'a.json': pactOf([anOrder]),
      'b.json': other,
      'c.json': pactOf([anOrder], { consumer: 'app' }),
    }
    const provider = await pactProvider()
    await expect(verify(files, provider)).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      hint: '--service takes one of: orders, stock',
    })
    const { report } = await verify(files, provider, {}, { service: 'Orders', consumers: ['web'] })
    expect([report.checked.length, report.skipped]).toEqual([
      1,
      { 'pact of another provider': 1, 'pact of another consumer': 1 },
    ])
    await expect(verify(files, provider, {}, { service: 'shop' })).rejects.toThrow(
      'no pact is about the provider shop',
    )
  })
})

describe('a provider that', () => {
  it('is down is told once', async () => {
    const provider = { ...(await pactProvider()), url: new URL('http://127.0.0.1:1') }
    await expect(verify({ 'a.json': pactOf([anOrder, anOrder]) }, provider)).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
    })
  })

  it('breaks off in the middle fails that interaction only', async () => {
    const provider = await pactProvider({ 'GET /broken': [0, ''] })
    const broken = { ...anOrder, description: 'broken', request: { path: '/broken' } }
    const { report } = await verify({ 'a.json': pactOf([anOrder, broken]) }, provider, { concurrency: 1 })
    expect(shortly(report.findings)).toEqual(['violation no-reply broken '])
  })

  it('fails ends the run with --fail-fast', async () => {
    const { report } = await verify(
      { 'a.json': pactOf([expecting({ status: 500 }), anOrder]) },
      await pactProvider(),
      {
        concurrency: 1,
        failFast: true,
      },
    )
    expect([report.checked.length, report.complete]).toEqual([1, false])
  })
})
