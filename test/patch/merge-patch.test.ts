/** The examples of RFC 7396, appendix A: original, patch, result. */
import { describe, expect, it } from 'vitest'
import { PatchFailure } from '../../src/core/patch.ts'
import { mergePatch } from '../../src/patch/merge-patch.ts'

const examples: readonly (readonly [unknown, unknown, unknown])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

describe('RFC 7396, appendix A', () => {
  it.each(examples)('%j with %j is %j', (original, patch, result) => {
    for (const indent of [undefined, 2]) {
      const text = JSON.stringify(original, null, indent)
      expect(JSON.parse(mergePatch(patch).apply(text))).toEqual(result)
    }
  })
})

describe('a merge patch', () => {
  it.each([
    [
      '{"n": 9007199254740993, "f":1.50e1,\n\t"s" : "\\u00e9"}',
      { x: 1 },
      '{"n": 9007199254740993, "f":1.50e1,\n\t"s" : "\\u00e9",\n\t"x" : 1}',
    ],
    ['{\n  "a": 1,\n  "b": 2\n}\n', { b: 9007199254740993n }, '{\n  "a": 1,\n  "b": 9007199254740993\n}\n'],
    ['{\n  "a": 1,\n  "b": 2\n}', { b: null }, '{\n  "a": 1\n}'],
    ['{"a": 1, "b": 2}', { a: null }, '{"b": 2}'],
    ['{"a":{"b":[1 , 2],"c":"}\\""}}', { a: { c: 0 } }, '{"a":{"b":[1 , 2],"c":0}}'],
    ['{"a":1,"a":2,"b":3}', { a: 4 }, '{"a":4,"b":3}'],
    ['{"a":1,"a":2,"b":3}', { a: null }, '{"b":3}'],
    ['{"\\u0061":1}', { a: 2 }, '{"\\u0061":2}'],
    ['\ufeff {} ', { a: 1 }, '\ufeff {"a":1} '],
    ['{ }', { a: 1 }, '{"a":1 }'],
  ])('changes %j only where it says', (text, patch, result) => {
    expect(mergePatch(patch).apply(text)).toBe(result)
  })

  it('takes __proto__ for an ordinary key', () => {
    const patch = JSON.parse('{"__proto__":{"a":1}}') as unknown
    expect(mergePatch(patch).apply('{"b":2}')).toBe('{"b":2,"__proto__":{"a":1}}')
  })

  it.each([
    ['', 'the body is empty'],
    ['<html>', 'not valid JSON: unexpected character at line 1, column 1'],
    ['{"a":1', 'not valid JSON'],
  ])('does not fit %j', (text, message) => {
    expect(() => mergePatch({ a: 1 }).apply(text)).toThrow(PatchFailure)
    expect(() => mergePatch({ a: 1 }).apply(text)).toThrow(message)
  })

  it('can be applied again and again', () => {
    const patch = mergePatch({ a: { b: [1] } })
    expect([1, 2, 3].map(() => patch.apply('{"a":{"b":0}}'))).toEqual(Array(3).fill('{"a":{"b":[1]}}'))
  })

  it('does not mind depth', () => {
    const deep = `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect(mergePatch({ b: 1 }).apply(deep)).toBe(`${deep.slice(0, -1)},"b":1}`)
  })
})
