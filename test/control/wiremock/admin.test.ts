/** WireMock's admin API at the control address: every answer here is held against the published OpenAPI. */
import { request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SpecFiles } from '../../../src/contract/formats/openapi/document.ts'
import { openDescription } from '../../../src/contract/formats/openapi/operations.ts'
import { openControl } from '../../../src/control/server.ts'
import { routes } from '../../../src/control/wiremock/routes/index.ts'
import { proxy, type TestProxy } from '../../support/proxy.ts'
import { raw } from '../../support/raw.ts'
import { breachOf, file, operations } from './published.ts'

const files = {
  'svc-mock.yaml': 'control: { wiremock: true }\nservices: { orders: {}, stock: {} }\n',
  'mocks/orders/1.0.0/x.yaml': `mocks:
  - name: of a file
    request: { method: GET, path: '/orders/{id}', headers: { accept: text/plain } }
    response: { body: file }
    scenarioName: of a file
    newScenarioState: asked
`,
}

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: documents whose shape the schema checks
  readonly value: any
}

interface Admin {
  readonly test: TestProxy
  readonly control: { readonly address: string; readonly token: string }
  ask(line: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Calls the service by the proxy; the body, or the error's code. */
  call(
    line: string,
    options?: { readonly host?: string; readonly body?: string; readonly head?: string },
  ): Promise<string>
}

const exchange = (
  { address }: { readonly address: string },
  line: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const [host, port] = address.split(':')
    const [method, path] = line.split(' ')
    const call = request({ host, port, method, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, value: JSON.parse(text) }))
    })
    call.on('error', reject)
    call.end(body)
  })

/** The operation that a line is of, if any. */
const operationOf = (line: string): string | undefined => {
  const [method, url] = line.split(' ') as [string, string]
  const path = url.replace(/^.*\/__admin/, '').replace(/\?.*$/, '')
  const route = routes.find(
    (one) => one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )
  return route?.operation
}

const open = async (more: Readonly<Record<string, string>> = {}): Promise<Admin> => {
  const test = await proxy({ ...files, ...more })
  const control = await openControl(test.running)
  onTestFinished(() => control.close())
  const ask: Admin['ask'] = async (line, body, headers = {}) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const own = { authorization: `Bearer ${control.token}`, ...headers }
    const answer = await exchange(control, line, own, text)
    const operation = operationOf(line)
    if (operation !== undefined) expect(breachOf(operation, answer.status, answer.value)).toBeUndefined()
    return answer
  }
  const call: Admin['call'] = async (line, { host = 'orders', body = '', head = '' } = {}) => {
    const [method, path] = line.split(' ')
    const client = await raw(test.port)
    client.send(
      `${method} http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/plain\r\n${head}` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
    const text = await client.rest()
    return text.includes('200 OK')
      ? text.split('\r\n\r\n')[1]!
      : (/x-svc-mock-error: (\w+)/.exec(text)?.[1] ?? text.split('\r\n')[0]!)
  }
  return { test, control, ask, call }
}

const stub = (url: string, body: string, more: object = {}): object => ({
  request: { method: 'GET', url },
  response: { status: 200, body },
  ...more,
})

const detailsOf = ({ value }: Answer): readonly string[] =>
  value.errors.map(({ title, detail }: { title: string; detail?: string }) => detail ?? title)

describe('the published OpenAPI', () => {
  it('has every route that is served, and no other', () => {
    const served = routes.map(({ method, path, operation }) => [`${method} ${path}`, operation])
    expect(Object.fromEntries(served)).toEqual(Object.fromEntries(operations))
    expect(new Set(routes.map(({ operation }) => operation)).size).toBe(routes.length)
  })

  it('can be read as a contract, without a problem', async () => {
    const specs = new SpecFiles({ root: '/' })
    const description = await openDescription(file, specs)
    expect(specs.problems).toEqual([])
    expect(description!.operations).toHaveLength(routes.length)
  })

  it('knows what its schemas refuse', () => {
    expect(breachOf('countRequests', 200, { count: '1', requestJournalDisabled: false })).toContain('count')
    expect(breachOf('getMapping', 404, { errors: [] })).toBeDefined()
  })
})

describe('who may ask', () => {
  it('brings the token in the way that its client has', async () => {
    const { control } = await open()
    const { token } = control
    const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
    const status = async (headers: Readonly<Record<string, string>>, path = '/__admin/version') =>
      (await exchange(control, `GET ${path}`, headers, undefined)).status
    expect(await status({ authorization: `Bearer ${token}` })).toBe(200)
    expect(await status({ authorization: `Token ${token}` })).toBe(200)
    expect(await status({ authorization: basic(`anybody:${token}`) })).toBe(200)
    const host = control.address.replace('127.0.0.1', 'localhost')
    expect(await status({ authorization: `Token ${token}`, host })).toBe(200)
    expect(await status({})).toBe(401)
    expect(await status({ authorization: basic(`${token}:wrong`) })).toBe(401)
    expect(await status({ authorization: 'Basic no-pair' })).toBe(401)
    expect(await status({ authorization: `Token ${token}`, host: 'evil.test' })).toBe(421)
    expect(await status({ authorization: `Token ${token}`, origin: 'http://evil.test' })).toBe(403)
    // Our own commands have but one way.
    expect(await status({ authorization: basic(`anybody:${token}`) }, '/v1/status')).toBe(401)
    expect(await status({ authorization: `Bearer ${token}`, host }, '/v1/status')).toBe(421)
  })

  it('is told how to switch it on where it is off', async () => {
    const { ask } = await open({ 'svc-mock.yaml': 'services: { orders: {} }\n' })
    const answer = await ask('GET /__admin/mappings')
    expect(answer.status).toBe(501)
    expect(detailsOf(answer)[0]).toContain('--wiremock')
  })

  it.each([
    ['POST /__admin/mappings/save', 'svc-mock import wiremock'],
    ['POST /__admin/recordings/start', 'svc-mock record'],
    ['GET /__admin/files', 'library of mocks'],
    ['POST /__admin/shutdown', 'ended by who started it'],
    ['GET /__admin/docs/swagger', 'wiremock-admin.openapi.yaml'],
    ['PATCH /__admin/settings/extended', 'svc-mock does not serve'],
    ['PATCH /__admin/mappings', 'svc-mock does not serve PATCH on /__admin/mappings'],
    ['GET /__admin', 'svc-mock does not serve'],
  ])('is told of %s that it is not served, and what is instead', async (line, words) => {
    const { ask } = await open()
    const answer = await ask(line)
    expect(answer.status).toBe(501)
    expect(answer.value.errors[0].code).toBe(50)
    expect(JSON.stringify(answer.value)).toContain(words)
  })
})

describe('stubs', () => {
  it('are put, listed newest first, edited in place and removed', async () => {
    const { ask, call } = await open()
    const first = await ask('POST /__admin/mappings', stub('/a', 'first'))
    expect(first.status).toBe(201)
    const { id } = first.value
    await ask('POST /__admin/mappings', stub('/a', 'second'))
    expect(await call('GET /a')).toBe('second')
    await ask(`PUT /__admin/mappings/${id}`, stub('/a', 'edited'))
    expect(await call('GET /a')).toBe('second')
    const { value } = await ask('GET /__admin/mappings?limit=1')
    expect([value.meta.total, value.mappings.length, value.mappings[0].response.body]).toEqual([
      2,
      1,
      'second',
    ])
    expect((await ask('GET /__admin/mappings?offset=1')).value.mappings[0].id).toBe(id)
    expect((await ask(`DELETE /__admin/mappings/${value.mappings[0].id}`)).status).toBe(200)
    expect(await call('GET /a')).toBe('edited')
    expect((await ask('POST /__admin/mappings/remove', stub('/a', 'whatever'))).status).toBe(200)
    expect(await call('GET /a')).toBe('MOCK_NOT_MATCHED')
    expect((await ask(`GET /__admin/mappings/${id}`)).status).toBe(404)
    expect((await ask(`PUT /__admin/mappings/${id}`, stub('/a', 'x'))).status).toBe(404)
    expect((await ask(`POST /__admin/mappings/edit`, stub('/never', 'x'))).status).toBe(404)
  })

  it('leave the mocks of files alone', async () => {
    const { ask, call } = await open()
    await ask('POST /__admin/mappings', stub('/orders/1', 'stub'))
    expect(await call('GET /orders/1')).toBe('stub')
    await ask('DELETE /__admin/mappings')
    expect(await call('GET /orders/1')).toBe('file')
    expect((await ask('GET /__admin/mappings')).value.mappings).toEqual([])
  })

  it('answer for one service where the path names it, else for all', async () => {
    const { ask, call } = await open()
    await ask('POST /orders/__admin/mappings', stub('/a', 'of orders'))
    expect([await call('GET /a'), await call('GET /a', { host: 'stock' })]).toEqual([
      'of orders',
      'MOCK_NOT_MATCHED',
    ])
    await ask('POST /__admin/mappings', stub('/b', 'of all'))
    expect([await call('GET /b'), await call('GET /b', { host: 'stock' })]).toEqual(['of all', 'of all'])
    expect((await ask('GET /orders/__admin/mappings')).value.meta.total).toBe(1)
    expect((await ask('GET /__admin/mappings')).value.meta.total).toBe(2)
    expect((await ask('POST /orders/__admin/requests/count', { method: 'GET' })).value.count).toBe(2)
    expect((await ask('POST /__admin/requests/count', { method: 'GET' })).value.count).toBe(4)
    await ask('POST /stock/__admin/reset')
    expect((await ask('GET /__admin/mappings')).value.meta.total).toBe(2)
    expect((await ask('POST /__admin/requests/count', { method: 'GET' })).value.count).toBe(2)
    expect((await ask('GET /nobody/__admin/mappings')).status).toBe(404)
  })

  it('of a tenant are for its calls, and see no others', async () => {
    const { ask, call } = await open()
    const alice = { 'svcm-tenant': 'alice' }
    const tagged = { head: 'baggage: svcm-tenant=alice\r\n' }
    await ask('POST /__admin/mappings', stub('/a', 'hers'), alice)
    expect([await call('GET /a', tagged), await call('GET /a')]).toEqual(['hers', 'MOCK_NOT_MATCHED'])
    expect((await ask('POST /__admin/requests/count', { method: 'GET' }, alice)).value.count).toBe(1)
    await ask('POST /__admin/reset', undefined, alice)
    expect((await ask('POST /__admin/requests/count', { method: 'GET' })).value.count).toBe(1)
    expect(await call('GET /a', tagged)).toBe('MOCK_NOT_MATCHED')
    expect((await ask('GET /__admin/mappings', undefined, { 'svcm-tenant': 'no such/name' })).status).toBe(
      422,
    )
  })

  it.each([
    ['no JSON', '{', 'the body is no JSON'],
    ['a list', '[]', 'must be a JSON object'],
    ['a key that nobody knows', stub('/a', 'x', { respnse: {} }), 'respnse'],
    ['a condition that nobody knows', { request: { urlx: '/a' }, response: {} }, 'urlx'],
    ['a file that is not there', { request: { url: '/a' }, response: { bodyFileName: 'a.json' } }, '__files'],
    ['a persistent one', stub('/a', 'x', { persistent: true }), 'svc-mock import wiremock'],
    ['an id that is none', stub('/a', 'x', { id: 'mine' }), 'no UUID'],
    [
      'an expression that Java alone knows',
      { request: { urlPattern: '/a(?i)b*+' }, response: {} },
      'urlPattern',
    ],
  ])('that cannot be used are refused, with the reason: %s', async (_what, body, words) => {
    const { ask } = await open()
    const answer = await ask('POST /__admin/mappings', body)
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.value)).toContain(words)
    expect((await ask('GET /__admin/mappings')).value.meta.total).toBe(0)
  })

  it('that say something otherwise tell it', async () => {
    const { ask } = await open()
    const { status, value } = await ask('POST /__admin/mappings', {
      request: { url: '/a' },
      response: { status: 200, headers: { 'Transfer-Encoding': 'chunked' } },
      metadata: { mine: 1 },
    })
    expect(status).toBe(201)
    expect(value.metadata.mine).toBe(1)
    expect(value.metadata['svc-mock'].changed[0]).toContain('Transfer-Encoding is left out')
  })

  it('are imported all or none', async () => {
    const { ask, call } = await open()
    const kept = (await ask('POST /__admin/mappings', stub('/kept', 'before'))).value
    const bad = await ask('POST /__admin/mappings/import', {
      mappings: [
        { request: { urlx: '/x' }, response: {} },
        { ...kept, response: { body: 'after' } },
        stub('/new', 'x'),
      ],
    })
    expect(bad.status).toBe(422)
    expect([await call('GET /kept'), await call('GET /new')]).toEqual(['before', 'MOCK_NOT_MATCHED'])
    const importOptions = { duplicatePolicy: 'IGNORE', deleteAllNotInImport: true }
    await ask('POST /__admin/mappings', stub('/gone', 'x'))
    await ask('POST /__admin/mappings/import', {
      mappings: [{ ...kept, response: { body: 'after' } }, stub('/new', 'first'), stub('/new', 'second')],
      importOptions,
    })
    expect([await call('GET /kept'), await call('GET /new'), await call('GET /gone')]).toEqual([
      'before',
      'first',
      'MOCK_NOT_MATCHED',
    ])
    expect((await ask('POST /__admin/mappings/import', { mappings: 1 })).status).toBe(422)
  })

  it('that took no call can be found and removed', async () => {
    const { ask, call } = await open()
    await ask('POST /__admin/mappings', stub('/used', 'x'))
    await ask('POST /__admin/mappings', stub('/unused', 'x'))
    await call('GET /used')
    const { value } = await ask('GET /__admin/mappings/unmatched')
    expect(value.mappings.map((one: { request: { url: string } }) => one.request.url)).toEqual(['/unused'])
    await ask('DELETE /__admin/mappings/unmatched')
    expect((await ask('GET /__admin/mappings')).value.meta.total).toBe(1)
  })
})

describe('requests', () => {
  it('are found by what they were, and told as WireMock tells them', async () => {
    const { ask, call } = await open()
    await ask('POST /__admin/mappings', {
      request: { method: 'POST', urlPath: '/pay' },
      response: { body: 'paid' },
    })
    await call('POST /pay?a=1&a=2', {
      body: '{"amount":12345678901234567890}',
      head: 'Cookie: s=1; t=2\r\nX-Two: a\r\nX-Two: b\r\n',
    })
    await call('GET /orders/7')
    await call('GET /never', { host: 'stock' })
    const { value } = await ask('GET /__admin/requests')
    expect(value.requests.map((one: { request: { url: string } }) => one.request.url)).toEqual([
      '/never',
      '/orders/7',
      '/pay?a=1&a=2',
    ])
    const [never, order, pay] = value.requests
    expect(pay.request).toMatchObject({
      method: 'POST',
      absoluteUrl: 'http://orders/pay?a=1&a=2',
      headers: { 'X-Two': ['a', 'b'] },
      cookies: { s: '1', t: '2' },
      queryParams: { a: { key: 'a', values: ['1', '2'] } },
      body: '{"amount":12345678901234567890}',
    })
    expect(pay).toMatchObject({ wasMatched: true, response: { status: 200, body: 'paid' } })
    expect(order.stubMapping.metadata['svc-mock']).toMatchObject({ mock: 'of a file' })
    expect(never).toMatchObject({ wasMatched: false, responseDefinition: { status: 502 } })
    const count = async (pattern: object) => (await ask('POST /__admin/requests/count', pattern)).value.count
    expect(
      await count({ method: 'POST', bodyPatterns: [{ equalToJson: '{"amount":12345678901234567890}' }] }),
    ).toBe(1)
    expect(
      await count({ method: 'POST', bodyPatterns: [{ equalToJson: '{"amount":12345678901234567891}' }] }),
    ).toBe(0)
    expect(await count({ cookies: { t: { equalTo: '2' } } })).toBe(1)
    expect(await count({ method: { oneOf: ['GET', 'POST'] } })).toBe(3)
    expect(await count({ urlPathPattern: '/(orders|never).*' })).toBe(2)
    const one = await ask(`GET /__admin/requests/${pay.id}`)
    expect(one.value.id).toBe(pay.id)
    const stubbed = await ask(`GET /__admin/requests?matchingStub=${pay.stubMapping.id}`)
    expect(stubbed.value.meta.total).toBe(1)
    expect((await ask('GET /__admin/requests?unmatched=true&limit=5')).value.requests).toHaveLength(1)
    expect((await ask('GET /__admin/requests?since=2999-01-01T00:00:00Z')).value.requests).toEqual([])
    expect((await ask('GET /__admin/requests?since=soon')).status).toBe(422)
    expect((await ask('GET /__admin/requests/unmatched')).value.requests).toHaveLength(1)
  })

  it('are forgotten one by one, by a pattern, by the metadata of their stubs, and all at once', async () => {
    const { ask, call } = await open()
    await ask('POST /__admin/mappings', stub('/a', 'a', { metadata: { team: 'red' } }))
    for (const path of ['/a', '/b', '/c', '/d']) await call(`GET ${path}`)
    const found = await ask('POST /__admin/mappings/find-by-metadata', {
      matchesJsonPath: { expression: '$.team', equalTo: 'red' },
    })
    expect(found.value.mappings).toHaveLength(1)
    const removed = await ask('POST /__admin/requests/remove-by-metadata', {
      matchesJsonPath: { expression: '$.team', equalTo: 'red' },
    })
    expect(removed.value.serveEvents).toHaveLength(1)
    expect((await ask('POST /__admin/requests/remove', { url: '/b' })).value.serveEvents).toHaveLength(1)
    const { requests } = (await ask('GET /__admin/requests')).value
    await ask(`DELETE /__admin/requests/${requests[0].id}`)
    expect((await ask(`DELETE /__admin/requests/${requests[0].id}`)).status).toBe(404)
    expect((await ask('GET /__admin/requests')).value.meta.total).toBe(1)
    await ask('DELETE /__admin/requests')
    expect((await ask('GET /__admin/requests')).value.meta.total).toBe(0)
    expect((await ask('POST /__admin/requests/reset')).status).toBe(200)
  })

  it('cannot be counted by what would mean something else here', async () => {
    const { ask } = await open()
    const before = { headers: { date: { before: '2026-01-01T00:00:00' } } }
    const answer = await ask('POST /__admin/requests/count', before)
    expect(answer.status).toBe(422)
    expect(detailsOf(answer)[0]).toContain('without a zone')
    expect((await ask('POST /__admin/requests/find', { clientIp: { equalTo: '127.0.0.1' } })).status).toBe(
      422,
    )
  })
})

describe('near misses', () => {
  it('name the mocks, of stubs and of files, and what failed', async () => {
    const { ask, call } = await open()
    await ask('POST /__admin/mappings', {
      request: { method: 'GET', urlPath: '/a', queryParameters: { page: { equalTo: '2' } } },
      response: { body: 'x' },
    })
    await call('GET /a?page=1')
    const { value } = await ask('GET /__admin/requests/unmatched/near-misses')
    const [nearest, next] = value.nearMisses
    expect(nearest.stubMapping.request.urlPath).toBe('/a')
    expect(nearest.stubMapping.metadata['svc-mock'].failed).toEqual([
      { clause: 'query.page', expected: '"2"', actual: '"1"' },
    ])
    expect(next.stubMapping.name).toBe('of a file')
    expect(nearest.matchResult.distance).toBeLessThan(next.matchResult.distance)
    const described = await ask('POST /__admin/near-misses/request', {
      url: '/orders/1',
      method: 'GET',
      headers: { Accept: 'text/html' },
      cookies: { a: { value: 'b' }, c: 'd' },
      body: 'x',
    })
    expect(described.value.nearMisses[0].stubMapping.name).toBe('of a file')
    const pattern = await ask('POST /__admin/near-misses/request-pattern', { method: 'POST', urlPath: '/a' })
    expect(pattern.value.nearMisses[0].request.url).toBe('/a?page=1')
  })
})

describe('scenarios', () => {
  it('are those of stubs and of files, and can be moved and reset', async () => {
    const { ask, call } = await open()
    await ask(
      'POST /__admin/mappings',
      stub('/turn', 'first', {
        scenarioName: 'turn',
        requiredScenarioState: 'Started',
        newScenarioState: 'over',
      }),
    )
    await call('GET /turn')
    await call('GET /orders/1')
    const states = async () =>
      Object.fromEntries(
        (await ask('GET /__admin/scenarios')).value.scenarios.map((one: { name: string; state: string }) => [
          one.name,
          one.state,
        ]),
      )
    expect(await states()).toEqual({ 'of a file': 'asked', turn: 'over' })
    expect((await ask('PUT /__admin/scenarios/turn/state', { state: 'Started' })).status).toBe(200)
    expect(await call('GET /turn')).toBe('first')
    await ask('PUT /__admin/scenarios/turn/state')
    expect(await states()).toEqual({ 'of a file': 'asked', turn: 'Started' })
    await ask('POST /__admin/scenarios/reset')
    expect(await states()).toEqual({ 'of a file': 'Started', turn: 'Started' })
    expect((await ask('PUT /__admin/scenarios/turn/state', { state: 'gone' })).status).toBe(422)
    expect((await ask('PUT /__admin/scenarios/nobody/state', { state: 'over' })).status).toBe(404)
  })
})

describe('what concerns all of it', () => {
  it('is a delay, which stubs with one of their own do not have', async () => {
    const { ask, test } = await open()
    expect((await ask('GET /__admin/settings')).value).toEqual({ settings: { extended: {} } })
    await ask('POST /__admin/settings', { fixedDelay: 40 })
    expect((await ask('GET /__admin/settings')).value.settings.fixedDelay).toBe(40)
    expect(test.running.runTime.journal!.delayMs).toBe(40)
    await ask('PUT /__admin/settings', { fixedDelay: null })
    expect(test.running.runTime.journal!.delayMs).toBe(0)
    for (const wrong of [
      { fixedDelay: -1 },
      { fixedDelay: 'long' },
      { delayDistribution: { type: 'uniform', lower: 1, upper: 2 } },
      { extended: { mine: 1 } },
    ])
      expect((await ask('POST /__admin/settings', wrong)).status).toBe(422)
  })

  it('is a reset, health and version', async () => {
    const { ask, call } = await open()
    await ask('POST /__admin/mappings', stub('/a', 'x'))
    await call('GET /a')
    await call('GET /orders/1')
    expect((await ask('POST /__admin/reset')).status).toBe(200)
    expect((await ask('GET /__admin/mappings')).value.meta.total).toBe(0)
    expect((await ask('GET /__admin/requests')).value.meta.total).toBe(0)
    expect((await ask('GET /__admin/scenarios')).value.scenarios[0].state).toBe('Started')
    expect((await ask('GET /__admin/health')).value.status).toBe('healthy')
    expect((await ask('GET /__admin/version')).value.version).toMatch(/^3\.13\.\d+\+svc-mock$/)
  })
})
