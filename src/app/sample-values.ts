/** Values that might meet a mock's conditions; whether they do is tried. */

import { chanceFrom } from '../core/chance.ts'
import { textLike } from '../core/text-like.ts'

/** Values for conditions that name none. */
export const guesses = [
  '42',
  '1',
  'a',
  'A-1',
  'abc',
  '2026-01-01',
  'test',
  '12345678-1234-4234-8234-123456789abc',
  'C1',
  'user@example.com',
] as const

/** Named texts: headers, metadata, a query. Several values under one name where a condition asks for several. */
export const entries = (
  conditions: Readonly<Record<string, unknown>>,
  guess: string,
  like?: unknown,
): [string, string][] =>
  Object.entries(conditions).flatMap(([name, spec]): [string, string][] => {
    if (isAbsent(spec)) return []
    const value = valueFor(spec, guess, memberOf(like, name))
    return (Array.isArray(value) ? value : [value]).map((one) => [name, plainText(one, guess)])
  })

const isAbsent = (spec: unknown): boolean =>
  typeof spec === 'object' && spec !== null && '$absent' in spec && spec.$absent === true

export const textFor = (spec: unknown, guess: string, like?: unknown): string =>
  plainText(valueFor(spec, guess, like), guess)

const plainText = (value: unknown, guess: string): string =>
  typeof value === 'object' && value !== null ? guess : String(value)

/**
 * A value that might meet the condition; whether it does is tried. `like`: one of the same shape that somebody else knows (a
 * schema's sample), taken where the condition names none.
 */
export const valueFor = (spec: unknown, guess: string, like?: unknown): unknown => {
  if (spec === undefined) return like ?? guess
  if (Array.isArray(spec))
    return spec.map((item, i) =>
      valueFor(item, guess, Array.isArray(like) ? (like[i] ?? like[0]) : undefined),
    )
  if (typeof spec !== 'object' || spec === null) return spec
  const [first] = Object.entries(spec)
  if (first?.[0].startsWith('$') === true) return operand(first[0], first[1], guess, like)
  return Object.fromEntries(
    Object.entries(spec).flatMap(([key, child]) =>
      isAbsent(child) ? [] : [[key, valueFor(child, guess, memberOf(like, key))]],
    ),
  )
}

/** Protobuf has two names for a field. */
const memberOf = (like: unknown, key: string): unknown => {
  if (typeof like !== 'object' || like === null) return undefined
  const fields = like as Readonly<Record<string, unknown>>
  if (Object.hasOwn(fields, key)) return fields[key]
  const same = Object.keys(fields).find((name) => plainName(name) === plainName(key))
  return same === undefined ? undefined : fields[same]
}

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '')

const operand = (operator: string, spec: unknown, guess: string, like: unknown): unknown => {
  switch (operator) {
    case '$equalTo':
    case '$contains':
    case '$equalToNumber':
    case '$greaterThanOrEqual':
    case '$lessThanOrEqual':
    case '$equalToJson':
    case '$equalToXml':
      return spec
    case '$masked':
      return (spec as { readonly value?: unknown } | null)?.value ?? guess
    case '$hasExactly':
    case '$includes':
      return valueFor(spec, guess, like)
    case '$greaterThan':
      return Number(spec) + 1
    case '$lessThan':
      return Number(spec) - 1
    case '$oneOf':
    case '$or':
    case '$and':
      return Array.isArray(spec) ? valueFor(spec[0], guess, like) : guess
    case '$type':
      return (
        like ??
        { string: guess, number: 1, integer: 1, boolean: true, object: {}, array: [], null: null }[
          String(spec)
        ] ??
        guess
      )
    case '$matches':
      return like ?? textMatching(String(spec), guess)
    default:
      return like ?? guess
  }
}

/** A guess that fits looks better than what is made up. */
const textMatching = (pattern: string, guess: string): string => {
  const made = (): string => textLike(pattern, chanceFrom(seedOf(guess))) ?? guess
  try {
    const whole = new RegExp(`^(?:${pattern})$`)
    return [guess, ...guesses].find((one) => whole.test(one)) ?? made()
  } catch {
    return made()
  }
}

/** Another text for another guess, and the same for the same. */
const seedOf = (guess: string): readonly [number, number, number, number] => {
  const at = (i: number): number => guess.charCodeAt(i % guess.length)
  return [at(0), at(1), guess.length, 1]
}
