/** Sets. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { integer, ranged } from '../numbers.ts'
import type { Database } from '../store/database.ts'
import { SetValue } from '../store/set.ts'
import { upper } from './options.ts'
import { pickOnce, pickWithRepeats } from './random.ts'
import { scanCollection } from './scan.ts'

const setOf = (db: Database, key: string): SetValue => {
  const known = db.typed(key, 'set')
  if (known !== undefined) return known
  const made = new SetValue()
  db.set(key, made)
  return made
}

const add = ({ db, out }: Client, [, key, ...members]: readonly string[]): void => {
  const set = setOf(db, key!)
  const added = members.filter((member) => set.add(member)).length
  if (added > 0) db.wrote('s', 'sadd', key!)
  out.integer(added)
}

const remove = ({ db, out }: Client, [, key, ...members]: readonly string[]): void => {
  const set = db.typed(key!, 'set')
  const gone = members.filter((member) => set?.delete(member)).length
  if (gone > 0) {
    db.wrote('s', 'srem', key!)
    db.dropEmpty(key!, set!.size)
  }
  out.integer(gone)
}

const move = ({ db, out }: Client, args: readonly string[]): void => {
  const [, from, to, member] = args as [string, string, string, string]
  const source = db.typed(from, 'set')
  if (source === undefined) {
    out.integer(0)
    return
  }
  const target = db.typed(to, 'set')
  if (from === to || !source.has(member)) {
    out.integer(source.has(member) ? 1 : 0)
    return
  }
  source.delete(member)
  db.wrote('s', 'srem', from)
  db.dropEmpty(from, source.size)
  if ((target ?? setOf(db, to)).add(member)) db.wrote('s', 'sadd', to)
  out.integer(1)
}

const pop = ({ db, out, server }: Client, args: readonly string[]): void => {
  const [, key, countText] = args
  if (args.length > 3) throw syntaxError()
  const count =
    countText === undefined ? 1 : ranged(countText, 0, 2 ** 63, 'ERR value is out of range, must be positive')
  const set = db.typed(key!, 'set')
  const picked = set === undefined ? [] : pickOnce(set.all(), count, server.random)
  for (const member of picked) set!.delete(member)
  if (picked.length > 0) {
    db.wrote('s', 'spop', key!)
    db.dropEmpty(key!, set!.size)
  }
  if (countText === undefined) {
    out.maybe(picked[0])
    return
  }
  tell(out, picked)
}

const tell = (out: Client['out'], members: readonly string[]): void => {
  out.set(members.length)
  for (const member of members) out.bulk(member)
}

const randomMember = ({ db, out, server }: Client, args: readonly string[]): void => {
  const [, key, countText] = args
  if (args.length > 3) throw syntaxError()
  const count = countText === undefined ? 1 : integer(countText)
  if (count <= -(2 ** 63)) throw new Failure('ERR value is out of range')
  const members = db.typed(key!, 'set')?.all() ?? []
  if (countText === undefined) out.maybe(pickOnce(members, 1, server.random)[0])
  else
    out.bulks(
      count < 0 ? pickWithRepeats(members, -count, server.random) : pickOnce(members, count, server.random),
    )
}

const many = ({ db, out }: Client, [, key, ...members]: readonly string[]): void => {
  const set = db.typed(key!, 'set')
  out.array(members.length)
  for (const member of members) out.integer(set?.has(member) === true ? 1 : 0)
}

type Combine = (sets: readonly (SetValue | undefined)[]) => readonly string[]

const inOrder = (members: Iterable<string>): readonly string[] => {
  const set = new SetValue()
  for (const member of members) set.add(member)
  return set.all()
}

const combinations = {
  sinter: (sets: Parameters<Combine>[0]) => {
    if (sets.some((set) => set === undefined)) return []
    const [least, ...others] = [...(sets as readonly SetValue[])].sort((a, b) => a.size - b.size)
    return inOrder(least!.all().filter((member) => others.every((set) => set.has(member))))
  },
  sunion: (sets: Parameters<Combine>[0]) => inOrder(sets.flatMap((set) => set?.all() ?? [])),
  sdiff: ([first, ...others]: Parameters<Combine>[0]) =>
    inOrder((first?.all() ?? []).filter((member) => others.every((set) => set?.has(member) !== true))),
} as const

const setsAt = (db: Database, keys: readonly string[]): readonly (SetValue | undefined)[] =>
  keys.map((key) => db.typed(key, 'set'))

const combine =
  (how: Combine) =>
  ({ db, out }: Client, [, ...keys]: readonly string[]): void =>
    tell(out, how(setsAt(db, keys)))

const store =
  (how: Combine, name: string) =>
  ({ db, out }: Client, [, target, ...keys]: readonly string[]): void => {
    const members = how(setsAt(db, keys))
    if (members.length === 0) {
      if (db.delete(target!)) db.notify('g', 'del', target!)
    } else {
      const set = new SetValue()
      for (const member of members) set.add(member)
      db.set(target!, set)
      db.notify('s', `${name}store`, target!)
    }
    out.integer(members.length)
  }

/** `numkeys`, for commands that name it first. */
export const keyCount = (args: readonly string[], at: number): number => {
  let count = 0
  try {
    count = integer(args[at]!)
  } catch {
    count = 0
  }
  if (count <= 0) throw new Failure('ERR numkeys should be greater than 0')
  if (count > args.length - at - 1)
    throw new Failure("ERR Number of keys can't be greater than number of args")
  return count
}

const interCard = ({ db, out }: Client, args: readonly string[]): void => {
  const count = keyCount(args, 1)
  let limit = 0
  for (let i = 2 + count; i < args.length; i += 2) {
    if (upper(args, i) !== 'LIMIT' || i + 1 >= args.length) throw syntaxError()
    try {
      limit = integer(args[i + 1]!)
    } catch {
      limit = -1
    }
    if (limit < 0) throw new Failure("ERR LIMIT can't be negative")
  }
  const { length } = combinations.sinter(setsAt(db, args.slice(2, 2 + count)))
  out.integer(limit > 0 ? Math.min(limit, length) : length)
}

export const sets: readonly Command[] = [
  command('sadd', -3, add),
  command('srem', -3, remove),
  command('smove', 4, move),
  command('spop', -2, pop),
  command('srandmember', -2, randomMember),
  command('scard', 2, ({ db, out }, [, key]) => out.integer(db.typed(key!, 'set')?.size ?? 0)),
  command('smembers', 2, ({ db, out }, [, key]) => tell(out, db.typed(key!, 'set')?.all() ?? [])),
  command('sismember', 3, ({ db, out }, [, key, member]) =>
    out.integer(db.typed(key!, 'set')?.has(member!) === true ? 1 : 0),
  ),
  command('smismember', -3, many),
  ...Object.entries(combinations).flatMap(([name, how]) => [
    command(name, -2, combine(how)),
    command(`${name}store`, -3, store(how, name)),
  ]),
  command('sintercard', -3, interCard),
  command('sscan', -3, (client, args) =>
    scanCollection(client, args, (key) =>
      (client.db.typed(key, 'set')?.all() ?? []).map((member) => [member, [member]] as const),
    ),
  ),
]
