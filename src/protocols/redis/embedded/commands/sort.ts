/** SORT. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError, wrongType } from '../failure.ts'
import { integer, parseDouble } from '../numbers.ts'
import { ListValue } from '../store/list.ts'
import type { Value } from '../store/values.ts'
import { upper } from './options.ts'

interface Asked {
  by: string | undefined
  offset: number
  count: number
  gets: string[]
  descending: boolean
  alpha: boolean
  store: string | undefined
}

const asked = (args: readonly string[], stores: boolean): Asked => {
  const wanted: Asked = {
    by: undefined,
    offset: 0,
    count: -1,
    gets: [],
    descending: false,
    alpha: false,
    store: undefined,
  }
  for (let i = 2; i < args.length; i++) {
    const word = upper(args, i)
    const more = args.length - i - 1
    if (word === 'ASC') wanted.descending = false
    else if (word === 'DESC') wanted.descending = true
    else if (word === 'ALPHA') wanted.alpha = true
    else if (word === 'LIMIT' && more >= 2) {
      wanted.offset = integer(args[i + 1]!)
      wanted.count = integer(args[i + 2]!)
      i += 2
    } else if (stores && word === 'STORE' && more >= 1) wanted.store = args[++i]!
    else if (word === 'BY' && more >= 1) wanted.by = args[++i]!
    else if (word === 'GET' && more >= 1) wanted.gets.push(args[++i]!)
    else throw syntaxError()
  }
  return wanted
}

const elements = (value: Value | undefined): string[] => {
  if (value === undefined) return []
  if (value.kind === 'list') return value.range(0, value.length)
  if (value.kind === 'set') return value.all()
  if (value.kind === 'zset') return value.all().map(({ member }) => member)
  throw wrongType()
}

/** What a pattern finds for an element: `weight_*`, `object_*->field`; `#` is the element. */
const lookUp = ({ db }: Client, pattern: string, element: string): string | undefined => {
  if (pattern === '#') return element
  const star = pattern.indexOf('*')
  if (star < 0) return undefined
  const arrow = pattern.indexOf('->', star)
  const named = arrow > 0 && arrow + 2 < pattern.length
  const name = named ? pattern.slice(0, arrow) : pattern
  const value = db.get(name.replace('*', () => element))
  if (named) return value?.kind === 'hash' ? value.fields.get(pattern.slice(arrow + 2)) : undefined
  return value?.kind === 'string' ? value.text : undefined
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const sorted = (client: Client, items: string[], { by, alpha, descending }: Asked): string[] => {
  const weights = new Map<string, string | undefined>()
  if (by !== undefined) for (const item of items) weights.set(item, lookUp(client, by, item))
  const weightOf = (item: string): string | undefined => (by === undefined ? item : weights.get(item))
  const numbers = new Map<string, number>()
  if (!alpha)
    for (const item of items) {
      const weight = weightOf(item)
      // As strtod: nothing at all is 0.
      const number = weight === undefined || weight === '' ? 0 : parseDouble(weight.trimStart())
      if (number === undefined) throw new Failure("ERR One or more scores can't be converted into double")
      numbers.set(item, number)
    }
  const compare = (a: string, b: string): number => {
    if (!alpha) {
      const [x, y] = [numbers.get(a)!, numbers.get(b)!]
      // Equal weights are told apart by the elements, so that the order is one.
      return x === y ? text(a, b) : x < y ? -1 : 1
    }
    if (by === undefined) return text(a, b)
    const [x, y] = [weightOf(a), weightOf(b)]
    if (x === undefined || y === undefined) return x === y ? text(a, b) : x === undefined ? -1 : 1
    return text(x, y) || text(a, b)
  }
  return items.sort(descending ? (a, b) => compare(b, a) : compare)
}

const run =
  (stores: boolean) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const wanted = asked(args, stores)
    const value = db.get(args[1]!)
    const items = elements(value)
    // A pattern without a star asks for no order; a set that is stored gets one all the same.
    const unordered = wanted.by !== undefined && !wanted.by.includes('*')
    const ordered =
      unordered && !(value?.kind === 'set' && wanted.store !== undefined)
        ? wanted.descending && value?.kind === 'zset'
          ? items.reverse()
          : items
        : sorted(client, items, unordered ? { ...wanted, by: undefined, alpha: true } : wanted)
    const offset = Math.max(0, wanted.offset)
    const chosen = ordered.slice(offset, wanted.count < 0 ? undefined : offset + wanted.count)
    const found =
      wanted.gets.length === 0
        ? chosen
        : chosen.flatMap((item) => wanted.gets.map((pattern) => lookUp(client, pattern, item)))
    if (wanted.store === undefined) {
      out.array(found.length)
      for (const one of found) out.maybe(one)
      return
    }
    if (found.length === 0) {
      if (db.delete(wanted.store)) db.notify('g', 'del', wanted.store)
    } else {
      const list = new ListValue()
      list.replace(found.map((one) => one ?? ''))
      db.set(wanted.store, list)
      db.notify('l', 'sortstore', wanted.store)
    }
    out.integer(found.length)
  }

export const sort: readonly Command[] = [command('sort', -2, run(true)), command('sort_ro', -2, run(false))]
