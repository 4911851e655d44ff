/**
 * `$matchesJsonPath` (RFC 9535): a text holds if at least one node is found; `{ expression, … }` puts operators on
 * what is found, and one result that satisfies them is enough. Of a list found, its items are results too.
 */
import { type JsonCondition, SpecError } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { inBody, inJson, inText, type Scope, type ValueOperator } from './operator.ts'
import { loadPackage } from './packages.ts'
import { type Fields, isObject, isOperators, wrongOperand } from './spec.ts'

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
    if (!isObject(operand) || typeof operand['expression'] !== 'string')
      throw wrongOperand('a JSON Path, or { expression: …, and operators }', operand)
    const { expression, ...rules } = operand as Fields & { readonly expression: string }
    if (!isOperators(rules))
      throw new SpecError(
        'beside expression it needs an operator',
        [],
        'write { expression: $.id, $matches: … }',
      )
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
    ],
    noMatch: [
      inText({ $matchesJsonPath: '$.a' }, '{}'),
      inText({ $matchesJsonPath: '$.a' }),
      inText({ $matchesJsonPath: '$.a' }, 'no json'),
      inJson({ $matchesJsonPath: { expression: '$.id', $matches: '\\d' } }, { id: 10 }),
      inBody({ $matchesJsonPath: { expression: '$.a', $not: 1 } }, '{}'),
      inBody({ $matchesJsonPath: { expression: '$.a', $absent: true } }, '{"a":1}'),
    ],
    wrong: [
      { position: 'body', spec: { $matchesJsonPath: '$.[' } },
      { position: 'body', spec: { $matchesJsonPath: { $contains: 'a' } } },
      { position: 'body', spec: { $matchesJsonPath: { expression: '$.a' } } },
      { position: 'body', spec: { $matchesJsonPath: { expression: '$.a', contains: 'a' } } },
    ],
  },
}

const someItem = (result: unknown, condition: JsonCondition): boolean =>
  Array.isArray(result) && result.some((item) => condition.test(item))

const compileQuery = (expression: string, { tools }: Scope): Find => {
  const { jsonpath } = loadPackage(tools, 'json-p3')
  try {
    const query = jsonpath.compile(expression)
    return (value) => {
      try {
        return query.query(value as never).values()
      } catch {
        // Too deep a document for `..`.
        return []
      }
    }
  } catch (error) {
    throw new SpecError(`not a JSON Path (RFC 9535): ${(error as Error).message}`)
  }
}
