/**
 * `svc-mock export openapi`: what the mocks of a service say of its interface, as OpenAPI 3.1. Schemas are what the mocks' documents have
 * in common, so that every mock keeps the description that is made of it.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { MockDefinition, MockFile } from '../../../mock/definition.ts'
import { parsePathPattern } from '../../../mock/path-pattern.ts'
import { folderName } from '../../../record/file-names.ts'
import { writeYaml } from '../../../yaml/write.ts'
import type { Entry } from '../../imports/format.ts'
import type { ExportedSet, ExportFormat } from '../format.ts'
import { type DescribedMock, operationOf } from './operation.ts'
import { answersOf, bodyOf, parametersOf } from './parts.ts'

export const openapiExport: ExportFormat = {
  name: 'openapi',
  summary: 'what mocks say of an interface, as OpenAPI 3.1',
  out: 'openapi',
  write: (files) => writeOpenapi(files),
}

interface Interface {
  readonly service: string
  readonly version: string | undefined
  readonly mocks: DescribedMock[]
}

const writeOpenapi = (files: readonly MockFile[]): ExportedSet => {
  const interfaces = new Map<string, Interface>()
  const all = files.flatMap((file) =>
    file.mocks.map((mock) => {
      const made = describe(mock, file)
      if (typeof made === 'string') return { mock, why: made, made: undefined }
      const key = JSON.stringify([file.service, file.version])
      const known = interfaces.get(key) ?? { service: file.service, version: file.version, mocks: [] }
      known.mocks.push(made)
      interfaces.set(key, known)
      return { mock, why: undefined, made, among: known }
    }),
  )
  const entries = all.map(({ mock, why, made, among }): Entry => {
    const notes = made === undefined ? [why!] : [...made.notes, ...withoutBody(made, among!.mocks)]
    return {
      outcome: made === undefined ? 'not possible' : notes.length === 0 ? 'taken' : 'changed',
      name: mock.name,
      at: mock.at,
      notes: notes.map((text) => ({ text })),
    }
  })
  return {
    files: new Map(
      [...interfaces.values()].map((one) => [
        `${[one.service, ...(one.version === undefined ? [] : [one.version])].map(folderName).join('-')}.yaml`,
        writeYaml(documentOf(one)),
      ]),
    ),
    entries,
  }
}

/** A response of OpenAPI has a body, or none: where mocks differ, the description has one. */
const withoutBody = (mock: DescribedMock, all: readonly DescribedMock[]): readonly string[] => {
  const bare = mock.answers.filter(({ type }) => type === undefined).map(({ status }) => status)
  if (bare.length === 0) return []
  const others = all.filter((one) => one.method === mock.method && shapeOf(one.path) === shapeOf(mock.path))
  const status = bare.find((one) =>
    others.some(({ answers }) =>
      answers.some((answer) => answer.status === one && answer.type !== undefined),
    ),
  )
  return status === undefined
    ? []
    : [`it has no body with status ${status}, and another mock of the operation has one`]
}

const shapeOf = (path: string): string => path.replaceAll(/\{[^{}]*\}/g, '{}')

const methods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'])

/** Why it is no part of a description, in words. */
const describe = (mock: MockDefinition, file: MockFile): DescribedMock | string => {
  if (file.protocol !== 'http') return `OpenAPI describes HTTP, and this is ${file.protocol}`
  const request = (mock.request ?? {}) as Readonly<Record<string, unknown>>
  const { method, path } = request as { readonly method?: string; readonly path?: string }
  if (path === undefined) return 'it is for any path'
  // An operation has one method: the likely one stands for all.
  const told =
    method ?? (request['body'] === undefined && request['multipart'] === undefined ? 'GET' : 'POST')
  if (!methods.has(told)) return `OpenAPI 3.1 has no operation ${method}`
  const pattern = parsePathPattern(path)
  if (pattern.segments.some(({ kind }) => kind === 'rest'))
    return 'it is for the rest of a path, which OpenAPI cannot say'
  if (path === '*') return 'it is for no path'
  const answers = answersOf(mock, (name) => {
    try {
      return readFileSync(resolve(dirname(file.path), name), 'utf8')
    } catch {
      return undefined
    }
  })
  return {
    name: mock.name,
    method: told.toLowerCase(),
    path,
    parameters: parametersOf(request, pattern.names),
    body: bodyOf(request),
    answers,
    notes: [
      ...(method === undefined ? [`it is for any method, and described as ${told}`] : []),
      ...notesOf(mock, request, answers.length),
    ],
  }
}

const notesOf = (
  { fault, scenarioName, times, script, upstream }: MockDefinition,
  request: Readonly<Record<string, unknown>>,
  answers: number,
): readonly string[] => [
  ...(script !== undefined ? ['what the script answers is not known'] : []),
  ...(script === undefined && upstream !== undefined ? ['what the real service answers is not known'] : []),
  ...(script === undefined && upstream === undefined && answers === 0
    ? ['it has no answer to describe']
    : []),
  ...(fault === undefined || fault.status !== undefined ? [] : ['the fault is left out']),
  ...(scenarioName === undefined && times === undefined ? [] : ['state is left out']),
  ...(request['script'] === undefined ? [] : ['the script that decides whether it matches is left out']),
]

/** Paths that differ in names of parameters only are one. */
const documentOf = ({ service, version, mocks }: Interface): unknown => {
  const paths = new Map<string, Map<string, DescribedMock[]>>()
  const spelled = new Map<string, string>()
  for (const mock of mocks) {
    const shape = shapeOf(mock.path)
    spelled.set(shape, spelled.get(shape) ?? mock.path)
    const operations = paths.get(shape) ?? new Map<string, DescribedMock[]>()
    operations.set(mock.method, [...(operations.get(mock.method) ?? []), mock])
    paths.set(shape, operations)
  }
  const sorted = [...paths]
    .map(([shape, operations]) => [spelled.get(shape)!, operations] as const)
    .sort(byName)
  return {
    openapi: '3.1.0',
    info: { title: service, version: version ?? '0.0.0' },
    paths: Object.fromEntries(
      sorted.map(([path, operations]) => [
        path,
        Object.fromEntries(
          [...operations].sort(byName).map(([method, all]) => [method, operationOf(path, all)]),
        ),
      ]),
    ),
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0
