/**
 * A decoded message, or a part of it: fields by the specification's names in camel case (`topics`, `partitionIndex`).
 *
 * int8 to int32, uint16 and float64 are numbers, int64 is a bigint, a uuid is 32 hexadecimal digits in lower case, bytes and records are
 * views of what was decoded. A field that the version doesn't have reads as the specification's default. Tagged fields
 * that the specification doesn't know are kept as `unknownTags`: parts with `tag` and `bytes`, there only if there are any.
 */
export interface Message {
  [field: string]: Value
}
export type Value = boolean | number | bigint | string | null | Uint8Array | Message | Value[]

const wrong = (message: Message, field: string, wanted: string): never => {
  const value = message[field]
  const is = value === undefined ? 'is not there' : value === null ? 'is null' : `is a ${typeof value}`
  throw new TypeError(`${field} ${is}, not ${wanted}`)
}

// Fields, as what the specification says they are. Another type is a mistake of ours: TypeError.

export const int = (message: Message, field: string): number => {
  const value = message[field]
  return typeof value === 'number' ? value : wrong(message, field, 'a number')
}

export const long = (message: Message, field: string): bigint => {
  const value = message[field]
  return typeof value === 'bigint' ? value : wrong(message, field, 'an int64')
}

export const flag = (message: Message, field: string): boolean => {
  const value = message[field]
  return typeof value === 'boolean' ? value : wrong(message, field, 'a bool')
}

export const text = (message: Message, field: string): string => {
  const value = message[field]
  return typeof value === 'string' ? value : wrong(message, field, 'a string')
}

export const textOrNull = (message: Message, field: string): string | null =>
  message[field] === null ? null : text(message, field)

export const bytesOf = (message: Message, field: string): Uint8Array => {
  const value = message[field]
  return value instanceof Uint8Array ? value : wrong(message, field, 'bytes')
}

export const bytesOrNull = (message: Message, field: string): Uint8Array | null =>
  message[field] === null ? null : bytesOf(message, field)

const isPart = (value: Value | undefined): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

export const part = (message: Message, field: string): Message => {
  const value = message[field]
  return isPart(value) ? value : wrong(message, field, 'a struct')
}

/** An array of structs; null reads as none: `listOrNull` tells them apart. */
export const list = (message: Message, field: string): Message[] => listOrNull(message, field) ?? []

export const listOrNull = (message: Message, field: string): Message[] | null => {
  const value = message[field]
  if (value === null) return null
  return Array.isArray(value) && isPart(value[0] ?? {})
    ? (value as Message[])
    : wrong(message, field, 'an array of structs')
}

/** An array of int8, int16 or int32. */
export const ints = (message: Message, field: string): number[] => {
  const value = message[field]
  return Array.isArray(value) && typeof (value[0] ?? 0) === 'number'
    ? (value as number[])
    : wrong(message, field, 'an array of numbers')
}

/** An array of strings or uuids; null reads as none. */
export const texts = (message: Message, field: string): string[] => {
  const value = message[field]
  if (value === null) return []
  return Array.isArray(value) && typeof (value[0] ?? '') === 'string'
    ? (value as string[])
    : wrong(message, field, 'an array of strings')
}
