/** Named lists of texts: query parameters and form fields. */
import { shown } from '../json-value.ts'
import type { Mismatch, MismatchKind } from '../mismatch.ts'
import { root } from '../path-expression.ts'
import { equal } from '../rules/equality.ts'
import { type Context, combined, problemsOf } from './context.ts'

export type TextLists = ReadonlyMap<string, readonly string[]>

interface Names {
  readonly kind: MismatchKind
  /** What one is called in messages. */
  readonly what: string
  readonly pathOf: (name: string) => string
}

export const queryNames: Names = { kind: 'query', what: 'query parameter', pathOf: (name) => name }

/** Values of one name keep their order; names may stand in any. What is not expected is a mismatch. */
export const compareTextLists = (
  expected: TextLists,
  actual: TextLists,
  context: Context,
  names: Names,
): readonly Mismatch[] => {
  const { kind, what, pathOf } = names
  const found: Mismatch[] = []
  for (const [name, values] of expected) {
    const got = actual.get(name)
    const at = { kind, path: pathOf(name), expected: values }
    if (got === undefined) found.push({ ...at, actual: null, message: `the ${what} ${name} is missing` })
    else
      for (const message of compareTexts([...root, name], values, got, context))
        found.push({ ...at, actual: got, message: `the ${what} ${name}: ${message}` })
  }
  for (const [name, values] of actual) {
    if (expected.has(name) || !context.strict) continue
    found.push({
      kind,
      path: pathOf(name),
      expected: null,
      actual: values,
      message: `the ${what} ${name} is not expected`,
    })
  }
  return found
}

/** Sentences. */
export const compareTexts = (
  path: readonly string[],
  expected: readonly string[],
  actual: readonly string[],
  context: Context,
): readonly string[] => {
  const list = context.rules.at(path)
  if (list === undefined) {
    const indexed = expected.some((_, i) => context.rules.has([...path, String(i)]))
    if (!indexed && expected.length !== actual.length)
      return [`expected ${counted(expected.length)} but got ${counted(actual.length)}`]
    return expected.flatMap((value, i) => {
      const own = context.rules.at([...path, String(i)])
      const got = actual[i]
      if (got === undefined) return [`expected ${shown(value)} but it is missing`]
      const pair = { position: 'text', expected: value, actual: got } as const
      if (own !== undefined) return problemsOf(own, pair)
      return equal({ ...pair, cascaded: false }) ?? []
    })
  }
  return combined(list, (rule) => {
    if (rule.name === 'arrayContains')
      return expected.filter((value) => !actual.includes(value)).map((value) => `${shown(value)} is missing`)
    const rules = rule.name === 'eachValue' ? rule.inner : [rule]
    const size = tooFewOrMany(rule, actual.length)
    const each = actual.flatMap((got, i) =>
      problemsOf(
        { rules, any: false, cascaded: true },
        { position: 'text', expected: expected[i] ?? expected[0] ?? '', actual: got },
      ),
    )
    return size === undefined ? each : [size, ...each]
  })
}

const tooFewOrMany = (
  { min, max }: { readonly min: number | undefined; readonly max: number | undefined },
  count: number,
): string | undefined => {
  if (min !== undefined && count < min) return `expected at least ${counted(min)} but got ${counted(count)}`
  if (max !== undefined && count > max) return `expected at most ${counted(max)} but got ${counted(count)}`
  return undefined
}

const counted = (n: number): string => `${n} ${n === 1 ? 'value' : 'values'}`
