/** XREAD and XREADGROUP, which may wait. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { int64, integer } from '../numbers.ts'
import {
  type Consumer,
  type Group,
  maxStreamId,
  type StreamEntry,
  type StreamId,
  type StreamValue,
  shownId,
} from '../store/stream.ts'
import { upper } from './options.ts'
import { idOf } from './stream-arguments.ts'
import { consumerOf, entriesBefore } from './stream-groups.ts'
import { tellEntries } from './streams.ts'

interface Asked {
  readonly keys: readonly string[]
  readonly ids: readonly string[]
  /** 0: all. */
  readonly count: number
  /** Milliseconds; undefined: it does not wait. */
  readonly block: number | undefined
  readonly group: string | undefined
  readonly consumer: string
  readonly noAck: boolean
}

const onlyGroup = (option: string): Failure =>
  new Failure(`ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`)

const blockOf = (text: string): number => {
  const ms = int64(text, () => new Failure('ERR timeout is not an integer or out of range'))
  if (ms < 0n) throw new Failure('ERR timeout is negative')
  return Number(ms)
}

const asked = (args: readonly string[], grouped: boolean): Asked => {
  let [count, noAck, consumer, at] = [0, false, '', 0]
  let block: number | undefined
  let group: string | undefined
  for (let i = 1; i < args.length && at === 0; i++) {
    const word = upper(args, i)
    const more = args.length - i - 1
    if (word === 'BLOCK' && more > 0) block = blockOf(args[++i]!)
    else if (word === 'COUNT' && more > 0) count = Math.max(0, integer(args[++i]!))
    else if (word === 'STREAMS' && more > 0) {
      at = i + 1
      if ((args.length - at) % 2 === 1)
        throw new Failure(
          "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
        )
    } else if (word === 'GROUP' && more > 1) {
      if (!grouped) throw onlyGroup('GROUP')
      group = args[i + 1]!
      consumer = args[i + 2]!
      i += 2
    } else if (word === 'NOACK') {
      if (!grouped) throw onlyGroup('NOACK')
      noAck = true
    } else throw syntaxError()
  }
  if (at === 0) throw syntaxError()
  if (grouped && group === undefined) throw new Failure('ERR Missing GROUP option for XREADGROUP')
  const half = (args.length - at) / 2
  return { keys: args.slice(at, at + half), ids: args.slice(at + half), count, block, group, consumer, noAck }
}

const some = (entries: readonly StreamEntry[], count: number): readonly StreamEntry[] =>
  count === 0 ? entries : entries.slice(0, count)

/** The id behind which is read; `>` for what a group has not read yet. */
type After = StreamId | '>'

const afterOf = (text: string, stream: StreamValue | undefined, grouped: boolean): After => {
  if (text === '$') {
    if (grouped)
      throw new Failure(
        'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
      )
    return stream?.last ?? 0n
  }
  if (text !== '>') return idOf(text, 0n)
  if (!grouped)
    throw new Failure(
      'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
    )
  return '>'
}

/** New entries for a consumer: they are pending from now on. */
const deliver = (
  client: Client,
  stream: StreamValue,
  group: Group,
  consumer: Consumer,
  { count, noAck }: Asked,
): readonly StreamEntry[] => {
  const entries = some(stream.range(group.last + 1n, maxStreamId), count)
  const now = client.server.now()
  for (const { id } of entries) {
    if (group.read !== undefined && !stream.hasGap(id, maxStreamId)) group.read++
    else if (stream.added > 0n) group.read = entriesBefore(stream, id)
    group.last = id
    if (noAck) continue
    const pending = { id, consumer, deliveredAt: now, count: 1 }
    group.pending.get(id)?.consumer.pending.delete(id)
    group.pending.set(id, pending)
    consumer.pending.set(id, pending)
  }
  return entries
}

/** What a consumer has been given before; entries that are gone are told without fields. */
const tellHistory = (
  { out, server }: Client,
  stream: StreamValue,
  consumer: Consumer,
  after: StreamId,
  count: number,
): void => {
  const pending = [...consumer.pending.values()]
    .filter(({ id }) => id > after)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const shown = count === 0 ? pending : pending.slice(0, count)
  out.array(shown.length)
  for (const one of shown) {
    const entry = stream.find(one.id)
    out.array(2)
    out.bulk(shownId(one.id))
    if (entry === undefined) out.nullArray()
    else {
      one.count++
      one.deliveredAt = server.now()
      out.bulks(entry.fields)
    }
  }
}

const noGroup = (key: string, group: string): Failure =>
  new Failure(`NOGROUP No such key '${key}' or consumer group '${group}' in XREADGROUP with GROUP option`)

const head = (client: Client, key: string): void => {
  if (client.out.resp === 2) client.out.array(2)
  client.out.bulk(key)
}

/** Writes what one stream has; false: nothing. */
const tellStream = (client: Client, key: string, after: After, wanted: Asked): boolean => {
  const stream = client.db.typed(key, 'stream')
  if (stream === undefined) return false
  if (wanted.group === undefined) {
    const entries = some(stream.range((after as StreamId) + 1n, maxStreamId), wanted.count)
    if (entries.length === 0) return false
    head(client, key)
    tellEntries(client.out, entries)
    return true
  }
  const group = stream.groups.get(wanted.group)!
  if (after === '>' && (stream.entries.at(-1)?.id ?? 0n) <= group.last) return false
  head(client, key)
  const consumer = consumerOf(client, key, group, wanted.consumer)
  if (after === '>') tellEntries(client.out, deliver(client, stream, group, consumer, wanted))
  else tellHistory(client, stream, consumer, after, wanted.count)
  return true
}

const read =
  (grouped: boolean) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const wanted = asked(args, grouped)
    const { keys, group } = wanted
    const afters = keys.map((key, i): After => {
      const stream = db.typed(key, 'stream')
      if (group !== undefined && stream?.groups.has(group) !== true) throw noGroup(key, group)
      return afterOf(wanted.ids[i]!, stream, grouped)
    })
    const before = out.text
    out.text = ''
    const told = keys.filter((key, i) => tellStream(client, key, afters[i]!, wanted)).length
    const body = out.text
    out.text = before
    if (told > 0) {
      if (out.resp === 2) out.array(told)
      else out.map(told)
      out.text += body
    } else if (wanted.block === undefined) out.nullArray()
    else wait(client, wanted, afters)
  }

const wait = (client: Client, wanted: Asked, afters: readonly After[]): void => {
  const { db, out } = client
  const { keys, group } = wanted
  const serve = (key: string): boolean => {
    const stream = db.get(key)
    if (stream?.kind !== 'stream') {
      if (group === undefined) return false
      throw new Failure('UNBLOCKED the stream key no longer exists')
    }
    if (group !== undefined && !stream.groups.has(group))
      throw new Failure('NOGROUP the consumer group this client was blocked on no longer exists')
    const before = out.text
    if (out.resp === 2) out.array(1)
    else out.map(1)
    if (tellStream(client, key, afters[keys.indexOf(key)]!, wanted)) return true
    out.text = before
    return false
  }
  client.wait({ db, keys, serve, timedOut: () => out.nullArray() }, wanted.block!)
}

export const streamReads: readonly Command[] = [
  command('xread', -4, read(false)),
  command('xreadgroup', -7, read(true)),
]
