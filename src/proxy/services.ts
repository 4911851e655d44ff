/** The configured services as calls see them, by name and by host; replaced as a whole when svc-mock.yaml changes. */
import type { Config, ServiceConfig } from '../config/config.ts'
import { parseHostPattern } from '../config/host-pattern.ts'
import { HostTable } from '../config/hosts.ts'
import type { ServiceContract } from '../core/contract.ts'
import type { Definitions } from '../core/definitions.ts'
import type { ServiceFault } from '../core/fault.ts'
import { defaultScriptLimits } from '../core/script.ts'
import type { Authority, Mode, ServiceEntry } from '../core/service-entry.ts'

/** What of the configuration says which services there are. */
export type ServicesConfig = Pick<Config, 'services' | 'allowHosts' | 'limits' | 'strict'>

/** Hosts that no service names are named by callers, so what is remembered of them is bounded. */
const rememberedHosts = 1_000

export class Services {
  readonly entries: ReadonlyMap<string, ServiceEntry>
  readonly configs: ReadonlyMap<string, ServiceConfig>
  private readonly table: HostTable<ServiceEntry>
  /** By host and port alone, for connections whose paths are not known yet. */
  private readonly hosts: HostTable<ServiceEntry>
  private readonly allowed: HostTable<true>
  private readonly unknown = new Map<string, ServiceEntry>()
  private readonly limits: Config['limits']

  /** `modes`: switched while running; they outlive a reload. */
  constructor(config: ServicesConfig, modes: ReadonlyMap<string, Mode>) {
    this.limits = config.limits
    this.configs = new Map(config.services.map((service) => [service.name, service]))
    this.entries = new Map(
      config.services.map((service) => [service.name, entryOf(service, config, modes.get(service.name))]),
    )
    this.table = new HostTable(
      config.services.map((service) => ({ patterns: service.hosts, value: this.entries.get(service.name)! })),
    )
    this.hosts = new HostTable(
      config.services.map((service) => ({
        patterns: service.hosts.map(withoutBasePath),
        value: this.entries.get(service.name)!,
      })),
    )
    this.allowed = new HostTable([{ patterns: config.allowHosts, value: true as const }])
  }

  find(
    host: string,
    port: number,
    path: string,
  ): { readonly service: ServiceEntry; readonly basePath: string } | undefined {
    const found = this.table.find(host, port, path)
    return found === undefined ? undefined : { service: found.value, basePath: found.basePath }
  }

  named(name: string): ServiceEntry | undefined {
    return this.entries.get(name)
  }

  /** A service at this host, on whatever path. */
  atHost(host: string, port: number): ServiceEntry | undefined {
    return (this.table.find(host, port, '/') ?? this.hosts.find(host, port, '/'))?.value
  }

  /** Puts the faults of running drills around the services' own. */
  setDrills(drills: ReadonlyMap<string, readonly ServiceFault[]>): void {
    for (const [name, entry] of this.entries) {
      const own = ownFaults(this.configs.get(name)!)
      const brought = drills.get(name)
      entry.faults = brought === undefined ? own : [...(own ?? []), ...brought]
    }
  }

  setDefinitions(definitions: ReadonlyMap<string, Definitions>): void {
    for (const [name, entry] of this.entries) entry.definitions = definitions.get(name)
  }

  setContracts(contracts: ReadonlyMap<string, ServiceContract>): void {
    for (const [name, entry] of this.entries) entry.contract = contracts.get(name)
  }

  /** An entry for a host that no service names. */
  unnamed(host: string, port: number): ServiceEntry {
    const name = `${host.includes(':') ? `[${host}]` : host}:${port}`
    const known = this.unknown.get(name)
    if (known !== undefined) return known
    const allowed = this.allowed.find(host, port, '/') !== undefined
    const entry: ServiceEntry = {
      ...plainEntry(name),
      allowed,
      bodyLimit: this.limits.body,
      messageLimit: this.limits.message,
    }
    if (this.unknown.size >= rememberedHosts) this.unknown.clear()
    this.unknown.set(name, entry)
    return entry
  }
}

/** What nobody has configured: calls pass as they are. */
export const plainEntry = (name: string): ServiceEntry => ({
  name,
  protocol: 'http',
  known: false,
  allowed: false,
  mode: 'passthrough',
  onMiss: 'passthrough',
  version: undefined,
  versionFrom: { kind: 'header', name: 'svcm-version' },
  upstream: undefined,
  embedded: false,
  tls: { intercept: false, upstream: undefined },
  listen: undefined,
  cors: false,
  bodyLimit: 0,
  messageLimit: 0,
  definitions: undefined,
  script: defaultScriptLimits,
  faults: undefined,
})

const withoutBasePath = (text: string): string => {
  const parsed = parseHostPattern(text)
  return parsed.ok && parsed.pattern.basePath !== '' ? text.slice(0, text.indexOf('/')) : text
}

const entryOf = (service: ServiceConfig, config: ServicesConfig, mode: Mode | undefined): ServiceEntry => ({
  name: service.name,
  protocol: service.protocol,
  known: true,
  allowed: false,
  mode: mode ?? service.mode,
  // What a cache was told, or a topic, is no mock's, so that --strict leaves it as it is.
  onMiss: config.strict && !['redis', 'kafka'].includes(service.protocol) ? 'fail' : service.onMiss,
  version: service.version,
  versionFrom: service.versionFrom,
  upstream: service.upstream,
  embedded: service.embedded,
  tls: service.tls,
  listen: service.listen === undefined ? undefined : `${service.listen.host}:${service.listen.port}`,
  cors: service.cors,
  bodyLimit: config.limits.body,
  messageLimit: config.limits.message,
  definitions: undefined,
  script: service.script,
  faults: ownFaults(service),
  redis: service.redis,
  kafka: service.kafka,
})

const ownFaults = ({ fault }: ServiceConfig): readonly ServiceFault[] | undefined =>
  fault === undefined ? undefined : [{ fault, drill: undefined }]

/** Where an own port's calls go when the configuration names no upstream: the service's first plain host, as they came. */
export const homeOf = (service: ServiceConfig, scheme: 'http' | 'https' = 'http'): Authority | undefined => {
  if (service.upstream !== undefined) return service.upstream
  for (const pattern of service.hosts) {
    const match = /^(\[[^\]]+\]|[^:/*{]+)(?::(\d+))?(\/.*)?$/.exec(pattern)
    if (match === null || (match[3] !== undefined && /^\/\d+$/.test(match[3]))) continue
    return {
      scheme,
      host: match[1]!.replace(/^\[|\]$/g, ''),
      port: Number(match[2] ?? (scheme === 'https' ? 443 : 80)),
      basePath: (match[3] ?? '').replace(/\/$/, ''),
    }
  }
  return undefined
}
