/** The commands of the embedded cache. One more is a line in its family's file; one more family is a line here. */
import type { Command } from '../command.ts'
import { bits } from './bits.ts'
import { commandCommand } from './command-command.ts'
import { connection } from './connection.ts'
import { expiry } from './expiry.ts'
import { geo } from './geo.ts'
import { hashes } from './hashes.ts'
import { hyperLogLogs } from './hyper-log-log.ts'
import { keys } from './keys.ts'
import { lists } from './lists.ts'
import { listsBlocking } from './lists-blocking.ts'
import { missing } from './missing.ts'
import { pubsub } from './pubsub.ts'
import { server } from './server.ts'
import { sets } from './sets.ts'
import { sort } from './sort.ts'
import { sortedSetCombinations } from './sorted-set-combinations.ts'
import { sortedSetRanges } from './sorted-set-ranges.ts'
import { sortedSets } from './sorted-sets.ts'
import { sortedSetsBlocking } from './sorted-sets-blocking.ts'
import { streamGroups } from './stream-groups.ts'
import { streamInfo } from './stream-info.ts'
import { streamReads } from './stream-reads.ts'
import { streams } from './streams.ts'
import { strings } from './strings.ts'
import { transactions } from './transactions.ts'

const families: readonly (readonly Command[])[] = [
  missing,
  strings,
  bits,
  hyperLogLogs,
  hashes,
  lists,
  listsBlocking,
  sets,
  sortedSets,
  sortedSetRanges,
  sortedSetCombinations,
  sortedSetsBlocking,
  geo,
  streams,
  streamReads,
  streamGroups,
  streamInfo,
  keys,
  expiry,
  sort,
  pubsub,
  transactions,
  connection,
  server,
  [commandCommand(() => commands)],
]

/** By upper case name. */
export const commands: ReadonlyMap<string, Command> = new Map(
  families.flat().map((command) => [command.name.toUpperCase(), command] as const),
)
