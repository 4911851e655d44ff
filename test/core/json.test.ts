import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indexText, parseJson, sameScalar, stringifyJson } from '../../src/core/json.ts'

const value = (text: string): unknown => {
  const parsed = parseJson(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}

const problem = (text: string): string => {
  const parsed = parseJson(text)
  return parsed.ok ? 'none' : parsed.problem
}

describe('parseJson', () => {
  it('keeps the digits of integers beyond 2^53, and only theirs', () => {
    expect(value('[9007199254740993, -9007199254740993, 9007199254740991]')).toEqual([
      9007199254740993n,
      -9007199254740993n,
      9007199254740991,
    ])
    expect(value('[1e20, 0.1234567890123456, "9007199254740993"]')).toEqual([
      1e20,
      0.1234567890123456,
      '9007199254740993',
    ])
  })

  it('takes __proto__ for an ordinary key', () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1},"n":9007199254740993}']) {
      const parsed = value(text) as object
      expect(Object.keys(parsed)).toContain('__proto__')
      expect((parsed as { x?: unknown }).x).toBeUndefined()
      expect(stringifyJson(parsed)).toBe(text)
    }
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('agrees with JSON.parse and comes back as it was', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(stringifyJson(value(text))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
    fc.assert(
      fc.property(fc.bigInt(), (integer) => {
        expect(stringifyJson(value(`{"a":[${integer}]}`))).toBe(`{"a":[${integer}]}`)
      }),
    )
  })

  it('says where the text breaks, without quoting it', () => {
    expect(problem('{"a":\n secret}')).toBe('not valid JSON: unexpected character at line 2, column 2')
    expect(problem(`{"first":"${'x'.repeat(90)}",\n"password":hunter2}`)).toMatch(/line 2, column 12$/)
    expect(problem('{"a":1')).toMatch(/line 1, column 7$/)
    expect(problem('')).toMatch(/line 1, column 1$/)
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(problem(`{"a": hunter2${text}`)).not.toContain('hunter2')
      }),
    )
  })

  it('survives any depth', () => {
    const deep = '['.repeat(200_000)
    expect(parseJson(deep).ok).toBe(false)
    expect(typeof parseJson(`${deep}1234567890123456789${']'.repeat(200_000)}`).ok).toBe('boolean')
  })
})

describe('scalars', () => {
  it('have one index text for equal numbers', () => {
    expect(indexText(1e20)).toBe('100000000000000000000')
    expect(indexText(100000000000000000000n)).toBe('100000000000000000000')
    expect([indexText(-0), indexText(null), indexText(true), indexText(1.5)]).toEqual([
      '0',
      'null',
      'true',
      '1.5',
    ])
  })

  it('that are the same have the same index text', () => {
    const numbers = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.bigInt(), fc.maxSafeInteger().map(BigInt))
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        if (sameScalar(a, b)) expect(indexText(a)).toBe(indexText(b))
      }),
    )
    expect(sameScalar(1e20, 100000000000000000000n)).toBe(true)
    expect(sameScalar(1, 1n)).toBe(true)
    expect(sameScalar(1, '1')).toBe(false)
    expect(sameScalar(9007199254740992, 9007199254740993n)).toBe(false)
  })
})
