/**
 * Expressions of other languages, which must match the whole text, bounded in time. Pact files come from Ruby, the JVM, Rust and
 * .NET; what they write and JavaScript does not know is translated where it means the same.
 */
import { RuleError, type RuleTools } from './rule.ts'

/** Tests a whole text; throws for an invalid expression. */
export type WholeTest = (source: string) => (text: string) => boolean

const posix: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
}

/** A class in brackets as one piece, so that signs inside it are not taken for operators. */
const piece = /\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\(\?>|(?<=[+*?}])\+/g

export const toJavaScript = (source: string): string => {
  const translated = source.replace(piece, (found, literal: string | undefined) => {
    if (literal !== undefined) return RegExp.escape(literal)
    if (found === '\\A') return '^'
    if (found === '\\z' || found === '\\Z') return '$'
    if (found.startsWith('['))
      return found.replace(/\[:(\w+):\]/g, (whole, name: string) => posix[name] ?? whole)
    if (found === '(?>') return '(?:'
    // A possessive quantifier matches what a greedy one does, or less.
    return found === '+' ? '' : found
  })
  const flags = /^\(\?([ims]+)\)/.exec(translated)
  return flags === null ? translated : `(?${flags[1]}:${translated.slice(flags[0].length)})`
}

export const regexTools = (whole: WholeTest): RuleTools => ({
  matches: (source) => {
    const translated = toJavaScript(source)
    try {
      return whole(translated)
    } catch (error) {
      throw new RuleError(`the expression /${source}/ is not valid: ${(error as Error).message}`)
    }
  },
})
