/** All types of a library as the text of one file, the same for the same library. */
import type { Config } from '../../config/config.ts'
import { SpecFiles } from '../../contract/formats/openapi/document.ts'
import { openDescription } from '../../contract/formats/openapi/operations.ts'
import type { Problem } from '../../core/problem.ts'
import { formatLocation } from '../../core/source.ts'
import type { MockDefinition, MockFile } from '../../mock/definition.ts'
import { type PathPattern, parsePathPattern } from '../../mock/path-pattern.ts'
import type { ServiceDefinitions } from '../definitions.ts'
import type { MockLibrary } from '../mock-library.ts'
import { Declarations } from './declarations.ts'
import { grpcMock, grpcOperations, otherMock } from './grpc-types.ts'
import { HttpOperations, type MockTypes, plainHttp, writtenAnswer } from './http-types.ts'
import { preamble, preambleNames } from './preamble.ts'
import { comment, generic, type TsType, textOf, union } from './ts-type.ts'

export interface LibraryTypes {
  readonly text: string
  readonly mocks: number
  readonly operations: number
  /** Of the descriptions that services name. */
  readonly problems: readonly Problem[]
}

interface Named {
  readonly key: string
  readonly types: MockTypes
  readonly doc: string
}

const header = `// Made by svc-mock types from the mocks, contracts and definitions of this workspace: change those, and make it again.
`

export const libraryTypes = async (
  config: Config,
  library: Pick<MockLibrary, 'files' | 'outOf'>,
  definitions: ServiceDefinitions,
): Promise<LibraryTypes> => {
  const declarations = new Declarations(preambleNames)
  const problems: Problem[] = []
  const described = new Map<string, HttpOperations>()
  const operations: Named[] = []
  const add = (service: string, all: ReturnType<HttpOperations['all']>): void => {
    for (const [name, types, doc] of all)
      operations.push({ key: `${service}: ${name}`, types, doc: doc ?? '' })
  }
  for (const { name, protocol, contract } of [...config.services].sort(byName)) {
    if (protocol === 'grpc') add(name, grpcOperations(definitions.of(name), name, declarations))
    const openapi = protocol === 'http' ? contract?.openapi : undefined
    if (openapi === undefined) continue
    const files = new SpecFiles({ root: config.root })
    const description = await openDescription(openapi.path, files, openapi.at)
    problems.push(...files.problems)
    if (description === undefined) continue
    const own = new HttpOperations(description, { service: name, files, declarations })
    described.set(name, own)
    add(name, own.all())
  }
  const out = outOfForce(library)
  const files = [...library.files()].sort((a, b) => (a.display < b.display ? -1 : 1))
  const mocks = files.flatMap((file) =>
    file.mocks.flatMap((mock) => {
      if (out(file.service).has(formatLocation(mock.at))) return []
      const types = typesOf(file, mock, described.get(file.service), definitions, declarations)
      return types === undefined ? [] : [{ file, mock, types }]
    }),
  )
  const named = keyed(mocks)
  const text = [
    header,
    preamble,
    declarations.text(),
    listing('Mocks', 'Mock', named),
    listing('Operations', 'Operation', joined(operations)),
  ]
    .filter((part) => part !== '')
    .join('\n')
  return { text, mocks: mocks.length, operations: operations.length, problems }
}

/** Places of a service's mocks that are replaced or switched off: nobody calls them. */
const outOfForce = (library: Pick<MockLibrary, 'outOf'>) => {
  const known = new Map<string, ReadonlySet<string>>()
  return (service: string): ReadonlySet<string> => {
    const places =
      known.get(service) ?? new Set([...library.outOf(service).keys()].map(({ at }) => formatLocation(at)))
    known.set(service, places)
    return places
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1

/** undefined: what it says cannot be read, which `check` tells. */
const typesOf = (
  { service, protocol }: MockFile,
  mock: MockDefinition,
  described: HttpOperations | undefined,
  definitions: ServiceDefinitions,
  declarations: Declarations,
): MockTypes | undefined => {
  if (protocol === 'grpc') return grpcMock(mock, service, definitions.of(service), declarations)
  if (protocol !== 'http') return otherMock(protocol)
  const request = (mock.request ?? {}) as Readonly<Record<string, unknown>>
  const pattern = patternOf(request['path'])
  if (pattern === undefined) return undefined
  const method = typeof request['method'] === 'string' ? request['method'].toUpperCase() : undefined
  const operation = described?.of(method, pattern.source)
  const types = operation === undefined ? plainHttp(mock, pattern) : described!.typesOf(operation, request)
  const written = writtenAnswer(mock)
  return written === undefined ? types : { ...types, answer: written }
}

const patternOf = (path: unknown): PathPattern | undefined => {
  try {
    return parsePathPattern(typeof path === 'string' ? path : undefined)
  } catch {
    return undefined
  }
}

interface FoundMock {
  readonly file: MockFile
  readonly mock: MockDefinition
  readonly types: MockTypes
}

/** Under its name; where a service has it in several versions, under each of them too. */
const keyed = (mocks: readonly FoundMock[]): readonly Named[] => {
  const all: Named[] = []
  for (const [key, same] of Map.groupBy(mocks, ({ file, mock }) => `${file.service}: ${mock.name}`)) {
    const named = (one: string, { file, types }: FoundMock): Named => ({ key: one, types, doc: file.display })
    all.push(...same.map((one) => named(key, one)))
    const versions = new Set(same.map(({ file }) => file.version))
    if (versions.size < 2) continue
    for (const one of same) {
      const { service, version } = one.file
      if (version !== undefined) all.push(named(`${service}@${version}: ${one.mock.name}`, one))
    }
  }
  return joined(all)
}

/** What stands under one key is any of them. */
const joined = (all: readonly Named[]): readonly Named[] =>
  [...Map.groupBy(all, ({ key }) => key)].map(([key, same]) => ({
    key,
    types: {
      request: union(same.map(({ types }) => types.request)),
      answer: union(same.map(({ types }) => types.answer)),
      real: union(same.map(({ types }) => types.real)),
    },
    doc: [...new Set(same.map(({ doc }) => doc))].filter((doc) => doc !== '').join('\n'),
  }))

const listing = (name: string, wrapper: string, all: readonly Named[]): string => {
  const lines = [...all]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, types, doc }) => {
      const type: TsType = generic(wrapper, types.request, types.answer, types.real)
      return `${comment(doc, '  ')}  readonly ${JSON.stringify(key)}: ${textOf(type, '  ')}\n`
    })
  return lines.length === 0
    ? `export interface ${name} {}\n`
    : `export interface ${name} {\n${lines.join('')}}\n`
}
