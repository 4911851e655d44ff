/** XINFO. */
import type { Client } from '../client.ts'
import { type Command, container } from '../command.ts'
import { Failure, noSuchKey } from '../failure.ts'
import { integer } from '../numbers.ts'
import type { ReplyWriter } from '../reply-writer.ts'
import { type Group, maxStreamId, type Pending, type StreamValue, shownId } from '../store/stream.ts'
import { upper } from './options.ts'
import { consumersOf, entriesBefore } from './stream-groups.ts'
import { tellEntries, tellEntry } from './streams.ts'

const streamAt = ({ db }: Client, key: string): StreamValue => {
  const stream = db.typed(key, 'stream')
  if (stream === undefined) throw noSuchKey()
  return stream
}

const maybe = (out: ReplyWriter, value: bigint | undefined): void => {
  if (value === undefined) out.null()
  else out.integer(value)
}

const lag = (stream: StreamValue, { read, last }: Group): bigint | undefined => {
  if (stream.added === 0n) return 0n
  const before = read !== undefined && !stream.hasGap(last, maxStreamId) ? read : entriesBefore(stream, last)
  return before === undefined ? undefined : stream.added - before
}

const groupsOf = (stream: StreamValue): readonly Group[] =>
  [...stream.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1))

const consumers = (client: Client, args: readonly string[]): void => {
  const { out, server } = client
  const group = streamAt(client, args[2]!).groups.get(args[3]!)
  if (group === undefined)
    throw new Failure(`NOGROUP No such consumer group '${args[3]}' for key name '${args[2]}'`)
  out.array(group.consumers.size)
  for (const { name, pending, seenAt } of consumersOf(group)) {
    out.map(3)
    out.bulk('name')
    out.bulk(name)
    out.bulk('pending')
    out.integer(pending.size)
    out.bulk('idle')
    out.integer(Math.max(0, server.now() - seenAt))
  }
}

const groups = (client: Client, args: readonly string[]): void => {
  const { out } = client
  const stream = streamAt(client, args[2]!)
  out.array(stream.groups.size)
  for (const group of groupsOf(stream)) {
    out.map(6)
    out.bulk('name')
    out.bulk(group.name)
    out.bulk('consumers')
    out.integer(group.consumers.size)
    out.bulk('pending')
    out.integer(group.pending.size)
    out.bulk('last-delivered-id')
    out.bulk(shownId(group.last))
    out.bulk('entries-read')
    maybe(out, group.read)
    out.bulk('lag')
    maybe(out, lag(stream, group))
  }
}

/** Redis keeps a hundred entries in a node of its tree. */
const nodesOf = (stream: StreamValue): number => Math.ceil(stream.length / 100)

const info = (client: Client, args: readonly string[]): void => {
  const { out } = client
  const stream = streamAt(client, args[2]!)
  const full = args.length > 3
  let count = 10
  if (full) {
    const counted = args.length === 6 && upper(args, 4) === 'COUNT'
    if (upper(args, 3) !== 'FULL' || (args.length !== 4 && !counted))
      throw new Failure(
        `ERR unknown subcommand or wrong number of arguments for '${args[1]}'. Try XINFO HELP.`,
      )
    if (counted) count = integer(args[5]!)
    if (count < 0) count = 10
  }
  out.map(full ? 9 : 10)
  const facts: readonly (readonly [string, number | bigint | string])[] = [
    ['length', stream.length],
    ['radix-tree-keys', nodesOf(stream)],
    ['radix-tree-nodes', nodesOf(stream) + 1],
    ['last-generated-id', shownId(stream.last)],
    ['max-deleted-entry-id', shownId(stream.maxDeleted)],
    ['entries-added', stream.added],
    ['recorded-first-entry-id', shownId(stream.first)],
  ]
  for (const [name, value] of facts) {
    out.bulk(name)
    if (typeof value === 'string') out.bulk(value)
    else out.integer(value)
  }
  if (full) tellFull(out, stream, count)
  else tellEnds(out, stream)
}

const tellEnds = (out: ReplyWriter, stream: StreamValue): void => {
  out.bulk('groups')
  out.integer(stream.groups.size)
  for (const [name, entry] of [
    ['first-entry', stream.entries[0]],
    ['last-entry', stream.entries.at(-1)],
  ] as const) {
    out.bulk(name)
    if (entry === undefined) out.null()
    else tellEntry(out, entry)
  }
}

const tellFull = (out: ReplyWriter, stream: StreamValue, count: number): void => {
  const some = <T>(all: readonly T[]): readonly T[] => (count === 0 ? all : all.slice(0, count))
  const ordered = (pending: Group['pending']): readonly Pending[] =>
    some([...pending.values()].sort((a, b) => (a.id < b.id ? -1 : 1)))
  out.bulk('entries')
  tellEntries(out, some(stream.entries))
  out.bulk('groups')
  out.array(stream.groups.size)
  for (const group of groupsOf(stream)) {
    out.map(7)
    out.bulk('name')
    out.bulk(group.name)
    out.bulk('last-delivered-id')
    out.bulk(shownId(group.last))
    out.bulk('entries-read')
    maybe(out, group.read)
    out.bulk('lag')
    maybe(out, lag(stream, group))
    out.bulk('pel-count')
    out.integer(group.pending.size)
    out.bulk('pending')
    const pending = ordered(group.pending)
    out.array(pending.length)
    for (const one of pending) {
      out.array(4)
      out.bulk(shownId(one.id))
      out.bulk(one.consumer.name)
      out.integer(one.deliveredAt)
      out.integer(one.count)
    }
    out.bulk('consumers')
    out.array(group.consumers.size)
    for (const consumer of consumersOf(group)) {
      out.map(4)
      out.bulk('name')
      out.bulk(consumer.name)
      out.bulk('seen-time')
      out.integer(consumer.seenAt)
      out.bulk('pel-count')
      out.integer(consumer.pending.size)
      out.bulk('pending')
      const own = ordered(consumer.pending)
      out.array(own.length)
      for (const one of own) {
        out.array(3)
        out.bulk(shownId(one.id))
        out.integer(one.deliveredAt)
        out.integer(one.count)
      }
    }
  }
}

export const streamInfo: readonly Command[] = [
  container('xinfo', [
    ['stream', -3, info],
    ['groups', 3, groups],
    ['consumers', 4, consumers],
  ]),
]
