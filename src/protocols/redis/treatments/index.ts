/** The commands that need more than what the table says of them. What the session itself does with some is in session/. */
import type { Names } from '../names.ts'
import { auth, client, hello } from './connection.ts'
import { cluster, clusterTopology, debug } from './debug.ts'
import {
  baselineRandomKey,
  dbSize,
  flushAll,
  flushDb,
  keys,
  keysWithOverlay,
  randomKey,
  scan,
  scanWithOverlay,
} from './keyspace.ts'
import { publish, pubsub } from './pubsub.ts'
import { functionFlush } from './refused.ts'
import { firstIsKey, streamNames } from './replies.ts'
import { sort } from './sort.ts'
import type { Treatment } from './treatment.ts'

export const treatments: Readonly<Record<string, Treatment>> = {
  AUTH: auth,
  HELLO: hello,
  CLIENT: client,
  CLUSTER: cluster,
  'CLUSTER NODES': clusterTopology,
  'CLUSTER SHARDS': clusterTopology,
  'CLUSTER SLOTS': clusterTopology,
  DEBUG: debug,
  'FUNCTION FLUSH': functionFlush,
  BLPOP: firstIsKey,
  BRPOP: firstIsKey,
  BZPOPMIN: firstIsKey,
  BZPOPMAX: firstIsKey,
  LMPOP: firstIsKey,
  BLMPOP: firstIsKey,
  ZMPOP: firstIsKey,
  BZMPOP: firstIsKey,
  XREAD: streamNames,
  XREADGROUP: streamNames,
  KEYS: keys,
  SCAN: scan,
  RANDOMKEY: randomKey,
  DBSIZE: dbSize,
  FLUSHDB: flushDb,
  FLUSHALL: flushAll,
  SORT: sort,
  SORT_RO: sort,
  PUBLISH: publish,
  SPUBLISH: publish,
  PUBSUB: pubsub,
}

/** What the session does itself: they change what replies mean. */
export const sessionCommands = [
  'MULTI',
  'EXEC',
  'DISCARD',
  'RESET',
  'QUIT',
  'MONITOR',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'PSUBSCRIBE',
  'PUNSUBSCRIBE',
  'SSUBSCRIBE',
  'SUNSUBSCRIBE',
] as const

export const specialCommands: ReadonlySet<string> = new Set([...Object.keys(treatments), ...sessionCommands])

const ofAllKeys: ReadonlySet<string> = new Set(['DBSIZE', 'FLUSHALL', 'FLUSHDB', 'RANDOMKEY'])
const clearing: ReadonlySet<string> = new Set(['FLUSHALL', 'FLUSHDB'])

/** `name`: with its container, for a subcommand. */
export const treatmentOf = (name: string, names: Names): Treatment | undefined => {
  // All of these are the server's own affair where names stay as they are.
  const asItIs = names.lane.baseline && !(names.clearable && clearing.has(name))
  if (asItIs && ofAllKeys.has(name)) return name === 'RANDOMKEY' ? baselineRandomKey : undefined
  if (names.hasOverlay && name === 'KEYS') return keysWithOverlay
  if (names.hasOverlay && name === 'SCAN') return scanWithOverlay
  const container = name.split(' ', 1)[0]!
  if (Object.hasOwn(treatments, name)) return treatments[name]
  return Object.hasOwn(treatments, container) ? treatments[container] : undefined
}
