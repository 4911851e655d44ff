/** Regular expressions of mock files as JavaScript's: they match whole texts. */
import { SpecError } from '../../core/matcher.ts'

/** `s`: the dot is any character, as in WireMock. `u` only where the source needs it: it rules out the linear engine. */
export const compileWhole = (source: string): RegExp => {
  const flags = flagsFor(source)
  try {
    // Alone first: `a)(b` must not become valid by the frame around it.
    RegExp(source, flags)
    return new RegExp(`^(?:${source})$`, flags)
  } catch (error) {
    throw new SpecError((error as Error).message, [], hintFor(source))
  }
}

export const flagsFor = (source: string): 's' | 'su' =>
  /\\[pP]\{|\\u\{|[\u{10000}-\u{10ffff}]/u.test(source) ? 'su' : 's'

export const hintFor = (source: string): string =>
  /^\(\?[a-z]+\)/.test(source)
    ? `JavaScript's flags need a group: ${source.replace(/^\((\?[a-z]+)\)([\s\S]*)$/, '($1:$2)')}`
    : 'JavaScript syntax; in YAML a quoted backslash is easiest in single quotes'
