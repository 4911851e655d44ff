/** `svc-mock can-use`: whether a package of mocks still tells the truth of a contract, or of a provider that runs. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { LibraryFolder } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import { type LibraryAddress, parseAddress } from '../../registry/address.ts'
import type { FetchedLibrary } from '../../registry/fetch.ts'
import { providerConfig } from '../contract/provider-config.ts'
import { type VerifyProviderOptions, verifyProvider } from '../contract/verify-provider.ts'
import { verifySpec } from '../contract/verify-spec.ts'
import type { ContractReport } from '../contract-view.ts'
import type { Config } from '../workspace.ts'
import { packedProto } from './packed-definitions.ts'
import { withPackage } from './workspace-packages.ts'

export interface CanUseOptions {
  /** `@acme/orders-mocks@^1.4`, or an address as `library` has it. */
  readonly package: string
  /** Whose mocks, where the package has those of several services. */
  readonly service: string | undefined
  /** Semver range of versions of the service; undefined: all. */
  readonly version: string | undefined
  readonly against: AgainstSpec | AgainstProvider
}

export interface AgainstSpec {
  readonly kind: 'spec'
  /** OpenAPI, or .proto files and folders of them; relative to the working directory. */
  readonly file: string
  readonly allowRemoteRefs: boolean
}

export interface AgainstProvider {
  readonly kind: 'provider'
  readonly options: Omit<VerifyProviderOptions, 'service' | 'version'>
}

export interface CanUsePlace {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The workspace that is here, if there is one: what it guards counts. */
  readonly workspace: Config | undefined
}

export interface CanUseReport extends ContractReport {
  readonly package: { readonly name: string; readonly version: string; readonly service: string }
  readonly complete: boolean
}

/** Rejects as `fetchLibrary`, `verify --spec` and `verify --provider` do, and with FLAG_INVALID where it is not clear what is asked. */
export const canUse = (options: CanUseOptions, place: CanUsePlace): Promise<CanUseReport> => {
  const address = addressOf(options.package)
  const { against } = options
  if (against.kind === 'spec' && !existsSync(resolve(place.cwd, against.file)))
    throw new SvcMockError('FLAG_INVALID', `--spec ${against.file} does not exist`, {
      hint: 'name an OpenAPI file, a .proto file, or a folder of them',
    })
  return withPackage(address, place, async (fetched) => {
    const service = serviceOf(fetched, options)
    const config = configOf(fetched, service, options, place)
    const report = await verified(config, service, options)
    if (report.checked.length === 0 && report.problems.length === 0)
      throw new SvcMockError(
        'FLAG_INVALID',
        `${fetched.name} ${fetched.version} has no mock of ${service} that could be held against it`,
        {
          hint:
            options.version === undefined
              ? 'mocks with contract: false promise nothing'
              : 'is --version right?',
        },
      )
    return { ...report, package: { name: fetched.name, version: fetched.version, service } }
  })
}

const addressOf = (text: string): LibraryAddress => {
  const parsed = parseAddress(/^(?:npm:|git\+)/.test(text) ? text : `npm:${text}`)
  if (parsed.ok) return parsed.value
  throw new SvcMockError('FLAG_INVALID', parsed.message, { hint: parsed.hint })
}

const isProto = (file: string): boolean =>
  /\.(?:proto|binpb|desc|pb|protoset)$/.test(file) || !/\.(?:ya?ml|json)$/i.test(file)

/** Where imports of definitions begin: the folder that is named, or any from a file's own up to the working directory. */
const importRoots = (spec: { readonly path: string }, cwd: string): { path: string; shown: string }[] => {
  if (statSync(spec.path, { throwIfNoEntry: false })?.isDirectory() === true)
    return [{ path: spec.path, shown: spec.path }]
  const roots: string[] = []
  for (let folder = dirname(spec.path); !roots.includes(folder); folder = dirname(folder)) {
    roots.push(folder)
    if (folder === cwd) break
  }
  return roots.map((path) => ({ path, shown: path }))
}

const serviceOf = ({ manifest, name }: FetchedLibrary, { service, against }: CanUseOptions): string => {
  const wanted = against.kind === 'provider' ? ['http', 'grpc'] : isProto(against.file) ? ['grpc'] : ['http']
  const names = Object.entries(manifest.services)
    .filter(([, { protocol }]) => wanted.includes(protocol))
    .map(([own]) => own)
    .sort()
  if (service === undefined && names.length === 1) return names[0]!
  if (service !== undefined && names.includes(service)) return service
  const asked =
    service === undefined
      ? names.length === 0
        ? `${name} has no mocks of protocol ${wanted.join(' or ')}`
        : `${name} has mocks of several services`
      : `${name} has no mocks of ${service} that could be held against it`
  throw new SvcMockError('FLAG_INVALID', asked, {
    hint: names.length === 0 ? 'is it the right package?' : `--service takes one of: ${names.join(', ')}`,
  })
}

/** The package alone, as a workspace of one service. */
const configOf = (
  { address, folder, manifest, name, version }: FetchedLibrary,
  service: string,
  { against }: CanUseOptions,
  { cwd, env, workspace }: CanUsePlace,
): Config => {
  const spec = against.kind === 'spec' ? { path: resolve(cwd, against.file), shown: against.file } : undefined
  const protocol = manifest.services[service]!.protocol === 'grpc' ? 'grpc' : 'http'
  const provider = against.kind === 'provider' ? against.options.provider : new URL('http://provider.invalid')
  const proto =
    protocol === 'grpc'
      ? spec === undefined
        ? packedProto(folder, manifest.services[service]!)
        : [spec]
      : []
  const importPaths = protocol === 'grpc' && spec !== undefined ? importRoots(spec, cwd) : []
  const config = providerConfig(
    folder,
    { name: service, protocol, provider, proto, importPaths },
    env,
    workspace,
  )
  const at = { file: spec?.shown ?? '', line: 1, column: 1 }
  const openapi = protocol === 'http' && spec !== undefined ? { ...spec, at } : undefined
  return {
    ...config,
    services: config.services.map((one) => ({
      ...one,
      ...(openapi !== undefined && { contract: { openapi, enforce: undefined } }),
    })),
    library: manifest.library.map(
      (inner, i): LibraryFolder => ({
        folder: join(folder, ...inner.split('/')),
        display: inner,
        layer: i + 1,
        services: new Set([service]),
        origin: { address: address.text, name, version },
      }),
    ),
  }
}

const verified = async (
  config: Config,
  service: string,
  { against, version }: CanUseOptions,
): Promise<ContractReport & { readonly complete: boolean }> => {
  const report =
    against.kind === 'provider'
      ? await verifyProvider(config, { ...against.options, service, version })
      : {
          ...(await verifySpec(config, {
            paths: [],
            service,
            version,
            allowRemoteRefs: against.allowRemoteRefs,
          })),
          complete: version === undefined,
        }
  return { ...report, command: 'can-use' }
}
