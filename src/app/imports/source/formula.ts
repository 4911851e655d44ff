/**
 * What a call must be, as other tools say it: conditions joined by all, any and not. A mock knows only conditions that must all hold, so
 * `any` becomes several mocks, unless it is about one value.
 */
import { literalPath, type PathSpec, pathByAll, pathByRegex } from './request-path.ts'
import { NotPossible } from './things.ts'

/** One condition. `whole` matches all of the path; `expression` is JavaScript on the fields of a script's request. */
export type Atom =
  | { readonly on: 'method'; readonly is: string }
  | { readonly on: 'path'; readonly is: string }
  | { readonly on: 'path'; readonly whole: string }
  | {
      readonly on: 'query' | 'headers' | 'cookies' | 'form' | 'params'
      readonly name: string
      readonly condition: unknown
    }
  | { readonly on: 'body'; readonly condition: unknown }
  | { readonly on: 'test'; readonly expression: string }

export type Formula =
  | Atom
  | { readonly all: readonly Formula[] }
  | { readonly any: readonly Formula[] }
  | { readonly not: Formula }

type Literal = Atom & { readonly negated?: boolean }

const alternativesAtMost = 32

export const always: Formula = { all: [] }

/** One `request` for each way in which the formula holds. Throws NotPossible. */
export const requestsOf = (formula: Formula): readonly Record<string, unknown>[] =>
  alternatives(formula, false).map(requestOf)

const alternatives = (formula: Formula, negated: boolean): readonly (readonly Literal[])[] => {
  if ('not' in formula) return alternatives(formula.not, !negated)
  if ('on' in formula) return [[negated ? { ...formula, negated } : formula]]
  const isAny = 'any' in formula !== negated
  const parts = 'any' in formula ? formula.any : formula.all
  const each = parts.map((part) => alternatives(part, negated))
  if (!isAny) {
    return each.reduce<readonly (readonly Literal[])[]>(
      (ways, more) => bounded(ways.flatMap((way) => more.map((one) => [...way, ...one]))),
      [[]],
    )
  }
  const ways = each.flat()
  const joined = sameValue(ways)
  return joined === undefined ? bounded(ways) : [[joined]]
}

const bounded = <T>(ways: readonly T[]): readonly T[] => {
  if (ways.length <= alternativesAtMost) return ways
  throw new NotPossible(`it holds in more than ${alternativesAtMost} ways, which are as many mocks`)
}

/** Ways that are each one condition on one and the same value. */
const sameValue = (ways: readonly (readonly Literal[])[]): Literal | undefined => {
  const [first] = ways[0] ?? []
  if (ways.length < 2 || first === undefined || !('condition' in first)) return undefined
  const conditions: unknown[] = []
  for (const way of ways) {
    const [only] = way
    if (way.length !== 1 || only === undefined || !('condition' in only) || only.on !== first.on)
      return undefined
    if ('name' in only && 'name' in first && only.name !== first.name) return undefined
    conditions.push(held(only))
  }
  const { negated: _, ...plain } = first
  return { ...plain, condition: { $or: conditions } } as Literal
}

const held = (literal: Literal & { readonly condition: unknown }): unknown =>
  literal.negated === true ? { $not: literal.condition } : literal.condition

const requestOf = (literals: readonly Literal[]): Record<string, unknown> => {
  const request: Record<string, unknown> = {}
  const params: Record<string, unknown> = {}
  const tests: string[] = []
  const values = {
    query: new Map(),
    headers: new Map(),
    cookies: new Map(),
    form: new Map(),
    params: new Map(),
  } as Record<'query' | 'headers' | 'cookies' | 'form' | 'params', Map<string, unknown[]>>
  const bodies: unknown[] = []
  const paths = literals.filter((one): one is Extract<Literal, { on: 'path' }> => one.on === 'path')
  const chosen = paths.find((one) => 'is' in one && one.negated !== true) ?? paths[0]
  const together =
    chosen !== undefined && !('is' in chosen) && paths.length > 1 ? togetherOf(paths) : undefined
  if (together !== undefined) {
    request['path'] = together.path
    Object.assign(params, together.params)
  }
  for (const literal of literals) {
    if (literal.on === 'method') {
      if (
        literal.negated !== true &&
        request['method'] === undefined &&
        /^[!#$%&'*+\-.^_`|~\dA-Z]+$/.test(literal.is)
      )
        request['method'] = literal.is
      else tests.push(`method ${literal.negated === true ? '!==' : '==='} ${quoted(literal.is)}`)
    } else if (literal.on === 'path') {
      if (together !== undefined) continue
      const spec = specOf(literal)
      if (literal === chosen && spec.path !== undefined) {
        request['path'] = spec.path
        Object.assign(params, spec.params)
      } else tests.push(signed(pathTest(literal), literal))
    } else if (literal.on === 'test') tests.push(signed(literal.expression, literal))
    else if (literal.on === 'body') bodies.push(held(literal))
    else {
      const { on, name } = literal
      const known = on === 'headers' ? name.toLowerCase() : name
      values[on].set(known, [...(values[on].get(known) ?? []), held(literal)])
    }
  }
  Object.assign(params, joinedValues(values.params))
  if (Object.keys(params).length > 0) request['params'] = params
  for (const on of ['query', 'headers', 'cookies'] as const)
    if (values[on].size > 0) request[on] = joinedValues(values[on])
  if (values.form.size > 0) bodies.unshift({ $form: joinedValues(values.form) })
  if (bodies.length > 0) request['body'] = all(bodies)
  if (tests.length > 0) request['script'] = scriptOf(tests)
  return request
}

const specOf = (literal: Extract<Literal, { on: 'path' }>): PathSpec => {
  if ('is' in literal) return literal.negated === true ? {} : { path: literalPath(literal.is) }
  if (literal.negated !== true) return pathByRegex(literal.whole)
  return pathByAll([{ whole: literal.whole, negated: true }]) ?? {}
}

const togetherOf = (paths: readonly Extract<Literal, { on: 'path' }>[]): PathSpec | undefined => {
  const wholes = paths.flatMap((one) =>
    'whole' in one ? [{ whole: one.whole, negated: one.negated === true }] : [],
  )
  return wholes.length === paths.length ? pathByAll(wholes) : undefined
}

const pathTest = (literal: Extract<Literal, { on: 'path' }>): string =>
  'is' in literal
    ? `path === ${quoted(literal.is)}`
    : `new RegExp(${quoted(`^(?:${literal.whole})$`)}, 's').test(path)`

const signed = (expression: string, { negated }: Literal): string =>
  negated === true ? `!(${expression})` : expression

const joinedValues = (values: ReadonlyMap<string, readonly unknown[]>): Record<string, unknown> =>
  Object.fromEntries([...values].map(([name, conditions]) => [name, all(conditions)]))

const all = (conditions: readonly unknown[]): unknown =>
  conditions.length === 1 ? conditions[0] : { $and: conditions }

const fields = ['method', 'path', 'query', 'headers', 'cookies', 'body', 'params']

/** `request.script`: true where every expression is. */
export const scriptOf = (tests: readonly string[]): string => {
  const used = fields.filter((field) => tests.some((test) => new RegExp(`\\b${field}\\b`).test(test)))
  const joined = tests.length === 1 ? tests[0] : tests.map((test) => `(${test})`).join(' &&\n  ')
  const helper = tests.some((test) => test.includes('canonical(')) ? canonical : ''
  return `${helper}export default ({ ${used.join(', ')} }) =>\n  ${joined}\n`
}

/** Equal for values that hold the same, whatever the order of fields and items, numbers being their text. */
const canonical = `const canonical = (value, lower) => {
  if (Array.isArray(value)) return '[' + value.map((item) => canonical(item, lower)).sort().join() + ']'
  const text = (one) => JSON.stringify(lower ? String(one).toLowerCase() : String(one))
  if (value === null || typeof value !== 'object') return text(value)
  return '{' + Object.keys(value).map((key) => text(key) + ':' + canonical(value[key], lower)).sort().join() + '}'
}
`

/** An expression that holds where `field` has just these fields and values. */
export const sameAs = (field: string, expected: unknown, ignoreCase: boolean): string =>
  `canonical(${field} ?? {}, ${ignoreCase}) === ${quoted(canonicalText(expected, ignoreCase))}`

const canonicalText = (value: unknown, lower: boolean): string => {
  const text = (one: unknown): string => JSON.stringify(lower ? String(one).toLowerCase() : String(one))
  if (typeof value !== 'object' || value === null) return text(value)
  if (Array.isArray(value))
    return `[${value
      .map((item) => canonicalText(item, lower))
      .sort()
      .join()}]`
  return `{${Object.entries(value)
    .map(([key, member]) => `${text(key)}:${canonicalText(member, lower)}`)
    .sort()
    .join()}}`
}

/** As a literal of JavaScript. */
export const quoted = (value: unknown): string =>
  (JSON.stringify(value) ?? 'undefined').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
