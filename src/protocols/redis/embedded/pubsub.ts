/** Channels and who listens to them. */
import { globMatches } from '../glob.ts'
import type { Client } from './client.ts'

type Listeners = Map<string, Set<Client>>

const add = (to: Listeners, name: string, client: Client): void => {
  const known = to.get(name)
  if (known === undefined) to.set(name, new Set([client]))
  else known.add(client)
}

const remove = (from: Listeners, name: string, client: Client): void => {
  const known = from.get(name)
  known?.delete(client)
  if (known?.size === 0) from.delete(name)
}

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')

export type Subscribing = 'subscribe' | 'psubscribe' | 'ssubscribe'

export class PubSub {
  readonly channels: Listeners = new Map()
  readonly patterns: Listeners = new Map()
  readonly shards: Listeners = new Map()
  /** Clients that have been told something since they were flushed. */
  private readonly told: Set<Client>

  constructor(told: Set<Client>) {
    this.told = told
  }

  /** Confirmed to the client by a push for each name. */
  subscribe(client: Client, verb: Subscribing, name: string): void {
    const { names, listeners } = this.of(client, verb)
    names.add(name)
    add(listeners, name, client)
    confirm(client, verb, name, this.count(client, verb))
  }

  /** `name` undefined: there was none to leave. */
  unsubscribe(client: Client, verb: Subscribing, name: string | undefined): void {
    const { names, listeners } = this.of(client, verb)
    if (name !== undefined && names.delete(name)) remove(listeners, name, client)
    const word = verb.replace('subscribe', 'unsubscribe')
    confirm(client, word, name, this.count(client, verb))
  }

  forget(client: Client): void {
    for (const name of client.channels) remove(this.channels, name, client)
    for (const name of client.patterns) remove(this.patterns, name, client)
    for (const name of client.shardChannels) remove(this.shards, name, client)
    client.channels.clear()
    client.patterns.clear()
    client.shardChannels.clear()
  }

  /** How many were told. */
  publish(channel: string, message: string): number {
    let count = this.tell(this.channels.get(channel), 'message', undefined, channel, message)
    if (this.patterns.size === 0) return count
    const name = bytesOf(channel)
    for (const [pattern, clients] of this.patterns)
      if (globMatches(bytesOf(pattern), name))
        count += this.tell(clients, 'pmessage', pattern, channel, message)
    return count
  }

  publishShard(channel: string, message: string): number {
    return this.tell(this.shards.get(channel), 'smessage', undefined, channel, message)
  }

  private tell(
    clients: ReadonlySet<Client> | undefined,
    verb: string,
    pattern: string | undefined,
    channel: string,
    message: string,
  ): number {
    if (clients === undefined) return 0
    for (const client of clients) {
      const { out } = client
      out.push(pattern === undefined ? 3 : 4)
      out.bulk(verb)
      if (pattern !== undefined) out.bulk(pattern)
      out.bulk(channel)
      out.bulk(message)
      this.told.add(client)
    }
    return clients.size
  }

  private of(
    client: Client,
    verb: Subscribing,
  ): { readonly names: Set<string>; readonly listeners: Listeners } {
    if (verb === 'subscribe') return { names: client.channels, listeners: this.channels }
    if (verb === 'psubscribe') return { names: client.patterns, listeners: this.patterns }
    return { names: client.shardChannels, listeners: this.shards }
  }

  private count(client: Client, verb: Subscribing): number {
    return verb === 'ssubscribe' ? client.shardChannels.size : client.subscriptions
  }
}

const confirm = ({ out }: Client, verb: string, name: string | undefined, count: number): void => {
  out.push(3)
  out.bulk(verb)
  out.maybe(name)
  out.integer(count)
}
