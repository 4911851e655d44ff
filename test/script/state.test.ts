/** `state`: whose it is, how long it lives, and that it never leaks. */
import { describe, expect, it } from 'vitest'
import { ScriptState } from '../../src/core/script-state.ts'
import { scripted } from './scripted.ts'

const count = "export default async (request, { state }) => ({ body: { n: await state.incr('n') } })"
const mock = (path: string, more = ''): string =>
  `  - request: { path: ${path} }\n${more}    script: "${count.replaceAll('"', '\\"')}"\n`

const files = {
  'svc-mock.yaml':
    "services:\n  orders: { listen: '127.0.0.1:0' }\n  stock: { hosts: [stock], listen: '127.0.0.1:0' }\n",
  'mocks/orders/1.0.0/s.yaml': `mocks:\n${mock('/a')}${mock('/b')}${mock('/c', '    scenarioName: checkout\n    newScenarioState: paid\n')}  - request: { path: /word }
    scenarioName: checkout
    script: 'export default ({ scenario }) => ({ body: scenario })'
  - request: { path: /t }
    response: { body: { n: '\${{ state.incr("n") }}' } }
`,
  'mocks/stock/s.yaml': `mocks:\n${mock('/a')}${mock('/c', '    scenarioName: checkout\n')}`,
}

describe('state', () => {
  it("is the service's, or the scenario's", async () => {
    const { ask, test } = await scripted({}, files)
    const n = async (path: string): Promise<unknown> => (await ask(path)).body['n']
    const stock = async (path: string): Promise<unknown> =>
      ((await (await fetch(`http://127.0.0.1:${test.ownPort('stock')}${path}`)).json()) as { n: number }).n
    expect([await n('/a'), await n('/b'), await n('/t')]).toEqual([1, 2, 3])
    expect([await n('/c'), await n('/c')]).toEqual([1, 2])
    expect(await stock('/a')).toBe(1)
    // A scenario is one for all services, as its state is.
    expect(await stock('/c')).toBe(3)
    expect((await ask('/word')).body).toEqual({ name: 'checkout', state: 'paid' })
  })

  it('survives a reload, and is cleared by reset, all of it or that of a scenario', async () => {
    const { ask, test } = await scripted({}, files, { watch: true })
    const n = async (path: string): Promise<unknown> => (await ask(path)).body['n']
    expect([await n('/a'), await n('/c')]).toEqual([1, 1])
    test.workspace.write('mocks/orders/1.0.0/s.yaml', `${files['mocks/orders/1.0.0/s.yaml']}# saved\n`)
    await test.nextReload()
    expect([await n('/a'), await n('/c')]).toEqual([2, 2])
    expect(test.running.reset('checkout')).toEqual({ scenarios: 1, counters: 0, values: 1 })
    expect([await n('/a'), await n('/c')]).toEqual([3, 1])
    expect(test.running.reset()).toEqual({ scenarios: 1, counters: 0, values: 2 })
    expect([await n('/a'), await n('/c')]).toEqual([1, 1])
  })

  it('keeps what a script gives it, digits and all', async () => {
    const { ask, test } = await scripted({
      '/keep': `export default async (request, { state }) => {
  await state.set('v', { big: 12345678901234567890n, list: [null, 'é\\u001f'], gone: undefined })
  return { body: { had: await state.delete('nothing'), v: await state.get('v'), none: await state.get('none') === undefined } }
}`,
      '/wrong':
        "export default async (request, { state }) => { await state.set('t', 'x'); return { body: await state.incr('t') } }",
    })
    const reply = await fetch(`http://127.0.0.1:${test.ownPort('orders')}/keep`)
    expect(await reply.text()).toBe(
      '{"had":false,"v":{"big":12345678901234567890,"list":[null,"é\\u001f"]},"none":true}',
    )
    expect((await ask('/wrong')).body).toMatchObject({
      code: 'SCRIPT_ERROR',
      title: expect.stringContaining('t is no number'),
    })
  })

  it('is asked in the order of the calls to it, awaited or not', async () => {
    const { ask } = await scripted({
      '/order': `export default async (request, { state }) => {
  const got = []
  const noted = (name) => (value) => got.push([name, value ?? null])
  await Promise.all([
    state.get('a').then(noted('get')), state.set('a', 1).then(noted('set')), state.get('a').then(noted('get')),
    state.incr('a', 4).then(noted('incr')), state.delete('a').then(noted('delete')), state.get('a').then(noted('get')),
  ])
  return { body: { got } }
}`,
    })
    for (let i = 0; i < 2; i++)
      expect((await ask('/order')).body['got']).toEqual([
        ['get', null],
        ['set', null],
        ['get', 1],
        ['incr', 5],
        ['delete', true],
        ['get', null],
      ])
  })

  it('counts every one of many calls at once', async () => {
    const { ask } = await scripted({}, files)
    const all = await Promise.all(Array.from({ length: 200 }, async () => (await ask('/a')).body['n']))
    expect(all.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  })

  it('has limits', () => {
    const state = new ScriptState()
    state.set('a', `"${'x'.repeat(1_000_000)}"`)
    expect(() => state.set('b', `"${'x'.repeat(1_100_000)}"`)).toThrow('at most 1 MB')
    for (let i = 0; i < 31; i++) state.set(`k${i}`, `"${'x'.repeat(1_040_000)}"`)
    expect(() => {
      for (let i = 0; i < 3; i++) state.set(`m${i}`, `"${'x'.repeat(1_000_000)}"`)
    }).toThrow('32 MB together')
    for (let i = 0; i < 31; i++) state.delete(`k${i}`)
    for (let i = 0; state.count < 10_000; i++) state.set(`n${i}`, '1')
    expect(() => state.set('one more', '1')).toThrow('10000 keys')
    expect(state.incr('n1', 2)).toBe(3)
  })
})
