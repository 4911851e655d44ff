/** Channels in requests; in replies and messages they are the session's (session/subscriptions.ts). */
import { array, types } from '../resp/value.ts'
import { type Treatment, word } from './treatment.ts'

export const publish: Treatment = {
  request: (args, { names }) => args.map((arg, i) => (i === 1 ? names.channel(arg) : arg)),
}

/** PUBSUB CHANNELS [pattern], NUMSUB [channel …] and the same for shards. */
export const pubsub: Treatment = {
  request: (args, { names }) => {
    const asked = word(args, 1)
    if (/^(SHARD)?CHANNELS$/.test(asked) && args.length <= 3)
      return [...args.slice(0, 2), names.channelPattern(args[2] ?? Buffer.from('*'))]
    if (/^(SHARD)?NUMSUB$/.test(asked)) return args.map((arg, i) => (i >= 2 ? names.channel(arg) : arg))
    return [...args]
  },
  reply: (reply, args, { names }) => {
    const asked = word(args, 1)
    if (reply.items === undefined || !/^(SHARD)?(CHANNELS|NUMSUB)$/.test(asked)) return reply
    const counted = asked.endsWith('NUMSUB')
    const items = reply.items.flatMap((item, i) => {
      if (item.text === undefined || (counted && i % 2 === 1)) return [item]
      const name = names.channelSeen(item.text)
      if (name === undefined) return counted ? [item] : []
      return [{ ...item, text: name }]
    })
    return reply.type === types.map ? { ...reply, items } : array(items, reply.type)
  },
}
