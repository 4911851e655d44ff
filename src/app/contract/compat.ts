/**
 * `svc-mock compat <old> <new>`: what breaks consumers between two OpenAPI files, two sets of .proto files, or two versions of a
 * mock library; and, of the workspace, the mocks that do not keep the new contract any more.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import semver from 'semver'
import type { Config } from '../../config/config.ts'
import { type Change, violationOfChange } from '../../contract/change.ts'
import { checkMock } from '../../contract/formats/openapi/check-mock.ts'
import { compareDescriptions } from '../../contract/formats/openapi/compare.ts'
import { SpecFiles } from '../../contract/formats/openapi/document.ts'
import { type Description, openDescription } from '../../contract/formats/openapi/operations.ts'
import { Router } from '../../contract/formats/openapi/router.ts'
import { compareProtos } from '../../contract/formats/protobuf/compare.ts'
import type { Checked, ContractReport, Violation } from '../../contract/violation.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockFile } from '../../mock/definition.ts'
import { responseFiles } from '../../mock/load/response-files.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { dialects, libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { fetchRef } from './fetch-ref.ts'
import { httpMock, operationOf } from './http-mock.ts'
import { describeLibrary } from './library-description.ts'
import { loadProtos } from './proto-model.ts'
import { repliesOf } from './replies.ts'

export interface CompatOptions {
  /** Whose mocks are looked at; default: the services whose contract is one of the files. */
  readonly service?: string | undefined
  readonly allowRemoteRefs: boolean
}

/** `config`: undefined outside a workspace, where no mocks are looked at. `old`, `now`: files, folders, or `service@version`. */
export const compat = async (
  old: string,
  now: string,
  config: Config | undefined,
  options: CompatOptions,
): Promise<ContractReport> => {
  const startedAt = performance.now()
  const found = await compare(old, now, config, options)
  return {
    command: 'compat',
    against: [`${old} → ${now}`],
    ...found,
    durationMs: performance.now() - startedAt,
  }
}

type Found = Pick<ContractReport, 'checked' | 'findings' | 'skipped' | 'problems'>

const compare = async (
  old: string,
  now: string,
  config: Config | undefined,
  options: CompatOptions,
): Promise<Found> => {
  const kinds = [old, now].map(kindOf)
  if (kinds[0] !== kinds[1])
    throw new SvcMockError(
      'FLAG_INVALID',
      `${old} is ${kinds[0]}, and ${now} is ${kinds[1]}: they cannot be compared`,
    )
  const root = config?.root ?? process.cwd()
  if (kinds[0] === 'proto') return protos(old, now, root, options.service)
  if (kinds[0] === 'library') return libraries(old, now, config)
  return openapi(old, now, root, config, options)
}

const kindOf = (text: string): 'OpenAPI' | 'proto' | 'library' => {
  if (!existsSync(text)) {
    if (/^[^/\\]+@[^/\\]+$/.test(text)) return 'library'
    throw new SvcMockError('FLAG_INVALID', `${text} does not exist`, {
      hint: 'name two OpenAPI files, two .proto files or folders of them, or two versions of mocks as orders@1.4.0',
    })
  }
  const isFolder = statSync(text).isDirectory()
  if (!isFolder) return text.endsWith('.proto') ? 'proto' : 'OpenAPI'
  const holdsProtos = readdirSync(text, { recursive: true, encoding: 'utf8' }).some((name) =>
    name.endsWith('.proto'),
  )
  if (holdsProtos) return 'proto'
  throw new SvcMockError('FLAG_INVALID', `${text} holds no .proto file`, {
    hint: 'of OpenAPI name the file; of mocks name service and version: orders@1.4.0',
  })
}

const protos = (old: string, now: string, root: string, service: string | undefined): Found => {
  const was = loadProtos(old, root)
  const next = loadProtos(now, root)
  const problems = [...was.problems, ...next.problems]
  const changes = problems.some(({ severity }) => severity === 'error')
    ? []
    : compareProtos(was.model, next.model)
  const name = service ?? old
  return {
    checked: [...was.model.methods].map(([operation, { at }]) => ({
      name: operation,
      operation,
      service: name,
      at,
    })),
    findings: changes.map((change) => violationOfChange(change, name, undefined)),
    skipped: {},
    problems,
  }
}

const libraries = async (old: string, now: string, config: Config | undefined): Promise<Found> => {
  if (config === undefined)
    throw new SvcMockError('CONFIG_NOT_FOUND', 'versions of mocks are looked up in a workspace')
  const { files, library } = await openFiles(config)
  const [was, next] = [old, now].map((text) => describeLibrary(versionFiles(text, files), text)) as [
    Description,
    Description,
  ]
  const service = old.split('@')[0]!
  return {
    checked: checkedOf(was, service),
    findings: findingsOf(compareDescriptions(was, next), service, now.split('@')[1]),
    skipped: {},
    problems: library.problems().filter(({ severity }) => severity === 'error'),
  }
}

const versionFiles = (text: string, files: readonly MockFile[]): readonly MockFile[] => {
  const [service = '', wanted = ''] = text.split('@')
  const own = files.filter((file) => file.service === service)
  const versions = [...new Set(own.map(({ version }) => version ?? 'none'))]
  const exact = versions.includes(wanted)
    ? wanted
    : semver.maxSatisfying(
        versions.filter((one) => semver.valid(one) !== null),
        wanted,
      )
  if (exact === null)
    throw new SvcMockError('FLAG_INVALID', `there are no mocks of ${text}`, {
      hint:
        versions.length === 0
          ? `no mock file is of ${service}`
          : `versions of ${service}: ${versions.join(', ')}`,
    })
  return own.filter(({ version }) => (version ?? 'none') === exact)
}

const openapi = async (
  old: string,
  now: string,
  root: string,
  config: Config | undefined,
  options: CompatOptions,
): Promise<Found> => {
  const fetch = options.allowRemoteRefs ? fetchRef : undefined
  const specs = [new SpecFiles({ root, fetch }), new SpecFiles({ root, fetch })] as const
  const [was, next] = await Promise.all([openDescription(old, specs[0]), openDescription(now, specs[1])])
  const problems: Problem[] = []
  const collect = (): readonly Problem[] => [...problems, ...unique(specs.flatMap((one) => one.problems))]
  if (was === undefined || next === undefined)
    return { checked: [], findings: [], skipped: {}, problems: collect() }
  const services = servicesOf(old, now, config, options)
  const service = options.service ?? services[0] ?? was.version.title ?? old
  const findings = [...findingsOf(compareDescriptions(was, next), service, next.version.version)]
  const touched = config === undefined ? [] : await touchedMocks(config, services, was, next, findings)
  return {
    checked: checkedOf(was, service),
    findings: [...findings, ...touched],
    skipped: {},
    problems: collect(),
  }
}

const servicesOf = (
  old: string,
  now: string,
  config: Config | undefined,
  { service }: CompatOptions,
): readonly string[] => {
  if (service !== undefined) return [service]
  const paths = [old, now].map((path) => resolve(path))
  return (config?.services ?? []).flatMap(({ name, contract }) =>
    contract?.openapi !== undefined && paths.includes(contract.openapi.path) ? [name] : [],
  )
}

/** Mocks that kept the old contract and do not keep the new one; and those of operations that break in another way. */
const touchedMocks = async (
  config: Config,
  services: readonly string[],
  was: Description,
  now: Description,
  changes: readonly Violation[],
): Promise<readonly Violation[]> => {
  if (services.length === 0) return []
  const { files } = await openFiles(config)
  const routers = [new Router(was), new Router(now)] as const
  const broken = new Map(
    changes.flatMap((one) => (one.severity === 'violation' ? [[one.operation, one] as const] : [])),
  )
  const found: Violation[] = []
  for (const file of files) {
    const dialect = dialects.get(file.protocol)
    if (!services.includes(file.service) || file.protocol !== 'http' || dialect === undefined) continue
    const bodies = responseFiles(file, () => undefined)
    file.mocks.forEach((mock, i) => {
      const one = httpMock(file, i, repliesOf(mock, dialect, bodies).replies)
      const before = new Set(violations(checkMock(one, was, routers[0])).map(identity))
      const after = violations(checkMock(one, now, routers[1]))
      const fresh = after.filter((each) => !before.has(identity(each)))
      found.push(
        ...fresh.map((each) => ({
          ...each,
          ...(now.version.version !== undefined && { since: now.version.version }),
        })),
      )
      if (fresh.length > 0) return
      const change = broken.get(operationOfMock(one, routers))
      if (change === undefined) return
      found.push({
        severity: 'notVerifiable',
        rule: 'mock-touched',
        service: file.service,
        version: file.version,
        operation: change.operation,
        mock: mock.name,
        at: mock.at,
        path: change.path,
        message: `its operation breaks consumers: ${change.message}`,
        contract: change.at,
      })
    })
  }
  return found
}

const operationOfMock = (mock: ReturnType<typeof httpMock>, routers: readonly Router[]): string => {
  const { path, method } = mock.request
  for (const router of routers) {
    const operation = router.find(String(path))?.operations.find((one) => one.method === method)
    if (operation !== undefined) return operation.name
  }
  return operationOf(mock.request)
}

const violations = (all: readonly Violation[]): readonly Violation[] =>
  all.filter(({ severity }) => severity === 'violation')
const identity = ({ rule, path, expected }: Violation): string => JSON.stringify([rule, path, expected])

const checkedOf = ({ operations, file }: Description, service: string): readonly Checked[] =>
  operations.map((operation) => ({
    name: operation.name,
    operation: operation.name,
    service,
    at: file.locate(operation.node.pointer),
  }))

const findingsOf = (
  changes: readonly Change[],
  service: string,
  since: string | undefined,
): readonly Violation[] => changes.map((change) => violationOfChange(change, service, since))

const openFiles = async (
  config: Config,
): Promise<{ readonly files: readonly MockFile[]; readonly library: MockLibrary }> => {
  const definitions = await ServiceDefinitions.load(config)
  const tools = await libraryTools({ definitions })
  try {
    const library = MockLibrary.open(config, tools)
    return { files: library.files(), library }
  } finally {
    tools.scripts?.close()
  }
}

const unique = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(
    problems.map((one) => [`${one.at.file}:${one.at.line}:${one.at.column} ${one.message}`, one]),
  ).values(),
]
