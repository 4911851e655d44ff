/** Holds made mocks against what reading their file would say, one by one, so that what cannot stand in a file never gets into one. */
import { SpecError } from '../../core/matcher.ts'
import { hasExpressions } from '../../core/template.ts'
import { type CompileContext, compileFile, SharedParts } from '../../mock/compile.ts'
import { MockFileReader } from '../../mock/load/read-mock-file.ts'
import { writeYaml } from '../../yaml/write.ts'
import { libraryTools } from '../library-tools.ts'
import type { MadeMock } from './generated-file.ts'

/** The first mistake of a mock, or undefined. `files`: by the names that `bodyFile` has. */
export type CheckMade = (mock: MadeMock, files?: ReadonlyMap<string, Uint8Array>) => string | undefined

export const checkMade = async (head: Readonly<Record<string, unknown>> = {}): Promise<CheckMade> => {
  const tools = await libraryTools()
  const reader = new MockFileReader(tools.dialects, tools.presets)
  const source = {
    path: 'made.yaml',
    display: 'made.yaml',
    library: '',
    layer: 1,
    service: 'made',
    version: undefined,
  }
  const shared = new SharedParts()
  return (mock, files = new Map()) => {
    // Expressions are compiled where there is a sandbox; an import writes none that could be wrong.
    const { response, ...others } = mock
    const plain = response !== undefined && !hasExpressions(response) ? mock : others
    const file = reader.read(writeYaml({ service: 'made', ...head, mocks: [plain] }), source)
    if (file === undefined) return 'it is no mock'
    const [first] = file.problems
    if (first !== undefined) return first.message
    const read = (name: string): Uint8Array => {
      const bytes = files.get(name.replace(/^\.\//, ''))
      if (bytes === undefined) throw new SpecError(`${name} is not there`)
      return bytes
    }
    const context: CompileContext = { ...tools, filesFor: () => ({ read }) }
    return compileFile(file, context, shared).problems[0]?.message
  }
}
