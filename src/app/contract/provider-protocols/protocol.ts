/**
 * What one protocol knows of asking a real service for what a mock promises: how the call looks, whether it changes something,
 * how it is sent, and how its reply is held against the mock's. In which order, how often and in which state is not its business.
 */
import type { Config } from '../../../config/config.ts'
import type { Severity, Violation } from '../../../contract/violation.ts'
import type { ServiceDefinitions } from '../../definitions.ts'
import type { MockLibrary } from '../../mock-library.ts'
import type { Promised } from '../promises.ts'

/** One file per protocol; `index.ts` has the list. */
export interface ProviderProtocolKind {
  /** As in `protocol:` of mock files. */
  readonly name: string
  open(surroundings: ProviderSurroundings): ProviderProtocol
}

export interface ProviderSurroundings {
  readonly config: Config
  readonly library: MockLibrary
  readonly definitions: ServiceDefinitions
  /** Whose mocks are verified. */
  readonly service: string
  readonly provider: URL
  /** Sent with each call; credentials, mostly. */
  readonly headers: readonly (readonly [string, string])[]
  /** Real values by their fakes. */
  readonly values: ReadonlyMap<string, string>
  /** Calls at the same time, at most. */
  readonly concurrency: number
  /** For one call. */
  readonly timeoutMs: number
  /** Further attempts after a connection that broke, for calls that may be sent twice. */
  readonly retries: number
}

/** `Request` and `Reply` are the protocol's own, and nobody else looks into them. */
export interface ProviderProtocol<Request = unknown, Reply = unknown> {
  /** `GET /orders/{id}`, `acme.Inventory/Get`. */
  operationOf(item: Promised): string
  /** It is sent only where a state is named, or to whom it does not matter. */
  changesSomething(item: Promised): boolean
  /** Sent twice it does no more than sent once. */
  repeatable(item: Promised): boolean
  requestOf(item: Promised): Promise<Made<Request>>
  /** Rejects with NoReply. */
  ask(request: Request): Promise<Reply>
  compare(item: Promised, reply: Reply): readonly ProviderFinding[]
  /** How a second reply to the same call differs in its shape; undefined: it does not. */
  difference(first: Reply, second: Reply): Difference | undefined
  close(): void
}

export type Made<Request> =
  | { readonly request: Request }
  /** Why there is none. `path`: below the mock, where it says so. */
  | { readonly notVerifiable: string; readonly path?: MockPath; readonly hint?: string }

/** Steps below the mock: `['response', 'body', 'items', 0]`. */
export type MockPath = readonly (string | number)[]

export interface ProviderFinding
  extends Pick<Violation, 'rule' | 'message' | 'expected' | 'actual' | 'hint'> {
  readonly severity: Severity
  readonly path: MockPath
}

export interface Difference {
  readonly message: string
  readonly expected: string
  readonly actual: string
}
