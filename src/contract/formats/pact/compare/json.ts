/** JSON documents: value by value, with the rules that are in force at each path. */
import { type Fields, isFields, shown, typeOf } from '../json-value.ts'
import { type RuleList, type RuleSet, readBodyRules } from '../matching-rules.ts'
import type { Mismatch } from '../mismatch.ts'
import { formatPath, type Path, root } from '../path-expression.ts'
import { equal } from '../rules/equality.ts'
import type { Rule } from '../rules/rule.ts'
import { bounded, type Context, combined, problemsOf } from './context.ts'

export const compareJson = (
  path: Path,
  expected: unknown,
  actual: unknown,
  context: Context,
): readonly Mismatch[] => {
  if (isFields(expected)) {
    return isFields(actual)
      ? compareObjects(path, expected, actual, context)
      : [wrongType(path, expected, actual)]
  }
  if (Array.isArray(expected)) {
    return Array.isArray(actual)
      ? compareLists(path, expected, actual, context)
      : [wrongType(path, expected, actual)]
  }
  const list = context.rules.at(path)
  const pair = { position: 'json', expected, actual } as const
  if (list !== undefined)
    return problemsOf(list, pair).map((message) => mismatch(path, expected, actual, message))
  const message = equal({ ...pair, cascaded: false })
  return message === undefined ? [] : [mismatch(path, expected, actual, message)]
}

const mismatch = (path: Path, expected: unknown, actual: unknown, message: string): Mismatch => ({
  kind: 'body',
  path: formatPath(path),
  expected,
  actual: actual === undefined ? null : actual,
  message,
})

const wrongType = (path: Path, expected: unknown, actual: unknown): Mismatch =>
  mismatch(
    path,
    expected,
    actual,
    `expected ${typeOf(expected)} ${shown(expected)} but got ${typeOf(actual)} ${shown(actual)}`,
  )

const compareObjects = (
  path: Path,
  expected: Fields,
  actual: Fields,
  context: Context,
): readonly Mismatch[] => {
  if (context.strict && Object.keys(expected).length === 0 && Object.keys(actual).length > 0)
    return [mismatch(path, expected, actual, `expected an empty object but got ${shown(actual)}`)]
  const list = context.rules.at(path)
  if (list === undefined) return compareFields(path, expected, actual, context, undefined)
  return combined(list, (rule) => compareByRule(path, expected, actual, context, list, rule))
}

const compareByRule = (
  path: Path,
  expected: Fields,
  actual: Fields,
  context: Context,
  list: RuleList,
  rule: Rule,
): readonly Mismatch[] => {
  if (!list.cascaded && (rule.name === 'values' || rule.name === 'eachValue'))
    return compareValues(path, expected, actual, context, rule)
  const pair = { position: 'json', expected, actual, cascaded: list.cascaded } as const
  // An expression is meant for the texts inside, to which it cascades.
  const problem = rule.keysFree || rule.name === 'regex' ? undefined : bounded(rule.check, pair)
  return [
    ...(problem === undefined ? [] : [mismatch(path, expected, actual, problem)]),
    ...compareFields(path, expected, actual, context, rule),
  ]
}

/** Every value like the expected one of its key, or like the first; keys may be any. */
const compareValues = (
  path: Path,
  expected: Fields,
  actual: Fields,
  context: Context,
  rule: Rule,
): readonly Mismatch[] => {
  const [example] = Object.values(expected)
  if (example === undefined) return []
  const inner =
    rule.name === 'eachValue' ? { ...context, rules: context.rules.below(path, rule.inner) } : context
  return Object.entries(actual).flatMap(([key, value]) =>
    compareJson([...path, key], Object.hasOwn(expected, key) ? expected[key] : example, value, inner),
  )
}

const compareFields = (
  path: Path,
  expected: Fields,
  actual: Fields,
  context: Context,
  rule: Rule | undefined,
): readonly Mismatch[] => {
  const found = [...compareKeys(path, expected, actual, context)]
  if (rule?.name === 'eachKey') found.push(...checkKeys(path, actual, rule))
  for (const [key, value] of Object.entries(expected)) {
    if (Object.hasOwn(actual, key)) found.push(...compareJson([...path, key], value, actual[key], context))
  }
  return found
}

const compareKeys = (path: Path, expected: Fields, actual: Fields, context: Context): readonly Mismatch[] => {
  if (context.rules.exactly(path).some(({ keysFree }) => keysFree)) return []
  const absent = Object.keys(expected).filter((key) => !Object.hasOwn(actual, key))
  const found = absent.map((key) =>
    mismatch([...path, key], expected[key], undefined, `expected ${shown(expected[key])} but it is missing`),
  )
  if (!context.strict) return found
  const unexpected = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key))
  return [
    ...found,
    ...unexpected.map((key) =>
      mismatch([...path, key], null, actual[key], `${shown(actual[key])} is not expected`),
    ),
  ]
}

const checkKeys = (path: Path, actual: Fields, { inner }: Rule): readonly Mismatch[] =>
  Object.keys(actual).flatMap((key) =>
    inner.flatMap(({ check }) => {
      const problem = bounded(check, { position: 'text', expected: '', actual: key, cascaded: false })
      return problem === undefined ? [] : [mismatch([...path, key], null, key, `of the key: ${problem}`)]
    }),
  )

const compareLists = (
  path: Path,
  expected: readonly unknown[],
  actual: readonly unknown[],
  context: Context,
): readonly Mismatch[] => {
  const list = context.rules.at(path)
  if (list !== undefined)
    return combined(list, (rule) => compareListByRule(path, expected, actual, context, list, rule))
  if (expected.length === 0 && actual.length > 0)
    return [mismatch(path, expected, actual, `expected an empty list but got ${shown(actual)}`)]
  const found = compareItems(path, expected, actual, context)
  if (expected.length === actual.length) return found
  const message = `expected ${counted(expected.length)} but got ${counted(actual.length)}`
  return [...found, mismatch(path, expected, actual, message)]
}

const counted = (n: number): string => `${n} ${n === 1 ? 'item' : 'items'}`

const compareListByRule = (
  path: Path,
  expected: readonly unknown[],
  actual: readonly unknown[],
  context: Context,
  list: RuleList,
  rule: Rule,
): readonly Mismatch[] => {
  if (rule.name === 'arrayContains') return compareVariants(path, expected, actual, context, rule)
  if (rule.name === 'eachValue') {
    if (list.cascaded) return []
    return compareItems(path, repeated(expected, actual.length), actual, {
      ...context,
      rules: context.rules.below(path, rule.inner),
    })
  }
  const problem =
    rule.keysFree || onItems.has(rule.name)
      ? undefined
      : bounded(rule.check, { position: 'json', expected, actual, cascaded: list.cascaded })
  return [
    ...(problem === undefined ? [] : [mismatch(path, expected, actual, problem)]),
    ...compareItems(path, repeated(expected, actual.length), actual, context),
  ]
}

/** Rules that say nothing of a list: they are meant for its items, to which they cascade. */
const onItems: ReadonlySet<string> = new Set([
  'regex',
  'include',
  'semver',
  'integer',
  'decimal',
  'number',
  'boolean',
  'date',
  'time',
  'datetime',
  'contentType',
])

/** The first item stands for all that are more than expected. */
const repeated = (expected: readonly unknown[], length: number): readonly unknown[] =>
  expected.length === 0 || expected.length >= length
    ? expected
    : [...expected, ...Array<unknown>(length - expected.length).fill(expected[0])]

const compareItems = (
  path: Path,
  expected: readonly unknown[],
  actual: readonly unknown[],
  context: Context,
): readonly Mismatch[] =>
  expected.flatMap((item, i) => {
    const inner = [...path, String(i)]
    if (i < actual.length) return compareJson(inner, item, actual[i], context)
    // How many there must be is for the rule to say.
    return context.rules.has(inner)
      ? []
      : [mismatch(inner, item, undefined, `expected ${shown(item)} but it is missing`)]
  })

const compareVariants = (
  path: Path,
  expected: readonly unknown[],
  actual: readonly unknown[],
  context: Context,
  { variants }: Rule,
): readonly Mismatch[] => {
  const wanted: readonly { readonly index: number; readonly rules: RuleSet | undefined }[] =
    variants.length === 0
      ? expected.map((_, index) => ({ index, rules: undefined }))
      : variants.map(({ index, rules }) => ({ index, rules: readBodyRules(rules, context.ruleTools) }))
  return wanted.flatMap(({ index, rules }) => {
    if (index >= expected.length)
      return [
        mismatch(
          path,
          expected,
          actual,
          `variant ${index} is not among the ${counted(expected.length)} expected`,
        ),
      ]
    const inner = { ...context, rules: rules ?? equalOnly }
    if (actual.some((item) => compareJson(root, expected[index], item, inner).length === 0)) return []
    return [
      mismatch(path, expected[index], actual, `no item is like variant ${index}: ${shown(expected[index])}`),
    ]
  })
}

const equalOnly: RuleSet = readBodyRules({}, { matches: () => () => false })
