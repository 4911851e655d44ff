/** What a server says of itself, and what it can be told: INFO, CONFIG, FLUSHALL. */
import type { Client } from '../client.ts'
import { type Command, command, container } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { readEvents, shownEvents } from '../keyspace-events.ts'
import { integer } from '../numbers.ts'
import type { Database } from '../store/database.ts'
import { upper } from './options.ts'
import { matcherOf } from './scan.ts'

/** What it behaves as. */
export const redisVersion = '7.0.15'

const flushed = ({ out }: Client, args: readonly string[], dbs: readonly Database[]): void => {
  if (args.length > 2 || (args.length === 2 && !/^A?SYNC$/.test(upper(args, 1)))) throw syntaxError()
  for (const db of dbs) db.clear()
  out.ok()
}

const swap = (client: Client, [, first, second]: readonly string[]): void => {
  const index = (text: string, which: string): number =>
    integer(text, () => new Failure(`ERR invalid ${which} DB index`))
  const [a, b] = [
    client.server.databases[index(first!, 'first')],
    client.server.databases[index(second!, 'second')],
  ]
  if (a === undefined || b === undefined) throw new Failure('ERR DB index is out of range')
  a.swap(b)
  client.out.ok()
}

/** Settings that clients ask for, as Redis has them by default. */
const defaults: Readonly<Record<string, string>> = {
  appendonly: 'no',
  bind: '* -::*',
  databases: '16',
  dir: '/',
  'hash-max-listpack-entries': '128',
  'hash-max-listpack-value': '64',
  'hash-max-ziplist-entries': '128',
  'hash-max-ziplist-value': '64',
  'list-compress-depth': '0',
  'list-max-listpack-size': '-2',
  'list-max-ziplist-size': '-2',
  'lua-time-limit': '5000',
  maxclients: '10000',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  port: '6379',
  'proto-max-bulk-len': '536870912',
  requirepass: '',
  save: '',
  'set-max-intset-entries': '512',
  'slowlog-log-slower-than': '10000',
  'slowlog-max-len': '128',
  'stream-node-max-entries': '100',
  timeout: '0',
  'stream-node-max-bytes': '4096',
  'zset-max-listpack-entries': '128',
  'zset-max-ziplist-entries': '128',
  'zset-max-ziplist-value': '64',
  'zset-max-listpack-value': '64',
}

const eventsSetting = 'notify-keyspace-events'

const configGet = ({ out, server }: Client, [, , ...patterns]: readonly string[]): void => {
  const all = {
    ...defaults,
    ...Object.fromEntries(server.settings),
    [eventsSetting]: shownEvents(server.events),
  }
  const matches = patterns.map((pattern) => matcherOf(pattern.toLowerCase()))
  const found = Object.entries(all).filter(([name]) => matches.some((match) => match(name)))
  out.map(found.length)
  for (const [name, value] of found) {
    out.bulk(name)
    out.bulk(value)
  }
}

const configSet = ({ out, server }: Client, args: readonly string[]): void => {
  if (args.length % 2 === 1) throw new Failure("ERR wrong number of arguments for 'config|set' command")
  for (let i = 2; i < args.length; i += 2) {
    const name = args[i]!.toLowerCase()
    const value = args[i + 1]!
    if (name === eventsSetting) {
      const events = readEvents(value)
      if (events === undefined)
        throw new Failure(
          `ERR CONFIG SET failed (possibly related to argument '${args[i]}') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.`,
        )
      server.events = events
    } else if (Object.hasOwn(defaults, name)) server.settings.set(name, value)
    else throw new Failure(`ERR Unknown option or number of arguments for CONFIG SET - '${args[i]}'`)
  }
  out.ok()
}

const sections = (client: Client): Readonly<Record<string, readonly string[]>> => {
  const { server } = client
  const up = Math.floor((server.now() - server.startedAt) / 1000)
  return {
    Server: [
      `redis_version:${redisVersion}`,
      'redis_git_sha1:00000000',
      'redis_mode:standalone',
      'os:svc-mock',
      'arch_bits:64',
      `process_id:${process.pid}`,
      'run_id:0000000000000000000000000000000000000000',
      'tcp_port:6379',
      `uptime_in_seconds:${up}`,
      `uptime_in_days:${Math.floor(up / 86_400)}`,
    ],
    Clients: [
      `connected_clients:${server.clients.size}`,
      `blocked_clients:${[...server.clients.values()].filter(({ blocked }) => blocked !== undefined).length}`,
      'cluster_connections:0',
      'maxclients:10000',
    ],
    Memory: ['used_memory:0', 'used_memory_human:0B', 'maxmemory:0', 'maxmemory_policy:noeviction'],
    Persistence: ['loading:0', 'rdb_changes_since_last_save:0', 'aof_enabled:0'],
    Stats: ['expired_keys:0', 'evicted_keys:0', `pubsub_channels:${server.pubsub.channels.size}`],
    Replication: ['role:master', 'connected_slaves:0', 'master_repl_offset:0'],
    CPU: [],
    Modules: [],
    Errorstats: [],
    Cluster: ['cluster_enabled:0'],
    Keyspace: server.databases
      .filter(({ size }) => size > 0)
      .map(({ index, size, expiring }) => `db${index}:keys=${size},expires=${expiring.size},avg_ttl=0`),
  }
}

const info = (client: Client, [, ...asked]: readonly string[]): void => {
  const wanted = new Set(asked.map((name) => name.toLowerCase()))
  const all = wanted.size === 0 || ['all', 'default', 'everything'].some((name) => wanted.has(name))
  const shown = Object.entries(sections(client)).filter(([name]) => all || wanted.has(name.toLowerCase()))
  client.out.verbatim(
    shown.map(([name, lines]) => `# ${name}\r\n${lines.map((one) => `${one}\r\n`).join('')}`).join('\r\n'),
  )
}

const time = ({ out, server }: Client): void => {
  const now = server.now()
  out.bulks([String(Math.floor(now / 1000)), String(Math.floor((now % 1000) * 1000))])
}

const role = ({ out }: Client): void => {
  out.array(3)
  out.bulk('master')
  out.integer(0)
  out.array(0)
}

export const server: readonly Command[] = [
  command('flushdb', -1, (client, args) => flushed(client, args, [client.db])),
  command('flushall', -1, (client, args) => flushed(client, args, client.server.databases)),
  command('swapdb', 3, swap),
  command('info', -1, info),
  command('time', 1, time),
  command('role', 1, role),
  command('wait', 3, ({ out }) => out.integer(0)),
  command('lastsave', 1, ({ out, server: own }) => out.integer(Math.floor(own.startedAt / 1000))),
  command('save', 1, ({ out }) => out.ok()),
  command('bgsave', -1, ({ out }) => out.simple('Background saving started')),
  container('config', [
    ['get', -3, configGet],
    ['set', -4, configSet],
    ['resetstat', 2, ({ out }) => out.ok()],
  ]),
  container('slowlog', [
    ['get', -2, ({ out }) => out.array(0)],
    ['len', 2, ({ out }) => out.integer(0)],
    ['reset', 2, ({ out }) => out.ok()],
  ]),
  container('latency', [
    ['latest', 2, ({ out }) => out.array(0)],
    ['history', 3, ({ out }) => out.array(0)],
    ['reset', -2, ({ out }) => out.integer(0)],
  ]),
  container('module', [['list', 2, ({ out }) => out.array(0)]]),
  // There are none: test suites begin by removing them.
  container('function', [
    ['flush', -2, ({ out }) => out.ok()],
    ['list', -2, ({ out }) => out.array(0)],
  ]),
  container('script', [
    ['flush', -2, ({ out }) => out.ok()],
    [
      'exists',
      -3,
      ({ out }, args) => {
        out.array(args.length - 2)
        for (const _digest of args.slice(2)) out.integer(0)
      },
    ],
  ]),
  container('acl', [
    ['whoami', 2, ({ out }) => out.bulk('default')],
    ['users', 2, ({ out }) => out.bulks(['default'])],
  ]),
]
