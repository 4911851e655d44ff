/**
 * A decoded message as a document: ProtoJSON, except that 64-bit integers are numbers (bigint where a double cannot hold
 * them), and that fields without presence stand there with their defaults: on the wire the two are the same.
 */
import { type Enum, type Field, protobuf, protojson, type Type } from './protobuf.ts'

type Fields = Readonly<Record<string, unknown>>

export const isType = (resolved: unknown): resolved is Type => resolved instanceof protobuf.Type
export const isEnum = (resolved: unknown): resolved is Enum => resolved instanceof protobuf.Enum

const wellKnown = /^\.google\.protobuf\.(Any|Duration|Timestamp|FieldMask|Struct|Value|ListValue|\w+Value)$/

/** Whether ProtoJSON has a form of its own for it. */
export const isWellKnown = (type: Type): boolean => wellKnown.test(type.fullName)

export const longTypes: ReadonlySet<string> = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64'])

/** A field of which the wire cannot tell whether it was set. */
export const isImplicit = (field: Field): boolean =>
  field.map ||
  field.repeated ||
  !(Boolean(field.hasPresence) || isType(field.resolvedType) || isExtension(field))

/** protobufjs puts a field for each extension into the message that is extended. */
const isExtension = (field: Field): boolean => field.name.startsWith('.')

/** The name that documents use. */
export const documentName = (field: Field): string =>
  isExtension(field) ? `[${field.name.slice(1)}]` : field.jsonName

/** What is asked of a type for every message, worked out once: protobufjs makes full names anew each time. */
interface Plan {
  readonly wellKnown: boolean
  readonly fields: readonly {
    readonly field: Field
    readonly name: string
    readonly silent: boolean
    /** The default where it is no list and no map, which must not be shared. */
    readonly fallback: unknown
  }[]
}

/** The plan lives as long as its type. */
const planned = Symbol('document plan')

const planOf = (type: Type & { [planned]?: Plan }): Plan => {
  type[planned] ??= {
    wellKnown: isWellKnown(type),
    fields: type.fieldsArray.map((field) => {
      field.resolve()
      const silent = isImplicit(field) && !isExtension(field)
      return { field, name: documentName(field), silent, fallback: silent ? defaultOf(field) : undefined }
    }),
  }
  return type[planned]
}

export const documentOf = (type: Type, message: Fields): unknown => {
  const { wellKnown: known, fields } = planOf(type)
  if (known) return wellKnownDocument(type, message)
  const document: Record<string, unknown> = Object.create(null)
  for (const { field, name, silent, fallback } of fields) {
    const value = Object.hasOwn(message, field.name) ? message[field.name] : undefined
    if (value !== undefined && value !== null) document[name] = fieldDocument(field, value)
    else if (silent) document[name] = typeof fallback === 'object' ? defaultOf(field) : fallback
  }
  return document
}

export const defaultOf = (field: Field): unknown => {
  if (field.map) return Object.create(null)
  if (field.repeated) return []
  if (isEnum(field.resolvedType)) return enumDocument(field.resolvedType, Number(field.typeDefault ?? 0))
  if (field.type === 'bool') return false
  if (field.type === 'string' || field.type === 'bytes') return ''
  return 0
}

const fieldDocument = (field: Field, value: unknown): unknown => {
  if (field.map) {
    const map: Record<string, unknown> = Object.create(null)
    for (const [key, one] of Object.entries(value as Fields)) map[mapKey(field, key)] = single(field, one)
    return map
  }
  if (field.repeated) return (value as readonly unknown[]).map((one) => single(field, one))
  return single(field, value)
}

/** protobufjs keeps keys of 64 bits as eight characters. */
export const mapKey = (field: Field, key: string): string => {
  const { keyType } = field as unknown as { keyType: string }
  if (!longTypes.has(keyType) || /^-?\d+$/.test(key)) return key
  return String(protobuf.util.longFromHash(key, keyType === 'uint64' || keyType === 'fixed64'))
}

const single = (field: Field, value: unknown): unknown => {
  if (isType(field.resolvedType)) return documentOf(field.resolvedType, value as Fields)
  if (isEnum(field.resolvedType)) return enumDocument(field.resolvedType, value as number)
  if (longTypes.has(field.type)) return numberOf(value)
  if (field.type === 'bytes') return base64(value as Uint8Array)
  if (field.type === 'float') return finite(shortFloat(value as number))
  if (field.type === 'double') return finite(value as number)
  return value
}

/** ProtoJSON's texts for what JSON has no number for. */
const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

const largestFloat = 3.4028234663852886e38

/** The shortest number that a float holds as the same: 0.1 is not 0.10000000149011612. */
export const shortFloat = (value: number): number => {
  const single32 = Math.fround(value)
  if (!Number.isFinite(single32)) return single32
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(single32.toPrecision(digits))
    // The last one rounds beyond what a float holds.
    if (Math.fround(short) === single32 && Math.abs(short) <= largestFloat) return short
  }
  return single32
}

const enumDocument = (type: Enum, value: number): unknown =>
  type.name === 'NullValue' && type.fullName === '.google.protobuf.NullValue'
    ? null
    : (type.valuesById[value] ?? value)

/** A Long, a number or a text of digits. */
export const numberOf = (value: unknown): number | bigint => {
  const big = BigInt(String(value))
  return big >= BigInt(Number.MIN_SAFE_INTEGER) && big <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(big) : big
}

export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

const wellKnownDocument = (type: Type, message: Fields): unknown => {
  if (/\.U?Int64Value$/.test(type.fullName)) return numberOf(message['value'] ?? 0)
  if (type.fullName === '.google.protobuf.FloatValue')
    return finite(shortFloat(Number(message['value'] ?? 0)))
  if (type.fullName !== '.google.protobuf.Any') return protojson.toJson(type, message)
  const url = String(message['typeUrl'] ?? message['type_url'] ?? '')
  const bytes = (message['value'] as Uint8Array | undefined) ?? new Uint8Array(0)
  if (url === '') return {}
  const inner = type.root.lookup(url.slice(url.lastIndexOf('/') + 1))
  // Nobody here knows the type: its bytes are all that can be shown.
  if (!isType(inner)) return { '@type': url, value: base64(bytes) }
  const document = documentOf(inner, inner.decode(bytes) as unknown as Fields)
  return isWellKnown(inner) ? { '@type': url, value: document } : { '@type': url, ...(document as Fields) }
}
