/** The mock library of a workspace without a running proxy: what `check`, `list` and `explain` look at. */
import { relative, resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { loadDrills } from '../config/load-drills.ts'
import type { Definitions } from '../core/definitions.ts'
import { SvcMockError } from '../core/errors.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import { matchesPath, splitPath } from '../mock/path-pattern.ts'
import { findShadows } from '../mock/shadow.ts'
import type { CheckView } from './check-view.ts'
import { ServiceDefinitions } from './definitions.ts'
import { explainCall } from './explain-call.ts'
import type { ExplainedCall, ExplainView } from './explain-view.ts'
import { libraryTools } from './library-tools.ts'
import { libraryWarnings } from './library-warnings.ts'
import type { ListedMock, ListedService, ListView } from './list-view.ts'
import { MockLibrary } from './mock-library.ts'

export interface Library {
  /** `paths` are relative to the working directory; none: everything. */
  check(paths: readonly string[]): CheckView
  list(): ListView
  explain(call: ExplainedCall): Promise<ExplainView>
}

const within = (file: string, folder: string): boolean => {
  const path = relative(folder, file)
  return path === '' || (!path.startsWith('..') && resolve(folder, path) === file)
}

const check = (
  library: MockLibrary,
  definitions: ServiceDefinitions,
  config: Config,
  paths: readonly string[],
): CheckView => {
  const drills = loadDrills(config.root, config.services)
  const wanted = paths.map((path) => resolve(path))
  const isWanted = (file: string): boolean => wanted.length === 0 || wanted.some((path) => within(file, path))
  const files = library.files().filter(({ path }) => isWanted(path))
  const inDrills = drills.filter(({ path }) => isWanted(path))
  const none = wanted.find((path) => ![...files, ...inDrills].some((file) => within(file.path, path)))
  if (none !== undefined) {
    throw new SvcMockError(
      'FLAG_INVALID',
      `${relative(process.cwd(), none) || '.'} holds no mock file of the library`,
      {
        hint: 'name a file or folder below one of the folders under library in svc-mock.yaml',
      },
    )
  }
  return {
    files: files.length + inDrills.length,
    mocks: files.reduce((sum, { mocks }) => sum + mocks.length, 0),
    problems: [
      ...library.problems(),
      ...libraryWarnings(config, library.index, library.files()),
      ...drills.flatMap(({ problems }) => problems),
      ...definitions.problems(),
    ].filter(({ at }) => isWanted(resolve(config.root, at.file))),
  }
}

const list = (library: MockLibrary, definitions: ServiceDefinitions, config: Config): ListView => {
  const libraries = new Map(library.files().map((file) => [file.display, file.library]))
  const folders = new Map(config.library.map(({ folder, display }) => [folder, display]))
  const services = config.services.map((service): ListedService => {
    const held = library.index.service(service.name)
    const shadows = held === undefined ? undefined : findShadows(held)
    const used = new Set(held?.satisfying(service.version).map(({ version }) => version))
    const versions = held?.versions.map(({ version }) => version) ?? []
    return {
      name: service.name,
      protocol: service.protocol,
      mode: service.mode,
      hosts: service.hosts,
      fault: service.fault?.description,
      unmocked: unmockedOf(definitions.of(service.name), held?.mocks ?? []),
      range: service.version,
      versions: versions.map((version) => ({
        version,
        used: used.has(version),
        mocks: (held?.mocks ?? [])
          .filter((mock) => mock.version === version)
          .map(
            (mock): ListedMock => ({
              name: mock.name,
              request: mock.operation ?? `${mock.method ?? 'any'} ${mock.pattern.source}`,
              at: mock.where,
              library: folders.get(libraries.get(mock.at.file) ?? '') ?? '',
              priority: mock.priority,
              does: mock.does,
              notes: mock.notes,
              overriddenBy: shadows?.has(mock) === true ? [shadows.get(mock)!.where] : [],
            }),
          ),
      })),
    }
  })
  const known = new Set(config.services.map(({ name }) => name))
  const named = new Set(library.files().map(({ service }) => service))
  return { services, unconfigured: [...named].filter((name) => !known.has(name)) }
}

/** What can be called, as far as definitions tell, and no mock answers. */
const unmockedOf = (
  definitions: Definitions | undefined,
  mocks: readonly CompiledMock[],
): readonly string[] =>
  (definitions?.operations ?? []).filter(
    (operation) => !mocks.some((mock) => matchesPath(mock.pattern, splitPath(`/${operation}`))),
  )

export const openLibrary = async (config: Config): Promise<Library> => {
  const definitions = await ServiceDefinitions.load(config)
  const library = new MockLibrary(config.root, config.library, await libraryTools(undefined, definitions))
  return {
    check: (paths) => check(library, definitions, config, paths),
    list: () => list(library, definitions, config),
    explain: (call) => explainCall(config, library.index, definitions.all(), call),
  }
}
