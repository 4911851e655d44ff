/** Answers in turn. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newTenant } from '../../src/core/call.ts'
import type { Repeat } from '../../src/core/responder.ts'
import { aCall, compiled } from '../support/library.ts'

const responses = [201, 202, 203].map((status) => ({ status }))

/** A mock with these answers, asked by one tenant. */
const asking = (
  spec: { responses: readonly { status: number }[]; repeat?: Repeat },
  tenant = newTenant('a'),
) => {
  const [mock] = compiled({ mocks: [{ name: 'job', ...spec }] })
  return () => {
    try {
      const reply = mock!.respond(aCall({ target: '/x', tenant }), () => ({ kind: 'none' }))
      return 'status' in reply ? reply.status : undefined
    } catch (error) {
      return (error as { code: string }).code
    }
  }
}

const times = <T>(count: number, ask: () => T): T[] => Array.from({ length: count }, () => ask())

describe('a sequence', () => {
  it.each([
    ['last', [201, 202, 203, 203, 203]],
    ['cycle', [201, 202, 203, 201, 202]],
    ['fail', [201, 202, 203, 'MOCK_EXHAUSTED', 'MOCK_EXHAUSTED']],
    [undefined, [201, 202, 203, 203, 203]],
  ] as const)('with repeat %s', (repeat, expected) => {
    expect(times(5, asking({ responses, ...(repeat !== undefined && { repeat }) }))).toEqual(expected)
  })

  it('answers as its oracle says, whatever its length, for tenants apart', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 200, max: 299 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom<Repeat>('last', 'cycle', 'fail'),
        fc.array(fc.boolean(), { maxLength: 20 }),
        (statuses, repeat, turns) => {
          const spec = { responses: statuses.map((status) => ({ status })), repeat }
          const ask = { true: asking(spec), false: asking(spec, newTenant('b')) }
          const list: (number | string)[] =
            repeat === 'cycle' ? times(30, () => statuses).flat() : [...statuses]
          const filler = repeat === 'last' ? statuses.at(-1)! : 'MOCK_EXHAUSTED'
          const at = { true: 0, false: 0 }
          for (const turn of turns) expect(ask[`${turn}`]()).toBe(list[at[`${turn}`]++] ?? filler)
        },
      ),
    )
  })

  it('goes on after a reload, and begins again when it was changed or reset', () => {
    const tenant = newTenant('a')
    expect(times(2, asking({ responses }, tenant))).toEqual([201, 202])
    expect(asking({ responses }, tenant)()).toBe(203)
    expect(asking({ responses: responses.slice(1) }, tenant)()).toBe(202)
    tenant.state.reset()
    expect(asking({ responses: responses.slice(1) }, tenant)()).toBe(202)
  })

  it('says what it is', () => {
    const [mock] = compiled({ mocks: [{ responses, repeat: 'cycle' }] })
    expect(mock).toMatchObject({ status: undefined, notes: ['3 responses in turn, then from the beginning'] })
  })

  it.each([
    [{ responses, response: { status: 200 } }, /response and responses exclude each other/],
    [{ repeat: 'last' as const }, /the mock has none/],
    [{ responses: [{ status: 200 }, { status: 204, body: 'x' }] }, /has no body/],
  ])('refuses %j', (mock, message) => {
    expect(() => compiled({ mocks: [mock] })).toThrow(message)
  })
})
