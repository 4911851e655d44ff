/** A regular expression of JavaScript (the dot is any character, the whole text matches) as Java's. */
import { type At, CannotSay } from './cannot.ts'

/** Throws CannotSay. */
export const toJavaRegex = (source: string, at: At): string => {
  let out = ''
  let inClass = false
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!
    if (char === '\\') {
      const [text, length] = escaped(source.slice(i), at)
      out += text
      i += length - 1
    } else if (inClass) {
      if (char === ']') inClass = false
      // In Java these open a class inside, or intersect two.
      out += char === '[' || char === '&' ? `\\${char}` : char
    } else if (char === '[') {
      const any = /^\[\^?\]/.exec(source.slice(i))
      if (any === null) inClass = true
      out += any === null ? char : any[0] === '[^]' ? '[\\s\\S]' : '(?!)'
      if (any !== null) i += any[0].length - 1
      else if (source[i + 1] === '^') {
        out += '^'
        i++
      }
    } else if (char === '{' && !/^\{\d+(?:,\d*)?\}/.test(source.slice(i))) out += '\\{'
    else out += char
  }
  if (/\(\?<(?![=!])(?![A-Za-z][A-Za-z0-9]*>)/.test(out))
    throw new CannotSay(`the regular expression ${source}: Java's names of groups are letters and digits`, at)
  return out
}

const escaped = (rest: string, at: At): readonly [text: string, length: number] => {
  const code = /^\\u\{([0-9a-fA-F]+)\}/.exec(rest)
  if (code !== null) return [`\\x{${code[1]}}`, code[0].length]
  const script = /^\\([pP])\{(?:Script|sc)=(\w+)\}/.exec(rest)
  if (script !== null)
    return [`\\${script[1]}{IsScript=${script[2]}}`.replace('IsScript=', 'script='), script[0].length]
  if (/^\\[pP]\{\w+\}/.test(rest))
    return [/^\\[pP]\{\w+\}/.exec(rest)![0], /^\\[pP]\{\w+\}/.exec(rest)![0].length]
  const letter = rest[1]
  if (letter === undefined) throw new CannotSay('a backslash at the end of a regular expression', at)
  if (letter === 'v') return ['\\x0b', 2]
  if (letter === '0') return ['\\x00', 2]
  if (/[A-Za-z]/.test(letter) && !'dDwWsSbBnrtfuxckpP'.includes(letter)) return [letter, 2]
  return [rest.slice(0, 2), 2]
}
