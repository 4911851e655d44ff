/**
 * Mocks that are made of others, as they are used. They are made anew when what they are made of changes, also in another
 * file; one whose base has gone or does not fit any more keeps its last good version, as a file that breaks does.
 */
import type { Problem } from '../core/problem.ts'
import type { ExtendingMock, MockFile } from '../mock/definition.ts'
import { FileShapes } from '../mock/overrides/derive.ts'
import { type Extended, extendMocks } from '../mock/overrides/extend.ts'
import { type Entry, type EntryCompiler, isError, type LibraryTools } from './library-entry.ts'

/** One extended mock. */
interface Held {
  readonly entry: Entry
  /** What it is made of; undefined: of something that is there no more. */
  readonly from: MockFile['derived']
}

export class ExtendedMocks {
  private readonly compiler: EntryCompiler
  private readonly shapes: FileShapes
  private held: ReadonlyMap<string, Held> = new Map()

  constructor(compiler: EntryCompiler, { dialects }: Pick<LibraryTools, 'dialects'>) {
    this.compiler = compiler
    this.shapes = new FileShapes(dialects)
  }

  /** By what tells them apart. */
  entries(): ReadonlyMap<string, Entry> {
    return this.held.size === 0 ? none : new Map([...this.held].map(([key, { entry }]) => [key, entry]))
  }

  get any(): boolean {
    return this.held.size > 0
  }

  /** Services with a mock that uses one of these files. */
  servicesUsing(paths: ReadonlySet<string>): ReadonlySet<string> {
    const using = [...this.held.values()].filter(({ entry }) => !entry.used.isDisjointFrom(paths))
    return new Set(using.map(({ entry }) => entry.file.service))
  }

  /** `files`: all that there are of these services. `paths`: what has changed. */
  renew(services: ReadonlySet<string>, files: readonly MockFile[], paths: ReadonlySet<string>): void {
    const next = new Map([...this.held].filter(([, { entry }]) => !services.has(entry.file.service)))
    const broken = new Set(files.filter(({ problems }) => problems.some(isError)).map(({ path }) => path))
    for (const [key, held] of this.held) if (broken.has(held.entry.file.path)) next.set(key, held)
    for (const own of Map.groupBy(files, ({ service }) => service).values()) {
      if (!own.some(({ extending }) => extending !== undefined)) continue
      for (const extended of extendMocks(own, this.shapes)) this.take(extended, next, paths)
    }
    for (const [key, { entry }] of this.held) if (!next.has(key)) this.compiler.forget(entry)
    this.held = next
  }

  private take({ file, mock, made, problem }: Extended, next: Map<string, Held>, paths: ReadonlySet<string>) {
    const prefix = `${file.path}\n${mock.name ?? ''}\n${mock.base}\n`
    if (made.length === 0) return this.keep(prefix, problem, file, mock, next)
    for (const one of made) {
      const key = free(`${prefix}${one.version ?? ''}`, next)
      const old = this.held.get(key)
      const same =
        old?.from !== undefined && isMadeAlike(old.from, one.derived!) && old.entry.used.isDisjointFrom(paths)
      next.set(key, same ? old : { entry: this.compiler.compile(one, old?.entry), from: one.derived })
    }
  }

  private keep(
    prefix: string,
    problem: Problem | undefined,
    file: MockFile,
    mock: ExtendingMock,
    next: Map<string, Held>,
  ): void {
    const problems = problem === undefined ? [] : [problem]
    const old = [...this.held].filter(([key]) => key.startsWith(prefix) && !next.has(key))
    old.forEach(([key, { entry }], i) => {
      next.set(key, { entry: { ...entry, problems: i === 0 ? problems : [] }, from: undefined })
    })
    if (old.length > 0 || problem === undefined) return
    const { extending: _, ...rest } = file
    const nothing = { ...rest, mocks: [], problems, locate: (_path: unknown) => mock.locate([]) }
    next.set(free(prefix, next), { entry: this.compiler.compile(nothing, undefined), from: undefined })
  }
}

const none: ReadonlyMap<string, Entry> = new Map()

/** The same mock of the same file may stand twice. */
const free = (key: string, taken: ReadonlyMap<string, unknown>): string =>
  taken.has(key) ? free(`${key}+`, taken) : key

const isMadeAlike = (a: NonNullable<MockFile['derived']>, b: NonNullable<MockFile['derived']>): boolean => {
  if (a.mock !== b.mock) return false
  const [from, to] = [a.base.file.derived, b.base.file.derived]
  if (from === undefined || to === undefined) return a.base.definition === b.base.definition
  return isMadeAlike(from, to)
}
