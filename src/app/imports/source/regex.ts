/** Regular expressions of other tools as ours: JavaScript's, which must match the whole value, the dot being any character. */
import { flagsFor } from '../../../mock/load/whole-regex.ts'
import { NotPossible } from './things.ts'

export type Flavour = 'javascript' | 'java' | 'go'

interface RegexOptions {
  readonly flavour?: Flavour
  readonly ignoreCase?: boolean
  /** `search`: it may match anywhere in the value. `whole`: it must match all of it. */
  readonly reach: 'search' | 'whole'
  /** Whether the value may have several lines, in which the tool's dot ends at a line's end. */
  readonly lines?: boolean
}

/** What `$matches` wants. Throws NotPossible. */
export const regexText = (source: string, options: RegexOptions): string => {
  const { flags, body } = translated(source, options.flavour ?? 'javascript')
  let inner = body
  let head = ''
  let tail = ''
  if (options.reach === 'search') {
    const single = topLevel(inner, '|').length === 1
    const begins = single && inner.startsWith('^')
    const ends = single && /(?:^|[^\\])(?:\\\\)*\$$/.test(inner)
    if (begins) inner = inner.slice(1)
    if (ends) inner = inner.slice(0, -1)
    // What begins or ends with everything needs no more of it.
    head = begins || (single && inner.startsWith('.*') && !/^\.\*[+?]/.test(inner)) ? '' : '.*'
    tail = ends || (single && /(?:^|[^\\])(?:\\\\)*\.\*$/.test(inner)) ? '' : '.*'
    if (!single && (head !== '' || tail !== '')) inner = `(?:${inner})`
  }
  const mode = [
    options.ignoreCase === true || flags.has('i') ? 'i' : '',
    flags.has('m') ? 'm' : '',
    options.lines === true && !flags.has('s') && /(?:^|[^\\])(?:\\\\)*\./.test(inner) ? '-s' : '',
  ].join('')
  const whole = `${head}${mode === '' ? inner : `(?${mode}:${inner})`}${tail}`
  compile(whole, source)
  return whole
}

/** The characters themselves. */
export const escapeRegex = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** `text` in any case, where it has letters. */
export const anyCase = (text: string): string =>
  hasCase(text) ? `(?i:${escapeRegex(text)})` : escapeRegex(text)

export const hasCase = (text: string): boolean => text.toLowerCase() !== text.toUpperCase()

const compile = (whole: string, source: string): void => {
  try {
    const _ = new RegExp(`^(?:${whole})$`, flagsFor(whole))
  } catch (error) {
    throw new NotPossible(
      `/${source}/ is no expression of JavaScript: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}`,
    )
  }
}

interface Translated {
  /** Of those that stand in front: `i`, `m`, `s`. */
  readonly flags: ReadonlySet<string>
  readonly body: string
}

const translated = (source: string, flavour: Flavour): Translated => {
  if (flavour === 'javascript') return { flags: new Set(), body: source }
  const leading = /^\(\?([a-zA-Z]+)\)/.exec(source)
  const flags = new Set(leading?.[1] ?? '')
  const foreign = [...flags].find((flag) => !'imsu'.includes(flag))
  if (foreign !== undefined) throw new NotPossible(`JavaScript has no flag (?${foreign}) of /${source}/`)
  return { flags, body: pieces(source.slice(leading?.[0].length ?? 0), source, flavour) }
}

const token =
  /\\Q([\s\S]*?)(?:\\E|$)|\\[pP]\{[^}]*\}|\\[\s\S]|\[(?:\^?\])?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|\(\?P<|\(\?>|\(\?[a-zA-Z]+\)|[*+?}]\+|[\s\S]/g

const pieces = (source: string, whole: string, flavour: Flavour): string =>
  source.replaceAll(token, (piece, literal: string | undefined) => {
    if (piece.startsWith('\\Q')) return escapeRegex(literal ?? '')
    if (piece === '\\A') return '^'
    if (piece === '\\z' || piece === '\\Z') return '$'
    if (piece === '\\h') return '[ \\t\\u00a0]'
    if (piece === '\\R') return '(?:\\r\\n|[\\n\\v\\f\\r\\u0085\\u2028\\u2029])'
    if (/^\\[pP]\{/.test(piece)) return property(piece)
    if (/^\\[GXaeHK]/.test(piece) && flavour === 'java')
      throw new NotPossible(`JavaScript has no ${piece} of /${whole}/`)
    if (piece === '(?P<') return '(?<'
    if (piece === '(?>') throw new NotPossible(`JavaScript has no atomic groups: /${whole}/`)
    if (/^\(\?[a-zA-Z]+\)$/.test(piece))
      throw new NotPossible(`JavaScript's flags need a group, and ${piece} stands inside /${whole}/`)
    if (/^[*+?}]\+$/.test(piece)) {
      if (flavour === 'java') throw new NotPossible(`JavaScript has no possessive quantifiers: /${whole}/`)
      return piece
    }
    if (piece.length > 1 && piece.startsWith('[')) return characterClass(piece, whole)
    return piece
  })

const posix: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
  punct: '!-\\/:-@\\[-`{-~',
  blank: ' \\t',
}

/** `\p{Alpha}` is POSIX's in Java; what is Unicode's JavaScript knows itself. */
const property = (piece: string): string => {
  const members = posix[piece.slice(3, -1).toLowerCase()]
  if (members === undefined || /^\\[pP]\{(?:[A-Z]\w?)\}$/.test(piece)) return piece
  return piece.startsWith('\\P') ? `[^${members}]` : `[${members}]`
}

const characterClass = (piece: string, whole: string): string => {
  const named = piece.replaceAll(/\[:(\^?)(\w+):\]/g, (_, not: string, name: string) => {
    const members = posix[name]
    if (members === undefined || not !== '')
      throw new NotPossible(`JavaScript has no [:${not}${name}:] of /${whole}/`)
    return members
  })
  if (/&&/.test(named) || /[^\\]\[/.test(named.slice(1)))
    throw new NotPossible(`JavaScript has no classes within classes: /${whole}/`)
  return named
}

/** Split where `sign` stands outside of groups, classes and escapes. */
export const topLevel = (source: string, sign: string): readonly string[] => {
  const parts = ['']
  let depth = 0
  for (const [piece] of source.matchAll(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g)) {
    if (piece === '(') depth++
    if (piece === ')') depth--
    if (piece === sign && depth === 0) parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts
}
