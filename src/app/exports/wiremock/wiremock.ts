/** `svc-mock export wiremock`: for each service of HTTP a root for WireMock 3.13, with `mappings/` and `__files/`. */

import { basename, dirname, relative, sep } from 'node:path'
import type { Config } from '../../../config/config.ts'
import { type Fields, isFields } from '../../../core/fields.ts'
import { SpecError } from '../../../core/matcher.ts'
import { compileFile, SharedParts } from '../../../mock/compile.ts'
import type { CompiledMock } from '../../../mock/compiled.ts'
import type { MockDefinition, MockFile } from '../../../mock/definition.ts'
import { responseFiles } from '../../../mock/load/response-files.ts'
import { compareMocks } from '../../../mock/order.ts'
import { sortVersions, versionTest } from '../../../mock/versions.ts'
import { folderName } from '../../../record/file-names.ts'
import type { Entry } from '../../imports/format.ts'
import { libraryTools } from '../../library-tools.ts'
import type { ExportFormat } from '../format.ts'
import { type At, CannotSay, Otherwise } from './cannot.ts'
import { stubRequest } from './request.ts'
import { stubFault, stubResponse, type TakeFile } from './response.ts'

interface Candidate {
  readonly file: MockFile
  readonly mock: MockDefinition
  /** Of its file. */
  readonly position: number
}

export const wiremockExport: ExportFormat = {
  name: 'wiremock',
  summary: 'stub mappings of WireMock, a folder with mappings/ and __files/ for each service',
  out: 'wiremock',
  write: async (files, { config }) => {
    const written = new Map<string, string | Uint8Array>()
    const entries: Entry[] = []
    const compileOrder = await ordering()
    for (const [service, own] of Map.groupBy(files, (file) => file.service)) {
      const folder = folderName(service)
      const stubs: { readonly stub: readonly Fields[]; readonly rank: CompiledMock | undefined }[] = []
      const used = usedVersion(service, own, config)
      for (const { file, mock, position } of own.flatMap(candidates)) {
        const told = new Otherwise()
        const bodies = new Map<string, Uint8Array>()
        try {
          refuse(file, mock, used)
          stubs.push({
            stub: stubsOf(mock, told, takeFrom(file, bodies), upstreamOf(service, config)),
            rank: compileOrder(file).find((one) => one.position === position),
          })
          for (const [name, bytes] of bodies) written.set(`${folder}/__files/${name}`, bytes)
          entries.push(entryOf(file, position, told))
        } catch (error) {
          if (!(error instanceof CannotSay)) throw error
          const notes = [{ text: error.message, at: placeOf(file, position, error.at) }]
          entries.push({ outcome: 'not possible', name: mock.name, at: mock.at, notes })
        }
      }
      // The newest is read last and wins among equal priorities, so the first of our order stands last.
      const ordered = stubs.sort((a, b) =>
        a.rank === undefined || b.rank === undefined ? 0 : compareMocks(b.rank, a.rank),
      )
      if (ordered.length > 0)
        written.set(
          `${folder}/mappings/${folder}.json`,
          `${JSON.stringify({ mappings: ordered.flatMap(({ stub }) => stub) }, bigints, 2)}\n`,
        )
    }
    return { files: written, entries }
  },
}

const bigints = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value))
    : value

const candidates = (file: MockFile): readonly Candidate[] =>
  file.mocks.map((mock, position) => ({ file, mock, position }))

/** The order of mocks, for which what they answer does not matter. */
const ordering = async (): Promise<(file: MockFile) => readonly CompiledMock[]> => {
  const tools = await libraryTools()
  const shared = new SharedParts()
  const known = new Map<MockFile, readonly CompiledMock[]>()
  const none = {
    response: undefined,
    upstream: undefined,
    responses: undefined,
    repeat: undefined,
    script: undefined,
    fault: undefined,
  }
  return (file) => {
    const before = known.get(file)
    if (before !== undefined) return before
    const mocks = file.mocks.map((mock) => ({ ...mock, ...none }))
    const filesFor = (): ReturnType<typeof responseFiles> => responseFiles(file, () => undefined)
    const compiled = compileFile({ ...file, mocks }, { ...tools, filesFor }, shared).mocks
    known.set(file, compiled)
    return compiled
  }
}

/** WireMock knows no versions: those of the version that answers are taken. */
const usedVersion = (
  service: string,
  files: readonly MockFile[],
  { services }: Config,
): string | undefined => {
  const range = services.find(({ name }) => name === service)?.version
  const named = sortVersions([...new Set(files.flatMap(({ version }) => version ?? []))])
  return range === undefined ? named[0] : named.find(versionTest(range))
}

const refuse = ({ protocol, version }: MockFile, mock: MockDefinition, used: string | undefined): void => {
  if (protocol !== 'http') throw new CannotSay(`protocol ${protocol}`, [])
  if (version !== undefined && version !== used)
    throw new CannotSay(
      `version ${version}: WireMock knows no versions, and ${used ?? 'none'} is the one that answers`,
      [],
    )
  for (const key of ['script', 'times', 'tenants'] as const)
    if (mock[key] !== undefined) throw new CannotSay(key, [key])
}

const stubsOf = (
  mock: MockDefinition,
  told: Otherwise,
  take: TakeFile,
  upstream: string | undefined,
): readonly Fields[] => {
  const request = stubRequest((mock.request ?? {}) as Fields, told)
  const broken = mock.fault === undefined ? {} : stubFault(mock.fault, told)
  const head = { ...idOf(mock), name: mock.name, priority: Math.max(1, mock.priority), request }
  const state = stateOf(mock)
  if (mock.responses !== undefined) return sequence(mock, head, broken, told, take)
  if (mock.response === undefined) {
    if (isFields(mock.upstream) && Object.keys(mock.upstream).length > 0)
      throw new CannotSay('a real reply that is changed', ['upstream'])
    if (upstream === undefined)
      throw new CannotSay('the real service answers, and svc-mock.yaml has no upstream for it', [])
    return [{ ...head, ...state, response: { proxyBaseUrl: upstream, ...broken }, ...metadataOf(mock) }]
  }
  const response = stubResponse(mock.response as Fields, ['response'], told, take)
  return [{ ...head, ...state, response: { ...response, ...broken }, ...metadataOf(mock) }]
}

/** A scenario that goes on with each answer. */
const sequence = (
  mock: MockDefinition,
  head: Fields,
  broken: Fields,
  told: Otherwise,
  take: TakeFile,
): readonly Fields[] => {
  if (mock.scenarioName !== undefined) throw new CannotSay('responses in a scenario', ['responses'])
  if (mock.repeat === 'fail') throw new CannotSay('repeat: fail', ['repeat'])
  const answers = mock.responses as readonly Fields[]
  const { id: _, ...others } = head
  return answers.map((answer, i) => {
    const last = i === answers.length - 1
    const next = last ? (mock.repeat === 'cycle' ? 'Started' : undefined) : String(i + 2)
    return {
      ...others,
      name: `${mock.name} (${i + 1})`,
      scenarioName: `svc-mock: ${mock.name}`,
      requiredScenarioState: i === 0 ? 'Started' : String(i + 1),
      ...(next !== undefined && { newScenarioState: next }),
      response: { ...stubResponse(answer, ['responses', i], told, take), ...broken },
    }
  })
}

const stateOf = ({ scenarioName, requiredScenarioState, newScenarioState }: MockDefinition): Fields =>
  scenarioName === undefined
    ? {}
    : {
        scenarioName,
        ...(requiredScenarioState !== undefined && { requiredScenarioState }),
        ...(newScenarioState !== undefined && { newScenarioState }),
      }

const kept = (mock: MockDefinition): Fields =>
  isFields(mock.metadata?.['wiremock']) ? mock.metadata['wiremock'] : {}

const idOf = (mock: MockDefinition): Fields => {
  const { id } = kept(mock)
  return typeof id === 'string' ? { id } : {}
}

const metadataOf = (mock: MockDefinition): Fields => {
  const { persistent, metadata } = kept(mock)
  const { wiremock: _, ...own } = mock.metadata ?? {}
  const all = { ...own, ...(isFields(metadata) ? metadata : {}) }
  return {
    ...(persistent !== undefined && { persistent }),
    ...(Object.keys(all).length > 0 && { metadata: all }),
  }
}

const takeFrom =
  (file: MockFile, bodies: Map<string, Uint8Array>): TakeFile =>
  (name, at) => {
    try {
      const bytes = responseFiles(file, () => undefined).read(name)
      const folder = relative(file.library, dirname(file.path)).split(sep).map(folderName).join('/')
      const copy = `${folder === '' ? '' : `${folder}/`}${name
        .replace(/^\.\//, '')
        .split('/')
        .map((part) => (part === '..' ? '_' : part))
        .join('/')}`
      bodies.set(copy, bytes)
      return copy
    } catch (error) {
      if (error instanceof SpecError) throw new CannotSay(`${basename(name)}: ${error.message}`, at)
      throw error
    }
  }

const upstreamOf = (service: string, { services }: Config): string | undefined => {
  const upstream = services.find(({ name }) => name === service)?.upstream
  return upstream === undefined
    ? undefined
    : `${upstream.scheme}://${upstream.host}:${upstream.port}${upstream.basePath}`
}

const entryOf = (file: MockFile, position: number, told: Otherwise): Entry => {
  const { name, at } = file.mocks[position]!
  const notes = told.notes.map(({ text, at: below }) => ({ text, at: placeOf(file, position, below) }))
  return { outcome: notes.length === 0 ? 'taken' : 'changed', name, at, notes }
}

const placeOf = (file: MockFile, position: number, at: At) => file.locate(['mocks', position, ...at]).at
