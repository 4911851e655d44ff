/** A service as the running program sees it. The configuration makes it; `mode` may be switched while running. */
import type { ServiceContract } from './contract.ts'
import type { Definitions } from './definitions.ts'
import type { ServiceFault } from './fault.ts'
import type { ScriptLimits } from './script.ts'

export type Mode = 'mock' | 'passthrough' | 'record' | 'direct'
export type OnMiss = 'fail' | 'passthrough' | 'record'

/** Where a service's calls go when they leave: scheme, host and port, and a path that is put before the call's. */
export interface Authority {
  readonly scheme: 'http' | 'https' | 'tcp' | 'redis' | 'rediss' | 'kafka' | 'kafkas'
  readonly host: string
  readonly port: number
  /** Without a trailing slash; '' for none. */
  readonly basePath: string
}

/** How the asked version is read from a call: from a header, or from a path template such as `/v{version}/`. */
export type VersionFrom =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'path'; readonly template: string }

/** How we speak TLS to a service's upstream. */
export interface UpstreamTls {
  /** PEM certificates that are trusted besides the usual roots. */
  readonly ca: string | undefined
  /** PEM chain and key that we show when asked (mutual TLS). */
  readonly cert: string | undefined
  readonly key: string | undefined
  /** The upstream's certificate is not verified. */
  readonly insecure: boolean
  /** Connections with equal identities may be shared. */
  readonly identity: string
}

export interface ServiceTls {
  /** false: TLS of its clients passes unread. */
  readonly intercept: boolean
  /** undefined: verified against the usual roots, nothing shown. */
  readonly upstream: UpstreamTls | undefined
}

/** What a service has that says nothing about TLS. */
export const defaultTls: ServiceTls = { intercept: true, upstream: undefined }

export type KeyPolicy = 'isolate' | 'shared' | 'overlay'

/** How a service of protocol redis is shared. */
export interface RedisSettings {
  /** Whose lane its port is; undefined: the workspace's tenant. */
  readonly tenant: string | undefined
  /** Where a client may name another: in the user of AUTH and HELLO, or in CLIENT SETNAME, as `<tenant>@<rest>`. */
  readonly tenantFrom: 'auth' | 'name' | undefined
  /** The first whose glob pattern matches a key decides; else isolate. */
  readonly keys: readonly { readonly match: string; readonly policy: KeyPolicy }[]
  readonly channels: 'isolate' | 'shared'
  /** Keys keep their slots, and the nodes' addresses are replaced by ports of ours. */
  readonly cluster: boolean
  /** Commands, upper case, that pass although they can harm a shared server: `CONFIG SET`, or `CONFIG` for all of them. */
  readonly allow: readonly string[]
}

/** `mirror`: shared; the tenant sees its own records, the baseline all. `guarded`: shared; one side sees each. `private`: the tenant's own. */
export type TopicLane = 'mirror' | 'guarded' | 'private'

/** How topics of protocol kafka are shared whose names match a glob. */
export interface TopicPolicy {
  readonly match: string
  readonly lane: TopicLane
  /** What becomes of a tenant's records while nobody of it consumes. Only for `guarded`. */
  readonly offline: 'hold' | 'baseline'
  /** The tenant sees records without a tag, too. */
  readonly alsoUntagged: boolean
  /** Where a group of the tenant begins that has committed nothing yet. */
  readonly start: 'latest' | 'baseline' | 'earliest'
  /** A header of the record that names its tenant where no tag does. */
  readonly tagFrom: string | undefined
  /** What its values are; undefined: nobody said. */
  readonly value?: ValueFormat | undefined
}

/** A schema that others name. */
export interface SchemaPart {
  /** As they name it: the path of a .proto file, the `$ref` of a JSON Schema, the full name of an Avro type. */
  readonly name: string
  readonly text: string
}

/** How values of records are written, and by which schema. */
export interface ValueFormat {
  readonly format: 'json' | 'string' | 'binary' | 'avro' | 'protobuf'
  /** A file's text, and its name as written; `imported`: what it names, before it. */
  readonly schema:
    | { readonly shown: string; readonly text: string; readonly imported: readonly SchemaPart[] }
    | undefined
  /** Of Confluent's API. */
  readonly registry: Authority | undefined
  /** Only for protobuf: the message's full name. */
  readonly message: string | undefined
  /** Stands before the value, where no registry says it. */
  readonly id: number | undefined
}

/** How a service of protocol kafka is shared. */
export interface KafkaSettings {
  /** Whose lane its port is; undefined: the workspace's tenant. */
  readonly tenant: string | undefined
  /** Any of them leads to the cluster; none where it is embedded. */
  readonly brokers: readonly Authority[]
  /** The first that matches decides; else mirror, from the latest on. */
  readonly topics: readonly TopicPolicy[]
  /** For questions of our own; undefined: as the client authenticates, where that can be done again. */
  readonly sasl:
    | { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
    | undefined
  /** What clients are told of the brokers' ports here: the host, and the first of consecutive ports; undefined: where they are. */
  readonly advertise?: { readonly host: string; readonly port: number } | undefined
}

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

export interface ServiceEntry {
  readonly name: string
  readonly protocol: string
  /** False for a host that no service names. */
  readonly known: boolean
  /** True for infrastructure under allowHosts: passed through always, counted apart. */
  readonly allowed: boolean
  mode: Mode
  readonly onMiss: OnMiss
  /** The configured semver range, if any. */
  readonly version: string | undefined
  readonly versionFrom: VersionFrom
  /** undefined: the upstream is where the client was going. */
  readonly upstream: Authority | undefined
  /** Served in this process, by what its protocol embeds; `upstream` is undefined then. */
  readonly embedded: boolean
  readonly tls: ServiceTls
  /** Own port: `host:port`. */
  readonly listen: string | undefined
  /** true: any origin for mocked replies; a list: these origins, for passed calls too; false: none. */
  readonly cors: boolean | readonly string[]
  /** Bytes of a request body that matching reads at most. */
  readonly bodyLimit: number
  /** Bytes of one message at most, in protocols that send messages. */
  readonly messageLimit: number
  /** How its calls are read; changes when the files change. */
  definitions: Definitions | undefined
  /** What its scripts may take. */
  readonly script: ScriptLimits
  /** What goes wrong with its calls on purpose; innermost first. Drills change it. */
  faults: readonly ServiceFault[] | undefined
  /** Only for protocol redis. */
  readonly redis?: RedisSettings | undefined
  /** Only for protocol kafka. */
  readonly kafka?: KafkaSettings | undefined
  /** What its calls are held against while they pass; absent: nothing. Changes when the files change. */
  contract?: ServiceContract | undefined
}
