/**
 * Matchers: how a value is compared. "Spec in, function out": everything is validated when a mock file is
 * loaded, nothing can be invalid when a call comes. Matchers know neither protocols nor mocks.
 *
 * A value stands in one of three positions:
 * - `text`: everything under one name of a query, header, cookie, form or path: a list of strings, empty if absent;
 * - `json`: a value inside a decoded document: what JSON.parse gives, bigint for integers beyond 2^53, undefined if absent;
 * - `body`: a whole body, as DecodedBody.
 */
import type { DecodedBody } from './body.ts'

export type Position = 'text' | 'json' | 'body'

/** A value the index can hash: strings in text position, scalars in json position. */
export type Scalar = string | number | bigint | boolean | null

/** Why a condition does not hold, in words. Values are shortened, and masked where their name says they are secret. */
export interface Mismatch {
  /** The place below the condition's own: `items[0].sku`; '' for the condition itself. */
  readonly path: string
  readonly expected: string
  readonly actual: string
  /** `REGEX_TIMEOUT` when that was the reason. */
  readonly code?: 'REGEX_TIMEOUT'
}

/** "Holds only if the value at `path` equals one of `values`": what an index may use to skip a mock without testing it. */
export interface Equality {
  /** Keys and list positions from the condition's own place; empty for the value itself. */
  readonly path: readonly (string | number)[]
  readonly values: readonly Scalar[]
}

/** A compiled comparison. `test` is hot: it allocates nothing on its usual way. */
export interface Condition<Value> {
  test(value: Value): boolean
  /** Only after `test` said false; undefined when it cannot tell. */
  mismatch(value: Value): Mismatch | undefined
  /** In words: `contains "json"`. */
  describe(): string
  /** How specific it is: each operator and each compared field counts one. */
  readonly clauses: number
  /** Necessary conditions, sound but not complete. */
  readonly equalities: readonly Equality[]
  /**
   * Whether it holds wherever all of `known` do, whatever else the call holds. Sound, not complete; left out where
   * it cannot tell.
   */
  impliedBy?(known: readonly Equality[]): boolean
  /** It holds exactly when its one equality does, type included: an index that has found the value need not test. */
  readonly complete?: boolean
}

export type TextCondition = Condition<readonly string[]>
export type JsonCondition = Condition<unknown>
export type BodyCondition = Condition<DecodedBody>

/** What a spec needs from outside to be compiled; keeps matchers free of node: imports. */
export interface MatcherTools {
  /**
   * A test for "the whole text matches `source`", bounded in time: it throws RegexTimeout when the bound
   * (20 ms) is passed. Throws SpecError when the expression is not valid.
   */
  regex(source: string): (text: string) => boolean
  /** Whether a fake of recorded data stands for a value, for `$masked`; absent where there is no key. */
  masks?(type: string, value: string, fake: string): boolean
  /** Current time in milliseconds since the epoch, for `$before: now`. */
  now(): number
  /**
   * A package that few workspaces need (JSON Path, JSON Schema, XML), loaded when the first mock asks for it and
   * synchronously, because compiling is. Without it those operators are refused.
   */
  load?(name: string): unknown
}

/** Thrown by a test made with MatcherTools.regex; conditions turn it into "does not match" with the code. */
export class RegexTimeout extends Error {}

/**
 * A mistake in a spec, found at load. `path` leads from the spec's root to the place, so that the loader can
 * point at it; `onKey` says that the key and not the value is wrong.
 */
export class SpecError extends Error {
  readonly path: readonly (string | number)[]
  readonly hint: string | undefined
  readonly onKey: boolean
  /** Where it is not simply a mistake in a mock file. */
  readonly code: 'NOT_YET_SUPPORTED' | undefined

  constructor(
    message: string,
    path: readonly (string | number)[] = [],
    hint?: string,
    onKey = false,
    code?: 'NOT_YET_SUPPORTED',
  ) {
    super(message)
    this.code = code
    this.path = path
    this.hint = hint
    this.onKey = onKey
  }
}
