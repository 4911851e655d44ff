/**
 * The library in force: what was read and compiled, file by file, and which of it answers. A file that breaks keeps its
 * last good mocks; its problems are told once and go when it heals.
 */
import { sep } from 'node:path'
import { type Config, type DisabledMock, type LibraryFolder, packagedLayers } from '../config/config.ts'
import { formatMockName } from '../core/mock-name.ts'
import type { Preset } from '../core/preset.ts'
import type { Problem } from '../core/problem.ts'
import type { CompiledFile } from '../mock/compile.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockFile } from '../mock/definition.ts'
import { brokenLink, displayOf, loadFile, loadLibrary } from '../mock/load/load-library.ts'
import { MockFileReader } from '../mock/load/read-mock-file.ts'
import { whileYoungStaysSmall } from '../mock/load/young-generation.ts'
import { MockIndex } from '../mock/mock-index.ts'
import { type Standing, standingOf } from '../mock/overrides/in-force.ts'
import { without } from '../mock/overrides/layered.ts'
import { deadDisables } from './dead-overrides.ts'
import { ExtendedMocks } from './extended-mocks.ts'
import { type Entry, EntryCompiler, isError, type LibraryTools } from './library-entry.ts'

export type { LibraryTools } from './library-entry.ts'

export interface Refreshed {
  /** Relative to the workspace. */
  readonly changed: readonly string[]
  readonly problems: readonly Problem[]
  readonly healed: readonly string[]
}

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
  private readonly compiler: EntryCompiler
  /** Of changed files; made with the first of them. */
  private reader: MockFileReader | undefined
  private readonly extended: ExtendedMocks
  private readonly packaged: ReadonlySet<number>
  private disabled: readonly DisabledMock[]
  /** By service, mocks that are there and do not answer. */
  private readonly outOfForce = new Map<string, Standing['out']>()

  /** That of a workspace; see the constructor. */
  static open(
    { root, library, disable }: Pick<Config, 'root' | 'library' | 'disable'>,
    tools: LibraryTools,
    cases: readonly string[] = [],
  ): MockLibrary {
    return new MockLibrary(root, library, tools, cases, disable)
  }

  /**
   * Reads and compiles everything; nothing is thrown for what is wrong. Where `cases` are named, mocks of other cases
   * are not in force.
   */
  constructor(
    root: string,
    folders: readonly LibraryFolder[],
    tools: LibraryTools,
    cases: readonly string[] = [],
    disabled: readonly DisabledMock[] = [],
  ) {
    const selected = (label: string | undefined) =>
      label === undefined || cases.length === 0 || cases.includes(label)
    this.compiler = new EntryCompiler(root, tools, selected)
    this.extended = new ExtendedMocks(this.compiler, tools)
    this.packaged = packagedLayers(folders)
    this.disabled = disabled
    this.root = root
    this.folders = folders
    this.tools = tools
    const { outside, index } = whileYoungStaysSmall(() => this.load())
    this.outside = outside
    this.index = index
  }

  private load(): { readonly outside: readonly Problem[]; readonly index: MockIndex } {
    const library = loadLibrary(this.folders, this.root, this.tools.dialects, this.tools.presets)
    for (const [path, file] of library.files) this.entries.set(path, this.compiler.compile(file, undefined))
    this.extend(new Set(this.services()), nothing)
    const ofFiles = new Set([...library.files.values()].flatMap((file) => file.problems))
    return {
      outside: library.problems.filter((problem) => !ofFiles.has(problem)),
      index: new MockIndex(this.standing(this.compiled()).inForce),
    }
  }

  /** Those that answer. */
  mocks(): readonly CompiledMock[] {
    return this.index.serviceNames().flatMap((name) => this.index.service(name)!.mocks)
  }

  /** Those of a service that are replaced or switched off, and why. */
  outOf(service: string): Standing['out'] {
    return this.outOfForce.get(service) ?? noneOut
  }

  isPackaged({ layer }: Pick<MockFile, 'layer'>): boolean {
    return this.packaged.has(layer)
  }

  /** Whether another mock gives way to this one. */
  replaces(mock: CompiledMock): boolean {
    return [...this.outOf(mock.service).values()].some((out) => out.kind === 'replaced' && out.by === mock)
  }

  private all(): readonly Entry[] {
    return [...this.entries.values(), ...this.extended.entries().values()]
  }

  /** Answering or not. */
  private compiled(): readonly CompiledMock[] {
    return this.all().flatMap((entry) => entry.mocks)
  }

  /** `mocks`: all of some services. */
  private standing(mocks: readonly CompiledMock[]): Standing {
    const { packaged, disabled } = this
    const standing = standingOf(mocks, { packaged, disabled, extended: this.extended.any })
    for (const [service, own] of Map.groupBy(standing.out, ([mock]) => mock.service))
      this.outOfForce.set(service, new Map(own))
    return standing
  }

  /** Makes mocks anew that extend others. */
  private extend(services: ReadonlySet<string>, paths: ReadonlySet<string>): void {
    const files = [...this.entries.values()].map(({ file }) => file)
    if (!this.extended.any && !files.some(({ extending }) => extending !== undefined)) return
    this.extended.renew(
      services,
      services.size === 0 ? [] : files.filter(({ service }) => services.has(service)),
      paths,
    )
  }

  private services(): readonly string[] {
    return [...new Set([...this.entries.values()].map(({ file }) => file.service))]
  }

  /** Takes another list of mocks into force that are switched off; returns what it names and is not there. */
  disable(disabled: readonly DisabledMock[]): readonly Problem[] {
    const named = (list: readonly DisabledMock[]): string =>
      list
        .map((one) => formatMockName(one))
        .sort()
        .join('\n')
    const changed = named(this.disabled) !== named(disabled)
    const services = new Set([...this.disabled, ...disabled].map(({ service }) => service))
    this.disabled = disabled
    if (!changed) return []
    this.reindex(services)
    return this.dead()
  }

  private reindex(services: ReadonlySet<string>): void {
    for (const service of services) this.outOfForce.delete(service)
    const own = this.compiled().filter(({ service }) => services.has(service))
    this.index.replaceServices(services, this.standing(own).inForce)
  }

  /** Of one service, those that stand above others last: personal files, and entries that name tenants. */
  presets(service: string): readonly Preset[] {
    return [...this.entries.values()]
      .filter(({ file, presets }) => file.service === service && presets.length > 0)
      .sort((a, b) => b.file.layer - a.file.layer || (a.file.path < b.file.path ? -1 : 1))
      .flatMap(({ presets }) => presets)
      .sort((a, b) => Number(a.tenants !== undefined) - Number(b.tenants !== undefined))
  }

  /** One that extends others is followed by files that hold what it became (`MockFile.derived`). */
  files(): readonly MockFile[] {
    return this.all().map((entry) => entry.file)
  }

  /** The same with those mocks alone that answer: what is said to others must be true. */
  filesInForce(): readonly MockFile[] {
    const out = new Set([...this.outOfForce.values()].flatMap((own) => [...own.keys()].map(({ at }) => at)))
    if (out.size === 0) return this.files()
    return this.files().map((file) =>
      without(file, new Set(file.mocks.flatMap(({ at }, position) => (out.has(at) ? [position] : [])))),
    )
  }

  /** Absolute paths of what the mocks of a file name, bodies and scripts with all that they import. */
  usedBy(path: string): ReadonlySet<string> {
    const own = this.entries.get(path)?.used ?? nothing
    if (!this.extended.any) return own
    const made = [...this.extended.entries().values()].filter(({ file }) => file.path === path)
    return new Set([...own, ...made.flatMap(({ used }) => [...used])])
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
    const entries = this.all()
    return [
      ...this.outside,
      ...new Set(entries.flatMap((entry) => entry.problems)),
      ...this.dead(),
      ...entries.flatMap((entry) => entry.scripts?.missing() ?? []),
    ]
  }

  private dead(): readonly Problem[] {
    return this.disabled.length === 0 ? [] : deadDisables(this.disabled, this.compiled(), this.files())
  }

  /** Takes changed files into force. `paths` may name anything: files, data files, folders, what is no more. */
  refresh(paths: ReadonlySet<string>): Refreshed {
    const before = new Map<string, Entry | undefined>()
    const dead = this.dead()
    const extended = this.extended.entries()
    const services = new Set(this.extended.servicesUsing(paths))
    for (const path of this.affected(paths)) {
      before.set(path, this.entries.get(path) ?? this.fromOutside(path))
      this.reread(path)
    }
    for (const [path, old] of before) {
      for (const entry of [old, this.entries.get(path)]) {
        if (entry === undefined) continue
        for (const mock of entry.mocks) services.add(mock.service)
        if (entry.file.extending !== undefined || this.extended.any) services.add(entry.file.service)
      }
    }
    this.extend(services, paths)
    if (services.size > 0) this.reindex(services)
    const now = this.extended.entries()
    const pairs = [
      ...[...before].map(([path, old]) => [old, this.entries.get(path)] as const),
      ...[...new Set([...extended.keys(), ...now.keys()])].flatMap((key) =>
        extended.get(key) === now.get(key) ? [] : [[extended.get(key), now.get(key)] as const],
      ),
    ]
    const { changed, problems, healed } = difference(pairs)
    const known = new Set(dead.map(identity))
    return {
      changed,
      problems: [...problems, ...this.dead().filter((problem) => !known.has(identity(problem)))],
      healed,
    }
  }

  /**
   * Takes mocks into force that stand in no file, each under a path of its own that no library has. Returns what is wrong with
   * them; then nothing has changed.
   */
  put(files: readonly MockFile[]): readonly Problem[] {
    const entries = files.map((file) => this.compiler.compile(file, undefined))
    const problems = entries.flatMap((entry) => entry.problems.filter(isError))
    if (problems.length > 0) {
      for (const entry of entries) this.retire(entry)
      return problems
    }
    for (const entry of entries) {
      this.retire(this.entries.get(entry.file.path))
      this.entries.set(entry.file.path, entry)
    }
    this.reindex(new Set(files.map(({ service }) => service)))
    return []
  }

  /** The reverse; paths that are not there are no mistake. */
  take(paths: readonly string[]): void {
    const services = new Set(paths.flatMap((path) => this.entries.get(path)?.file.service ?? []))
    for (const path of paths) {
      this.retire(this.entries.get(path))
      this.entries.delete(path)
    }
    if (services.size > 0) this.reindex(services)
  }

  /** Compiled, and not in force. Its scripts are not run. */
  draft(file: MockFile): CompiledFile {
    const entry = this.compiler.compile(file, undefined)
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
    return this.compiler.compile(brokenLink(path, folder, this.root, problems), undefined)
  }

  private reread(path: string): void {
    const folder = this.folderOf(path)
    if (folder === undefined) return
    const before = this.entries.get(path)
    const { dialects, presets } = this.tools
    this.reader ??= new MockFileReader(dialects, presets)
    const loaded = loadFile(path, folder, this.root, dialects, presets, this.reader)
    if (loaded.kind === 'mocks') this.entries.set(path, this.compiler.compile(loaded.file, before))
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
}

const nothing: ReadonlySet<string> = new Set()
const noneOut: Standing['out'] = new Map()

/** Between entries before and after. One file may stand for several. */
const difference = (pairs: readonly (readonly [Entry | undefined, Entry | undefined])[]): Refreshed => {
  const changed = new Set<string>()
  const broken = new Set<string>()
  const healed = new Set<string>()
  const problems: Problem[] = []
  for (const [old, now] of pairs) {
    const display = now?.file.display ?? old?.file.display
    if (display === undefined) continue
    changed.add(display)
    const known = new Set(old?.problems.map(identity))
    problems.push(...(now?.problems ?? []).filter((problem) => !known.has(identity(problem))))
    if (now?.problems.some(isError) === true) broken.add(display)
    else if (old?.problems.some(isError) === true) healed.add(display)
  }
  return { changed: [...changed], problems, healed: [...healed.difference(broken)] }
}

const isBelow = (path: string, folders: ReadonlySet<string>): boolean => {
  for (let end = path.lastIndexOf(sep); end > 0; end = path.lastIndexOf(sep, end - 1)) {
    if (folders.has(path.slice(0, end))) return true
  }
  return false
}

const identity = ({ at, message }: Problem): string => `${at.file}:${at.line}:${at.column} ${message}`
