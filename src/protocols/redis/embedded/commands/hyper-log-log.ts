/**
 * HyperLogLog as Redis has it (hyperloglog.c): 16384 registers of 6 bits, MurmurHash64A, Ertl's estimator, so that counts are
 * the same. Values are always kept in the dense form.
 */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure, wrongType } from '../failure.ts'
import { bytesOf } from '../pubsub.ts'
import { StringValue } from '../store/string.ts'

const bitsOfPlace = 14n
const registers = 1 << 14
const hashBits = 64 - 14
const headBytes = 16
const denseBytes = headBytes + (registers * 6) / 8
const seed = 0xadc83b19n
const mask = (1n << 64n) - 1n

const murmur = (key: Uint8Array): bigint => {
  const m = 0xc6a4a7935bd1e995n
  let h = seed ^ ((BigInt(key.length) * m) & mask)
  const view = new DataView(key.buffer, key.byteOffset, key.length)
  const whole = key.length - (key.length % 8)
  for (let at = 0; at < whole; at += 8) {
    let k = (view.getBigUint64(at, true) * m) & mask
    k = ((k ^ (k >> 47n)) * m) & mask
    h = ((h ^ k) * m) & mask
  }
  if (whole < key.length) {
    for (let i = key.length - 1; i >= whole; i--) h ^= BigInt(key[i]!) << BigInt(8 * (i - whole))
    h = (h * m) & mask
  }
  h = ((h ^ (h >> 47n)) * m) & mask
  return h ^ (h >> 47n)
}

/** Which register an element is for, and how long its run of zeros is. */
const place = (element: string): { readonly index: number; readonly run: number } => {
  const hash = murmur(bytesOf(element))
  const index = Number(hash & (BigInt(registers) - 1n))
  let rest = (hash >> bitsOfPlace) | (1n << BigInt(hashBits))
  let run = 1
  for (; (rest & 1n) === 0n; rest >>= 1n) run++
  return { index, run }
}

const read = (bytes: Buffer, index: number): number => {
  const bit = index * 6
  const at = headBytes + (bit >>> 3)
  const low = bit & 7
  return ((bytes[at]! >> low) | ((bytes[at + 1] ?? 0) << (8 - low))) & 63
}

const write = (bytes: Buffer, index: number, value: number): void => {
  const bit = index * 6
  const at = headBytes + (bit >>> 3)
  const low = bit & 7
  const both = bytes[at]! | ((bytes[at + 1] ?? 0) << 8)
  const changed = (both & ~(63 << low)) | (value << low)
  bytes[at] = changed & 0xff
  if (at + 1 < bytes.length) bytes[at + 1] = (changed >> 8) & 0xff
}

const fresh = (): Buffer => {
  const bytes = Buffer.alloc(denseBytes)
  bytes.write('HYLL', 'latin1')
  return bytes
}

const invalid = (): Failure => new Failure('WRONGTYPE Key is not a valid HyperLogLog string value.')

/** The bytes of a key, to write to; undefined: there is none. Throws WRONGTYPE. */
const logAt = ({ db }: Client, key: string): Buffer | undefined => {
  const value = db.get(key)
  if (value === undefined) return undefined
  if (value.kind !== 'string') throw wrongType()
  if (value.length !== denseBytes || value.bytes.toString('latin1', 0, 4) !== 'HYLL') throw invalid()
  return value.writable(denseBytes)
}

const sigma = (x: number): number => {
  if (x === 1) return Number.POSITIVE_INFINITY
  let [y, z, power] = [1, x, x]
  for (let before = Number.NaN; before !== z; ) {
    power *= power
    before = z
    z += power * y
    y += y
  }
  return z
}

const tau = (x: number): number => {
  if (x === 0 || x === 1) return 0
  let [y, z, root] = [1, 1 - x, x]
  for (let before = Number.NaN; before !== z; ) {
    root = Math.sqrt(root)
    before = z
    y *= 0.5
    z -= (1 - root) ** 2 * y
  }
  return z / 3
}

const estimate = (logs: readonly Buffer[]): number => {
  const counts = new Array<number>(64).fill(0)
  for (let i = 0; i < registers; i++) counts[Math.max(0, ...logs.map((log) => read(log, i)))]!++
  const m = registers
  let z = m * tau((m - counts[hashBits + 1]!) / m)
  for (let j = hashBits; j >= 1; j--) z = (z + counts[j]!) * 0.5
  z += m * sigma(counts[0]! / m)
  return Math.round(((0.5 / Math.LN2) * m * m) / z)
}

const add = (client: Client, [, key, ...elements]: readonly string[]): void => {
  const { db, out } = client
  let log = logAt(client, key!)
  let changed = log === undefined
  if (log === undefined) {
    log = fresh()
    db.set(key!, StringValue.of(log))
  }
  for (const element of elements) {
    const { index, run } = place(element)
    if (read(log, index) >= run) continue
    write(log, index, run)
    changed = true
  }
  if (changed) db.wrote('$', 'pfadd', key!)
  out.integer(changed ? 1 : 0)
}

const count = (client: Client, [, ...keys]: readonly string[]): void => {
  const logs = keys.flatMap((key) => logAt(client, key) ?? [])
  client.out.integer(logs.length === 0 ? 0 : estimate(logs))
}

const merge = (client: Client, [, target, ...keys]: readonly string[]): void => {
  const { db, out } = client
  const own = logAt(client, target!)
  const logs = keys.flatMap((key) => logAt(client, key) ?? [])
  const into = own ?? fresh()
  for (const log of logs)
    for (let i = 0; i < registers; i++) if (read(log, i) > read(into, i)) write(into, i, read(log, i))
  if (own === undefined) db.set(target!, StringValue.of(into))
  db.wrote('$', 'pfadd', target!)
  out.ok()
}

export const hyperLogLogs: readonly Command[] = [
  command('pfadd', -2, add),
  command('pfcount', -2, count),
  command('pfmerge', -2, merge),
]
