/** Consumer groups: making them, acknowledging, claiming. */
import type { Client } from '../client.ts'
import { type Command, command, container } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { int64, integer, ranged } from '../numbers.ts'
import {
  type Consumer,
  type Group,
  type Pending,
  type StreamId,
  StreamValue,
  shownId,
} from '../store/stream.ts'
import { upper } from './options.ts'
import { endOf, idOf, startOf } from './stream-arguments.ts'
import { tellEntry } from './streams.ts'

/** How many entries had been added when this one was; undefined: nobody can tell. */
export const entriesBefore = (stream: StreamValue, id: StreamId): bigint | undefined => {
  const { added, last, first, maxDeleted } = stream
  const length = BigInt(stream.length)
  if (added === 0n) return 0n
  if (length === 0n && id <= last) return added
  if (id === last) return added
  if (id > last) return undefined
  if (maxDeleted === 0n || maxDeleted < first) {
    if (id < first) return added - length
    if (id === first) return added - length + 1n
  }
  return undefined
}

/** Made where it is not known; seen now. */
export const consumerOf = ({ db, server }: Client, key: string, group: Group, name: string): Consumer => {
  const known = group.consumers.get(name)
  if (known !== undefined) {
    known.seenAt = server.now()
    return known
  }
  const made: Consumer = { name, seenAt: server.now(), pending: new Map() }
  group.consumers.set(name, made)
  db.notify('t', 'xgroup-createconsumer', key)
  return made
}

const wrongSubcommand = (name: string, args: readonly string[]): Failure =>
  new Failure(
    `ERR unknown subcommand or wrong number of arguments for '${args[1]!.slice(0, 128)}'. Try ${name} HELP.`,
  )

interface GroupOptions {
  readonly mkStream: boolean
  readonly read: bigint | undefined
}

const groupOptions = (args: readonly string[], creates: boolean): GroupOptions => {
  let [mkStream, read]: [boolean, bigint | undefined] = [false, undefined]
  for (let i = 5; i < args.length; i++) {
    const word = upper(args, i)
    if (creates && word === 'MKSTREAM') mkStream = true
    else if (word === 'ENTRIESREAD' && i + 1 < args.length) {
      const given = int64(args[++i]!)
      if (given < -1n) throw new Failure('ERR value for ENTRIESREAD must be positive or -1')
      read = given < 0n ? undefined : given
    } else throw wrongSubcommand('XGROUP', args)
  }
  return { mkStream, read }
}

const needed = (): Failure =>
  new Failure(
    'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
  )

const noGroup = (name: string, key: string): Failure =>
  new Failure(`NOGROUP No such consumer group '${name}' for key name '${key}'`)

const groupAt = ({ db }: Client, [, , key, name]: readonly string[]): Group => {
  const stream = db.typed(key!, 'stream')
  if (stream === undefined) throw needed()
  const group = stream.groups.get(name!)
  if (group === undefined) throw noGroup(name!, key!)
  return group
}

const create = ({ db, out }: Client, args: readonly string[]): void => {
  const { mkStream, read } = groupOptions(args, true)
  const [, , key, name, at] = args as [string, string, string, string, string]
  const known = db.typed(key, 'stream')
  if (known === undefined && !mkStream) throw needed()
  const last = at === '$' ? (known?.last ?? 0n) : idOf(at, 0n)
  const stream = known ?? new StreamValue()
  if (known === undefined) db.set(key, stream)
  if (stream.groups.has(name)) throw new Failure('BUSYGROUP Consumer Group name already exists')
  stream.groups.set(name, { name, last, read, pending: new Map(), consumers: new Map() })
  db.wrote('t', 'xgroup-create', key)
  out.ok()
}

const setId = (client: Client, args: readonly string[]): void => {
  const { read } = groupOptions(args, false)
  const group = groupAt(client, args)
  const stream = client.db.typed(args[2]!, 'stream')!
  group.last = args[4] === '$' ? stream.last : idOf(args[4]!, 0n, false)
  group.read = read
  client.db.wrote('t', 'xgroup-setid', args[2]!)
  client.out.ok()
}

const destroy = ({ db, out }: Client, [, , key, name]: readonly string[]): void => {
  const stream = db.typed(key!, 'stream')
  if (stream === undefined) throw needed()
  const gone = stream.groups.delete(name!)
  if (gone) db.wrote('t', 'xgroup-destroy', key!)
  out.integer(gone ? 1 : 0)
}

const createConsumer = (client: Client, args: readonly string[]): void => {
  const group = groupAt(client, args)
  const known = group.consumers.has(args[4]!)
  if (!known) consumerOf(client, args[2]!, group, args[4]!)
  client.out.integer(known ? 0 : 1)
}

const deleteConsumer = (client: Client, args: readonly string[]): void => {
  const group = groupAt(client, args)
  const consumer = group.consumers.get(args[4]!)
  if (consumer !== undefined) {
    for (const id of consumer.pending.keys()) group.pending.delete(id)
    group.consumers.delete(consumer.name)
    client.db.wrote('t', 'xgroup-delconsumer', args[2]!)
  }
  client.out.integer(consumer?.pending.size ?? 0)
}

const ack = ({ db, out }: Client, [, key, name, ...texts]: readonly string[]): void => {
  const group = db.typed(key!, 'stream')?.groups.get(name!)
  if (group === undefined) {
    out.integer(0)
    return
  }
  const ids = texts.map((text) => idOf(text, 0n))
  const gone = ids.filter((id) => forget(group, id)).length
  if (gone > 0) db.changed(key!)
  out.integer(gone)
}

const forget = (group: Group, id: StreamId): boolean => {
  const pending = group.pending.get(id)
  if (pending === undefined) return false
  group.pending.delete(id)
  pending.consumer.pending.delete(id)
  return true
}

const byId = (a: { readonly id: StreamId }, b: { readonly id: StreamId }): number => (a.id < b.id ? -1 : 1)

const inOrder = (pending: ReadonlyMap<StreamId, Pending>): Pending[] => [...pending.values()].sort(byId)

const pendingOf = (client: Client, args: readonly string[]): void => {
  const { db, out, server } = client
  if (args.length !== 3 && (args.length < 6 || args.length > 9)) throw syntaxError()
  const idle = args.length > 3 && upper(args, 3) === 'IDLE'
  const leastIdle = idle ? integer(args[4]!) : 0
  if (idle && args.length < 8) throw syntaxError()
  const at = idle ? 5 : 3
  const range =
    args.length === 3
      ? undefined
      : { count: Math.max(0, integer(args[at + 2]!)), from: startOf(args[at]!), to: endOf(args[at + 1]!) }
  const group = db.typed(args[1]!, 'stream')?.groups.get(args[2]!)
  if (group === undefined)
    throw new Failure(`NOGROUP No such key '${args[1]}' or consumer group '${args[2]}'`)
  if (range === undefined) {
    summary(client, group)
    return
  }
  const name = args[at + 3]
  const pending = name === undefined ? group.pending : (group.consumers.get(name)?.pending ?? new Map())
  const found = inOrder(pending)
    .filter(
      ({ id, deliveredAt }) => id >= range.from && id <= range.to && server.now() - deliveredAt >= leastIdle,
    )
    .slice(0, range.count)
  out.array(found.length)
  for (const { id, consumer, deliveredAt, count } of found) {
    out.array(4)
    out.bulk(shownId(id))
    out.bulk(consumer.name)
    out.integer(Math.max(0, server.now() - deliveredAt))
    out.integer(count)
  }
}

const summary = ({ out }: Client, group: Group): void => {
  const all = inOrder(group.pending)
  out.array(4)
  out.integer(all.length)
  if (all.length === 0) {
    out.null()
    out.null()
    out.nullArray()
    return
  }
  out.bulk(shownId(all[0]!.id))
  out.bulk(shownId(all.at(-1)!.id))
  const consumers = consumersOf(group).filter(({ pending }) => pending.size > 0)
  out.array(consumers.length)
  for (const { name, pending } of consumers) out.bulks([name, String(pending.size)])
}

/** In order of their names. */
export const consumersOf = (group: Group): readonly Consumer[] =>
  [...group.consumers.values()].sort((a, b) => (a.name < b.name ? -1 : 1))

interface Claim {
  readonly justId: boolean
  readonly force: boolean
  readonly deliveredAt: number
  readonly retries: number | undefined
}

const claimOptions = (group: Group, args: readonly string[], from: number, now: number): Claim => {
  let [justId, force, retries]: [boolean, boolean, number | undefined] = [false, false, undefined]
  let deliveredAt: number | undefined
  let last: StreamId = 0n
  const number = (text: string, what: string): number =>
    integer(text, () => new Failure(`ERR Invalid ${what} option argument for XCLAIM`))
  for (let i = from; i < args.length; i++) {
    const word = upper(args, i)
    const more = i + 1 < args.length
    if (word === 'FORCE') force = true
    else if (word === 'JUSTID') justId = true
    else if (word === 'IDLE' && more) deliveredAt = now - number(args[++i]!, 'IDLE')
    else if (word === 'TIME' && more) deliveredAt = number(args[++i]!, 'TIME')
    else if (word === 'RETRYCOUNT' && more) retries = number(args[++i]!, 'RETRYCOUNT')
    else if (word === 'LASTID' && more) last = idOf(args[++i]!, 0n)
    else throw new Failure(`ERR Unrecognized XCLAIM option '${args[i]}'`)
  }
  if (last > group.last) group.last = last
  const sane = deliveredAt !== undefined && deliveredAt >= 0 && deliveredAt <= now ? deliveredAt : now
  return {
    justId,
    force,
    deliveredAt: sane,
    retries: retries !== undefined && retries >= 0 ? retries : undefined,
  }
}

const claimed = (client: Client, key: string, group: Group, one: Pending, name: string, how: Claim): void => {
  const consumer = consumerOf(client, key, group, name)
  one.consumer.pending.delete(one.id)
  one.consumer = consumer
  consumer.pending.set(one.id, one)
  one.deliveredAt = how.deliveredAt
  if (how.retries !== undefined) one.count = how.retries
  else if (!how.justId) one.count++
}

const claim = (client: Client, args: readonly string[]): void => {
  const { db, server } = client
  const [, key, name, consumer] = args as [string, string, string, string]
  const stream = db.typed(key, 'stream')
  const group = stream?.groups.get(name)
  if (stream === undefined || group === undefined)
    throw new Failure(`NOGROUP No such key '${key}' or consumer group '${name}'`)
  const leastIdle = integer(args[4]!, () => new Failure('ERR Invalid min-idle-time argument for XCLAIM'))
  let at = 5
  const ids: StreamId[] = []
  for (; at < args.length && /^\d+(?:-\d+)?$/.test(args[at]!); at++) ids.push(idOf(args[at]!, 0n))
  const now = server.now()
  const how = claimOptions(group, args, at, now)
  const found: StreamId[] = []
  for (const id of ids) {
    let one = group.pending.get(id)
    if (stream.find(id) === undefined) {
      forget(group, id)
      continue
    }
    if (one !== undefined && leastIdle > 0 && now - one.deliveredAt < leastIdle) continue
    if (one === undefined && how.force) {
      one = { id, consumer: consumerOf(client, key, group, consumer), deliveredAt: now, count: 1 }
      group.pending.set(id, one)
    }
    if (one === undefined) continue
    claimed(client, key, group, one, consumer, how)
    found.push(id)
  }
  db.changed(key)
  tellClaimed(client, stream, found, how.justId)
}

const tellClaimed = (
  { out }: Client,
  stream: StreamValue,
  ids: readonly StreamId[],
  justId: boolean,
): void => {
  out.array(ids.length)
  for (const id of ids) {
    if (justId) out.bulk(shownId(id))
    else tellEntry(out, stream.find(id)!)
  }
}

const autoClaim = (client: Client, args: readonly string[]): void => {
  const { db, out, server } = client
  const [, key, name, consumer] = args as [string, string, string, string]
  const leastIdle = integer(args[4]!, () => new Failure('ERR Invalid min-idle-time argument for XAUTOCLAIM'))
  const from = startOf(args[5]!)
  let [count, justId] = [100, false]
  for (let i = 6; i < args.length; i++) {
    const word = upper(args, i)
    if (word === 'COUNT' && i + 1 < args.length)
      count = ranged(args[++i]!, 1, 2 ** 59, 'ERR COUNT must be > 0')
    else if (word === 'JUSTID') justId = true
    else throw syntaxError()
  }
  const stream = db.typed(key, 'stream')
  const group = stream?.groups.get(name)
  if (stream === undefined || group === undefined)
    throw new Failure(`NOGROUP No such key '${key}' or consumer group '${name}'`)
  const now = server.now()
  const [found, deleted]: [StreamId[], StreamId[]] = [[], []]
  const waiting = inOrder(group.pending).filter(({ id }) => id >= from)
  let looked = 0
  for (const one of waiting) {
    if (looked >= 10 * count || found.length + deleted.length >= count) break
    looked++
    if (stream.find(one.id) === undefined) {
      forget(group, one.id)
      deleted.push(one.id)
    } else if (leastIdle <= 0 || now - one.deliveredAt >= leastIdle) {
      claimed(client, key, group, one, consumer, {
        justId,
        force: false,
        deliveredAt: now,
        retries: undefined,
      })
      found.push(one.id)
    }
  }
  db.changed(key)
  out.array(3)
  out.bulk(shownId(waiting[looked]?.id ?? 0n))
  tellClaimed(client, stream, found, justId)
  out.bulks(deleted.map(shownId))
}

export const streamGroups: readonly Command[] = [
  container('xgroup', [
    ['create', -5, create],
    ['setid', -5, setId],
    ['destroy', 4, destroy],
    ['createconsumer', 5, createConsumer],
    ['delconsumer', 5, deleteConsumer],
  ]),
  command('xack', -4, ack),
  command('xpending', -3, pendingOf),
  command('xclaim', -6, claim),
  command('xautoclaim', -6, autoClaim),
]
