/** Values that travel as text (query, headers, path, cookies, forms), read as their schema would have them. */
import { isFields } from '../../../core/fields.ts'
import type { Variant } from './convert-schema.ts'
import { refOf, type SpecFiles, type SpecNode } from './document.ts'
import type { Parameter } from './operations.ts'
import type { SchemaMismatch, Schemas } from './schemas.ts'

export interface TextSchema extends Pick<Parameter, 'style' | 'explode'> {
  readonly schema: SpecNode
}

/** Empty: one way of reading the texts fits. undefined: it cannot be decided (objects in a query, say). */
export const textMismatches = (
  texts: readonly string[],
  { schema, style, explode }: TextSchema,
  schemas: Schemas,
  files: SpecFiles,
  direction: Variant['direction'] = 'request',
): readonly SchemaMismatch[] | undefined => {
  const types = typesOf(schema, files)
  if (types.has('object') || style === 'deepObject' || style === 'matrix' || style === 'label')
    return undefined
  const variant: Variant = { direction, part: false, holes: false }
  const readings = types.has('array')
    ? asLists(texts, style, explode)
    : texts.length === 1
      ? readingsOf(texts[0]!)
      : [texts]
  let closest: readonly SchemaMismatch[] | undefined
  for (const value of readings) {
    const found = schemas.mismatches(schema, value, variant)
    if (found.length === 0) return []
    // That it has another type says least: another reading may have the right one.
    if (closest === undefined || closest.some(({ rule, path }) => rule === 'type' && path.length <= 1))
      closest = found
  }
  return closest
    ?.slice(0, 1)
    .map((one) => ({ ...one, actual: texts.map((text) => JSON.stringify(text)).join(', '), got: 'a text' }))
}

const separators: Readonly<Record<string, RegExp>> = {
  spaceDelimited: /%20| |\+/,
  pipeDelimited: /\||%7C/i,
}

const asLists = (texts: readonly string[], style: string, explode: boolean): readonly unknown[] => {
  const parts =
    style === 'form' && explode ? texts : texts.flatMap((text) => text.split(separators[style] ?? ','))
  const items = parts.map((part) => part.trim())
  return [items.map((item) => readingsOf(item)[0]), items]
}

/** As a number or boolean, if it looks like one, and as text. */
const readingsOf = (text: string): readonly unknown[] => {
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return [Number(text), text]
  if (text === 'true' || text === 'false') return [text === 'true', text]
  if (text === 'null' || text === '') return [text, null]
  return [text]
}

/** Types that a schema names, its references and alternatives included; empty: any. */
export const typesOf = (schema: SpecNode, files: SpecFiles, depth = 0): ReadonlySet<string> => {
  const node = refOf(schema.value) === undefined ? schema : files.resolve(schema)
  if (node === undefined || !isFields(node.value) || depth > 8) return new Set()
  const { type, properties, items } = node.value
  const own = typeof type === 'string' ? [type] : Array.isArray(type) ? type.map(String) : []
  if (own.length === 0 && isFields(properties)) own.push('object')
  if (own.length === 0 && isFields(items)) own.push('array')
  const inner = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => {
    const list = (node.value as Readonly<Record<string, unknown>>)[key]
    if (!Array.isArray(list)) return []
    return list.flatMap((value, i) => [
      ...typesOf({ file: node.file, pointer: [...node.pointer, key, i], value }, files, depth + 1),
    ])
  })
  return new Set([...own, ...inner])
}
