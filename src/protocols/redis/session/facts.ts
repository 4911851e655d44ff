/** What a session is made of. */
import type { Duplex } from 'node:stream'
import type { RedisSettings } from '../../../core/service-entry.ts'
import type { ClusterNodes } from '../cluster.ts'
import type { CommandTable } from '../commands/table.ts'
import type { Names } from '../names.ts'
import type { CallHost } from './carry.ts'
import type { Slab } from './out-buffer.ts'

export interface SessionFacts {
  readonly client: Duplex
  readonly upstream: Duplex
  readonly table: CommandTable
  readonly settings: RedisSettings
  readonly names: Names
  readonly slabs: { readonly toClient: Slab; readonly toUpstream: Slab }
  /** Names of another tenant; throws a Refusal. */
  namesOf(tenant: string): Names
  /** Addresses of nodes in replies, replaced by ours; undefined: not in cluster mode. */
  readonly nodes?: ClusterNodes | undefined
  readonly calls: CallHost
  /** The server closed the connection, or spoke no RESP. */
  lost(text: string): void
}
