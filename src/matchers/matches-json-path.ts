/**
 * `$matchesJsonPath` (RFC 9535): a text holds if at least one node is found; `{ expression, … }` puts operators on
 * what is found, and one result that satisfies them is enough. Of a list found, its items are results too. `as: text`: WireMock's
 * way, each result becomes text (null is none, of a list its items); `as: document`: all of it is one JSON value.
 */
import { type Fields, isFields } from '../core/fields.ts'
import { stringifyJson } from '../core/json.ts'
import { type JsonCondition, SpecError, type TextCondition } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { type Check, inBody, inJson, inText, type Scope, type ValueOperator } from './operator.ts'
import { loadPackage } from './packages.ts'
import { isOperators, wrongOperand } from './spec.ts'

type Find = (value: unknown) => readonly unknown[]

export const matchesJsonPath: ValueOperator = {
  name: '$matchesJsonPath',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'json',
  absent: false,
  check(operand, scope) {
    if (typeof operand === 'string') {
      const find = compileQuery(operand, scope)
      return { test: (value) => find(value).length > 0, describe: () => `has ${operand}` }
    }
    if (!isFields(operand) || typeof operand['expression'] !== 'string')
      throw wrongOperand('a JSON Path, or { expression: …, and operators }', operand)
    const { expression, as, ...rules } = operand as Fields & { readonly expression: string }
    if (!isOperators(rules))
      throw new SpecError(
        'beside expression it needs an operator',
        [],
        'write { expression: $.id, $matches: … }',
      )
    if (as !== undefined) return typedResults(expression, as, rules, scope)
    const find = compileQuery(expression, scope)
    const condition = scope.json(rules)
    const wantsNone = '$absent' in rules
    return {
      test: (value) => {
        const found = find(value)
        if (found.length === 0) return wantsNone && condition.test(undefined)
        return found.some((result) => condition.test(result) || someItem(result, condition))
      },
      mismatch: (value) => {
        const found = find(value)
        const actual = found.length === 0 ? 'absent' : found.length === 1 ? shown(found[0]) : shown(found)
        return { path: expression, expected: condition.describe(), actual }
      },
      describe: () => `${expression} ${condition.describe()}`,
    }
  },
  samples: {
    match: [
      inText({ $matchesJsonPath: '$.a' }, '{"a":null}'),
      inJson({ $matchesJsonPath: '$.items[?(@.qty > 2)]' }, { items: [{ qty: 1 }, { qty: 3 }] }),
      inJson({ $matchesJsonPath: { expression: '$.tags', $contains: 'x' } }, { tags: ['a', 'ax'] }),
      inJson({ $matchesJsonPath: { expression: '$..id', $equalTo: 2 } }, { a: { id: 1 }, b: { id: 2 } }),
      inBody({ $matchesJsonPath: { expression: '$.a', $absent: true } }, '{}'),
      inBody({ $matchesJsonPath: "$.items[?@.sku == 'A']" }, '{"items":[{"sku":"A"}]}'),
      inBody({ $matchesJsonPath: { expression: '$.a', as: 'text', $equalTo: '1' } }, '{"a":[2,1]}'),
      inBody({ $matchesJsonPath: { expression: '$.a', as: 'text', $absent: true } }, 'no json'),
      inBody({ $matchesJsonPath: { expression: '$.a', as: 'text', $absent: true } }, '{"a":null}'),
      inBody(
        { $matchesJsonPath: { expression: '$..a', as: 'document', $equalToJson: [1, 2] } },
        '[{"a":1},{"a":2}]',
      ),
    ],
    noMatch: [
      inText({ $matchesJsonPath: '$.a' }, '{}'),
      inText({ $matchesJsonPath: '$.a' }),
      inText({ $matchesJsonPath: '$.a' }, 'no json'),
      inJson({ $matchesJsonPath: { expression: '$.id', $matches: '\\d' } }, { id: 10 }),
      inBody({ $matchesJsonPath: { expression: '$.a', $not: 1 } }, '{}'),
      inBody({ $matchesJsonPath: { expression: '$.a', as: 'text', $not: '1' } }, '{}'),
      inBody({ $matchesJsonPath: { expression: '$..a', as: 'text', $equalTo: 'x' } }, '{"a":["x"]}'),
      inBody({ $matchesJsonPath: { expression: '$.a', as: 'document', $equalToJson: 1 } }, '{"a":[1]}'),
      inBody({ $matchesJsonPath: { expression: '$.a', $absent: true } }, '{"a":1}'),
    ],
    wrong: [
      { position: 'body', spec: { $matchesJsonPath: '$.[' } },
      { position: 'body', spec: { $matchesJsonPath: { $contains: 'a' } } },
      { position: 'body', spec: { $matchesJsonPath: { expression: '$.a' } } },
      { position: 'body', spec: { $matchesJsonPath: { expression: '$.a', as: 'number', $absent: true } } },
      { position: 'body', spec: { $matchesJsonPath: { expression: '$.a', contains: 'a' } } },
    ],
  },
}

/** What a path that names one place finds is its value; any other finds the list of all. */
const typedResults = (expression: string, as: unknown, rules: Fields, scope: Scope): Check => {
  if (as !== 'text' && as !== 'document')
    throw new SpecError(`as: ${JSON.stringify(as)} is not known`, ['as'], 'write as: text, or as: document')
  const { find, single } = compileBoth(expression, scope)
  const describe = (): string => `${expression} ${condition.describe()}`
  const found = (value: unknown): unknown => {
    const nodes = find(value)
    return single ? nodes[0] : nodes
  }
  const condition = as === 'text' ? scope.text(rules) : scope.json(rules)
  const wantsNone = '$absent' in rules
  return {
    absent: wantsNone && (condition as TextCondition).test([]),
    describe,
    test: (value) => {
      const result = found(value)
      if (as === 'document') return result !== undefined && (condition as JsonCondition).test(result)
      const texts = textsOf(result)
      if (texts.length === 0) return wantsNone && (condition as TextCondition).test([])
      return texts.some((text) => (condition as TextCondition).test([text]))
    },
    mismatch: (value) => ({
      path: expression,
      expected: condition.describe(),
      actual: shown(found(value) ?? 'absent'),
    }),
  }
}

const textsOf = (result: unknown): readonly string[] => {
  if (result === undefined || result === null) return []
  return (Array.isArray(result) ? result : [result]).map((one: unknown) =>
    typeof one === 'string' ? one : stringifyJson(one),
  )
}

const someItem = (result: unknown, condition: JsonCondition): boolean =>
  Array.isArray(result) && result.some((item) => condition.test(item))

const compileQuery = (expression: string, scope: Scope): Find => compileBoth(expression, scope).find

const compileBoth = (
  expression: string,
  { tools }: Scope,
): { readonly find: Find; readonly single: boolean } => {
  const { jsonpath } = loadPackage(tools, 'json-p3')
  try {
    const query = jsonpath.compile(expression)
    const find: Find = (value) => {
      try {
        return query.query(value as never).values()
      } catch {
        // Too deep a document for `..`.
        return []
      }
    }
    return { find, single: query.singularQuery() }
  } catch (error) {
    throw new SpecError(`not a JSON Path (RFC 9535): ${(error as Error).message}`)
  }
}
