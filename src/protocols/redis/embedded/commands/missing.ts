/** Commands of Redis that the embedded cache does not have: it says so, instead of that there are none. */
import { type Command, command } from '../command.ts'
import { Failure } from '../failure.ts'

export const missingNames = [
  'acl',
  'bgrewriteaof',
  'cluster',
  'debug',
  'dump',
  'eval_ro',
  'evalsha',
  'evalsha_ro',
  'failover',
  'fcall',
  'fcall_ro',
  'migrate',
  'monitor',
  'psync',
  'replicaof',
  'restore',
  'shutdown',
  'slaveof',
  'sync',
] as const

/** Of containers that it has. */
const missingInner: ReadonlySet<string> = new Set([
  ...['CAT', 'DELUSER', 'DRYRUN', 'GENPASS', 'GETUSER', 'LIST', 'LOAD', 'LOG', 'SAVE', 'SETUSER'].map(
    (name) => `ACL ${name}`,
  ),
  ...['CACHING', 'TRACKING', 'TRACKINGINFO'].map((name) => `CLIENT ${name}`),
  'CONFIG REWRITE',
  ...['DELETE', 'DUMP', 'KILL', 'LOAD', 'RESTORE', 'STATS'].map((name) => `FUNCTION ${name}`),
  ...['LOAD', 'LOADEX', 'UNLOAD'].map((name) => `MODULE ${name}`),
  ...['DEBUG', 'KILL', 'LOAD'].map((name) => `SCRIPT ${name}`),
])

export const missingFailure = (name: string): Failure =>
  new Failure(`ERR svc-mock: the embedded cache has no ${name}; see docs/redis-embedded.md`)

/** Throws what is said of a subcommand that Redis has and the cache has not; `name`: with its container, in upper case. */
export const refuseMissing = (name: string): void => {
  if (missingInner.has(name)) throw missingFailure(name)
}

export const missing: readonly Command[] = missingNames.map((name) =>
  command(name, -1, () => {
    throw missingFailure(name.toUpperCase())
  }),
)
