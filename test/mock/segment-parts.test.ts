/** Segments with parameters inside: held against the regular expression that they stand for, and bounded in time. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { captureParts } from '../../src/mock/segment-parts.ts'

it('takes what a lazy regular expression takes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '-', '.'), maxLength: 3 })
  const segment = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.'), maxLength: 12 })
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), segment, (texts, value) => {
      const regex = new RegExp(`^${texts.map((part) => RegExp.escape(part)).join('([^]+?)')}$`)
      expect(captureParts(texts, value)).toEqual(regex.exec(value)?.slice(1))
    }),
    { numRuns: 2_000 },
  )
})

it('takes no longer where several parameters could go many ways', () => {
  const texts = ['', '-', '-', '-', '-', '-', '.x']
  const start = performance.now()
  expect(captureParts(texts, '-'.repeat(1_000_000))).toBeUndefined()
  expect(captureParts(texts, `${'-'.repeat(1_000_000)}.x`)).toHaveLength(6)
  expect(performance.now() - start).toBeLessThan(200)
})
