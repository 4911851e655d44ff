/** DEBUG and other commands whose keys no specification names; they pass only where the configuration allows them. */
import { isError } from '../resp/value.ts'
import type { Connection, Treatment } from './treatment.ts'
import { word } from './treatment.ts'

const ofKey: ReadonlySet<string> = new Set([
  'OBJECT',
  'SDSLEN',
  'LISTPACK',
  'ZIPLIST',
  'QUICKLIST',
  'HTSTATS-KEY',
])

export const debug: Treatment = {
  request: (args, { names }: Connection) => {
    const asked = word(args, 1)
    if (ofKey.has(asked)) return args.map((arg, i) => (i === 2 ? names.key(arg) : arg))
    if (asked === 'DIGEST-VALUE') return args.map((arg, i) => (i >= 2 ? names.key(arg) : arg))
    if (asked === 'POPULATE')
      return args
        .map((arg, i) => (i === 3 ? names.key(arg) : arg))
        .concat(args.length === 3 ? [names.key(Buffer.from('key'))] : [])
    return [...args]
  },
}

/** CLUSTER SLOTS, SHARDS and NODES name where the nodes are. */
export const clusterTopology: Treatment = {
  answer: async (args, connection) => {
    const reply = await connection.ask(...args)
    if (connection.nodes === undefined || isError(reply)) return reply
    return connection.nodes.topology(word(args, 1), reply)
  },
}

/** CLUSTER GETKEYSINSLOT <slot> <count>: the slot's keys are everybody's. */
export const cluster: Treatment = {
  reply: (reply, args, { names }) => {
    if (word(args, 1) !== 'GETKEYSINSLOT' || reply.items === undefined) return reply
    const items = reply.items.flatMap((item) => {
      const seen = item.text === undefined ? undefined : names.seen(item.text)
      return seen === undefined ? [] : [{ ...item, text: seen }]
    })
    return { ...reply, items }
  },
}
