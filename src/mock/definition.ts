/** A mock as its file has it: validated in shape, not compiled. `request` and `response` mean what the protocol's dialect says. */
import type { FaultSpec } from '../core/fault-schema.ts'
import type { Problem } from '../core/problem.ts'
import type { Repeat } from '../core/responder.ts'
import type { SourceLocation } from '../core/source.ts'
import type { ContractSpec, FileContract } from './contract-schema.ts'
import type { ExampleSpec } from './example-schema.ts'

export interface MockDefinition {
  readonly name: string
  /** Where the mock's list item begins; `file` is relative to the workspace. */
  readonly at: SourceLocation
  /** Lower wins; default 5. */
  readonly priority: number
  /** undefined: `{}`, any call of the service. */
  readonly request: unknown
  /** undefined: ask the real service. */
  readonly response: unknown
  /** undefined: the real service is not asked by name; see `response`. */
  readonly upstream: unknown
  /** Answers in turn. */
  readonly responses: readonly unknown[] | undefined
  /** What comes behind the last of `responses`. */
  readonly repeat: Repeat | undefined
  /** What goes wrong with its calls on purpose. */
  readonly fault: FaultSpec | undefined
  readonly scenarioName: string | undefined
  /** The mock matches only while the scenario is in this state. */
  readonly requiredScenarioState: string | undefined
  /** What the scenario becomes when the mock answers. */
  readonly newScenarioState: string | undefined
  /** Calls that the mock answers at most, per tenant. */
  readonly times: number | undefined
  /** The mock is for calls of these only; undefined: of all. */
  readonly tenants?: readonly string[] | undefined
  readonly script: unknown
  /** Kept, and used for nothing. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  /** What it promises of the real service; `false`: nothing. */
  readonly contract?: ContractSpec | undefined
  /** Calls that it answers, for `svc-mock test`. */
  readonly examples?: readonly ExampleSpec[] | undefined
}

/** One mock file, read. A file with an error has no mocks and keeps its last good version in force. */
export interface MockFile {
  /** Absolute. */
  readonly path: string
  /** Relative to the workspace, with `/` on every system. */
  readonly display: string
  /** Absolute folder of the library it belongs to; bodyFile stays inside. */
  readonly library: string
  readonly layer: number
  readonly service: string
  readonly version: string | undefined
  /** The label of what was recorded; undefined: it belongs to every case. */
  readonly case?: string | undefined
  /** false: HEAD is answered by mocks of HEAD alone, and replies are as written, for browsers too. */
  readonly conveniences?: boolean | undefined
  /** Whose contract it is; undefined: nobody's, mocks as people write them. */
  readonly contract?: FileContract | undefined
  readonly protocol: string
  readonly mocks: readonly MockDefinition[]
  /** What an embedded server begins with, as written; a file has mocks or this. */
  readonly preset?: unknown
  /** Whom its presets are for; undefined: everybody. */
  readonly tenants?: readonly string[] | undefined
  /** Those that stand beside `mocks`. */
  readonly examples?: readonly ExampleSpec[] | undefined
  readonly problems: readonly Problem[]
  /** Of a file that is not in force, the mocks whose shape is right: compiled for their own mistakes only. */
  readonly drafts?: MockFile
  /**
   * Turns a path inside the file (`['mocks', 3, 'request', 'query', 'page']`) into a place, for problems found
   * while compiling. Parses the text again, so only for problems.
   */
  locate(path: readonly (string | number)[], onKey?: boolean): { at: SourceLocation; frame: string }
}
