import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument } from '../../src/yaml/document.ts'
import { writeYaml } from '../../src/yaml/write.ts'

const read = (text: string): unknown => {
  const { value, problems } = parseDocument(text, 'f.yaml')
  expect(problems.map(({ message }) => message)).toEqual([])
  return value
}

const hardText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc
    .array(
      fc.constantFrom(
        '\n',
        ' ',
        '\t',
        '#',
        ': ',
        '- ',
        "'",
        '"',
        'a',
        '中',
        '{',
        '}',
        '|',
        '\r',
        '\u2028',
        '\\',
        '---',
        '𠮷',
        '\ufeff',
        '\x85',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    'yes',
    '007',
    '1.40',
    '0x10',
    '~',
    'null',
    'true',
    '.inf',
    '-',
    '?',
    '',
    '2026-11-21',
    '1e3',
    '${{ x }}',
    '*/*',
    '---',
    '<<',
    '__proto__',
    '\n',
    '\n\n',
    ' \n',
    'a\n\n',
    '\ud800',
    '+',
  ),
)

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    hardText,
    fc.double(),
    fc.integer(),
    fc.bigInt().filter((n) => n > 2n ** 53n || n < -(2n ** 53n)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      hardText.filter((key) => key.length < 200),
      tie('any'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).any

describe('writeYaml', () => {
  it('is read again as the same value, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (list) => {
        expect(read(writeYaml({ mocks: list }))).toEqual({ mocks: list })
      }),
      { numRuns: 2000 },
    )
  })

  it('writes what people like to read', () => {
    const text = writeYaml({
      service: 'orders',
      mocks: [
        {
          request: { method: 'GET', path: '/orders/{id}', headers: { accept: '*/*' } },
          response: {
            body: {
              id: 9007199254740993n,
              name: '张三',
              open: true,
              code: '007',
              at: '12:30',
              empty: [],
              none: {},
            },
          },
        },
        { response: { body: 'first\n  second\n' } },
        [[1, 2], [{ a: null }]],
      ],
    })
    expect(text).toBe(`service: orders
mocks:
  - request:
      method: GET
      path: /orders/{id}
      headers:
        accept: '*/*'
    response:
      body:
        id: 9007199254740993
        name: 张三
        open: true
        code: '007'
        at: '12:30'
        empty: []
        none: {}
  - response:
      body: |
        first
          second
  -
    -
      - 1
      - 2
    -
      - a: null
`)
  })
})
