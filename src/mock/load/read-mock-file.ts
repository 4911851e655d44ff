/**
 * One mock file's text to its mocks or its mistakes. A mistake of shape takes the whole file out, so that its last
 * good version stays in force; a mock that uses something of a later version is left out alone.
 */

import type { ZodType } from 'zod'
import type { Dialect } from '../../core/dialect.ts'
import { isFields } from '../../core/fields.ts'
import type { PresetDialect } from '../../core/preset.ts'
import type { Problem } from '../../core/problem.ts'
import { type Place, parseDocument, type YamlDocument } from '../../yaml/document.ts'
import { lossyProblem } from '../../yaml/lossy-problem.ts'
import { nearest } from '../../yaml/nearest.ts'
import type { Path } from '../../yaml/tree.ts'
import { shapeProblems } from '../../yaml/zod-problems.ts'
import { contractFormat } from '../contract-schema.ts'
import type { ExtendingMock, MockDefinition, MockFile } from '../definition.ts'
import {
  defaultPriority,
  defaultProtocol,
  type FileSpec,
  laterKeysOf,
  type MockSpec,
  presetFileSchema,
  validationSchema,
} from '../file-schema.ts'
import { readExtending } from './read-extending.ts'
import { knownPath, sectionsOf, writtenPath } from './sections.ts'
import { SourceText } from './source-text.ts'
import { isTextPosition } from './text-positions.ts'

/** Protocols that files may name and that cannot be mocked yet. */
const laterProtocols: readonly string[] = ['amqp', 'dubbo', 'sofarpc']

/** Schemas by protocol, made once for a load. */
export class MockFileReader {
  readonly #dialects: ReadonlyMap<string, Dialect>
  readonly #schemas: ReadonlyMap<string, ZodType>

  readonly #presetSchemas: ReadonlyMap<string, ZodType>

  constructor(
    dialects: ReadonlyMap<string, Dialect>,
    presets: ReadonlyMap<string, PresetDialect> = new Map(),
  ) {
    this.#dialects = dialects
    this.#presetSchemas = new Map([...presets].map(([protocol, one]) => [protocol, presetFileSchema(one)]))
    this.#schemas = new Map(
      [...dialects].map(([protocol, dialect]) => [
        protocol,
        validationSchema(dialect, presets.get(protocol)),
      ]),
    )
  }

  /** undefined: the file is data, it has no `mocks`, and no `preset` with a protocol. */
  read(text: string, source: MockFileSource): MockFile | undefined {
    const document = parseDocument(text, source.display)
    if (document.problems.length > 0)
      return brokenFile(source, document.problems, locator(new SourceText(text, source.display), undefined))
    const { value } = document
    if (!isFields(value) || !isMockFile(value)) return undefined
    const problems = this.#problems(document, value)
    const spec = value as unknown as FileSpec
    const dialect = this.#dialects.get(spec.protocol ?? defaultProtocol)
    const service = typeof spec.service === 'string' && spec.service !== '' ? spec.service : source.service
    if (service === undefined) problems.push(noService(document))
    if (problems.length > 0) {
      problems.push(...laterInMocks(document, value['mocks'], dialect))
      const broken = brokenFile(
        source,
        problems.sort(byPlace),
        locator(new SourceText(text, source.display), dialect),
      )
      const drafts = this.#drafts(spec, { source, document, service: service ?? '', text, dialect })
      return drafts === undefined ? broken : { ...broken, drafts }
    }
    return goodFile(spec, { source, document, service: service!, text, dialect })
  }

  /** So that all mistakes of a file are told at once, those of shape and those inside. */
  #drafts(spec: FileSpec, file: GoodFile): MockFile | undefined {
    const schema = this.#schemas.get(spec.protocol ?? defaultProtocol)
    if (schema === undefined || !Array.isArray(spec.mocks)) return undefined
    const misshapen = new Set(
      spec.mocks.flatMap((mock, i) =>
        schema.safeParse({ protocol: spec.protocol, mocks: [mock] }).success ? [] : [i],
      ),
    )
    const { examples, ...others } = spec
    const fitting = schema.safeParse({ protocol: spec.protocol, mocks: [], examples }).success
      ? { ...others, examples }
      : others
    return goodFile(fitting as FileSpec, file, misshapen)
  }

  #problems(document: YamlDocument, value: Readonly<Record<string, unknown>>): Problem[] {
    const protocol = value['protocol'] ?? defaultProtocol
    const schemas = Object.hasOwn(value, 'mocks') ? this.#schemas : this.#presetSchemas
    const schema = typeof protocol === 'string' ? schemas.get(protocol) : undefined
    if (schema === undefined) {
      return Object.hasOwn(value, 'mocks')
        ? [unknownProtocol(protocol, document, [...schemas.keys()])]
        : [noPresets(protocol, document, [...schemas.keys()])]
    }
    const dialect = this.#dialects.get(String(protocol))
    const newer = newerContract(value['contract'], document)
    if (newer !== undefined) return [newer]
    const shape = shapeProblems({ schema, value, document, code: 'MOCK_FILE_INVALID' })
    const lossy = document
      .lossyScalars()
      .filter(({ path }) => isTextPosition(knownPath(inMock(path), dialect?.sections)))
      .map((scalar) => lossyProblem(scalar, document, 'MOCK_FILE_INVALID'))
    const later = laterKeysOf(dialect ?? {})
      .filter((key) => Object.hasOwn(value, key))
      .map((key) => notYet(document, [key]))
    return [...shape, ...lossy, ...later]
  }
}

/** What is known of a file before it is read. */
export interface MockFileSource {
  readonly path: string
  readonly display: string
  readonly library: string
  readonly layer: number
  /** From the path `<service>/<version>/…`. */
  readonly service: string | undefined
  readonly version: string | undefined
}

export const brokenFile = (
  source: MockFileSource,
  problems: readonly Problem[],
  locate: MockFile['locate'] = locator(new SourceText('', source.display), undefined),
): MockFile => ({
  path: source.path,
  display: source.display,
  library: source.library,
  layer: source.layer,
  service: source.service ?? '',
  version: source.version,
  protocol: defaultProtocol,
  mocks: [],
  problems,
  locate,
})

interface GoodFile {
  readonly source: MockFileSource
  readonly document: YamlDocument
  readonly service: string
  readonly text: string
  readonly dialect: Dialect | undefined
}

const goodFile = (
  spec: FileSpec,
  { source, document, service, text, dialect }: GoodFile,
  without: ReadonlySet<number> = new Set(),
): MockFile => {
  const places = spec.mocks === undefined ? [] : document.itemPlaces('mocks')
  const problems: Problem[] = []
  const mocks: MockDefinition[] = []
  const positions: number[] = []
  const names = new Map<string, number>()
  const extending: ExtendingMock[] = []
  const texts = new SourceText(text, source.display)
  spec.mocks?.forEach((mock, i) => {
    if (without.has(i)) return
    const later = laterKeysOf(dialect ?? {}).filter((key) => Object.hasOwn(mock, key))
    for (const key of later) problems.push(notYet(document, ['mocks', i, key]))
    if (later.length > 0) return
    const at = places[i] ?? document.locate(['mocks', i]).at
    if (mock.extends !== undefined || mock.patch !== undefined) {
      const made = readExtending(mock, { service, position: i, at, tenants: spec.tenants, texts })
      if ('problems' in made) problems.push(...made.problems)
      else extending.push(made)
      return
    }
    const made = () => nameByRequest(mock, dialect)
    const { name, problem } = nameOf(mock.name, made, {
      names,
      locate: () => document.locate(['mocks', i, 'name']),
    })
    if (problem !== undefined) problems.push(problem)
    positions.push(i)
    mocks.push(definitionOf(mock, { name, at, tenants: mock.tenants ?? spec.tenants, dialect }))
  })
  return {
    path: source.path,
    display: source.display,
    library: source.library,
    layer: source.layer,
    service,
    version: spec.version === undefined ? source.version : String(spec.version),
    case: spec.case,
    conveniences: spec.conveniences,
    contract: spec.contract,
    protocol: spec.protocol ?? defaultProtocol,
    mocks,
    ...(spec.preset !== undefined && { preset: spec.preset, tenants: spec.tenants }),
    examples: spec.examples,
    problems,
    ...(extending.length > 0 && { extending }),
    written: (position) => {
      const value = texts.document().value as FileSpec | undefined
      return value?.mocks?.[positions[position]!]
    },
    locate: locator(texts, dialect, positions),
  }
}

/** A mock's shape is right: `spec` is as the file has it. */
export const definitionOf = (
  spec: MockSpec,
  more: Pick<MockDefinition, 'name' | 'at' | 'tenants'> & { readonly dialect: Dialect | undefined },
): MockDefinition => ({
  name: more.name,
  at: more.at,
  named: spec.name !== undefined,
  priority: spec.priority ?? defaultPriority,
  ...sectionsOf(spec, more.dialect?.sections),
  upstream: spec.upstream,
  responses: spec.responses,
  repeat: spec.repeat,
  fault: spec.fault,
  scenarioName: spec.scenarioName,
  requiredScenarioState: spec.requiredScenarioState,
  newScenarioState: spec.newScenarioState,
  times: spec.times,
  tenants: more.tenants,
  script: spec.script,
  metadata: spec.metadata,
  contract: spec.contract,
  examples: spec.examples,
})

/** What `patch` says is read as what stands in its place. */
const inMock = (path: Path): Path =>
  path[0] === 'mocks' && path[2] === 'patch' ? [...path.slice(0, 2), ...path.slice(3)] : path

const nameByRequest = (mock: MockSpec, dialect: Dialect | undefined): string => {
  const { request } = sectionsOf(mock, dialect?.sections)
  return dialect?.nameOf?.(request) ?? defaultName(request, dialect?.protocol ?? defaultProtocol)
}

/** A given name that stands twice is warned of; a made one gets a number. */
const nameOf = (
  given: string | undefined,
  made: () => string,
  { names, locate }: { readonly names: Map<string, number>; readonly locate: () => Place },
): { readonly name: string; readonly problem?: Problem } => {
  const name = given ?? made()
  const count = (names.get(name) ?? 0) + 1
  names.set(name, count)
  if (count === 1) return { name }
  if (given === undefined) return { name: `${name} (${count})` }
  const problem: Problem = {
    severity: 'warning',
    code: 'MOCK_FILE_INVALID',
    ...locate(),
    message: `the name ${JSON.stringify(name)} stands twice in this file`,
    hint: 'give each mock a name of its own, so that messages tell them apart',
  }
  return { name, problem }
}

const defaultName = (request: unknown, protocol: string): string => {
  const { method, path, command, key }: Readonly<Record<string, unknown>> = isFields(request) ? request : {}
  if (typeof command === 'string')
    return typeof key === 'string' ? `${command.toUpperCase()} ${key}` : command.toUpperCase()
  if (protocol !== defaultProtocol && typeof method === 'string') return method
  if (typeof path === 'string') return `${typeof method === 'string' ? method : 'ANY'} ${path}`
  return typeof method === 'string' ? `${method} anything` : 'anything'
}

/** `positions`: where the mocks that are in force stand in the file. */
const locator =
  (texts: SourceText, dialect: Dialect | undefined, positions?: readonly number[]): MockFile['locate'] =>
  (path: Path, onKey?: boolean): Place => {
    const document = texts.document()
    const written = writtenPath(path, dialect?.sections)
    const [first, second, ...rest] = written
    const position = first === 'mocks' && typeof second === 'number' ? positions?.[second] : undefined
    return document.locate(position === undefined ? written : ['mocks', position, ...rest], onKey)
  }

const notYet = (document: YamlDocument, path: Path): Problem => ({
  severity: 'error',
  code: 'NOT_YET_SUPPORTED',
  ...document.locate(path, true),
  message: `${String(path.at(-1))} is not supported yet`,
  hint: 'remove it, or use a newer version of svc-mock',
})

const laterInMocks = (
  document: YamlDocument,
  mocks: unknown,
  dialect: Dialect | undefined,
): readonly Problem[] =>
  (Array.isArray(mocks) ? mocks : []).flatMap((mock: unknown, i) =>
    isFields(mock)
      ? laterKeysOf(dialect ?? {})
          .filter((key) => Object.hasOwn(mock, key))
          .map((key) => notYet(document, ['mocks', i, key]))
      : [],
  )

/** What a newer version wrote is not held against what this one knows: each of its words would be a mistake. */
const newerContract = (contract: unknown, document: YamlDocument): Problem | undefined => {
  const format = isFields(contract) ? contract['format'] : undefined
  if (typeof format !== 'number' || format <= contractFormat) return undefined
  return {
    severity: 'error',
    code: 'NOT_YET_SUPPORTED',
    ...document.locate(['contract', 'format']),
    message: `the contract has format ${format}, and this version of svc-mock reads ${contractFormat}`,
    hint: 'use a newer version of svc-mock',
  }
}

const byPlace = (a: Problem, b: Problem): number => a.at.line - b.at.line || a.at.column - b.at.column

/** Data may hold a `preset`, too; with a protocol it is meant for us. */
const isMockFile = (value: Readonly<Record<string, unknown>>): boolean =>
  Object.hasOwn(value, 'mocks') || (Object.hasOwn(value, 'preset') && Object.hasOwn(value, 'protocol'))

const noPresets = (protocol: unknown, document: YamlDocument, known: readonly string[]): Problem => ({
  severity: 'error',
  code: 'MOCK_FILE_INVALID',
  ...document.locate(['protocol']),
  message: `services of protocol ${String(protocol)} have no presets`,
  hint: `presets are for ${known.join(', ')}; mocks stand under mocks:`,
})

const noService = (document: YamlDocument): Problem => ({
  severity: 'error',
  code: 'MOCK_FILE_INVALID',
  ...document.locate([Object.hasOwn(document.value as object, 'mocks') ? 'mocks' : 'preset'], true),
  message: 'neither the file nor its path says which service it mocks',
  hint: 'add service: <name>, or move the file to <library>/<service>/',
})

const unknownProtocol = (protocol: unknown, document: YamlDocument, known: readonly string[]): Problem => {
  const later = typeof protocol === 'string' && laterProtocols.includes(protocol)
  const near = typeof protocol === 'string' ? nearest(protocol, known) : undefined
  return {
    severity: 'error',
    code: later ? 'NOT_YET_SUPPORTED' : 'MOCK_FILE_INVALID',
    ...document.locate(['protocol']),
    message: later
      ? `protocol ${protocol} cannot be mocked yet`
      : `protocol must be one of ${known.join(', ')}, not ${JSON.stringify(protocol)}`,
    hint: near === undefined ? `protocols that can be mocked: ${known.join(', ')}` : `did you mean ${near}?`,
  }
}
