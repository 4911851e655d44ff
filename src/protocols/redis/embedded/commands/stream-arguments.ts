/** Ids, intervals and trimming as arguments of the stream commands. */
import { Failure, syntaxError } from '../failure.ts'
import { int64, integer } from '../numbers.ts'
import { maxPart, maxStreamId, type StreamId, type StreamValue, streamId } from '../store/stream.ts'
import { upper } from './options.ts'

const invalidId = (): Failure => new Failure('ERR Invalid stream ID specified as stream command argument')

const part = (text: string): bigint => {
  if (!/^\d{1,20}$/.test(text)) throw invalidId()
  const value = BigInt(text)
  if (value > maxPart) throw invalidId()
  return value
}

/** `missing`: the sequence of an id that names none. `strict`: `-` and `+` are no ids. */
export const idOf = (text: string, missing: bigint, strict = true): StreamId => {
  if (!strict && text === '-') return 0n
  if (!strict && text === '+') return maxStreamId
  const dash = text.indexOf('-')
  if (dash < 0) return streamId(part(text), missing)
  return streamId(part(text.slice(0, dash)), part(text.slice(dash + 1)))
}

/** A bound of a range, which `(` makes exclusive. */
export const startOf = (text: string): StreamId => {
  if (!text.startsWith('(')) return idOf(text, 0n, false)
  const id = idOf(text.slice(1), 0n)
  if (id === maxStreamId) throw new Failure('ERR invalid start ID for the interval')
  return id + 1n
}

export const endOf = (text: string): StreamId => {
  if (!text.startsWith('(')) return idOf(text, maxPart, false)
  const id = idOf(text.slice(1), maxPart)
  if (id === 0n) throw new Failure('ERR invalid end ID for the interval')
  return id - 1n
}

export interface Trim {
  readonly by: 'MAXLEN' | 'MINID'
  readonly length: number
  readonly id: StreamId
  /** `~`: whole nodes only. */
  readonly rough: boolean
  /** Entries that are removed at most; 0: any number. */
  readonly limit: number
}

/** Entries in a node, and in how many of them a rough trim looks (stream-node-max-entries). */
const nodeEntries = 100
const roughNodes = 100

export interface TrimArguments {
  readonly trim: Trim | undefined
  readonly noMkStream: boolean
  /** Where the id of XADD stands. */
  readonly at: number
}

/** An id as XADD takes it: its sequence may be `*`. */
const checkShape = (text: string): void => {
  if (!text.endsWith('-*')) idOf(text, 0n)
  else if (text.slice(0, -2).includes('-')) throw invalidId()
  else idOf(text.slice(0, -2), 0n)
}

/** The options of XADD and XTRIM. */
export const trimArguments = (args: readonly string[], adds: boolean): TrimArguments => {
  let trim: Trim | undefined
  let limit: number | undefined
  let noMkStream = false
  let i = 2
  for (; i < args.length; i++) {
    const word = upper(args, i)
    const more = args.length - 1 - i
    if (adds && word === '*') break
    if ((word === 'MAXLEN' || word === 'MINID') && more > 0) {
      if (trim !== undefined)
        throw new Failure('ERR syntax error, MAXLEN and MINID options at the same time are not compatible')
      const sign = args[i + 1]!
      const signed = more >= 2 && (sign === '~' || sign === '=')
      i += signed ? 2 : 1
      const value = args[i]!
      const length = word === 'MAXLEN' ? integer(value) : 0
      if (length < 0) throw new Failure('ERR The MAXLEN argument must be >= 0.')
      trim = {
        by: word,
        length,
        id: word === 'MINID' ? idOf(value, 0n) : 0n,
        rough: signed && sign === '~',
        limit: 0,
      }
    } else if (word === 'LIMIT' && more > 0) {
      limit = Number(int64(args[++i]!))
      if (limit < 0) throw new Failure('ERR The LIMIT argument must be >= 0.')
    } else if (adds && word === 'NOMKSTREAM') noMkStream = true
    else if (adds) {
      checkShape(args[i]!)
      break
    } else throw syntaxError()
  }
  if (limit !== undefined && trim === undefined)
    throw new Failure('ERR syntax error, LIMIT cannot be used without specifying a trimming strategy')
  if (!adds && trim === undefined)
    throw new Failure('ERR syntax error, XTRIM must be called with a trimming strategy')
  if (limit !== undefined && !trim!.rough)
    throw new Failure('ERR syntax error, LIMIT cannot be used without the special ~ option')
  if (trim !== undefined) trim = { ...trim, limit: limit ?? (trim.rough ? nodeEntries * roughNodes : 0) }
  return { trim, noMkStream, at: i }
}

/** How many entries went. A rough trim takes whole hundreds. */
export const trimmed = (stream: StreamValue, { by, length, id, rough, limit }: Trim): number => {
  const surplus = by === 'MAXLEN' ? Math.max(0, stream.length - length) : stream.place(id)
  const whole = rough ? Math.floor(surplus / nodeEntries) * nodeEntries : surplus
  const gone = limit > 0 ? Math.min(whole, Math.floor(limit / nodeEntries) * nodeEntries) : whole
  if (gone > 0) stream.entries.splice(0, gone)
  return gone
}
