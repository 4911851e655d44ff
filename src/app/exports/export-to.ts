/** `svc-mock export <format>`: mocks of the library as files of another program. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import type { Entry } from '../imports/format.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { wantedFiles } from '../wanted-files.ts'
import type { ExportFormat } from './format.ts'

export interface ExportWishes {
  /** Mock files or folders; none: all of the library. */
  readonly paths: readonly string[]
  readonly service: string | undefined
  /** Folder, relative to the working directory; undefined: the format's own. */
  readonly out: string | undefined
  /** Of svc-mock. */
  readonly version: string
}

export interface ExportResult {
  readonly format: string
  /** As they were asked for: `wiremock/mappings/orders.json`. */
  readonly files: readonly string[]
  readonly entries: readonly Entry[]
  /** Of mock files that are not in force. */
  readonly problems: readonly Problem[]
}

export const exportTo = async (
  format: ExportFormat,
  config: Config,
  wishes: ExportWishes,
): Promise<ExportResult> => {
  const library = MockLibrary.open(config, await libraryTools())
  const { wants } = wantedFiles(
    wishes.paths,
    library.files().map(({ path }) => path),
  )
  const wanted = library
    .filesInForce()
    .filter((file) => wants(file.path) && (wishes.service === undefined || file.service === wishes.service))
  const { files, entries } = await format.write(wanted, { config, version: wishes.version })
  const out = wishes.out ?? format.out
  for (const [name, content] of files) {
    const path = resolve(out, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return {
    format: format.name,
    files: [...files.keys()].map((name) => join(out, name)),
    entries,
    problems: library.problems(),
  }
}
