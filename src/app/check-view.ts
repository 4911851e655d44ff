/** What `check` needs to print; made by app/library.ts. */
import type { Problem } from '../core/problem.ts'

export interface CheckView {
  readonly files: number
  readonly mocks: number
  /** Those that are right. */
  readonly examples: number
  /** Of the configuration and of the mock files asked for, in any order. */
  readonly problems: readonly Problem[]
}
