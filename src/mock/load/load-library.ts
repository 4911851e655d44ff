/** Library folders to mock files. Everything wrong is reported by name; nothing is thrown for it. */
import { closeSync, type Dirent, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { LibraryFolder } from '../../config/config.ts'
import type { Dialect } from '../../core/dialect.ts'
import type { PresetDialect } from '../../core/preset.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockFile } from '../definition.ts'
import { glance, mayHoldMocks } from './file-kind.ts'
import { isInside, realPath } from './inside.ts'
import { brokenFile, MockFileReader, type MockFileSource } from './read-mock-file.ts'
import { errorCode } from './response-files.ts'

export const maxMockFileBytes = 10 * 1024 * 1024
const maxDepth = 32

export interface Library {
  /** By absolute path. Files with problems are among them, without mocks. */
  readonly files: ReadonlyMap<string, MockFile>
  /** Those of all files and of the folders themselves. */
  readonly problems: readonly Problem[]
  /** Absolute paths of files that may be mock files by name and are data. */
  readonly data: readonly string[]
}

/** `root` is the workspace. A folder that does not exist holds no mocks. */
export const loadLibrary = (
  folders: readonly LibraryFolder[],
  root: string,
  dialects: ReadonlyMap<string, Dialect>,
  presets?: ReadonlyMap<string, PresetDialect>,
): Library => {
  const loader = new Loader(root, new MockFileReader(dialects, presets))
  for (const folder of folders) loader.folder(folder)
  return { files: loader.files, problems: loader.problems, data: loader.data }
}

/** What became of one path of a library. */
export type LoadedFile =
  | { readonly kind: 'mocks'; readonly file: MockFile }
  | { readonly kind: 'data'; readonly problems: readonly Problem[] }
  /** Deleted, or no file that a library reads. */
  | { readonly kind: 'none' }

/** One file again, after a change. `reader`: the same for many files, since making one takes longer than reading a file. */
export const loadFile = (
  path: string,
  folder: LibraryFolder,
  root: string,
  dialects: ReadonlyMap<string, Dialect>,
  presets?: ReadonlyMap<string, PresetDialect>,
  reader = new MockFileReader(dialects, presets),
): LoadedFile => {
  const steps = relative(folder.folder, path).split(sep)
  const hidden = steps.some((step) => isSkipped(step))
  if (hidden || steps[0] === '..') return { kind: 'none' }
  const real = realPath(path)
  const library = realPath(folder.folder)
  if (real === undefined || library === undefined) return { kind: 'none' }
  const source = sourceOf(path, folder, root)
  if (!isInside(real, library)) {
    // Of a folder outside, the link is told and not each of its files.
    const told =
      isInside(realPath(dirname(path)) ?? library, library) && (mayHoldMocks(path) || isFolder(real))
    return told
      ? { kind: 'mocks', file: brokenFile(source, [leavesLibrary(source.display)]) }
      : { kind: 'none' }
  }
  if (!mayHoldMocks(path)) return { kind: 'none' }
  return readOne(source, reader, folder)
}

/** A link of which something is told: no mock file, but with a place like one. */
export const brokenLink = (
  path: string,
  folder: LibraryFolder,
  root: string,
  problems: readonly Problem[],
): MockFile => brokenFile(sourceOf(path, folder, root), problems)

class Loader {
  readonly files = new Map<string, MockFile>()
  readonly problems: Problem[] = []
  readonly data: string[] = []
  readonly #root: string
  readonly #reader: MockFileReader
  readonly #seen = new Set<string>()

  constructor(root: string, reader: MockFileReader) {
    this.#root = root
    this.#reader = reader
  }

  folder(folder: LibraryFolder): void {
    if (folder.services?.size === 0) return
    const real = realPath(folder.folder)
    if (real !== undefined) this.#walk(folder.folder, [real], folder)
  }

  /** `above`: real paths of the folders that led here; the first is the library's own. */
  #walk(directory: string, above: readonly string[], folder: LibraryFolder): void {
    for (const entry of this.#entries(directory)) {
      if (isSkipped(entry.name)) continue
      const path = join(directory, entry.name)
      if (entry.isSymbolicLink()) this.#link(path, above, folder)
      else if (entry.isDirectory()) this.#walk(path, [...above, path], folder)
      else if (mayHoldMocks(entry.name)) this.#file(path, folder, entry.isFile())
    }
  }

  /** Links are followed inside the library, but not back into a folder that holds them. */
  #link(path: string, above: readonly string[], folder: LibraryFolder): void {
    const real = realPath(path)
    const display = displayOf(path, this.#root)
    const stats = real === undefined ? undefined : statSync(real, { throwIfNoEntry: false })
    if (real === undefined || stats === undefined) {
      if (mayHoldMocks(path))
        this.problems.push(
          fileProblem(display, 'the link leads nowhere', 'remove it, or correct where it points'),
        )
    } else if (!isInside(real, above[0]!)) {
      if (stats.isDirectory() || mayHoldMocks(path)) this.problems.push(leavesLibrary(display))
    } else if (stats.isDirectory()) {
      const circular = above.some((one) => isInside(realPath(one) ?? one, real))
      if (!circular && above.length < maxDepth) this.#walk(path, [...above, real], folder)
    } else if (mayHoldMocks(path)) this.#file(path, folder, stats.isFile())
  }

  #file(path: string, folder: LibraryFolder, isFile: boolean): void {
    if (!isFile || this.#seen.has(path) || folder.only?.has(path) === false) return
    this.#seen.add(path)
    const loaded = readOne(sourceOf(path, folder, this.#root), this.#reader, folder)
    if (loaded.kind === 'mocks') {
      this.files.set(path, loaded.file)
      this.problems.push(...loaded.file.problems)
    } else if (loaded.kind === 'data') {
      this.data.push(path)
      this.problems.push(...loaded.problems)
    }
  }

  /** In code-unit order, so that loading does not depend on the file system. */
  #entries(directory: string): readonly Dirent[] {
    try {
      return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch (error) {
      const display = displayOf(directory, this.#root)
      this.problems.push(
        fileProblem(
          display,
          `the folder cannot be read: ${errorCode(error)}`,
          'check that it is a folder and its rights',
        ),
      )
      return []
    }
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

const readOne = (source: MockFileSource, reader: MockFileReader, { services }: LibraryFolder): LoadedFile => {
  const text = readText(source)
  if (text === undefined) return { kind: 'none' }
  if (services !== undefined && !mayBeOf(services, source, text)) return { kind: 'none' }
  if (typeof text !== 'string') return { kind: 'mocks', file: brokenFile(source, [text]) }
  const kind = glance(text, source.path)
  const file = kind === 'mocks' ? reader.read(text, source) : undefined
  if (file !== undefined)
    return services?.has(file.service) === false ? { kind: 'none' } : { kind: 'mocks', file }
  return { kind: 'data', problems: kind === 'suspicious' ? [looksLikeMocks(source.display)] : [] }
}

/** Without parsing: a file is of the service that its path names, or of one that it names itself. */
const mayBeOf = (
  services: ReadonlySet<string>,
  { service }: MockFileSource,
  text: string | Problem,
): boolean =>
  services.has(service ?? '') || [...services].some((name) => typeof text === 'string' && text.includes(name))

/** The text, or why it cannot be had; undefined when the file has gone. */
const readText = (source: MockFileSource): string | Problem | undefined => {
  try {
    if (statSync(source.path).size > maxMockFileBytes) return tooLarge(source)
    const bytes = readFileSync(source.path)
    const text = bytes.toString('utf8')
    if (!text.includes('\ufffd') || bytes.includes(replacement)) return text
    return fileProblem(source.display, 'the file is not UTF-8 text', 'save it as UTF-8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    return fileProblem(
      source.display,
      `the file cannot be read: ${errorCode(error)}`,
      "check the file's rights",
    )
  }
}

/** U+FFFD as UTF-8: a text may hold it on purpose. */
const replacement = Buffer.from('\ufffd')

/** Data of any size may lie in a library; only a mock file is too large. Its beginning tells which it is. */
const tooLarge = (source: MockFileSource): Problem | string => {
  const head = Buffer.alloc(4096)
  const handle = openSync(source.path, 'r')
  try {
    const length = readSync(handle, head)
    if (glance(head.toString('utf8', 0, length), source.path) !== 'mocks') return ''
  } finally {
    closeSync(handle)
  }
  return fileProblem(source.display, 'the file is larger than 10 MB', 'split it into several files')
}

const sourceOf = (path: string, folder: LibraryFolder, root: string): MockFileSource => {
  const steps = path.slice(folder.folder.length + 1).split(sep)
  const version = steps.length > 2 && /^v?\d/.test(steps[1]!) ? steps[1] : undefined
  return {
    path,
    display: displayOf(path, root),
    library: folder.folder,
    layer: folder.layer,
    service: steps.length > 1 ? steps[0] : undefined,
    version,
  }
}

/** Relative to the workspace, with slashes. */
export const displayOf = (path: string, root: string): string => {
  const shown = path.startsWith(root + sep) ? path.slice(root.length + 1) : relative(root, path)
  return sep === '/' ? shown : shown.split(sep).join('/')
}

const fileProblem = (display: string, message: string, hint: string): Problem => ({
  severity: 'error',
  code: 'MOCK_FILE_INVALID',
  at: { file: display, line: 1, column: 1 },
  message,
  hint,
})

const leavesLibrary = (display: string): Problem =>
  fileProblem(display, 'the link leads out of the library', 'copy the files into the library')

const looksLikeMocks = (display: string): Problem => ({
  ...fileProblem(
    display,
    'the file looks like a mock file, but has no mocks, so it is taken for data',
    'put its entries under mocks: (or preset: with protocol:), or rename the file if it is data',
  ),
  severity: 'warning',
})
