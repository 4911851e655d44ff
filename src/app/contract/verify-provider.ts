/**
 * `svc-mock verify --provider`: each mock's call is sent to the real service, and what that answers is held against what the mock
 * answers, by contract rules. What cannot be proved is told apart from what is wrong.
 */
import type { Config } from '../../config/config.ts'
import { productionMatcher } from '../../config/guard.ts'
import type { ContractReport } from '../../contract/violation.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockFile } from '../../mock/definition.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { promisesOf } from './promises.ts'
import { providerProtocols } from './provider-protocols/index.ts'
import type { ProviderProtocol, ProviderSurroundings } from './provider-protocols/protocol.ts'
import { Verification, type VerificationOptions } from './verification.ts'

export interface VerifyProviderOptions
  extends VerificationOptions,
    Pick<ProviderSurroundings, 'headers' | 'values' | 'timeoutMs' | 'retries'> {
  /** Whose mocks; undefined: the only service that has some. */
  readonly service: string | undefined
  /** Semver range; undefined: all versions. */
  readonly version: string | undefined
}

/** Rejects with FLAG_INVALID for a service that is none or not clear, PROVIDER_UNREACHABLE where nothing answers, PRODUCTION_REFUSED. */
export const verifyProvider = async (
  config: Config,
  options: VerifyProviderOptions,
): Promise<ContractReport & { readonly complete: boolean }> => {
  const startedAt = performance.now()
  const definitions = await ServiceDefinitions.load(config)
  const tools = await libraryTools({ definitions })
  try {
    const library = MockLibrary.open(config, tools)
    const service = serviceOf(config, library, options.service)
    const files = library.filesInForce().filter((file) => file.service === service)
    const verification = await verifyFiles(files, { config, library, definitions, service }, options)
    const paths = new Set(files.map((file) => file.display))
    return {
      command: 'verify --provider',
      against: [`${service}: ${options.provider.origin}`],
      checked: verification.checked,
      findings: verification.findings,
      skipped: Object.fromEntries(verification.skipped),
      problems: library.problems().filter(({ at }: Problem) => paths.has(at.file)),
      durationMs: performance.now() - startedAt,
      complete: !verification.stopped && options.version === undefined,
    }
  } finally {
    tools.scripts?.close()
  }
}

/** Whatever is only read there, calls of tests have no business in production. */
const refuseProduction = ({ guard }: Config, { hostname, host }: URL): void => {
  const pattern = productionMatcher(guard.production)(hostname.replace(/^\[|\]$/g, ''))
  if (pattern !== undefined)
    throw new SvcMockError('PRODUCTION_REFUSED', `${host} is production: guard.production names ${pattern}`)
}

/** What these files of a library promise, asked of the provider. Rejects with PROVIDER_UNREACHABLE where nothing answers. */
export const verifyFiles = async (
  files: readonly MockFile[],
  library: Pick<ProviderSurroundings, 'config' | 'library' | 'definitions' | 'service'>,
  options: Omit<VerifyProviderOptions, 'service'>,
): Promise<Verification> => {
  refuseProduction(library.config, options.provider)
  const { items, left } = promisesOf(library.library, files, options.version)
  const protocols = new Map<string, ProviderProtocol>()
  for (const kind of providerProtocols) {
    if (items.some(({ file }) => file.protocol === kind.name))
      protocols.set(kind.name, kind.open({ ...options, ...library }))
  }
  try {
    const verification = new Verification(options, protocols)
    for (const reason of left) verification.skip(reason)
    for (const { file } of items)
      if (!protocols.has(file.protocol)) verification.skip(`protocol ${file.protocol}`)
    await verification.all(items.filter(({ file }) => protocols.has(file.protocol)))
    return verification
  } finally {
    for (const protocol of protocols.values()) protocol.close()
  }
}

const serviceOf = (config: Config, library: MockLibrary, asked: string | undefined): string => {
  const askable = new Set(providerProtocols.map(({ name }) => name))
  const names = [
    ...new Set(
      library
        .files()
        .filter(({ protocol }) => askable.has(protocol))
        .map(({ service }) => service),
    ),
  ].sort()
  const known = names.includes(asked ?? '') || config.services.some(({ name }) => name === asked)
  if (asked !== undefined && known) return asked
  if (asked === undefined && names.length === 1) return names[0]!
  throw new SvcMockError(
    'FLAG_INVALID',
    asked === undefined
      ? 'it is not clear whose mocks the provider is to be asked'
      : `there is no service ${asked}`,
    { hint: `--service takes one of: ${names.join(', ') || 'none has mocks that can be verified'}` },
  )
}
