/** What all operators share: plain values, mistakes, mismatches with their place, and what costs a hot path. */
import { describe, expect, it } from 'vitest'
import { SpecError } from '../../src/core/matcher.ts'
import { createCompilers } from '../../src/matchers/compilers.ts'
import { bodyOf, compilers, tools } from './tools.ts'

const text = (spec: unknown, ...values: string[]): boolean => compilers.text(spec).test(values)
const json = (spec: unknown, value: unknown): boolean => compilers.json(spec).test(value)
const body = (spec: unknown, sent: string, type?: string): boolean =>
  compilers.body(spec).test(bodyOf(sent, type))

const mistake = (work: () => unknown): SpecError => {
  try {
    work()
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
  throw new Error('no mistake was found')
}

describe('a plain value', () => {
  it('on text equals any of the values', () => {
    expect(text('a', 'b', 'a')).toBe(true)
    expect(text(2, '2')).toBe(true)
    expect(text(true, 'true')).toBe(true)
    expect(text('a')).toBe(false)
    expect(text(2, '2.0')).toBe(false)
  })

  it('in JSON minds types, and lets more fields be', () => {
    expect(json({ a: 1, b: { c: [1, { d: null }] } }, { a: 1, b: { c: [1, { d: null, e: 1 }], f: 1 } })).toBe(
      true,
    )
    expect(json(1, '1')).toBe(false)
    expect(json(1e20, 100000000000000000000n)).toBe(true)
    expect(json([1, 2], [1, 2, 3])).toBe(false)
    expect(json([1, 2], [2, 1])).toBe(false)
    expect(json({}, [])).toBe(false)
    expect(json({ a: null }, {})).toBe(false)
    expect(json(null, null)).toBe(true)
  })

  it('looks at own fields only', () => {
    expect(json({ toString: { $absent: true } }, {})).toBe(true)
    const spec = JSON.parse('{"__proto__": {"x": 1}}') as unknown
    expect(json(spec, {})).toBe(false)
    expect(json(spec, JSON.parse('{"__proto__": {"x": 1}}'))).toBe(true)
  })

  it('as a body is text, JSON, or a form where the content type says so', () => {
    const form = 'application/x-www-form-urlencoded; charset=utf-8'
    expect(body('{"a":1}', '{"a":1}')).toBe(true)
    expect(body('a', '"a"')).toBe(false)
    expect(body({ a: 1 }, 'a=1&b=2', form)).toBe(true)
    expect(body({ a: 1 }, '{"a":1}', form)).toBe(true)
    expect(body({ a: 1 }, 'a=1')).toBe(false)
    expect(body({ a: { b: 1 } }, 'a=1', form)).toBe(false)
    expect(body([1], '[1]')).toBe(true)
    expect(body(null, 'null')).toBe(true)
    expect(body(null, '')).toBe(false)
  })
})

describe('several operators', () => {
  it('must hold for one and the same value', () => {
    expect(text({ $greaterThan: 5, $lessThan: 10 }, '3', '20')).toBe(false)
    expect(text({ $greaterThan: 5, $lessThan: 10 }, '3', '7')).toBe(true)
    expect(compilers.text({ $greaterThan: 5, $lessThan: 10 }).mismatch(['3', '20'])).toBeDefined()
  })

  it('count one each, fields too', () => {
    expect(compilers.text('a').clauses).toBe(1)
    expect(compilers.text({ $contains: 'a', $matches: '.' }).clauses).toBe(2)
    expect(compilers.json({ a: 1, b: { c: { $contains: 'x', $matches: '.' } }, d: {} }).clauses).toBe(4)
  })
})

describe('a mistake', () => {
  it.each([
    [{ $contians: 'x' }, ['$contians'], '$contains', true],
    [{ $regex: 'x' }, ['$regex'], '$matches', true],
    [{ $contains: 'x', a: 1 }, ['a'], '$equalTo', true],
    [{ $ignoreArrayOrder: true }, ['$ignoreArrayOrder'], '$equalToJson', true],
    [{ $and: [{ $or: [{ $oneOf: 1 }] }] }, ['$and', 0, '$or', 0, '$oneOf'], undefined, false],
    [{ $absent: 'yes' }, ['$absent'], 'write true', false],
    [{ $anything: 'on' }, ['$anything'], 'write true', false],
    [{ $equalTo: 'a', $caseInsensitive: 'No' }, ['$equalTo'], 'write false', false],
    [null, [], '$absent', false],
    [['a'], [], '$hasExactly', false],
    [{ a: 1 }, [], '$contains', false],
    [{}, [], '$contains', false],
  ])('in %j is found in its place', (spec, path, hint, onKey) => {
    const error = mistake(() => compilers.text(spec))
    expect(error.path).toEqual(path)
    expect(error.onKey).toBe(onKey)
    if (hint !== undefined) expect(error.hint).toContain(hint)
  })

  it('deep in a document is found in its place', () => {
    expect(mistake(() => compilers.body({ a: [{ b: { $nott: 1 } }] })).path).toEqual(['a', 0, 'b', '$nott'])
    expect(mistake(() => compilers.multipart({ p: { headers: { x: null } } })).path).toEqual([
      'p',
      'headers',
      'x',
    ])
    expect(mistake(() => compilers.body({ $form: { a: [] } })).path).toEqual(['$form', 'a'])
  })

  it('is what needs a package where none can be loaded', () => {
    const bare = createCompilers({ regex: tools.regex, now: tools.now })
    expect(mistake(() => bare.body({ $matchesJsonPath: '$' })).message).toContain('json-p3')
    expect(bare.body({ a: 1 }).test(bodyOf('{"a":1}'))).toBe(true)
  })
})

describe('a document nested deeper than the stack', () => {
  const depth = 200_000
  const deep = bodyOf('['.repeat(depth) + ']'.repeat(depth))
  const list = { type: 'array', items: { $ref: '#' } }

  it.each([
    [{ $matchesJsonSchema: list }],
    [{ $matchesJsonPath: '$..a' }],
    [{ $equalToJson: [[1]] }],
    [[[1]]],
  ])('does not match %j, and says why', (spec) => {
    const condition = compilers.body(spec)
    expect(condition.test(deep)).toBe(false)
    expect(condition.mismatch(deep)?.actual).toBeDefined()
  })

  it('is told to be too deep for a schema', () => {
    expect(compilers.body({ $matchesJsonSchema: list }).mismatch(deep)?.actual).toBe('nested too deeply')
  })
})

describe('a mismatch', () => {
  const missed = (spec: unknown, sent: string, type?: string) =>
    compilers.body(spec).mismatch(bodyOf(sent, type))

  it('names the nearest place', () => {
    expect(missed({ items: [{ sku: 'A' }] }, '{"items":[{"sku":"B"}]}')).toEqual({
      path: 'items[0].sku',
      expected: '"A"',
      actual: '"B"',
    })
    expect(missed({ a: { 'b c': { $contains: 'x' } } }, '{"a":{}}')).toEqual({
      path: 'a["b c"]',
      expected: 'contains "x"',
      actual: 'absent',
    })
    expect(missed({ a: [1, 2] }, '{"a":[1]}')).toEqual({
      path: 'a',
      expected: 'a list of 2',
      actual: 'a list of 1',
    })
    expect(missed({ a: '1' }, 'a=2', 'application/x-www-form-urlencoded')?.path).toBe('a')
    expect(missed({ $equalToJson: { a: 1 } }, '{"a":1,"b":2}')?.path).toBe('b')
    expect(missed({ $equalToXml: '<o><i>1</i></o>' }, '<o><i>2</i></o>')).toMatchObject({
      path: 'o.i',
      expected: '"1"',
      actual: '"2"',
    })
  })

  it('says why a body cannot be read', () => {
    expect(missed({ a: 1 }, '{"a":')?.actual).toContain('not valid JSON')
    expect(missed({ a: 1 }, '')?.actual).toContain('empty')
  })

  it('shortens values and hides secrets', () => {
    expect(missed({ a: 'x' }, `{"a":"${'y'.repeat(500)}"}`)?.actual.length).toBeLessThanOrEqual(80)
    const secret = missed({ login: { password: 'hunter2' } }, '{"login":{"password":"hunter3"}}')
    expect(secret?.path).toBe('login.password')
    expect(JSON.stringify(secret)).not.toMatch(/hunter/)
    expect(missed({ token: 'a' }, '{}')?.actual).toBe('absent')
    expect(JSON.stringify(missed({ a: { password: 'hunter2' } }, '{"a":1}'))).not.toMatch(/hunter/)
  })

  it('tells when an expression ran out of time, under $not too', () => {
    const hostile = ['a'.repeat(40).concat('!')]
    for (const spec of [{ $matches: '(?=(a+)+$).*' }, { $not: { $matches: '(?=(a+)+$).*' } }]) {
      const condition = compilers.text(spec)
      expect(condition.test(hostile)).toBe(false)
      expect(condition.mismatch(hostile)?.code).toBe('REGEX_TIMEOUT')
    }
  })
})

describe('a body that cannot be looked at', () => {
  it('satisfies nothing, not even a negation', async () => {
    const { decodedBody } = await import('../../src/core/decoded-body.ts')
    const broken = decodedBody(new Uint8Array(), '', 'larger than the limit')
    for (const spec of [
      { $absent: true },
      { $anything: true },
      { $not: 'x' },
      { $doesNotContain: 'x' },
      '',
      {},
    ]) {
      expect(compilers.body(spec).test(broken)).toBe(false)
      expect(compilers.body(spec).mismatch(broken)?.actual).toBe('larger than the limit')
    }
  })
})

describe('multipart', () => {
  const type = 'multipart/form-data; boundary=B'
  const sent = [
    '--B\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"id":1}\r\n',
    '--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--B--',
  ].join('')
  const holds = (spec: unknown): boolean => compilers.multipart(spec).test(bodyOf(sent, type))

  it('goes by part name', () => {
    expect(holds({ meta: { id: 1 }, file: 'hello' })).toBe(true)
    expect(holds({ file: { filename: { $matches: '.*\\.txt' }, body: { $contains: 'ell' } } })).toBe(true)
    expect(holds({ meta: { headers: { 'Content-Type': 'application/json' } } })).toBe(true)
    expect(holds({ other: { $absent: true } })).toBe(true)
    expect(holds({ file: { $absent: true } })).toBe(false)
    expect(holds({ meta: { id: 2 } })).toBe(false)
    expect(holds({ other: 'x' })).toBe(false)
    expect(compilers.multipart({ meta: { id: 2 } }).mismatch(bodyOf(sent, type))?.path).toBe('meta.id')
    expect(compilers.multipart({ other: 'x' }).mismatch(bodyOf(sent, type))?.actual).toBe('absent')
  })
})
