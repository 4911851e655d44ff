/** Words for values and kinds of values, the same in every message about a file's shape. */
import type { Path } from './tree.ts'

const kinds: Readonly<Record<string, readonly string[]>> = {
  string: ['text'],
  number: ['a number'],
  int: ['a whole number'],
  boolean: ['true', 'false'],
  array: ['a list'],
  object: ['a map'],
  record: ['a map'],
  null: ['empty'],
  never: ['absent'],
}

export const kindNames = (expected: string): readonly string[] => kinds[expected] ?? [expected]

/** `"mok"`, `the number 5`, `a list`: the value as a message names it, shortened. */
export const describeValue = (value: unknown): string => {
  if (value === undefined) return 'missing'
  if (value === null) return 'empty'
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? 'a list' : 'a map'
}

export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text)

/** `text, a list or a map` */
export const oneOf = (words: readonly string[]): string => {
  const unique = [...new Set(words)]
  if (unique.length < 2) return unique[0] ?? ''
  return `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`
}

/** The name of a place: its key, with the position for a list's item. */
export const placeName = (path: Path): string => {
  let positions = ''
  for (let i = path.length - 1; i >= 0; i--) {
    const step = path[i]!
    if (typeof step === 'string') return step + positions
    positions = `[${step}]${positions}`
  }
  return positions === '' ? 'the file' : `item ${positions}`
}
