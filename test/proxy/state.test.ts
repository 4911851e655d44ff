/** State over real connections. */
import { describe, expect, it } from 'vitest'
import { proxy, type TestProxy } from '../support/proxy.ts'

const config = 'services:\n  orders:\n    listen: 127.0.0.1:0\n'

const mocks = `mocks:
  - { name: open, request: { path: /x }, scenarioName: checkout, requiredScenarioState: Started, response: { body: open } }
  - { name: paid, request: { path: /x }, scenarioName: checkout, requiredScenarioState: paid, response: { body: paid } }
  - { name: pay, request: { path: /pay, method: POST, body: { a: 1 } }, scenarioName: checkout, newScenarioState: paid, response: { body: done } }
  - { name: once, request: { path: /once, method: POST, body: { a: 1 } }, times: 1, response: { body: once } }
  - { name: job, request: { path: /job }, repeat: fail, responses: [{ body: first }, { body: second }] }
`

const start = (): Promise<TestProxy> =>
  proxy({ 'svc-mock.yaml': config, 'mocks/orders/1.0.0/x.yaml': mocks }, { watch: true })

const ask = async (test: TestProxy, path: string, body?: string): Promise<Response> =>
  fetch(
    `http://127.0.0.1:${test.ownPort('orders')}${path}`,
    body === undefined ? {} : { method: 'POST', body },
  )

describe('state', () => {
  it('moves, survives a reload, and is reset', async () => {
    const test = await start()
    const x = async (): Promise<string> => (await ask(test, '/x')).text()
    expect(await x()).toBe('open')
    await (await ask(test, '/pay', '{"a":1}')).text()
    expect(await x()).toBe('paid')
    test.workspace.write('mocks/orders/1.0.0/x.yaml', `${mocks}# touched\n`)
    await test.nextReload()
    expect(await x()).toBe('paid')
    expect(test.running.reset('checkout')).toEqual({ scenarios: 1, counters: 0, values: 0 })
    expect(await x()).toBe('open')
  })

  it('lets one of many calls at once through where a mock answers once', async () => {
    const test = await start()
    const replies = await Promise.all(Array.from({ length: 30 }, () => ask(test, '/once', '{"a":1}')))
    const texts = await Promise.all(replies.map((reply) => reply.text()))
    expect(texts.filter((text) => text === 'once')).toHaveLength(1)
    expect(texts.find((text) => text !== 'once')).toContain('answered already')
    expect(test.running.reset()).toEqual({ scenarios: 0, counters: 1, values: 0 })
  })

  it('of a sequence survives a reload, and its end names the mock', async () => {
    const test = await start()
    expect(await (await ask(test, '/job')).text()).toBe('first')
    test.workspace.write('mocks/orders/1.0.0/x.yaml', `# one line further down\n${mocks}`)
    await test.nextReload()
    expect(await (await ask(test, '/job')).text()).toBe('second')
    const exhausted = await ask(test, '/job')
    expect(exhausted.status).toBe(502)
    expect(await exhausted.json()).toMatchObject({
      code: 'MOCK_EXHAUSTED',
      title: expect.stringContaining('job ('),
    })
    expect(await test.call(3)).toMatchObject({ outcome: 'error', error: 'MOCK_EXHAUSTED' })
  })

  it('knows which scenarios there are', async () => {
    const test = await start()
    expect(() => test.running.reset('chekout')).toThrow(/no mock names the scenario chekout/)
  })

  it('of a scenario without a name is a mistake', async () => {
    const broken = mocks.replaceAll('scenarioName: checkout, ', '')
    await expect(proxy({ 'svc-mock.yaml': config, 'mocks/orders/x.yaml': broken })).rejects.toMatchObject({
      code: 'MOCK_FILE_INVALID',
      context: {
        details: {
          problems: expect.arrayContaining([
            expect.objectContaining({
              at: expect.objectContaining({ line: 2 }),
              hint: 'add scenarioName: <name>',
            }),
          ]),
        },
      },
    })
  })
})
