/**
 * `svc-mock verify --passive -- <tests>`: the provider's own tests call it through a proxy, and what it answers is held against the mocks
 * whose conditions the calls meet. Nothing is sent that the tests do not send.
 */
import type { Config, ServiceConfig } from '../../config/config.ts'
import type { ContractReport } from '../../contract/violation.ts'
import { newTenant } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Authority } from '../../core/service-entry.ts'
import { homeOf } from '../../proxy/services.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { libraryTools } from '../library-tools.ts'
import { workspaceMasks } from '../masks.ts'
import { MockLibrary } from '../mock-library.ts'
import {
  authorityOf,
  type ProviderTests,
  runBeforeProvider,
  shownProvider,
} from './passive/before-provider.ts'
import { ExercisedLibrary } from './passive/exercised.ts'
import { SeenReplies } from './passive/seen-replies.ts'
import { passiveProtocols } from './passive-protocols/index.ts'
import { promisesOf } from './promises.ts'

export interface VerifyPassiveOptions extends ProviderTests {
  /** Whose mocks; undefined: the only service that can be meant. */
  readonly service: string | undefined
  /** Where the provider runs; undefined: as svc-mock.yaml says. */
  readonly provider: URL | undefined
  /** Semver range; undefined: all versions. */
  readonly version: string | undefined
}

export interface PassiveVerification {
  /** Of the tests, or 128 + n for a signal. */
  readonly exitCode: number
  readonly report: ContractReport
  /** Calls to the provider that passed. */
  readonly calls: number
}

/** Rejects with FLAG_INVALID for a service that is none, not clear, or of which nobody knows where it runs. */
export const verifyPassive = async (
  config: Config,
  options: VerifyPassiveOptions,
): Promise<PassiveVerification> => {
  const startedAt = performance.now()
  const definitions = await ServiceDefinitions.load(config)
  const masks = workspaceMasks(config.root, options.env)
  const tools = await libraryTools({ definitions, masks })
  try {
    const library = MockLibrary.open(config, tools)
    const service = serviceOf(config, library, options.service)
    const provider = providerOf(service, options.provider)
    const files = library.filesInForce().filter((file) => file.service === service.name)
    const { items, left } = promisesOf(library, files, options.version)
    const protocol = passiveProtocols.find(({ name }) => name === service.protocol)!
    const own = items.filter(({ file }) => file.protocol === service.protocol)
    const promises = new ExercisedLibrary(own, library.index, protocol)
    const seen = new SeenReplies([promises], protocol, newTenant(config.tenant))
    const exitCode = await runBeforeProvider(
      narrowed(config, service, options.version),
      service,
      provider,
      seen,
      options,
    )
    const { calls, skipped } = await seen.result()
    const { checked, findings } = promises.result()
    const paths = new Set(files.map((file) => file.display))
    return {
      exitCode,
      calls,
      report: {
        command: 'verify --passive',
        against: [shownProvider(service.name, provider)],
        checked,
        findings,
        skipped: counted(skipped, left),
        problems: library.problems().filter(({ at }) => paths.has(at.file)),
        durationMs: performance.now() - startedAt,
      },
    }
  } finally {
    tools.scripts?.close()
  }
}

/** With the reasons for which mocks promise nothing. */
export const counted = (
  calls: ReadonlyMap<string, number>,
  left: readonly string[],
): Readonly<Record<string, number>> => {
  const all = new Map(calls)
  for (const reason of left) all.set(reason, (all.get(reason) ?? 0) + 1)
  return Object.fromEntries(all)
}

const serviceOf = ({ services }: Config, library: MockLibrary, asked: string | undefined): ServiceConfig => {
  const able = services.filter(({ protocol }) => passiveProtocols.some(({ name }) => name === protocol))
  const mocked = able.filter(({ name }) => library.files().some((file) => file.service === name))
  const only = [able, mocked].find(({ length }) => length === 1)?.[0]
  const found = asked === undefined ? only : able.find(({ name }) => name === asked)
  if (found !== undefined) return found
  throw new SvcMockError(
    'FLAG_INVALID',
    asked === undefined
      ? 'it is not clear which service the tests call'
      : `there is no service ${asked} of protocol http or grpc in svc-mock.yaml`,
    { hint: `--service takes one of: ${able.map(({ name }) => name).join(', ') || 'none is there'}` },
  )
}

const providerOf = (service: ServiceConfig, asked: URL | undefined): Authority => {
  if (asked !== undefined) return authorityOf(asked)
  const home = service.upstream ?? (service.hosts.join() === service.name ? undefined : homeOf(service))
  if (home !== undefined) return home
  throw new SvcMockError('FLAG_INVALID', `nothing says where ${service.name} runs while it is tested`, {
    hint: 'say so: --provider http://127.0.0.1:8080',
  })
}

const narrowed = (config: Config, { name }: ServiceConfig, version: string | undefined): Config => ({
  ...config,
  services: config.services.map((one) =>
    one.name === name ? { ...one, version: version ?? one.version } : one,
  ),
})
