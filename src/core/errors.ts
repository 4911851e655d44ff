/**
 * One error class, one table. Whose fault it is, the exit code and the default hint come from the table,
 * never from the thrower. `svc-mock explain <CODE>` prints an entry, so the table is the documentation.
 */
import { calls } from './error-table/calls.ts'
import { contracts } from './error-table/contracts.ts'
import { desensitizing } from './error-table/desensitizing.ts'
import type { ErrorEntry, Fault } from './error-table/entry.ts'
import { files } from './error-table/files.ts'
import { inProcess } from './error-table/in-process.ts'
import { packages } from './error-table/packages.ts'
import { recording } from './error-table/recording.ts'
import { running } from './error-table/running.ts'
import { scripts } from './error-table/scripts.ts'
import type { SourceLocation } from './source.ts'

export type { ErrorEntry, Fault } from './error-table/entry.ts'

/** 0 is success. 1 a check found something, 2 the user's file or flag, 3 the environment, 70 our bug (sysexits' EX_SOFTWARE). */
export const exitCodes: Readonly<Record<Fault, number>> = { check: 1, user: 2, environment: 3, bug: 70 }

export const errors = {
  ...calls,
  ...scripts,
  ...files,
  ...desensitizing,
  ...recording,
  ...contracts,
  ...packages,
  ...running,
  ...inProcess,
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errors

export interface ErrorContext {
  /** Replaces the table's hint where the thrower knows a better next action. */
  readonly hint?: string
  readonly source?: SourceLocation
  /** Chosen fields for `--json`; never a recorded byte, key or token. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The only error that is thrown on purpose. `message` says what happened, with the value and the place. */
export class SvcMockError extends Error {
  override readonly name = 'SvcMockError'
  readonly code: ErrorCode
  readonly context: ErrorContext

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, { cause: context.cause })
    this.code = code
    this.context = context
  }

  get fault(): Fault {
    return errors[this.code].fault
  }

  get exitCode(): number {
    return exitCodes[this.fault]
  }

  get hint(): string {
    return this.context.hint ?? errors[this.code].hint
  }
}
