/** Where the checks of calls and answers put what they find, whether a mock was held against the description or a live call. */
import type { Severity } from '../../violation.ts'
import type { Pointer, SpecNode } from './document.ts'
import type { SchemaMismatch } from './schemas.ts'

export interface FindingSink {
  /** `path`: from `request` or a response's section. */
  add(severity: Severity, rule: string, path: Pointer, words: FindingWords): void
  /** A violation. `base`: where the value lies. */
  mismatch(mismatch: SchemaMismatch, base: Pointer): void
}

export interface FindingWords {
  readonly message: string
  readonly expected?: string
  readonly actual?: string
  readonly contract?: SpecNode
  readonly hint?: string
}
