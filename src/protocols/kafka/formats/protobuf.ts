/** Protocol buffers as values of records, by protobufjs. JSON has the field names of the .proto file, names of enums, and base64 for bytes. */
import protobuf from 'protobufjs'
import { parseJson, stringifyJson } from '../../../core/json.ts'
import type { SchemaPart } from '../../../core/service-entry.ts'
import { type Codec, FormatError } from './format.ts'

export interface ProtobufCodec extends Codec {
  /** Where the message stands in its file, as Confluent's registry counts: [0] is the first. */
  readonly indexes: readonly number[]
}

export interface ProtobufSchema {
  codec(message: string): ProtobufCodec
  codecAt(indexes: readonly number[]): ProtobufCodec
}

/** `imported`: what the file imports, and what that does; google/protobuf/… is carried. Throws FormatError. */
export const protobufSchema = (text: string, imported: readonly SchemaPart[] = []): ProtobufSchema => {
  const own = parsed(text)
  const root = resolved([...imported.map((part) => part.text), text])
  return {
    codec: (message) => {
      try {
        const indexes = indexesOf(own.root.lookupType(message))
        return codecOf(root.lookupType(message), indexes)
      } catch {
        throw new FormatError(`the .proto file has no message ${message}`)
      }
    },
    codecAt: (indexes) => {
      let place: protobuf.NamespaceBase = own.first
      for (const index of indexes) {
        const type: protobuf.Type | undefined = typesIn(place)[index]
        if (type === undefined) throw new FormatError(`the .proto file has no message ${indexes.join('.')}`)
        place = type
      }
      return codecOf(root.lookupType(place.fullName), indexes)
    },
  }
}

/** The file for itself, as messages are counted: what it imports may be of the same package. */
const parsed = (text: string): { readonly root: protobuf.Root; readonly first: protobuf.NamespaceBase } => {
  try {
    const { root, package: name } = protobuf.parse(text, { keepCase: true })
    return { root, first: name === undefined ? root : (root.lookup(name) as protobuf.NamespaceBase) }
  } catch (error) {
    throw new FormatError(`the .proto file cannot be read: ${(error as Error).message}`)
  }
}

const resolved = (texts: readonly string[]): protobuf.Root => {
  try {
    const root = new protobuf.Root()
    const carried = new Set<string>()
    for (const text of texts) {
      const { imports = [] } = protobuf.parse(text, root, { keepCase: true })
      for (const name of imports) carried.add(name)
    }
    for (const name of carried) {
      const known = protobuf.common.get(name)
      if (known?.nested != null) root.addJSON(known.nested)
    }
    root.resolveAll()
    return root
  } catch (error) {
    throw new FormatError(`the .proto file cannot be read: ${(error as Error).message}`)
  }
}

const typesIn = (place: protobuf.NamespaceBase): readonly protobuf.Type[] =>
  place.nestedArray.filter((one) => one instanceof protobuf.Type)

const indexesOf = (type: protobuf.Type): readonly number[] => {
  const { parent } = type
  const index = parent === null ? 0 : typesIn(parent).indexOf(type)
  return parent instanceof protobuf.Type ? [...indexesOf(parent), index] : [index]
}

const codecOf = (type: protobuf.Type, indexes: readonly number[]): ProtobufCodec => ({
  indexes,
  decode: (bytes) => {
    try {
      const message = type.decode(bytes)
      const plain = {
        longs: BigInt,
        enums: String,
        bytes: String,
        defaults: true,
        arrays: true,
        objects: true,
      }
      return stringifyJson(type.toObject(message, plain as unknown as protobuf.IConversionOptions))
    } catch (error) {
      throw new FormatError(`it is no ${type.fullName.slice(1)}: ${(error as Error).message}`)
    }
  },
  encode: (value) => {
    const unknown = unknownField(value, type, '')
    if (unknown !== undefined) throw new FormatError(`${type.name} has no field ${unknown}`)
    // It knows long integers as text.
    const given = parseJson(stringifyJson(asTexts(value)))
    const object = (given.ok ? given.value : {}) as Record<string, unknown>
    const problem = type.verify(object)
    // Texts stand for numbers of enums and for bytes, which only fromObject knows.
    if (problem !== null && !/enum value|buffer|integer/.test(problem)) throw new FormatError(problem)
    return type.encode(type.fromObject(object)).finish()
  },
})

const asTexts = (value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(asTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asTexts(one)]))
}

const unknownField = (value: unknown, type: protobuf.Type, path: string): string | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  for (const [name, one] of Object.entries(value)) {
    const field = type.fields[name]
    const place = path === '' ? name : `${path}.${name}`
    if (field === undefined) return place
    if (!(field.resolvedType instanceof protobuf.Type) || field.map) continue
    for (const each of Array.isArray(one) ? one : [one]) {
      const unknown = unknownField(each, field.resolvedType, place)
      if (unknown !== undefined) return unknown
    }
  }
  return undefined
}
