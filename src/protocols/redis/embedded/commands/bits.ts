/** Single bits and small integers inside strings. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, syntaxError } from '../failure.ts'
import { int64, integer } from '../numbers.ts'
import { StringValue } from '../store/string.ts'
import { rangeOf, upper } from './options.ts'

const none = Buffer.alloc(0)

const bytesAt = ({ db }: Client, key: string): Buffer => db.typed(key, 'string')?.bytes ?? none

/** To write to, at least so many bytes long. */
const writableAt = ({ db }: Client, key: string, length: number): Buffer => {
  let value = db.typed(key, 'string')
  if (value === undefined) {
    value = new StringValue('')
    db.set(key, value)
  }
  return value.writable(length)
}

const bitOffset = (text: string): number => {
  const why = (): Failure => new Failure('ERR bit offset is not an integer or out of range')
  const offset = integer(text, why)
  if (offset < 0 || offset >= 2 ** 32) throw why()
  return offset
}

const bitOf = (bytes: Buffer, at: number): number => ((bytes[at >>> 3] ?? 0) >> (7 - (at & 7))) & 1

const set = (client: Client, [, key, offset, bit]: readonly string[]): void => {
  const at = bitOffset(offset!)
  if (bit !== '0' && bit !== '1') throw new Failure('ERR bit is not an integer or out of range')
  const before = client.db.typed(key!, 'string')?.length ?? 0
  const bytes = writableAt(client, key!, Math.floor(at / 8) + 1)
  const was = bitOf(bytes, at)
  client.out.integer(was)
  // What changes nothing wakes nobody up.
  if (was === Number(bit) && bytes.length === before) return
  const mask = 1 << (7 - (at & 7))
  const place = Math.floor(at / 8)
  bytes[place] = bit === '1' ? bytes[place]! | mask : bytes[place]! & ~mask
  client.db.wrote('$', 'setbit', key!)
}

const get = (client: Client, [, key, offset]: readonly string[]): void => {
  const at = bitOffset(offset!)
  const bytes = bytesAt(client, key!)
  client.out.integer(at / 8 < bytes.length ? bitOf(bytes, at) : 0)
}

/** In bits. */
const bitRange = (
  bytes: Buffer,
  start: string,
  stop: string,
  unit: string,
): { readonly from: number; readonly to: number } | undefined => {
  const scale = unit === 'BIT' ? 1 : 8
  const length = (bytes.length * 8) / scale
  const [first, last] = [integer(start), integer(stop)]
  if (first < 0 && last < 0 && first > last) return undefined
  const range = rangeOf(first, Math.max(last, -length), length)
  return range === undefined ? undefined : { from: range.from * scale, to: range.to * scale }
}

const unitOf = (args: readonly string[], at: number): string => {
  const unit = at < args.length ? upper(args, at) : 'BYTE'
  if (unit !== 'BIT' && unit !== 'BYTE') throw syntaxError()
  return unit
}

const ones = (bytes: Buffer, from: number, to: number): number => {
  let count = 0
  for (let at = from; at < to; ) {
    if ((at & 7) === 0 && at + 8 <= to) {
      let byte = bytes[at >>> 3]!
      for (; byte !== 0; byte &= byte - 1) count++
      at += 8
    } else count += bitOf(bytes, at++)
  }
  return count
}

const count = (client: Client, args: readonly string[]): void => {
  const known = client.db.typed(args[1]!, 'string')
  if (known === undefined) {
    client.out.integer(0)
    return
  }
  if (args.length === 3 || args.length > 5) throw syntaxError()
  const { bytes } = known
  if (args.length === 2) {
    client.out.integer(ones(bytes, 0, bytes.length * 8))
    return
  }
  const range = bitRange(bytes, args[2]!, args[3]!, unitOf(args, 4))
  client.out.integer(range === undefined ? 0 : ones(bytes, range.from, range.to))
}

const position = (client: Client, args: readonly string[]): void => {
  const { db, out } = client
  if (args.length > 6) throw syntaxError()
  const bit = integer(args[2]!)
  if (bit !== 0 && bit !== 1) throw new Failure('ERR The bit argument must be 1 or 0.')
  const known = db.typed(args[1]!, 'string')
  if (known === undefined) {
    out.integer(bit === 1 ? -1 : 0)
    return
  }
  const { bytes } = known
  const unit = unitOf(args, 5)
  const range =
    args.length === 3 ? { from: 0, to: bytes.length * 8 } : bitRange(bytes, args[3]!, args[4] ?? '-1', unit)
  if (range === undefined || bytes.length === 0) {
    out.integer(-1)
    return
  }
  for (let at = range.from; at < range.to; at++)
    if (bitOf(bytes, at) === bit) {
      out.integer(at)
      return
    }
  // Behind the end stand zeros, if no end was asked for.
  out.integer(bit === 0 && args.length < 5 ? range.to : -1)
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  AND: (a, b) => a & b,
  OR: (a, b) => a | b,
  XOR: (a, b) => a ^ b,
}

const operate = (client: Client, args: readonly string[]): void => {
  const { db, out } = client
  const [, , target, ...keys] = args as [string, string, string, ...string[]]
  const name = upper(args, 1)
  const operation = operations[name]
  if (operation === undefined && name !== 'NOT') throw syntaxError()
  if (name === 'NOT' && keys.length !== 1)
    throw new Failure('ERR BITOP NOT must be called with a single source key.')
  const sources = keys.map((key) => bytesAt(client, key))
  const length = Math.max(...sources.map((bytes) => bytes.length))
  if (length === 0) {
    if (db.delete(target)) db.notify('g', 'del', target)
    out.integer(0)
    return
  }
  const result = Buffer.alloc(length)
  const [first, ...others] = sources
  for (let i = 0; i < length; i++) {
    let byte = first![i] ?? 0
    if (operation === undefined) byte = ~byte
    else for (const other of others) byte = operation(byte, other[i] ?? 0)
    result[i] = byte & 0xff
  }
  db.set(target, StringValue.of(result))
  db.notify('$', 'set', target)
  out.integer(length)
}

interface FieldStep {
  readonly verb: 'GET' | 'SET' | 'INCRBY'
  readonly signed: boolean
  readonly bits: number
  readonly offset: number
  readonly value: bigint
  readonly overflow: string
}

const fieldSteps = (args: readonly string[], readOnly: boolean): readonly FieldStep[] => {
  const steps: FieldStep[] = []
  let overflow = 'WRAP'
  for (let i = 2; i < args.length; ) {
    const verb = upper(args, i)
    if (verb === 'OVERFLOW' && i + 1 < args.length) {
      overflow = upper(args, i + 1)
      if (!['WRAP', 'SAT', 'FAIL'].includes(overflow))
        throw new Failure('ERR Invalid OVERFLOW type specified')
      i += 2
      continue
    }
    const size = verb === 'GET' ? 3 : 4
    if ((verb !== 'GET' && verb !== 'SET' && verb !== 'INCRBY') || i + size > args.length) throw syntaxError()
    const type = /^([iu])([1-9]\d?)$/.exec(args[i + 1]!)
    const bits = Number(type?.[2])
    const signed = type?.[1] === 'i'
    if (type === null || bits > (signed ? 64 : 63))
      throw new Failure(
        'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
      )
    const place = args[i + 2]!
    const times = place.startsWith('#')
    const offset = bitOffset(times ? place.slice(1) : place) * (times ? bits : 1)
    if (offset >= 2 ** 32) throw new Failure('ERR bit offset is not an integer or out of range')
    if (readOnly && verb !== 'GET') throw new Failure('ERR BITFIELD_RO only supports the GET subcommand')
    steps.push({ verb, signed, bits, offset, value: verb === 'GET' ? 0n : int64(args[i + 3]!), overflow })
    i += size
  }
  return steps
}

const readField = (bytes: Buffer, { offset, bits, signed }: FieldStep): bigint => {
  let value = 0n
  for (let i = 0; i < bits; i++) value = (value << 1n) | BigInt(bitOf(bytes, offset + i))
  return signed ? BigInt.asIntN(bits, value) : value
}

const writeField = (bytes: Buffer, { offset, bits }: FieldStep, value: bigint): void => {
  for (let i = 0; i < bits; i++) {
    const at = offset + i
    const mask = 1 << (7 - (at & 7))
    const bit = (value >> BigInt(bits - 1 - i)) & 1n
    bytes[at >>> 3] = bit === 1n ? bytes[at >>> 3]! | mask : bytes[at >>> 3]! & ~mask
  }
}

/** undefined: it does not fit, and is not to be made to. */
const fitting = ({ bits, signed, overflow }: FieldStep, value: bigint): bigint | undefined => {
  const least = signed ? -(2n ** BigInt(bits - 1)) : 0n
  const most = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n
  if (value >= least && value <= most) return value
  if (overflow === 'FAIL') return undefined
  if (overflow === 'SAT') return value < least ? least : most
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
}

const field =
  (readOnly: boolean) =>
  (client: Client, args: readonly string[]): void => {
    const { db, out } = client
    const key = args[1]!
    const steps = fieldSteps(args, readOnly)
    const writes = steps.some(({ verb }) => verb !== 'GET')
    const end = Math.max(0, ...steps.map(({ verb, offset, bits }) => (verb === 'GET' ? 0 : offset + bits)))
    const length = db.typed(key, 'string')?.length ?? 0
    const bytes = writes ? writableAt(client, key, Math.ceil(end / 8)) : bytesAt(client, key)
    let changes = 0
    out.array(steps.length)
    for (const step of steps) {
      const before = readField(bytes, step)
      if (step.verb === 'GET') {
        out.integer(before)
        continue
      }
      // A value of SET is 64 bits whatever the field's sign.
      const wanted =
        step.verb === 'SET'
          ? step.signed
            ? step.value
            : BigInt.asUintN(64, step.value)
          : before + step.value
      const after = fitting(step, wanted)
      if (after === undefined) out.null()
      else {
        writeField(bytes, step, after)
        if (after !== before || bytes.length !== length) changes++
        out.integer(step.verb === 'SET' ? before : after)
      }
    }
    if (changes > 0) db.wrote('$', 'setbit', key)
  }

export const bits: readonly Command[] = [
  command('setbit', 4, set),
  command('getbit', 3, get),
  command('bitcount', -2, count),
  command('bitpos', -3, position),
  command('bitop', -4, operate),
  command('bitfield', -2, field(false)),
  command('bitfield_ro', -2, field(true)),
]
