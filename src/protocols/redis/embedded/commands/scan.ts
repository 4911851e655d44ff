/**
 * SCAN and its kin. Collections are told in one page, as Redis tells small ones. Of keys the cursor is a place in the order
 * in which they were made: keys that stay from the first page to the last are told exactly once, whatever else goes.
 */
import { globMatches } from '../../glob.ts'
import type { Client } from '../client.ts'
import { Failure, syntaxError } from '../failure.ts'
import { integer } from '../numbers.ts'
import { bytesOf } from '../pubsub.ts'
import { upper } from './options.ts'

export interface ScanOptions {
  readonly cursor: number
  readonly count: number
  readonly type: string | undefined
  matches(name: string): boolean
}

export const matcherOf = (pattern: string | undefined): ((name: string) => boolean) => {
  if (pattern === undefined || pattern === '*') return () => true
  const bytes = bytesOf(pattern)
  return (name) => globMatches(bytes, bytesOf(name))
}

export const scanOptions = (args: readonly string[], cursorAt: number): ScanOptions => {
  const cursor = args[cursorAt]!
  if (!/^\s*[+-]?\d+$/.test(cursor) || cursor.startsWith(' ')) throw new Failure('ERR invalid cursor')
  let [pattern, count, type]: [string | undefined, number, string | undefined] = [undefined, 10, undefined]
  for (let i = cursorAt + 1; i < args.length; i += 2) {
    const word = upper(args, i)
    if (i + 1 >= args.length) throw syntaxError()
    if (word === 'COUNT') {
      count = integer(args[i + 1]!)
      if (count < 1) throw syntaxError()
    } else if (word === 'MATCH') pattern = args[i + 1]!
    else if (word === 'TYPE' && cursorAt === 1) type = args[i + 1]!.toLowerCase()
    else throw syntaxError()
  }
  return { cursor: Number(cursor), count, type, matches: matcherOf(pattern) }
}

/** `all`: what is matched, and what is told of it. */
export const scanCollection = (
  { out }: Client,
  args: readonly string[],
  all: (key: string) => readonly (readonly [string, readonly string[]])[],
): void => {
  const { matches } = scanOptions(args, 2)
  const found = all(args[1]!).filter(([name]) => matches(name))
  out.array(2)
  out.bulk('0')
  out.bulks(found.flatMap(([, told]) => told))
}
