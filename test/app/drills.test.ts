/** Drills against a running proxy: they begin, end by themselves, follow their files, and say what is wrong. */
import { describe, expect, it } from 'vitest'
import { openLibrary } from '../../src/app/library.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { testClock } from '../support/clock.ts'
import { proxy, type TestProxy, type TestProxyOptions } from '../support/proxy.ts'
import { workspace } from '../support/workspace.ts'

const files = {
  'svc-mock.yaml': `services:
  orders: { listen: 127.0.0.1:0 }
  payments: { listen: 127.0.0.1:0 }
`,
  'mocks/orders/x.yaml': 'mocks: [{ response: { body: orders } }]\n',
  'mocks/payments/x.yaml': 'mocks: [{ response: { body: payments } }]\n',
  'drills/outage.yaml': 'for: 10m\nfaults:\n  orders: { status: 500 }\n  payments: { status: 503 }\n',
  'drills/teapot.yaml': 'faults:\n  orders: { status: 418 }\n',
}

const start = (options: TestProxyOptions = {}, more = {}): Promise<TestProxy> =>
  proxy({ ...files, ...more }, options)

const ask = async (test: TestProxy, service: string): Promise<number> => {
  const reply = await fetch(`http://127.0.0.1:${test.ownPort(service)}/x`)
  await reply.text()
  return reply.status
}

const both = async (test: TestProxy): Promise<number[]> => [
  await ask(test, 'orders'),
  await ask(test, 'payments'),
]

describe('a drill', () => {
  it('hits its services until it is stopped, and the calls say so', async () => {
    const test = await start()
    expect(await both(test)).toEqual([200, 200])
    expect(test.running.startDrill('outage')).toMatchObject({
      running: true,
      for: '10 m',
      faults: [
        { service: 'orders', fault: 'status 500' },
        { service: 'payments', fault: 'status 503' },
      ],
    })
    expect(await both(test)).toEqual([500, 503])
    expect((await test.call(3)).note).toBe('drill outage: status 500')
    expect(test.running.stopDrill().map(({ name }) => name)).toEqual(['outage'])
    expect(await both(test)).toEqual([200, 200])
    expect(test.notices).toEqual(['drill outage begins, for 10 m', 'drill outage is over'])
  })

  it('ends by itself', async () => {
    const clock = testClock()
    const test = await start({ clock })
    test.running.startDrill('outage')
    clock.pass(599_999)
    expect(await both(test)).toEqual([500, 503])
    test.running.startDrill('outage')
    clock.pass(599_999)
    expect(await ask(test, 'orders')).toBe(500)
    clock.pass(1)
    expect(await both(test)).toEqual([200, 200])
    test.running.startDrill('outage')
    await test.running.close(0)
    expect(clock.timers).toBe(0)
  })

  it('lies outside another one that began before', async () => {
    const test = await start()
    test.running.startDrill('outage')
    test.running.startDrill('teapot')
    expect(await both(test)).toEqual([418, 503])
    test.running.stopDrill('teapot')
    expect(await both(test)).toEqual([500, 503])
  })

  it('outlives a reload of svc-mock.yaml, follows its file, keeps its last good version, and ends with it', async () => {
    const test = await start({ watch: true })
    test.running.startDrill('teapot')
    test.workspace.write('svc-mock.yaml', `${files['svc-mock.yaml']}# changed\n`)
    await test.nextReload()
    expect(await ask(test, 'orders')).toBe(418)
    test.workspace.write('drills/teapot.yaml', 'faults:\n  orders: { status: 420 }\n')
    expect((await test.nextReload()).changed).toEqual(['drills/teapot.yaml'])
    expect(await ask(test, 'orders')).toBe(420)
    test.workspace.write('drills/teapot.yaml', 'faults:\n  order: { status: 421 }\n')
    expect((await test.nextReload()).problems).toMatchObject([
      { at: { line: 2, column: 3 }, hint: 'did you mean orders?' },
    ])
    expect(await ask(test, 'orders')).toBe(420)
    test.workspace.remove('drills/teapot.yaml')
    expect((await test.nextReload()).healed).toEqual(['drills/teapot.yaml'])
    expect(await ask(test, 'orders')).toBe(200)
  })

  it('must be there, and must run to be stopped', async () => {
    const test = await start()
    expect(() => test.running.startDrill('outrage')).toThrow(/no drill outrage/)
    expect(() => test.running.stopDrill('outage')).toThrow(/does not run/)
    expect(test.running.stopDrill()).toEqual([])
  })
})

describe('the fault of a service', () => {
  it('is told by explain and list', async () => {
    const { folder } = workspace({
      ...files,
      'svc-mock.yaml':
        'services:\n  orders: { fault: { delay: 300ms, jitter: 50ms, abort: reset, rate: 0.2 } }\n  payments: {}\n',
    })
    const library = await openLibrary(loadConfig({ cwd: folder, env: {}, flags: {} }).config!)
    const fault = 'delay 300 ms ± 50 ms uniform, reset for 20 % of calls'
    expect(library.list().services.map((service) => service.fault)).toEqual([fault, undefined])
    const url = new URL('http://orders/x')
    const { result } = await library.explain({ method: 'GET', url, headers: [], body: undefined })
    expect(result).toBe(`answered by the mock anything; the service's fault: ${fault}`)
  })
})

describe('a drill with mistakes', () => {
  const broken = {
    'drills/a.yaml': 'for: 10\nfaults:\n  order: { delay: 1s }\n  payments: { delay: soon }\n',
    'drills/b.yaml': 'fault: {}\n',
  }

  it('keeps the proxy from starting', async () => {
    await expect(start({}, broken)).rejects.toMatchObject({ code: 'DRILL_INVALID' })
  })

  it('is found by check, each at its place', async () => {
    const space = workspace({ ...files, ...broken })
    const { config } = loadConfig({ cwd: space.folder, env: {}, flags: {} })
    const { problems } = (await openLibrary(config!)).check([])
    const said = problems.map(
      ({ at, message, hint }) => `${at.file}:${at.line}:${at.column} ${message} (${hint})`,
    )
    expect(said).toEqual([
      'drills/a.yaml:3:3 there is no service order in svc-mock.yaml (did you mean orders?)',
      'drills/a.yaml:4:22 delay: "soon" is no duration (write 300ms, 2s or 1m)',
      'drills/a.yaml:1:6 for: 10 is no time that a drill can take (write 30s, 10m or 1h; 24h at most)',
      expect.stringMatching(/^drills\/b\.yaml:1:1 .*fault/),
      expect.stringMatching(/^drills\/b\.yaml:1:1 .*faults/),
    ])
  })
})
