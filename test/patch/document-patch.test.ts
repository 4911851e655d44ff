import { describe, expect, it } from 'vitest'
import { RegexTimeout, SpecError } from '../../src/core/matcher.ts'
import { PatchFailure } from '../../src/core/patch.ts'
import { documentPatch } from '../../src/patch/document-patch.ts'
import type { Replacer } from '../../src/patch/replace-text.ts'

const replacer: Replacer = (source, replacement) => (text) => {
  if (source === 'slow') throw new RegexTimeout('the expression took longer than 20 ms')
  const regex = new RegExp(source, 'gs')
  return regex.test(text) ? text.replace(new RegExp(source, 'gs'), replacement) : undefined
}

const apply = (spec: unknown, text: string): string => documentPatch(spec, replacer).apply(text)

describe('what stands under body', () => {
  it.each([
    [{ a: 1 }, '{"b":2}', '{"b":2,"a":1}'],
    [{}, '{ "b":2}', '{ "b":2}'],
    [{ a: [{ $x: 1 }] }, '{}', '{"a":[{"$x":1}]}'],
    [{ $merge: { $ref: '#/a', b: { $id: 1 } } }, '{"$ref":"x"}', '{"$ref":"#/a","b":{"$id":1}}'],
    [{ $merge: [1] }, '{}', '[1]'],
    [[{ op: 'remove', path: '/b' }], '{"b":2}', '{}'],
    [[], '{"b":2}', '{"b":2}'],
    [{ $replace: [{ find: 'a.b', with: '$&' }] }, 'a.b axb a.b', '$& axb $&'],
    [{ $replace: { find: 'a', with: '' } }, 'banana', 'bnn'],
    [{ $replace: [{ regex: '(\\d+) EUR', with: '$1 CNY' }] }, '5 EUR, 6 EUR', '5 CNY, 6 CNY'],
    [
      {
        $replace: [
          { find: 'a', with: 'b' },
          { find: 'b', with: 'c' },
        ],
      },
      'a',
      'c',
    ],
    [{ $replace: [{ find: 'x', with: 'y', optional: true }] }, 'a', 'a'],
  ])('%j', (spec, text, result) => {
    expect(apply(spec, text)).toBe(result)
  })

  it.each([
    [{ $replace: [{ find: 'x', with: 'y' }] }, '$replace 1, find "x": it is not in the body'],
    [
      { $replace: [{ regex: 'slow', with: 'y' }] },
      '$replace 1, regex "slow": the expression took longer than 20 ms',
    ],
  ])('%j may not fit', (spec, message) => {
    expect(() => apply(spec, 'a')).toThrow(new PatchFailure(message))
  })

  it.each<[unknown, readonly (string | number)[]]>([
    ['text', []],
    [1, []],
    [null, []],
    [{ $merge: {}, $replace: [] }, ['$replace']],
    [{ $merge: {}, a: 1 }, ['a']],
    [{ a: 1, $merge: {} }, ['a']],
    [{ $mrege: {} }, ['$mrege']],
    [{ a: { b: { $ref: 1 } } }, ['a', 'b', '$ref']],
    [[{ op: 'remove', path: '/a', vlaue: 1 }], [0, 'vlaue']],
    [[{ op: 'remove', path: 'a' }], [0, 'path']],
    [{ $replace: 'a' }, ['$replace']],
    [
      {
        $replace: [
          { find: 'a', with: 'b' },
          { find: 'a', regex: 'b', with: 'c' },
        ],
      },
      ['$replace', 1, 'regex'],
    ],
    [{ $replace: [{ find: 'a' }] }, ['$replace', 0]],
    [{ $replace: [{ with: 'a' }] }, ['$replace', 0]],
    [{ $replace: [{ find: 1, with: 'a' }] }, ['$replace', 0, 'find']],
    [{ $replace: [{ find: '', with: 'a' }] }, ['$replace', 0, 'find']],
    [{ $replace: [{ find: 'a', with: 'a', optional: 1 }] }, ['$replace', 0, 'optional']],
    [{ $replace: [{ find: 'a', wiht: 'a' }] }, ['$replace', 0, 'wiht']],
  ])('%j is a mistake', (spec, path) => {
    try {
      documentPatch(spec, replacer)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(SpecError)
      expect((error as SpecError).path).toEqual(path)
    }
  })
})
