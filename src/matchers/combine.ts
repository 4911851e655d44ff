/** Conditions joined: all must hold, or one. */
import { indexText } from '../core/json.ts'
import type { Condition, Equality, Mismatch } from '../core/matcher.ts'

export const allOf = <Value>(conditions: readonly Condition<Value>[]): Condition<Value> =>
  conditions.length === 1 ? conditions[0]! : new AllOf(conditions)

export const anyOf = <Value>(conditions: readonly Condition<Value>[]): Condition<Value> =>
  new AnyOf(conditions)

class AllOf<Value> implements Condition<Value> {
  readonly clauses: number
  readonly equalities: readonly Equality[]
  private readonly conditions: readonly Condition<Value>[]

  constructor(conditions: readonly Condition<Value>[]) {
    this.conditions = conditions
    this.clauses = conditions.reduce((sum, { clauses }) => sum + clauses, 0)
    this.equalities = conditions.flatMap(({ equalities }) => equalities)
  }

  test(value: Value): boolean {
    for (let i = 0; i < this.conditions.length; i++) if (!this.conditions[i]!.test(value)) return false
    return true
  }

  impliedBy(known: readonly Equality[]): boolean {
    return this.conditions.every((condition) => condition.impliedBy?.(known) === true)
  }

  mismatch(value: Value): Mismatch | undefined {
    return this.conditions.find((condition) => !condition.test(value))?.mismatch(value)
  }

  describe(): string {
    return this.conditions.map((condition) => condition.describe()).join(' and ')
  }
}

class AnyOf<Value> implements Condition<Value> {
  readonly clauses = 1
  readonly equalities: readonly Equality[]
  private readonly conditions: readonly Condition<Value>[]

  constructor(conditions: readonly Condition<Value>[]) {
    this.conditions = conditions
    this.equalities = commonPlaces(conditions)
  }

  test(value: Value): boolean {
    for (let i = 0; i < this.conditions.length; i++) if (this.conditions[i]!.test(value)) return true
    return false
  }

  impliedBy(known: readonly Equality[]): boolean {
    return this.conditions.some((condition) => condition.impliedBy?.(known) === true)
  }

  mismatch(value: Value): Mismatch | undefined {
    const first = this.conditions[0]?.mismatch(value)
    return first && { ...first, path: '', expected: this.describe() }
  }

  describe(): string {
    return this.conditions.map((condition) => condition.describe()).join(' or ')
  }
}

/** Where every branch wants an equality at one place, the value there is one of all of theirs. */
const commonPlaces = (conditions: readonly Condition<never>[]): readonly Equality[] => {
  const [first, ...others] = conditions
  return (first?.equalities ?? []).flatMap(({ path, values }) => {
    const same = others.map(({ equalities }) => equalities.find((other) => samePath(other.path, path)))
    if (same.some((equality) => equality === undefined)) return []
    return [{ path, values: [...values, ...same.flatMap((equality) => equality!.values)] }]
  })
}

/** Those of `equalities` that hold by `others` as well. */
export const inBoth = (equalities: readonly Equality[], others: readonly Equality[]): readonly Equality[] =>
  equalities.filter(({ path, values }) =>
    others.some(
      (other) =>
        samePath(other.path, path) &&
        other.values.length === values.length &&
        other.values.every((value, i) => indexText(value) === indexText(values[i]!)),
    ),
  )

const samePath = (a: Equality['path'], b: Equality['path']): boolean =>
  a.length === b.length && a.every((step, i) => step === b[i])
