/**
 * Which single operations of a service become Calls, in protocols whose sessions make none of most: they let frames pass and
 * ask here first.
 */
import type { ServiceEntry } from './service-entry.ts'

/** What one filter wants to see. */
export interface WantedOperations {
  /** All of them, whatever they are: a fault strikes them. */
  readonly all: boolean
  /** By Call.method. */
  readonly named: ReadonlySet<string>
  /** Those that carry a name of the application's (a key), also where nobody names them here. */
  readonly keyed: boolean
}

/** What all filters together want of one service; one object for its life, changed in place by the proxy. */
export interface LiveOperations {
  /** The configuration in force. */
  readonly service: ServiceEntry
  /** Whether anything is wanted: a plain field, because it is read for every operation. */
  readonly any: boolean
  /** Whether an operation must become a Call. `keyed`: it carries a key. */
  wants(name: string, keyed: boolean): boolean
  /** Whether a mock may answer it; else it is only seen, and Call.unmocked. */
  mocks(name: string, keyed: boolean): boolean
}
