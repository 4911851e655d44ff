import { describe, expect, it } from 'vitest'
import { RegexTimeout, SpecError } from '../../../src/core/matcher.ts'
import { createRegexReplacer } from '../../../src/mock/load/regex-replace.ts'

const replacer = createRegexReplacer()

describe('replacing what an expression finds', () => {
  it.each([
    ['a', 'b', 'banana', 'bbnbnb'],
    ['(\\d+)-(?<x>\\d+)', '$<x>+$1', '1-2 3-4', '2+1 4+3'],
    ['a.c', '', 'xa\ncx', 'xx'],
    ['\\p{Lu}', '_', 'äÖx', 'ä_x'],
    ['(?i:ABC)', 'x', 'abcABC', 'xx'],
    ['z', 'b', 'banana', undefined],
    ['x*$', '!', 'ab', 'ab!'],
  ])('/%s/ by %s', (source, replacement, text, result) => {
    const replace = replacer(source, replacement)
    expect([replace(text), replace(text)]).toEqual([result, result])
  })

  it('works on long texts, under guard', () => {
    const text = 'price 12 EUR, '.repeat(20_000)
    expect(replacer('(\\d+) +EUR', '$1 CNY')(text)).toBe('price 12 CNY, '.repeat(20_000))
  })

  it('is bounded in time', () => {
    expect(() => replacer('(a+)+(?=b)$', 'x')(`${'a'.repeat(40)}c`)).toThrow(RegexTimeout)
  })

  it('refuses what is no expression', () => {
    expect(() => replacer('(', 'x')).toThrow(SpecError)
  })
})
