/** A contract says what was used, not when: in whatever order calls came, and in however many runs, the file is the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readContract, renderContract } from '../../src/app/handover/contract-file.ts'
import { Interactions, interactionOf } from '../../src/app/handover/interaction.ts'

const scalar = fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean(), fc.constant(null))
const document = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
)
const used = fc.record({
  name: fc.constantFrom('one', 'two', 'two (2)'),
  request: fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: fc.constantFrom('/orders/{id}', '/files/{rest*}', '/x'),
  }),
  response: fc.record({ status: fc.constantFrom(200, 404) }),
  contract: fc.record({
    version: fc.constantFrom('1.0.0', '2.0.0'),
    example: fc.record(
      {
        path: fc.constantFrom('/orders/1', '/files/a/1', '/files/b/c/2', '/x'),
        query: fc.dictionary(fc.constantFrom('p', 'q'), fc.string({ maxLength: 3 })),
        body: document,
      },
      { requiredKeys: ['path'] },
    ),
  }),
})

const textOf = (mocks: readonly Readonly<Record<string, unknown>>[]): string => {
  const all = new Interactions()
  for (const mock of mocks) all.add(interactionOf(mock))
  return renderContract({ consumer: 'shop', provider: 'orders', protocol: 'http', interactions: all.list() })
}

const shuffled = fc
  .array(used, { minLength: 1, maxLength: 40 })
  .chain((mocks) => fc.tuple(fc.constant(mocks), fc.shuffledSubarray(mocks, { minLength: mocks.length })))

describe('a contract', () => {
  it('is the same bytes for the same calls in any order', () => {
    fc.assert(
      fc.property(shuffled, ([mocks, other]) => {
        expect(textOf(other)).toBe(textOf(mocks))
      }),
    )
  })

  it('is the same when it is read and written again', () => {
    fc.assert(
      fc.property(shuffled, ([mocks]) => {
        const text = textOf(mocks)
        const read = readContract(text, 'a.yaml')!
        expect(read).toMatchObject({ consumer: 'shop', provider: 'orders', protocol: 'http' })
        expect(renderContract(read)).toBe(text)
      }),
    )
  })

  it('is the same whether its calls came in one run or in several that were merged', () => {
    fc.assert(
      fc.property(shuffled, fc.nat(40), ([mocks, other], cut) => {
        const both = [mocks.slice(0, cut), other].map((part) =>
          part.length === 0 ? [] : readContract(textOf(part), 'a.yaml')!.interactions,
        )
        const all = new Interactions()
        for (const one of both.flat()) all.add(one)
        const text = renderContract({
          consumer: 'shop',
          provider: 'orders',
          protocol: 'http',
          interactions: all.list(),
        })
        expect(text).toBe(textOf(mocks))
      }),
    )
  })

  it('holds calls of one shape once, and of one mock a bounded number', () => {
    const one = (page: string, more: Readonly<Record<string, unknown>> = {}) => ({
      name: 'list',
      request: { method: 'GET', path: '/orders' },
      response: {},
      contract: { example: { path: '/orders', query: { page, ...more } } },
    })
    const same = readContract(textOf([one('3'), one('1'), one('2')]), 'a.yaml')!
    expect(same.interactions.map(({ mock }) => mock['contract'])).toEqual([one('1').contract])
    const many = Array.from({ length: 50 }, (_, i) => one('1', { [`q${i}`]: 'x' }))
    expect(readContract(textOf(many), 'a.yaml')!.interactions).toHaveLength(20)
    expect(textOf(many.toReversed())).toBe(textOf(many))
  })
})
