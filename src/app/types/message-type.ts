/** Types of gRPC messages: as calls bring them, and as mocks may write them. */
import type { FieldShape, MessageShape, ValueShape } from '../../protocols/grpc/schema.ts'
import type { Declarations } from './declarations.ts'
import {
  boolean,
  integer,
  json,
  list,
  literal,
  number,
  object,
  string,
  type TsType,
  union,
  word,
} from './ts-type.ts'

/** `came`: a document of a call. `written`: what a mock answers, where names and numbers have more than one form. */
export type Side = 'came' | 'written'

export const messageType = (
  message: MessageShape,
  side: Side,
  service: string,
  declarations: Declarations,
): TsType =>
  declarations.named(
    `${service} ${side} ${message.name}`,
    side === 'came' ? message.name : `${message.name}-answer`,
    () => {
      const fields = message.fields().flatMap((field) => fieldsOf(field, side, service, declarations))
      return object(fields)
    },
    side === 'came' ? message.name : `${message.name}, as a mock answers it`,
  )

const fieldsOf = (field: FieldShape, side: Side, service: string, declarations: Declarations) => {
  const one = valueType(field.value, side, service, declarations)
  const type =
    field.many === 'list'
      ? list(one)
      : field.many === 'map'
        ? object([], side === 'came' ? union([one, word('undefined')]) : one)
        : one
  const names =
    side === 'written' && field.protoName !== field.name ? [field.name, field.protoName] : [field.name]
  return names.map((name) => ({ name, type, optional: side === 'written' || !field.certain }))
}

const valueType = (value: ValueShape, side: Side, service: string, declarations: Declarations): TsType => {
  switch (value.kind) {
    case 'number':
      // NaN and the infinities are texts in ProtoJSON.
      return number
    case 'long':
      return side === 'came' ? integer : union([integer, string])
    case 'string':
    case 'bytes':
      return string
    case 'boolean':
      return boolean
    case 'enum':
      return union([...value.names.map(literal), number])
    case 'wellKnown':
      return wellKnown(value.name)
    case 'message':
      return messageType(value.message, side, service, declarations)
  }
}

const wellKnown = (name: string): TsType => {
  if (name === 'Timestamp' || name === 'Duration' || name === 'FieldMask') return string
  if (name === 'StringValue' || name === 'BytesValue') return string
  if (name === 'BoolValue') return boolean
  if (name === 'Int64Value' || name === 'UInt64Value') return union([integer, string])
  if (/^(Int32|UInt32|Float|Double)Value$/.test(name)) return number
  if (name === 'Struct') return object([], union([json, word('undefined')]))
  if (name === 'ListValue') return list(json)
  if (name === 'Any')
    return {
      kind: 'both',
      of: [object([{ name: '@type', type: string }]), object([], union([json, word('undefined')]))],
    }
  return json
}
