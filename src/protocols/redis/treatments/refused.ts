/** What must not reach a server that others use too. */
import type { Command } from '../commands/table.ts'
import { Refusal } from '../refusal.ts'
import { isError, simple } from '../resp/value.ts'
import type { Treatment } from './treatment.ts'

/** Called dangerous or administrative, and harmless, or made so by its treatment. */
const harmless: ReadonlySet<string> = new Set([
  'CLIENT LIST',
  'CLIENT NO-EVICT',
  'CLIENT UNBLOCK',
  'CLUSTER COUNT-FAILURE-REPORTS',
  'CLUSTER REPLICAS',
  'CLUSTER SLAVES',
  'CONFIG GET',
  'FLUSHALL',
  'FLUSHDB',
  'INFO',
  'KEYS',
  'LASTSAVE',
  'LATENCY HISTOGRAM',
  'LATENCY HISTORY',
  'LATENCY LATEST',
  'MODULE LIST',
  'MONITOR',
  'RESTORE',
  'ROLE',
  'SLOWLOG LEN',
  'SORT',
  'SORT_RO',
])

/** Not called so, but they change what all tenants share. */
const harmful: ReadonlySet<string> = new Set([
  'FUNCTION DELETE',
  'FUNCTION KILL',
  'FUNCTION LOAD',
  'FUNCTION RESTORE',
  'MEMORY PURGE',
  'SCRIPT DEBUG',
  'SCRIPT FLUSH',
  'SCRIPT KILL',
])

/** A tenant clears what is its own. Who has no names of its own would clear what is everybody's, tenants' included. */
const harmfulToAll: ReadonlySet<string> = new Set(['FLUSHALL', 'FLUSHDB'])

/**
 * `everybodys`: of a connection that would clear what is not its own. Containers that hold nothing but what is refused by
 * itself are no command alone.
 */
export const isRefused = (command: Command, allow: readonly string[], everybodys = false): boolean => {
  const { name, dangerous } = command
  if (everybodys && harmfulToAll.has(name)) return !isAllowed(name, allow)
  if (!harmful.has(name) && (!dangerous || harmless.has(name))) return false
  return !isAllowed(name, allow)
}

/** Nothing to flush is no harm, and test suites begin so. */
export const functionFlush: Treatment = {
  answer: async (args, connection) => {
    if (connection.allows('FUNCTION FLUSH')) return connection.ask(...args)
    const list = await connection.ask('FUNCTION', 'LIST')
    if (isError(list)) return list
    if (list.items?.length === 0) return simple('OK')
    throw new Refusal(refusal('FUNCTION FLUSH'))
  },
}

export const refusal = (name: string): string =>
  `ERR svc-mock refuses ${name} on a shared server; see docs/redis.md`

/** Whether the configuration lets a command pass that would be refused. */
export const isAllowed = (name: string, allow: readonly string[]): boolean =>
  allow.includes(name) || allow.includes(name.split(' ', 1)[0]!)

/** Names of all refused commands, sorted: what the manual lists. */
export const refusedNames = (commands: readonly Command[]): readonly string[] =>
  commands
    .flatMap((command) => [command, ...(command.inner?.values() ?? [])])
    .filter((command) => isRefused(command, []))
    .map(({ name }) => name)
    .sort()
