/** `svc-mock test`: every example of the library, or those of some files, one after the other and without a socket. */
import { type Config, packagedLayers } from '../../config/config.ts'
import type { Clock } from '../../core/clock.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { formatLocation } from '../../core/source.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { MockFile } from '../../mock/definition.ts'
import { type Example, exampleNow } from '../../mock/examples.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { type LibrarySurroundings, libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { wantedFiles } from '../wanted-files.ts'
import { examplesOf } from './compiled.ts'
import { onLines, parsePlace } from './places.ts'
import { type RunTools, runExample } from './run-example.ts'
import { exampleServices } from './services.ts'
import type { TestedExample, TestView } from './test-view.ts'

export interface TestOptions {
  /** Files, folders, or `file:line` for one example, relative to the working directory; none: all of the library. */
  readonly paths: readonly string[]
  /** Only examples whose name, or whose mock's name, holds this. */
  readonly name?: string | undefined
}

/** Rejects with MOCK_FILE_INVALID (`details.problems`) when files of the services that are tested have mistakes. */
export const testMocks = async (config: Config, { paths, name }: TestOptions): Promise<TestView> => {
  const definitions = await ServiceDefinitions.load(config)
  refuseProblems(definitions.problems())
  const surroundings = new Surroundings(definitions)
  const tools = await libraryTools(surroundings)
  try {
    const library = MockLibrary.open(config, tools)
    const all = library.files()
    const places = paths.map(parsePlace)
    const { wants } = wantedFiles(
      places.map(({ path }) => path),
      all.map(({ path }) => path),
    )
    // What a package's authors promise of their mocks, they have tested; here others may stand in their place.
    const packaged = packagedLayers(config.library)
    const files = all.filter(({ path, layer }) => wants(path) && (paths.length > 0 || !packaged.has(layer)))
    const { examples, problems } = examplesOf(files, library, tools)
    refuseProblems([...problemsAround(files, library), ...problems])
    const run: RunTools = {
      index: library.index,
      dialects: tools.dialects,
      services: exampleServices(config, definitions.all()),
      tenant: config.tenant,
      mocks: library.mocks(),
      begin: () => {
        tools.scripts?.begin()
      },
      setNow: (ms) => {
        surroundings.time = ms
      },
    }
    const called = onLines(examples, places).filter((one) => isCalled(one, name))
    return viewOf(files, run.mocks, await runAll(called, run))
  } finally {
    tools.scripts?.close()
  }
}

interface Tested {
  readonly examples: readonly TestedExample[]
  readonly answered: ReadonlySet<CompiledMock>
  readonly durationMs: number
}

/** One after the other, so that they repeat. */
const runAll = async (examples: readonly Example[], run: RunTools): Promise<Tested> => {
  const startedAt = performance.now()
  const tested: TestedExample[] = []
  const answered = new Set<CompiledMock>()
  for (const example of examples) {
    const begun = performance.now()
    const result = await runExample(example, run)
    for (const mock of result.answered) answered.add(mock)
    tested.push({
      name: example.name,
      mock: example.mock?.name,
      file: example.file.display,
      at: formatLocation(example.at),
      steps: example.steps.length,
      ok: result.failure === undefined,
      durationMs: roundedMs(performance.now() - begun),
      failure: result.failure,
    })
  }
  return { examples: tested, answered, durationMs: roundedMs(performance.now() - startedAt) }
}

const viewOf = (files: readonly MockFile[], mocks: readonly CompiledMock[], tested: Tested): TestView => {
  const { examples, answered, durationMs } = tested
  const shown = new Set(files.map(({ display }) => display))
  const ours = mocks.filter(({ at }) => shown.has(at.file))
  const failed = examples.filter(({ ok }) => !ok).length
  return {
    passed: examples.length - failed,
    failed,
    files: shown.size,
    mocks: ours.length,
    unreached: ours
      .filter((mock) => !answered.has(mock))
      .map((mock) => ({ name: mock.name, at: formatLocation(mock.at) })),
    durationMs,
    examples,
  }
}

/** Other services may be broken meanwhile. */
const problemsAround = (files: readonly MockFile[], library: MockLibrary): readonly Problem[] => {
  const services = new Set(files.map(({ service }) => service))
  const others = library.files().filter(({ service }) => !services.has(service))
  const apart = new Set(others.map(({ display }) => display))
  return library.problems().filter(({ at }) => !apart.has(at.file))
}

/** What a library sees of the world: time that stands still, and the same chance for each example. */
class Surroundings implements LibrarySurroundings {
  readonly seed = 1
  readonly definitions: ServiceDefinitions
  /** What comes late comes at once: an example waits for nothing. */
  readonly clock: Clock = {
    after: (_ms, run) => {
      const soon = setImmediate(run)
      return () => clearImmediate(soon)
    },
  }
  time = exampleNow

  constructor(definitions: ServiceDefinitions) {
    this.definitions = definitions
  }

  readonly now = (): number => this.time
}

const isCalled = ({ name, mock }: Example, wanted: string | undefined): boolean =>
  wanted === undefined || name.includes(wanted) || mock?.name.includes(wanted) === true

const roundedMs = (ms: number): number => Math.round(ms * 1000) / 1000

const refuseProblems = (problems: readonly Problem[]): void => {
  const count = problems.filter(({ severity }) => severity === 'error').length
  if (count === 0) return
  const what = count === 1 ? 'a mistake' : `${count} mistakes`
  throw new SvcMockError('MOCK_FILE_INVALID', `${what} in the mock files; no example was run`, {
    details: { problems },
  })
}
