/** What a command needs besides its keys being renamed. */
import type { ClusterNodes } from '../cluster.ts'
import type { Names } from '../names.ts'
import type { Resp } from '../resp/value.ts'

/** A connection, as treatments see it. */
export interface Connection {
  readonly names: Names
  /** 2 or 3: what the client has agreed on by HELLO. */
  readonly resp: 2 | 3
  /** Asks the server a question of our own on the client's connection. Rejects when the connection ends. */
  ask(...args: readonly (string | Uint8Array)[]): Promise<Resp>
  /** The keys of a command by its table entry, renamed. */
  renamed(args: readonly Buffer[]): Buffer[]
  /** Throws a Refusal. The names of the tenant of which this connection is from now on. */
  become(tenant: string): void
  /** In cluster mode. */
  readonly nodes: ClusterNodes | undefined
  /** Whether the configuration lets this command pass. */
  allows(name: string): boolean
  readonly tenantFrom: 'auth' | 'name' | undefined
}

export interface Treatment {
  /** The arguments on the wire; default: with the keys renamed that the table tells of. Throws a Refusal. */
  request?(args: readonly Buffer[], connection: Connection): Buffer[]
  /** The client's reply; undefined: it gets none. Not asked about errors. Default: it passes unread. */
  reply?(reply: Resp, args: readonly Buffer[], connection: Connection): Resp | undefined
  /** Instead of both: asks the server what it needs. Impossible inside MULTI. */
  answer?(args: readonly Buffer[], connection: Connection): Promise<Resp>
}

/** Argument `i` as upper case text; '' where there is none. */
export const word = (args: readonly Buffer[], i: number): string =>
  args[i]?.toString('latin1').toUpperCase() ?? ''
