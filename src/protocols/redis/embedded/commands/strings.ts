/** Strings: SET and GET, counters, ranges. */
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
  parseInt64,
} from '../numbers.ts'
import { StringValue } from '../store/string.ts'
import { lcs } from './lcs.ts'
import { type ExpiryUnit, expiryOf, rangeOf, stringOptions } from './options.ts'

/** proto-max-bulk-len. */
export const maxStringBytes = 512 * 1024 * 1024

const tooLong = (): Failure => new Failure('ERR string exceeds maximum allowed size (proto-max-bulk-len)')

export const textAt = ({ db }: Client, key: string): string | undefined => db.typed(key, 'string')?.text

/** Writes inside the value that the key has, or makes one. */
const change = ({ db }: Client, key: string, text: string, event: string): void => {
  const known = db.typed(key, 'string')
  const value = known ?? new StringValue('')
  value.text = text
  if (known === undefined) db.set(key, value)
  else db.changed(key)
  db.notify('$', event, key)
}

/** A new value whose encoding is not that of one that was appended to. */
const put = ({ db }: Client, key: string, text: string, event: string, keepTtl = false): void => {
  db.set(key, new StringValue(text), keepTtl)
  db.notify('$', event, key)
}

const expire = ({ db }: Client, key: string, at: number): void => {
  db.setExpiry(key, at)
  db.notify('g', 'expire', key)
}

const set = (client: Client, args: readonly string[]): void => {
  const [, key, value] = args as [string, string, string]
  const { db, out, server } = client
  const { flags, expiry } = stringOptions(args, 3, ['NX', 'XX', 'GET', 'KEEPTTL'])
  const at = expiry === undefined ? undefined : expiryOf(expiry.unit, expiry.text, server.now(), 'set')
  const get = flags.has('GET')
  if (get) out.maybe(textAt(client, key))
  const known = db.get(key) !== undefined
  if ((flags.has('NX') && known) || (flags.has('XX') && !known)) {
    if (!get) out.null()
    return
  }
  put(client, key, value, 'set', flags.has('KEEPTTL'))
  if (at !== undefined) expire(client, key, at)
  if (!get) out.ok()
}

const setWithExpiry =
  (unit: ExpiryUnit, name: string) =>
  (client: Client, [, key, time, value]: readonly string[]): void => {
    const at = expiryOf(unit, time!, client.server.now(), name)
    put(client, key!, value!, 'set')
    expire(client, key!, at)
    client.out.ok()
  }

const setNx = (client: Client, [, key, value]: readonly string[]): void => {
  const known = client.db.get(key!) !== undefined
  if (!known) put(client, key!, value!, 'set')
  client.out.integer(known ? 0 : 1)
}

const get = (client: Client, [, key]: readonly string[]): void => client.out.maybe(textAt(client, key!))

const getSet = (client: Client, [, key, value]: readonly string[]): void => {
  client.out.maybe(textAt(client, key!))
  put(client, key!, value!, 'set')
}

const getDel = (client: Client, [, key]: readonly string[]): void => {
  const text = textAt(client, key!)
  client.out.maybe(text)
  if (text === undefined) return
  client.db.delete(key!)
  client.db.notify('g', 'del', key!)
}

const getEx = (client: Client, args: readonly string[]): void => {
  const { db, out, server } = client
  const key = args[1]!
  const { flags, expiry } = stringOptions(args, 2, ['PERSIST'])
  const text = textAt(client, key)
  if (text === undefined) {
    out.null()
    return
  }
  const at = expiry === undefined ? undefined : expiryOf(expiry.unit, expiry.text, server.now(), 'getex')
  out.bulk(text)
  if (at !== undefined && at <= server.now()) {
    db.delete(key)
    db.notify('g', 'del', key)
  } else if (at !== undefined) expire(client, key, at)
  else if (flags.has('PERSIST') && db.entry(key)?.expiresAt !== undefined) {
    db.setExpiry(key, undefined)
    db.notify('g', 'persist', key)
  }
}

const mGet = ({ db, out }: Client, [, ...keys]: readonly string[]): void => {
  out.array(keys.length)
  for (const key of keys) {
    const value = db.get(key)
    out.maybe(value?.kind === 'string' ? value.text : undefined)
  }
}

const pairs = (name: string, client: Client, args: readonly string[]): void => {
  if (args.length % 2 === 0) throw badArity(name)
  for (let i = 1; i < args.length; i += 2) put(client, args[i]!, args[i + 1]!, 'set')
}

const mSet = (client: Client, args: readonly string[]): void => {
  pairs('mset', client, args)
  client.out.ok()
}

const mSetNx = (client: Client, args: readonly string[]): void => {
  if (args.length % 2 === 0) throw badArity('msetnx')
  const known = args.some((key, i) => i % 2 === 1 && client.db.get(key) !== undefined)
  if (!known) pairs('msetnx', client, args)
  client.out.integer(known ? 0 : 1)
}

const add = (client: Client, key: string, by: bigint): void => {
  const before = int64(textAt(client, key) ?? '0')
  const after = before + by
  if (after > maxInt64 || after < minInt64) throw new Failure('ERR increment or decrement would overflow')
  put(client, key, after.toString(), 'incrby', true)
  client.out.integer(after)
}

const decrBy = (client: Client, [, key, by]: readonly string[]): void => {
  const amount = int64(by!)
  if (amount === minInt64) throw new Failure('ERR decrement would overflow')
  add(client, key!, -amount)
}

const incrByFloat = (client: Client, [, key, by]: readonly string[]): void => {
  const before = textAt(client, key!)
  const sum = addLongDoubles(longDouble(before ?? '0'), longDouble(by!))
  const text = formatLongDouble(sum)
  client.db.set(key!, new StringValue(text, false), true)
  client.db.notify('$', 'incrbyfloat', key!)
  client.out.bulk(text)
}

const append = (client: Client, [, key, value]: readonly string[]): void => {
  const before = textAt(client, key!)
  if (before === undefined) put(client, key!, value!, 'append')
  else {
    if (before.length + value!.length > maxStringBytes) throw tooLong()
    change(client, key!, before + value!, 'append')
  }
  client.out.integer((before?.length ?? 0) + value!.length)
}

const setRange = (client: Client, [, key, offset, value]: readonly string[]): void => {
  const { db, out } = client
  const at = integer(offset!)
  if (at < 0) throw new Failure('ERR offset is out of range')
  const known = db.typed(key!, 'string')
  if (value === '') {
    out.integer(known?.length ?? 0)
    return
  }
  if (at + value!.length > maxStringBytes) throw tooLong()
  const text = known?.text ?? ''
  const padded = text.length < at ? text.padEnd(at, '\0') : text
  change(client, key!, padded.slice(0, at) + value! + padded.slice(at + value!.length), 'setrange')
  out.integer(db.typed(key!, 'string')!.length)
}

const getRange = (client: Client, [, key, start, stop]: readonly string[]): void => {
  const [from, to] = [integer(start!), integer(stop!)]
  const text = textAt(client, key!) ?? ''
  // Both below 0 and the wrong way round is nothing, also where the clamped ends would meet.
  const range =
    from < 0 && to < 0 && from > to ? undefined : rangeOf(from, Math.max(to, -text.length), text.length)
  client.out.bulk(range === undefined ? '' : text.slice(range.from, range.to))
}

const strLen = (client: Client, [, key]: readonly string[]): void =>
  client.out.integer(client.db.typed(key!, 'string')?.length ?? 0)

const longestCommon = (client: Client, args: readonly string[]): void => {
  const texts = [args[1]!, args[2]!].map((key) => {
    const value = client.db.get(key)
    if (value !== undefined && value.kind !== 'string')
      throw new Failure('ERR The specified keys must contain string values')
    return value?.text ?? ''
  })
  let [length, index, withLengths, least] = [false, false, false, 0]
  for (let i = 3; i < args.length; i++) {
    const word = args[i]!.toUpperCase()
    if (word === 'IDX') index = true
    else if (word === 'LEN') length = true
    else if (word === 'WITHMATCHLEN') withLengths = true
    else if (word === 'MINMATCHLEN' && i + 1 < args.length) least = Math.max(0, integer(args[++i]!))
    else throw syntaxError()
  }
  if (length && index) throw new Failure('ERR If you want both the length and indexes, please just use IDX.')
  const { text, matches } = lcs(texts[0]!, texts[1]!)
  const { out } = client
  if (length) out.integer(text.length)
  else if (!index) out.bulk(text)
  else {
    const shown = matches.filter((match) => match.length >= least)
    out.map(2)
    out.bulk('matches')
    out.array(shown.length)
    for (const match of shown) {
      out.array(withLengths ? 3 : 2)
      for (const at of [match.a, match.b]) {
        out.array(2)
        out.integer(at)
        out.integer(at + match.length - 1)
      }
      if (withLengths) out.integer(match.length)
    }
    out.bulk('len')
    out.integer(text.length)
  }
}

export const strings: readonly Command[] = [
  command('set', -3, set),
  command('setex', 4, setWithExpiry('EX', 'setex')),
  command('psetex', 4, setWithExpiry('PX', 'psetex')),
  command('setnx', 3, setNx),
  command('get', 2, get),
  command('getset', 3, getSet),
  command('getdel', 2, getDel),
  command('getex', -2, getEx),
  command('mget', -2, mGet),
  command('mset', -3, mSet),
  command('msetnx', -3, mSetNx),
  command('incr', 2, (client, [, key]) => add(client, key!, 1n)),
  command('decr', 2, (client, [, key]) => add(client, key!, -1n)),
  command('incrby', 3, (client, [, key, by]) => add(client, key!, int64(by!))),
  command('decrby', 3, decrBy),
  command('incrbyfloat', 3, incrByFloat),
  command('append', 3, append),
  command('setrange', 4, setRange),
  command('getrange', 4, getRange),
  command('substr', 4, getRange),
  command('strlen', 2, strLen),
  command('lcs', -3, longestCommon),
]

export const isCounter = (text: string): boolean => parseInt64(text) !== undefined
