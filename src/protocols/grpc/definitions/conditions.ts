/**
 * Conditions on a message, in the words of its document: field names as JSON has them, enums by name, numbers as numbers.
 * Matchers know no protobuf, so all of it is settled here, when the mock file is loaded.
 */
import { isFields } from '../../../core/fields.ts'
import { SpecError } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import { shown } from '../../../core/secrets.ts'
import {
  defaultOf,
  documentName,
  documentOf,
  isImplicit,
  isType,
  isWellKnown,
  longTypes,
  numberOf,
} from './document.ts'
import { fieldNamed, literalMessage, literalSingle, nameOf } from './literal.ts'
import { type Field, protojson, type Type } from './protobuf.ts'

type Fields = Readonly<Record<string, unknown>>

/** What stands at one place of a message. */
interface Place {
  /** One value that is neither list nor map; undefined for a whole list or map. */
  readonly single: Single
  readonly list: boolean
  readonly map: boolean
  /** The default that stands there when it was not set; undefined where its absence can be seen. */
  readonly silent: unknown
}

type Single = { readonly type: Type } | { readonly field: Field }

export const messageConditions = (type: Type, spec: unknown): unknown =>
  conditions({ single: { type }, list: false, map: false, silent: undefined }, spec)

/** The list of a client's messages. */
export const messagesConditions = (type: Type, spec: unknown): unknown =>
  conditions({ single: { type }, list: true, map: false, silent: undefined }, spec)

const placeOfField = (field: Field): Place => ({
  single: isType(field.resolvedType) ? { type: field.resolvedType } : { field },
  list: field.repeated,
  map: field.map,
  silent: isImplicit(field) ? defaultOf(field) : undefined,
})

const conditions = (place: Place, spec: unknown): unknown => {
  if (isFields(spec) && Object.keys(spec).some((key) => key.startsWith('$'))) return operators(place, spec)
  // Absent is all that null can mean on the wire.
  if (spec === null && !takesNull(place)) return absence(place, true)
  if (place.map) return mapConditions(place, spec)
  if (place.list) {
    if (!Array.isArray(spec))
      throw new SpecError(`this is a list, not ${shown(spec)}`, [], 'write [ … ], or { $includes: [ … ] }')
    return collectMistakes(spec.map((one, i) => () => within([i], () => conditions(itemOf(place), one))))
  }
  if (!('type' in place.single)) return documentLiteral(place.single, spec)
  const { type } = place.single
  if (!isWellKnown(type)) return fieldConditions(type, spec)
  return anyConditions(type, spec) ?? jsonConditions(type, spec) ?? documentLiteral(place.single, spec)
}

/** The fields of what it holds are compared as if they stood there alone. */
const anyConditions = (type: Type, spec: unknown): unknown => {
  if (type.fullName !== '.google.protobuf.Any' || !isFields(spec)) return undefined
  const { '@type': url, ...fields } = spec
  if (typeof url !== 'string') return undefined
  const inner = type.root.lookup(url.slice(url.lastIndexOf('/') + 1))
  if (!isType(inner)) return undefined
  const full = url.includes('/') ? url : `type.googleapis.com/${url}`
  if (!isWellKnown(inner)) return { '@type': full, ...(fieldConditions(inner, fields) as object) }
  if (!('value' in fields)) return { '@type': full }
  const value = within(['value'], () =>
    conditions({ single: { type: inner }, list: false, map: false, silent: undefined }, fields['value']),
  )
  return { '@type': full, value }
}

/** Struct and its kin are JSON as it is, which may hold operators at any depth. */
const jsonConditions = (type: Type, spec: unknown): unknown => {
  const isJson =
    (type.fullName === '.google.protobuf.Struct' && isFields(spec)) ||
    (type.fullName === '.google.protobuf.ListValue' && Array.isArray(spec)) ||
    (type.fullName === '.google.protobuf.Value' && typeof spec === 'object' && spec !== null)
  return isJson ? spec : undefined
}

const itemOf = (place: Place): Place => ({ ...place, list: false, map: false, silent: undefined })

const takesNull = ({ single, list, map }: Place): boolean =>
  !list && !map && 'type' in single && single.type.fullName === '.google.protobuf.Value'

const fieldConditions = (type: Type, spec: unknown): unknown => {
  if (!isFields(spec)) throw new SpecError(`${nameOf(type)} is compared by its fields, not as ${shown(spec)}`)
  const fields = collectMistakes(
    Object.entries(spec).map(
      ([key, value]) =>
        () =>
          within([key], () => {
            const field = fieldNamed(type, key)
            return [documentName(field), conditions(placeOfField(field), value)] as const
          }),
    ),
  )
  return Object.fromEntries(fields)
}

const mapConditions = (place: Place, spec: unknown): unknown => {
  if (!isFields(spec)) throw new SpecError(`this is a map, not ${shown(spec)}`)
  const entries = Object.entries(spec).map(
    ([key, value]) =>
      () =>
        within([key], () => [key, conditions(itemOf(place), value)] as const),
  )
  return Object.fromEntries(collectMistakes(entries))
}

const operators = (place: Place, spec: Fields): unknown => {
  const entries = Object.entries(spec).map(
    ([key, value]) =>
      () =>
        within([key], () => [key, operand(place, key, value)] as const),
  )
  const done = Object.fromEntries(collectMistakes(entries))
  const { $absent } = spec
  if (typeof $absent !== 'boolean' || place.silent === undefined) return done
  const { $absent: _, ...others } = done
  const absent = absence(place, $absent)
  return Object.keys(others).length === 0 ? absent : { $and: [absent, others] }
}

/** On the wire a field without presence that was not set is one that has its default. */
const absence = ({ silent }: Place, absent: boolean): unknown => {
  if (silent === undefined) return { $absent: absent }
  const unset = typeof silent === 'object' ? { $equalToJson: silent } : silent
  return absent ? unset : { $not: unset }
}

const operand = (place: Place, name: string, value: unknown): unknown => {
  switch (name) {
    case '$not':
      return conditions(place, value)
    case '$and':
    case '$or':
      return listOf(value, (one) => conditions(place, one))
    case '$includes':
    case '$hasExactly':
      return place.list ? listOf(value, (one) => conditions(itemOf(place), one)) : value
    case '$oneOf':
      return listOf(value, (one) => documentLiteralAt(place, one))
    case '$equalTo':
      return documentLiteralAt(place, value)
    case '$equalToJson':
      return typeof value === 'string' ? value : expected(place, value)
    default:
      return value
  }
}

const listOf = (value: unknown, work: (one: unknown) => unknown): unknown =>
  Array.isArray(value) ? collectMistakes(value.map((one, i) => () => within([i], () => work(one)))) : value

const documentLiteralAt = (place: Place, value: unknown): unknown => {
  if (place.list) return listOf(value, (one) => documentLiteral(place.single, one))
  if (!place.map || !isFields(value)) return documentLiteral(place.single, value)
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, within([key], () => documentLiteral(place.single, one))]),
  )
}

/** One literal value as a document has it. Throws SpecError. */
const documentLiteral = (single: Single, value: unknown): unknown => {
  if ('type' in single) {
    const { type } = single
    const message = protojson.fromJson(type, literalMessage(type, value) ?? {})
    return documentOf(type, type.decode(type.encode(message).finish()) as unknown as Fields)
  }
  const { field } = single
  const literal = literalSingle(field, value)
  if (longTypes.has(field.type)) return numberOf(literal)
  const { resolvedType } = field
  if (typeof literal === 'number' && resolvedType !== null && !isType(resolvedType))
    return resolvedType.valuesById[literal] ?? literal
  return literal
}

/** A whole document with placeholders in it: names and defaults are settled, and values where they are literal. */
const expected = (place: Place, value: unknown): unknown => {
  if (place.list) return listOf(value, (one) => expected(itemOf(place), one))
  if (typeof value === 'string' && /^[#$]\{json-unit\./.test(value)) return value
  if (place.map && isFields(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, within([key], () => expected(itemOf(place), one))]),
    )
  if (!('type' in place.single) || isWellKnown(place.single.type)) return documentLiteral(place.single, value)
  if (!isFields(value))
    throw new SpecError(`${nameOf(place.single.type)} is a map of fields, not ${shown(value)}`)
  const { type } = place.single
  const document: Record<string, unknown> = {}
  for (const field of type.fieldsArray)
    if (isImplicit(field)) document[documentName(field)] = defaultOf(field)
  for (const [key, one] of Object.entries(value)) {
    within([key], () => {
      const field = fieldNamed(type, key)
      document[documentName(field)] = expected(placeOfField(field), one)
    })
  }
  return document
}
