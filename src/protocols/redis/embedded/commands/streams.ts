/** Streams without their groups. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { badArity, Failure, noSuchKey, syntaxError } from '../failure.ts'
import { int64, integer } from '../numbers.ts'
import type { ReplyWriter } from '../reply-writer.ts'
import {
  maxPart,
  maxStreamId,
  msOf,
  type StreamEntry,
  type StreamId,
  StreamValue,
  sequenceOf,
  shownId,
  streamId,
} from '../store/stream.ts'
import { upper } from './options.ts'
import { endOf, idOf, startOf, trimArguments, trimmed } from './stream-arguments.ts'

export const tellEntry = (out: ReplyWriter, { id, fields }: StreamEntry): void => {
  out.array(2)
  out.bulk(shownId(id))
  out.bulks(fields)
}

export const tellEntries = (out: ReplyWriter, entries: readonly StreamEntry[]): void => {
  out.array(entries.length)
  for (const entry of entries) tellEntry(out, entry)
}

const tooSmall = (): Failure =>
  new Failure('ERR The ID specified in XADD is equal or smaller than the target stream top item')

/** `*`, `<ms>-*` or a whole id, behind the last one. */
const nextId = (text: string, last: StreamId, now: number): StreamId => {
  if (text === '*') {
    const id = streamId(BigInt(now), 0n)
    return id > last ? id : last + 1n
  }
  if (!text.endsWith('-*')) {
    const id = idOf(text, 0n)
    if (id <= last) throw tooSmall()
    return id
  }
  const ms = idOf(text.slice(0, -2), 0n)
  if (ms > last) return ms
  if (msOf(ms) < msOf(last) || sequenceOf(last) === maxPart) throw tooSmall()
  return last + 1n
}

const add = ({ db, out, server }: Client, args: readonly string[]): void => {
  const key = args[1]!
  const { trim, noMkStream, at } = trimArguments(args, true)
  const text = args[at]!
  const fields = args.slice(at + 1)
  if (fields.length < 2 || fields.length % 2 === 1) throw badArity('xadd')
  if (text !== '*' && !text.endsWith('-*') && idOf(text, 0n) === 0n)
    throw new Failure('ERR The ID specified in XADD must be greater than 0-0')
  const known = db.typed(key, 'stream')
  if (known === undefined && noMkStream) {
    out.null()
    return
  }
  const stream = known ?? new StreamValue()
  if (stream.last === maxStreamId)
    throw new Failure('ERR The stream has exhausted the last possible ID, unable to add more items')
  const id = nextId(text, stream.last, server.now())
  if (known === undefined) db.set(key, stream)
  stream.append(id, fields)
  out.bulk(shownId(id))
  db.wrote('t', 'xadd', key)
  if (trim !== undefined && trimmed(stream, trim) > 0) db.notify('t', 'xtrim', key)
}

const range =
  (reverse: boolean) =>
  ({ db, out }: Client, args: readonly string[]): void => {
    const [first, last] = reverse ? [args[3]!, args[2]!] : [args[2]!, args[3]!]
    const [from, to] = [startOf(first), endOf(last)]
    let count = -1
    for (let i = 4; i < args.length; i += 2) {
      if (upper(args, i) !== 'COUNT' || i + 1 >= args.length) throw syntaxError()
      count = Math.max(0, integer(args[i + 1]!))
    }
    const stream = db.typed(args[1]!, 'stream')
    if (stream !== undefined && count === 0) {
      out.nullArray()
      return
    }
    const found = from > to ? [] : [...(stream?.range(from, to) ?? [])]
    if (reverse) found.reverse()
    tellEntries(out, count < 0 ? found : found.slice(0, count))
  }

const del = ({ db, out }: Client, [, key, ...texts]: readonly string[]): void => {
  const stream = db.typed(key!, 'stream')
  if (stream === undefined) {
    out.integer(0)
    return
  }
  const ids = texts.map((text) => idOf(text, 0n))
  const gone = ids.filter((id) => stream.delete(id)).length
  if (gone > 0) db.wrote('t', 'xdel', key!)
  out.integer(gone)
}

const trim = ({ db, out }: Client, args: readonly string[]): void => {
  const wanted = trimArguments(args, false).trim!
  const stream = db.typed(args[1]!, 'stream')
  const gone = stream === undefined ? 0 : trimmed(stream, wanted)
  if (gone > 0) db.wrote('t', 'xtrim', args[1]!)
  out.integer(gone)
}

const setId = ({ db, out }: Client, args: readonly string[]): void => {
  const id = idOf(args[2]!, 0n)
  let [added, maxDeleted]: [bigint | undefined, StreamId] = [undefined, 0n]
  for (let i = 3; i < args.length; i += 2) {
    const word = upper(args, i)
    if (word === 'ENTRIESADDED' && i + 1 < args.length) {
      added = int64(args[i + 1]!)
      if (added < 0n) throw new Failure('ERR entries_added must be positive')
    } else if (word === 'MAXDELETEDID' && i + 1 < args.length) {
      maxDeleted = idOf(args[i + 1]!, 0n)
      if (id < maxDeleted)
        throw new Failure('ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id')
    } else throw syntaxError()
  }
  const stream = db.typed(args[1]!, 'stream')
  if (stream === undefined) throw noSuchKey()
  const top = stream.entries.at(-1)
  if (top !== undefined && id < top.id)
    throw new Failure('ERR The ID specified in XSETID is smaller than the target stream top item')
  if (top !== undefined && added !== undefined && BigInt(stream.length) > added)
    throw new Failure('ERR The entries_added specified in XSETID is smaller than the target stream length')
  stream.last = id
  if (added !== undefined) stream.added = added
  if (maxDeleted !== 0n) stream.maxDeleted = maxDeleted
  db.wrote('t', 'xsetid', args[1]!)
  out.ok()
}

export const streams: readonly Command[] = [
  command('xadd', -5, add),
  command('xlen', 2, ({ db, out }, [, key]) => out.integer(db.typed(key!, 'stream')?.length ?? 0)),
  command('xrange', -4, range(false)),
  command('xrevrange', -4, range(true)),
  command('xdel', -3, del),
  command('xtrim', -4, trim),
  command('xsetid', -3, setId),
]
