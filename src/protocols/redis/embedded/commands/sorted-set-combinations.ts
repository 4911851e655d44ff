/** ZUNION, ZINTER and ZDIFF; plain sets count as scored 1. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError, wrongType } from '../failure.ts'
import { double, integer } from '../numbers.ts'
import type { Database } from '../store/database.ts'
import type { Scored } from '../store/sorted-set.ts'
import { upper } from './options.ts'
import { storeScored } from './sorted-set-ranges.ts'
import { tellScored } from './sorted-sets.ts'

type Kind = 'zunion' | 'zinter' | 'zdiff'
type Aggregate = (a: number, b: number) => number

const aggregates: Readonly<Record<string, Aggregate>> = {
  // Infinities of both signs cancel out.
  SUM: (a, b) => (Number.isNaN(a + b) ? 0 : a + b),
  MIN: (a, b) => Math.min(a, b),
  MAX: (a, b) => Math.max(a, b),
}

interface Input {
  readonly scores: ReadonlyMap<string, number>
  readonly weight: number
}

const scoresAt = (db: Database, key: string): ReadonlyMap<string, number> => {
  const value = db.get(key)
  if (value === undefined) return new Map()
  if (value.kind === 'zset') return value.scores
  if (value.kind === 'set') return new Map(value.all().map((member) => [member, 1]))
  throw wrongType()
}

const weighted = (score: number, weight: number): number => {
  const product = score * weight
  return Number.isNaN(product) ? 0 : product
}

const ordered = (scores: ReadonlyMap<string, number>): Scored[] =>
  [...scores]
    .map(([member, score]) => ({ member, score }))
    .sort((a, b) => (a.score === b.score ? (a.member < b.member ? -1 : 1) : a.score < b.score ? -1 : 1))

const combine = (kind: Kind, inputs: readonly Input[], aggregate: Aggregate): Scored[] => {
  const result = new Map<string, number>()
  if (kind === 'zunion') {
    for (const { scores, weight } of inputs)
      for (const [member, score] of scores) {
        const known = result.get(member)
        const own = weighted(score, weight)
        result.set(member, known === undefined ? own : aggregate(known, own))
      }
    return ordered(result)
  }
  const [first, ...others] = inputs
  for (const [member, score] of first!.scores) {
    const held = others.filter(({ scores }) => scores.has(member))
    if (kind === 'zdiff') {
      if (held.length === 0) result.set(member, score)
    } else if (held.length === others.length)
      result.set(
        member,
        held.reduce(
          (sum, { scores, weight }) => aggregate(sum, weighted(scores.get(member)!, weight)),
          weighted(score, first!.weight),
        ),
      )
  }
  return ordered(result)
}

interface Asked {
  readonly inputs: readonly Input[]
  readonly aggregate: Aggregate
  readonly withScores: boolean
}

const asked = (db: Database, args: readonly string[], at: number, kind: Kind, stores: boolean): Asked => {
  const count = integer(args[at]!)
  if (count < 1)
    throw new Failure(`ERR at least 1 input key is needed for '${kind}${stores ? 'store' : ''}' command`)
  if (count > args.length - at - 1) throw syntaxError()
  const scores = args.slice(at + 1, at + 1 + count).map((key) => scoresAt(db, key))
  let weights: readonly number[] = scores.map(() => 1)
  let aggregate = aggregates['SUM']!
  let withScores = false
  for (let i = at + 1 + count; i < args.length; i++) {
    const word = upper(args, i)
    if (kind !== 'zdiff' && word === 'WEIGHTS' && i + count < args.length) {
      weights = args
        .slice(i + 1, i + 1 + count)
        .map((text) => double(text, () => new Failure('ERR weight value is not a float')))
      i += count
    } else if (kind !== 'zdiff' && word === 'AGGREGATE' && i + 1 < args.length) {
      const named = aggregates[upper(args, ++i)]
      if (named === undefined) throw syntaxError()
      aggregate = named
    } else if (!stores && word === 'WITHSCORES') withScores = true
    else throw syntaxError()
  }
  return { inputs: scores.map((one, i) => ({ scores: one, weight: weights[i]! })), aggregate, withScores }
}

const read =
  (kind: Kind) =>
  (client: Client, args: readonly string[]): void => {
    const { inputs, aggregate, withScores } = asked(client.db, args, 1, kind, false)
    tellScored(client, combine(kind, inputs, aggregate), withScores)
  }

const store =
  (kind: Kind) =>
  ({ db, out }: Client, args: readonly string[]): void => {
    const { inputs, aggregate } = asked(db, args, 2, kind, true)
    const members = combine(kind, inputs, aggregate)
    storeScored(db, args[1]!, members, `${kind}store`)
    out.integer(members.length)
  }

const interCard = ({ db, out }: Client, args: readonly string[]): void => {
  const count = integer(args[1]!)
  if (count < 1) throw new Failure("ERR at least 1 input key is needed for 'zintercard' command")
  if (count > args.length - 2) throw syntaxError()
  let limit = 0
  const inputs = args.slice(2, 2 + count).map((key) => ({ scores: scoresAt(db, key), weight: 1 }))
  for (let i = 2 + count; i < args.length; i += 2) {
    if (upper(args, i) !== 'LIMIT' || i + 1 >= args.length) throw syntaxError()
    limit = integer(args[i + 1]!, () => new Failure("ERR LIMIT can't be negative"))
    if (limit < 0) throw new Failure("ERR LIMIT can't be negative")
  }
  const { length } = combine('zinter', inputs, aggregates['SUM']!)
  out.integer(limit > 0 ? Math.min(limit, length) : length)
}

export const sortedSetCombinations: readonly Command[] = [
  ...(['zunion', 'zinter', 'zdiff'] as const).flatMap((kind) => [
    command(kind, -3, read(kind)),
    command(`${kind}store`, -4, store(kind)),
  ]),
  command('zintercard', -3, interCard),
]
