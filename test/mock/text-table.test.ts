import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finished, TextTable } from '../../src/mock/text-table.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom('', 'a', 'aa', 'ÿ', '中', '\u0000'),
)

const byNumber = (a: number, b: number): number => a - b

test('answers as the Map it was made of', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.nat())), fc.array(text), (entries, others) => {
      const map = new Map(entries)
      const table = new TextTable(map)
      for (const key of [...map.keys(), ...others]) expect(table.get(key)).toBe(map.get(key))
      expect([...table.values()].sort(byNumber)).toEqual([...map.values()].sort(byNumber))
    }),
  )
})

test('tens of thousands of texts that differ little are all found, and no others', () => {
  const map = new Map(Array.from({ length: 50_000 }, (_, i) => [`order-${i}`, i]))
  const table = finished(map)
  expect(table).toBeInstanceOf(TextTable)
  for (const [key, value] of map) if (table.get(key) !== value) expect.unreachable(key)
  for (let i = 50_000; i < 60_000; i++) if (table.get(`order-${i}`) !== undefined) expect.unreachable(`${i}`)
})

test('a small map stays what it is', () => {
  const map = new Map([['a', 1]])
  expect(finished(map)).toBe(map)
})
