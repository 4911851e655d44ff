/** What scripts return is checked by hand; what mock files hold, by a schema. They must agree. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Dialect } from '../../src/core/dialect.ts'
import { responseSchema } from '../../src/protocols/http/mock-schema.ts'
import { compileResult } from '../../src/protocols/http/result.ts'
import { replyWriter } from '../../src/responders/result.ts'

const files = { read: () => new Uint8Array([1]) }
const odd = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer()))
const header = fc.oneof(
  { weight: 12, arbitrary: fc.oneof(fc.constantFrom('a', 'b c', ''), fc.integer(), fc.boolean()) },
  { weight: 1, arbitrary: fc.constant(null) },
)
const headers = fc.dictionary(fc.constantFrom('x-a', 'content-type'), fc.oneof(header, fc.array(header)))
const head = fc.oneof(
  { weight: 1, arbitrary: odd },
  {
    weight: 9,
    arbitrary: fc.record(
      {
        status: fc.oneof(
          { weight: 1, arbitrary: fc.constantFrom(199, 600, 1.5, '200') },
          { weight: 6, arbitrary: fc.constantFrom(200, 204, 404, 599) },
        ),
        headers: fc.oneof({ weight: 1, arbitrary: odd }, { weight: 9, arbitrary: headers }),
        bodyFile: fc.constantFrom('./a', '', 1),
        bodyBase64: fc.constantFrom('AA==', 'AAE=', 'AAEC', 'no base64!', 'A', 7),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ status: fc.constant(200), other: fc.constant(1) }) },
)

/** What only a response as a whole can have wrong, and the schema of its parts does not know. */
const excludes = ({ status, bodyFile, bodyBase64 }: Readonly<Record<string, unknown>>): boolean =>
  (bodyFile !== undefined && bodyBase64 !== undefined) ||
  ((status === 204 || status === 304) && (bodyFile ?? bodyBase64) !== undefined)

const isTaken = (value: unknown): boolean => {
  try {
    compileResult(value, files)
    return true
  } catch {
    return false
  }
}

it('a result is taken exactly where the schema takes it', () => {
  const count = { taken: 0, refused: 0 }
  fc.assert(
    fc.property(head, (given) => {
      // As it comes out of an isolate.
      const value: unknown = JSON.parse(JSON.stringify(given))
      const fits = responseSchema.safeParse(value).success
      if (fits && excludes(value as Record<string, unknown>)) return
      count[fits ? 'taken' : 'refused']++
      expect([value, isTaken(value)]).toEqual([value, fits])
    }),
    { numRuns: 5000 },
  )
  expect(Math.min(count.taken, count.refused)).toBeGreaterThan(200)
})

it('remembers short heads only: long ones hold bodies, and files are read anew', () => {
  let compiled = 0
  const dialect = {
    compileResult: (head: unknown, found: typeof files) => {
      compiled++
      return compileResult(head, found)
    },
  } as unknown as Dialect
  const write = replyWriter({ badResult: (why) => new Error(why) }, dialect, files)
  const times = (head: object): number => {
    const before = compiled
    for (let i = 0; i < 3; i++) write(JSON.stringify(head), undefined)
    return compiled - before
  }
  expect(times({ status: 201 })).toBe(1)
  expect(times({ bodyBase64: 'AAAA'.repeat(1024) })).toBe(3)
  expect(times({ bodyFile: './a' })).toBe(3)
})

it('says how a text becomes a status', () => {
  expect(() => compileResult({ status: '201' }, files)).toThrow(
    expect.objectContaining({ hint: 'a status is a number: Number(…)' }),
  )
})
