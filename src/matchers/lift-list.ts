/** Puts an operator on lists into its position: all values under one name, or the items of a JSON array. */
import type { DecodedBody } from '../core/body.ts'
import type { Condition, Equality, JsonCondition, Mismatch, TextCondition } from '../core/matcher.ts'
import { collectMistakes, within } from '../core/mistakes.ts'
import { shown } from '../core/secrets.ts'
import { shownTexts } from './lift.ts'
import type { ListOperator, Scope } from './operator.ts'
import { listOperand } from './spec.ts'

export const liftList = (operator: ListOperator, operand: unknown, scope: Scope): Condition<never> => {
  const items = listOperand(operand)
  const each = <Value>(compile: (spec: unknown) => Condition<Value>): readonly Condition<Value>[] =>
    collectMistakes(items.map((item, i) => () => within([i], () => compile(item))))
  if (scope.position === 'text') return onTexts(operator, each(scope.text))
  const json = onArray(operator, each(scope.json))
  return scope.position === 'json' ? json : onBody(json)
}

const common = (operator: ListOperator, items: readonly Condition<never>[]) => ({
  clauses: 1,
  describe: () => operator.words(items.map((item) => item.describe()).join(', ')),
})

const onTexts = (operator: ListOperator, items: readonly TextCondition[]): TextCondition => {
  const test = operator.list(items)
  const shared = common(operator, items)
  return {
    ...shared,
    // Each item wants a value of its own, so what it must equal is among the values.
    equalities: items.flatMap(({ equalities }): readonly Equality[] => equalities),
    test: (values) =>
      values.length > 0 && test((item, at) => items[item]!.test([values[at]!]), values.length),
    mismatch: (values): Mismatch => ({ path: '', expected: shared.describe(), actual: shownTexts(values) }),
  }
}

const onArray = (operator: ListOperator, items: readonly JsonCondition[]): JsonCondition => {
  const test = operator.list(items)
  const shared = common(operator, items)
  return {
    ...shared,
    equalities: [],
    test: (value) => Array.isArray(value) && test((item, at) => items[item]!.test(value[at]), value.length),
    mismatch: (value): Mismatch => ({ path: '', expected: shared.describe(), actual: shown(value) }),
  }
}

const onBody = (json: JsonCondition): Condition<DecodedBody> => ({
  clauses: json.clauses,
  equalities: [],
  describe: () => json.describe(),
  test: (body) => {
    const read = body.json()
    return read.ok && json.test(read.value)
  },
  mismatch: (body) => {
    const read = body.json()
    return read.ok ? json.mismatch(read.value) : { path: '', expected: json.describe(), actual: read.problem }
  },
})
