/**
 * Expressions in the strings of a response: `${{ … }}`. Alone in a string an expression keeps its type; among other
 * text its value is put in as text. `$${{` stands for the characters themselves.
 */
import { stringifyJson } from './json.ts'
import { SpecError } from './matcher.ts'

type Path = readonly (string | number)[]

export interface FoundExpression {
  readonly source: string
  /** Of the string that holds it. */
  readonly path: Path
}

/** Makes the value from the values of all expressions, in the order in which they were found. */
export type Fill = (values: readonly unknown[]) => unknown

export interface Template {
  readonly expressions: readonly FoundExpression[]
  readonly fill: Fill
}

const opening = '${{'

/** Whether any string inside holds a live `${{`. */
export const hasExpressions = (value: unknown): boolean => {
  if (typeof value === 'string') return /(^|[^$])\$\{\{/.test(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpressions)
}

/** `problemOf`: why a text is no expression. Throws SpecError, its path from the value's root. */
export const parseTemplate = (
  value: unknown,
  problemOf: (source: string) => string | undefined,
): Template => {
  const expressions: FoundExpression[] = []
  const fill = filled(value, [], expressions, problemOf)
  return { expressions, fill }
}

type ProblemOf = (source: string) => string | undefined

const filled = (value: unknown, path: Path, found: FoundExpression[], problemOf: ProblemOf): Fill => {
  if (typeof value === 'string') return filledText(value, path, found, problemOf)
  if (typeof value !== 'object' || value === null) return () => value
  if (Array.isArray(value)) {
    const items = value.map((item, i) => filled(item, [...path, i], found, problemOf))
    return (values) => items.map((item) => item(values))
  }
  const fields = Object.entries(value).map(
    ([key, child]) => [key, filled(child, [...path, key], found, problemOf)] as const,
  )
  return (values) => {
    const object: Record<string, unknown> = Object.create(null)
    for (const [key, field] of fields) object[key] = field(values)
    return object
  }
}

const filledText = (text: string, path: Path, found: FoundExpression[], problemOf: ProblemOf): Fill => {
  const parts: (string | number)[] = []
  let rest = text
  for (let at = rest.indexOf(opening); at >= 0; at = rest.indexOf(opening)) {
    if (at > 0 && rest[at - 1] === '$') {
      parts.push(rest.slice(0, at - 1) + opening)
      rest = rest.slice(at + opening.length)
      continue
    }
    const source = expressionIn(rest.slice(at + opening.length), path, problemOf)
    parts.push(rest.slice(0, at), found.length)
    found.push({ source, path })
    rest = rest.slice(at + opening.length + source.length + 2)
  }
  parts.push(rest)
  const kept = parts.filter((part) => part !== '')
  const [only] = kept
  if (kept.length === 1 && typeof only === 'number') return (values) => values[only]
  if (kept.every((part) => typeof part === 'string')) {
    const whole = kept.join('')
    return () => whole
  }
  return (values) => kept.map((part) => (typeof part === 'number' ? asText(values[part]) : part)).join('')
}

const asText = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? stringifyJson(value) : String(value)
}

/** Up to the first `}}` after which it is a whole expression: an object or a text inside may hold one too. */
const expressionIn = (text: string, path: Path, problemOf: ProblemOf): string => {
  let problem: string | undefined
  for (let end = text.indexOf('}}'); end >= 0; end = text.indexOf('}}', end + 1)) {
    const source = text.slice(0, end)
    const why = source.trim() === '' ? 'there is nothing in it' : problemOf(source)
    if (why === undefined) return source
    problem ??= `\${{${source}}} is no expression: ${why}`
  }
  throw new SpecError(
    problem ?? '${{ has no end',
    path,
    problem === undefined ? 'write }} after the expression; a literal ${{ is written $${{' : undefined,
  )
}

/** A string with a live `${{` is an expression; `$${{` stands for the characters themselves. */
export const refuseTemplates = (value: unknown, path: readonly (string | number)[]): void => {
  if (typeof value === 'string') {
    if (/(^|[^$])\$\{\{/.test(value)) {
      throw new SpecError(
        'expressions in ${{ }} cannot be evaluated yet',
        path,
        'a literal ${{ is written $${{',
        false,
        'NOT_YET_SUPPORTED',
      )
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value))
      refuseTemplates(child, [...path, Array.isArray(value) ? Number(key) : key])
  }
}

export const unescapeTemplates = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('$${{', '${{')
  if (Array.isArray(value)) return value.map(unescapeTemplates)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, child] of Object.entries(value)) copy[key] = unescapeTemplates(child)
  return copy
}
