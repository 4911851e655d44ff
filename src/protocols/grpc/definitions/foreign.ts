/**
 * A message from somebody whose definitions may be others than ours. protobufjs keeps a field whose wire type is not the one
 * that we know among the unknown ones, as every implementation must; here they are told. Fields that we have never heard of are
 * none of our business.
 */
import type { DocumentPath, ForeignDocument, Misfit } from '../schema.ts'
import { documentName, documentOf, isEnum, isType, isWellKnown, mapKey } from './document.ts'
import { nameOf } from './literal.ts'
import { type Field, protobuf, type Type } from './protobuf.ts'

type Message = Record<string, unknown>

/** Throws Error for bytes that are no message at all. */
export const foreignDocument = (type: Type, bytes: Uint8Array): ForeignDocument => {
  const reader = protobuf.Reader.create(bytes)
  reader.discardUnknown = false
  const message = type.decode(reader) as unknown as Message
  const misfits: Misfit[] = []
  walk(type, message, [], misfits)
  return { document: documentOf(type, message), misfits }
}

const walk = (type: Type, message: Message, path: DocumentPath, misfits: Misfit[]): void => {
  for (const raw of (message['$unknowns'] as readonly Uint8Array[] | undefined) ?? []) {
    const tag = protobuf.Reader.create(raw).uint32()
    const field = type.fieldsById[tag >>> 3]
    if (field !== undefined)
      misfits.push({
        path: [...path, documentName(field)],
        expected: kindOf(field),
        actual: wireKind(tag & 7),
      })
  }
  if (isWellKnown(type)) return
  for (const field of type.fieldsArray) {
    const value = Object.hasOwn(message, field.name) ? message[field.name] : undefined
    if (value === undefined || value === null) continue
    const place = [...path, documentName(field)]
    if (field.map) {
      for (const [key, one] of Object.entries(value as Message))
        walkValue(field, one, [...place, mapKey(field, key)], misfits)
    } else if (field.repeated)
      for (const [i, one] of (value as readonly unknown[]).entries())
        walkValue(field, one, [...place, i], misfits)
    else walkValue(field, value, place, misfits)
  }
}

const walkValue = ({ resolvedType }: Field, value: unknown, path: DocumentPath, misfits: Misfit[]): void => {
  if (isType(resolvedType)) walk(resolvedType, value as Message, path, misfits)
  else if (isEnum(resolvedType) && resolvedType.valuesById[value as number] === undefined)
    misfits.push({ path, expected: `a value of ${nameOf(resolvedType)}`, actual: String(value) })
}

const kindOf = ({ type, resolvedType, map }: Field): string => {
  if (map) return 'a map'
  if (isType(resolvedType) || isEnum(resolvedType)) return nameOf(resolvedType)
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
}

/** Protocol Buffers, "Encoding": message structure. */
const wireKind = (wire: number): string =>
  ['a number or bool', 'eight bytes', 'a text, bytes or a message', 'a group', 'a group', 'four bytes'][
    wire
  ] ?? `wire type ${wire}`
