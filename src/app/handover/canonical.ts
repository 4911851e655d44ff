/** Values as texts that are equal where the values are, whatever order their fields have: what contracts are told apart and sorted by. */
import { stringifyJson } from '../../core/json.ts'

export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return stringifyJson(value)
  const fields = Object.entries(value as Readonly<Record<string, unknown>>).filter(
    ([, member]) => member !== undefined,
  )
  return `{${fields
    .sort(([a], [b]) => inCodeUnits(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    .join(',')}}`
}

/** The same on every machine. */
export const inCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
