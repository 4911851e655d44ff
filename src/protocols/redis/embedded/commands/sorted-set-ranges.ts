/** Ranges of sorted sets, by rank, score or the members' bytes. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { integer, parseDouble } from '../numbers.ts'
import { type Scored, SortedSetValue } from '../store/sorted-set.ts'
import { rangeOf, upper } from './options.ts'
import { tellScored } from './sorted-sets.ts'

export type By = 'rank' | 'score' | 'lex'

/** Places from `from` up to, but not including, `to`. */
export type Slice = (zset: SortedSetValue) => { readonly from: number; readonly to: number }

/** Whether a member stands before a bound's place. */
type Before = (one: Scored) => boolean

const scoreBound = (text: string): { readonly value: number; readonly exclusive: boolean } => {
  const exclusive = text.startsWith('(')
  const value = parseDouble(exclusive ? text.slice(1) : text)
  if (value === undefined) throw new Failure('ERR min or max is not a float')
  return { value, exclusive }
}

const byScore = (min: string, max: string): Slice => {
  const [low, high] = [scoreBound(min), scoreBound(max)]
  return (zset) => ({
    from: zset.first(({ score }) => (low.exclusive ? score <= low.value : score < low.value)),
    to: zset.first(({ score }) => (high.exclusive ? score < high.value : score <= high.value)),
  })
}

const lexBound = (text: string, upperEnd: boolean): Before => {
  if (text === '-') return () => false
  if (text === '+') return () => true
  const open = text.startsWith('(')
  if (!open && !text.startsWith('[')) throw new Failure('ERR min or max not valid string range item')
  const value = text.slice(1)
  return open === upperEnd ? ({ member }) => member < value : ({ member }) => member <= value
}

const byLex = (min: string, max: string): Slice => {
  const [low, high] = [lexBound(min, false), lexBound(max, true)]
  return (zset) => ({ from: zset.first(low), to: zset.first(high) })
}

const byRank = (start: string, stop: string, reverse: boolean): Slice => {
  const [first, last] = [integer(start), integer(stop)]
  return (zset) => {
    const { size } = zset
    const range = rangeOf(first, last, size)
    if (range === undefined) return { from: 0, to: 0 }
    return reverse ? { from: size - range.to, to: size - range.from } : range
  }
}

export const sliceOf = (by: By, min: string, max: string, reverse = false): Slice =>
  by === 'score' ? byScore(min, max) : by === 'lex' ? byLex(min, max) : byRank(min, max, reverse)

interface Form {
  /** undefined: options say. */
  readonly by: By | undefined
  readonly reverse: boolean
}

interface Asked {
  readonly slice: Slice
  readonly reverse: boolean
  readonly withScores: boolean
  readonly offset: number
  /** Below 0: all. */
  readonly limit: number
}

const asked = (args: readonly string[], at: number, form: Form, stores: boolean): Asked => {
  let { by, reverse } = form
  let [withScores, offset, limit, limited] = [false, 0, -1, false]
  for (let i = at + 2; i < args.length; i++) {
    const word = upper(args, i)
    if (!stores && word === 'WITHSCORES') withScores = true
    else if (word === 'LIMIT' && i + 2 < args.length) {
      offset = integer(args[i + 1]!)
      limit = integer(args[i + 2]!)
      limited = true
      i += 2
    } else if (form.by === undefined && word === 'REV') reverse = true
    else if (form.by === undefined && word === 'BYLEX') by = 'lex'
    else if (form.by === undefined && word === 'BYSCORE') by = 'score'
    else throw syntaxError()
  }
  by ??= 'rank'
  // LIMIT 0 -1 is as good as none.
  if (limited && limit !== -1 && by === 'rank')
    throw new Failure('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX')
  if (withScores && by === 'lex')
    throw new Failure('ERR syntax error, WITHSCORES not supported in combination with BYLEX')
  const turned = reverse && by !== 'rank'
  const [min, max] = turned ? [args[at + 1]!, args[at]!] : [args[at]!, args[at + 1]!]
  return {
    slice: sliceOf(by, min, max, reverse),
    reverse,
    withScores,
    offset: by === 'rank' ? 0 : offset,
    limit: by === 'rank' ? -1 : limit,
  }
}

const found = (
  zset: SortedSetValue | undefined,
  { slice, reverse, offset, limit }: Asked,
): readonly Scored[] => {
  if (zset === undefined || offset < 0) return []
  const { from, to } = slice(zset)
  const all = zset.all().slice(from, Math.max(from, to))
  if (reverse) all.reverse()
  return all.slice(offset, limit < 0 ? undefined : offset + limit)
}

const range =
  (form: Form) =>
  (client: Client, args: readonly string[]): void => {
    const wanted = asked(args, 2, form, false)
    tellScored(client, found(client.db.typed(args[1]!, 'zset'), wanted), wanted.withScores)
  }

const rangeStore = ({ db, out }: Client, args: readonly string[]): void => {
  const wanted = asked(args, 3, { by: undefined, reverse: false }, true)
  const members = found(db.typed(args[2]!, 'zset'), wanted)
  storeScored(db, args[1]!, members, 'zrangestore')
  out.integer(members.length)
}

/** In the place of whatever the key held. */
export const storeScored = (
  db: Client['db'],
  key: string,
  members: readonly Scored[],
  event: string,
): void => {
  if (members.length === 0) {
    if (db.delete(key)) db.notify('g', 'del', key)
    return
  }
  const zset = new SortedSetValue()
  for (const { member, score } of members) zset.set(member, score)
  db.set(key, zset)
  db.notify('z', event, key)
}

const count =
  (by: By) =>
  ({ db, out }: Client, [, key, min, max]: readonly string[]): void => {
    const slice = sliceOf(by, min!, max!)
    const zset = db.typed(key!, 'zset')
    const { from, to } = zset === undefined ? { from: 0, to: 0 } : slice(zset)
    out.integer(Math.max(0, to - from))
  }

const removeRange =
  (by: By) =>
  ({ db, out }: Client, [, key, min, max]: readonly string[]): void => {
    const slice = sliceOf(by, min!, max!)
    const zset = db.typed(key!, 'zset')
    const { from, to } = zset === undefined ? { from: 0, to: 0 } : slice(zset)
    const gone = to > from ? zset!.cut(from, to).length : 0
    if (gone > 0) {
      db.wrote('z', `zremrangeby${by}`, key!)
      db.dropEmpty(key!, zset!.size)
    }
    out.integer(gone)
  }

export const sortedSetRanges: readonly Command[] = [
  command('zrange', -4, range({ by: undefined, reverse: false })),
  command('zrevrange', -4, range({ by: 'rank', reverse: true })),
  command('zrangebyscore', -4, range({ by: 'score', reverse: false })),
  command('zrevrangebyscore', -4, range({ by: 'score', reverse: true })),
  command('zrangebylex', -4, range({ by: 'lex', reverse: false })),
  command('zrevrangebylex', -4, range({ by: 'lex', reverse: true })),
  command('zrangestore', -5, rangeStore),
  command('zcount', 4, count('score')),
  command('zlexcount', 4, count('lex')),
  command('zremrangebyrank', 4, removeRange('rank')),
  command('zremrangebyscore', 4, removeRange('score')),
  command('zremrangebylex', 4, removeRange('lex')),
]
