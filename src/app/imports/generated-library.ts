/** The files of one service that are made from a contract: written, merged with what lies there, or left alone. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMade, type MadeFile, mergeMade } from './generated-file.ts'

export interface GeneratedResult {
  readonly service: string
  /** undefined: mocks of no version. */
  readonly version: string | undefined
  /** Where the files are, relative to the workspace. */
  readonly folder: string
  readonly operations: number
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly removed: number
  /** `file: name` of mocks, or files, that a person has made theirs. */
  readonly kept: readonly string[]
  /** What was left out or is said otherwise, and why. */
  readonly left: readonly string[]
}

type Counts = Pick<GeneratedResult, 'added' | 'updated' | 'unchanged' | 'removed' | 'kept'>

/** `folder`: absolute. `files`: name to what it shall hold. Files made from the same source for operations that have gone are emptied. */
export const writeGenerated = (
  folder: string,
  files: ReadonlyMap<string, MadeFile>,
  source: string,
): Counts => {
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0 }
  const kept: string[] = []
  const gone = entries(folder).filter((name) => !files.has(name) && isFrom(join(folder, name), source))
  const all = [...files, ...gone.map((name) => [name, { source, head: {}, mocks: [] }] as const)]
  for (const [name, file] of all) {
    const path = join(folder, name)
    const before = read(path)
    const merged = mergeMade(file, before)
    if (merged === undefined) {
      kept.push(name)
      continue
    }
    counts.added += merged.added
    counts.updated += merged.updated
    counts.unchanged += merged.unchanged
    counts.removed += merged.removed
    kept.push(...merged.kept.map((mock) => `${name}: ${mock}`))
    if (merged.text === undefined) rmSync(path, { force: true })
    else if (merged.text !== before) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, merged.text)
    }
  }
  return { ...counts, kept }
}

const entries = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  } catch {
    return []
  }
}

const isFrom = (path: string, source: string): boolean => {
  const text = read(path)
  return text !== undefined && isMade(text) && text.split('\n', 1)[0]!.includes(` from ${source}. `)
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
