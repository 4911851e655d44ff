/** `preset:` of a mock file for redis: keys, and what they hold before anybody has written to them. */
import { z } from 'zod'
import type { ResponseFiles } from '../../../core/dialect.ts'
import { SpecError } from '../../../core/matcher.ts'
import { collectMistakes } from '../../../core/mistakes.ts'
import type { PresetDialect, PresetEntry } from '../../../core/preset.ts'
import { parseDuration } from '../../../core/units.ts'
import { HashValue } from './store/hash.ts'
import { ListValue } from './store/list.ts'
import { SetValue } from './store/set.ts'
import { SortedSetValue } from './store/sorted-set.ts'
import { StreamValue, streamId } from './store/stream.ts'
import { StringValue } from './store/string.ts'
import type { Value } from './store/values.ts'

/** A key as it is put into a database. */
export interface PresetKey {
  /** Bytes, one character each. */
  readonly key: string
  readonly db: number
  /** Milliseconds from when it is put there; undefined: it stays. */
  readonly ttlMs: number | undefined
  /** A new one each time. */
  make(): Value
}

const text = z.union([z.string(), z.number(), z.boolean()])
const fields = z.record(z.string(), text)

const holds = {
  string: text.describe('A string; the same as writing it without string:').optional(),
  json: z.unknown().describe('A string: this value as JSON').optional(),
  base64: z.string().describe('A string: these bytes').optional(),
  file: z.string().min(1).describe('A string: the content of a file, relative to this one').optional(),
  hash: fields.describe('A hash: values by field').optional(),
  list: z.array(text).describe('A list, its head first').optional(),
  set: z.array(text).describe('A set').optional(),
  zset: z
    .record(z.string(), z.union([z.number(), z.enum(['inf', '+inf', '-inf'])]))
    .describe('A sorted set: scores by member')
    .optional(),
  stream: z
    .union([z.array(fields), z.record(z.string(), fields)])
    .describe('A stream: entries in order, or by id (1-0)')
    .optional(),
}

const kinds = Object.keys(holds) as (keyof typeof holds)[]

const keySchema = z
  .union([
    text,
    z.strictObject({
      ...holds,
      ttl: z.string().describe('How long it lives, from when it is put there: 60s, 10m, 1h').optional(),
      db: z.int().min(0).max(15).describe('Which database; default 0').optional(),
      tenants: z.array(z.string().min(1)).min(1).describe('Only for these tenants; default: all').optional(),
    }),
  ])
  .describe('A text, or one of string, json, base64, file, hash, list, set, zset, stream')

type KeySpec = z.infer<typeof keySchema>
type Fields = Readonly<Record<string, string | number | boolean>>

/** UTF-8, one character a byte. */
const bytes = (value: string | number | boolean): string =>
  Buffer.from(String(value), 'utf8').toString('latin1')

const filled = <T>(items: readonly T[], kind: string): readonly T[] => {
  if (items.length > 0) return items
  throw new SpecError(`a ${kind} in Redis is never empty`, [kind], 'give it an element, or remove the key')
}

const pairs = (values: Fields): readonly (readonly [string, string])[] =>
  Object.entries(values).map(([field, value]) => [bytes(field), bytes(value)] as const)

const base64 = (value: string): string => {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    throw new SpecError('that is no base64', ['base64'], 'four characters for three bytes, = at the end')
  return Buffer.from(value, 'base64').toString('latin1')
}

const idOf = (id: string): bigint => {
  const match = /^(\d{1,19})(?:-(\d{1,19}))?$/.exec(id)
  const value = match === null ? 0n : streamId(BigInt(match[1]!), BigInt(match[2] ?? '0'))
  if (value > 0n) return value
  throw new SpecError(
    `${JSON.stringify(id)} is no id of an entry`,
    ['stream', id],
    'write 1-0 or 1700000000000-0',
    true,
  )
}

const streamEntries = (
  entries: readonly Fields[] | Readonly<Record<string, Fields>>,
): readonly (readonly [bigint, readonly string[]])[] => {
  const made = Array.isArray(entries)
    ? (entries as readonly Fields[]).map((one, i) => [streamId(BigInt(i + 1), 0n), one, i] as const)
    : Object.entries(entries as Readonly<Record<string, Fields>>).map(
        ([id, one]) => [idOf(id), one, id] as const,
      )
  const sorted = [...made].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted.map(([id, one, place]) => {
    if (Object.keys(one).length === 0)
      throw new SpecError('an entry of a stream has fields', ['stream', place], 'write { field: value }')
    return [id, pairs(one).flat()] as const
  })
}

/** Checks once; the function makes it as often as it is asked. Throws SpecError. */
const maker = (spec: Exclude<KeySpec, string | number | boolean>, files: ResponseFiles): (() => Value) => {
  const [kind, ...others] = kinds.filter((one) => spec[one] !== undefined)
  if (kind === undefined)
    throw new SpecError(
      'it does not say what the key holds',
      [],
      `write one of ${kinds.join(', ')}: { hash: { name: Ann } }`,
    )
  if (others.length > 0)
    throw new SpecError(`${kind} and ${others[0]} exclude each other`, [others[0]!], 'keep one of them', true)
  const string = (value: string) => () => new StringValue(value)
  switch (kind) {
    case 'string':
      return string(bytes(spec.string!))
    case 'json':
      return string(bytes(JSON.stringify(spec.json)))
    case 'base64':
      return string(base64(spec.base64!))
    case 'file':
      return string(Buffer.from(fileAt(spec.file!, files)).toString('latin1'))
    case 'hash': {
      const values = filled(pairs(spec.hash!), kind)
      return () => {
        const hash = new HashValue()
        for (const [field, value] of values) hash.set(field, value)
        return hash
      }
    }
    case 'list': {
      const items = filled(spec.list!.map(bytes), kind)
      return () => {
        const list = new ListValue()
        list.replace([...items])
        return list
      }
    }
    case 'set': {
      const members = filled(spec.set!.map(bytes), kind)
      return () => {
        const set = new SetValue()
        for (const member of members) set.add(member)
        return set
      }
    }
    case 'zset': {
      const scores = filled(Object.entries(spec.zset!), kind)
      return () => {
        const zset = new SortedSetValue()
        for (const [member, score] of scores)
          zset.set(
            bytes(member),
            typeof score === 'number' ? score : Number(score.replace('inf', 'Infinity')),
          )
        return zset
      }
    }
    case 'stream': {
      const entries = filled(streamEntries(spec.stream!), kind)
      return () => {
        const stream = new StreamValue()
        for (const [id, values] of entries) stream.append(id, values)
        return stream
      }
    }
  }
}

const fileAt = (path: string, files: ResponseFiles): Uint8Array => {
  try {
    return files.read(path)
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(error.message, ['file', ...error.path], error.hint)
    throw error
  }
}

const ttlOf = (ttl: string | undefined): number | undefined => {
  if (ttl === undefined) return undefined
  const ms = parseDuration(ttl)
  if (ms !== undefined && ms > 0) return ms
  throw new SpecError(`${JSON.stringify(ttl)} is no time to live`, ['ttl'], 'write 500ms, 60s, 10m or 1h')
}

const entryOf = (name: string, spec: KeySpec, files: ResponseFiles): PresetEntry => {
  const plain = typeof spec !== 'object'
  const make = plain ? () => new StringValue(bytes(spec)) : maker(spec, files)
  const value: PresetKey = {
    key: bytes(name),
    db: plain ? 0 : (spec.db ?? 0),
    ttlMs: plain ? undefined : ttlOf(spec.ttl),
    make,
  }
  const content =
    !plain && spec.file !== undefined ? Buffer.from(files.read(spec.file)).toString('base64') : ''
  return {
    name,
    tenants: plain ? undefined : spec.tenants,
    print: JSON.stringify([spec, content]),
    value,
  }
}

export const redisPreset: PresetDialect = {
  protocol: 'redis',
  schema: z
    .record(z.string(), keySchema)
    .describe(
      'Keys of an embedded cache, as each tenant finds them: { cart:1: { hash: { sku: 7 }, ttl: 60s } }',
    ),
  compile: (spec, files) => {
    const entries: PresetEntry[] = []
    collectMistakes(
      Object.entries(spec as Readonly<Record<string, KeySpec>>).map(([name, key]) => () => {
        try {
          entries.push(entryOf(name, key, files))
        } catch (error) {
          if (!(error instanceof SpecError)) throw error
          throw new SpecError(error.message, [name, ...error.path], error.hint, error.onKey, error.code)
        }
      }),
    )
    return entries
  },
}
