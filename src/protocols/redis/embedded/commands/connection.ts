/** Commands about the connection itself. */
import type { Client } from '../client.ts'
import { type Command, command, container } from '../command.ts'
import { badArity, Failure, syntaxError } from '../failure.ts'
import { int64, integer } from '../numbers.ts'
import { upper } from './options.ts'
import { redisVersion } from './server.ts'

const ping = (client: Client, args: readonly string[]): void => {
  const { out } = client
  if (args.length > 2) throw badArity('ping')
  if (client.subscribed && out.resp === 2) out.bulks(['pong', args[1] ?? ''])
  else if (args.length === 1) out.simple('PONG')
  else out.bulk(args[1]!)
}

const select = (client: Client, [, index]: readonly string[]): void => {
  const db = client.server.databases[integer(index!)]
  if (db === undefined) throw new Failure('ERR DB index is out of range')
  client.db = db
  client.out.ok()
}

const checkName = (name: string): void => {
  if (/^[!-~]*$/.test(name)) return
  throw new Failure('ERR Client names cannot contain spaces, newlines or special characters.')
}

/** Whatever a client says of itself is taken: there is nothing to guard. */
const hello = (client: Client, args: readonly string[]): void => {
  const { out } = client
  let resp: 2 | 3 = out.resp
  if (args.length > 1) {
    const version = int64(
      args[1]!,
      () => new Failure('ERR Protocol version is not an integer or out of range'),
    )
    if (version !== 2n && version !== 3n) throw new Failure('NOPROTO unsupported protocol version')
    resp = version === 2n ? 2 : 3
  }
  for (let i = 2; i < args.length; i++) {
    const word = upper(args, i)
    if (word === 'AUTH' && i + 2 < args.length) i += 2
    else if (word === 'SETNAME' && i + 1 < args.length) {
      checkName(args[i + 1]!)
      client.name = args[++i]!
    } else throw new Failure(`ERR Syntax error in HELLO option '${args[i]}'`)
  }
  out.resp = resp
  out.map(7)
  for (const [name, value] of [
    ['server', 'redis'],
    ['version', redisVersion],
    ['proto', resp],
    ['id', client.id],
    ['mode', 'standalone'],
    ['role', 'master'],
  ] as const) {
    out.bulk(name)
    if (typeof value === 'number') out.integer(value)
    else out.bulk(value)
  }
  out.bulk('modules')
  out.array(0)
}

const auth = ({ out }: Client, args: readonly string[]): void => {
  if (args.length > 3) throw syntaxError()
  out.ok()
}

const reset = (client: Client): void => {
  client.transaction = undefined
  client.unwatch()
  client.server.pubsub.forget(client)
  client.db = client.server.databases[0]!
  client.out.resp = 2
  client.silence = 'none'
  client.name = ''
  client.out.simple('RESET')
}

/** One line of CLIENT LIST. */
const line = (client: Client): string => {
  const { server } = client
  const queued = client.transaction?.commands.length ?? -1
  const age = Math.floor((server.now() - client.bornAt) / 1000)
  const flags =
    client.blocked !== undefined
      ? 'b'
      : client.subscribed
        ? 'P'
        : client.transaction !== undefined
          ? 'x'
          : 'N'
  return `id=${client.id} addr=embedded:${client.id} laddr=embedded:6379 fd=${client.id} name=${client.name} age=${age} idle=0 flags=${flags} db=${client.db.index} sub=${client.channels.size} psub=${client.patterns.size} ssub=${client.shardChannels.size} multi=${queued} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=${client.lastCommand} user=default redir=-1 resp=${client.out.resp}\n`
}

const list = ({ out, server }: Client): void => out.verbatim([...server.clients.values()].map(line).join(''))

const reply = (client: Client, args: readonly string[]): void => {
  const asked = upper(args, 2)
  if (asked === 'ON') {
    client.silence = 'none'
    client.out.ok()
  } else if (asked === 'OFF') client.silence = 'off'
  else if (asked === 'SKIP') {
    if (client.silence !== 'off') client.silence = 'next'
  } else throw syntaxError()
}

const setInfo = (client: Client, args: readonly string[]): void => {
  const attribute = upper(args, 2)
  if (attribute !== 'LIB-NAME' && attribute !== 'LIB-VER')
    throw new Failure(`ERR Unrecognized option '${args[2]}'`)
  if (attribute === 'LIB-NAME') client.libName = args[3]!
  else client.libVersion = args[3]!
  client.out.ok()
}

const setName = (client: Client, [, , name]: readonly string[]): void => {
  checkName(name!)
  client.name = name!
  client.out.ok()
}

const unblock = (client: Client, args: readonly string[]): void => {
  const id = integer(args[2]!)
  const how = args.length > 3 ? upper(args, 3) : 'TIMEOUT'
  if (how !== 'TIMEOUT' && how !== 'ERROR')
    throw new Failure('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR')
  const other = client.server.clients.get(id)
  const waiting = other?.blocked
  if (waiting !== undefined) {
    other!.unblock()
    if (how === 'ERROR') other!.out.error('UNBLOCKED client unblocked via CLIENT UNBLOCK')
    else waiting.timedOut()
    process.nextTick(() => other!.run())
  }
  client.out.integer(waiting === undefined ? 0 : 1)
}

const kill = (client: Client, args: readonly string[]): void => {
  const all = [...client.server.clients.values()]
  const asked = new Map<string, string>()
  for (let i = 2; i + 1 < args.length; i += 2) asked.set(upper(args, i), args[i + 1]!)
  if (args.length === 3) {
    const found = all.find(({ id }) => args[2] === `embedded:${id}`)
    if (found === undefined) throw new Failure('ERR No such client')
    found.leave()
    client.out.ok()
    return
  }
  if (args.length % 2 === 1) throw syntaxError()
  const skipMe = asked.get('SKIPME')?.toUpperCase() !== 'NO'
  const wanted = asked.get('ID')
  const found = all.filter(
    (one) => (wanted === undefined || String(one.id) === wanted) && !(skipMe && one === client),
  )
  client.out.integer(found.length)
  for (const one of found) one.leave()
}

const ok = ({ out }: Client): void => out.ok()

export const connection: readonly Command[] = [
  command('ping', -1, ping, { whileSubscribed: true }),
  command('echo', 2, ({ out }, [, text]) => out.bulk(text!)),
  command('select', 2, select),
  command('hello', -1, hello),
  command('auth', -2, auth),
  command(
    'quit',
    -1,
    (client) => {
      client.out.ok()
      client.leave()
    },
    { unqueued: true, whileSubscribed: true },
  ),
  command('reset', 1, reset, { unqueued: true, whileSubscribed: true }),
  command('readonly', 1, ok),
  command('readwrite', 1, ok),
  container('client', [
    ['id', 2, ({ id, out }) => out.integer(id)],
    ['getname', 2, ({ name, out }) => out.maybe(name === '' ? undefined : name)],
    ['setname', 3, setName],
    ['setinfo', 4, setInfo],
    ['info', 2, (client) => client.out.verbatim(line(client))],
    ['list', -2, list],
    ['reply', 3, reply],
    ['kill', -3, kill],
    ['unblock', -3, unblock],
    ['pause', -3, ok],
    ['unpause', 2, ok],
    ['no-evict', 3, ok],
    ['no-touch', 3, ok],
    ['getredir', 2, ({ out }) => out.integer(-1)],
  ]),
]
