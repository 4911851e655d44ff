/**
 * What an operator is. Adding one is a file that exports an Operator and a line in index.ts; how its values are
 * read in a query, a JSON document or a body is said in fields, so that one can read it off.
 */
import type {
  BodyCondition,
  Condition,
  Equality,
  JsonCondition,
  MatcherTools,
  Mismatch,
  Position,
  TextCondition,
} from '../core/matcher.ts'
import type { XmlReader } from './xml-reader.ts'

export type Operator = ValueOperator | ListOperator | GroupOperator | BodyOperator

interface Named {
  readonly name: `$${string}`
  /** Keys that may stand beside it and mean something to it only. */
  readonly options?: readonly `$${string}`[]
  readonly samples: Samples
}

/** Compares one value. Of several values under one name it is enough that one satisfies it, as in WireMock. */
export interface ValueOperator extends Named {
  readonly kind: 'value'
  readonly positions: readonly Position[]
  /**
   * What it is given. `text`: the text, in a document also a number's or boolean's text; `json`: the value, parsed
   * where it stands as text; `plain`: as a plain value would be, text on text and a value in a document, while on a
   * body the check says which; `presence`: nothing to rely on, and an empty body counts as absent.
   */
  readonly reads: 'text' | 'json' | 'plain' | 'presence'
  /** Its answer where there is no value, or one that cannot be read so (an object as text). */
  readonly absent: boolean
  check(operand: unknown, scope: Scope): Check
}

/** Compares all values together: those under one name, or the items of a JSON array. None without a value. */
export interface ListOperator extends Named {
  readonly kind: 'list'
  list(items: readonly Condition<never>[]): (passes: Passes, count: number) => boolean
  /** In words, from its items' words. */
  words(items: string): string
}

/** Whether the value at `value` satisfies the item at `item`. */
export type Passes = (item: number, value: number) => boolean

/** Joins conditions of its own position. */
export interface GroupOperator extends Named {
  readonly kind: 'group'
  /** `problemOf` says why a value cannot be looked at, which only a body may have. */
  group<Value>(
    operand: unknown,
    here: (spec: unknown, path: Path) => Condition<Value>,
    problemOf: (value: Value) => string | undefined,
  ): Condition<Value>
}

/** Makes sense for a whole body only. */
export interface BodyOperator extends Named {
  readonly kind: 'body'
  body(operand: unknown, scope: Scope): BodyCondition
}

export type Path = readonly (string | number)[]

/** What an operator may use while it is compiled. */
export interface Scope {
  readonly position: Position
  readonly tools: MatcherTools
  readonly xml: XmlReader
  /** The value of one of its options, or undefined. */
  option(name: `$${string}`): unknown
  /** Conditions from nested specs; throw SpecError with paths from the spec given. */
  text(spec: unknown): TextCondition
  json(spec: unknown): JsonCondition
  body(spec: unknown): BodyCondition
}

/** One compiled comparison of one value. */
export interface Check {
  /** Instead of the operator's, where the operand decides. */
  readonly absent?: boolean
  readonly reads?: 'text' | 'json'
  /** `text` readers get a string. */
  test(value: unknown): boolean
  describe(): string
  /** A nearer place than the whole value, after `test` said false. */
  mismatch?(value: unknown): Mismatch | undefined
  /** Its answer to one and the same value changes with time. */
  readonly changes?: boolean
  /** As Condition.equalities. */
  readonly equalities?: readonly Equality[]
  readonly clauses?: number
}

/** Specs with values that satisfy them or do not, per position; a generic test runs them all. */
export interface Samples {
  readonly match: readonly Sample[]
  readonly noMatch: readonly Sample[]
  /** Specs that are mistakes. */
  readonly wrong: readonly Pick<Sample, 'position' | 'spec'>[]
}

export interface Sample {
  readonly position: Position
  readonly spec: unknown
  /** Texts; a JSON value, undefined if absent; a body's text. */
  readonly value: unknown
  readonly contentType?: string
}

export const inText = (spec: unknown, ...value: readonly string[]): Sample => ({
  position: 'text',
  spec,
  value,
})
export const inJson = (spec: unknown, value?: unknown): Sample => ({ position: 'json', spec, value })
export const inBody = (spec: unknown, value = '', contentType = ''): Sample => ({
  position: 'body',
  spec,
  value,
  contentType,
})
