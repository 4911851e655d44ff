/**
 * Call: one unit of work on any protocol. One HTTP exchange; one RPC of any streaming kind; one Redis
 * command; one record on a message bus. Small and lazy, because one is made per call: protocols implement
 * it as a class with getters.
 */
import type { Body } from './body.ts'
import type { PendingCheck } from './contract.ts'
import type { SvcMockError } from './errors.ts'
import type { Fault } from './fault.ts'
import type { Metadata } from './metadata.ts'
import type { Reply } from './reply.ts'
import type { Authority, ServiceEntry } from './service-entry.ts'
import { TenantState } from './tenant-state.ts'

/** Whose lane a call is in. Everything stateful hangs on it. */
export interface Tenant {
  readonly id: string
  readonly state: TenantState
}

/** A lane in which nothing has happened yet. */
export const newTenant = (id: string): Tenant => ({ id, state: new TenantState() })

export interface Call {
  /** Counts up from 1 in this process. */
  readonly id: number
  /** `http`, `grpc`, …: a name of protocols/index.ts. */
  readonly protocol: string
  /** At first its connection's; settled by the outermost filter (filters/tenant.ts), and the same from then on. */
  tenant: Tenant
  /** The service's configuration in force, mode included. Calls to hosts that no service names have one too, `known: false`. */
  readonly service: ServiceEntry
  /** The version the call asks for, as sent (`svcm-version`, or what `versionFrom` says). */
  readonly version: string | undefined
  /** For people: `GET /orders/42`, `acme.Inventory/Get`, `HSET`. Never holds a query. */
  readonly operation: string
  /** The pair that the mock index routes by. HTTP: method and raw path without query. Others: see their dialect. */
  readonly method: string
  readonly path: string
  /** The raw query with its `?`, or '', where the protocol has one. */
  readonly search?: string
  readonly metadata: Metadata
  readonly body: Body
  /** What carries it on the wire, where that is not `body` itself. */
  readonly wire?: Body
  /** True when nobody waits for a reply. */
  readonly oneway: boolean
  /** Aborted when the client goes away or its deadline passes. Made on first use. */
  readonly signal: AbortSignal
  /** Data that filters share about this one call. */
  readonly context: CallContext
  /** True for what no mock is asked about: a whole connection, or an operation that is only looked at. */
  readonly unmocked?: boolean
  /** Mocks are asked about its parts, each a call of its own, by `ask`; absent: about the whole. */
  readonly inParts?: InParts | undefined
  /** The same call, asked otherwise: for protocols that are carried in it. */
  derived?(changes: CallChanges): Call
}

export type InParts = (ask: (part: Call) => Reply | Promise<Reply>) => Reply | Promise<Reply>

export interface CallChanges {
  readonly metadata?: Metadata
  readonly body?: Body
  /** The same service, elsewhere. */
  readonly service?: ServiceEntry
  /** Aborted when nobody wants the reply any more, though the client is still there. */
  readonly signal?: AbortSignal
}

/** By what a call's tenant is known; undefined in a context: by nothing but the process that it came to. */
export type TenantSource = 'tag' | 'trace' | 'claim' | 'connection'

/** An instance of a service that serves one tenant. */
export interface TenantInstance {
  readonly address: Authority
  /** For the call's line: `alice's 127.0.0.1:8080`. */
  readonly shown: string
  /** The service, served by this instance. */
  entry(service: ServiceEntry): ServiceEntry
  /** It could not be reached, which took `tookMs`: for a while it counts as gone. */
  failed(now: number, tookMs: number): void
}

/** How a call ended, for the call's line and the receipt. */
export type Outcome = 'mock' | 'passthrough' | 'miss' | 'error'

export interface CallContext {
  outcome: Outcome | undefined
  /** The mock that answered, or that asked for the real reply. */
  mock:
    | {
        readonly name: string
        readonly where: string
        readonly promises?: boolean | undefined
        readonly untouched?: true
        readonly fault?: Fault | undefined
      }
    | undefined
  /** The error code that was answered, if any. */
  error: string | undefined
  /** A short note for the call's line: the upstream's address, why it failed. */
  note: string | undefined
  tenantBy: TenantSource | undefined
  /** The tenant's own instance of the service, alive as far as is known. */
  instance: TenantInstance | undefined
  /** Where the tenant's own instance was, if it is gone. */
  absent: Authority | undefined
  /** Who really answered a tenant's call that left. */
  served: 'tenant' | 'baseline' | undefined
  /** Milliseconds that a script would have slept, where time stands still. */
  sleptMs: number
  /** What went wrong with it, with all that it tells; see `error`. */
  failure?: SvcMockError
  /** Holds it against its contract once it is over. Absent: none is in force. */
  check?: PendingCheck
}

export const newContext = (): CallContext => ({
  outcome: undefined,
  mock: undefined,
  error: undefined,
  note: undefined,
  tenantBy: undefined,
  instance: undefined,
  absent: undefined,
  served: undefined,
  sleptMs: 0,
})
