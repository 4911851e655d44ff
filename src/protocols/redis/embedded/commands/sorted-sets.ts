/** Sorted sets: members and their scores. Ranges, combinations and waiting are in files of their own. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { double, formatDouble, integer, positive } from '../numbers.ts'
import type { Database } from '../store/database.ts'
import { type Scored, SortedSetValue } from '../store/sorted-set.ts'
import { upper } from './options.ts'
import { pickOnce, pickWithRepeats } from './random.ts'
import { scanCollection } from './scan.ts'

const zsetOf = (db: Database, key: string): SortedSetValue => {
  const known = db.typed(key, 'zset')
  if (known !== undefined) return known
  const made = new SortedSetValue()
  db.set(key, made)
  return made
}

/** Members with their scores: RESP3 pairs them, RESP2 tells them in turns unless `nested`. */
export const tellScored = (
  { out }: Pick<Client, 'out'>,
  found: readonly Scored[],
  withScores: boolean,
  nested = out.resp === 3,
): void => {
  out.array(withScores && !nested ? 2 * found.length : found.length)
  for (const { member, score } of found) {
    if (withScores && nested) out.array(2)
    out.bulk(member)
    if (withScores) out.double(score)
  }
}

interface AddOptions {
  readonly flags: ReadonlySet<string>
  /** Where scores and members begin. */
  readonly from: number
}

const addOptions = (args: readonly string[]): AddOptions => {
  const flags = new Set<string>()
  let from = 2
  while (from < args.length && ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'].includes(upper(args, from)))
    flags.add(upper(args, from++))
  const elements = args.length - from
  if (elements % 2 === 1 || elements === 0) throw syntaxError()
  if (flags.has('NX') && flags.has('XX'))
    throw new Failure('ERR XX and NX options at the same time are not compatible')
  if (
    (flags.has('GT') && flags.has('NX')) ||
    (flags.has('LT') && flags.has('NX')) ||
    (flags.has('GT') && flags.has('LT'))
  )
    throw new Failure('ERR GT, LT, and/or NX options at the same time are not compatible')
  if (flags.has('INCR') && elements > 2)
    throw new Failure('ERR INCR option supports a single increment-element pair')
  return { flags, from }
}

/** The score that the member gets; undefined: the options leave it as it is. */
const newScore = (
  flags: ReadonlySet<string>,
  before: number | undefined,
  given: number,
): number | undefined => {
  if (before === undefined) return flags.has('XX') ? undefined : given
  if (flags.has('NX')) return undefined
  const score = flags.has('INCR') ? before + given : given
  if (Number.isNaN(score)) throw new Failure('ERR resulting score is not a number (NaN)')
  if (flags.has('LT') && score >= before) return undefined
  return flags.has('GT') && score <= before ? undefined : score
}

const addTo = (client: Client, args: readonly string[], { flags, from }: AddOptions): void => {
  const { db, out } = client
  const key = args[1]!
  const scores: number[] = []
  for (let i = from; i < args.length; i += 2) scores.push(double(args[i]!))
  const known = db.typed(key, 'zset')
  let [added, updated]: [number, number] = [0, 0]
  let last: number | undefined
  if (known !== undefined || !flags.has('XX')) {
    const zset = known ?? zsetOf(db, key)
    scores.forEach((given, i) => {
      const member = args[from + 2 * i + 1]!
      const before = zset.score(member)
      last = newScore(flags, before, given)
      if (last === undefined) return
      if (before === undefined) added++
      else if (before !== last) updated++
      zset.set(member, last)
    })
    if (added + updated > 0) db.wrote('z', flags.has('INCR') ? 'zincr' : 'zadd', key)
  }
  if (!flags.has('INCR')) out.integer(flags.has('CH') ? added + updated : added)
  else if (last === undefined) out.null()
  else out.double(last)
}

const increment: AddOptions = { flags: new Set(['INCR']), from: 2 }

const remove = ({ db, out }: Client, [, key, ...members]: readonly string[]): void => {
  const zset = db.typed(key!, 'zset')
  const gone = members.filter((member) => zset?.delete(member)).length
  if (gone > 0) {
    db.wrote('z', 'zrem', key!)
    db.dropEmpty(key!, zset!.size)
  }
  out.integer(gone)
}

const score = ({ db, out }: Client, [, key, member]: readonly string[]): void => {
  const found = db.typed(key!, 'zset')?.score(member!)
  if (found === undefined) out.null()
  else out.double(found)
}

const scores = ({ db, out }: Client, [, key, ...members]: readonly string[]): void => {
  const zset = db.typed(key!, 'zset')
  out.array(members.length)
  for (const member of members) {
    const found = zset?.score(member)
    if (found === undefined) out.null()
    else out.double(found)
  }
}

const rank =
  (fromEnd: boolean) =>
  ({ db, out }: Client, [, key, member]: readonly string[]): void => {
    const zset = db.typed(key!, 'zset')
    const place = zset?.rank(member!)
    if (place === undefined) out.null()
    else out.integer(fromEnd ? zset!.size - 1 - place : place)
  }

/** Takes up to `count` from the low or high end of a sorted set that there is; the outermost first. */
export const popScored = (db: Database, key: string, high: boolean, count: number): Scored[] => {
  const zset = db.typed(key, 'zset')!
  const some = Math.min(count, zset.size)
  const found = high ? zset.cut(zset.size - some, zset.size).reverse() : zset.cut(0, some)
  db.wrote('z', high ? 'zpopmax' : 'zpopmin', key)
  db.dropEmpty(key, zset.size)
  return found
}

const pop =
  (high: boolean) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const [, key, countText] = args
    if (args.length > 3) throw syntaxError()
    const count = countText === undefined ? undefined : positive(countText)
    const zset = db.typed(key!, 'zset')
    const found = zset === undefined || count === 0 ? [] : popScored(db, key!, high, count ?? 1)
    tellScored({ out }, found, true, out.resp === 3 && count !== undefined)
  }

const randomMember = (client: Client, args: readonly string[]): void => {
  const { db, out, server } = client
  const [, key, countText] = args
  const withScores = args.length > 3
  if (args.length > 4 || (withScores && upper(args, 3) !== 'WITHSCORES')) throw syntaxError()
  const most = withScores ? 2 ** 61 : 2 ** 62
  const count = countText === undefined ? 1 : integer(countText)
  if (Math.abs(count) > most) throw new Failure('ERR value is out of range')
  const all = db.typed(key!, 'zset')?.all() ?? []
  if (countText === undefined) out.maybe(pickOnce(all, 1, server.random)[0]?.member)
  else {
    const found =
      count < 0 ? pickWithRepeats(all, -count, server.random) : pickOnce(all, count, server.random)
    tellScored(client, found, withScores)
  }
}

export const sortedSets: readonly Command[] = [
  command('zadd', -4, (client, args) => addTo(client, args, addOptions(args))),
  command('zincrby', 4, (client, args) => addTo(client, args, increment)),
  command('zrem', -3, remove),
  command('zcard', 2, ({ db, out }, [, key]) => out.integer(db.typed(key!, 'zset')?.size ?? 0)),
  command('zscore', 3, score),
  command('zmscore', -3, scores),
  command('zrank', 3, rank(false)),
  command('zrevrank', 3, rank(true)),
  command('zpopmin', -2, pop(false)),
  command('zpopmax', -2, pop(true)),
  command('zrandmember', -2, randomMember),
  command('zscan', -3, (client, args) =>
    scanCollection(client, args, (key) =>
      (client.db.typed(key, 'zset')?.all() ?? []).map(
        ({ member, score }) => [member, [member, formatDouble(score)]] as const,
      ),
    ),
  ),
]
