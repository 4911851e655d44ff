/** Replies that name keys: BLPOP and its like, XREAD, KEYS. */
import type { Names } from '../names.ts'
import { array, bulk, type Resp, types } from '../resp/value.ts'
import type { Treatment } from './treatment.ts'

const named = (reply: Resp, names: Names): Resp =>
  reply.text === undefined ? reply : { ...reply, text: names.back(reply.text) }

/** The first of a list is a key: BLPOP, LMPOP. */
export const firstIsKey: Treatment = {
  reply: (reply, _args, { names }) =>
    reply.items === undefined || reply.items.length === 0
      ? reply
      : { ...reply, items: [named(reply.items[0]!, names), ...reply.items.slice(1)] },
}

/** XREAD and XREADGROUP: pairs of stream and entries in RESP2, a map in RESP3. */
export const streamNames: Treatment = {
  reply: (reply, _args, { names }) => {
    const { items } = reply
    if (items === undefined) return reply
    if (reply.type === types.map)
      return { ...reply, items: items.map((item, i) => (i % 2 === 0 ? named(item, names) : item)) }
    return {
      ...reply,
      items: items.map((pair) =>
        pair.items === undefined
          ? pair
          : { ...pair, items: [named(pair.items[0]!, names), ...pair.items.slice(1)] },
      ),
    }
  },
}

/** A list of keys of which only the tenant's are shown. */
export const onlySeen = (reply: Resp, names: Names): Resp =>
  reply.items === undefined
    ? reply
    : array(
        reply.items.flatMap(({ text }) => {
          const key = text === undefined ? undefined : names.seen(text)
          return key === undefined ? [] : [bulk(key)]
        }),
        reply.type,
      )
