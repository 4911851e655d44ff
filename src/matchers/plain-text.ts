/** A plain value in text position: one of the values equals it. */
import { type Equality, type Mismatch, SpecError, type TextCondition } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { byText } from './implied.ts'
import { shownTexts } from './lift.ts'

export const plainText = (spec: unknown): TextCondition => {
  if (typeof spec === 'string') return new SameText(spec)
  if (typeof spec === 'number' || typeof spec === 'boolean' || typeof spec === 'bigint')
    return new SameText(String(spec))
  throw noText(spec)
}

const noText = (spec: unknown): SpecError => {
  if (spec === null || spec === undefined)
    return new SpecError('null is no text', [], 'for a value that must be absent write { $absent: true }')
  return Array.isArray(spec)
    ? new SpecError(
        'a list is no text',
        [],
        'write { $hasExactly: […] } for these values and no others, or { $includes: […] }',
      )
    : new SpecError('an object is no text', [], 'write a text, or operators such as { $contains: … }')
}

class SameText implements TextCondition {
  readonly complete = true
  readonly clauses = 1
  readonly equalities: readonly Equality[]
  private readonly expected: string

  constructor(expected: string) {
    this.expected = expected
    this.equalities = [{ path: [], values: [expected] }]
  }

  test(values: readonly string[]): boolean {
    for (let i = 0; i < values.length; i++) if (values[i] === this.expected) return true
    return false
  }

  impliedBy(known: readonly Equality[]): boolean {
    return byText(known, (values) => this.test(values))
  }

  mismatch(values: readonly string[]): Mismatch {
    return { path: '', expected: this.describe(), actual: shownTexts(values) }
  }

  describe(): string {
    return shown(this.expected)
  }
}
