/** An object with named fields, of which nothing else is known: of JSON, of YAML. */
export type Fields = Readonly<Record<string, unknown>>

/** Neither a list nor null. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
