/**
 * The fields of a version -> functions that decode and encode it. Made once for each version of an API that comes; what a version
 * has, how it is written and what its absent fields read as is decided then, not for each message.
 */
import type { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import type { Message, Value } from './message.ts'
import { type Field, isIn } from './parse.ts'
import { defaultOf, primitive, shown, type ValueCodec } from './values.ts'

export interface Codec {
  decode(reader: Reader): Message
  encode(writer: Writer, message: Message): void
}

/** Of a whole message. */
export const compile = (fields: readonly Field[], version: number, flexible: boolean): Codec =>
  structCodec(fields, version, flexible, '')

/** `around`: the struct's path, '' the message itself. */
const structCodec = (fields: readonly Field[], version: number, flexible: boolean, around: string): Codec => {
  const untagged: FieldCodec[] = []
  const tagged: FieldCodec[] = []
  const absent: { name: string; byDefault: () => Value }[] = []
  for (const field of fields) {
    const { name } = field
    const byDefault = defaultOf(field)
    if (!isIn(version, field.versions)) {
      absent.push({ name, byDefault })
      continue
    }
    const place = around === '' ? name : `${around}.${name}`
    const codec = fieldCodec(field, version, flexible, place)
    const compiled = { name, place, tag: field.tag, byDefault, codec }
    if (isIn(version, field.tagged)) tagged.push(compiled)
    else untagged.push(compiled)
  }
  tagged.sort((a, b) => a.tag - b.tag)
  const tags = flexible ? new Tags(tagged, around) : undefined
  return {
    decode: (reader) => {
      const message: Message = {}
      for (const { name, place, codec } of untagged) {
        reader.place = place
        message[name] = codec.decode(reader)
      }
      tags?.decode(reader, message)
      for (const { name, byDefault } of absent) message[name] = byDefault()
      return message
    },
    encode: (writer, message) => {
      for (const { name, place, byDefault, codec } of untagged) {
        const value = message[name]
        writer.place = place
        codec.encode(writer, value === undefined ? byDefault() : value)
      }
      tags?.encode(writer, message)
    },
  }
}

interface FieldCodec {
  readonly name: string
  readonly place: string
  readonly tag: number
  readonly byDefault: () => Value
  readonly codec: ValueCodec
}

/** The tagged fields at the end of a struct (KIP-482): `count (tag length bytes)*`, in the order of their tags. */
class Tags {
  private readonly fields: readonly FieldCodec[]
  private readonly place: string

  constructor(fields: readonly FieldCodec[], around: string) {
    this.fields = fields
    this.place = around === '' ? 'tagged fields' : `${around}: tagged fields`
  }

  decode(reader: Reader, message: Message): void {
    for (const { name, byDefault } of this.fields) message[name] = byDefault()
    reader.place = this.place
    const count = reader.uvarint()
    for (let i = 0; i < count; i++) {
      reader.place = this.place
      const tag = reader.uvarint()
      const length = reader.uvarint()
      const known = this.fields.find((field) => field.tag === tag)
      if (known === undefined) {
        const unknown: Value[] = Array.isArray(message['unknownTags']) ? message['unknownTags'] : []
        unknown.push({ tag, bytes: reader.raw(length) })
        message['unknownTags'] = unknown
        continue
      }
      const end = reader.at + length
      reader.place = known.place
      message[known.name] = known.codec.decode(reader)
      if (reader.at !== end) {
        reader.place = known.place
        reader.fail(`a tagged field of ${length} bytes is ${reader.at - end + length} bytes long`)
      }
    }
  }

  encode(writer: Writer, message: Message): void {
    const written: { tag: number; bytes: Uint8Array }[] = []
    for (const { name, place, tag, byDefault, codec } of this.fields) {
      const value = message[name]
      if (value === undefined || isSame(value, byDefault())) continue
      const inner = new Writer(64)
      inner.place = place
      codec.encode(inner, value)
      written.push({ tag, bytes: inner.done() })
    }
    const unknown = message['unknownTags']
    if (Array.isArray(unknown)) {
      for (const entry of unknown as unknown as { tag: number; bytes: Uint8Array }[]) written.push(entry)
      written.sort((a, b) => a.tag - b.tag)
    }
    writer.uvarint(written.length)
    for (const { tag, bytes } of written) {
      writer.uvarint(tag)
      writer.uvarint(bytes.length)
      writer.raw(bytes)
    }
  }
}

/** Whether a tagged field needs no place: what isn't written reads as the default. */
const isSame = (value: Value, byDefault: Value): boolean => {
  if (value === byDefault) return true
  if (typeof value !== 'object' || value === null || typeof byDefault !== 'object' || byDefault === null) {
    return false
  }
  if (Array.isArray(value) || value instanceof Uint8Array) {
    return value.length === 0 && (byDefault as { length?: number }).length === 0
  }
  const wanted = byDefault as Message
  return Object.entries(value).every(
    ([name, inner]) => wanted[name] !== undefined && isSame(inner, wanted[name]),
  )
}

const fieldCodec = (field: Field, version: number, flexible: boolean, place: string): ValueCodec => {
  const nullable = isIn(version, field.nullable)
  const inner = field.array ? `${place}[]` : place
  if (field.type !== '{') {
    const element = primitive(field.type, flexible, !field.array && nullable)
    return field.array ? arrayOf(element, flexible, nullable, inner) : element
  }
  const struct = structCodec(field.fields, version, flexible, inner)
  const element: ValueCodec = {
    decode: struct.decode,
    encode: (writer, value) => {
      if (typeof value !== 'object' || value === null) writer.fail(`${typeof value} instead of a struct`)
      struct.encode(writer, value as Message)
    },
  }
  if (field.array) return arrayOf(element, flexible, nullable, inner)
  return nullable ? nullableStruct(element) : element
}

const arrayOf = (element: ValueCodec, compact: boolean, nullable: boolean, place: string): ValueCodec => ({
  decode: (reader) => {
    const count = reader.count(compact)
    if (count < 0) return nullable ? null : reader.fail('null, where the version allows none')
    const values: Value[] = []
    for (let i = 0; i < count; i++) {
      reader.place = place
      values.push(element.decode(reader))
    }
    return values
  },
  encode: (writer, value) => {
    if (value === null && nullable) return writer.length(-1, compact)
    if (!Array.isArray(value)) return writer.fail(`${shown(value)} instead of an array`)
    writer.length(value.length, compact)
    for (const item of value) {
      writer.place = place
      element.encode(writer, item)
    }
  },
})

/** A byte before it says whether it is there: 1, or -1 (KIP-893). */
const nullableStruct = (struct: ValueCodec): ValueCodec => ({
  decode: (reader) => (reader.int8() < 0 ? null : struct.decode(reader)),
  encode: (writer, value) => {
    writer.int8(value === null ? -1 : 1)
    if (value !== null) struct.encode(writer, value)
  },
})
