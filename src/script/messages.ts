/**
 * What the program and its script process say to each other: one JSON list a line. The script process holds the
 * isolates, because V8 ends the whole process on some inputs that no limit of an isolate catches.
 */

export interface ProgramModule {
  /** As it is shown in stacks; unique inside the program. */
  readonly name: string
  /** JavaScript. */
  readonly source: string
  /** Specifier to the name of another module of the program. */
  readonly imports: Readonly<Record<string, string>>
}

export interface Program {
  readonly id: number
  /** Programs of one library share an isolate. */
  readonly library: string
  /** The first one is the entry. */
  readonly modules: readonly ProgramModule[]
  /** Packages that it names: `faker`, `jsonpath`. */
  readonly packages: readonly string[]
}

export interface Limits {
  /** For each synchronous stretch. */
  readonly stretchMs: number
  readonly settleMs: number
  readonly isolateMb: number
  /** Each run is told what time it is, and sleeping takes none. */
  readonly stillClock?: boolean
}

export type Seed = readonly [number, number, number, number]

export type ToHost =
  | readonly ['program', Program]
  | readonly [
      'run',
      call: number,
      program: number,
      tenant: string,
      request: string,
      seed: Seed | null,
      /** With a still clock: milliseconds since the epoch. */
      now: number | null,
    ]
  /** `text`: JSON of the value, or why there is none. */
  | readonly ['answer', call: number, operation: number, ok: boolean, text: string]
  | readonly ['drop', call: number]
  | readonly ['forget', program: number]

export type FailureCode = 'SCRIPT_ERROR' | 'SCRIPT_TIMEOUT' | 'SCRIPT_MEMORY' | 'SCRIPT_BAD_RESULT'

export type FromHost =
  | readonly ['done', call: number, json: string, logs: readonly string[]]
  | readonly [
      'failed',
      call: number,
      code: FailureCode,
      message: string,
      stack: string,
      logs: readonly string[],
    ]
  | readonly ['ask', call: number, operation: number, what: string, json: string]
  /** The isolate died under these calls, and not by their fault. */
  | readonly ['lost', calls: readonly number[]]
  | readonly ['missing', reason: string]
