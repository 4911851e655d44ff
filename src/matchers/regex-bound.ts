/** A regular expression that runs into its bound makes the whole condition fail, under `$not` too, and says so. */
import {
  type Condition,
  type Equality,
  type MatcherTools,
  type Mismatch,
  RegexTimeout,
} from '../core/matcher.ts'
import type { Workshop } from './compile.ts'

type Bound = <Value>(compile: (at: Workshop) => Condition<Value>) => Condition<Value>

export const boundInTime = (tools: MatcherTools, workshop: (tools: MatcherTools) => Workshop): Bound => {
  let usesRegex = false
  const at = workshop({
    ...tools,
    regex: (source) => {
      usesRegex = true
      return tools.regex(source)
    },
  })
  return (compile) => {
    usesRegex = false
    const condition = compile(at)
    // Most conditions hold no expression, and pay nothing.
    return usesRegex ? new Bounded(condition) : condition
  }
}

class Bounded<Value> implements Condition<Value> {
  readonly clauses: number
  readonly equalities: Condition<Value>['equalities']
  private readonly inner: Condition<Value>

  constructor(inner: Condition<Value>) {
    this.inner = inner
    this.clauses = inner.clauses
    this.equalities = inner.equalities
  }

  test(value: Value): boolean {
    try {
      return this.inner.test(value)
    } catch (error) {
      if (error instanceof RegexTimeout) return false
      throw error
    }
  }

  impliedBy(known: readonly Equality[]): boolean {
    try {
      return this.inner.impliedBy?.(known) === true
    } catch (error) {
      if (error instanceof RegexTimeout) return false
      throw error
    }
  }

  mismatch(value: Value): Mismatch | undefined {
    try {
      // Explaining need not run the expression again, so only the test tells.
      this.inner.test(value)
      return this.inner.mismatch(value)
    } catch (error) {
      if (!(error instanceof RegexTimeout)) throw error
      return { path: '', expected: this.inner.describe(), actual: error.message, code: 'REGEX_TIMEOUT' }
    }
  }

  describe(): string {
    return this.inner.describe()
  }
}
