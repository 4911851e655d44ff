import { describe, expect, it } from 'vitest'
import { RegexTimeout, SpecError } from '../../../src/core/matcher.ts'
import { createRegexTester, riskOf } from '../../../src/mock/load/regex-guard.ts'
import { countChoices, nestsRepetition } from '../../../src/mock/load/regex-shape.ts'

const regex = createRegexTester()

/** Makes nested repetition try 2^40 ways. */
const hostile = `${'a'.repeat(40)}!`

describe('a regular expression', () => {
  it('matches the whole text, and the dot any character', () => {
    expect(regex('a|ab')('ab')).toBe(true)
    expect(regex('a')('xa')).toBe(false)
    expect(regex('a.b')('a\nb')).toBe(true)
    expect(regex('\\p{Lu}.')('Ä😀')).toBe(true)
  })

  it('is refused at load when it is not valid, with a hint for the flags of other languages', () => {
    expect(() => regex('(')).toThrow(SpecError)
    expect(() => regex('a)(b')).toThrow(SpecError)
    expect(() => regex('(?i)abc')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('(?i:abc)') }),
    )
    expect(regex('(?i:abc)')('ABC')).toBe(true)
  })

  it('is answered by the linear engine where that can take it', () => {
    expect(regex('(a+)+$')(hostile)).toBe(false)
    expect(regex('(\\w+|\\d+)*x')('a1'.repeat(30))).toBe(false)
  })

  it.each(['^(?=(a+)+$).*', '(?=(a+)+$).*', '(a)\\1(a+)+', '(a+){1,500}', '(\\p{L}+)+'])(
    'runs into its bound where nothing else can: %s',
    (source) => {
      const test = regex(source)
      expect(() => test(hostile)).toThrow(RegexTimeout)
      // And works on, for texts that are no trouble.
      expect(test('a')).toBe(source !== '(a)\\1(a+)+')
    },
  )

  it('is bounded on long texts too, where greedy runs try every pair of places', () => {
    expect(() => regex('.*foo.*bar.*')('xfoo'.repeat(100_000))).toThrow(RegexTimeout)
  })

  it('needs no guard where it can go one way only', () => {
    expect(regex('\\p{L}+')('a'.repeat(1_000_000))).toBe(true)
  })
})

describe('the shape of an expression', () => {
  it.each([
    ['abc', 0],
    ['[*+?|]\\*\\{', 0],
    ['a+', 1],
    ['a+?', 1],
    ['a??b', 1],
    ['(?:a|b)*', 2],
    ['(?<n>a)\\k<n>', 2],
    ['a{2,3}b?', 2],
    ['(?=.*\\d)(?!x).{8,}', 2],
  ])('%s can go %i ways', (source, choices) => {
    expect(countChoices(source)).toBe(choices)
  })

  it('tells nested repetition', () => {
    expect(['(a+)+', '((a|b))*', '(?=(x*)*)', '(a?){9}'].filter(nestsRepetition)).toHaveLength(4)
    expect(['a+b+', '(ab)+', '(a+)(b+)', '[(a+)+]'].filter(nestsRepetition)).toEqual([])
  })

  it('is a risk only where nested repetition cannot run in linear time', () => {
    expect(riskOf('(?=(a+)+$).*')).toContain('back')
    expect(riskOf('(a+)+')).toBeUndefined()
    expect(riskOf('(?=.*\\d).{8,}')).toBeUndefined()
    expect(riskOf('(')).toBeUndefined()
  })
})
