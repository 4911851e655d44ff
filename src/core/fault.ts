/** A fault: what goes wrong with calls on purpose. Compiled; see fault-spec.ts for how it is written. */

export const aborts = ['reset', 'close', 'timeout', 'empty', 'malformed'] as const
export type Abort = (typeof aborts)[number]
/** Where a fault strikes in protocols of long connections: as they open, or each operation on them. */
export const strikes = ['connect', 'command'] as const
export type Strikes = (typeof strikes)[number]
export const distributions = ['uniform', 'lognormal'] as const
export type Distribution = (typeof distributions)[number]

export interface Fault {
  readonly delayMs: number
  readonly jitterMs: number
  readonly distribution: Distribution
  readonly abort: Abort | undefined
  readonly status: number | undefined
  /** This error is answered, in the protocol's own words. */
  readonly error: string | undefined
  /** undefined: connections and commands alike. */
  readonly at: Strikes | undefined
  /** The share of calls that `abort`, `status` and `error` hit, 0 to 1. */
  readonly rate: number
  readonly bytesPerSecond: number | undefined
  /** The body takes at least this long. */
  readonly slowBodyMs: number
  /** In words, for lists. */
  readonly description: string
}

/** A fault of a whole service, and the drill that brought it; undefined for one of svc-mock.yaml. */
export interface ServiceFault {
  readonly fault: Fault
  readonly drill: string | undefined
}
