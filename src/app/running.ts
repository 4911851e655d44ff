/** What the rest of the program may do with a running proxy: read it, switch it, listen to it, end it. */
import type { CallRecord } from '../core/call-record.ts'
import type { Breach } from '../core/contract.ts'
import type { Problem } from '../core/problem.ts'
import type { Mode } from '../core/service-entry.ts'
import type { ResetCounts } from '../core/tenant-state.ts'
import type { RecorderNumbers } from '../record/recorder.ts'
import type { MessageDesk } from './messages/desk.ts'
import type { RecordResult } from './record/recorder-slot.ts'
import type { RunTimeDesk } from './run-time/desk.ts'
import type { Sample } from './sample-call.ts'
import type { EmbeddedKeys } from './tenant-keys/embedded.ts'
import type { TenantDesk } from './tenants.ts'

export type { CallRecord } from '../core/call-record.ts'
export type { ResetCounts } from '../core/tenant-state.ts'
export type { Hop } from '../tenant/probes.ts'
export type { ReadView, ReadWish, SendWish, SentView } from './messages/wire.ts'
export type { NearCall, NearMock, Probe, ScenarioView } from './run-time/desk.ts'
export type { JournalEntry } from './run-time/journal.ts'
export type { RunTimeFile } from './run-time/mocks.ts'
export type { Cleaned, Holding } from './tenant-keys/embedded.ts'
export type { InstanceView, InstanceWish, TenantView } from './tenants.ts'

export interface ServiceView {
  readonly name: string
  readonly protocol: string
  readonly mode: Mode
  /** The configured range, or the versions that the library holds, joined by ', '; undefined for none. */
  readonly version: string | undefined
  /** Own port `host:port`, with the port that was really taken. */
  readonly listen: string | undefined
  readonly hosts: readonly string[]
  readonly upstream: string | undefined
  /** TLS of its clients is read. */
  readonly intercepted: boolean
  /** The certificate of its upstream is not verified. */
  readonly insecure: boolean
  readonly mocks: number
  /** Its own fault, in words. */
  readonly fault?: string | undefined
}

export interface ReloadRecord {
  readonly at: number
  /** Paths relative to the workspace. */
  readonly changed: readonly string[]
  readonly mocks: number
  /** Problems that are new since the last load; what they touch keeps its last good version. */
  readonly problems: readonly Problem[]
  /** Files whose problems are gone. */
  readonly healed: readonly string[]
  /** What changed in svc-mock.yaml but needs a restart, in words. */
  readonly needsRestart: readonly string[]
}

export interface RunningEvents {
  call(record: CallRecord): void
  /** A live call broke its service's contract in a way that none has before; after its `call`. */
  violation(first: LiveViolation): void
  reload(record: ReloadRecord): void
  /** Something worth a line that is no call: a malformed connection (said once a kind), a pinned client. */
  notice(text: string): void
}

export interface Counts {
  mock: number
  passthrough: number
  miss: number
  error: number
}

/** Calls of a service whose contract is in force. */
export interface ContractCounts {
  /** Those that were held against it, as a whole. */
  checked: number
  /** Those of which not everything was looked at. */
  unchecked: number
  /** Those that broke it, or whose reply did. */
  broken: number
}

/** One way in which live calls broke a contract. */
export interface LiveViolation extends Breach {
  readonly service: string
  /** Calls, or replies, that did. */
  readonly calls: number
}

export interface CallFilter {
  readonly miss?: boolean
  /** Only those that broke their contract. */
  readonly violations?: boolean
}

/** Counted for every call, whether or not anybody listens. */
export interface Totals {
  /** By service name. */
  readonly services: ReadonlyMap<string, Readonly<Counts>>
  /** Calls to hosts that no service names, by `host:port`. */
  readonly unknown: ReadonlyMap<string, Readonly<Counts>>
  /** Calls to hosts under allowHosts, by `host:port`. */
  readonly allowed: ReadonlyMap<string, Readonly<Counts>>
  /** By service name; only those whose contract is in force. */
  readonly contracts: ReadonlyMap<string, Readonly<ContractCounts>>
}

export interface DrillView {
  readonly name: string
  /** Relative to the workspace. */
  readonly file: string
  readonly description: string | undefined
  /** In words; undefined: until it is stopped. */
  readonly for: string | undefined
  readonly faults: readonly { readonly service: string; readonly fault: string }[]
  readonly running: boolean
  /** ISO 8601; undefined when it does not end by itself. */
  readonly endsAt: string | undefined
}

export interface RecordingView {
  readonly numbers: RecorderNumbers
  /** Once it is over. */
  readonly result: RecordResult | undefined
}

export interface Running {
  /** `127.0.0.1:8700`, with the port that was really taken. */
  readonly listen: string
  services(): readonly ServiceView[]
  totals(): Totals
  /** The last calls, oldest first; at most 1,000. */
  calls(filter?: CallFilter): readonly CallRecord[]
  /** How live calls broke contracts, each way once, in the order in which they were first seen; at most 1,000. */
  violations(): readonly LiveViolation[]
  /** Calls that mocks answer, for people to try; at most `count`. */
  samples(count: number): Promise<readonly Sample[]>
  /** Throws FLAG_INVALID for an unknown service (with the nearest name) or a mode it cannot have. */
  setMode(service: string, mode: Mode): void
  /** Scenarios and counts begin again, all or those of one scenario, for all tenants or one. Throws FLAG_INVALID for a scenario that no mock names. */
  reset(scenario?: string, tenant?: string): ResetCounts
  readonly tenants: Pick<TenantDesk, 'list' | 'add' | 'remove' | 'follow' | 'hops'>
  readonly messages: Pick<MessageDesk, 'send' | 'read'>
  /** Keys of tenants in embedded caches. */
  readonly keys: Pick<EmbeddedKeys, 'list' | 'clean'>
  /** What test clients do with it. */
  readonly runTime: Pick<RunTimeDesk, keyof RunTimeDesk>
  /** undefined: nothing has been recorded. */
  recording(): RecordingView | undefined
  drills(): readonly DrillView[]
  /** Begins a drill, again if it runs. Throws FLAG_INVALID for an unknown one. */
  startDrill(name: string): DrillView
  /** Ends a drill, or all. Throws FLAG_INVALID for one that does not run. */
  stopDrill(name?: string): readonly DrillView[]
  /** Problems of configuration and library in force now. */
  problems(): readonly Problem[]
  /** Returns a function that stops listening. */
  on<E extends keyof RunningEvents>(event: E, listener: RunningEvents[E]): () => void
  /**
   * Stops accepting, lets calls in flight finish for `graceMs` (default 500), then resets them. What waits to be
   * recorded is written, for at most 10 s.
   */
  close(graceMs?: number): Promise<void>
}
