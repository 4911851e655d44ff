/** The bench's measures over fewer people: fakes are as many as values and valid by other people's rules, and harmless things stay. */
import { expect, it } from 'vitest'
import { fakesOf, overMasked } from '../../bench/lib/measures.ts'

it.each(fakesOf(11, 1_500))('$kind: a fake for each value, valid', ({ values, fakes, valid }) => {
  expect(fakes).toBe(values)
  expect(valid).toBe(values)
})

it.each(overMasked(13, 500))('leaves $what alone under its name', ({ named }) => {
  expect(named).toBe(0)
})
