/** Contracts handed over through a Pact Broker, as programs do it: published as Pact files, verified, and asked about. */
import { describe, expect, it } from 'vitest'
import { goodAnswers, service } from '../contract/provider.ts'
import { contractText } from '../support/contracts.ts'
import { pactBroker } from '../support/pact-broker.ts'
import { type Finished, runProgram } from '../support/spawn.ts'
import { makeFolder } from '../support/spawn-workspace.ts'

const run = (cwd: string, args: readonly string[], env = {}): Promise<Finished> =>
  runProgram(args, {
    cwd,
    env: { GITHUB_ACTIONS: '', PACT_BROKER_BASE_URL: '', PACT_BROKER_TOKEN: '', ...env },
  })

const consumer = (): string =>
  makeFolder({
    'svc-mock.yaml': 'name: shop\nservices: { orders: {} }\n',
    'contracts/orders/shop.yaml': contractText('shop'),
  })

describe('contracts through a Pact Broker', () => {
  it('are published, verified by the provider, and decide who may be deployed', async () => {
    const broker = await pactBroker({ authorization: 'Bearer s3cret' })
    const env = { PACT_BROKER_BASE_URL: broker.url, PACT_BROKER_TOKEN: 's3cret' }
    const cwd = consumer()
    const publishing = [
      'contract',
      'publish',
      '--to',
      broker.url,
      '--version',
      'v1',
      '--branch',
      'main',
      '--tag',
      't',
    ]
    const published = await run(cwd, publishing, env)
    expect(published).toMatchObject({ code: 0, stdout: 'shop v1: with orders\n' })
    expect(broker.pacts).toMatchObject([
      {
        consumer: 'shop',
        provider: 'orders',
        version: 'v1',
        content: { metadata: { pactSpecification: { version: '4.0' } } },
      },
    ])
    expect(broker.versions.get('shop v1')).toEqual({ branch: 'main', tags: ['t'], environments: [] })
    broker.versions.set('orders p1', { tags: [], environments: ['test'] })
    const asking = ['can-i-deploy', '--to', 'test', '--version', 'v1']
    const before = await run(cwd, asking, env)
    expect([before.code, before.stdout]).toEqual([1, expect.stringContaining('must not be deployed to test')])
    const { url } = await service(goodAnswers)
    const verifying = ['verify', '--provider', url, '--service', 'orders', '--main-branch']
    const results = ['--publish-results', '--provider-version', 'p1', '--provider-branch', 'main']
    const verified = await run(makeFolder(), [...verifying, ...results], env)
    expect({ code: verified.code, out: verified.stdout }).toMatchObject({ code: 0 })
    const after = await run(cwd, [...asking, '--contracts', broker.url, '--json'], env)
    expect(after.code).toBe(0)
    expect(JSON.parse(after.stdout)).toMatchObject({
      deployable: true,
      rows: [{ consumer: 'shop', provider: 'orders', providerVersion: 'p1', ok: true }],
    })
  })

  it('wait for results as often as they are asked to', async () => {
    const broker = await pactBroker()
    const cwd = consumer()
    await run(cwd, ['contract', 'publish', '--to', broker.url, '--version', 'v1', '--branch', 'main'])
    const asking = ['can-i-deploy', '--to', 'test', '--version', 'v1', '--contracts', broker.url]
    const { code, stderr } = await run(cwd, [
      ...asking,
      '--retry-while-unknown',
      '2',
      '--retry-interval',
      '1ms',
    ])
    expect([code, stderr.match(/asking again/g)?.length]).toEqual([1, 2])
  })

  it('need a broker that is one', async () => {
    const broker = await pactBroker({ authorization: 'Bearer s3cret' })
    const cwd = consumer()
    const publishing = ['contract', 'publish', '--to', broker.url, '--version', 'v1', '--branch', 'main']
    const refused = await run(cwd, publishing, { PACT_BROKER_TOKEN: 'wr0ng' })
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('answered 401')
    expect(refused.stderr).not.toContain('wr0ng')
    const nowhere = await run(cwd, ['can-i-deploy', '--to', 'test', '--version', 'v1'])
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('PACT_BROKER_BASE_URL')])
  })
})
