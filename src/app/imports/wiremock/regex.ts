/**
 * Java's regular expressions (java.util.regex.Pattern of Java 17, matched with DOTALL against the whole text) as JavaScript's with the
 * flags `su`. What has no counterpart is refused, never guessed.
 */

/** Thrown: JavaScript has no such expression. */
export class JavaOnly extends Error {}

export const javaRegex = (source: string): string => new Translation(source).run()

/** Escapes of one letter that mean the same in both, outside of classes and inside. */
const same = new Set([...'dDwWtnrf'])

const classesInside: Readonly<Record<string, string>> = {
  // Java's are ASCII without UNICODE_CHARACTER_CLASS.
  s: '\\t\\n\\x0b\\f\\r ',
  h: ' \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
  v: '\\n\\x0b\\f\\r\\x85\\u2028\\u2029',
  e: '\\x1b',
  a: '\\x07',
}

const posix: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7f',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: '0-9A-Za-z',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f\\x7f',
  XDigit: '0-9A-Fa-f',
  Space: '\\t\\n\\x0b\\f\\r ',
}

class Translation {
  private readonly source: string
  private at = 0
  /** Groups that were opened with flags of their own and end where the group around them ends. */
  private groups = 0

  constructor(source: string) {
    this.source = source
  }

  run(): string {
    const out = this.alternatives(0)
    if (this.at < this.source.length) throw new JavaOnly('a closing bracket without its partner')
    return out
  }

  private alternatives(depth: number): string {
    let out = ''
    while (this.at < this.source.length) {
      const char = this.source[this.at]!
      if (char === ')') {
        if (depth === 0) throw new JavaOnly('a closing bracket without its partner')
        return out
      }
      out += this.piece(char, depth)
    }
    if (depth > 0) throw new JavaOnly('a bracket that is not closed')
    return out
  }

  private piece(char: string, depth: number): string {
    if (char === '(') return this.group(depth)
    if (char === '[') return this.characterClass()
    if (char === '\\') return this.escape()
    if (char === '*' || char === '+' || char === '?') return this.quantifier(char)
    if (char === '{') {
      const counted = /^\{\d+(?:,\d*)?\}/.exec(this.source.slice(this.at))
      if (counted === null) throw new JavaOnly('a brace that counts nothing')
      return this.quantifier(counted[0])
    }
    this.at++
    if (char === ']' || char === '}') return `\\${char}`
    // Without MULTILINE `$` also holds before a last line break, where nothing can follow in a whole match.
    return char === '/' ? '\\/' : char
  }

  private quantifier(text: string): string {
    this.at += text.length
    const next = this.source[this.at]
    if (next === '+') throw new JavaOnly(`the possessive quantifier ${text}+`)
    if (next !== '?') return text
    this.at++
    return `${text}?`
  }

  private group(depth: number): string {
    const rest = this.source.slice(this.at)
    if (/^\(\?>/.test(rest)) throw new JavaOnly('an atomic group (?>…)')
    const flags = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/.exec(rest)
    if (flags !== null) return this.flags(flags, depth)
    const opening = /^\((?:\?(?:[:=!]|<[=!]|<[A-Za-z][A-Za-z0-9]*>))?/.exec(rest)![0]
    if (opening === '(' && rest.startsWith('(?')) throw new JavaOnly(`the group ${rest.slice(0, 4)}…`)
    this.at += opening.length
    if (opening === '(' || /^\(\?<[A-Za-z]/.test(opening)) this.groups++
    const inner = this.alternatives(depth + 1)
    this.at++
    return `${opening}${inner})`
  }

  /** `(?i)` holds to the end of its group, `(?i:…)` inside; JavaScript has the second. */
  private flags([all, on = '', off = '', end]: RegExpExecArray, depth: number): string {
    const known = [...on].filter((flag) => flag !== 's' && flag !== 'u' && flag !== 'd')
    if (known.some((flag) => flag !== 'i' && flag !== 'm') || (off !== '' && !/^[im]*$/.test(off)))
      throw new JavaOnly(`the flags ${all}`)
    if (known.includes('m')) throw new JavaOnly('the flag m')
    this.at += all.length
    const modifiers = `${known.includes('i') ? 'i' : ''}${off.includes('i') ? '-i' : ''}`
    const inner = this.alternativesOf(depth, end === ':')
    return modifiers === '' ? `(?:${inner})` : `(?${modifiers}:${inner})`
  }

  private alternativesOf(depth: number, closed: boolean): string {
    if (closed) {
      const inner = this.alternatives(depth + 1)
      this.at++
      return inner
    }
    let inner = ''
    while (this.at < this.source.length && this.source[this.at] !== ')')
      inner += this.piece(this.source[this.at]!, depth)
    return inner
  }

  private escape(): string {
    const rest = this.source.slice(this.at)
    if (rest.startsWith('\\Q')) return this.quoted()
    const back = /^\\(?:([1-9])|k<([A-Za-z][A-Za-z0-9]*)>)/.exec(rest)
    if (back !== null) {
      this.at += back[0].length
      if (back[1] !== undefined && Number(back[1]) > this.groups)
        throw new JavaOnly(`the reference ${back[0]} to a group that does not stand before it`)
      return back[0]
    }
    const letter = rest[1]
    if (letter === 'b' || letter === 'B') return this.take(2, rest.slice(0, 2))
    // The whole text is matched, so these ends add nothing but where something stands before or behind them.
    if (letter === 'A') return this.take(2, '^')
    if (letter === 'z') return this.take(2, '$')
    if (letter === 'Z') return this.take(2, '$')
    if (letter === 'R') return this.take(2, '(?:\\r\\n|[\\n\\x0b\\f\\r\\x85\\u2028\\u2029])')
    if (letter !== undefined && 'SHV'.includes(letter))
      return this.take(2, `[^${classesInside[letter.toLowerCase()]!}]`)
    const inside = this.classEscape()
    return inside.set ? `[${inside.text}]` : inside.text
  }

  private quoted(): string {
    const end = this.source.indexOf('\\E', this.at + 2)
    const text = this.source.slice(this.at + 2, end < 0 ? undefined : end)
    this.at = end < 0 ? this.source.length : end + 2
    return [...text].map(literal).join('')
  }

  private take(length: number, text: string): string {
    this.at += length
    return text
  }

  /** `set`: several characters, which need a class around them outside of one. */
  private classEscape(): { readonly text: string; readonly set: boolean } {
    const rest = this.source.slice(this.at)
    const letter = rest[1]
    if (letter === undefined) throw new JavaOnly('a backslash at the end')
    const property = /^\\([pP])(?:\{(\^?[^{}]+)\}|([A-Z]))/.exec(rest)
    if (property !== null) return this.property(property)
    const code = /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\}|0([0-3]?[0-7]{1,2}))/.exec(
      rest,
    )
    if (code !== null) {
      const point =
        code[4] === undefined
          ? Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16)
          : Number.parseInt(code[4], 8)
      return { text: this.take(code[0].length, `\\u{${point.toString(16)}}`), set: false }
    }
    const control = /^\\c([A-Za-z])/.exec(rest)
    if (control !== null) return { text: this.take(3, control[0]), set: false }
    if (same.has(letter)) return { text: this.take(2, `\\${letter}`), set: false }
    if (Object.hasOwn(classesInside, letter)) return { text: this.take(2, classesInside[letter]!), set: true }
    if (/[A-Za-z0-9]/.test(letter)) throw new JavaOnly(`the escape \\${letter}`)
    return {
      text: this.take(
        1 + String.fromCodePoint(rest.codePointAt(1)!).length,
        literal(String.fromCodePoint(rest.codePointAt(1)!)),
      ),
      set: false,
    }
  }

  private property([all, sign, name = '', one]: RegExpExecArray): {
    readonly text: string
    readonly set: boolean
  } {
    this.at += all.length
    const wanted = one ?? name
    const own = Object.hasOwn(posix, wanted) ? posix[wanted] : undefined
    if (own !== undefined) {
      if (sign === 'P') throw new JavaOnly(`the negated class ${all}`)
      return { text: own, set: true }
    }
    const category = /^(?:Is|general_category=|gc=)?([A-Z][a-z]?)$/.exec(wanted)
    const script = /^(?:Is|script=|sc=)([A-Z][a-z]+(?:_[A-Z][a-z]+)*)$/.exec(wanted)
    const text =
      category !== null
        ? `\\${sign}{${category[1]}}`
        : script !== null
          ? `\\${sign}{Script=${script[1]}}`
          : undefined
    if (text === undefined || !isRegex(text)) throw new JavaOnly(`the class ${all}`)
    return { text, set: false }
  }

  /** Without nested classes and intersections, which the flag u does not know. */
  private characterClass(): string {
    this.at++
    let out = '['
    if (this.source[this.at] === '^') {
      out += '^'
      this.at++
    }
    let first = true
    for (;;) {
      const char = this.source[this.at]
      if (char === undefined) throw new JavaOnly('a class that is not closed')
      if (char === ']' && !first) {
        this.at++
        return `${out}]`
      }
      if (char === '[') throw new JavaOnly('a class inside a class')
      if (this.source.startsWith('&&', this.at)) throw new JavaOnly('an intersection of classes &&')
      first = false
      if (char === '\\') {
        if (this.source.startsWith('\\Q', this.at)) out += this.quoted()
        else {
          const letter = this.source[this.at + 1]
          if (letter !== undefined && 'SHVbBAzZR'.includes(letter))
            throw new JavaOnly(`\\${letter} inside a class`)
          out += this.classEscape().text
        }
        continue
      }
      this.at++
      // A dash beside a class is itself in Java, and a mistake in JavaScript.
      out += char === '-' && this.isLiteralDash(out) ? '\\-' : /[\]{}()|/^$]/.test(char) ? `\\${char}` : char
    }
  }

  private isLiteralDash(before: string): boolean {
    return (
      /\\[dDwWsS]$/.test(before) ||
      /\[\^?$/.test(before) ||
      /^(?:\]|\\[dDwWsS])/.test(this.source.slice(this.at))
    )
  }
}

const isRegex = (source: string): boolean => {
  try {
    new RegExp(source, 'su')
    return true
  } catch {
    return false
  }
}

/** A character that stands for itself, with the flag u. */
export const literal = (char: string): string =>
  /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char === '-' ? '\\x2d' : char

export const literalText = (text: string): string => [...text].map(literal).join('')
