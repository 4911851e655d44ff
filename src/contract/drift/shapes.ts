/** Which fields a document has and of which types, whatever its values are and however long its lists. */
import { isMoment } from '../provider/moment.ts'
import type { Path } from './change.ts'

export type Type = 'null' | 'list' | 'object' | 'number' | 'string' | 'time' | 'boolean'

export const typeOf = (value: unknown): Type => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return isMoment(value) ? 'time' : 'string'
  if (typeof value === 'bigint' || typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'object'
}

/** A place in all items of lists alike: `body.items[*].sku`. */
export interface Place {
  /** The first value of each type. */
  readonly types: Map<Type, Sample>
  /** How many there are. */
  count: number
  /** Of those, the ones that are objects. */
  objects: number
  readonly first: Sample
  /** The place of what holds it; undefined for the root. */
  readonly parent: string | undefined
  /** It stands in a list, or in an object whose names are data. */
  readonly isItem: boolean
}

export interface Sample {
  readonly path: Path
  readonly value: unknown
}

export interface Shapes {
  /** By key. */
  readonly places: ReadonlyMap<string, Place>
  /** The key of one place in the document. */
  keyOf(path: Path): string
}

export const shapesOf = (document: unknown, path: Path): Shapes => {
  const places = new Map<string, Place>()
  const visit = (
    value: unknown,
    at: Path,
    key: string,
    parent: string | undefined,
    isItem: boolean,
  ): void => {
    const sample = { path: at, value }
    const place = places.get(key) ?? { types: new Map(), count: 0, objects: 0, first: sample, parent, isItem }
    places.set(key, place)
    const type = typeOf(value)
    if (!place.types.has(type)) place.types.set(type, sample)
    place.count++
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item, [...at, i], `${key}[*]`, key, true)
    } else if (typeof value === 'object' && value !== null) {
      place.objects++
      const isData = holdsData(value, maps)
      for (const [name, member] of Object.entries(value))
        visit(member, [...at, name], below(key, name, isData), key, isData)
    }
  }
  const maps = new Map<object, boolean>()
  visit(document, path, rootKey, undefined, false)
  return {
    places,
    keyOf: (whole) => {
      let value = document
      let key = rootKey
      for (const step of whole.slice(path.length)) {
        const isMap = isObject(value) && !Array.isArray(value)
        key = isMap ? below(key, String(step), holdsData(value as object, maps)) : `${key}[*]`
        value = isObject(value) ? (value as Readonly<Record<string, unknown>>)[String(step)] : undefined
      }
      return key
    },
  }
}

const rootKey = '$'

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const holdsData = (value: object, known: Map<object, boolean>): boolean => {
  const before = known.get(value)
  if (before !== undefined) return before
  const names = Object.keys(value)
  const isData = names.length > 0 && names.every(isValue)
  known.set(value, isData)
  return isData
}

const below = (key: string, name: string, isData: boolean): string =>
  isData ? `${key}[*]` : `${key}.${JSON.stringify(name)}`

/** As names of fields are not: of an object that is used as a map. */
const isValue = (name: string): boolean =>
  /^\d+$/.test(name) || /\d{4}/.test(name) || /@/.test(name) || /^[0-9a-f]{8}-/i.test(name)
