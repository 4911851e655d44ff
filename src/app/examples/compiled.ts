/** The examples of mock files, compiled; `check` wants their problems, `test` wants to run them. */
import type { Definitions } from '../../core/definitions.ts'
import type { Compilers, Dialect } from '../../core/dialect.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockFile } from '../../mock/definition.ts'
import { compileExamples, type Example, hasExamples } from '../../mock/examples.ts'
import { responseFiles } from '../../mock/load/response-files.ts'
import type { MockLibrary } from '../mock-library.ts'

interface Tools {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly compilers: Compilers
  definitionsOf?(service: string): Definitions | undefined
}

export interface ExamplesOfFiles {
  readonly examples: readonly Example[]
  readonly problems: readonly Problem[]
}

/** Examples of broken files are not among them, their mistakes are. */
export const examplesOf = (
  files: readonly MockFile[],
  library: MockLibrary,
  { dialects, compilers, definitionsOf }: Tools,
): ExamplesOfFiles => {
  const names = Map.groupBy(
    library
      .files()
      .flatMap((file) => (file.drafts ?? file).mocks.map(({ name }) => ({ service: file.service, name }))),
    ({ service }) => service,
  )
  const compiled = files.flatMap((file) => {
    const broken = file.problems.some(({ severity }) => severity === 'error')
    // Of a broken file all mistakes are told at once.
    const read = broken ? file.drafts : file
    const dialect = dialects.get(file.protocol)
    if (read === undefined || dialect === undefined || !hasExamples(read)) return []
    // Of a mock in whose place another stands, they say what would be answered without that one.
    const out = new Set([...library.outOf(file.service).keys()].map(({ at }) => at))
    const mocks = read.mocks.map((mock) => (out.has(mock.at) ? { ...mock, examples: undefined } : mock))
    const { examples, problems } = compileExamples(out.size === 0 ? read : { ...read, mocks }, {
      dialect,
      service: file.service,
      definitions: definitionsOf?.(file.service),
      compilers,
      files: responseFiles(file, () => undefined),
      names: new Set(names.get(file.service)?.map(({ name }) => name)),
    })
    return [{ examples: broken ? [] : examples, problems }]
  })
  return {
    examples: compiled.flatMap(({ examples }) => examples),
    problems: compiled.flatMap(({ problems }) => problems),
  }
}
