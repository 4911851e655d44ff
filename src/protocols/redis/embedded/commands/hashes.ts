/** Hashes. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { badArity, Failure, syntaxError } from '../failure.ts'
import {
  addLongDoubles,
  formatLongDouble,
  int64,
  integer,
  longDouble,
  maxInt64,
  minInt64,
} from '../numbers.ts'
import { HashValue } from '../store/hash.ts'
import { upper } from './options.ts'
import { pickOnce, pickWithRepeats } from './random.ts'
import { scanCollection } from './scan.ts'

const hashOf = ({ db }: Client, key: string): HashValue => {
  const known = db.typed(key, 'hash')
  if (known !== undefined) return known
  const made = new HashValue()
  db.set(key, made)
  return made
}

const setAll = (client: Client, args: readonly string[], name: string): number => {
  if (args.length % 2 === 1) throw badArity(name)
  const key = args[1]!
  const hash = hashOf(client, key)
  let added = 0
  for (let i = 2; i < args.length; i += 2) if (hash.set(args[i]!, args[i + 1]!)) added++
  client.db.wrote('h', 'hset', key)
  return added
}

const setNx = (client: Client, [, key, field, value]: readonly string[]): void => {
  const known = client.db.typed(key!, 'hash')?.fields.has(field!) === true
  if (!known) {
    hashOf(client, key!).set(field!, value!)
    client.db.wrote('h', 'hset', key!)
  }
  client.out.integer(known ? 0 : 1)
}

const mGet = ({ db, out }: Client, [, key, ...fields]: readonly string[]): void => {
  const hash = db.typed(key!, 'hash')
  out.array(fields.length)
  for (const field of fields) out.maybe(hash?.fields.get(field))
}

const del = ({ db, out }: Client, [, key, ...fields]: readonly string[]): void => {
  const hash = db.typed(key!, 'hash')
  const gone = fields.filter((field) => hash?.fields.delete(field)).length
  if (gone > 0) {
    db.wrote('h', 'hdel', key!)
    db.dropEmpty(key!, hash!.size)
  }
  out.integer(gone)
}

const increase = (client: Client, [, key, field, by]: readonly string[]): void => {
  const amount = int64(by!)
  const before = client.db.typed(key!, 'hash')?.fields.get(field!)
  const sum = int64(before ?? '0', () => new Failure('ERR hash value is not an integer')) + amount
  if (sum > maxInt64 || sum < minInt64) throw new Failure('ERR increment or decrement would overflow')
  hashOf(client, key!).set(field!, sum.toString())
  client.db.wrote('h', 'hincrby', key!)
  client.out.integer(sum)
}

const increaseFloat = (client: Client, [, key, field, by]: readonly string[]): void => {
  const amount = longDouble(by!)
  const before = client.db.typed(key!, 'hash')?.fields.get(field!)
  const text = formatLongDouble(
    addLongDoubles(
      longDouble(before ?? '0', () => new Failure('ERR hash value is not a float')),
      amount,
    ),
  )
  hashOf(client, key!).set(field!, text)
  client.db.wrote('h', 'hincrbyfloat', key!)
  client.out.bulk(text)
}

const getAll = ({ db, out }: Client, [, key]: readonly string[]): void => {
  const hash = db.typed(key!, 'hash')
  out.map(hash?.size ?? 0)
  for (const [field, value] of hash?.fields ?? []) {
    out.bulk(field)
    out.bulk(value)
  }
}

const randomField = (client: Client, args: readonly string[]): void => {
  const { db, out, server } = client
  const [, key, countText] = args
  const withValues = args.length > 3
  if (args.length > 4 || (withValues && upper(args, 3) !== 'WITHVALUES')) throw syntaxError()
  const count = countText === undefined ? 1 : integer(countText)
  if (countText !== undefined && (Math.abs(count) > 2 ** 62 || (withValues && Math.abs(count) > 2 ** 61)))
    throw new Failure('ERR value is out of range')
  const hash = db.typed(key!, 'hash')
  if (countText === undefined) {
    const [field] = hash === undefined ? [] : pickOnce([...hash.fields.keys()], 1, server.random)
    out.maybe(field)
    return
  }
  const fields = hash === undefined ? [] : [...hash.fields.keys()]
  const picked =
    count < 0 ? pickWithRepeats(fields, -count, server.random) : pickOnce(fields, count, server.random)
  // RESP3 pairs them.
  out.array(withValues && out.resp === 2 ? 2 * picked.length : picked.length)
  for (const field of picked) {
    if (withValues && out.resp === 3) out.array(2)
    out.bulk(field)
    if (withValues) out.bulk(hash!.fields.get(field)!)
  }
}

const scan = (client: Client, args: readonly string[]): void =>
  scanCollection(client, args, (key) => {
    const hash = client.db.typed(key, 'hash')
    return hash === undefined
      ? []
      : [...hash.fields].map(([field, value]) => [field, [field, value]] as const)
  })

export const hashes: readonly Command[] = [
  command('hset', -4, (client, args) => client.out.integer(setAll(client, args, 'hset'))),
  command('hmset', -4, (client, args) => {
    setAll(client, args, 'hmset')
    client.out.ok()
  }),
  command('hsetnx', 4, setNx),
  command('hget', 3, ({ db, out }, [, key, field]) => out.maybe(db.typed(key!, 'hash')?.fields.get(field!))),
  command('hmget', -3, mGet),
  command('hdel', -3, del),
  command('hlen', 2, ({ db, out }, [, key]) => out.integer(db.typed(key!, 'hash')?.size ?? 0)),
  command('hstrlen', 3, ({ db, out }, [, key, field]) =>
    out.integer(db.typed(key!, 'hash')?.fields.get(field!)?.length ?? 0),
  ),
  command('hexists', 3, ({ db, out }, [, key, field]) =>
    out.integer(db.typed(key!, 'hash')?.fields.has(field!) === true ? 1 : 0),
  ),
  command('hincrby', 4, increase),
  command('hincrbyfloat', 4, increaseFloat),
  command('hgetall', 2, getAll),
  command('hkeys', 2, ({ db, out }, [, key]) =>
    out.bulks([...(db.typed(key!, 'hash')?.fields.keys() ?? [])]),
  ),
  command('hvals', 2, ({ db, out }, [, key]) =>
    out.bulks([...(db.typed(key!, 'hash')?.fields.values() ?? [])]),
  ),
  command('hrandfield', -2, randomField),
  command('hscan', -3, scan),
]
