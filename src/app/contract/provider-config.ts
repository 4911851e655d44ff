/** The configuration under which contracts of other repositories are read: one service, and no workspace. */
import type { Config, ServiceConfig } from '../../config/config.ts'
import { userFolder } from '../../config/user-folder.ts'
import type { NamedPath } from '../../core/definitions.ts'
import { defaultScriptLimits } from '../../core/script.ts'
import { defaultTls } from '../../core/service-entry.ts'
import { baselineId } from '../../core/tenant-name.ts'

export interface ProviderService {
  readonly name: string
  readonly protocol: 'http' | 'grpc'
  readonly provider: URL
  /** Of gRPC; none: the provider is asked. */
  readonly proto: readonly NamedPath[]
  readonly importPaths: readonly NamedPath[]
}

/**
 * `root`: what files are shown relative to. `own`: of the provider's own workspace, if it has one: what it guards, and what it says of
 * a service of that name, count here too.
 */
export const providerConfig = (
  root: string,
  service: ProviderService,
  env: Readonly<Record<string, string | undefined>>,
  own: Config | undefined,
): Config => ({
  root,
  file: '',
  files: [],
  userFolder: userFolder(env),
  name: undefined,
  listen: { host: '127.0.0.1', port: 0 },
  tenant: baselineId,
  tenants: { header: 'baggage', store: undefined, tenants: [] },
  routes: [],
  library: [],
  disable: [],
  packages: [],
  onMiss: 'fail',
  unknownHosts: 'fail',
  allowHosts: [],
  services: [serviceOf(service, own)],
  guard: own?.guard ?? { production: [] },
  limits: { body: 10 * 1024 * 1024, message: 4 * 1024 * 1024 },
  record: { folder: root, display: '', headers: [], volatile: [], maxBytes: 0, queueBytes: 0 },
  upstreamProxy: undefined,
  proxyCredentials: undefined,
  control: { listen: { host: '127.0.0.1', port: 0 }, wiremock: false, journalBytes: 0, token: undefined },
  strict: true,
  allowRemote: false,
})

const serviceOf = (
  { name, protocol, provider, proto, importPaths }: ProviderService,
  own: Config | undefined,
): ServiceConfig => {
  const known = own?.services.find((service) => service.name === name && service.protocol === protocol)
  return {
    name,
    protocol,
    // Never called: only says where made-up calls would go.
    hosts: ['provider.invalid'],
    upstream:
      protocol === 'grpc'
        ? {
            scheme: provider.protocol === 'https:' ? 'https' : 'http',
            host: provider.hostname.replace(/^\[|\]$/g, ''),
            port: Number(provider.port || (provider.protocol === 'https:' ? 443 : 80)),
            basePath: provider.pathname.replace(/\/$/, ''),
          }
        : undefined,
    embedded: false,
    mode: 'mock',
    onMiss: 'fail',
    version: undefined,
    versionFrom: { kind: 'header', name: 'svcm-version' },
    listen: undefined,
    tls: known?.tls ?? defaultTls,
    cors: true,
    fault: undefined,
    script: defaultScriptLimits,
    proto:
      protocol !== 'grpc'
        ? undefined
        : proto.length === 0 && known?.proto !== undefined
          ? known.proto
          : { files: proto, importPaths, reflection: proto.length === 0 },
    contract: undefined,
    redis: undefined,
    kafka: undefined,
  }
}
