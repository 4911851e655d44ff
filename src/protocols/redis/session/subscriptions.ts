/** What a connection is subscribed to, and messages as the application knows them. */
import { globMatches } from '../glob.ts'
import { isKeyEvent, type Names } from '../names.ts'
import { integer, type Resp } from '../resp/value.ts'
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

/** All channels of events, written so that no application writes it. */
export const eventsPattern = '__key*[_]_:*'

/** Whether a pattern begins so that it may match `__keyspace@0__:key`. */
const isWild = (pattern: Buffer): boolean => pattern[0] === 42 || pattern[0] === 63 || pattern[0] === 91

export class Subscriptions {
  /** The application's names by those on the wire, as latin1; made on first use, because few connections have any. */
  private readonly active: Record<Kind, Map<string, Buffer>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map(),
  }
  /** Asked for and not yet confirmed. */
  private readonly asked = new Map<string, Buffer>()

  /** Patterns of the application that could match channels of events, as `*`. */
  private readonly wild = new Set<string>()

  /**
   * What must be sent besides: in a lane `*` is `svcm:alice:*`, and finds no channels of events any more, which are the
   * server's own. Call it before `ask` for each name.
   */
  eventsBeside(verb: string, names: readonly Buffer[]): 'psubscribe' | 'punsubscribe' | undefined {
    const before = this.wild.size
    for (const name of names) {
      if (verb === 'psubscribe' && isWild(name)) this.wild.add(name.toString('latin1'))
      if (verb === 'punsubscribe') this.wild.delete(name.toString('latin1'))
    }
    if (verb === 'punsubscribe' && names.length === 0) this.wild.clear()
    if (before === 0 && this.wild.size > 0) return 'psubscribe'
    return before > 0 && this.wild.size === 0 && names.length > 0 ? 'punsubscribe' : undefined
  }

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

  /** `subscribe` and its like: kind, name or null, count. undefined: the application has not asked for it. */
  confirmed(reply: Resp, names: Names): Resp | undefined {
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
    if (wire === eventsPattern) return undefined
    const counted = this.active.pattern.has(eventsPattern) && kinds[kind] !== 'shard'
    const count = this.active.channel.size + this.active.pattern.size - 1
    return { ...reply, items: [verb!, { ...name, text: own }, ...(counted ? [integer(count)] : more)] }
  }

  /** What the application gets; none: it is not for this tenant. */
  message(reply: Resp, names: Names): readonly Resp[] {
    const [verb, ...rest] = reply.items!
    const kind = verb!.text!.toString('latin1')
    if (kind === 'invalidate') {
      const keys = rest[0] === undefined ? undefined : invalidated(rest[0], { names })
      return keys === undefined ? [] : [{ ...reply, items: [verb!, keys] }]
    }
    const [head, channel, payload] = kind === 'pmessage' ? rest : [undefined, ...rest]
    if (channel?.text === undefined || payload === undefined) return [reply]
    const shown = this.payload(channel.text, payload, names)
    const name = names.channelSeen(channel.text)
    if (shown === undefined || name === undefined) return []
    const more = [{ ...channel, text: name }, shown]
    if (head?.text === undefined) return [{ ...reply, items: [verb!, ...more] }]
    return this.patternsOf(head.text, name).map((text) => ({
      ...reply,
      items: [verb!, { ...head, text }, ...more],
    }))
  }

  /** The application's patterns for a message that came by one on the wire. */
  private patternsOf(wire: Buffer, channel: Buffer): readonly Buffer[] {
    const text = wire.toString('latin1')
    if (text !== eventsPattern) return [this.active.pattern.get(text) ?? wire]
    return [...this.active.pattern]
      .filter(([asked, own]) => asked !== eventsPattern && isWild(own) && globMatches(own, channel))
      .map(([, own]) => own)
  }

  clear(): void {
    this.active.channel.clear()
    this.active.pattern.clear()
    this.active.shard.clear()
    this.asked.clear()
    this.wild.clear()
  }

  private payload(channel: Buffer, payload: Resp, names: Names): Resp | undefined {
    if (isKeyEvent(channel) && payload.text !== undefined) {
      const key = names.seen(payload.text)
      return key === undefined ? undefined : { ...payload, text: key }
    }
    return channel.toString('latin1') === '__redis__:invalidate' ? invalidated(payload, { names }) : payload
  }
}
