/** Conditions on the path of a request: a pattern where that says the same, conditions on its parts else, and a script where nothing else does. */
import { parsePathPattern } from '../../../mock/path-pattern.ts'
import { topLevel } from './regex.ts'

export interface PathSpec {
  readonly path?: string
  readonly params?: Readonly<Record<string, unknown>>
  /** An expression of JavaScript on `path`, the whole path as text. */
  readonly test?: string
}

/** The path itself; braces are no parameters. */
export const literalPath = (text: string): string => {
  const path = text.startsWith('/') || text === '*' ? text : `/${text}`
  return path.replaceAll('{', '%7B').replaceAll('}', '%7D').replaceAll('?', '%3F')
}

/** `whole`: an expression that matches the whole path, as of `regexText`. */
export const pathByRegex = (whole: string): PathSpec => {
  const behind = behindSlash(whole)
  if (behind === undefined) return { test: `/^(?:${whole.replaceAll(/\//g, slash)})$/s.test(path)` }
  return bySegments(behind) ?? byRest(behind)
}

/** Several expressions on one path, some of which must not match; undefined where one cannot be said so. */
export const pathByAll = (
  all: readonly { readonly whole: string; readonly negated: boolean }[],
): PathSpec | undefined => {
  const conditions: unknown[] = []
  for (const { whole, negated } of all) {
    const behind = behindSlash(whole)
    if (behind === undefined) return undefined
    conditions.push(negated ? { $not: { $matches: behind } } : { $matches: behind })
  }
  return {
    path: '/{path*}',
    params: { path: conditions.length === 1 ? conditions[0] : { $and: conditions } },
  }
}

const byRest = (behind: string): PathSpec =>
  behind === '.*' ? { path: '/{path*}' } : { path: '/{path*}', params: { path: { $matches: behind } } }

/** `/` inside a literal, unless it is escaped or in a class already. */
const slash = (sign: string, at: number, text: string): string => {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1 ? sign : `\\${sign}`
}

/** The same without the slash that all paths begin with; undefined where that cannot be seen. */
const behindSlash = (whole: string): string | undefined => {
  const flagged = /^\(\?([a-z]*(?:-[a-z]+)?):([\s\S]*)\)$/.exec(whole)
  if (flagged !== null && balanced(flagged[2]!)) {
    const inner = behindSlash(flagged[2]!)
    return inner === undefined ? undefined : flagged[1] === '' ? inner : `(?${flagged[1]}:${inner})`
  }
  if (topLevel(whole, '|').length > 1) return undefined
  const source = whole.replace(/^\^/, '').replace(/((?:^|[^\\])(?:\\\\)*)\$$/, '$1')
  const slashed = /^\\?\/(?![*+?{])/.exec(source)
  if (slashed !== null) return source.slice(slashed[0].length)
  if (!source.startsWith('.*') || /^\.\*[+?]/.test(source)) return undefined
  const tail = source.slice(2)
  if (tail === '') return '.*'
  const next = /^\\?\/(?![*+?{])/.exec(tail)
  if (next !== null) return `(?:.*/)?${tail.slice(next[0].length)}`
  // A literal sign that is no slash, once: all before it is behind the first slash.
  return /^(?:[\w%@~-]|\\[.-])(?![*?{])/.test(tail) ? source : undefined
}

const balanced = (source: string): boolean => {
  let depth = 0
  for (const [piece] of source.matchAll(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g)) {
    if (piece === '(') depth++
    if (piece === ')' && --depth < 0) return false
  }
  return depth === 0
}

/** `orders/\d+` as `/orders/{p1}`: where no part can hold a slash, or be empty. */
const bySegments = (behind: string): PathSpec | undefined => {
  const segments = topLevel(behind.replaceAll('\\/', '/'), '/')
  const params: Record<string, { readonly $matches: string }> = {}
  const path: string[] = []
  for (const segment of segments) {
    const literal = literalOf(segment)
    if (literal !== undefined) {
      path.push(literal)
      continue
    }
    if (!staysInSegment(segment)) return undefined
    const name = `p${Object.keys(params).length + 1}`
    path.push(`{${name}}`)
    params[name] = { $matches: segment }
  }
  const kept = Object.fromEntries(Object.entries(params).filter(([, { $matches }]) => $matches !== '[^/]+'))
  const pattern = `/${path.join('/')}`
  if (!parses(pattern)) return undefined
  return { path: pattern, ...(Object.keys(kept).length > 0 && { params: kept }) }
}

const parses = (pattern: string): boolean => {
  try {
    parsePathPattern(pattern)
    return true
  } catch {
    return false
  }
}

const literalOf = (segment: string): string | undefined => {
  const plain = segment.replaceAll(/\\([.\-_~])/g, '$1')
  return /^[\w%@~:=,;!'&-]*$/.test(segment.replaceAll(/\\[.\-_~]/g, '')) ? plain : undefined
}

/** Whether nothing in it could match a slash or nothing at all. */
const staysInSegment = (segment: string): boolean => {
  if (segment === '[^/]+') return true
  const bare = segment.replaceAll(/\\[.\-_~]/g, 'x')
  if (/[.^$]|\\[DWSsbB/ux]|\/|\(\?/.test(bare.replaceAll(/\((?=\?:)/g, '(').replaceAll('(?:', '(')))
    return false
  if (/\[[^\]]*[!-.]-[0-~]/.test(bare)) return false
  try {
    return !new RegExp(`^(?:${segment})$`).test('')
  } catch {
    return false
  }
}
