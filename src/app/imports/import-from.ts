/** `svc-mock import <format>`: reads a source and writes its mocks into the workspace, merged with what lies there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { Config } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import { folderName } from '../../record/file-names.ts'
import type { Entry, ImportContext, MockFormat } from './format.ts'
import { type GeneratedResult, writeGenerated } from './generated-library.ts'

export interface ImportResult extends GeneratedResult {
  readonly format: string
  /** What one thing of the source is called. */
  readonly thing: string
  readonly entries: readonly Entry[]
  readonly problems: readonly Problem[]
  /** svc-mock.yaml has no such service. */
  readonly unknownService: boolean
}

/** Rejects with what the format throws; then nothing is written. */
export const importFrom = async (
  format: MockFormat,
  source: string,
  context: ImportContext,
): Promise<ImportResult> => {
  const { config } = context
  const read = await format.read(source, context)
  const { service, version } = read
  const folder = join(
    libraryOf(config),
    folderName(service),
    ...(version === undefined ? [] : [folderName(version)]),
  )
  const files = new Map(
    [...read.files].map(([name, { head, mocks }]) => [
      name,
      { source: read.source, head: { service, ...(version !== undefined && { version }), ...head }, mocks },
    ]),
  )
  for (const [name, bytes] of read.bodies ?? []) writeBody(join(folder, name), bytes)
  return {
    format: format.name,
    thing: format.thing,
    service,
    version,
    folder: relative(config.root, folder).split(sep).join('/'),
    operations: read.entries.length,
    ...writeGenerated(folder, files, read.source),
    left: leftOf(read.entries),
    entries: read.entries,
    problems: read.problems,
    unknownService: !config.services.some(({ name }) => name === service),
  }
}

/** The first folder of the workspace's own mocks. */
export const libraryOf = ({ library, root }: Config): string =>
  library.find(({ layer }) => layer === 1)?.folder ?? join(root, 'mocks')

const leftOf = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap(({ outcome, name, notes }) =>
    outcome === 'taken' ? [] : notes.map(({ text }) => `${name}: ${text}`),
  )

/** Bodies are data of the source: they are replaced when they differ. */
const writeBody = (path: string, bytes: Uint8Array): void => {
  try {
    if (readFileSync(path).equals(bytes)) return
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
