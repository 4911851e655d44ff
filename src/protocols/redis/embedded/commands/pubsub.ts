/** SUBSCRIBE, PUBLISH and their kin. */
import type { Client } from '../client.ts'
import { type Command, command, container } from '../command.ts'
import type { PubSub, Subscribing } from '../pubsub.ts'
import { matcherOf } from './scan.ts'

const subscribe =
  (verb: Subscribing) =>
  (client: Client, [, ...names]: readonly string[]): void => {
    for (const name of names) client.server.pubsub.subscribe(client, verb, name)
  }

const unsubscribe =
  (verb: Subscribing, held: (client: Client) => ReadonlySet<string>) =>
  (client: Client, [, ...names]: readonly string[]): void => {
    const { pubsub } = client.server
    const left = names.length > 0 ? names : [...held(client)]
    for (const name of left) pubsub.unsubscribe(client, verb, name)
    if (left.length === 0) pubsub.unsubscribe(client, verb, undefined)
  }

const channelsOf =
  (listeners: (pubsub: PubSub) => ReadonlyMap<string, unknown>) =>
  ({ out, server }: Client, args: readonly string[]): void =>
    out.bulks([...listeners(server.pubsub).keys()].filter(matcherOf(args[2])))

const counts =
  (listeners: (pubsub: PubSub) => ReadonlyMap<string, ReadonlySet<unknown>>) =>
  ({ out, server }: Client, args: readonly string[]): void => {
    const names = args.slice(2)
    out.array(2 * names.length)
    for (const name of names) {
      out.bulk(name)
      out.integer(listeners(server.pubsub).get(name)?.size ?? 0)
    }
  }

const always = { whileSubscribed: true }

export const pubsub: readonly Command[] = [
  command('subscribe', -2, subscribe('subscribe'), always),
  command('psubscribe', -2, subscribe('psubscribe'), always),
  command('ssubscribe', -2, subscribe('ssubscribe'), always),
  command(
    'unsubscribe',
    -1,
    unsubscribe('subscribe', ({ channels }) => channels),
    always,
  ),
  command(
    'punsubscribe',
    -1,
    unsubscribe('psubscribe', ({ patterns }) => patterns),
    always,
  ),
  command(
    'sunsubscribe',
    -1,
    unsubscribe('ssubscribe', ({ shardChannels }) => shardChannels),
    always,
  ),
  command('publish', 3, ({ out, server }, [, channel, message]) =>
    out.integer(server.pubsub.publish(channel!, message!)),
  ),
  command('spublish', 3, ({ out, server }, [, channel, message]) =>
    out.integer(server.pubsub.publishShard(channel!, message!)),
  ),
  container('pubsub', [
    ['channels', -2, channelsOf(({ channels }) => channels)],
    ['shardchannels', -2, channelsOf(({ shards }) => shards)],
    ['numsub', -2, counts(({ channels }) => channels)],
    ['shardnumsub', -2, counts(({ shards }) => shards)],
    ['numpat', 2, ({ out, server }) => out.integer(server.pubsub.patterns.size)],
  ]),
]
