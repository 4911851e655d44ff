/**
 * A mistake in a user's file. Loaders collect problems and report all of them at once; they never throw for
 * one, so that the rest of the files stay in force.
 */
import type { ErrorCode } from './errors.ts'
import type { SourceLocation } from './source.ts'

export interface Problem {
  /** `error` keeps the file (or mock) out of force; `warning` does not. */
  readonly severity: 'error' | 'warning'
  readonly code: ErrorCode
  readonly at: SourceLocation
  /** What is wrong, with the value. */
  readonly message: string
  /** The next action. */
  readonly hint?: string
  /** The lines around the place, with a caret under it; see code-frame.ts. */
  readonly frame?: string
}
