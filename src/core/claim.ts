/** A tenant's claim: what a call looks like that is the tenant's without any tag. */
import type { TextCondition } from './matcher.ts'

export type ClaimSection = 'headers' | 'query' | 'cookies'

export interface ClaimTest {
  readonly section: ClaimSection
  /** Headers: lower case. RPC metadata are headers here. */
  readonly name: string
  readonly condition: TextCondition
}

/** Holds when all of its tests do; there is at least one. */
export interface Claim {
  readonly tenant: string
  readonly tests: readonly ClaimTest[]
}

/**
 * Whether one call could be claimed by both. Told apart they are only by a place of which both want something, where one
 * names its values and the other takes none of them. Sound for places that hold one value, as they are for people:
 * where it answers false, no such call exists. Two expressions are not compared, so they always overlap.
 */
export const overlap = (a: Claim, b: Claim): boolean =>
  !a.tests.some((mine) =>
    b.tests.some(
      (other) =>
        mine.section === other.section &&
        mine.name === other.name &&
        (excludes(mine.condition, other.condition) || excludes(other.condition, mine.condition)),
    ),
  )

/** All values by which `listed` can hold are refused by `other`. */
const excludes = (listed: TextCondition, other: TextCondition): boolean => {
  const values = valuesOf(listed)
  return values?.every((value) => !listed.test([value]) || !other.test([value])) === true
}

/** The only values by which it can hold; undefined: there is no such list. */
export const valuesOf = (condition: TextCondition): readonly string[] | undefined => {
  const named = condition.equalities.find(({ path }) => path.length === 0)
  return named?.values.map(String)
}
