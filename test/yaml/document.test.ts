import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxExpandedNodes } from '../../src/yaml/construct.ts'
import { parseDocument } from '../../src/yaml/document.ts'

const read = (text: string): unknown => parseDocument(text, 'f.yaml').value
const messages = (text: string): string[] =>
  parseDocument(text, 'f.yaml').problems.map((p) => `${p.at.line}:${p.at.column} ${p.message}`)

describe('values', () => {
  it('keeps every digit of integers beyond 2^53', () => {
    expect(
      read('[9007199254740991, 9007199254740993, -9007199254740993, 0x20000000000001, +9007199254740993]'),
    ).toEqual([9007199254740991, 9007199254740993n, -9007199254740993n, 9007199254740993n, 9007199254740993n])
  })

  it('reads the scalars of the YAML 1.2 core schema and nothing more', () => {
    expect(
      read(
        '[1, 1.5, 1e3, 0x10, 0o17, 017, ~, null, true, False, yes, off, 2026-01-01, 1_000, 12:30, .5, -.inf]',
      ),
    ).toEqual([
      1,
      1.5,
      1000,
      16,
      15,
      17,
      null,
      null,
      true,
      false,
      'yes',
      'off',
      '2026-01-01',
      '1_000',
      '12:30',
      0.5,
      -Infinity,
    ])
  })

  it('treats __proto__ as an ordinary own key and pollutes nothing', () => {
    const value = read('__proto__: { polluted: true }\na: 1') as Record<string, unknown>
    expect(Object.keys(value)).toEqual(['__proto__', 'a'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('keeps keys as written', () => {
    expect(read('200: a\n1.40: b\ntrue: c\n~: d')).toEqual({
      '200': 'a',
      '1.40': 'b',
      true: 'c',
      '~': 'd',
    })
  })

  it('reads what JSON.stringify writes, tabs included', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', '\t', '  '), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const plain: unknown = JSON.parse(text, (_, inner: unknown) =>
          typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner)
            ? String(inner)
            : inner,
        )
        const again = JSON.stringify(read(text), (_, inner: unknown) => {
          if (typeof inner === 'bigint') return String(Number(inner))
          return typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner)
            ? String(inner)
            : inner
        })
        expect(JSON.parse(again)).toEqual(JSON.parse(JSON.stringify(plain)))
      }),
      { numRuns: 300 },
    )
  })

  it('gives undefined for an empty file', () => {
    expect(read('')).toBeUndefined()
    expect(read('# only a comment\n')).toBeUndefined()
  })
})

describe('refusals', () => {
  it('refuses a YAML bomb, by name and without expanding it', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 30; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}*a${i - 1}]`)
    expect(messages(lines.join('\n'))).toEqual([
      '4:45 the aliases of this file expand to more than 10,000 values',
    ])
  })

  it('allows aliases below the limit', () => {
    const text = `a: &a {x: 1}\nb: [${'*a, '.repeat(Math.floor(maxExpandedNodes / 3) - 1)}*a]`
    expect(messages(text)).toEqual([])
  })

  it('refuses an anchor that contains itself', () => {
    expect(messages('a: &a\n  b: [*a]')).toEqual([
      '2:7 *a stands inside its own anchor &a, so the value would never end',
    ])
  })

  it('reports every duplicate key, unknown alias and unknown tag at once', () => {
    expect(messages('a: 1\na: 2\nb: *x\nc: !include y.yaml')).toEqual([
      '2:1 the key "a" stands twice in one map',
      '3:4 *x refers to an anchor &x, which does not exist above',
      '4:4 the YAML tag !include cannot be used here',
    ])
  })

  it('refuses a second document', () => {
    expect(messages('a: 1\n---\nb: 2\n')).toEqual([
      '2:1 a second YAML document begins here, and a file may hold only one',
    ])
  })

  it.each([['? \n? '], [': a\n: b'], ['a: {: 1, : 2}'], ['- - : 1\n    : 2']])(
    'finds a place for keys that are not written: %j',
    (text) => {
      const [problem] = parseDocument(text, 'f.yaml').problems
      expect(problem?.message).toContain('stands twice')
      expect(problem?.at.column).toBeGreaterThan(0)
    },
  )

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '\n',
      '  ',
      '\t',
      '&a ',
      '*a',
      '"',
      "'",
      '|',
      '>',
      '---',
      '!x ',
      ',',
      '? ',
      '#',
      '\\',
      '007',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const document = parseDocument(pieces.join(''), 'f.yaml')
        document.lossyScalars()
        document.locate(['a', 0, 'a'])
        for (const problem of document.problems) expect(problem.hint).toBeTruthy()
      }),
      { numRuns: 2000 },
    )
  })
})

describe('places', () => {
  const text = `service: orders
mocks:
  - name: first
    request: { method: GET, "path": '/a' }
  -
    response:
      body: |
        text
      empty:
`
  const document = parseDocument(text, 'f.yaml')

  it('knows where each mock begins', () => {
    expect(document.itemPlaces('mocks')).toEqual([
      { file: 'f.yaml', line: 3, column: 5 },
      { file: 'f.yaml', line: 6, column: 5 },
    ])
  })

  it.each([
    [['mocks', 0, 'request', 'path'], false, '4:37'],
    [['mocks', 0, 'request', 'path'], true, '4:29'],
    [['mocks', 1, 'response', 'body'], false, '7:13'],
    [['mocks', 1, 'response', 'empty'], false, '9:7'],
    [['mocks', 0, 'request', 'missing', 'deep'], false, '4:14'],
    [[], false, '1:1'],
  ] as const)('finds %j (key: %s) at %s', (path, onKey, expected) => {
    const { at } = document.locate(path, onKey)
    expect(`${at.line}:${at.column}`).toBe(expected)
  })

  it('follows aliases to where the value is written', () => {
    const aliased = parseDocument('a: &x { b: 1 }\nc: *x', 'f.yaml')
    expect(aliased.locate(['c']).at).toMatchObject({ line: 2, column: 4 })
    expect(aliased.locate(['c', 'b']).at).toMatchObject({ line: 1, column: 12 })
  })

  it('lists the scalars whose text YAML would change', () => {
    const found = parseDocument(
      'a: 1.40\nb: [007, 7, "007"]\nc: { d: 1e3, e: True, f: 0x10, g: 1.5 }',
      'f.yaml',
    )
    expect(found.lossyScalars().map(({ path, text }) => `${path.join('.')}=${text}`)).toEqual([
      'a=1.40',
      'b.0=007',
      'c.d=1e3',
      'c.e=True',
      'c.f=0x10',
    ])
  })
})
