/** What a command is: its name, how many arguments it takes, and what it does. */
import type { Client } from './client.ts'

/** `args[0]` is the name as it was sent. Writes the reply to `client.out`, or throws Failure. */
export type Run = (client: Client, args: readonly string[]) => void

export interface Command {
  /** Lower case, as errors name it; `config|get` for a subcommand. */
  readonly name: string
  /** How many arguments with the name; below 0: so many at least. */
  readonly arity: number
  readonly run: Run
  /** By upper case name; undefined: it has none. */
  readonly inner?: ReadonlyMap<string, Command>
  /** Done at once inside MULTI instead of queued. */
  readonly unqueued?: boolean
  /** Allowed where a connection of RESP2 has subscriptions. */
  readonly whileSubscribed?: boolean
}

export const command = (
  name: string,
  arity: number,
  run: Run,
  more: Pick<Command, 'unqueued' | 'whileSubscribed'> = {},
): Command => ({ name, arity, run, ...more })

/** A command of subcommands: `[name, arity, run]`. */
export const container = (name: string, inner: readonly (readonly [string, number, Run])[]): Command => ({
  name,
  arity: -2,
  run: () => undefined,
  inner: new Map(
    inner.map(([own, arity, run]) => [own.toUpperCase(), command(`${name}|${own}`, arity, run)] as const),
  ),
})
