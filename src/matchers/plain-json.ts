/**
 * Plain values in a document: scalars by type and value, objects by their named fields, lists by length and order.
 * What may be looser or stricter ($equalToJson) is said by `Shape`; what stands inside is compiled by `inner`.
 */
import type { Fields } from '../core/fields.ts'
import { sameScalar } from '../core/json.ts'
import type { Equality, JsonCondition, Mismatch, Scalar } from '../core/matcher.ts'
import { collectMistakes, within } from '../core/mistakes.ts'
import { shown } from '../core/secrets.ts'
import { byValue, knownAt } from './implied.ts'
import { pair } from './pairing.ts'
import { atField, atItem } from './place.ts'
import { isScalar } from './spec.ts'

export interface Shape {
  /** Fields that are not named are refused. */
  readonly exactFields: boolean
  /** Items may come in any order. */
  readonly anyOrder: boolean
  /** Items may follow that are not named (stand anywhere, with `anyOrder`). */
  readonly moreItems: boolean
}

export const partial: Shape = { exactFields: false, anyOrder: false, moreItems: false }

export const plainJson = (
  spec: unknown,
  shape: Shape,
  inner: (spec: unknown) => JsonCondition,
): JsonCondition => {
  if (Array.isArray(spec))
    return new Items(
      collectMistakes(spec.map((item, i) => () => within([i], () => inner(item)))),
      shape,
      spec,
    )
  if (isScalar(spec)) return new SameScalar(spec)
  const keys = Object.keys(spec as Fields)
  return new FieldsOf(
    keys,
    collectMistakes(keys.map((key) => () => within([key], () => inner((spec as Fields)[key])))),
    shape,
    spec as Fields,
  )
}

class SameScalar implements JsonCondition {
  readonly complete = true
  readonly clauses = 1
  readonly equalities: readonly Equality[]
  private readonly expected: Scalar

  constructor(expected: Scalar) {
    this.expected = expected
    this.equalities = [{ path: [], values: [expected] }]
  }

  test(value: unknown): boolean {
    return sameScalar(value, this.expected)
  }

  impliedBy(known: readonly Equality[]): boolean {
    return byValue(known, (value) => this.test(value))
  }

  mismatch(value: unknown): Mismatch {
    return { path: '', expected: this.describe(), actual: shown(value) }
  }

  describe(): string {
    return shown(this.expected)
  }
}

class FieldsOf implements JsonCondition {
  readonly complete: boolean
  readonly clauses: number
  readonly equalities: readonly Equality[]
  private readonly keys: readonly string[]
  private readonly conditions: readonly JsonCondition[]
  private readonly exact: boolean
  private readonly spec: Fields

  constructor(keys: readonly string[], conditions: readonly JsonCondition[], shape: Shape, spec: Fields) {
    this.keys = keys
    this.conditions = conditions
    this.exact = shape.exactFields
    this.spec = spec
    this.clauses = Math.max(1, sum(conditions))
    this.equalities = below(keys, conditions)
    this.complete = keys.length === 1 && !shape.exactFields && conditions[0]!.complete === true
  }

  test(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    for (let i = 0; i < this.keys.length; i++) {
      if (!this.conditions[i]!.test(fieldOf(value as Fields, this.keys[i]!))) return false
    }
    return !this.exact || this.extra(value as Fields) === undefined
  }

  /** A known value below one of the names says that there is an object. */
  impliedBy(known: readonly Equality[]): boolean {
    if (this.exact) return false
    if (this.keys.length === 0) return known.some(({ path }) => typeof path[0] === 'string')
    return this.keys.every((key, i) => this.conditions[i]!.impliedBy?.(knownAt(known, key)) === true)
  }

  mismatch(value: unknown): Mismatch | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { path: '', expected: this.describe(), actual: shown(value) }
    for (const [i, key] of this.keys.entries()) {
      const field = fieldOf(value as Fields, key)
      if (this.conditions[i]!.test(field)) continue
      const found = this.conditions[i]!.mismatch(field)
      return found && atField(key, found)
    }
    const extra = this.extra(value as Fields)
    if (extra === undefined) return undefined
    return atField(extra, {
      path: '',
      expected: 'no such field',
      actual: shown(fieldOf(value as Fields, extra)),
    })
  }

  describe(): string {
    return shown(this.spec)
  }

  private extra(value: Fields): string | undefined {
    for (const key in value) {
      if (Object.hasOwn(value, key) && !Object.hasOwn(this.spec, key)) return key
    }
    return undefined
  }
}

/** Own fields only: `toString` and `__proto__` are names like any other. */
const fieldOf = (value: Fields, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined)

class Items implements JsonCondition {
  readonly clauses: number
  readonly equalities: readonly Equality[]
  private readonly conditions: readonly JsonCondition[]
  private readonly shape: Shape
  private readonly spec: readonly unknown[]

  constructor(conditions: readonly JsonCondition[], shape: Shape, spec: readonly unknown[]) {
    this.conditions = conditions
    this.shape = shape
    this.spec = spec
    this.clauses = Math.max(1, sum(conditions))
    this.equalities = shape.anyOrder ? [] : below([...conditions.keys()], conditions)
  }

  test(value: unknown): boolean {
    if (!Array.isArray(value) || !this.fits(value.length)) return false
    if (this.shape.anyOrder)
      return pair(this.conditions.length, value.length, (item, at) => this.conditions[item]!.test(value[at]))
    for (let i = 0; i < this.conditions.length; i++) if (!this.conditions[i]!.test(value[i])) return false
    return true
  }

  mismatch(value: unknown): Mismatch | undefined {
    if (!Array.isArray(value)) return { path: '', expected: this.describe(), actual: shown(value) }
    if (!this.fits(value.length))
      return {
        path: '',
        expected: `a list of ${this.shape.moreItems ? 'at least ' : ''}${this.conditions.length}`,
        actual: `a list of ${value.length}`,
      }
    if (this.shape.anyOrder)
      return { path: '', expected: `in any order ${this.describe()}`, actual: shown(value) }
    const at = this.conditions.findIndex((condition, i) => !condition.test(value[i]))
    const found = this.conditions[at]?.mismatch(value[at])
    return found && atItem(at, found)
  }

  describe(): string {
    return shown(this.spec)
  }

  private fits(length: number): boolean {
    return this.shape.moreItems ? length >= this.conditions.length : length === this.conditions.length
  }
}

const sum = (conditions: readonly JsonCondition[]): number =>
  conditions.reduce((total, { clauses }) => total + clauses, 0)

const below = (
  steps: readonly (string | number)[],
  conditions: readonly JsonCondition[],
): readonly Equality[] =>
  conditions.flatMap(({ equalities }, i) =>
    equalities.map(({ path, values }) => ({ path: [steps[i]!, ...path], values })),
  )
