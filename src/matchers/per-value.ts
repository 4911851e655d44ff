/**
 * Several operators on one name must hold for one and the same value, as in WireMock: `{ $greaterThan: 5,
 * $lessThan: 10 }` is not satisfied by 3 and 20 together. Operators on all values ($includes) see all of them.
 */
import { isFields } from '../core/fields.ts'
import type { Equality, Mismatch, TextCondition } from '../core/matcher.ts'
import { shownTexts } from './lift.ts'

export const perValue = (condition: TextCondition, spec: unknown): TextCondition =>
  mentionsList(spec) ? condition : new PerValue(condition)

const mentionsList = (spec: unknown): boolean => {
  if (Array.isArray(spec)) return spec.some(mentionsList)
  return isFields(spec) && Object.keys(spec).some((key) => listNames.has(key) || mentionsList(spec[key]))
}

const listNames: ReadonlySet<string> = new Set(['$hasExactly', '$includes'])

class PerValue implements TextCondition {
  readonly clauses: number
  readonly equalities: readonly Equality[]
  private readonly inner: TextCondition

  constructor(inner: TextCondition) {
    this.inner = inner
    this.clauses = inner.clauses
    this.equalities = inner.equalities
  }

  test(values: readonly string[]): boolean {
    return values.length < 2 ? this.inner.test(values) : values.some((value) => this.inner.test([value]))
  }

  /** All of it must follow from one and the same value. */
  impliedBy(known: readonly Equality[]): boolean {
    return known.some((equality) => this.inner.impliedBy?.([equality]) === true)
  }

  mismatch(values: readonly string[]): Mismatch | undefined {
    const all = this.inner.mismatch(values)
    // Each operator may hold for some value, and none for the same.
    return all ?? { path: '', expected: `one value that is ${this.describe()}`, actual: shownTexts(values) }
  }

  describe(): string {
    return this.inner.describe()
  }
}
