/** Values that might meet a mock's conditions; whether they do is tried. */

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

/** Named texts: headers, metadata, a query. */
export const entries = (conditions: Readonly<Record<string, unknown>>, guess: string): [string, string][] =>
  Object.entries(conditions).flatMap(([name, spec]): [string, string][] =>
    isAbsent(spec) ? [] : [[name, textFor(spec, guess)]],
  )

const isAbsent = (spec: unknown): boolean =>
  typeof spec === 'object' && spec !== null && '$absent' in spec && spec.$absent === true

export const textFor = (spec: unknown, guess: string): string => {
  const value = valueFor(spec, guess)
  return typeof value === 'object' && value !== null ? guess : String(value)
}

/** A value that might meet the condition; whether it does is tried. */
export const valueFor = (spec: unknown, guess: string): unknown => {
  if (spec === undefined) return guess
  if (Array.isArray(spec)) return spec.map((item) => valueFor(item, guess))
  if (typeof spec !== 'object' || spec === null) return spec
  const [first] = Object.entries(spec)
  if (first?.[0].startsWith('$') === true) return operand(first[0], first[1], guess)
  return Object.fromEntries(Object.entries(spec).map(([key, child]) => [key, valueFor(child, guess)]))
}

const operand = (operator: string, spec: unknown, guess: string): unknown => {
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
      return valueFor(spec, guess)
    case '$greaterThan':
      return Number(spec) + 1
    case '$lessThan':
      return Number(spec) - 1
    case '$oneOf':
    case '$or':
    case '$and':
      return Array.isArray(spec) ? valueFor(spec[0], guess) : guess
    case '$type':
      return (
        { string: guess, number: 1, integer: 1, boolean: true, object: {}, array: [], null: null }[
          String(spec)
        ] ?? guess
      )
    default:
      return guess
  }
}
