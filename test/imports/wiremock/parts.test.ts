/** The parts of reading and writing stubs that have rules of their own. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJavaRegex } from '../../../src/app/exports/wiremock/java-regex.ts'
import { forJayway, ofObjectsToo, rfcJsonPath } from '../../../src/app/imports/wiremock/json-path.ts'
import { type Ordered, priorities } from '../../../src/app/imports/wiremock/priorities.ts'
import { javaRegex } from '../../../src/app/imports/wiremock/regex.ts'
import { expressionsOf } from '../../../src/app/imports/wiremock/template.ts'

describe("Java's regular expressions", () => {
  it.each([
    ['(?i)ab', '(?i:ab)'],
    ['a(?i)b|c', 'a(?i:b|c)'],
    ['\\Qa.b\\E+', 'a\\.b+'],
    ['\\p{Alpha}', '[A-Za-z]'],
    ['[\\w-.]', '[\\w\\-.]'],
    ['\\h', '[ \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]'],
    ['\\x41', '\\u{41}'],
    ['a]', 'a\\]'],
    ['[]a]', '[\\]a]'],
    ['\\Aa\\z', '^a$'],
    ['\\p{IsLatin}', '\\p{Script=Latin}'],
  ])('%s is %s', (source, expected) => {
    expect(javaRegex(source)).toBe(expected)
    new RegExp(javaRegex(source), 'su')
  })

  it.each([
    'a++',
    '(?>a)',
    '[a[b]]',
    '[a&&b]',
    '\\G',
    '\\X',
    '(?x)a',
    '(?m)a',
    '\\N{DIGIT ONE}',
    '\\p{javaLowerCase}',
    '\\1',
    'a{',
    '(',
  ])('%s has no counterpart', (source) => {
    expect(() => javaRegex(source)).toThrow()
  })

  it.each([
    ['[[]', '[\\[]'],
    ['[^]', '[\\s\\S]'],
    ['\\u{1f600}', '\\x{1f600}'],
    ['\\p{Script=Latin}', '\\p{script=Latin}'],
    ['\\v', '\\x0b'],
    ['a{x', 'a\\{x'],
  ])('and back: %s is %s', (source, expected) => {
    expect(toJavaRegex(source, [])).toBe(expected)
  })
})

describe("Jayway's paths", () => {
  it.each([
    ['$.a', '$.a', true],
    ['a.b', '$.a.b', true],
    ['@.a', '$.a', true],
    ['$.a.[0]', '$.a[0]', true],
    ["$['a:b']", "$['a:b']", true],
    ['$..a', '$..a', false],
    ['$.a[*]', '$.a[*]', false],
    ['$.a[0,1]', '$.a[0,1]', false],
    ["$['a','b']", "$['a','b']", false],
    ["$.a[?(@.b == 'x')]", "$.a[?(@.b == 'x')]", false],
  ])('%s is %s', (source, path, single) => {
    expect(rfcJsonPath(source)).toEqual({ path, single })
  })

  it.each([
    ['$[?(@.a == 1)]', '$[?(($[0] && (@.a == 1)) || (!$[0] && ($.a == 1)))]'],
    [
      "$.a['b'][?(@ == '@' || @.c)]",
      "$.a['b'][?(($.a['b'][0] && (@ == '@' || @.c)) || (!$.a['b'][0] && ($.a['b'] == '@' || $.a['b'].c)))]",
    ],
    ['$.a[?(@.b)].c', '$.a[?(@.b)].c'],
    ['$.a[*][?(@.b)]', '$.a[*][?(@.b)]'],
    ['$.a[?(@.b)][?(@.c)]', '$.a[?(@.b)][?(@.c)]'],
    ['$.a', '$.a'],
  ])('%s tests an object itself, too', (source, expected) => {
    expect(ofObjectsToo(source)).toBe(expected)
    expect(forJayway(expected)).toBe(source)
  })

  it.each(['$.a.length()', '$.a[?(@.b =~ /x/)]', '$.a[?(@.b in [1])]', '$.a[(@.length-1)]', '$.a.min()'])(
    '%s is Jayway alone',
    (source) => {
      expect(() => rfcJsonPath(source)).toThrow()
    },
  )
})

describe('Handlebars', () => {
  it.each([
    ['a {{request.method}} $' + '{{ x }', 'a ${{ request.method }} $${{ x }'],
    ['{{request.query.q}}', "${{ [request.query.q ?? ''].flat()[0] ?? '' }}"],
    ['{{request.headers.X-A}}', "${{ request.headers['x-a'] ?? '' }}"],
    ["{{jsonPath request.body '$.a'}}", '${{ jsonpath(request.body, "$.a")[0] ?? \'\' }}'],
  ])('%s', (source, expected) => {
    if (source.includes('$' + '{{ x }')) expect(() => expressionsOf(source)).toThrow()
    else expect(expressionsOf(source)).toBe(expected)
  })

  it.each([
    '{{now}}',
    '{{#each a}}{{/each}}',
    '{{request.body}}',
    '{{foo',
    "{{jsonPath request.body '$..a'}}",
  ])('%s is refused', (source) => {
    expect(() => expressionsOf(source)).toThrow()
  })
})

describe('priorities', () => {
  const stub: fc.Arbitrary<Ordered> = fc.record({
    priority: fc.integer({ min: -3, max: 9 }),
    method: fc.constantFrom('GET', 'POST', undefined),
    path: fc.constantFrom('/a', '/a/b', '/b', '/a/{x}', '/{x}', '/b/{x}/c', undefined),
  })
  const mayMeet = (a: Ordered, b: Ordered): boolean => {
    if (a.method !== undefined && b.method !== undefined && a.method !== b.method) return false
    const literal = (path: string | undefined): boolean => path !== undefined && !path.includes('{')
    if (literal(a.path) && literal(b.path)) return a.path === b.path
    const [left, right] = [a.path?.split('/')[1], b.path?.split('/')[1]]
    return left === undefined || right === undefined || /\{/.test(left + right) || left === right
  }

  it("keep WireMock's order between all that may meet, and leave alone what need not move", () => {
    fc.assert(
      fc.property(fc.array(stub, { maxLength: 12 }), (stubs) => {
        const numbers = priorities(stubs)
        for (let newer = 0; newer < stubs.length; newer++)
          for (let older = 0; older < newer; older++) {
            const [a, b] = [stubs[newer]!, stubs[older]!]
            if (!mayMeet(a, b)) continue
            const newerWins = a.priority <= b.priority
            expect(newerWins ? numbers[newer]! < numbers[older]! : numbers[older]! < numbers[newer]!).toBe(
              true,
            )
          }
        expect(numbers.every((number) => number >= 0)).toBe(true)
      }),
    )
    expect(
      priorities([
        { priority: 5, method: 'GET', path: '/a' },
        { priority: 5, method: 'GET', path: '/b' },
      ]),
    ).toEqual([5, 5])
  })
})
