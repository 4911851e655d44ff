/** Which filters a call passes: only those that some service wants, in their order. */
import { expect, it } from 'vitest'
import type { Filter } from '../../src/core/filter.ts'
import { lookBudget } from '../../src/filters/contract/look.ts'
import { contractFilter } from '../../src/filters/contract.ts'
import { faultFilter } from '../../src/filters/fault.ts'
import { recordFilter } from '../../src/filters/record.ts'
import { pipeline } from '../../src/proxy/pipeline.ts'
import { testClock } from '../support/clock.ts'
import { aCall, service } from '../support/library.ts'

it('leaves out what no service wants, and puts tenants outside faults, and faults outside mocks', () => {
  const passed: string[] = []
  const watched = (filter: Pick<Filter, 'name' | 'wants'>): Filter => ({
    ...filter,
    handle: (call, next) => {
      passed.push(filter.name)
      return next(call)
    },
  })
  const fault = watched(faultFilter({ clock: testClock(), chance: Math.random }))
  const contract = watched(contractFilter(lookBudget(1_000)))
  const mock = watched({ name: 'mock', wants: ({ mode }) => mode === 'mock' })
  const tenant = watched({ name: 'tenant', wants: () => true })
  const record = watched(recordFilter(() => undefined))
  const through = (...services: ReturnType<typeof service>[]): string[] => {
    passed.length = 0
    pipeline(
      { tenant, fault, contract, mock, record },
      () => ({ kind: 'none' }),
      services,
    )(aCall({ target: '/x' }))
    return [...passed]
  }
  expect(through(service())).toEqual(['tenant', 'mock'])
  expect(through(service({ mode: 'passthrough' }))).toEqual(['tenant'])
  expect(through(service(), service({ faults: [] }))).toEqual(['tenant', 'fault', 'mock'])
  expect(through(service({ mode: 'record' }))).toEqual(['tenant', 'record'])
  expect(through(service({ onMiss: 'record', faults: [] }))).toEqual(['tenant', 'fault', 'mock', 'record'])
  const held = { readsCall: () => false, readsReply: () => false, call: () => [], reply: () => [] }
  const contracted = service({ faults: [], contract: { enforce: 'warn', held } })
  expect(through(contracted)).toEqual(['tenant', 'fault', 'contract', 'mock'])
})
