/** Equalities are what an index skips mocks by: whenever a condition holds, each of them must be found in the value. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { indexText, stringifyJson } from '../../src/core/json.ts'
import type { Condition, Scalar } from '../../src/core/matcher.ts'
import { bodyOf, compilers } from './tools.ts'

const word = fc.constantFrom('a', 'b', 'A', '1', '', '42', 'null', '__proto__')
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  word,
  fc.constantFrom<Scalar>(1, 1n, 0, -0, 1.5, 1e20, 100000000000000000000n, true, null, 42),
)

const document = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(word, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value

/**
 * A rule that often holds for the value: some of it is left out, some is said by operators. `wraps`: how often `$and`
 * and `$or` may still be put around the same value, because numbers that recur would do it for ever.
 */
const ruleFor = (value: unknown, random: () => number, wraps = 4): unknown => {
  const choice = Math.floor(random() * 14)
  if (choice === 0)
    return { $equalToJson: value, $ignoreArrayOrder: random() < 0.3, $ignoreExtraElements: random() < 0.3 }
  if (choice === 1 && wraps > 0) return { $and: [ruleFor(value, random, wraps - 1), { $anything: true }] }
  if (choice === 2 && wraps > 0)
    return { $or: [ruleFor(value, random, wraps - 1), ruleFor(value, random, wraps - 1)] }
  if (choice === 3) return { $equalTo: value }
  if (choice === 4 && (typeof value !== 'object' || value === null)) return { $oneOf: [value, 'other'] }
  if (choice === 5) return { $not: 'something else' }
  if (Array.isArray(value)) {
    if (choice === 6) return { $includes: value.length > 0 ? [value[0]] : ['x'] }
    return value.map((item) => ruleFor(item, random))
  }
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(() => random() < 0.7)
  return Object.fromEntries(kept.map(([key, part]) => [key, ruleFor(part, random)]))
}

const randomOf = (numbers: readonly number[]) => {
  let at = 0
  return (): number => numbers[at++ % numbers.length]!
}

const randomNumbers = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), {
  minLength: 8,
  maxLength: 40,
})

const at = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inside, step) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step)
        ? (inside as Record<string | number, unknown>)[step]
        : undefined,
    value,
  )

const present = (found: readonly unknown[], values: readonly Scalar[]): boolean => {
  const texts = values.map(indexText)
  return (
    found.some(
      (each) => each !== undefined && typeof each !== 'object' && texts.includes(indexText(each as Scalar)),
    ) ||
    (found.includes(null) && texts.includes('null'))
  )
}

const sound = (
  condition: Condition<never>,
  find: (path: readonly (string | number)[]) => readonly unknown[],
): void => {
  for (const { path, values } of condition.equalities) expect(present(find(path), values)).toBe(true)
}

/** Specs made at random may be mistakes; those are not the subject. */
const compiled = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}

it('are sound in documents, whole bodies and forms', () => {
  let held = 0
  fc.assert(
    fc.property(document, document, randomNumbers, fc.boolean(), (value, other, numbers, related) => {
      const spec = ruleFor(related ? value : other, randomOf(numbers))
      const json = compiled(() => compilers.json(spec))
      if (json?.test(value)) {
        held++
        sound(json, (path) => [at(value, path)])
      }
      const body = compiled(() => compilers.body(spec))
      const text = stringifyJson(value)
      if (body?.test(bodyOf(text)))
        sound(body, (path) => (path.length === 0 ? [at(value, path), text] : [at(value, path)]))
    }),
    { numRuns: 2000 },
  )
  expect(held).toBeGreaterThan(200)
})

it('are sound in forms', () => {
  const type = 'application/x-www-form-urlencoded'
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 4 }), randomNumbers, (fields, numbers) => {
      const body = bodyOf(new URLSearchParams(fields).toString(), type)
      const condition = compiled(() => compilers.body(ruleFor(Object.fromEntries(fields), randomOf(numbers))))
      if (!condition?.test(body)) return
      const form = body.form()
      const json = body.json()
      const text = body.text()
      sound(condition, (path) => {
        if (path.length === 0) return [json.ok ? json.value : undefined, text.ok ? text.value : undefined]
        if (json.ok) return [at(json.value, path)]
        return path.length === 1 && form.ok ? (form.value.get(String(path[0])) ?? []) : []
      })
    }),
    { numRuns: 1000 },
  )
})

it('are sound on text', () => {
  const leaf = fc.oneof(
    word,
    fc.record({ $equalTo: word }),
    fc.record({ $oneOf: fc.array(word, { minLength: 1, maxLength: 3 }) }),
    fc.record({ $equalTo: word, $caseInsensitive: fc.boolean() }),
    fc.record({ $includes: fc.array(word, { minLength: 1, maxLength: 2 }) }),
    fc.record({ $hasExactly: fc.array(word, { minLength: 1, maxLength: 2 }) }),
    fc.record({ $not: word }),
  )
  const spec = fc.oneof(
    leaf,
    fc.record({ $and: fc.array(leaf, { minLength: 1, maxLength: 2 }) }),
    fc.record({ $or: fc.array(leaf, { minLength: 1, maxLength: 2 }) }),
  )
  fc.assert(
    fc.property(spec, fc.array(word, { maxLength: 3 }), (rule, values) => {
      const condition = compilers.text(rule)
      if (condition.test(values)) sound(condition, () => values)
    }),
    { numRuns: 3000 },
  )
})
