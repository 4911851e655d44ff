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
  /** The file gives it this name; false: it was made from the request. */
  readonly named?: boolean
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

/** A mock that is made of another one: `extends` and `patch`, as its file has them. */
export interface ExtendingMock {
  /** Of the mock that it is made of; the service is the file's own. */
  readonly base: string
  /** Its own: it stands beside its base. undefined: it takes its base's place. */
  readonly name: string | undefined
  /** JSON Merge Patch (RFC 7396) on the base as its file has it. */
  readonly patch: unknown
  /** What the file says for mocks that do not name tenants. */
  readonly tenants: readonly string[] | undefined
  readonly examples: readonly ExampleSpec[] | undefined
  /** Place in the file's list. */
  readonly position: number
  readonly at: SourceLocation
  /** A path inside the mock, as it is written: `['patch', 'response', 'body']`. */
  locate(path: readonly (string | number)[], onKey?: boolean): { at: SourceLocation; frame: string }
}

/** What a file that holds one extended mock knows of where its parts come from. */
export interface Derivation {
  readonly mock: ExtendingMock
  /** The mock that was extended, and its file. */
  readonly base: { readonly file: MockFile; readonly definition: MockDefinition }
  /** It stands where its base stood. */
  readonly inPlace: boolean
  /** The file that has written what stands at this path inside the mock: names of files in it are relative to that one. */
  owner(path: readonly (string | number)[]): Pick<MockFile, 'path' | 'display' | 'library'>
  /** The same for a text that names a file. */
  ownerOfText(text: string): Pick<MockFile, 'path' | 'display' | 'library'>
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
  /** Mocks that are made of others; absent: none. */
  readonly extending?: readonly ExtendingMock[]
  /** Set where this stands for one extending mock of a file: `mocks` has the mock that it became. */
  readonly derived?: Derivation
  /** A mock of `mocks` as it is written. Parses the text again; absent: of a broken file. */
  written?(position: number): unknown
  /** Of a file that is not in force, the mocks whose shape is right: compiled for their own mistakes only. */
  readonly drafts?: MockFile
  /**
   * Turns a path inside the file (`['mocks', 3, 'request', 'query', 'page']`) into a place, for problems found
   * while compiling. Parses the text again, so only for problems.
   */
  locate(path: readonly (string | number)[], onKey?: boolean): { at: SourceLocation; frame: string }
}
