/**
 * Scripts as the rest of the program sees them: compiled when a mock file is loaded, run for one call. The engine
 * is in `script/`; it is lent to responders and to `mock/`, which therefore need no `node:`.
 */
import type { Call } from './call.ts'
import { SpecError } from './matcher.ts'
import type { ScriptState } from './script-state.ts'
import type { SourceLocation } from './source.ts'

/** What one run is given. */
export interface ScriptRun {
  readonly call: Call
  /** The script's `request`, as JSON text. */
  readonly request: string
  /** A second argument before the tools, as JSON text: the real reply, for a patch. */
  readonly reply?: string
  /** What the script keeps between calls. */
  state(): ScriptState
  /** `forward()`: JSON of the real service's answer, or why there is none. Absent: a script may not ask. */
  forward?(): Promise<string>
}

/**
 * What a run gives, each part as JSON text. `value`: one. `list`: one for each item of the list it returned.
 * `apart`: of an object the value under that key, '' for none, behind the JSON of all others, '' for none.
 */
export type ScriptShape =
  | { readonly kind: 'value' }
  | { readonly kind: 'list' }
  | { readonly kind: 'apart'; readonly key: string }

/** A script whose syntax has been checked. */
export interface Script {
  /** For messages: `./quote.js`, or `script` for one that stands in the mock file. */
  readonly name: string
  /** Where it begins, for what has no place of its own. */
  readonly at: SourceLocation
  /** The fields of `request` that it can look at; undefined: all. */
  readonly wants: ReadonlySet<string> | undefined
  /** Rejects with SvcMockError SCRIPT_…. */
  run(run: ScriptRun): Promise<readonly string[]>
  /** An error with the script's place. */
  badResult(why: string, hint?: string): Error
}

export type SpecPath = readonly (string | number)[]

/** Lent for one mock file. */
export interface ScriptCompiler {
  /** `source`: `./quote.js`, or a whole module. `path`: where it stands in the mock file. Throws SpecError. */
  script(source: string, path: SpecPath, shape: ScriptShape): Script
  /**
   * A function that evaluates all expressions in one go and returns their values as a list. `seldom`: most calls can
   * do without it. Throws SpecError.
   */
  expressions(sources: readonly Expression[], seldom: boolean): Script
  /** Whether `source` is one whole expression; the reason if it is not. */
  expressionProblem(source: string): string | undefined
  /** Makes the chance of one run repeat where a seed was given: the same for the same run of the same script. */
  seed(script: string): Seed | undefined
  /** What time it is, in ms since the epoch. */
  now(): number
}

export interface Expression {
  readonly source: string
  readonly path: SpecPath
}

/** Four words of chance, not all zero. */
export type Seed = readonly [number, number, number, number]

/** How long and how much one service's scripts may take. */
export interface ScriptLimits {
  /** For each stretch without a pause. */
  readonly timeoutMs: number
  /** From call to settled answer. */
  readonly totalMs: number
  /** For the isolate. */
  readonly memoryMb: number
}

export const defaultScriptLimits: ScriptLimits = { timeoutMs: 50, totalMs: 5_000, memoryMb: 32 }

/** A mistake in a script, found at load, with its place in the user's file where that is not the mock file. */
export class ScriptSpecError extends SpecError {
  readonly place: { readonly at: SourceLocation; readonly frame: string }

  constructor(message: string, place: ScriptSpecError['place'], hint?: string) {
    super(message, [], hint)
    this.place = place
  }
}
