/**
 * `svc-mock verify --spec`: every mock of a library held against its service's contract. HTTP mocks against OpenAPI; gRPC
 * mocks were held against their definitions when they were loaded, and what was wrong then is a violation here.
 */
import type { Config, ServiceConfig } from '../../config/config.ts'
import { checkMock } from '../../contract/formats/openapi/check-mock.ts'
import { SpecFiles } from '../../contract/formats/openapi/document.ts'
import { type Description, openDescription } from '../../contract/formats/openapi/operations.ts'
import { Router } from '../../contract/formats/openapi/router.ts'
import type { Checked, ContractReport, Violation } from '../../contract/violation.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockDefinition, MockFile } from '../../mock/definition.ts'
import { responseFiles } from '../../mock/load/response-files.ts'
import { versionTest } from '../../mock/versions.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { dialects, libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { wantedFiles } from '../wanted-files.ts'
import { fetchRef } from './fetch-ref.ts'
import { httpMock, operationOf } from './http-mock.ts'
import { repliesOf } from './replies.ts'

export interface VerifySpecOptions {
  /** Files or folders, relative to the working directory; none: all of the library. */
  readonly paths: readonly string[]
  /** Only this service. */
  readonly service?: string | undefined
  /** Semver range: only mocks of these versions. */
  readonly version?: string | undefined
  readonly allowRemoteRefs: boolean
}

/** Rejects with CONTRACT_MISSING where no service that is meant has a contract, FLAG_INVALID for an unknown one. */
export const verifySpec = async (config: Config, options: VerifySpecOptions): Promise<ContractReport> => {
  const startedAt = performance.now()
  const services = config.services.filter(
    ({ name }) => options.service === undefined || name === options.service,
  )
  if (services.length === 0 && options.service !== undefined) {
    throw new SvcMockError('FLAG_INVALID', `there is no service ${options.service}`, {
      hint: `services are ${config.services.map(({ name }) => name).join(', ')}`,
    })
  }
  const definitions = await ServiceDefinitions.load(config)
  const tools = await libraryTools({ definitions })
  try {
    const library = MockLibrary.open(config, tools)
    const all = library.filesInForce()
    const { wants } = wantedFiles(
      options.paths,
      all.map(({ path }) => path),
    )
    const verification = new Verification(config, options)
    for (const service of services) {
      const files = all.filter(
        (file) => file.service === service.name && wants(file.path) && isAsked(file.version, options.version),
      )
      if (service.contract?.openapi !== undefined)
        await verification.openapi(service.name, service.contract.openapi, files)
      else if (definitions.of(service.name) !== undefined) verification.definitions(service, files, library)
      else verification.without(files)
    }
    if (verification.against.length === 0) throw noContract(services)
    const broken = library.problems().filter(({ at }) => verification.isOurs(at.file))
    return {
      command: 'verify --spec',
      against: verification.against,
      checked: verification.checked,
      findings: verification.findings,
      skipped: Object.fromEntries(verification.skipped),
      problems: [...verification.problems, ...broken, ...definitions.problems()],
      durationMs: performance.now() - startedAt,
    }
  } finally {
    tools.scripts?.close()
  }
}

const isAsked = (version: string | undefined, range: string | undefined): boolean =>
  range === undefined || version === undefined || versionTest(range)(version)

type Openapi = NonNullable<NonNullable<ServiceConfig['contract']>['openapi']>

class Verification {
  readonly against: string[] = []
  readonly checked: Checked[] = []
  readonly findings: Violation[] = []
  readonly skipped = new Map<string, number>()
  readonly problems: Problem[] = []
  readonly #files = new Set<string>()
  readonly #config: Config
  readonly #options: VerifySpecOptions

  constructor(config: Config, options: VerifySpecOptions) {
    this.#config = config
    this.#options = options
  }

  /** Mistakes in it keep the verification from being whole. */
  isOurs(display: string): boolean {
    return this.#files.has(display)
  }

  async openapi(name: string, openapi: Openapi, files: readonly MockFile[]): Promise<void> {
    const specs = new SpecFiles({
      root: this.#config.root,
      fetch: this.#options.allowRemoteRefs ? fetchRef : undefined,
    })
    const description = await openDescription(openapi.path, specs, openapi.at)
    this.against.push(`${name}: ${openapi.shown}`)
    if (description !== undefined) this.#http(files, description)
    else this.#skip('contract cannot be read', count(files))
    this.problems.push(...specs.problems)
  }

  #http(files: readonly MockFile[], description: Description): void {
    const router = new Router(description)
    for (const file of files) {
      this.#files.add(file.display)
      const dialect = dialects.get(file.protocol)
      if (dialect === undefined || file.protocol !== 'http') continue
      const bodies = responseFiles(file, () => undefined)
      file.mocks.forEach((mock, i) => {
        if (mock.contract === false) {
          this.#skip('contract: false', 1)
          return
        }
        const { replies, left } = repliesOf(mock, dialect, bodies)
        if (left !== undefined) this.#skip(left, 1)
        const found = checkMock(httpMock(file, i, replies), description, router)
        this.#check(file, mock, found[0]?.operation ?? operationOf(mock.request))
        this.findings.push(...found)
      })
    }
  }

  definitions({ name, proto }: ServiceConfig, files: readonly MockFile[], library: MockLibrary): void {
    const shown = proto?.files.map((file) => file.shown) ?? []
    this.against.push(`${name}: ${shown.length === 0 ? 'its own definitions' : shown.join(', ')}`)
    const wrong = Map.groupBy(
      library.problems().filter(({ severity }) => severity === 'error'),
      ({ at }) => at.file,
    )
    for (const file of files) {
      const own = wrong.get(file.display) ?? []
      // A file with a mistake of shape has no mocks in force; its drafts are those that were tried.
      const { mocks } = file.drafts ?? file
      for (const mock of mocks) this.#check(file, mock, operationOf(mock.request))
      for (const problem of own) this.findings.push(violationOf(problem, file, mocks))
      for (const mock of mocks) {
        if (mock.script !== undefined) this.#skip('script', 1)
        else if (mock.upstream !== undefined) this.#skip('upstream', 1)
      }
    }
  }

  without(files: readonly MockFile[]): void {
    this.#skip('service without a contract', count(files))
  }

  #check({ service }: MockFile, { name, at }: MockDefinition, operation: string): void {
    this.checked.push({ name, service, operation, at })
  }

  #skip(reason: string, n: number): void {
    if (n > 0) this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + n)
  }
}

const count = (files: readonly MockFile[]): number => files.reduce((sum, { mocks }) => sum + mocks.length, 0)

/** The mock that begins nearest above the place. */
const violationOf = (problem: Problem, file: MockFile, mocks: readonly MockDefinition[]): Violation => {
  const mock = mocks.findLast(({ at }) => at.line <= problem.at.line)
  return {
    severity: 'violation',
    rule: 'definition',
    service: file.service,
    version: file.version,
    operation: mock === undefined ? file.display : operationOf(mock.request),
    mock: mock?.name,
    at: problem.at,
    path: '',
    message: problem.message,
    hint: problem.hint,
  }
}

const noContract = (services: readonly ServiceConfig[]): SvcMockError => {
  const [service] = services
  return new SvcMockError(
    'CONTRACT_MISSING',
    services.length === 1 ? `${service!.name} has no contract` : 'no service has a contract',
    service === undefined
      ? {}
      : {
          hint: `name it in svc-mock.yaml: services: { ${service.name}: { contract: { openapi: ./${service.name}.yaml } } }`,
        },
  )
}
