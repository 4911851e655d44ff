/** What a format to export is: mocks of the library in, files out, and what became of each mock. */
import type { Config } from '../../config/config.ts'
import type { MockFile } from '../../mock/definition.ts'
import type { Entry } from '../imports/format.ts'

export interface ExportContext {
  readonly config: Config
  /** Of svc-mock, for files that name their maker. */
  readonly version: string
}

export interface ExportedSet {
  /** By path relative to the folder that `--out` names, with `/`. */
  readonly files: ReadonlyMap<string, string | Uint8Array>
  /** One for each mock; places are those of the mock files. */
  readonly entries: readonly Entry[]
}

export interface ExportFormat {
  readonly name: string
  /** For the help: what it makes of mocks. */
  readonly summary: string
  /** The folder that `--out` is by default. */
  readonly out: string
  write(files: readonly MockFile[], context: ExportContext): ExportedSet | Promise<ExportedSet>
}
