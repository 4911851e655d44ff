/** The mock library of a workspace without a running proxy: what `check`, `list` and `explain` look at. */
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { loadDrills } from '../config/load-drills.ts'
import type { Definitions } from '../core/definitions.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import { matchesPath, splitPath } from '../mock/path-pattern.ts'
import { findShadows } from '../mock/shadow.ts'
import type { CheckView } from './check-view.ts'
import { ServiceDefinitions } from './definitions.ts'
import { examplesOf } from './examples/compiled.ts'
import { explainCall } from './explain-call.ts'
import type { ExplainedCall, ExplainedCommand, ExplainedRpc, ExplainView } from './explain-view.ts'
import { libraryTools } from './library-tools.ts'
import { libraryWarnings } from './library-warnings.ts'
import type { ListedMock, ListedService, ListView } from './list-view.ts'
import { type LibraryTools, MockLibrary } from './mock-library.ts'
import { wantedFiles } from './wanted-files.ts'

export interface Library {
  /** `paths` are relative to the working directory; none: everything. */
  check(paths: readonly string[]): CheckView
  list(): ListView
  explain(call: ExplainedCall | ExplainedRpc | ExplainedCommand): Promise<ExplainView>
}

const check = (
  library: MockLibrary,
  definitions: ServiceDefinitions,
  tools: LibraryTools,
  config: Config,
  paths: readonly string[],
): CheckView => {
  const drills = loadDrills(config.root, config.services)
  const all = library.files()
  const { wants } = wantedFiles(
    paths,
    [...all, ...drills].map(({ path }) => path),
  )
  const files = all.filter(({ path }) => wants(path))
  const { examples, problems } = examplesOf(files, library, tools)
  return {
    files: files.length + drills.filter(({ path }) => wants(path)).length,
    mocks: files.reduce((sum, { mocks }) => sum + mocks.length, 0),
    examples: examples.length,
    problems: [
      ...library.problems(),
      ...problems,
      ...libraryWarnings(config, library.index, all),
      ...drills.flatMap((drill) => drill.problems),
      ...definitions.problems(),
    ].filter(({ at }) => wants(resolve(config.root, at.file))),
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
      intercepted: service.tls.intercept,
      insecure: service.tls.upstream?.insecure === true,
      unmocked: unmockedOf(definitions.of(service.name), held?.mocks ?? []),
      embedded: service.embedded,
      presets: library.presets(service.name).map(({ name, file }) => ({ name, file })),
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
  const tools = await libraryTools({ definitions })
  const library = new MockLibrary(config.root, config.library, tools)
  return {
    check: (paths) => check(library, definitions, tools, config, paths),
    list: () => list(library, definitions, config),
    explain: (call) => explainCall(config, library.index, definitions.all(), call),
  }
}
