/** `svc-mock types`: types of a workspace's library, written into a file, or held against it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import type { Config } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { refuseProblems } from '../refuse-problems.ts'
import { libraryTypes } from './library-types.ts'

export interface TypesWishes {
  /** Relative to the working directory; undefined: nothing is written. */
  readonly out: string | undefined
  /** Only look whether the file is what would be written. */
  readonly check: boolean
}

export interface MadeTypes {
  /** Relative to the working directory; undefined: nothing was written. */
  readonly file: string | undefined
  /** The file has changed. */
  readonly changed: boolean
  readonly mocks: number
  readonly operations: number
  readonly text: string
  readonly warnings: readonly Problem[]
}

/** Rejects with MOCK_FILE_INVALID, DEFINITION_INVALID, CONTRACT_INVALID, and with TYPES_STALE when it only looks. */
export const makeTypes = async (config: Config, { out, check }: TypesWishes): Promise<MadeTypes> => {
  const definitions = await ServiceDefinitions.load(config)
  const tools = await libraryTools({ definitions })
  const library = MockLibrary.open(config, tools)
  try {
    refuseProblems(definitions.problems(), 'DEFINITION_INVALID', 'interface definition')
    refuseProblems(library.problems(), 'MOCK_FILE_INVALID', 'mock file')
    const { text, mocks, operations, problems } = await libraryTypes(config, library, definitions)
    refuseProblems(problems, 'CONTRACT_INVALID', 'contract')
    const made = { mocks, operations, text, warnings: problems }
    if (out === undefined) return { ...made, file: undefined, changed: false }
    const file = resolve(out)
    const shown = relative(process.cwd(), file).split(sep).join('/')
    // A checkout on Windows may have other ends of lines, which mean nothing.
    const before = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : undefined
    const changed = before !== text
    if (check && changed) throw stale(shown, before === undefined)
    if (changed) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    return { ...made, file: shown, changed }
  } finally {
    library.close()
  }
}

const stale = (file: string, missing: boolean): SvcMockError =>
  new SvcMockError(
    'TYPES_STALE',
    missing ? `${file} is not there` : `${file} is not what the library says any more`,
    { hint: `svc-mock types --out ${file}`, details: { file } },
  )
