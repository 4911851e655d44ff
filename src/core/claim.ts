/** A tenant's claim: what a call looks like that is the tenant's without any tag. */
import { indexText } from './json.ts'
import type { BodyCondition, Equality, TextCondition } from './matcher.ts'

export type TextSection = 'headers' | 'query' | 'cookies'

export interface TextTest {
  readonly section: TextSection
  /** Headers: lower case. RPC metadata are headers here. */
  readonly name: string
  readonly condition: TextCondition
}

/** On all of what the call carries; it is read before anybody knows whose the call is. */
export interface BodyTest {
  readonly section: 'body'
  readonly condition: BodyCondition
}

/** What a message on a bus holds (topic and key as text, value as a body) would be tests of sections of its own. */
export type ClaimTest = TextTest | BodyTest

/** Holds when all of its tests do; there is at least one. */
export interface Claim {
  readonly tenant: string
  readonly tests: readonly ClaimTest[]
  /** Only calls to these; undefined: to all. */
  readonly services?: ReadonlySet<string> | undefined
}

/**
 * Whether one call could be claimed by both. Told apart they are only by services, or by a place of which both want something,
 * where one names its values and the other takes none of them. Sound for places that hold one value, as they are for people:
 * where it answers false, no such call exists. Two expressions are not compared, so they always overlap.
 */
export const overlap = (a: Claim, b: Claim): boolean => {
  if (a.services !== undefined && b.services !== undefined && a.services.isDisjointFrom(b.services))
    return false
  return !a.tests.some((mine) => b.tests.some((other) => toldApart(mine, other)))
}

const toldApart = (mine: ClaimTest, other: ClaimTest): boolean => {
  if (mine.section === 'body' || other.section === 'body')
    return mine.section === other.section && differ(mine.condition.equalities, other.condition.equalities)
  return (
    mine.section === other.section &&
    mine.name === other.name &&
    (excludes(mine.condition, other.condition) || excludes(other.condition, mine.condition))
  )
}

/** Both name values of one field, and no value twice. Text and number count as one: a form has no numbers. */
const differ = (some: readonly Equality[], others: readonly Equality[]): boolean =>
  some.some((one) =>
    others.some((other) => {
      if (JSON.stringify(one.path) !== JSON.stringify(other.path)) return false
      return new Set(one.values.map(indexText)).isDisjointFrom(new Set(other.values.map(indexText)))
    }),
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
