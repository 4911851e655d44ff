/** Commands of lists that wait until there is something, and LMPOP, which reads as one of them does. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { integer, parseDouble } from '../numbers.ts'
import type { End } from '../store/list.ts'
import { endOf, moveOne, popFrom } from './lists.ts'
import { upper } from './options.ts'

/** Seconds, in milliseconds. */
export const timeoutOf = (text: string): number => {
  const seconds = parseDouble(text)
  if (seconds === undefined) throw new Failure('ERR timeout is not a float or out of range')
  if (seconds < 0) throw new Failure('ERR timeout is negative')
  const ms = Math.ceil(seconds * 1000)
  if (!Number.isFinite(ms) || ms > 2 ** 53) throw new Failure('ERR timeout is out of range')
  return ms
}

const blockingPop =
  (end: End) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const timeoutMs = timeoutOf(args.at(-1)!)
    const keys = args.slice(1, -1)
    const serve = (key: string): boolean => {
      if (db.get(key)?.kind !== 'list') return false
      out.bulks([key, popFrom(db, key, end, 1)[0]!])
      return true
    }
    for (const key of keys) if (db.typed(key, 'list') !== undefined && serve(key)) return
    client.wait({ db, keys, serve, timedOut: () => out.nullArray() }, timeoutMs)
  }

const blockingMove =
  (ends: (args: readonly string[]) => readonly [End, End]) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const [from, to] = ends(args)
    const timeoutMs = timeoutOf(args.at(-1)!)
    const source = args[1]!
    const serve = (): boolean => {
      if (db.get(source)?.kind !== 'list') return false
      const value = moveOne(db, source, args[2]!, [from, to])
      if (value !== undefined) out.bulk(value)
      return value !== undefined
    }
    if (db.typed(source, 'list') !== undefined && serve()) return
    // Inside a transaction it is answered as RPOPLPUSH is.
    const timedOut = (): void => (client.executing ? out.null() : out.nullArray())
    client.wait({ db, keys: [source], serve, timedOut }, timeoutMs)
  }

export interface PopMany {
  readonly keys: readonly string[]
  readonly where: string
  readonly count: number
}

/** `numkeys key … <where> [COUNT n]` from `at`. */
export const popMany = (args: readonly string[], at: number, wheres: readonly string[]): PopMany => {
  const number = (text: string, what: string): number => {
    let value = 0
    try {
      value = integer(text)
    } catch {
      value = 0
    }
    if (value <= 0 || value > 2 ** 62) throw new Failure(`ERR ${what} should be greater than 0`)
    return value
  }
  const size = number(args[at]!, 'numkeys')
  const where = upper(args, at + 1 + size)
  if (at + 1 + size >= args.length || !wheres.includes(where)) throw syntaxError()
  let count: number | undefined
  for (let i = at + 2 + size; i < args.length; i += 2) {
    if (count !== undefined || upper(args, i) !== 'COUNT' || i + 1 >= args.length) throw syntaxError()
    count = number(args[i + 1]!, 'count')
  }
  return { keys: args.slice(at + 1, at + 1 + size), where, count: count ?? 1 }
}

const multiPop =
  (at: number) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const timeoutMs = at === 2 ? timeoutOf(args[1]!) : 0
    const { keys, where, count } = popMany(args, at, ['LEFT', 'RIGHT'])
    const serve = (key: string): boolean => {
      if (db.get(key)?.kind !== 'list') return false
      out.array(2)
      out.bulk(key)
      out.bulks(popFrom(db, key, endOf(where), count))
      return true
    }
    for (const key of keys) if (db.typed(key, 'list') !== undefined && serve(key)) return
    if (at === 1) out.nullArray()
    else client.wait({ db, keys, serve, timedOut: () => out.nullArray() }, timeoutMs)
  }

export const listsBlocking: readonly Command[] = [
  command('blpop', -3, blockingPop('head')),
  command('brpop', -3, blockingPop('tail')),
  command(
    'blmove',
    6,
    blockingMove((args) => [endOf(upper(args, 3)), endOf(upper(args, 4))]),
  ),
  command(
    'brpoplpush',
    4,
    blockingMove(() => ['tail', 'head']),
  ),
  command('lmpop', -4, multiPop(1)),
  command('blmpop', -5, multiPop(2)),
]
