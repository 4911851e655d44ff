/** Values of one field: how the primitive types are read and written, and what an absent one reads as. */
import type { Reader } from '../wire/reader.ts'
import type { Writer } from '../wire/writer.ts'
import type { Value } from './message.ts'
import type { Field, Type } from './parse.ts'

export interface ValueCodec {
  decode(reader: Reader): Value
  encode(writer: Writer, value: Value): void
}

/** For messages. */
export const shown = (value: Value): string => (value === null ? 'null' : typeof value)

const number = (
  decode: (reader: Reader) => number,
  encode: (writer: Writer, value: number) => void,
): ValueCodec => ({
  decode,
  encode: (writer, value) => {
    if (typeof value !== 'number') writer.fail(`${shown(value)} instead of a number`)
    encode(writer, value as number)
  },
})

/** `compact`: KIP-482's forms of lengths. */
export const primitive = (type: Exclude<Type, '{'>, compact: boolean, nullable: boolean): ValueCodec => {
  switch (type) {
    case 'b':
      return {
        decode: (reader) => reader.bool(),
        encode: (writer, value) => writer.int8(value === true ? 1 : 0),
      }
    case '1':
      return number(
        (reader) => reader.int8(),
        (writer, value) => writer.int8(value),
      )
    case '2':
      return number(
        (reader) => reader.int16(),
        (writer, value) => writer.int16(value),
      )
    case 'u':
      return number(
        (reader) => reader.uint16(),
        (writer, value) => writer.int16(value),
      )
    case '4':
      return number(
        (reader) => reader.int32(),
        (writer, value) => writer.int32(value),
      )
    case 'f':
      return number(
        (reader) => reader.float64(),
        (writer, value) => writer.float64(value),
      )
    case '8':
      return {
        decode: (reader) => reader.int64(),
        encode: (writer, value) =>
          typeof value === 'bigint'
            ? writer.int64(value)
            : writer.fail(`${shown(value)} instead of a bigint (int64)`),
      }
    case 's':
      return {
        decode: (reader) => {
          const value = reader.string(compact)
          return value === null && !nullable ? reader.fail('null, where the version allows none') : value
        },
        encode: (writer, value) =>
          typeof value === 'string' || (value === null && nullable)
            ? writer.string(value, compact)
            : writer.fail(`${shown(value)} instead of a string`),
      }
    case 'i':
      return {
        decode: (reader) => reader.uuid(),
        encode: (writer, value) =>
          typeof value === 'string' ? writer.uuid(value) : writer.fail(`${shown(value)} instead of a uuid`),
      }
    case 'y':
    case 'r':
      return {
        decode: (reader) => {
          const value = reader.blob(compact)
          return value === null && !nullable ? reader.fail('null, where the version allows none') : value
        },
        encode: (writer, value) =>
          value instanceof Uint8Array || (value === null && nullable)
            ? writer.blob(value, compact)
            : writer.fail(`${shown(value)} instead of bytes`),
      }
  }
}

const zeroUuid = '0'.repeat(32)

/** A function, because arrays and structs must not be shared between messages. */
export const defaultOf = ({ type, array, byDefault, fields }: Field): (() => Value) => {
  if (byDefault === 'null') return () => null
  if (array) return () => []
  if (type === '{') {
    const inner = fields.map((field) => [field.name, defaultOf(field)] as const)
    return () => Object.fromEntries(inner.map(([name, value]) => [name, value()]))
  }
  const value = zeroOf(type, byDefault)
  return () => value
}

const zeroOf = (type: Exclude<Type, '{'>, byDefault: string): Value => {
  switch (type) {
    case 'b':
      return byDefault === 'true'
    case '8':
      return BigInt(byDefault)
    case 's':
      return byDefault.replace(/^"/, '')
    case 'i':
      return zeroUuid
    case 'y':
    case 'r':
      return Buffer.alloc(0)
    default:
      return Number(byDefault)
  }
}
