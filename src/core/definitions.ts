/**
 * Interface definitions of a service: what can be called and how its messages look, from files of their own (proto
 * files, an IDL) or from the real service itself. Only the protocol that made them knows what is in them.
 */
import type { Problem } from './problem.ts'
import type { Dial } from './protocol.ts'
import type { Authority, UpstreamTls } from './service-entry.ts'

/** What one service's calls and mocks are read with. Never changes; changed files make a new one. */
export interface Definitions {
  readonly protocol: string
  /** Everything that can be called, as calls show it: `acme.Inventory/Get`. */
  readonly operations: readonly string[]
  /** All of it as plain data, from which `RestoreDefinitions` makes the same again in another thread. */
  portable(): unknown
}

/** A file or folder that svc-mock.yaml names. */
export interface NamedPath {
  /** Absolute. */
  readonly path: string
  /** As written. */
  readonly shown: string
}

/** Where the definitions of a service come from, as its configuration says. */
export interface DefinitionSource {
  readonly service: string
  /** The workspace's folder: what files are shown relative to. */
  readonly root: string
  readonly files: readonly NamedPath[]
  /** Folders in which files find those they import. */
  readonly importPaths: readonly NamedPath[]
  /** The real service is asked. */
  readonly reflection: boolean
  /** The real service; undefined where the configuration does not tell. */
  readonly upstream: Authority | undefined
  /** How TLS is spoken with it. */
  readonly tls: UpstreamTls | undefined
}

export interface DefinitionTools {
  readonly dial: Dial
  /** Keeps what the real service said for when it cannot be asked. */
  readonly cache: {
    read(name: string): Uint8Array | undefined
    write(name: string, bytes: Uint8Array): void
  }
  /** Waits before the real service is asked again. */
  wait(ms: number): Promise<void>
}

export interface LoadedDefinitions {
  /** undefined when there are none, or they have a mistake. */
  readonly definitions: Definitions | undefined
  readonly problems: readonly Problem[]
  /** Absolute: when one of them changes, the definitions are loaded again. Missing ones too. */
  readonly files: readonly string[]
}

export type RestoreDefinitions = (portable: unknown) => Promise<Definitions>

/** Never rejects: what is wrong comes as problems. */
export type LoadDefinitions = (source: DefinitionSource, tools: DefinitionTools) => Promise<LoadedDefinitions>
