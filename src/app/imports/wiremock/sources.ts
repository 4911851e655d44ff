/** Where stubs stand: one file, a folder of them, or a root with `mappings/` and `__files/`. */

import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { SvcMockError } from '../../../core/errors.ts'
import { isFields } from '../../../core/fields.ts'
import type { Problem } from '../../../core/problem.ts'
import type { SourceLocation } from '../../../core/source.ts'
import { parseDocument, type YamlDocument } from '../../../yaml/document.ts'
import type { At } from './told.ts'

export interface StubSource {
  readonly value: unknown
  /** From the root of its file. */
  readonly path: At
  place(at: At): SourceLocation
}

export interface Stubs {
  /** In the order in which WireMock loads them: the last one is the newest. */
  readonly stubs: readonly StubSource[]
  readonly problems: readonly Problem[]
  /** Real folder of body files; undefined: the source has none. */
  readonly files: string | undefined
}

/** `source`: relative to `cwd`. Throws IMPORT_INVALID when it is not there, or holds no stubs. */
export const readStubs = (source: string, cwd: string): Stubs => {
  const full = resolve(cwd, source)
  const stats = statSync(full, { throwIfNoEntry: false })
  if (stats === undefined) throw new SvcMockError('IMPORT_INVALID', `${source} is not there`)
  const mappings = stats.isDirectory() ? mappingsIn(full) : [full]
  const problems: Problem[] = []
  const stubs = mappings.flatMap((file) => {
    const document = parseDocument(
      readFileSync(file, 'utf8').replace(/^\ufeff/, ''),
      relative(cwd, file).split(sep).join('/'),
      'IMPORT_INVALID',
    )
    problems.push(...document.problems)
    return stubsIn(document)
  })
  if (stubs.length === 0 && problems.length === 0)
    throw new SvcMockError('IMPORT_INVALID', `${source} holds no stubs`, {
      hint: 'name a file of stub mappings, or a folder with mappings/ and __files/',
    })
  return { stubs, problems, files: filesOf(full, stats.isDirectory()) }
}

/** WireMock reads all of `mappings/`, at any depth, sorted by their paths. */
const mappingsIn = (folder: string): readonly string[] => {
  const inner = join(folder, 'mappings')
  const root = statSync(inner, { throwIfNoEntry: false })?.isDirectory() === true ? inner : folder
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.split(sep).includes('__files'))
    .sort()
}

const filesOf = (source: string, isFolder: boolean): string | undefined => {
  const near = isFolder ? [source, dirname(source)] : [dirname(source), dirname(dirname(source))]
  for (const folder of near) {
    const files = join(folder, '__files')
    if (statSync(files, { throwIfNoEntry: false })?.isDirectory() === true) return realpathSync(files)
  }
  return undefined
}

const stubsIn = (document: YamlDocument): readonly StubSource[] => {
  const { value } = document
  const at = (path: At): SourceLocation => document.locate([...path]).at
  const one = (stub: unknown, path: At): StubSource => ({
    value: stub,
    path,
    place: (below) => at([...path, ...below]),
  })
  if (isFields(value) && Array.isArray(value['mappings'])) {
    const stubs = value['mappings'].map((stub: unknown, i) => one(stub, ['mappings', i]))
    // What the admin API lists, or is to import, has the newest first; a file in mappings/ is read from its top.
    return 'meta' in value || 'importOptions' in value ? stubs.reverse() : stubs
  }
  if (Array.isArray(value)) return value.map((stub: unknown, i) => one(stub, [i]))
  return isFields(value) && (isFields(value['request']) || isFields(value['response']))
    ? [one(value, [])]
    : []
}
