/**
 * What the names and headers of one tenant become on what everybody shares. Protocols know where names are, lanes know
 * what they become: a session puts the lane between itself and the upstream's wire, so that clients, filters and mocks
 * see the application's own names only.
 */
import type { Metadata } from './metadata.ts'

/** How names of tenants begin on the shared side, but those that need theirs behind. */
export const laneRoot = 'svcm:'

/** `pattern`: a glob over keys, as of KEYS and SCAN; `topic` and `queue` only where the tenant has them for itself. */
export type NameKind = 'key' | 'pattern' | 'channel' | 'group' | 'transaction' | 'topic' | 'queue'

/** What stands around an application's own name; for sessions that write names piece by piece. */
export interface Affixes {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** Names are bytes: keys of a cache need not be text. */
export interface Lane {
  /** Whose it is: Tenant.id. */
  readonly tenant: string
  /** The baseline's: names stay as they are, nothing is tagged. */
  readonly baseline: boolean
  /** The same object for each kind, every time. */
  affixes(kind: NameKind): Affixes
  /** The application's name, as it is on the shared side. */
  rename(kind: NameKind, name: Uint8Array): Uint8Array
  /** The reverse; undefined: the name belongs to somebody else. */
  restore(kind: NameKind, name: Uint8Array): Uint8Array | undefined
  /** The metadata with the lane's tag; the very same when they have a tag already. */
  tag(metadata: Metadata): Metadata
  /** Whether the metadata carry this lane's tag; the baseline's: whether they carry none. */
  accepts(metadata: Metadata): boolean
}
