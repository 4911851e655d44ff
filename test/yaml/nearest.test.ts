import { expect, it } from 'vitest'
import { editDistance, nearest } from '../../src/yaml/nearest.ts'

it('counts a swap of neighbours as one slip', () => {
  expect(editDistance('upstraem', 'upstream')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('abc', 'abc')).toBe(0)
})

it.each([
  ['heders', 'headers'],
  ['METHOD', 'method'],
  ['pth', 'path'],
  ['zzzzzz', undefined],
  ['x', undefined],
])('takes %s for %s', (word, expected) => {
  expect(nearest(word, ['headers', 'method', 'path', 'query'])).toBe(expected)
})
