/** Schemas of an OpenAPI description as types. What is referred to gets a name; what a type cannot say is left wider. */

import {
  child,
  children,
  items,
  type SpecFiles,
  type SpecNode,
} from '../../contract/formats/openapi/document.ts'
import { isFields } from '../../core/fields.ts'
import type { Declarations } from './declarations.ts'
import {
  absent,
  boolean,
  both,
  integer,
  json,
  list,
  literal,
  never,
  number,
  object,
  string,
  type TsField,
  type TsType,
  union,
  word,
} from './ts-type.ts'

export interface SchemaTypes {
  readonly service: string
  readonly files: SpecFiles
  readonly declarations: Declarations
}

type Fields = Readonly<Record<string, unknown>>

/** Deeper is written as Json. */
const deepest = 40

export const schemaType = (node: SpecNode | undefined, types: SchemaTypes, depth = 0): TsType => {
  if (node === undefined || node.value === true || depth > deepest) return json
  if (node.value === false) return never
  if (!isFields(node.value)) return json
  const { $ref } = node.value
  if (typeof $ref === 'string') return referred(node, types, depth)
  return nullable(node.value, ownType(node, node.value, types, depth))
}

const referred = (node: SpecNode, types: SchemaTypes, depth: number): TsType => {
  const target = types.files.resolve(node)
  if (target === undefined) return json
  const name = target.pointer.at(-1)
  const wish = `${types.service}-${String(name ?? 'schema')}`
  const doc = isFields(target.value)
    ? textOf(target.value['description'] ?? target.value['title'])
    : undefined
  return types.declarations.named(
    `${target.file.id}#${target.pointer.join('/')}`,
    wish,
    () => schemaType(target, types, depth + 1),
    doc,
  )
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.split('\n')[0] : undefined

/** OpenAPI 3.0's word for it. */
const nullable = (schema: Fields, type: TsType): TsType =>
  schema['nullable'] === true ? union([type, word('null')]) : type

const ownType = (node: SpecNode, schema: Fields, types: SchemaTypes, depth: number): TsType => {
  if ('const' in schema) return constant(schema['const'])
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map(constant))
  const parts: TsType[] = []
  const below = (one: SpecNode): TsType => schemaType(one, types, depth + 1)
  const all = child(node, 'allOf')
  if (all !== undefined) parts.push(...items(all).map(below))
  for (const key of ['oneOf', 'anyOf']) {
    const some = child(node, key)
    if (some !== undefined) parts.push(union(items(some).map(below)))
  }
  const own = typed(node, schema, types, depth)
  if (own !== undefined || parts.length === 0) parts.push(own ?? json)
  return both(parts)
}

const constant = (value: unknown): TsType =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? literal(value)
    : typeof value === 'bigint'
      ? integer
      : json

/** undefined: it says nothing of its type. */
const typed = (node: SpecNode, schema: Fields, types: SchemaTypes, depth: number): TsType | undefined => {
  const { type } = schema
  const names = Array.isArray(type) ? type : type === undefined ? guessed(schema) : [type]
  if (names.length === 0) return undefined
  return union(names.map((name) => ofType(String(name), node, schema, types, depth)))
}

const guessed = (schema: Fields): readonly string[] => {
  if ('properties' in schema || isFields(schema['additionalProperties'])) return ['object']
  return 'items' in schema || 'prefixItems' in schema ? ['array'] : []
}

const ofType = (name: string, node: SpecNode, schema: Fields, types: SchemaTypes, depth: number): TsType => {
  switch (name) {
    case 'string':
      return string
    case 'number':
      return number
    case 'integer':
      // Beyond 2^53 they come as bigint, and only there it is likely.
      return schema['format'] === 'int64' || schema['format'] === 'uint64' ? integer : number
    case 'boolean':
      return boolean
    case 'null':
      return word('null')
    case 'array': {
      const tuple = child(node, 'prefixItems')
      const of = [
        ...(tuple === undefined ? [] : items(tuple)),
        ...[child(node, 'items')].filter((one) => one !== undefined),
      ]
      return list(of.length === 0 ? json : union(of.map((one) => schemaType(one, types, depth + 1))))
    }
    case 'object':
      return objectType(node, schema, types, depth)
    default:
      return json
  }
}

const objectType = (node: SpecNode, schema: Fields, types: SchemaTypes, depth: number): TsType => {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : [])
  const fields = children(child(node, 'properties')).map(([name, one]): TsField => {
    const flags = isFields(one.value) ? one.value : {}
    // Those are there in one direction only.
    const oneWay = flags['readOnly'] === true || flags['writeOnly'] === true
    return {
      name,
      type: schemaType(one, types, depth + 1),
      optional: !required.has(name) || oneWay,
      doc: textOf(flags['description']),
    }
  })
  const { additionalProperties } = schema
  if (fields.length === 0 && additionalProperties !== false && !isFields(additionalProperties))
    return object([], union([json, absent]))
  if (!isFields(additionalProperties)) return object(fields)
  const rest = schemaType(child(node, 'additionalProperties'), types, depth + 1)
  return object(fields, union([rest, ...fields.map(({ type }) => type), absent]))
}
