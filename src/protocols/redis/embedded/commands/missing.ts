/** Commands of Redis that the embedded cache does not have: it says so, instead of that there are none. */
import { type Command, command } from '../command.ts'
import { Failure } from '../failure.ts'

export const missingNames = [
  'acl',
  'bgrewriteaof',
  'cluster',
  'debug',
  'dump',
  'eval',
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

export const missing: readonly Command[] = missingNames.map((name) =>
  command(name, -1, () => {
    throw new Failure(
      `ERR svc-mock: the embedded cache has no ${name.toUpperCase()}; see docs/redis-embedded.md`,
    )
  }),
)
