/** A mock as its file has it: validated in shape, not compiled. `request` and `response` mean what the protocol's dialect says. */
import type { Problem } from '../core/problem.ts'
import type { SourceLocation } from '../core/source.ts'

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
  readonly script: unknown
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
  readonly protocol: string
  readonly mocks: readonly MockDefinition[]
  readonly problems: readonly Problem[]
  /**
   * Turns a path inside the file (`['mocks', 3, 'request', 'query', 'page']`) into a place, for problems found
   * while compiling. Parses the text again, so only for problems.
   */
  locate(path: readonly (string | number)[], onKey?: boolean): { at: SourceLocation; frame: string }
}
