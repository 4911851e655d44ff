/**
 * Scripts as the rest of the program sees them: compiled when a mock file is loaded, run for one call. The engine
 * is in `script/`; it is lent to responders and to `mock/`, which therefore need no `node:`.
 */
import type { Call } from './call.ts'
import { SpecError } from './matcher.ts'
import type { SourceLocation } from './source.ts'

/** What one run is given. */
export interface ScriptRun {
  readonly call: Call
  /** The script's `request`, as JSON text. */
  readonly request: string
  /** `forward()`: the real service's answer as a value, or why there is none. Absent: a script may not ask. */
  forward?(): Promise<unknown>
}

/** A script whose syntax has been checked. */
export interface Script {
  /** For messages: `./quote.js`, or `script` for one that stands in the mock file. */
  readonly name: string
  /** Where it begins, for what has no place of its own. */
  readonly at: SourceLocation
  /** What it returned, as plain data. Rejects with SvcMockError SCRIPT_…. */
  run(run: ScriptRun): Promise<unknown>
}

export type SpecPath = readonly (string | number)[]

/** Lent for one mock file. */
export interface ScriptCompiler {
  /** `source`: `./quote.js`, or a whole module. `path`: where it stands in the mock file. Throws SpecError. */
  script(source: string, path: SpecPath): Script
  /** A function that evaluates all expressions in one go and returns their values as a list. Throws SpecError. */
  expressions(sources: readonly Expression[]): Script
  /** Whether `source` is one whole expression; the reason if it is not. */
  expressionProblem(source: string): string | undefined
}

export interface Expression {
  readonly source: string
  readonly path: SpecPath
}

/** What scripts keep between calls, for one tenant and scenario. Values are plain data. */
export interface ScriptState {
  get(key: string): unknown
  set(key: string, value: unknown): void
  /** Adds to a number, absent counting as 0, and returns the sum. Throws when something else stands there. */
  incr(key: string, by: number): number
  delete(key: string): boolean
}

/** Whose state a call uses. */
export type ScriptStates = (tenant: string, scenario: string) => ScriptState

/** A mistake in a script, found at load, with its place in the user's file where that is not the mock file. */
export class ScriptSpecError extends SpecError {
  readonly place: { readonly at: SourceLocation; readonly frame: string }

  constructor(message: string, place: ScriptSpecError['place'], hint?: string) {
    super(message, [], hint)
    this.place = place
  }
}
