/** What is remembered of traces: how many, how long, and by which ids. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { traceIds } from '../../src/tenant/trace-ids.ts'
import { mostTraces, TraceMemory, traceLifeMs } from '../../src/tenant/trace-memory.ts'

describe('the memory of traces', () => {
  it('holds 100,000 of them for ten minutes', () => {
    expect([mostTraces, traceLifeMs]).toEqual([100_000, 600_000])
    const memory = new TraceMemory()
    for (let i = 0; i < 250_000; i++) memory.remember(`t:${i}`, 'alice', 0)
    expect(memory.size).toBe(100_000)
    expect(memory.tenantOf('t:149999', 0)).toBeUndefined()
    expect(memory.tenantOf('t:150000', 599_999)).toBe('alice')
    expect(memory.tenantOf('t:150000', 600_000)).toBeUndefined()
  })

  it('keeps a trace that goes on', () => {
    const memory = new TraceMemory(3, 1_000)
    memory.remember('a', 'alice', 0)
    memory.remember('b', 'bob', 0)
    memory.remember('a', 'alice', 900)
    memory.remember('c', 'carol', 900)
    expect(memory.tenantOf('a', 1_500)).toBe('alice')
    expect(memory.tenantOf('b', 950)).toBe('bob')
    memory.remember('d', 'dora', 1_600)
    expect(memory.tenantOf('b', 950)).toBeUndefined()
    expect(memory.tenantOf('a', 1_700)).toBe('alice')
  })

  it('is what a map with times would say, and never more than it may hold', () => {
    const steps = fc.array(fc.tuple(fc.nat(9), fc.constantFrom('alice', 'bob'), fc.nat(400)), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, (list) => {
        const memory = new TraceMemory(1_000, 1_000)
        const model = new Map<number, { tenant: string; since: number }>()
        let now = 0
        for (const [id, tenant, pause] of list) {
          now += pause
          const known = model.get(id)
          // Refreshed at most each half of its life.
          const fresh = known !== undefined && now - known.since < 500
          model.set(id, { tenant, since: fresh ? known.since : now })
          memory.remember(String(id), tenant, now)
          for (const [each, { tenant: said, since }] of model)
            expect(memory.tenantOf(String(each), now)).toBe(now - since < 1_000 ? said : undefined)
        }
        expect(memory.size).toBeLessThanOrEqual(10)
      }),
    )
  })
})

describe('trace ids', () => {
  it.each([
    [
      ['Traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
      ['t:4bf92f3577b34da6a3ce929d0e0e4736'],
    ],
    [['traceparent', '00-00000000000000000000000000000000-00f067aa0ba902b7-01'], []],
    [['traceparent', 'nonsense'], []],
    [['b3', '0'], []],
    [['b3', 'A3CE929D0E0E4736-00f067aa0ba902b7'], ['t:0000000000000000a3ce929d0e0e4736']],
    [['X-B3-TraceId', 'a3ce929d0e0e4736'], ['t:0000000000000000a3ce929d0e0e4736']],
    [['sw8', '1-TRACE-SEG-0-a-b-c-d'], ['s:TRACE']],
    [['sw8', '1'], []],
    [['x-request-id', ' 7 '], ['r:7']],
    [['x-request-id', 'x'.repeat(129)], []],
    [
      ['accept', '*/*', 'x-request-id', '7', 'x-request-id', '7', 'sw8', '1-T'],
      ['r:7', 's:T'],
    ],
  ])('of %j', (metadata, ids) => {
    expect(traceIds(metadata)).toEqual(ids)
  })
})
