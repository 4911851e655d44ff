/** What a connection is subscribed to, and messages as the application knows them. */
import { isKeyEvent, type Names } from '../names.ts'
import type { Resp } from '../resp/value.ts'
import { invalidated } from '../treatments/connection.ts'

type Kind = 'channel' | 'pattern' | 'shard'

const kinds: Readonly<Record<string, Kind>> = {
  subscribe: 'channel',
  unsubscribe: 'channel',
  psubscribe: 'pattern',
  punsubscribe: 'pattern',
  ssubscribe: 'shard',
  sunsubscribe: 'shard',
}

export const isConfirmation = (kind: string): boolean => Object.hasOwn(kinds, kind)

const messages: ReadonlySet<string> = new Set(['message', 'pmessage', 'smessage', 'invalidate'])

export const isMessage = (kind: string): boolean => messages.has(kind)

export class Subscriptions {
  /** The application's names by those on the wire, as latin1; made on first use, because few connections have any. */
  private readonly active: Record<Kind, Map<string, Buffer>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map(),
  }
  /** Asked for and not yet confirmed. */
  private readonly asked = new Map<string, Buffer>()

  get size(): number {
    return this.active.channel.size + this.active.pattern.size + this.active.shard.size
  }

  /** How many confirmations an UNSUBSCRIBE without names gets. */
  all(verb: string): number {
    return Math.max(1, this.active[kinds[verb]!].size)
  }

  /** The name on the wire. */
  ask(verb: string, name: Buffer, names: Names): Buffer {
    const wire = kinds[verb] === 'pattern' ? names.channelPattern(name) : names.channel(name)
    this.asked.set(wire.toString('latin1'), name)
    return wire
  }

  /** `subscribe` and its like: kind, name or null, count. */
  confirmed(reply: Resp, names: Names): Resp {
    const [verb, name, ...more] = reply.items!
    if (name?.text === undefined) return reply
    const kind = verb!.text!.toString('latin1')
    const active = this.active[kinds[kind]!]
    const wire = name.text.toString('latin1')
    const own = active.get(wire) ?? this.asked.get(wire) ?? names.channelSeen(name.text) ?? name.text
    this.asked.delete(wire)
    // What came is a view of a chunk, which must not be kept alive for it.
    if (kind.includes('unsub')) active.delete(wire)
    else active.set(wire, Buffer.from(own))
    return { ...reply, items: [verb!, { ...name, text: own }, ...more] }
  }

  /** undefined: not for this tenant. */
  message(reply: Resp, names: Names): Resp | undefined {
    const [verb, ...rest] = reply.items!
    const kind = verb!.text!.toString('latin1')
    if (kind === 'invalidate') {
      const keys = rest[0] === undefined ? undefined : invalidated(rest[0], { names })
      return keys === undefined ? undefined : { ...reply, items: [verb!, keys] }
    }
    const head = kind === 'pmessage' ? rest.slice(0, 1) : []
    const [channel, payload] = rest.slice(head.length)
    if (channel?.text === undefined || payload === undefined) return reply
    const shown = this.payload(channel.text, payload, names)
    const name = names.channelSeen(channel.text)
    if (shown === undefined || name === undefined) return undefined
    const pattern = head.map((item) => ({
      ...item,
      text: this.active.pattern.get(item.text!.toString('latin1')) ?? item.text,
    }))
    return { ...reply, items: [verb!, ...pattern, { ...channel, text: name }, shown] }
  }

  clear(): void {
    this.active.channel.clear()
    this.active.pattern.clear()
    this.active.shard.clear()
    this.asked.clear()
  }

  private payload(channel: Buffer, payload: Resp, names: Names): Resp | undefined {
    if (isKeyEvent(channel) && payload.text !== undefined) {
      const key = names.seen(payload.text)
      return key === undefined ? undefined : { ...payload, text: key }
    }
    return channel.toString('latin1') === '__redis__:invalidate' ? invalidated(payload, { names }) : payload
  }
}
