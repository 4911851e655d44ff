/** Scenarios and counts: which mock answers when, and that no step is taken twice however calls overlap. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newTenant } from '../../src/core/call.ts'
import { MockIndex } from '../../src/mock/mock-index.ts'
import { nearMisses } from '../../src/mock/near-miss.ts'
import { select, take } from '../../src/mock/select.ts'
import { findShadows } from '../../src/mock/shadow.ts'
import { aCall, compiled, type FileSpec } from '../support/library.ts'

type Mocks = FileSpec['mocks']

const path = { request: { path: '/x' } }

const checkout: Mocks = [
  { name: 'open', ...path, scenarioName: 'checkout', requiredScenarioState: 'Started' },
  {
    name: 'paid',
    ...path,
    scenarioName: 'checkout',
    requiredScenarioState: 'paid',
    newScenarioState: 'Started',
  },
  { name: 'pay', request: { path: '/pay' }, scenarioName: 'checkout', newScenarioState: 'paid' },
]

const asking = (mocks: Mocks, tenant = newTenant('alice'), index = new MockIndex(compiled({ mocks }))) => ({
  tenant,
  index,
  ask: async (target: string) => (await take(index, aCall({ target, tenant })))?.name,
})

describe('a scenario', () => {
  it('begins in Started and moves with each answered call', async () => {
    const { ask } = asking(checkout)
    const seen = []
    for (const target of ['/x', '/pay', '/x', '/x']) seen.push(await ask(target))
    expect(seen).toEqual(['open', 'pay', 'paid', 'open'])
  })

  it('is each tenant its own, and does not move when somebody only looks', async () => {
    const one = asking(checkout)
    const other = asking(checkout, newTenant('bob'), one.index)
    await one.ask('/pay')
    await select(one.index, aCall({ target: '/pay', tenant: other.tenant }))
    expect([await one.ask('/x'), await other.ask('/x')]).toEqual(['paid', 'open'])
  })

  it('survives new mocks and begins again after a reset', async () => {
    const before = asking(checkout)
    await before.ask('/pay')
    const after = asking(checkout, before.tenant)
    expect((await select(after.index, aCall({ target: '/x', tenant: after.tenant })))?.name).toBe('paid')
    expect(after.tenant.state.reset('other')).toEqual({ scenarios: 0, counters: 0, values: 0 })
    expect(after.tenant.state.reset('checkout')).toEqual({ scenarios: 1, counters: 0, values: 0 })
    expect(await after.ask('/x')).toBe('open')
  })

  it('is told in near misses', async () => {
    const { index, tenant } = asking(checkout.slice(1, 2))
    const [miss] = await nearMisses(index, aCall({ target: '/x', tenant }))
    expect(miss!.failed).toEqual([{ clause: 'scenario checkout', expected: 'paid', actual: 'Started' }])
  })

  it('keeps mocks of different states from shadowing each other, and finds those of one state', () => {
    const shadowed = (mocks: Mocks): string[] =>
      [...findShadows(new MockIndex(compiled({ mocks })).service('orders')!).keys()].map(({ name }) => name)
    expect(shadowed(checkout)).toEqual([])
    expect(shadowed([checkout[1]!, { ...checkout[1]!, name: 'again' }])).toEqual(['paid'])
    expect(
      shadowed([{ name: 'always', ...path }, checkout[1]!, { name: 'twice', ...path, times: 2 }]),
    ).toEqual([])
  })
})

describe('times', () => {
  const twice: Mocks = [
    { name: 'always', ...path },
    { name: 'twice', ...path, times: 2 },
  ]

  it('lets a mock answer so often and no more', async () => {
    const { ask } = asking(twice)
    expect([await ask('/x'), await ask('/x'), await ask('/x')]).toEqual(['twice', 'twice', 'always'])
  })

  it('goes on counting after a reload, and anew when the mock was changed', async () => {
    const { ask, tenant } = asking(twice)
    await ask('/x')
    const same = asking(twice, tenant)
    expect([await same.ask('/x'), await same.ask('/x')]).toEqual(['twice', 'always'])
    const changed = asking([twice[0]!, { ...twice[1]!, times: 1 }], tenant)
    expect([await changed.ask('/x'), await changed.ask('/x')]).toEqual(['twice', 'always'])
  })

  it('counts mocks of one name apart', async () => {
    const { ask } = asking([
      { name: 'same', ...path, times: 1 },
      { name: 'same', ...path, times: 1 },
    ])
    expect([await ask('/x'), await ask('/x'), await ask('/x')]).toEqual(['same', 'same', undefined])
  })

  it('is told in near misses', async () => {
    const { ask, index, tenant } = asking([{ ...twice[1]!, times: 1 }])
    await ask('/x')
    const [miss] = await nearMisses(index, aCall({ target: '/x', tenant }))
    expect(miss!.failed).toEqual([
      { clause: 'times', expected: 'at most 1 call', actual: '1 answered already' },
    ])
  })
})

describe('calls at the same time', () => {
  /** Bodies arrive when the test lets them, in any order. */
  const later = (target: string, tenant = newTenant('alice')) => {
    const call = aCall({ target, method: 'POST', body: '{"a":1}', tenant })
    const arrived = Promise.withResolvers<void>()
    const decoded = call.body.read(1_000)
    Object.assign(call.body, { read: () => arrived.promise.then(() => decoded) })
    return { call, arrive: arrived.resolve }
  }

  it('take each step once, also when their bodies are read first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
        async (steps, order) => {
          const withBody = { request: { method: 'POST', path: '/x', body: { a: 1 } } }
          const mocks = Array.from({ length: steps }, (_, n) => ({
            name: `step ${n}`,
            ...withBody,
            scenarioName: 's',
            requiredScenarioState: n === 0 ? 'Started' : `${n}`,
            newScenarioState: `${n + 1}`,
          }))
          const index = new MockIndex(compiled({ mocks: [...mocks, { name: 'after', ...withBody }] }))
          const tenant = newTenant('alice')
          const calls = order.map(() => later('/x', tenant))
          const taken = calls.map(({ call }) => take(index, call))
          for (const i of order.map((weight, i) => ({ weight, i })).sort((a, b) => a.weight - b.weight))
            calls[i.i]!.arrive()
          const names = (await Promise.all(taken)).map((mock) => mock?.name)
          const expected = order.map((_, n) => (n < steps ? `step ${n}` : 'after'))
          expect(names.toSorted()).toEqual(expected.toSorted())
        },
      ),
      { numRuns: 60 },
    )
  })

  it('share a count of calls', async () => {
    const index = new MockIndex(
      compiled({ mocks: [{ name: 'thrice', request: { path: '/x', body: { a: 1 } }, times: 3 }] }),
    )
    const tenant = newTenant('alice')
    const calls = Array.from({ length: 10 }, () => later('/x', tenant))
    const taken = calls.map(({ call }) => take(index, call))
    for (const { arrive } of calls.toReversed()) arrive()
    expect((await Promise.all(taken)).filter((mock) => mock !== undefined)).toHaveLength(3)
  })
})
