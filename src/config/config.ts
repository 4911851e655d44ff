/** The one validated configuration: svc-mock.yaml + svc-mock.local.yaml + base files + environment + flags. */
import type { Claim, MessageClaim } from '../core/claim.ts'
import type { Enforce } from '../core/contract.ts'
import type { NamedPath } from '../core/definitions.ts'
import type { Fault } from '../core/fault.ts'
import type { ScriptLimits } from '../core/script.ts'
import type {
  Authority,
  KafkaSettings,
  Mode,
  OnMiss,
  RedisSettings,
  ServiceTls,
  VersionFrom,
} from '../core/service-entry.ts'
import type { SourceLocation } from '../core/source.ts'
import type { PackageConfig } from './library-packages.ts'

export interface Address {
  /** As written; `127.0.0.1`, `::1`, `localhost`, `0.0.0.0`. */
  readonly host: string
  /** 0: a free one. */
  readonly port: number
}

export interface ServiceConfig {
  readonly name: string
  readonly protocol: 'http' | 'grpc' | 'redis' | 'kafka' | 'tcp'
  /** As written, or [name] when the file gives none. */
  readonly hosts: readonly string[]
  readonly upstream: Authority | undefined
  /** `upstream: embedded`: served in this process. */
  readonly embedded: boolean
  readonly mode: Mode
  readonly onMiss: OnMiss
  readonly version: string | undefined
  readonly versionFrom: VersionFrom
  readonly listen: Address | undefined
  readonly tls: ServiceTls
  readonly cors: boolean | readonly string[]
  /** What goes wrong with its calls on purpose. */
  readonly fault: Fault | undefined
  readonly script: ScriptLimits
  /** Where its interface definitions come from; undefined: its protocol knows none. */
  readonly proto: ProtoConfig | undefined
  /** What its mocks are held against; undefined: nothing, or what its definitions say. */
  readonly contract: ContractConfig | undefined
  /** How it is shared; only for protocol redis. */
  readonly redis: RedisSettings | undefined
  /** How it is shared; only for protocol kafka. */
  readonly kafka: KafkaSettings | undefined
}

export interface ContractConfig {
  /** `at`: where svc-mock.yaml names it. undefined: its definitions are its contract. */
  readonly openapi: (NamedPath & { readonly at: SourceLocation }) | undefined
  /** What becomes of live calls and replies that break it; undefined: they are not looked at. */
  readonly enforce: Enforce | undefined
}

export interface ProtoConfig {
  readonly files: readonly NamedPath[]
  readonly importPaths: readonly NamedPath[]
  /** Ask the real service. */
  readonly reflection: boolean
}

export type UnknownHosts = 'passthrough' | 'fail'

/** A folder of mock files; earlier layers win over later ones at equal priority. */
export interface LibraryFolder {
  /** Absolute. */
  readonly folder: string
  /** As shown to people, relative to the workspace. */
  readonly display: string
  /** 0 is the personal `mocks.local/`, from 1 on the folders in the order listed, behind them, never below 3, packages in theirs. */
  readonly layer: number
  /** Absolute paths: nothing else in it is read. Absent: all that is there. */
  readonly only?: ReadonlySet<string>
  /** Only mock files of these services are in it, whatever else lies there. Absent: all are. */
  readonly services?: ReadonlySet<string>
  /** The mock package that it belongs to: it never changes, and nothing is written to it. Absent: it is the workspace's own. */
  readonly origin?: LibraryOrigin
}

/** A mock package as installed. */
export interface LibraryOrigin {
  /** As written in svc-mock.yaml: `npm:@acme/orders-mocks@^1.4`. */
  readonly address: string
  readonly name: string
  readonly version: string
}

/** Layers that hold packages. */
export const packagedLayers = (folders: readonly LibraryFolder[]): ReadonlySet<number> =>
  new Set(folders.flatMap(({ origin, layer }) => (origin === undefined ? [] : [layer])))

/** A mock that `disable` switches off. */
export interface DisabledMock {
  readonly service: string
  readonly mock: string
  /** Where the configuration says so. */
  readonly at: SourceLocation
  readonly frame: string
}

export interface Guard {
  /** Host names, `*.wildcards`, IP addresses, CIDR ranges, as written. */
  readonly production: readonly string[]
}

/** How calls become fixtures. */
export interface RecordConfig {
  /** Absolute. */
  readonly folder: string
  /** As shown to people, relative to the workspace. */
  readonly display: string
  /** Lower case. */
  readonly headers: readonly string[]
  /** As written. */
  readonly volatile: readonly string[]
  readonly maxBytes: number
  readonly queueBytes: number
}

export interface TenantConfig {
  readonly id: string
  readonly claims: readonly Claim[]
  readonly messageClaims: readonly MessageClaim[]
  /** A port of the proxy whose calls are the tenant's, unless they say otherwise. */
  readonly listen: Address | undefined
  /** SHA-256 of client certificates that are the tenant's, as node:crypto's `fingerprint256`. */
  readonly certificates: readonly string[]
}

/** A Redis that holds routes. */
export interface StoreConfig {
  /** Scheme `https`: over TLS. */
  readonly authority: Authority
  readonly user: string
  readonly password: string
  readonly database: number
  /** `redis://host:port`, without user and password. */
  readonly shown: string
}

export interface TenantsConfig {
  /** Where the tag travels; lower case. */
  readonly header: string
  /** undefined: routes that are added are this process's own. */
  readonly store: StoreConfig | undefined
  readonly tenants: readonly TenantConfig[]
}

/** Which instance serves a service for a tenant. */
export interface RouteConfig {
  readonly tenant: string
  readonly service: string
  readonly instance: Authority
}

/** Where commands and test clients speak to a running process. */
export interface ControlConfig {
  /** On loopback. */
  readonly listen: Address
  /** WireMock's admin API is served, and the journal that it needs is kept. */
  readonly wiremock: boolean
  /** How much the journal holds. */
  readonly journalBytes: number
  /** `SVC_MOCK_CONTROL_TOKEN`; undefined: a new one for each process. Never printed. */
  readonly token: string | undefined
}

export interface Config {
  /** Absolute folder that holds svc-mock.yaml. */
  readonly root: string
  /** Absolute path of svc-mock.yaml. */
  readonly file: string
  /** Every file that was read (base and local ones too), absolute: what reloading watches. */
  readonly files: readonly string[]
  /** Absolute folder of what belongs to the user: the certificate authority. */
  readonly userFolder: string
  readonly name: string | undefined
  readonly listen: Address
  readonly control: ControlConfig
  /** Whose calls are that say nothing themselves. */
  readonly tenant: string
  readonly tenants: TenantsConfig
  readonly routes: readonly RouteConfig[]
  readonly library: readonly LibraryFolder[]
  /** Mocks that are not in force, by name. */
  readonly disable: readonly DisabledMock[]
  /** Mock packages that `library` names. */
  readonly packages: readonly PackageConfig[]
  readonly onMiss: OnMiss
  readonly unknownHosts: UnknownHosts
  /** Host patterns, same forms as hosts. */
  readonly allowHosts: readonly string[]
  /** `'{service}.test.svc.cluster.local'` templates of a base file, applied to each service. */
  readonly services: readonly ServiceConfig[]
  readonly guard: Guard
  readonly limits: { readonly body: number; readonly message: number }
  readonly record: RecordConfig
  /** `http://user:password@host:port`; never printed. */
  readonly upstreamProxy: string | undefined
  readonly proxyCredentials: { readonly user: string; readonly password: string } | undefined
  readonly strict: boolean
  readonly allowRemote: boolean
}
