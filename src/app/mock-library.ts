/**
 * The library in force: what was read and compiled, file by file. A file that breaks keeps its last good mocks;
 * its problems are told once and go when it heals.
 */
import { sep } from 'node:path'
import type { LibraryFolder } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { Definitions } from '../core/definitions.ts'
import type { Compilers, Dialect } from '../core/dialect.ts'
import type { Preset, PresetDialect } from '../core/preset.ts'
import type { Problem } from '../core/problem.ts'
import type { Responder, ResponderTools } from '../core/responder.ts'
import { type CompiledFile, compileFile, SharedParts } from '../mock/compile.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import { brokenLink, displayOf, loadFile, loadLibrary } from '../mock/load/load-library.ts'
import { responseFiles } from '../mock/load/response-files.ts'
import { whileYoungStaysSmall } from '../mock/load/young-generation.ts'
import { MockIndex } from '../mock/mock-index.ts'
import { compilePresets } from '../mock/presets.ts'
import type { FileScripts } from '../script/compiler.ts'
import type { LibraryScripts } from '../script/library-scripts.ts'

export interface LibraryTools {
  readonly dialects: ReadonlyMap<string, Dialect>
  /** By protocol, of those whose embedded servers can begin with something. */
  readonly presets?: ReadonlyMap<string, PresetDialect>
  readonly responders: readonly Responder[]
  readonly compilers: Compilers
  readonly tools: ResponderTools
  readonly scripts?: LibraryScripts
  definitionsOf?(service: string): Definitions | undefined
  readonly clock?: Clock | undefined
}

/** One file as it is used. */
interface Entry {
  readonly file: MockFile
  /** Of the last good version. */
  readonly mocks: readonly CompiledMock[]
  /** The same. */
  readonly presets: readonly Preset[]
  readonly problems: readonly Problem[]
  /** Files that its mocks name: when one changes, this is compiled again. */
  readonly used: ReadonlySet<string>
  readonly scripts: FileScripts | undefined
}

export interface Refreshed {
  /** Relative to the workspace. */
  readonly changed: readonly string[]
  readonly problems: readonly Problem[]
  readonly healed: readonly string[]
}

const noPresets: ReadonlyMap<string, PresetDialect> = new Map()
const nothing: CompiledFile = { mocks: [], problems: [] }

const usesNothing: ReadonlySet<string> = new Set()

const isError = (problem: Problem): boolean => problem.severity === 'error'

/** What cannot be done yet takes out its own mock only; any other mistake may mean anything for the whole file. */
const isBreaking = (problem: Problem): boolean => isError(problem) && problem.code !== 'NOT_YET_SUPPORTED'

/**
 * A mock file that suddenly is none: half-written by an editor, emptied, its `mocks:` misspelt. Whoever means it
 * deletes the file.
 */
const withoutMocks = (before: Entry): Entry => ({
  ...before,
  problems: [
    {
      severity: 'error',
      code: 'MOCK_FILE_INVALID',
      at: { file: before.file.display, line: 1, column: 1 },
      message: `the file has no ${before.file.preset === undefined ? 'mocks' : 'presets'} any more`,
      hint: `write them under ${before.file.preset === undefined ? 'mocks' : 'preset'}:, or delete the file`,
    },
  ],
})

export class MockLibrary {
  readonly index: MockIndex
  private readonly root: string
  private readonly folders: readonly LibraryFolder[]
  private readonly tools: LibraryTools
  private readonly entries = new Map<string, Entry>()
  /** Of folders and links, which belong to no file in force. */
  private outside: readonly Problem[]
  private readonly shared = new SharedParts()
  private readonly selected: (label: string | undefined) => boolean

  /**
   * Reads and compiles everything; nothing is thrown for what is wrong. Where `cases` are named, mocks of other cases
   * are not in force.
   */
  constructor(
    root: string,
    folders: readonly LibraryFolder[],
    tools: LibraryTools,
    cases: readonly string[] = [],
  ) {
    this.selected = (label) => label === undefined || cases.length === 0 || cases.includes(label)
    this.root = root
    this.folders = folders
    this.tools = tools
    const { outside, index } = whileYoungStaysSmall(() => this.load())
    this.outside = outside
    this.index = index
  }

  private load(): { readonly outside: readonly Problem[]; readonly index: MockIndex } {
    const library = loadLibrary(this.folders, this.root, this.tools.dialects, this.tools.presets)
    for (const [path, file] of library.files) this.entries.set(path, this.compile(file, undefined))
    const ofFiles = new Set([...library.files.values()].flatMap((file) => file.problems))
    return {
      outside: library.problems.filter((problem) => !ofFiles.has(problem)),
      index: new MockIndex(this.mocks()),
    }
  }

  mocks(): readonly CompiledMock[] {
    return [...this.entries.values()].flatMap((entry) => entry.mocks)
  }

  /** Of one service, those that stand above others last: personal files, and entries that name tenants. */
  presets(service: string): readonly Preset[] {
    return [...this.entries.values()]
      .filter(({ file, presets }) => file.service === service && presets.length > 0)
      .sort((a, b) => b.file.layer - a.file.layer || (a.file.path < b.file.path ? -1 : 1))
      .flatMap(({ presets }) => presets)
      .sort((a, b) => Number(a.tenants !== undefined) - Number(b.tenants !== undefined))
  }

  files(): readonly MockFile[] {
    return [...this.entries.values()].map((entry) => entry.file)
  }

  /** Labels of what was recorded. */
  cases(): readonly string[] {
    return [...new Set(this.files().flatMap((file) => file.case ?? []))].sort()
  }

  /** Absolute paths of the files that mock any of these services. */
  pathsOf(services: ReadonlySet<string>): readonly string[] {
    return this.files().flatMap(({ path, service }) => (services.has(service) ? [path] : []))
  }

  /** Names of all scenarios. */
  scenarios(): readonly string[] {
    return [
      ...new Set(
        this.files().flatMap(({ mocks }) => mocks.flatMap(({ scenarioName }) => scenarioName ?? [])),
      ),
    ]
  }

  problems(): readonly Problem[] {
    const entries = [...this.entries.values()]
    return [
      ...this.outside,
      ...entries.flatMap((entry) => entry.problems),
      ...entries.flatMap((entry) => entry.scripts?.missing() ?? []),
    ]
  }

  /** Takes changed files into force. `paths` may name anything: files, data files, folders, what is no more. */
  refresh(paths: ReadonlySet<string>): Refreshed {
    const before = new Map<string, Entry | undefined>()
    for (const path of this.affected(paths)) {
      before.set(path, this.entries.get(path) ?? this.fromOutside(path))
      this.reread(path)
    }
    this.reindex(before)
    return this.difference(before)
  }

  /** `before`: what stood under the paths that have changed. */
  private reindex(before: ReadonlyMap<string, Entry | undefined>): void {
    const services = new Set<string>()
    for (const [path, old] of before) {
      for (const mock of old?.mocks ?? []) services.add(mock.service)
      for (const mock of this.entries.get(path)?.mocks ?? []) services.add(mock.service)
    }
    if (services.size === 0) return
    this.index.replaceServices(
      services,
      this.mocks().filter(({ service }) => services.has(service)),
    )
  }

  /**
   * Takes mocks into force that stand in no file, each under a path of its own that no library has. Returns what is wrong with
   * them; then nothing has changed.
   */
  put(files: readonly MockFile[]): readonly Problem[] {
    const entries = files.map((file) => this.compile(file, undefined))
    const problems = entries.flatMap((entry) => entry.problems.filter(isError))
    if (problems.length > 0) {
      for (const entry of entries) this.retire(entry)
      return problems
    }
    const before = new Map(files.map(({ path }) => [path, this.entries.get(path)] as const))
    for (const entry of entries) this.entries.set(entry.file.path, entry)
    for (const old of before.values()) this.retire(old)
    this.reindex(before)
    return []
  }

  /** The reverse; paths that are not there are no mistake. */
  take(paths: readonly string[]): void {
    const before = new Map(paths.map((path) => [path, this.entries.get(path)] as const))
    for (const [path, old] of before) {
      this.entries.delete(path)
      this.retire(old)
    }
    this.reindex(before)
  }

  /** Compiled, and not in force. Its scripts are not run. */
  draft(file: MockFile): CompiledFile {
    const entry = this.compile(file, undefined)
    this.retire(entry)
    return { mocks: entry.mocks, problems: entry.problems }
  }

  private retire(entry: Entry | undefined): void {
    if (entry?.scripts !== undefined) this.tools.scripts?.forget(entry.scripts)
  }

  /** The paths themselves, mock files that use them as data, and mock files below them that are gone. */
  private affected(paths: ReadonlySet<string>): ReadonlySet<string> {
    const affected = new Set(paths)
    for (const [path, entry] of this.entries) {
      if (!entry.used.isDisjointFrom(paths) || isBelow(path, paths)) affected.add(path)
    }
    return affected
  }

  /** What was told of a link when everything was read is told of an entry from now on. */
  private fromOutside(path: string): Entry | undefined {
    const display = displayOf(path, this.root)
    const problems = this.outside.filter(({ at }) => at.file === display)
    const folder = this.folderOf(path)
    if (problems.length === 0 || folder === undefined) return undefined
    this.outside = this.outside.filter((problem) => !problems.includes(problem))
    return this.compile(brokenLink(path, folder, this.root, problems), undefined)
  }

  private reread(path: string): void {
    const folder = this.folderOf(path)
    if (folder === undefined) return
    const before = this.entries.get(path)
    const loaded = loadFile(path, folder, this.root, this.tools.dialects, this.tools.presets)
    if (loaded.kind === 'mocks') this.entries.set(path, this.compile(loaded.file, before))
    else if (loaded.kind === 'data' && before !== undefined) this.entries.set(path, withoutMocks(before))
    else this.entries.delete(path)
  }

  /** No script runs any more. */
  close(): void {
    this.tools.scripts?.close()
  }

  private folderOf(path: string): LibraryFolder | undefined {
    return this.folders
      .filter(({ folder }) => path.startsWith(folder + sep))
      .sort((a, b) => b.folder.length - a.folder.length)[0]
  }

  private compile(file: MockFile, before: Entry | undefined): Entry {
    const inForce = file.problems.some(isBreaking) ? (file.drafts ?? file) : file
    const used = new Set<string>()
    let compiling = true
    // What a script asks for in a call is read anew in each, and could be any number of names.
    const uses = (path: string): void => {
      if (compiling) used.add(path)
    }
    const files = responseFiles(file, uses)
    const scripts = this.tools.scripts?.forFile({
      path: file.path,
      display: file.display,
      library: file.library,
      root: this.root,
      uses,
      locate: (path) => file.locate(path),
    })
    const context = {
      ...this.tools,
      filesFor: () => files,
      ...(scripts !== undefined && { scriptsFor: () => scripts }),
    }
    const preset = compilePresets(inForce, this.tools.presets ?? noPresets, files)
    const compiled =
      inForce.mocks.length > 0 || inForce.preset === undefined
        ? compileFile(inForce, context, this.shared)
        : nothing
    compiling = false
    const problems = [...file.problems, ...compiled.problems, ...preset.problems]
    const broken = problems.some(isBreaking)
    const retired = broken ? scripts : before?.scripts
    if (retired !== undefined) this.tools.scripts?.forget(retired)
    return {
      file,
      problems,
      // Most files use no others and have no scripts: ten thousand of them shall hold nothing for that.
      used: used.size === 0 ? usesNothing : used,
      mocks: broken ? (before?.mocks ?? []) : this.selected(file.case) ? compiled.mocks : [],
      presets: broken ? (before?.presets ?? []) : this.selected(file.case) ? preset.presets : [],
      scripts: broken ? before?.scripts : scripts?.unused === true ? undefined : scripts,
    }
  }

  private difference(before: ReadonlyMap<string, Entry | undefined>): Refreshed {
    const changed: string[] = []
    const healed: string[] = []
    const problems: Problem[] = []
    for (const [path, old] of before) {
      const now = this.entries.get(path)
      const display = now?.file.display ?? old?.file.display
      if (display === undefined) continue
      changed.push(display)
      const known = new Set(old?.problems.map(identity))
      problems.push(...(now?.problems ?? []).filter((problem) => !known.has(identity(problem))))
      if (old?.problems.some(isError) === true && now?.problems.some(isError) !== true) healed.push(display)
    }
    return { changed, problems, healed }
  }
}

const isBelow = (path: string, folders: ReadonlySet<string>): boolean => {
  for (let end = path.lastIndexOf(sep); end > 0; end = path.lastIndexOf(sep, end - 1)) {
    if (folders.has(path.slice(0, end))) return true
  }
  return false
}

const identity = ({ at, message }: Problem): string => `${at.file}:${at.line}:${at.column} ${message}`
