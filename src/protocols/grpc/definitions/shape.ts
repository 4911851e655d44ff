/** How documents of a message look: names and kinds of its fields. */
import type { FieldShape, MessageShape, ValueShape } from '../schema.ts'
import { documentName, isEnum, isImplicit, isType, isWellKnown, longTypes } from './document.ts'
import { nameOf } from './literal.ts'
import type { Field, Type } from './protobuf.ts'

export const shapeOf = (type: Type): MessageShape => ({
  name: nameOf(type),
  fields: () => type.fieldsArray.map((field) => fieldOf(field.resolve() as Field)),
})

const fieldOf = (field: Field): FieldShape => ({
  name: documentName(field),
  protoName: field.protoName,
  value: valueShape(field),
  many: field.map ? 'map' : field.repeated ? 'list' : 'one',
  certain: isImplicit(field) && !field.name.startsWith('.'),
})

const valueShape = ({ resolvedType, type }: Field): ValueShape => {
  if (isType(resolvedType))
    return isWellKnown(resolvedType)
      ? { kind: 'wellKnown', name: resolvedType.name }
      : { kind: 'message', message: shapeOf(resolvedType) }
  if (isEnum(resolvedType)) return { kind: 'enum', names: Object.keys(resolvedType.values) }
  if (longTypes.has(type)) return { kind: 'long' }
  if (type === 'bool') return { kind: 'boolean' }
  return { kind: type === 'string' || type === 'bytes' ? type : 'number' }
}
