/** What the desensitizer made of a recorded message, as mock files write it: a document that encodes as the same type. */

import { Word } from '../../../core/exchange.ts'
import { isFields } from '../../../core/fields.ts'
import { base64, documentName, isEnum, isType, isWellKnown, longTypes, shortFloat } from './document.ts'
import { ranges } from './literal.ts'
import type { Field, Type } from './protobuf.ts'

type Fields = Readonly<Record<string, unknown>>

/** Throws Error for what no message of the type can be. */
export const writtenDocument = (type: Type, value: unknown): unknown => {
  if (isWellKnown(type)) return wellKnown(type, value)
  if (!isFields(value)) throw new Error('a message is no longer one')
  const document: Record<string, unknown> = Object.create(null)
  for (const [name, one] of Object.entries(value)) {
    const field = type.fieldsArray.find((known) => documentName(known) === name)
    if (field === undefined) throw new Error('a field is no longer one of the message')
    document[name] = writtenField(field, one)
  }
  return document
}

const writtenField = (field: Field, value: unknown): unknown => {
  if (field.map) {
    const { keyType } = field as unknown as { keyType: string }
    return mapped(
      value as Fields,
      (key) => String(inRange(keyType, ranges[keyType] === undefined ? key : key.replace(/[^\d-]/g, '0'))),
      (one) => single(field, one),
    )
  }
  if (field.repeated) return (value as readonly unknown[]).map((one) => single(field, one))
  return single(field, value)
}

const mapped = (value: Fields, key: (text: string) => string, each: (one: unknown) => unknown): Fields => {
  const map: Record<string, unknown> = Object.create(null)
  for (const [name, one] of Object.entries(value)) map[key(name)] = each(one)
  return map
}

const single = (field: Field, value: unknown): unknown => {
  const { resolvedType } = field
  if (isType(resolvedType)) return writtenDocument(resolvedType, value)
  if (isEnum(resolvedType)) return value instanceof Word ? value.text : value
  return scalar(field.type, value)
}

/** ProtoJSON has texts for what JSON has no number for. */
const scalar = (type: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return base64(value)
  if (typeof value !== 'number' && typeof value !== 'bigint') return value
  if (ranges[type] !== undefined) return inRange(type, value)
  // What the type holds of it is what clients will send and get.
  const held = type === 'float' ? shortFloat(Number(value)) : Number(value)
  return Number.isFinite(held) ? held : String(held)
}

/**
 * A fake has as many digits as the value, and may be too large for its type where that has as many as the type allows.
 * One of nines is told by them, so its last digit goes; of others the first one.
 */
const inRange = <T>(type: string, value: T): T => {
  const range = ranges[type]
  if (range === undefined || !/^-?\d+$/.test(String(value))) return value
  const [lowest, highest] = range
  let digits = String(value)
  const fits = (): boolean => BigInt(digits) >= lowest && BigInt(digits) <= highest
  while (!fits()) {
    if (digits.startsWith('-') && lowest === 0n) digits = digits.slice(1)
    else if (/^-?99/.test(digits)) digits = digits.slice(0, -1)
    else digits = digits.replace(/^(-?)\d/, '$1')
  }
  if (digits === String(value)) return value
  if (typeof value === 'bigint') return (longTypes.has(type) ? BigInt(digits) : Number(digits)) as T
  return (typeof value === 'number' ? Number(digits) : String(BigInt(digits))) as T
}

const wellKnown = (type: Type, value: unknown): unknown => {
  if (value instanceof Word) return value.text
  if (type.fullName === '.google.protobuf.Any') return anyDocument(type, value as Fields)
  const wrapped = type.fields['value']
  return /Value$/.test(type.name) && wrapped !== undefined && !isType(wrapped.resolvedType)
    ? scalar(wrapped.type, value)
    : value
}

const anyDocument = (any: Type, fields: Fields): unknown => {
  const { '@type': word, ...rest } = fields
  if (!(word instanceof Word)) return fields
  const url = word.text
  const inner = any.root.lookup(url.slice(url.lastIndexOf('/') + 1))
  if (!isType(inner)) throw new Error('an Any of a type that no definition names')
  if (isWellKnown(inner)) return { '@type': url, value: writtenDocument(inner, rest['value']) }
  return { '@type': url, ...(writtenDocument(inner, rest) as object) }
}
