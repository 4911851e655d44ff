/**
 * What stays the same of values that differ from run to run: their shape. Calls of one shape are one interaction of a
 * contract, and an answer that a script made is handed over by its shape alone.
 */

import { isMoment } from '../../contract/provider/moment.ts'
import { isFields } from '../../core/fields.ts'
import { inCodeUnits } from './canonical.ts'

/** Names and types; of lists the shapes of their items, each once. Equal texts are equal shapes. */
export const shapeOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort(inCodeUnits).join('|')}]`
  if (isFields(value)) {
    const fields = Object.entries(value).sort(([a], [b]) => inCodeUnits(a, b))
    return `{${fields.map(([key, member]) => `${JSON.stringify(key)}:${shapeOf(member)}`).join(',')}}`
  }
  if (value === null) return 'null'
  if (typeof value === 'string') return isMoment(value) ? 'time' : 'text'
  return typeof value === 'bigint' ? 'number' : typeof value
}

type Path = readonly (string | number)[]

/** A value of the same shape, the same for all of that shape. Where `isExact` holds, the value itself. */
export const sampleOf = (value: unknown, isExact: (path: Path) => boolean, path: Path = []): unknown => {
  if (isExact(path)) return value
  if (Array.isArray(value)) {
    const items = value.map((item, i) => sampleOf(item, isExact, [...path, i]))
    const byShape = new Map(items.map((item) => [shapeOf(item), item]))
    return [...byShape].sort(([a], [b]) => inCodeUnits(a, b)).map(([, item]) => item)
  }
  if (isFields(value)) {
    const fields = Object.entries(value).sort(([a], [b]) => inCodeUnits(a, b))
    return Object.fromEntries(fields.map(([key, member]) => [key, sampleOf(member, isExact, [...path, key])]))
  }
  if (typeof value === 'string') return isMoment(value) ? momentLike(value) : 'text'
  if (typeof value === 'number' || typeof value === 'bigint') return 1
  return typeof value === 'boolean' ? true : value
}

const momentLike = (text: string): string => (text.length === 10 ? '2026-01-01' : '2026-01-01T00:00:00Z')
