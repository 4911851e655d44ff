/** What a matching rule is: one file per kind of rule, one entry in index.ts. */
import type { Fields } from '../json-value.ts'

/** A pair of values that a rule is asked about. */
export interface Pair {
  /** `text`: both come from a header, a query, a path, XML, a plain body; types tell nothing there. */
  readonly position: 'json' | 'text'
  readonly expected: unknown
  readonly actual: unknown
  /** The rule stands on something above; lengths were asked there. */
  readonly cascaded: boolean
}

/** undefined: it holds. Else one sentence. */
export type Check = (pair: Pair) => string | undefined

/** A rule of a Pact file, read. */
export interface Rule {
  /** As Pact's newer files spell it: `regex`, `eachValue`. */
  readonly name: string
  /** As it is written in a file, for export. */
  readonly spec: Fields
  readonly check: Check
  /** type, with or without bounds: lists may be longer, XML elements repeat. */
  readonly ofType: boolean
  /** Bounds of a list. */
  readonly min: number | undefined
  readonly max: number | undefined
  /** `values`, `eachValue`: keys of an object are not compared. */
  readonly keysFree: boolean
  /** Rules that each key (eachKey) or each value (eachValue) must satisfy. */
  readonly inner: readonly Rule[]
  /** arrayContains: each variant must be found somewhere in the list. */
  readonly variants: readonly Variant[]
}

export interface Variant {
  /** Of the item of the expected list. */
  readonly index: number
  /** Rules by path expression, relative to the item. */
  readonly rules: Fields
}

export interface RuleTools {
  /** Whether an expression matches a whole text; bounded in time. Throws RuleError for an invalid one. */
  matches(source: string): (text: string) => boolean
}

/** A sample that the generic test runs. */
export interface Sample {
  readonly rule: Fields
  readonly expected: unknown
  readonly actual: unknown
  readonly position?: 'text'
}

export interface RuleKind {
  readonly name: string
  /** Spellings of other versions and of the files of other programs. */
  readonly aliases: readonly string[]
  /** The version of the specification that brought it. */
  readonly since: 2 | 3 | 4
  /** Throws RuleError. */
  read(spec: Fields, read: (spec: unknown) => Rule, tools: RuleTools): Partial<Rule> & Pick<Rule, 'check'>
  readonly samples: { readonly match: readonly Sample[]; readonly noMatch: readonly Sample[] }
}

/** A rule that cannot be read. */
export class RuleError extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

export const always: Check = () => undefined
