/**
 * Mocks that a test client puts into force while the program runs, in memory. They are compiled as a mock file is, stand above all
 * layers of the library, and those put later above those put before.
 */
import { join } from 'node:path'
import { stringifyJson } from '../../core/json.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockFile } from '../../mock/definition.ts'
import { MockFileReader } from '../../mock/load/read-mock-file.ts'
import { dialects, presetDialects } from '../library-tools.ts'
import type { MockLibrary } from '../mock-library.ts'

/** What a mock file holds, but for its service. */
export interface RunTimeFile {
  readonly mocks: readonly unknown[]
  readonly [key: string]: unknown
}

export interface RunTimeMock {
  /** A second one under the same id takes the first one's place. */
  readonly id: string
  /** undefined: of every service that speaks HTTP. */
  readonly service: string | undefined
  readonly file: RunTimeFile
}

/** Where a run-time mock stands, for the call's line and for near misses. */
const displayPrefix = 'run-time/'

interface Kept {
  readonly mock: RunTimeMock
  readonly layer: number
  readonly paths: readonly string[]
}

export class RunTimeMocks {
  readonly #library: Pick<MockLibrary, 'put' | 'take' | 'draft'>
  readonly #root: string
  readonly #services: () => readonly string[]
  /** Made when it is needed: it takes some milliseconds, and most runs put no mocks. */
  #reader: MockFileReader | undefined
  readonly #kept = new Map<string, Kept>()
  /** Layers of the library count from 0; these count down, so that the newest wins. */
  #lastLayer = 0

  /** `services`: those that speak HTTP. */
  constructor(
    library: Pick<MockLibrary, 'put' | 'take' | 'draft'>,
    root: string,
    services: () => readonly string[],
  ) {
    this.#library = library
    this.#root = root
    this.#services = services
  }

  /** Returns what is wrong with it; then nothing has changed. */
  put(mock: RunTimeMock): readonly Problem[] {
    const before = this.#kept.get(mock.id)
    const layer = before?.layer ?? this.#lastLayer - 1
    const files = this.#filesOf(mock, layer)
    const problems = [...files.flatMap((file) => file.problems.filter(isError)), ...this.#putAll(files)]
    if (problems.length > 0) return problems
    const paths = files.map(({ path }) => path)
    this.#library.take((before?.paths ?? []).filter((path) => !paths.includes(path)))
    this.#lastLayer = Math.min(this.#lastLayer, layer)
    this.#kept.set(mock.id, { mock, layer, paths })
    return []
  }

  remove(ids: readonly string[]): void {
    const gone = ids.flatMap((id) => this.#kept.get(id)?.paths ?? [])
    for (const id of ids) this.#kept.delete(id)
    if (gone.length > 0) this.#library.take(gone)
  }

  /** Services came or went: those of no service in particular are of all there are now. */
  retarget(): void {
    for (const { mock } of [...this.#kept.values()]) if (mock.service === undefined) this.put(mock)
  }

  /** The id of the mock at this place; undefined: it is a file's. */
  idOf(where: string): string | undefined {
    return where.startsWith(displayPrefix) ? where.slice(displayPrefix.length).split('/')[0] : undefined
  }

  /** Compiled and not in force, as a mock of `service`. */
  draft(service: string, file: RunTimeFile): ReturnType<MockLibrary['draft']> {
    const read = this.#read('draft', service, file, 0)
    return read.problems.some(isError) ? { mocks: [], problems: read.problems } : this.#library.draft(read)
  }

  #putAll(files: readonly MockFile[]): readonly Problem[] {
    return files.some(({ problems }) => problems.some(isError)) ? [] : this.#library.put(files)
  }

  #filesOf({ id, service, file }: RunTimeMock, layer: number): readonly MockFile[] {
    const services = service === undefined ? this.#services() : [service]
    return services.map((name) => this.#read(id, name, file, layer))
  }

  /** The path lies in no library, and nothing is read there. */
  #read(id: string, service: string, file: RunTimeFile, layer: number): MockFile {
    const library = join(this.#root, '.svc-mock', 'run-time', id)
    const source = {
      path: join(library, `${encodeURIComponent(service)}.json`),
      display: `${displayPrefix}${id}/${service}`,
      library,
      layer,
      service,
      version: undefined,
    }
    this.#reader ??= new MockFileReader(dialects, presetDialects)
    const read = this.#reader.read(stringifyJson({ ...file, service }), source)
    if (read === undefined) throw new Error('a run-time mock must be written under mocks')
    // Its name is no wish to stand in the place of a package's mock for good.
    return { ...read, mocks: read.mocks.map((mock) => ({ ...mock, named: false })) }
  }
}

const isError = ({ severity }: Problem): boolean => severity === 'error'
