/** Which mocks promise something of the real service, and what the others are. */
import semver from 'semver'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { ContractSpec } from '../../mock/contract-schema.ts'
import type { MockDefinition, MockFile } from '../../mock/definition.ts'
import type { MockLibrary } from '../mock-library.ts'
import { providerProtocols } from './provider-protocols/index.ts'
import type { NamedState } from './provider-states.ts'

/** One mock that is to be verified. */
export interface Promised {
  readonly file: MockFile
  readonly position: number
  readonly definition: MockDefinition
  readonly mock: CompiledMock
  readonly contract: Exclude<ContractSpec, false>
}

export interface Promises {
  readonly items: readonly Promised[]
  /** Why each of the others promises nothing, in a word or two. */
  readonly left: readonly string[]
}

/** `range`: of versions; undefined: all. */
export const promisesOf = (
  library: MockLibrary,
  files: readonly MockFile[],
  range: string | undefined,
): Promises => {
  const compiled = new Map(library.mocks().map((mock) => [mock.at, mock]))
  const items: Promised[] = []
  const left: string[] = []
  for (const file of files) {
    file.mocks.forEach((definition, position) => {
      const mock = compiled.get(definition.at)
      const reason = whyNot(file, definition, range)
      if (reason !== undefined) left.push(reason)
      else if (mock !== undefined) {
        const { contract } = definition
        items.push({ file, position, definition, mock, contract: contract === false ? {} : (contract ?? {}) })
      }
    })
  }
  return { items, left }
}

const askable: ReadonlySet<string> = new Set(providerProtocols.map(({ name }) => name))

const whyNot = (
  { protocol, version: ofFile }: MockFile,
  { contract, fault, script, upstream, response, responses }: MockDefinition,
  range: string | undefined,
): string | undefined => {
  const version = (contract === false ? undefined : contract?.version) ?? ofFile
  if (range !== undefined && version !== undefined && !semver.satisfies(version, range))
    return 'other version'
  if (contract === false) return 'contract: false'
  if (!askable.has(protocol)) return `protocol ${protocol}`
  if (script !== undefined) return 'script'
  if (fault !== undefined) return 'fault'
  const answers = upstream === undefined && (response !== undefined || responses !== undefined)
  return answers ? undefined : 'upstream'
}

/** Those of a consumer's contract are that consumer's. */
export const statesOf = ({ contract: { state }, file }: Promised): readonly NamedState[] =>
  (state === undefined ? [] : [state].flat()).map((one) => ({
    ...(typeof one === 'string' ? { name: one, params: {} } : { name: one.name, params: one.params ?? {} }),
    ...(file.contract !== undefined && { consumer: file.contract.consumer }),
  }))
