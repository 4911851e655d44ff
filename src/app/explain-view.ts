/** What `explain <METHOD> <url>` and `explain <rpc>` ask and prints; answered by app/library.ts. */
import type { Mode } from '../core/service-entry.ts'
import type { MockOrigin } from './origins.ts'

export interface ExplainedCall {
  readonly method: string
  readonly url: URL
  /** The address as it was typed, where URL would normalise it. */
  readonly typed?: string
  /** Raw pairs. */
  readonly headers: readonly string[]
  readonly body: Uint8Array | undefined
}

/** A call of gRPC. */
export interface ExplainedRpc {
  /** `acme.Inventory/Get`. */
  readonly operation: string
  /** undefined: the one that knows the method. */
  readonly service: string | undefined
  /** Raw pairs. */
  readonly metadata: readonly string[]
  /** As JSON; a list is a client's stream. */
  readonly message: unknown
}

/** A command of Redis, or a record of Kafka. */
export interface ExplainedCommand {
  readonly service: string
  /** As one types it into redis-cli: `GET user:1`; of Kafka a topic. */
  readonly command: string
  /** Of a record: raw pairs. */
  readonly headers: readonly string[]
  readonly key: string | undefined
  readonly body: Uint8Array | undefined
}

export interface ExplainedMock {
  readonly name: string
  /** `file:line:column`. */
  readonly at: string
  readonly version: string | undefined
  /** `asks the real service, changes status`; undefined: it answers by itself. */
  readonly does: string | undefined
}

export interface ExplainedMiss {
  readonly mock: string
  readonly at: string
  readonly version: string | undefined
  readonly failed: readonly { readonly clause: string; readonly expected: string; readonly actual: string }[]
}

export interface ExplainView {
  /** undefined: no service names this host. */
  readonly service: string | undefined
  readonly mode: Mode | undefined
  /** The version asked for: by the call, else the configured range. */
  readonly asked: string | undefined
  /** Versions that satisfy it, highest first. */
  readonly versions: readonly string[]
  readonly winner:
    | (ExplainedMock & { readonly notes: readonly string[]; readonly origin: MockOrigin })
    | undefined
  /** `because` completes "… wins because its …". */
  readonly shadowed: readonly (ExplainedMock & { readonly because: string })[]
  /** Mocks that would match, were scenarios or counts in another state. */
  readonly inOtherStates: readonly (ExplainedMock & { readonly notes: readonly string[] })[]
  /** Mocks that match and were overridden by name, or are disabled. `because` says by what. */
  readonly outOfForce: readonly (ExplainedMock & { readonly because: string })[]
  readonly nearest: readonly ExplainedMiss[]
  /** What goes wrong with the service's calls on purpose, in words. */
  readonly fault: string | undefined
  /** What happens, in a sentence: "answered by the mock", "passed through to http://…", "refused with 502 UNKNOWN_HOST". */
  readonly result: string
}
