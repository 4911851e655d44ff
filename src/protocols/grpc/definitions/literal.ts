/**
 * Messages as mock files have them, checked against their type: every mistake with its path. What comes out is ProtoJSON
 * that protobufjs takes without complaint. Field names may be written as in the .proto file or as in JSON.
 */
import { type Fields, isFields } from '../../../core/fields.ts'
import { SpecError } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import { nearest } from '../../../core/nearest.ts'
import { shown } from '../../../core/secrets.ts'
import { isAnyValue } from '../any-value.ts'
import { documentName, isEnum, isType, isWellKnown, longTypes, shortFloat } from './document.ts'
import { type Enum, type Field, protojson, type Type } from './protobuf.ts'

/** `acme.Order`. */
export const nameOf = (type: Type | Enum): string => type.fullName.slice(1)

/** By both of its names, and extensions by `[acme.note]`. Throws SpecError on the key. */
export const fieldNamed = (type: Type, key: string): Field => {
  for (const field of type.fieldsArray) {
    field.resolve()
    if (key === documentName(field) || key === field.protoName || key === field.name) return field
  }
  const names = type.fieldsArray.map(({ protoName }) => protoName)
  const near = nearest(key, names)
  const has = names.length === 0 ? `${nameOf(type)} has no fields` : `fields: ${names.join(', ')}`
  throw new SpecError(
    `${nameOf(type)} has no field ${key}`,
    [],
    near === undefined ? has : `did you mean ${near}?`,
    true,
  )
}

/** Throws SpecError, with every mistake. undefined for anyValue. */
export const literalMessage = (type: Type, spec: unknown): unknown => {
  if (isAnyValue(spec)) return undefined
  if (isWellKnown(type)) return wellKnownLiteral(type, spec)
  if (!isFields(spec))
    throw new SpecError(`${nameOf(type)} is written as a map of its fields, not ${shown(spec)}`)
  const json: Record<string, unknown> = {}
  const given = new Map<string, string>()
  const chosen = new Map<string, string>()
  collectMistakes(
    Object.entries(spec).map(
      ([key, value]) =>
        () =>
          within([key], () => {
            const field = fieldNamed(type, key)
            const before = given.get(field.name)
            if (before !== undefined)
              throw new SpecError(`${key} and ${before} are the same field`, [], 'remove one', true)
            given.set(field.name, key)
            if (value !== null) checkOneof(field, key, chosen)
            const literal = value === null && !takesNull(field) ? undefined : literalField(field, value)
            if (literal !== undefined) json[documentName(field)] = literal
          }),
    ),
  )
  return json
}

const checkOneof = (field: Field, key: string, chosen: Map<string, string>): void => {
  const { partOf } = field
  if (partOf === null || partOf === undefined) return
  const before = chosen.get(partOf.name)
  if (before !== undefined)
    throw new SpecError(
      `${before} and ${key} belong to the oneof ${partOf.name}, of which one may be set`,
      [],
      'remove one',
      true,
    )
  chosen.set(partOf.name, key)
}

/** Only there null is a value; elsewhere it means that the field is not set. */
const takesNull = ({ resolvedType }: Field): boolean =>
  (isType(resolvedType) && resolvedType.fullName === '.google.protobuf.Value') ||
  (isEnum(resolvedType) && resolvedType.fullName === '.google.protobuf.NullValue')

/** A value of a field, with lists and maps. */
export const literalField = (field: Field, value: unknown): unknown => {
  if (isAnyValue(value)) return undefined
  if (field.map) {
    if (!isFields(value)) throw new SpecError(`${field.protoName} is a map, not ${shown(value)}`)
    const entries = collectMistakes(
      Object.entries(value).map(
        ([key, one]) =>
          () =>
            within([key], () => [mapKey(field, key), literalSingle(field, one)] as const),
      ),
    )
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined))
  }
  if (field.repeated) {
    if (!Array.isArray(value))
      throw new SpecError(`${field.protoName} is a list, not ${shown(value)}`, [], 'write [ … ]')
    return collectMistakes(value.map((one, i) => () => within([i], () => literalSingle(field, one)))).filter(
      (one) => one !== undefined,
    )
  }
  return literalSingle(field, value)
}

const mapKey = (field: Field, key: string): string => {
  const { keyType } = field as unknown as { keyType: string }
  if (keyType === 'string') return key
  if (keyType === 'bool') {
    if (key === 'true' || key === 'false') return key
    throw new SpecError(`keys of ${field.protoName} are true or false, not ${key}`, [], undefined, true)
  }
  return String(wholeNumber(keyType, /^-?\d+$/.test(key) ? key : Number.NaN, 'a key of '))
}

/** One value: of a field that is neither list nor map, or an item of one that is. */
export const literalSingle = (field: Field, value: unknown): unknown => {
  if (isAnyValue(value)) return undefined
  if (isType(field.resolvedType)) return literalMessage(field.resolvedType, value)
  if (isEnum(field.resolvedType)) return enumLiteral(field.resolvedType, value)
  return scalarLiteral(field.type, value)
}

const enumLiteral = (type: Enum, value: unknown): unknown => {
  if (type.fullName === '.google.protobuf.NullValue' && value === null) return null
  if (typeof value === 'string') {
    if (Object.hasOwn(type.values, value)) return value
    const names = Object.keys(type.values)
    const near = nearest(value, names)
    throw new SpecError(
      `${nameOf(type)} has no value ${value}`,
      [],
      near === undefined ? `values: ${names.join(', ')}` : `did you mean ${near}?`,
    )
  }
  if (typeof value === 'number' && Number.isInteger(value) && (value | 0) === value) return value
  throw new SpecError(
    `${nameOf(type)} is an enum, and ${shown(value)} is neither a name nor a number of it`,
    [],
    `values: ${Object.keys(type.values).join(', ')}`,
  )
}

export const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
}

const wholeNumber = (type: string, value: unknown, what = ''): bigint => {
  const [lowest, highest] = ranges[type]!
  const big = bigOf(value)
  if (big !== undefined && big >= lowest && big <= highest) return big
  throw new SpecError(
    `${what}${type} is a whole number from ${lowest} to ${highest}, not ${shown(value)}`,
    [],
  )
}

const bigOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? BigInt(value) : undefined
}

/** Integers of 64 bits come out as texts, as ProtoJSON has them. */
export const scalarLiteral = (type: string, value: unknown): unknown => {
  if (longTypes.has(type)) return String(wholeNumber(type, value))
  if (ranges[type] !== undefined) return Number(wholeNumber(type, value))
  switch (type) {
    case 'bool':
      if (typeof value === 'boolean') return value
      throw new SpecError(`this is a bool, not ${shown(value)}`, [], 'write true or false')
    case 'string':
      if (typeof value === 'string') return value
      throw new SpecError(
        `this is a string, not ${shown(value)}`,
        [],
        typeof value === 'object' ? undefined : `write '${String(value)}'`,
      )
    case 'bytes':
      return bytesLiteral(value)
    default:
      return floatLiteral(type, value)
  }
}

const bytesLiteral = (value: unknown): string => {
  if (typeof value === 'string' && /^[A-Za-z\d+/_-]*={0,2}$/.test(value))
    return Buffer.from(value, 'base64').toString('base64')
  throw new SpecError(`this is bytes, and ${shown(value)} is no base64`, [], 'write the bytes in base64')
}

const floatLiteral = (type: string, value: unknown): number | string => {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
  const number =
    typeof value === 'bigint' ||
    (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value))
      ? Number(value)
      : value
  if (typeof number !== 'number' || Number.isNaN(number))
    throw new SpecError(`this is a ${type}, not ${shown(value)}`)
  if (!Number.isFinite(number)) return number > 0 ? 'Infinity' : '-Infinity'
  if (type === 'float' && Math.abs(number) > 3.4028234663852886e38)
    throw new SpecError(`${number} is too large for a float`, [], 'use a double')
  return type === 'float' ? shortFloat(number) : number
}

const wrapped: Readonly<Record<string, string>> = {
  DoubleValue: 'double',
  FloatValue: 'float',
  Int64Value: 'int64',
  UInt64Value: 'uint64',
  Int32Value: 'int32',
  UInt32Value: 'uint32',
  BoolValue: 'bool',
  StringValue: 'string',
  BytesValue: 'bytes',
}

const examples: Readonly<Record<string, string>> = {
  Timestamp: "write '2026-11-21T08:00:00Z'",
  Duration: "write seconds, as '1.5s'",
  FieldMask: "write the fields' names with commas, as 'name,price.units'",
}

const wellKnownLiteral = (type: Type, spec: unknown): unknown => {
  const short = nameOf(type).split('.').at(-1)!
  const scalar = wrapped[short]
  if (scalar !== undefined) return scalarLiteral(scalar, spec)
  if (short === 'Any') return anyLiteral(type, spec)
  try {
    protojson.fromJson(type, plain(spec))
  } catch (error) {
    const why = (error as Error).message.replace(/^[.\w]+: /, '')
    throw new SpecError(`${shown(spec)} is no ${short}: ${why}`, [], examples[short])
  }
  return plain(spec)
}

/** Struct and its kin know doubles only. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value)
  if (isAnyValue(value)) return null
  if (Array.isArray(value)) return value.map(plain)
  return isFields(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
    : value
}

const anyLiteral = (any: Type, spec: unknown): unknown => {
  if (!isFields(spec)) throw new SpecError(`Any is written as a map with '@type', not ${shown(spec)}`)
  const url = spec['@type']
  if (url === undefined && Object.keys(spec).length === 0) return {}
  if (typeof url !== 'string')
    throw new SpecError(
      "Any says in '@type' what it holds",
      [],
      "add '@type': type.googleapis.com/acme.Order",
    )
  const { '@type': _, ...fields } = spec
  const type = any.root.lookup(url.slice(url.lastIndexOf('/') + 1))
  if (!isType(type))
    throw new SpecError(
      `there is no message type ${url}`,
      ['@type'],
      'name one of the proto files, as type.googleapis.com/acme.Order',
    )
  const full = url.includes('/') ? url : `type.googleapis.com/${url}`
  if (!isWellKnown(type)) return { '@type': full, ...(literalMessage(type, fields) as Fields) }
  return { '@type': full, value: within(['value'], () => literalMessage(type, fields['value'])) }
}
