/** The examples of RFC 6902, appendix A: document, patch, result; undefined where the patch must not apply. */
import { describe, expect, it } from 'vitest'
import { SpecError } from '../../src/core/matcher.ts'
import { PatchFailure } from '../../src/core/patch.ts'
import { jsonPatch } from '../../src/patch/json-patch.ts'

const examples: readonly (readonly [string, unknown, readonly unknown[], unknown])[] = [
  ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
  [
    'A.2',
    { foo: ['bar', 'baz'] },
    [{ op: 'add', path: '/foo/1', value: 'qux' }],
    { foo: ['bar', 'qux', 'baz'] },
  ],
  ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
  [
    'A.5',
    { baz: 'qux', foo: 'bar' },
    [{ op: 'replace', path: '/baz', value: 'boo' }],
    { baz: 'boo', foo: 'bar' },
  ],
  [
    'A.6',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [
    'A.7',
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    'A.8',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  ['A.9', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }], undefined],
  [
    'A.10',
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    { foo: 'bar', child: { grandchild: {} } },
  ],
  ['A.11', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
  ['A.12', { foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }], undefined],
  ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
  ['A.15', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }], undefined],
  [
    'A.16',
    { foo: ['bar'] },
    [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    { foo: ['bar', ['abc', 'def']] },
  ],
]

describe('RFC 6902, appendix A', () => {
  it.each(examples)('%s', (_name, document, patch, result) => {
    for (const indent of [undefined, 2]) {
      const apply = (): string => jsonPatch(patch).apply(JSON.stringify(document, null, indent))
      if (result === undefined) expect(apply).toThrow(PatchFailure)
      else expect(JSON.parse(apply())).toEqual(result)
    }
  })

  it('A.13: a member twice is a mistake of the file, which YAML and JSON readers refuse; an unknown op too', () => {
    expect(() => jsonPatch([{ op: 'delete', path: '/a' }])).toThrow(SpecError)
  })
})

describe('a JSON Patch', () => {
  it.each([
    ['[1, 2, 3]', [{ op: 'add', path: '/0', value: 0 }], '[0, 1, 2, 3]'],
    ['[1, 2, 3]', [{ op: 'add', path: '/-', value: 4 }], '[1, 2, 3, 4]'],
    ['[1, 2, 3]', [{ op: 'remove', path: '/0' }], '[2, 3]'],
    ['[\n  1\n]', [{ op: 'remove', path: '/0' }], '[\n]'],
    [
      '{"a":9007199254740993}',
      [{ op: 'copy', from: '/a', path: '/b' }],
      '{"a":9007199254740993,"b":9007199254740993}',
    ],
    [
      '{"a":{"b":1.0}}',
      [
        { op: 'copy', from: '/a', path: '/c' },
        { op: 'replace', path: '/c/b', value: 2 },
      ],
      '{"a":{"b":1.0},"c":{"b":2}}',
    ],
    ['{"a":{"b":1.0}}', [{ op: 'move', from: '/a', path: '' }], '{"b":1.0}'],
    ['{"a":1}', [{ op: 'replace', path: '', value: [null] }], '[null]'],
    [
      '{"a":1.0,"b":[{"x":1,"y":2}]}',
      [
        { op: 'test', path: '/a', value: 1 },
        { op: 'test', path: '/b', value: [{ y: 2, x: 1 }] },
      ],
      '{"a":1.0,"b":[{"x":1,"y":2}]}',
    ],
    ['{"":{"a/b":1}}', [{ op: 'remove', path: '//a~1b' }], '{"":{}}'],
    ['{"a":null}', [{ op: 'add', path: '/a', value: 1 }], '{"a":1}'],
  ])('of %s', (text, patch, result) => {
    expect(jsonPatch(patch).apply(text)).toBe(result)
  })

  it.each([
    [
      '{"a":{"b":1}}',
      { op: 'replace', path: '/a/c', value: 1 },
      'operation 1, replace /a/c: /a has no member "c"',
      '/a/c',
      '{"b":1}',
    ],
    [
      '[1]',
      { op: 'remove', path: '/1' },
      'operation 1, remove /1: the document is a list of 1, without item "1"',
      '/1',
      '[1]',
    ],
    ['[1]', { op: 'add', path: '/01', value: 1 }, 'is a list of 1, without item "01"', '/01', '[1]'],
    ['{"a":1}', { op: 'add', path: '/a/b/c', value: 1 }, '/a is neither an object nor a list', '/a/b', '1'],
    ['{"a":1}', { op: 'test', path: '/a', value: 2 }, 'another value is there', '/a', '1'],
    [
      '{"a":12345678901234567890}',
      { op: 'test', path: '/a', value: 12345678901234567891n },
      'another',
      '/a',
      '12345678901234567890',
    ],
    ['{"password":"x"}', { op: 'test', path: '/password', value: 'y' }, 'another', '/password', '•••'],
    ['{"token":{"v":"x"}}', { op: 'remove', path: '/token/w' }, 'no member', '/token/w', '•••'],
    ['{"u":{"token":"x"}}', { op: 'remove', path: '/u/w' }, 'no member', '/u/w', '{"token":"•••"}'],
  ])('on %s fails', (text, operation, message, path, found) => {
    const failure = failureOf(() => jsonPatch([operation]).apply(text))
    expect(failure.message).toContain(message)
    expect([failure.path, failure.found]).toEqual([path, found])
  })

  it('that fails half way changes nothing the next time', () => {
    const patch = jsonPatch([
      { op: 'remove', path: '/a' },
      { op: 'test', path: '/b', value: 1 },
    ])
    expect(() => patch.apply('{"a":1,"b":2}')).toThrow(PatchFailure)
    expect(patch.apply('{"a":1,"b":1}')).toBe('{"b":1}')
  })

  it.each([
    [{ op: 'add', path: 'a', value: 1 }, ['path'], '"a" is no JSON Pointer: it must begin with /'],
    [{ op: 'add', path: '/a' }, [], 'value is missing'],
    [{ op: 'add', value: 1 }, [], 'path is missing'],
    [{ op: 'move', path: '/a' }, [], 'from is missing'],
    [{ op: 'move', from: '/a', path: '/a/b' }, ['from'], 'a value cannot be moved into itself'],
    [{ op: 'remove', path: '' }, ['path'], 'the whole document cannot be removed'],
    [{ op: 'add', path: '/a~2', value: 1 }, ['path'], '~ alone has no meaning in "/a~2"'],
    [{ op: 'delete', path: '/a' }, ['op'], '"delete" is no operation of JSON Patch'],
    ['add', [], 'an operation of JSON Patch is an object'],
  ])('%j is a mistake', (operation, path, message) => {
    try {
      jsonPatch([operation])
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(SpecError)
      expect([(error as SpecError).path, (error as SpecError).message]).toEqual([[0, ...path], message])
    }
  })
})

const failureOf = (work: () => unknown): PatchFailure => {
  try {
    work()
  } catch (error) {
    if (error instanceof PatchFailure) return error
  }
  throw new Error('it did not fail')
}
