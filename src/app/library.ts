/** The mock library of a workspace without a running proxy: what `check`, `list` and `explain` look at. */
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { loadDrills } from '../config/load-drills.ts'
import type { Definitions } from '../core/definitions.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import { compareMocks } from '../mock/order.ts'
import { matchesPath, splitPath } from '../mock/path-pattern.ts'
import { findShadows } from '../mock/shadow.ts'
import { sortVersions } from '../mock/versions.ts'
import type { CheckView } from './check-view.ts'
import { ServiceDefinitions } from './definitions.ts'
import { examplesOf } from './examples/compiled.ts'
import { explainCall } from './explain-call.ts'
import type { ExplainedCall, ExplainedCommand, ExplainedRpc, ExplainView } from './explain-view.ts'
import { libraryTools } from './library-tools.ts'
import { libraryWarnings } from './library-warnings.ts'
import type { ListedMock, ListedService, ListView } from './list-view.ts'
import { type LibraryTools, MockLibrary } from './mock-library.ts'
import { Origins } from './origins.ts'
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
    files: new Set(files.map(({ path }) => path)).size + drills.filter(({ path }) => wants(path)).length,
    mocks: files.reduce((sum, { mocks }) => sum + mocks.length, 0),
    examples: examples.length,
    problems: [
      ...library.problems(),
      ...problems,
      ...libraryWarnings(config, library, all),
      ...drills.flatMap((drill) => drill.problems),
      ...definitions.problems(),
    ].filter(({ at }) => wants(resolve(config.root, at.file))),
  }
}

const list = (library: MockLibrary, definitions: ServiceDefinitions, config: Config): ListView => {
  const folders = new Map(config.library.map(({ layer, display }) => [layer, display]))
  const origins = new Origins(library, config.library)
  const services = config.services.map((service): ListedService => {
    const held = library.index.service(service.name)
    const shadows = held === undefined ? undefined : findShadows(held)
    const used = new Set(held?.satisfying(service.version).map(({ version }) => version))
    const all = [...(held?.mocks ?? []), ...library.outOf(service.name).keys()].sort(compareMocks)
    const names = new Set(all.map(({ version }) => version))
    const versions = [
      ...sortVersions([...names].filter((version) => version !== undefined)),
      ...(names.has(undefined) ? [undefined] : []),
    ]
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
        mocks: all
          .filter((mock) => mock.version === version)
          .map((mock): ListedMock => {
            const { from, extends: base, inPlaceOf, outOfForce } = origins.of(mock)
            const winner = shadows?.get(mock)
            return {
              name: mock.name,
              request: mock.operation ?? `${mock.method ?? 'any'} ${mock.pattern.source}`,
              at: mock.where,
              place: origins.place(mock),
              library: folders.get(mock.layer) ?? '',
              from,
              priority: mock.priority,
              does: mock.does,
              notes: mock.notes,
              extends: base,
              inPlaceOf,
              overriddenBy: winner === undefined ? [] : [origins.place(winner)],
              outOfForce,
            }
          }),
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
  const library = MockLibrary.open(config, tools)
  return {
    check: (paths) => check(library, definitions, tools, config, paths),
    list: () => list(library, definitions, config),
    explain: (call) => explainCall(config, library, definitions.all(), call),
  }
}
