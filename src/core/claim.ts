/** A tenant's claims: what a call or a message looks like that is the tenant's without any tag. */
import type { DecodedBody } from './body.ts'
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

export type ClaimTest = TextTest | BodyTest

/** Holds when all of its tests do; there is at least one. */
export interface Claim {
  readonly tenant: string
  readonly tests: readonly ClaimTest[]
  /** Only calls to these; undefined: to all. */
  readonly services?: ReadonlySet<string> | undefined
}

/** On a message's key (name '') or the values under one of its headers' names. */
export interface MessageTextTest {
  readonly section: 'key' | 'headers'
  /** Case counts. */
  readonly name: string
  readonly condition: TextCondition
}

/** On a message's value, or on its key where that is a document. */
export interface MessageDocumentTest {
  readonly section: 'value' | 'keyDocument'
  readonly condition: BodyCondition
}

export type MessageTest = MessageTextTest | MessageDocumentTest

/** A claim on messages of a bus: holds when its topic and all of its tests do; there is at least one. */
export interface MessageClaim {
  readonly tenant: string
  readonly topic: TextCondition
  /** How names begin by which `topic` can hold; '': anyhow. */
  readonly topicBegins: string
  readonly tests: readonly MessageTest[]
  /** Only those of these; undefined: of all. */
  readonly services?: ReadonlySet<string> | undefined
}

/** A message as claims look at it. What is a document is decoded when it is first asked for. */
export interface ClaimedMessage {
  /** One, or none for a key that is null. */
  keys(): readonly string[]
  /** All under the name, whose case counts; those that are null are left out. */
  headers(name: string): readonly string[]
  keyDocument(): DecodedBody
  value(): DecodedBody
}

/** Whose a message is; undefined: nobody's, or that of several. */
export type MessageClaimant = (message: ClaimedMessage) => string | undefined

/** The claims on messages of one service. */
export interface MessageClaims {
  /** No topic is claimed. */
  readonly empty: boolean
  /** undefined: nothing of the topic is claimed, so that no message of it need be looked at. */
  on(topic: string): MessageClaimant | undefined
}

/**
 * Whether one call could be claimed by both. Told apart they are only by services, or by a place of which both want something,
 * where one names its values and the other takes none of them. Sound for places that hold one value, as they are for people:
 * where it answers false, no such call exists. Two expressions are not compared, so they always overlap.
 */
export const overlap = (a: Claim, b: Claim): boolean => !apart(a, b)

/** The same for messages, which have a topic besides. Of two patterns it is known how they begin. */
export const overlapInMessages = (a: MessageClaim, b: MessageClaim): boolean =>
  !apart(a, b) &&
  (a.topicBegins.startsWith(b.topicBegins) || b.topicBegins.startsWith(a.topicBegins)) &&
  !excludes(a.topic, b.topic) &&
  !excludes(b.topic, a.topic)

interface AnyClaim {
  readonly tests: readonly (ClaimTest | MessageTest)[]
  readonly services?: ReadonlySet<string> | undefined
}

const apart = (a: AnyClaim, b: AnyClaim): boolean => {
  if (a.services !== undefined && b.services !== undefined && a.services.isDisjointFrom(b.services))
    return true
  return a.tests.some((mine) => b.tests.some((other) => toldApart(mine, other)))
}

const toldApart = (mine: ClaimTest | MessageTest, other: ClaimTest | MessageTest): boolean => {
  if (mine.section !== other.section) return false
  if (!isText(mine) || !isText(other)) return differ(mine.condition.equalities, other.condition.equalities)
  return (
    mine.name === other.name &&
    (excludes(mine.condition, other.condition) || excludes(other.condition, mine.condition))
  )
}

const isText = (test: ClaimTest | MessageTest): test is TextTest | MessageTextTest => 'name' in test

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
