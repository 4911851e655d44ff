/**
 * Schemas of OpenAPI as JSON Schema 2020-12, in which each reference is a name. 3.0 has its own words for null and for
 * exclusive bounds (OpenAPI 3.0.4, section 4.7.24); in both, what is read-only has no place in a request, and what is
 * write-only none in an answer. Only keywords that mean something are taken over, so that a mistake in one of them costs that
 * one, and is told.
 */
import { isFields } from '../../../core/fields.ts'
import type { SchemaDialect } from './dialect.ts'
import { child, children, items, refOf, type SpecFiles, type SpecNode } from './document.ts'
import { formats } from './formats.ts'

export type JsonSchema = boolean | { readonly [key: string]: unknown }

/**
 * What is held against a schema. `request`, `response`: whole values. `part`: of a request, of which a mock names only
 * some fields. With `holes`, values may stand for anything: `hole` is one.
 */
export interface Variant {
  readonly direction: 'request' | 'response'
  readonly part: boolean
  readonly holes: boolean
}

/** Stands for a value that nobody knows. */
export const hole = '\u0000svc-mock hole\u0000'

/** What a converted schema object was made of. */
export interface Origin {
  readonly node: SpecNode
  /** It refuses everything for this reason. */
  readonly refuses?: 'read-only' | 'write-only'
  /** Made by us around a schema that may be null: its failures are those of the schema. */
  readonly nullable?: true
}

export interface Conversion {
  readonly files: SpecFiles
  readonly dialect: SchemaDialect
  readonly variant: Variant
  /** Name of the schema at a node, which will be converted too. */
  nameOf(node: SpecNode): string
  readonly origins: WeakMap<object, Origin>
}

const types = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'])
const bounds = [
  'maximum',
  'minimum',
  'multipleOf',
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'maxProperties',
  'minProperties',
  'maxContains',
  'minContains',
]
const listsOfSchemas = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const
const mapsOfSchemas = ['properties', 'patternProperties', 'dependentSchemas'] as const
const schemas = [
  'additionalProperties',
  'items',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
] as const

/** What may fail only because fields are left out, or values are not known. */
const undecidable = new Set([
  'not',
  'if',
  'then',
  'else',
  'contains',
  'maxContains',
  'minContains',
  'uniqueItems',
  'unevaluatedProperties',
  'unevaluatedItems',
  'dependentSchemas',
])
const aboutPresence = new Set(['required', 'minProperties', 'dependentRequired'])

/** `unwanted`: required names that an outer schema says this direction does not carry. */
export const convertSchema = (
  node: SpecNode,
  conversion: Conversion,
  unwanted: ReadonlySet<string> = new Set(),
): JsonSchema => {
  const made = converted(node, conversion, unwanted)
  if (!conversion.variant.holes || typeof made === 'boolean') return made
  return { if: { const: hole }, else: made }
}

const converted = (node: SpecNode, conversion: Conversion, unwanted: ReadonlySet<string>): JsonSchema => {
  const { files, dialect, origins } = conversion
  if (typeof node.value === 'boolean') return node.value
  if (!isFields(node.value)) {
    files.report(node, [], 'a schema is an object', 'write { type: … }', 'warning')
    return true
  }
  const spec = node.value
  const nullable = dialect === '3.0' && spec['nullable'] === true
  const ref = refOf(spec)
  if (ref !== undefined) {
    const target = files.resolve(node)
    const referred: JsonSchema = target === undefined ? true : { $ref: conversion.nameOf(target) }
    // In 3.0 nothing beside a reference counts, but everybody writes nullable there and means it.
    if (dialect === '3.0') return nullable ? orNull(referred, node, origins) : referred
    const beside = convertObject(node, spec, conversion, unwanted)
    if (Object.keys(beside).length === 0) return referred
    const both = { ...beside, ...(typeof referred === 'object' && referred) }
    origins.set(both, { node })
    return both
  }
  const own = convertObject(node, spec, conversion, unwanted)
  origins.set(own, { node })
  return nullable ? orNull(own, node, origins) : own
}

const orNull = (schema: JsonSchema, node: SpecNode, origins: Conversion['origins']): JsonSchema => {
  if (typeof schema === 'boolean') return schema
  const nothing = { type: 'null' }
  const either = { anyOf: [nothing, schema] }
  origins.set(nothing, { node, nullable: true })
  origins.set(either, { node, nullable: true })
  return either
}

const convertObject = (
  node: SpecNode,
  spec: Readonly<Record<string, unknown>>,
  conversion: Conversion,
  unwanted: ReadonlySet<string>,
): Record<string, unknown> => {
  const { files, dialect, variant } = conversion
  const made: Record<string, unknown> = {}
  const wants = (key: string): boolean =>
    Object.hasOwn(spec, key) &&
    !((variant.part || variant.holes) && undecidable.has(key)) &&
    !(variant.part && aboutPresence.has(key))
  const type = typesOf(node, spec, files)
  if (type !== undefined) made['type'] = type
  for (const key of bounds) if (wants(key) && isNumber(spec[key])) made[key] = Number(spec[key])
  exclusive(spec, made)
  if (Array.isArray(spec['enum'])) made['enum'] = spec['enum'].map(asNumbers)
  if (Object.hasOwn(spec, 'const') && dialect !== '3.0') made['const'] = asNumbers(spec['const'])
  if (wants('uniqueItems') && spec['uniqueItems'] === true) made['uniqueItems'] = true
  if (typeof spec['format'] === 'string' && formats.has(spec['format'])) made['format'] = spec['format']
  if (typeof spec['pattern'] === 'string' && patternHolds(node, spec['pattern'], files))
    made['pattern'] = spec['pattern']
  const absent = new Set([...unwanted, ...notCarried(node, conversion)])
  if (wants('required') && Array.isArray(spec['required'])) {
    const required = spec['required'].filter((name) => typeof name === 'string' && !absent.has(name))
    if (required.length > 0) made['required'] = [...new Set(required)]
  }
  if (wants('dependentRequired') && isFields(spec['dependentRequired']))
    made['dependentRequired'] = spec['dependentRequired']
  for (const key of mapsOfSchemas) {
    if (!wants(key)) continue
    const inner = child(node, key)
    made[key] = Object.fromEntries(
      children(inner).flatMap(([name, schema]) =>
        key === 'patternProperties' && !patternHolds(node, name, files)
          ? []
          : [[name, key === 'properties' ? property(schema, conversion) : convertSchema(schema, conversion)]],
      ),
    )
  }
  for (const key of schemas) {
    const inner = child(node, key)
    if (inner === undefined || !wants(key) || Array.isArray(inner.value)) continue
    made[key] = convertSchema(inner, conversion)
  }
  for (const key of listsOfSchemas) {
    const list = items(child(node, key))
    if (list.length === 0) continue
    const open = key === 'oneOf' && (variant.part || variant.holes) ? 'anyOf' : key
    const all = list.map((schema) => convertSchema(schema, conversion, key === 'allOf' ? absent : undefined))
    made[open] = open === key ? all : [...((made[open] as JsonSchema[] | undefined) ?? []), ...all]
  }
  discriminate(node, made, conversion)
  return made
}

const property = (schema: SpecNode, conversion: Conversion): JsonSchema => {
  const refuses = carried(schema, conversion)
  if (refuses === undefined) return convertSchema(schema, conversion)
  const none = { not: {} }
  conversion.origins.set(none, { node: schema, refuses })
  return none
}

/** Why a property has no place in this direction; undefined: it has. */
const carried = (schema: SpecNode, { files, variant }: Conversion): Origin['refuses'] => {
  const key = variant.direction === 'request' ? 'readOnly' : 'writeOnly'
  const says = (node: SpecNode | undefined): boolean => isFields(node?.value) && node.value[key] === true
  const target = refOf(schema.value) === undefined ? schema : files.resolve(schema)
  const told = says(schema) || says(target) || items(child(schema, 'allOf')).some(says)
  return told ? (key === 'readOnly' ? 'read-only' : 'write-only') : undefined
}

/** Names of properties that this direction does not carry, those of `allOf` included. */
const notCarried = (node: SpecNode, conversion: Conversion, depth = 0): readonly string[] => {
  const own = children(child(node, 'properties')).flatMap(([name, schema]) =>
    carried(schema, conversion) === undefined ? [] : [name],
  )
  if (depth === 5) return own
  const inherited = items(child(node, 'allOf')).flatMap((part) => {
    const target = conversion.files.resolve(part)
    return target === undefined ? [] : notCarried(target, conversion, depth + 1)
  })
  return [...own, ...inherited]
}

const typesOf = (
  node: SpecNode,
  spec: Readonly<Record<string, unknown>>,
  files: SpecFiles,
): string | readonly string[] | undefined => {
  const given = spec['type']
  if (given === undefined) return undefined
  const list = Array.isArray(given) ? given : [given]
  if (list.length > 0 && list.every((one) => typeof one === 'string' && types.has(one)))
    return Array.isArray(given) ? [...new Set(list)] : (given as string)
  files.report(
    node,
    ['type'],
    `${JSON.stringify(given)} is no type of a schema`,
    `types are ${[...types].join(', ')}`,
    'warning',
  )
  return undefined
}

/** 3.0: `exclusiveMinimum: true` beside `minimum`; later a number of its own. Both are taken wherever they stand. */
const exclusive = (spec: Readonly<Record<string, unknown>>, made: Record<string, unknown>): void => {
  for (const [key, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (spec[key] === true && isNumber(made[bound])) {
      made[key] = made[bound]
      delete made[bound]
    } else if (isNumber(spec[key])) made[key] = Number(spec[key])
  }
}

const patternHolds = (node: SpecNode, pattern: string, files: SpecFiles): boolean => {
  if (toRegExp(pattern) !== undefined) return true
  files.report(
    node,
    ['pattern'],
    `${JSON.stringify(pattern)} is no regular expression`,
    'write one of ECMA-262; nothing is held against this one',
    'warning',
  )
  return false
}

/** Schemas' expressions have the flag u; many are written without thinking of it. */
export const toRegExp = (source: string): RegExp | undefined => {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags)
    } catch {
      // the next flags, or none
    }
  }
  return undefined
}

/**
 * With the alternatives beside it, `discriminator` says which of them a value must fit, which gives better words than "none of
 * five". A name is that of the schema, or one of `mapping`. On a parent without alternatives it says nothing about values.
 */
const discriminate = (node: SpecNode, made: Record<string, unknown>, conversion: Conversion): void => {
  const { discriminator } = node.value as Readonly<Record<string, unknown>>
  const name = isFields(discriminator) ? discriminator['propertyName'] : undefined
  const key = ['oneOf', 'anyOf'].find((each) => items(child(node, each)).length > 0)
  if (typeof name !== 'string' || key === undefined || conversion.variant.part || conversion.variant.holes)
    return
  const branches = new Map<string, string>()
  for (const branch of items(child(node, key))) {
    const target = conversion.files.resolve(branch)
    const ref = refOf(branch.value)
    if (target === undefined || ref === undefined) return
    branches.set(ref.split('/').at(-1)!, conversion.nameOf(target))
  }
  for (const [label, mapped] of children(child(node, 'discriminator', 'mapping'))) {
    if (typeof mapped.value !== 'string') continue
    const ref = /[#/.]/.test(mapped.value) ? mapped.value : `#/components/schemas/${mapped.value}`
    const target = conversion.files.resolve({ ...mapped, value: { $ref: ref } })
    if (target !== undefined) branches.set(label, conversion.nameOf(target))
  }
  delete made[key]
  const allowed = { enum: [...branches.keys()] }
  conversion.origins.set(allowed, { node })
  const named = { properties: { [name]: allowed }, required: [name] }
  conversion.origins.set(named, { node })
  made['allOf'] = [
    ...((made['allOf'] as JsonSchema[] | undefined) ?? []),
    named,
    ...[...branches].map(([label, ref]) => ({
      if: { properties: { [name]: { const: label } }, required: [name] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: ref },
    })),
  ]
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

/** Schemas know no bigint. */
export const asNumbers = (value: unknown): unknown => (holdsBigint(value) ? numbers(value) : value)

const numbers = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(numbers)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, numbers(part)]))
}

/** Most values hold none and need no copy. */
const holdsBigint = (value: unknown): boolean =>
  typeof value === 'bigint' ||
  (typeof value === 'object' && value !== null && Object.values(value).some(holdsBigint))
