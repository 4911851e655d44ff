/** The whole vocabulary of the pipeline: a service answers a call, a filter wraps a service. */
import type { Call } from './call.ts'
import type { WantedOperations } from './operations.ts'
import type { Reply } from './reply.ts'
import type { ServiceEntry } from './service-entry.ts'

/** Synchronous where it can be: the hot path awaits nothing. Rejects or throws only SvcMockError, or for a bug. */
export type Service = (call: Call) => Reply | Promise<Reply>

export interface Filter {
  readonly name: string
  /**
   * Whether this filter may do something to calls of this service; asked when configuration or library are
   * (re)loaded and never per call.
   */
  wants(service: ServiceEntry): boolean
  /**
   * Which single operations it wants to see where sessions make Calls of few; absent: none. Asked when configuration, library,
   * modes or faults change. A session makes no Call where no filter wants one.
   */
  operations?(service: ServiceEntry): WantedOperations | undefined
  /** May call `next` once, or not at all. */
  handle(call: Call, next: Service): Reply | Promise<Reply>
}

/** The first filter is the outermost. */
export const compose = (filters: readonly Filter[], terminal: Service): Service =>
  filters.reduceRight<Service>((next, filter) => (call) => filter.handle(call, next), terminal)
