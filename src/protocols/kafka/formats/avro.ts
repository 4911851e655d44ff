/** Avro (https://avro.apache.org/docs/1.12.0/specification), by avsc. Bytes and fixed are base64 in JSON, unions have no names around their values. */

import avro, { type Schema, type Type } from 'avsc'
import { isFields } from '../../../core/fields.ts'
import { stringifyJson } from '../../../core/json.ts'
import type { SchemaPart } from '../../../core/service-entry.ts'
import { type Codec, FormatError } from './format.ts'

/** Long values keep their digits. */
const longs = (): Type =>
  avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer: (n: bigint) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(n)
      return bytes
    },
    fromJSON: BigInt,
    toJSON: (n: bigint) => Number(n),
    isValid: (n: unknown) => typeof n === 'bigint' && n === BigInt.asIntN(64, n),
    compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
  }) as unknown as Type

/** `text`: of the schema; `referenced`: of those that it names, before it. Throws FormatError. */
export const avroCodec = (text: string, referenced: readonly SchemaPart[] = []): Codec => {
  const type = parsed(text, referenced)
  return {
    decode: (bytes) => {
      let value: unknown
      try {
        value = type.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      } catch (error) {
        throw new FormatError(`it is no ${nameOf(type)} in Avro: ${(error as Error).message}`)
      }
      return stringifyJson(plain(value))
    },
    encode: (value) => {
      return type.toBuffer(fitted(value, type, ''))
    },
  }
}

const parsed = (text: string, referenced: readonly SchemaPart[]): Type => {
  try {
    const registry: Record<string, Type> = { long: longs() }
    const read = (one: string): Type =>
      avro.Type.forSchema(JSON.parse(one) as Schema, { registry, wrapUnions: false })
    for (const { text: one } of referenced) read(one)
    return read(text)
  } catch (error) {
    throw new FormatError(`the Avro schema cannot be read: ${(error as Error).message}`)
  }
}

/** Our own long has another name. */
const kindOf = ({ typeName }: Type): string => typeName.replace('abstract:', '')

const nameOf = (type: Type): string => type.name ?? kindOf(type)

/** Bytes as base64. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
}

interface Parts {
  readonly fields?: readonly { readonly name: string; readonly type: Type; defaultValue(): unknown }[]
  readonly itemsType?: Type
  readonly valuesType?: Type
  readonly types?: readonly Type[]
  readonly symbols?: readonly string[]
}

/** JSON as the type has it. Throws FormatError with the first place that does not fit. */
const fitted = (value: unknown, type: Type, path: string): unknown => {
  const { fields, itemsType, valuesType, types } = type as Type & Parts
  if (fields !== undefined && isFields(value)) return fitRecord(value, type, fields, path)
  if (itemsType !== undefined && Array.isArray(value))
    return value.map((one, i) => fitted(one, itemsType, `${path}[${i}]`))
  if (valuesType !== undefined && isFields(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, fitted(one, valuesType, join(path, name))]),
    )
  if (types !== undefined) return fitUnion(value, types, path)
  const made = fitScalar(value, type)
  if (type.isValid(made)) return made
  throw new FormatError(`${path === '' ? 'the value' : path} is no ${nameOf(type)}`)
}

const fitRecord = (
  value: Readonly<Record<string, unknown>>,
  type: Type,
  fields: NonNullable<Parts['fields']>,
  path: string,
): unknown => {
  const unknown = Object.keys(value).find((name) => !fields.some((field) => field.name === name))
  if (unknown !== undefined) throw new FormatError(`${nameOf(type)} has no field ${join(path, unknown)}`)
  return Object.fromEntries(
    fields.map((field) => {
      const { name } = field
      const given = value[name]
      const made = given === undefined ? field.defaultValue() : fitted(given, field.type, join(path, name))
      if (made === undefined) throw new FormatError(`${join(path, name)} is missing in ${nameOf(type)}`)
      return [name, made]
    }),
  )
}

const fitUnion = (value: unknown, types: readonly Type[], path: string): unknown => {
  let first: unknown
  for (const type of types) {
    try {
      return fitted(value, type, path)
    } catch (error) {
      if (type.typeName !== 'null') first ??= error
    }
  }
  throw first ?? new FormatError(`${path === '' ? 'the value' : path} is not null`)
}

const fitScalar = (value: unknown, type: Type): unknown => {
  const kind = kindOf(type)
  if (kind === 'long' && typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if ((kind === 'bytes' || kind === 'fixed') && typeof value === 'string') return Buffer.from(value, 'base64')
  return value
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
