/** Commands of sorted sets that wait until there is something, and ZMPOP, which reads as one of them does. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { popMany, timeoutOf } from './lists-blocking.ts'
import { popScored, tellScored } from './sorted-sets.ts'

const blockingPop =
  (high: boolean) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const timeoutMs = timeoutOf(args.at(-1)!)
    const keys = args.slice(1, -1)
    const serve = (key: string): boolean => {
      if (db.get(key)?.kind !== 'zset') return false
      const [one] = popScored(db, key, high, 1)
      out.array(3)
      out.bulk(key)
      out.bulk(one!.member)
      out.double(one!.score)
      return true
    }
    for (const key of keys) if (db.typed(key, 'zset') !== undefined && serve(key)) return
    client.wait({ db, keys, serve, timedOut: () => out.nullArray() }, timeoutMs)
  }

const multiPop =
  (at: number) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const timeoutMs = at === 2 ? timeoutOf(args[1]!) : 0
    const { keys, where, count } = popMany(args, at, ['MIN', 'MAX'])
    const serve = (key: string): boolean => {
      if (db.get(key)?.kind !== 'zset') return false
      out.array(2)
      out.bulk(key)
      tellScored(client, popScored(db, key, where === 'MAX', count), true, true)
      return true
    }
    for (const key of keys) if (db.typed(key, 'zset') !== undefined && serve(key)) return
    if (at === 1) out.nullArray()
    else client.wait({ db, keys, serve, timedOut: () => out.nullArray() }, timeoutMs)
  }

export const sortedSetsBlocking: readonly Command[] = [
  command('bzpopmin', -3, blockingPop(false)),
  command('bzpopmax', -3, blockingPop(true)),
  command('zmpop', -4, multiPop(1)),
  command('bzmpop', -5, multiPop(2)),
]
