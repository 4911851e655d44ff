/**
 * Expressions in the strings of a response: `${{ … }}`. Alone in a string an expression keeps its type; among other
 * text its value is put in as text. `$${{` stands for the characters themselves. A template is compiled to pieces of
 * JSON text, so that filling it is joining.
 */
import type { ScriptDocument } from './dialect.ts'
import { stringifyJson } from './json.ts'
import { SpecError } from './matcher.ts'

type Path = readonly (string | number)[]

export interface FoundExpression {
  readonly source: string
  /** Of the string that holds it. */
  readonly path: Path
}

/** Constant text, or the number of an expression. */
type Piece = string | { readonly expression: number; readonly amongText: boolean }

/** Filled with the JSON of each expression's value. */
export interface Template {
  /** JSON of the whole value. */
  json(values: readonly string[]): string
  /** The same as a document: a string is text. */
  document(values: readonly string[]): ScriptDocument
}

export type ProblemOf = (source: string) => string | undefined

const opening = '${{'

/** Whether any string inside holds a live `${{`. */
export const hasExpressions = (value: unknown): boolean => {
  if (typeof value === 'string') return /(^|[^$])\$\{\{/.test(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpressions)
}

/**
 * Puts what it finds behind `found`. `path`: where the value stands. `problemOf`: why a text is no expression.
 * Throws SpecError.
 */
export const parseTemplate = (
  value: unknown,
  path: Path,
  found: FoundExpression[],
  problemOf: ProblemOf,
): Template => {
  const collect: Collect = { found, problemOf }
  if (typeof value !== 'string') {
    const pieces = joined(piecesOf(value, path, collect))
    const json = (values: readonly string[]): string => filled(pieces, values)
    return { json, document: (values) => ({ json: json(values) }) }
  }
  const parts = textParts(value, path, collect)
  const pieces = joined(quoted(parts))
  const json = (values: readonly string[]): string => filled(pieces, values)
  const [only] = parts
  if (parts.length === 1 && typeof only === 'number')
    return { json, document: (values) => documentOf(values[only]!) }
  return { json, document: (values) => ({ text: textOf(parts, values) }) }
}

/** A string whose expressions always become text: that of a file. */
export const parseText = (
  text: string,
  path: Path,
  found: FoundExpression[],
  problemOf: ProblemOf,
): Template => {
  const parts = textParts(text, path, { found, problemOf })
  return {
    json: (values) => JSON.stringify(textOf(parts, values)),
    document: (values) => ({ text: textOf(parts, values) }),
  }
}

/** JSON as a document: that of a string is its text. */
export const documentOf = (json: string): ScriptDocument =>
  json.startsWith('"') ? { text: JSON.parse(json) as string } : { json }

interface Collect {
  readonly found: FoundExpression[]
  readonly problemOf: ProblemOf
}

const piecesOf = (value: unknown, path: Path, collect: Collect): readonly Piece[] => {
  if (typeof value === 'string') return quoted(textParts(value, path, collect))
  if (typeof value !== 'object' || value === null) return [stringifyJson(value)]
  if (Array.isArray(value))
    return ['[', ...value.flatMap((item, i) => [...comma(i), ...piecesOf(item, [...path, i], collect)]), ']']
  const fields = Object.entries(value).flatMap(([key, child], i) => [
    ...comma(i),
    `${JSON.stringify(key)}:`,
    ...piecesOf(child, [...path, key], collect),
  ])
  return ['{', ...fields, '}']
}

const comma = (i: number): readonly string[] => (i === 0 ? [] : [','])

/** Neighbouring constants become one. */
const joined = (pieces: readonly Piece[]): readonly Piece[] => {
  const kept: Piece[] = []
  for (const piece of pieces) {
    const last = kept.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') kept[kept.length - 1] = last + piece
    else kept.push(piece)
  }
  return kept
}

const filled = (pieces: readonly Piece[], values: readonly string[]): string => {
  let text = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece
    else text += piece.amongText ? insideQuotes(values[piece.expression]!) : values[piece.expression]!
  }
  return text
}

/** Constant text, or the number of an expression. */
type Part = string | number

const quoted = (parts: readonly Part[]): readonly Piece[] => {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'number') return [{ expression: only, amongText: false }]
  const inner = parts.map(
    (part): Piece => (typeof part === 'string' ? escaped(part) : { expression: part, amongText: true }),
  )
  return ['"', ...inner, '"']
}

const textOf = (parts: readonly Part[], values: readonly string[]): string => {
  let text = ''
  for (const part of parts) text += typeof part === 'string' ? part : asText(values[part]!)
  return text
}

/** JSON of a value as the text that stands for it: nothing for null, a string's own characters. */
const asText = (json: string): string =>
  json === 'null' ? '' : json.startsWith('"') ? (JSON.parse(json) as string) : json

const insideQuotes = (json: string): string => {
  if (json === 'null') return ''
  return json.startsWith('"') ? json.slice(1, -1) : escaped(json)
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)

const textParts = (text: string, path: Path, { found, problemOf }: Collect): readonly Part[] => {
  const parts: Part[] = []
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
  return parts.filter((part) => part !== '')
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
        'expressions in ${{ }} cannot be evaluated here',
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
