/** `svc-mock test`: every example of the library, or those of some files, one after the other and without a socket. */
import type { Config } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { formatLocation } from '../../core/source.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import { type Example, exampleNow } from '../../mock/examples.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { wantedFiles } from '../wanted-files.ts'
import { examplesOf } from './compiled.ts'
import { runExample } from './run-example.ts'
import { exampleServices } from './services.ts'
import type { TestedExample, TestView } from './test-view.ts'

export interface TestOptions {
  /** Files or folders, relative to the working directory; none: all of the library. */
  readonly paths: readonly string[]
  /** Only examples whose name, or whose mock's name, holds this. */
  readonly name?: string | undefined
}

/** Rejects with MOCK_FILE_INVALID (`details.problems`) when files of the services that are tested have mistakes. */
export const testMocks = async (config: Config, { paths, name }: TestOptions): Promise<TestView> => {
  let now = exampleNow
  const tools = await libraryTools(() => now)
  const library = new MockLibrary(config.root, config.library, tools)
  const all = library.files()
  const { wants } = wantedFiles(
    paths,
    all.map(({ path }) => path),
  )
  const files = all.filter(({ path }) => wants(path))
  const { examples, problems } = examplesOf(files, library, tools)
  const services = new Set(files.map(({ service }) => service))
  const concerned = new Set(all.filter(({ service }) => services.has(service)).map(({ display }) => display))
  refuseProblems([...library.problems().filter(({ at }) => concerned.has(at.file)), ...problems])
  const mocks = library.mocks()
  const run = {
    index: library.index,
    dialects: tools.dialects,
    services: exampleServices(config),
    setNow: (ms: number) => {
      now = ms
    },
    tenant: config.tenant,
    mocks,
  }
  const startedAt = performance.now()
  const answered = new Set<CompiledMock>()
  const tested: TestedExample[] = []
  for (const example of examples.filter((one) => isCalled(one, name))) {
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
  const shown = new Set(files.map(({ display }) => display))
  const ours = mocks.filter(({ at }) => shown.has(at.file))
  const failed = tested.filter(({ ok }) => !ok).length
  return {
    passed: tested.length - failed,
    failed,
    files: files.length,
    mocks: ours.length,
    unanswered: ours
      .filter((mock) => !answered.has(mock))
      .map((mock) => ({ name: mock.name, at: formatLocation(mock.at) })),
    durationMs: roundedMs(performance.now() - startedAt),
    examples: tested,
  }
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
