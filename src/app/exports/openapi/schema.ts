/** A JSON Schema (2020-12) that all given values keep: what is in all objects is required, nothing else is said. */
import { isFields } from '../../../core/fields.ts'

export type Schema = Readonly<Record<string, unknown>>

/** Stands for a value that an expression makes: anything. */
export const anyValue: unique symbol = Symbol('any value')

/** `whole`: the values are whole documents; false: parts of them, so that nothing is required. */
export const schemaOf = (values: readonly unknown[], whole: boolean): Schema => {
  if (values.length === 0 || values.includes(anyValue)) return {}
  const types = [...new Set(values.map(typeOf))].sort()
  // An integer is a number.
  const kept = types.filter((type) => type !== 'integer' || !types.includes('number'))
  const lists = values.filter((value): value is unknown[] => Array.isArray(value))
  const maps = values.filter(isFields)
  return {
    type: kept.length === 1 ? kept[0] : kept,
    ...(lists.length > 0 && { items: schemaOf(lists.flat(), whole) }),
    ...(maps.length > 0 && objectOf(maps, whole)),
  }
}

const objectOf = (maps: readonly Readonly<Record<string, unknown>>[], whole: boolean): Schema => {
  const names = [...new Set(maps.flatMap((map) => Object.keys(map)))].sort()
  const required = whole ? names.filter((name) => maps.every((map) => Object.hasOwn(map, name))) : []
  return {
    properties: Object.fromEntries(
      names.map((name) => [
        name,
        schemaOf(
          maps.flatMap((map) => (Object.hasOwn(map, name) ? [map[name]] : [])),
          whole,
        ),
      ]),
    ),
    ...(required.length > 0 && { required }),
  }
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'object'
}
