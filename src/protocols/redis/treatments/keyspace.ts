/** Commands about all keys: of the tenant's share of them, and of the baseline's as far as policies let them be seen. */
import { globMatches } from '../glob.ts'
import type { Names } from '../names.ts'
import { Refusal } from '../refusal.ts'
import {
  array,
  bulk,
  errorReply,
  integer,
  isError,
  type Resp,
  simple,
  strings,
  types,
} from '../resp/value.ts'
import { onlySeen } from './replies.ts'
import { type Connection, type Treatment, word } from './treatment.ts'

/** The tenant's share of all keys may be small, so that pages of ours are large. */
const pageCount = '1000'
/** So many pages RANDOMKEY looks at, at most. */
const randomPages = 200

const keysOfPattern = async (pattern: Buffer, connection: Connection): Promise<Resp> => {
  const { names } = connection
  const reply = await connection.ask('KEYS', names.keyPattern(pattern).wire)
  if (isError(reply)) return reply
  const keys = await visible(strings(reply), names, connection)
  return array(keys.filter((key) => globMatches(pattern, key)).map(bulk))
}

/** The tenant's own keys, and those of the baseline that policies show and that the tenant has not made its own. */
const visible = async (wire: readonly Buffer[], names: Names, connection: Connection): Promise<Buffer[]> => {
  const found = new Map<string, Buffer>()
  for (const one of wire) {
    const mine = names.mine(one)
    if (mine !== undefined) {
      found.set(mine.toString('latin1'), mine)
      continue
    }
    const key = names.seen(one)
    if (key === undefined || found.has(key.toString('latin1'))) continue
    if (names.policy(key) === 'overlay') {
      const marked = await connection.ask('EXISTS', names.mark(key))
      if (marked.text?.toString('latin1') === '1') continue
    }
    found.set(key.toString('latin1'), key)
  }
  return [...found.values()]
}

export const keys: Treatment = {
  request: ([command, pattern, ...more], { names }) => {
    if (pattern === undefined) return [command!]
    return [command!, names.keyPattern(pattern).wire, ...more]
  },
  reply: (reply, [, pattern], { names }) => {
    const seen = onlySeen(reply, names)
    if (names.plain || pattern === undefined) return seen
    return array((seen.items ?? []).filter(({ text }) => globMatches(pattern, text!)))
  },
}

export const keysWithOverlay: Treatment = {
  answer: (args, connection) =>
    args.length === 2 ? keysOfPattern(args[1]!, connection) : connection.ask(...args),
}

/** SCAN with the pattern of the lane in place of the client's; what is no option stays, and the server says so. */
const scanRequest = (args: readonly Buffer[], names: Names) => {
  let pattern: Buffer | undefined
  let count: Buffer = Buffer.from('100')
  const others: Buffer[] = []
  for (let i = 2; i < args.length; i++) {
    const option = word(args, i)
    if (option === 'MATCH' && i + 1 < args.length) pattern = args[++i]!
    else if (option === 'COUNT' && i + 1 < args.length) {
      const asked = args[++i]!
      const text = asked.toString('latin1')
      // What the server must refuse it gets as it came.
      if (!/^[1-9]\d*$/.test(text) || Number(text) > 100) count = asked
    } else others.push(args[i]!)
  }
  const { wire } = names.keyPattern(pattern ?? anything)
  const request = [...args.slice(0, 2), match, wire, countWord, count, ...others]
  return { pattern: names.plain ? undefined : pattern, request }
}

export const scan: Treatment = {
  request: (args, { names }) =>
    args.length < 2 || names.lane.baseline ? [...args] : scanRequest(args, names).request,
  reply: (reply, args, { names }) => {
    const [cursor, found] = reply.items ?? []
    if (cursor === undefined || found === undefined) return reply
    const seen = onlySeen(found, names)
    const { pattern } = scanRequest(args, names)
    const items = (seen.items ?? []).filter(
      ({ text }) => pattern === undefined || globMatches(pattern, text!),
    )
    return array([cursor, array(items)])
  },
}

export const scanWithOverlay: Treatment = {
  answer: async (args, connection) => {
    if (args.length < 2) return connection.ask(...args)
    const { names } = connection
    const { request, pattern } = scanRequest(args, names)
    const reply = await connection.ask(...request)
    const [cursor, found] = reply.items ?? []
    if (isError(reply) || cursor === undefined || found === undefined) return reply
    const keysSeen = await visible(strings(found), names, connection)
    return array([
      cursor,
      array(keysSeen.filter((key) => pattern === undefined || globMatches(pattern, key)).map(bulk)),
    ])
  },
}

const match = Buffer.from('MATCH')
const countWord = Buffer.from('COUNT')
const anything = Buffer.from('*')

/** Pages of keys on the wire, until `page` has had enough. Returns an error of the server's. */
const eachPage = async (
  connection: Connection,
  pattern: Buffer,
  page: (wire: readonly Buffer[]) => boolean | Promise<boolean>,
): Promise<Resp | undefined> => {
  let cursor: Uint8Array | string = '0'
  for (;;) {
    const reply: Resp = await connection.ask('SCAN', cursor, 'MATCH', pattern, 'COUNT', pageCount)
    if (isError(reply)) return reply
    const [next, found] = reply.items ?? []
    if (next?.text === undefined || found === undefined) return errorReply('ERR SCAN gave no page')
    if (await page(strings(found))) return undefined
    if (next.text.toString('latin1') === '0') return undefined
    cursor = next.text
  }
}

/** A key of the first page that has any: not each key is equally likely. */
export const randomKey: Treatment = {
  answer: async (args, connection) => {
    if (args.length !== 1) return connection.ask(...args)
    const { names } = connection
    let found: Buffer | undefined
    let pages = 0
    const failed = await eachPage(connection, names.keyPattern(anything).wire, async (wire) => {
      const some = await visible(wire, names, connection)
      found = some[Math.floor(Math.random() * some.length)]
      return found !== undefined || ++pages === randomPages
    })
    if (failed !== undefined) return failed
    if (found !== undefined) return bulk(found)
    return none(connection.resp)
  },
}

/** The baseline's: the server's own choice, until it is no tenant's key. */
export const baselineRandomKey: Treatment = {
  answer: async (args, connection) => {
    for (let tries = 1; ; tries++) {
      const reply = await connection.ask(...args)
      if (reply.text === undefined || isError(reply) || connection.names.seen(reply.text) !== undefined)
        return reply
      if (tries === randomPages) return none(connection.resp)
    }
  },
}

const none = (resp: 2 | 3): Resp => ({
  type: resp === 3 ? types.null : types.bulk,
  text: undefined,
  items: undefined,
})

export const dbSize: Treatment = {
  answer: async (args, connection) => {
    if (args.length !== 1) return connection.ask(...args)
    const { names } = connection
    // SCAN may give a key twice.
    const all = new Set<string>()
    const failed = await eachPage(connection, names.keyPattern(anything).wire, async (wire) => {
      for (const key of await visible(wire, names, connection)) all.add(key.toString('latin1'))
      return false
    })
    return failed ?? integer(all.size)
  },
}

/** Removes what is the lane's own in the database that is selected; overlay keys are the baseline's again. */
const flushSelected = async (connection: Connection): Promise<Resp | undefined> => {
  const { names } = connection
  const roots = names.hasOverlay ? [names.prefix, names.markRoot] : [names.prefix]
  for (const root of roots) {
    const failed = await eachPage(connection, Buffer.concat([escaped(root), anything]), async (found) => {
      // The baseline's root is empty, so that a page has tenants' keys, too.
      const wire = names.lane.baseline ? found.filter((one) => names.mine(one) !== undefined) : found
      if (wire.length === 0) return false
      // In a cluster the keys of one command must share a slot.
      if (names.cluster) for (const key of wire) await connection.ask('UNLINK', key)
      else await connection.ask('UNLINK', ...wire)
      return false
    })
    if (failed !== undefined) return failed
  }
  return undefined
}

/** A tenant's name holds no other character of patterns. */
const escaped = (root: Buffer): Buffer =>
  Buffer.from(root.toString('latin1').replace(/[*?[\]^\\]/g, '\\$&'), 'latin1')

const flushOption = (args: readonly Buffer[]): void => {
  if (args.length === 1 || (args.length === 2 && /^A?SYNC$/.test(word(args, 1)))) return
  throw new Refusal('ERR syntax error')
}

export const flushDb: Treatment = {
  answer: async (args, connection) => {
    flushOption(args)
    return (await flushSelected(connection)) ?? simple('OK')
  },
}

export const flushAll: Treatment = {
  answer: async (args, connection) => {
    flushOption(args)
    const info = await connection.ask('INFO', 'keyspace')
    const client = await connection.ask('CLIENT', 'INFO')
    const current = /\bdb=(\d+)/.exec(client.text?.toString('latin1') ?? '')?.[1]
    if (isError(info) || current === undefined) return (await flushSelected(connection)) ?? simple('OK')
    for (const [, db] of (info.text?.toString('latin1') ?? '').matchAll(/^db(\d+):/gm)) {
      if (!connection.names.cluster) await connection.ask('SELECT', db!)
      const failed = await flushSelected(connection)
      if (!connection.names.cluster) await connection.ask('SELECT', current)
      if (failed !== undefined) return failed
    }
    return simple('OK')
  },
}
