/** A made-up message of a type, as mock files write it: drawn by a seed, with every field, a oneof's first, and no message in itself. */
import type { Chance } from '../../../core/chance.ts'
import { type Field, protobuf, type Type } from './protobuf.ts'

type Fields = Record<string, unknown>

const maxDepth = 5
const words = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heron', 'iris', 'juniper']

export const sampleMessage = (type: Type, chance: Chance, above: readonly Type[] = []): Fields => {
  const made: Fields = {}
  const inside = [...above, type]
  for (const field of type.fieldsArray) {
    field.resolve()
    if (field.partOf !== null && field.partOf.fieldsArray[0] !== field && !field.partOf.isProto3Optional)
      continue
    // Extensions stand for what other files add.
    if (field.name.startsWith('.')) continue
    const value = fieldValue(field, chance, inside)
    if (value !== undefined) made[field.name] = value
  }
  return made
}

/** undefined: it is left out. */
const fieldValue = (field: Field, chance: Chance, inside: readonly Type[]): unknown => {
  const value = single(field, chance, inside)
  if (field instanceof protobuf.MapField) return value === undefined ? {} : { [mapKey(field.keyType)]: value }
  if (field.repeated) return value === undefined ? [] : [value]
  return value
}

const mapKey = (type: string): string => (type === 'string' ? 'key' : type === 'bool' ? 'true' : '1')

const single = (field: Field, chance: Chance, inside: readonly Type[]): unknown => {
  const { resolvedType } = field
  if (resolvedType instanceof protobuf.Enum) {
    // The first of an enum says, as a rule, that nothing was said.
    const names = Object.keys(resolvedType.values)
    return names[1] ?? names[0]
  }
  if (resolvedType instanceof protobuf.Type) {
    const known = wellKnown(resolvedType.fullName, chance)
    if (known !== undefined) return known.value
    if (inside.includes(resolvedType) || inside.length >= maxDepth) return field.required ? {} : undefined
    return sampleMessage(resolvedType, chance, inside)
  }
  return scalar(field, chance)
}

const scalar = ({ type, name }: Field, chance: Chance): unknown => {
  const number = 1 + Math.floor(chance.random() * 1000)
  const word = words[Math.floor(chance.random() * words.length)]!
  switch (type) {
    case 'bool':
      return number % 2 === 0
    case 'string':
      return /(?:^|_)(?:id|uuid)$/.test(name) ? chance.uuid() : word
    case 'bytes':
      return Buffer.from(word).toString('base64')
    case 'float':
    case 'double':
      return number / 4
    default:
      return number
  }
}

/** ProtoJSON's own forms; `Any` needs a type that nobody knows, so it is left out. */
const wellKnown = (name: string, chance: Chance): { readonly value: unknown } | undefined => {
  const short = /^\.google\.protobuf\.(\w+)$/.exec(name)?.[1]
  const two = (limit: number): string => String(1 + Math.floor(chance.random() * limit)).padStart(2, '0')
  switch (short) {
    case 'Timestamp':
      return { value: `2026-${two(12)}-${two(28)}T${two(23)}:00:00Z` }
    case 'Duration':
      return { value: `${two(59).replace(/^0/, '')}s` }
    case 'FieldMask':
      return { value: 'name' }
    case 'Struct':
      return { value: { key: 'value' } }
    case 'Value':
    case 'StringValue':
      return { value: 'value' }
    case 'ListValue':
      return { value: ['value'] }
    case 'BoolValue':
      return { value: true }
    case 'BytesValue':
      return { value: Buffer.from('value').toString('base64') }
    case 'Any':
      return { value: undefined }
    case 'Empty':
      return { value: {} }
    default:
      return short?.endsWith('Value') === true ? { value: 1 } : undefined
  }
}
