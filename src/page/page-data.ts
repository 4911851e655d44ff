/**
 * What a page is built with: the library as it was read and checked, as one JSON text, and beside it the code that its mocks need.
 * Places are kept, so that a miss in a page names `file:line:column` as everywhere.
 */
import type { EngineConfig } from '../engine/compose.ts'
import type { MockDefinition, MockFile } from '../mock/definition.ts'
import type { ToolPackages } from '../script/page/program.ts'
import type { PagePrograms } from '../script/page/scripts.ts'

export const pageFormat = 1

/** The bytes of a file that a mock names. */
export type PageBytes = { readonly text: string } | { readonly base64: string }

export interface PageFile
  extends Pick<MockFile, 'display' | 'layer' | 'service' | 'version' | 'case' | 'protocol' | 'tenants'> {
  readonly mocks: readonly MockDefinition[]
  /** Expressions that stand in it. */
  readonly sources: readonly string[]
  /** By the path that mocks name. */
  readonly bodyFiles: Readonly<Record<string, PageBytes>>
}

/** `config`: without addresses, files and secrets, none of which has business in a page. */
export interface PageData {
  readonly format: typeof pageFormat
  readonly config: EngineConfig
  readonly files: readonly PageFile[]
}

export interface PageCode {
  readonly programs: PagePrograms
  /** Packages that matchers need, by their names. */
  readonly packages: Readonly<Record<string, unknown>>
  /** What tools of expressions need. */
  readonly tools: ToolPackages
}
