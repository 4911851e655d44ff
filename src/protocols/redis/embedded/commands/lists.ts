/** Lists; those commands that wait are in lists-blocking.ts. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, noSuchKey, syntaxError } from '../failure.ts'
import { integer, positive, ranged } from '../numbers.ts'
import type { Database } from '../store/database.ts'
import { type End, ListValue } from '../store/list.ts'
import { rangeOf, upper } from './options.ts'

export const pushTo = (db: Database, key: string, values: readonly string[], end: End): number => {
  let list = db.typed(key, 'list')
  if (list === undefined) {
    list = new ListValue()
    db.set(key, list)
  }
  for (const value of values) list.push(value, end)
  db.wrote('l', end === 'head' ? 'lpush' : 'rpush', key)
  return list.length
}

/** Up to `count` from an end of a list that there is. */
export const popFrom = (db: Database, key: string, end: End, count: number): string[] => {
  const list = db.typed(key, 'list')!
  const values: string[] = []
  while (values.length < count && list.length > 0) values.push(list.pop(end)!)
  db.wrote('l', end === 'head' ? 'lpop' : 'rpop', key)
  db.dropEmpty(key, list.length)
  return values
}

/** Throws WRONGTYPE before anything is moved. */
export const moveOne = (
  db: Database,
  from: string,
  to: string,
  ends: readonly [End, End],
): string | undefined => {
  if (db.typed(from, 'list') === undefined) return undefined
  db.typed(to, 'list')
  const list = db.typed(from, 'list')!
  const value = list.pop(ends[0])!
  pushTo(db, to, [value], ends[1])
  db.wrote('l', ends[0] === 'head' ? 'lpop' : 'rpop', from)
  db.dropEmpty(from, list.length)
  return value
}

export const endOf = (word: string): End => {
  if (word === 'LEFT') return 'head'
  if (word === 'RIGHT') return 'tail'
  throw syntaxError()
}

const push =
  (end: End, onlyKnown: boolean) =>
  ({ db, out }: Client, [, key, ...values]: readonly string[]): void => {
    const known = db.typed(key!, 'list')
    out.integer(known === undefined && onlyKnown ? 0 : pushTo(db, key!, values, end))
  }

const pop =
  (end: End, name: string) =>
  ({ db, out }: Client, args: readonly string[]): void => {
    const [, key, countText] = args
    if (args.length > 3) throw new Failure(`ERR wrong number of arguments for '${name}' command`)
    const count = countText === undefined ? undefined : positive(countText)
    const list = db.typed(key!, 'list')
    if (list === undefined) {
      if (count === undefined) out.null()
      else out.nullArray()
    } else if (count === undefined) out.bulk(popFrom(db, key!, end, 1)[0]!)
    else if (count === 0) out.array(0)
    else out.bulks(popFrom(db, key!, end, count))
  }

const range = ({ db, out }: Client, [, key, start, stop]: readonly string[]): void => {
  const [from, to] = [integer(start!), integer(stop!)]
  const list = db.typed(key!, 'list')
  const found = list === undefined ? undefined : rangeOf(from, to, list.length)
  out.bulks(found === undefined ? [] : list!.range(found.from, found.to))
}

const trim = ({ db, out }: Client, [, key, start, stop]: readonly string[]): void => {
  const [from, to] = [integer(start!), integer(stop!)]
  const list = db.typed(key!, 'list')
  if (list !== undefined) {
    const kept = rangeOf(from, to, list.length)
    list.replace(kept === undefined ? [] : list.range(kept.from, kept.to))
    db.wrote('l', 'ltrim', key!)
    db.dropEmpty(key!, list.length)
  }
  out.ok()
}

const at = (list: ListValue, index: number): number => (index < 0 ? index + list.length : index)

const set = ({ db, out }: Client, [, key, indexText, value]: readonly string[]): void => {
  const list = db.typed(key!, 'list')
  if (list === undefined) throw noSuchKey()
  const index = at(list, integer(indexText!))
  if (list.at(index) === undefined) throw new Failure('ERR index out of range')
  list.set(index, value!)
  db.wrote('l', 'lset', key!)
  out.ok()
}

const index = ({ db, out }: Client, [, key, indexText]: readonly string[]): void => {
  const list = db.typed(key!, 'list')
  if (list === undefined) out.null()
  else out.maybe(list.at(at(list, integer(indexText!))))
}

const insert = ({ db, out }: Client, args: readonly string[]): void => {
  const [, key, , pivot, value] = args as [string, string, string, string, string]
  const where = upper(args, 2)
  if (where !== 'BEFORE' && where !== 'AFTER') throw syntaxError()
  const list = db.typed(key, 'list')
  if (list === undefined) {
    out.integer(0)
    return
  }
  const place = list.range(0, list.length).indexOf(pivot)
  if (place < 0) {
    out.integer(-1)
    return
  }
  list.insert(where === 'BEFORE' ? place : place + 1, value)
  db.wrote('l', 'linsert', key)
  out.integer(list.length)
}

const remove = ({ db, out }: Client, [, key, countText, value]: readonly string[]): void => {
  const count = integer(countText!)
  const list = db.typed(key!, 'list')
  if (list === undefined) {
    out.integer(0)
    return
  }
  let left = count === 0 ? list.length : Math.abs(count)
  const before = list.length
  const items = list.range(0, before)
  if (count < 0) items.reverse()
  const kept = items.filter((item) => item !== value || left-- <= 0)
  if (count < 0) kept.reverse()
  const gone = before - kept.length
  if (gone > 0) {
    list.replace(kept)
    db.wrote('l', 'lrem', key!)
    db.dropEmpty(key!, list.length)
  }
  out.integer(gone)
}

const position = ({ db, out }: Client, args: readonly string[]): void => {
  const [, key, value] = args
  let [rank, count, most]: [number, number | undefined, number] = [1, undefined, 0]
  for (let i = 3; i < args.length; i += 2) {
    const word = upper(args, i)
    if (i + 1 >= args.length) throw syntaxError()
    if (word === 'RANK') {
      rank = integer(args[i + 1]!)
      if (rank === 0)
        throw new Failure(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
        )
      if (rank === -(2 ** 63)) throw new Failure('ERR value is out of range')
    } else if (word === 'COUNT') count = ranged(args[i + 1]!, 0, 2 ** 63, "ERR COUNT can't be negative")
    else if (word === 'MAXLEN') most = ranged(args[i + 1]!, 0, 2 ** 63, "ERR MAXLEN can't be negative")
    else throw syntaxError()
  }
  const list = db.typed(key!, 'list')
  if (list === undefined) {
    if (count === undefined) out.null()
    else out.array(0)
    return
  }
  const found: number[] = []
  let skip = Math.abs(rank) - 1
  const looked = most === 0 ? list.length : Math.min(most, list.length)
  const wanted = count === 0 ? list.length : (count ?? 1)
  for (let i = 0; i < looked && found.length < wanted; i++) {
    const place = rank > 0 ? i : list.length - 1 - i
    if (list.at(place) === value && skip-- <= 0) found.push(place)
  }
  if (count === undefined) {
    const [first] = found
    if (first === undefined) out.null()
    else out.integer(first)
    return
  }
  out.array(found.length)
  for (const place of found) out.integer(place)
}

const move =
  (ends: (args: readonly string[]) => readonly [End, End]) =>
  ({ db, out }: Client, args: readonly string[]): void =>
    out.maybe(moveOne(db, args[1]!, args[2]!, ends(args)))

export const lists: readonly Command[] = [
  command('lpush', -3, push('head', false)),
  command('rpush', -3, push('tail', false)),
  command('lpushx', -3, push('head', true)),
  command('rpushx', -3, push('tail', true)),
  command('lpop', -2, pop('head', 'lpop')),
  command('rpop', -2, pop('tail', 'rpop')),
  command('llen', 2, ({ db, out }, [, key]) => out.integer(db.typed(key!, 'list')?.length ?? 0)),
  command('lrange', 4, range),
  command('ltrim', 4, trim),
  command('lset', 4, set),
  command('lindex', 3, index),
  command('linsert', 5, insert),
  command('lrem', 4, remove),
  command('lpos', -3, position),
  command(
    'lmove',
    5,
    move((args) => [endOf(upper(args, 3)), endOf(upper(args, 4))]),
  ),
  command(
    'rpoplpush',
    3,
    move(() => ['tail', 'head']),
  ),
]
