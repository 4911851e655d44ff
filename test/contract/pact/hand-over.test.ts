/** Pacts through a Pact Broker and back: published, verified, results published, deployable or not. */
import { describe, expect, it } from 'vitest'
import { canIDeploy } from '../../../src/app/pact/can-i-deploy.ts'
import { pactTexts, publishPacts } from '../../../src/app/pact/publish.ts'
import { pactBroker } from '../../support/pact-broker.ts'
import { makeFolder } from '../../support/spawn-workspace.ts'
import { anOrder, pactOf, pactProvider, sources, verify } from './pact-provider.ts'

const wishes = {
  credentials: undefined,
  version: 'c1',
  branch: 'main',
  tags: ['t'],
  buildUrl: 'http://ci.example.com/1',
  merge: false,
}
const publish = { version: 'p1', buildUrl: 'http://ci.example.com/7' }
const broken = { ...anOrder, description: 'broken', response: { status: 500, headers: { A: '1' } } }

describe('publishing', () => {
  it('hands over all pacts of a consumer at once', async () => {
    const broker = await pactBroker()
    const cwd = makeFolder({
      'pacts/a.json': JSON.stringify(pactOf([anOrder])),
      'pacts/b.json': JSON.stringify({ ...pactOf([anOrder]), provider: { name: 'stöck' } }),
      'pacts/c.json': JSON.stringify(pactOf([anOrder], { consumer: 'app' })),
      'pacts/d.json': '{}',
    })
    const { pacts, problems } = pactTexts(['pacts'], cwd)
    expect(problems.map(({ at }) => at.file)).toEqual(['pacts/d.json'])
    const published = await publishPacts(pacts, { ...wishes, url: broker.url })
    expect(published).toMatchObject([
      { consumer: 'web', providers: ['orders', 'stöck'], urls: [expect.any(String), expect.any(String)] },
      { consumer: 'app', providers: ['orders'], notices: [{ type: 'success' }] },
    ])
    expect(broker.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET ',
      'POST /contracts/publish',
      'POST /contracts/publish',
    ])
    expect(broker.asked[1]!.body).toMatchObject({
      pacticipantName: 'web',
      pacticipantVersionNumber: 'c1',
      branch: 'main',
      tags: ['t'],
      buildUrl: 'http://ci.example.com/1',
      contracts: [
        {
          consumerName: 'web',
          specification: 'pact',
          contentType: 'application/json',
          onConflict: 'overwrite',
        },
        { providerName: 'stöck' },
      ],
    })
    expect(broker.pacts[1]!.content).toMatchObject({ provider: { name: 'stöck' } })
  })

  it('refuses two pacts of the same two, and says what the broker refuses', async () => {
    const broker = await pactBroker()
    const pact = { consumer: 'web', provider: 'orders', text: '{}' }
    await expect(publishPacts([pact, pact], { ...wishes, url: broker.url })).rejects.toMatchObject({
      code: 'PACT_INVALID',
    })
    broker.own.set('POST /contracts/publish', [
      409,
      { notices: [{ type: 'error', text: 'Cannot change the content of the pact for web version c1' }] },
    ])
    await expect(publishPacts([pact], { ...wishes, url: broker.url })).rejects.toThrow(
      'answered 409: Cannot change the content of the pact for web version c1',
    )
    broker.own.set('GET ', [200, { _links: {} }])
    await expect(publishPacts([pact], { ...wishes, url: broker.url })).rejects.toThrow('pb:publish-contracts')
  })
})

const fromBroker = (url: string, own: Partial<ReturnType<typeof sources>['broker']> = {}) => ({
  from: [url],
  service: 'orders',
  broker: { ...sources({}).broker, ...own },
})

describe('verifying what a broker names', () => {
  it('publishes one result for each pact, with what differs, after branch and tags', async () => {
    const broker = await pactBroker()
    const good = broker.add(pactOf([anOrder]), 'c1', 'main')
    const bad = broker.add(pactOf([anOrder, broken], { consumer: 'app' }), 'a1', 'main')
    const { report, failed } = await verify(
      {},
      await pactProvider(),
      { publish },
      fromBroker(broker.url, { branch: 'feat/x', tags: ['dev'] }),
    )
    expect(failed).toBeUndefined()
    expect(report.published).toEqual([
      { pact: 'Pact between web (c1) and orders', success: true },
      { pact: 'Pact between app (a1) and orders', success: false },
    ])
    expect(report.findings.map(({ rule, at }) => [rule, at.file.replace(broker.url, '')])).toEqual([
      ['response-status', '/pacts/provider/orders/consumer/app/pact-version/1'],
      ['missing-header', '/pacts/provider/orders/consumer/app/pact-version/1'],
    ])
    expect(good.results).toMatchObject([
      {
        success: true,
        providerApplicationVersion: 'p1',
        buildUrl: 'http://ci.example.com/7',
        testResults: [{ interactionId: 'interactions-0', success: true }],
        verifiedBy: { implementation: 'svc-mock', version: '0.1.0' },
      },
    ])
    expect(bad.results).toMatchObject([
      {
        success: false,
        testResults: [
          { interactionId: 'interactions-0', success: true },
          {
            interactionId: 'interactions-1',
            interactionDescription: 'broken',
            success: false,
            mismatches: [
              { attribute: 'status', description: 'expected 500 but got 200' },
              { attribute: 'header', identifier: 'A', description: 'the header A is missing' },
            ],
          },
        ],
      },
    ])
    expect(broker.versions.get('orders p1')).toEqual({ branch: 'feat/x', tags: ['dev'], environments: [] })
    const puts = broker.asked.findIndex(({ method }) => method === 'PUT')
    expect(puts).toBeLessThan(broker.asked.findIndex(({ path }) => path.endsWith('/verification-results')))
  })

  it("fails nobody for what is pending, and tells the broker's notices", async () => {
    const broker = await pactBroker()
    const pact = broker.add(pactOf([broken]), 'c1', 'main')
    const provider = await pactProvider()
    const wanted = fromBroker(broker.url, {
      pending: true,
      branch: 'main',
      selectors: [{ mainBranch: true }],
    })
    const told: string[] = []
    const { report } = await verify({}, provider, { publish, notice: (text) => told.push(text) }, wanted)
    expect(report.findings.map(({ severity }) => severity)).toEqual(['pending', 'pending'])
    expect(pact.results).toMatchObject([{ success: false }])
    expect(told).toEqual(report.notices)
    expect(told).toEqual([
      expect.stringContaining('is being verified because'),
      'This pact is still in pending state',
    ])
    expect(broker.asked[1]!.body).toEqual({
      consumerVersionSelectors: [{ mainBranch: true }],
      includePendingStatus: true,
      providerVersionBranch: 'main',
    })
  })

  it('never calls a pact kept that it could not verify as a whole', async () => {
    const broker = await pactBroker()
    const plugin = { type: 'Synchronous/Messages', description: 'p', pluginConfiguration: { protobuf: {} } }
    const one = broker.add(
      pactOf([{ ...anOrder, type: 'Synchronous/HTTP' }, plugin], { version: '4.0' }),
      'c1',
      'main',
    )
    const { report } = await verify({}, await pactProvider(), { publish }, fromBroker(broker.url))
    expect([report.findings, report.published, one.results]).toEqual([[], [], []])
  })

  it('takes the address of one pact, as webhooks give it', async () => {
    const broker = await pactBroker()
    const pact = broker.add(pactOf([anOrder]), 'c1', 'main')
    const url = `${broker.url}/pacts/provider/orders/consumer/web/pact-version/0`
    const wanted = { ...fromBroker(url, { branch: 'main' }), service: undefined }
    const { report } = await verify({}, await pactProvider(), { publish }, wanted)
    expect([report.checked.length, report.published.length, pact.results.length]).toEqual([1, 1, 1])
    expect(broker.versions.get('orders p1')?.branch).toBe('main')
  })

  it('goes on when one pact cannot be had, and tells it', async () => {
    const broker = await pactBroker()
    broker.add(pactOf([anOrder]), 'c1', 'main')
    broker.add(pactOf([anOrder], { consumer: 'app' }), 'a1', 'main')
    broker.own.set('GET /pacts/provider/orders/consumer/web/pact-version/0', [500, 'oops'])
    const { report } = await verify({}, await pactProvider(), {}, fromBroker(broker.url))
    expect(report.checked).toHaveLength(1)
    expect(report.problems).toMatchObject([
      { code: 'BROKER_FAILED', at: { file: expect.stringMatching(/web\/pact-version\/0$/) as string } },
    ])
  })

  it('keeps the report when results cannot be published', async () => {
    const broker = await pactBroker()
    broker.add(pactOf([anOrder]), 'c1', 'main')
    broker.own.set('POST /pacts/provider/orders/consumer/web/pact-version/0/verification-results', [503, {}])
    const { report, failed } = await verify({}, await pactProvider(), { publish }, fromBroker(broker.url))
    expect([report.checked.length, report.published]).toEqual([1, []])
    expect(failed).toMatchObject({
      code: 'BROKER_FAILED',
      message: expect.stringContaining('answered 503') as string,
    })
  })

  it('says what is wrong when there is nothing to verify', async () => {
    const broker = await pactBroker()
    broker.add(pactOf([anOrder]), 'c1', 'feat')
    const provider = await pactProvider()
    const asking = (own: Parameters<typeof fromBroker>[1], service = 'orders') =>
      verify({}, provider, {}, { ...fromBroker(broker.url, own), service })
    await expect(asking({}, 'odrers')).rejects.toThrow('knows no "odrers"')
    await expect(asking({ selectors: [{ mainBranch: true }] })).rejects.toMatchObject({
      code: 'BROKER_FAILED',
      hint: expect.stringContaining('--ignore-no-pacts') as string,
    })
    const { report } = await asking({ selectors: [{ mainBranch: true }], noneIsFine: true })
    expect(report.checked).toEqual([])
  })
})

describe('can-i-deploy', () => {
  const question = {
    pacticipant: 'web',
    selector: { version: 'c1' },
    to: { environment: 'test' },
    ignore: [],
  }
  const none = { credentials: undefined, retryWhileUnknown: 0, retryIntervalMs: 1 }

  it('is yes after a good result for what runs there, no after a bad one', async () => {
    const broker = await pactBroker()
    const pact = broker.add(pactOf([anOrder]), 'c1', 'main')
    broker.versions.set('orders p1', { tags: [], environments: ['test'] })
    const ask = () => canIDeploy({ ...question, ...none, url: broker.url })
    expect(await ask()).toMatchObject({ deployable: undefined, unknown: 1 })
    await verify({}, await pactProvider(), { publish }, fromBroker(broker.url))
    expect(await ask()).toMatchObject({
      deployable: true,
      rows: [
        { consumer: 'web', consumerVersion: 'c1', provider: 'orders', providerVersion: 'p1', success: true },
      ],
    })
    pact.results.push({ success: false, providerApplicationVersion: 'p1' })
    expect(await ask()).toMatchObject({ deployable: false, reason: 'The verification failed' })
    await expect(canIDeploy({ ...question, ...none, url: broker.url, pacticipant: 'shop' })).rejects.toThrow(
      'knows no "shop"',
    )
  })

  it('waits while results are missing, but not for ever', async () => {
    const broker = await pactBroker()
    const pact = broker.add(pactOf([anOrder]), 'c1', 'main')
    broker.versions.set('orders p1', { tags: [], environments: ['test'] })
    const waits: string[] = []
    const retry = { ...question, ...none, url: broker.url, retryWhileUnknown: 3 }
    const waiting = (unknown: number, left: number): void => {
      waits.push(`${unknown} missing, ${left} left`)
      if (left === 2) pact.results.push({ success: true, providerApplicationVersion: 'p1' })
    }
    expect(await canIDeploy({ ...retry, waiting })).toMatchObject({ deployable: true })
    expect(waits).toEqual(['1 missing, 3 left', '1 missing, 2 left'])
    pact.results.length = 0
    expect(await canIDeploy(retry)).toMatchObject({ deployable: undefined })
    expect(broker.asked.filter(({ path }) => path === '/matrix')).toHaveLength(3 + 4)
  })
})
