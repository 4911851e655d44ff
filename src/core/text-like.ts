/**
 * A text that a regular expression takes, for sample data. It reads what patterns of schemas are made of: literals, classes,
 * groups, alternatives, repetitions, anchors. Look-arounds and back-references are left out, so the caller tries the result.
 */
import type { Chance } from './chance.ts'

/** undefined: the pattern holds something else. */
export const textLike = (pattern: string, chance: Chance): string | undefined => {
  const reader = new PatternReader(pattern, chance)
  const text = reader.alternatives()
  return reader.done ? text : undefined
}

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
const letters = [...'abcdefghijklmnopqrstuvwxyz']
const digits = [...'0123456789']
const classes: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  w: [...letters, ...digits],
  s: [' '],
  D: letters,
  W: ['-', '.'],
  S: [...letters, ...digits],
}
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }

class PatternReader {
  readonly #pattern: string
  readonly #chance: Chance
  #at = 0
  #failed = false

  constructor(pattern: string, chance: Chance) {
    this.#pattern = pattern
    this.#chance = chance
  }

  get done(): boolean {
    return !this.#failed && this.#at === this.#pattern.length
  }

  alternatives(): string {
    const all = [this.#sequence()]
    while (this.#take('|')) all.push(this.#sequence())
    return this.#choose(all)
  }

  #sequence(): string {
    let text = ''
    while (this.#at < this.#pattern.length && !this.#failed) {
      const next = this.#pattern[this.#at]!
      if (next === '|' || next === ')') break
      const start = this.#at
      const piece = this.#atom()
      const [min, max] = this.#quantifier()
      const times = min + Math.floor(this.#chance.random() * (Math.min(max, min + 3) - min + 1))
      const end = this.#at
      text += times > 0 ? piece : ''
      // Each repetition is drawn anew.
      for (let i = 1; i < times; i++) {
        this.#at = start
        text += this.#atom()
      }
      this.#at = end
    }
    return text
  }

  #atom(): string {
    const next = this.#pattern[this.#at++]!
    switch (next) {
      case '^':
      case '$':
        return ''
      case '.':
        return this.#choose(letters)
      case '(':
        return this.#group()
      case '[':
        return this.#class()
      case '\\':
        return this.#escape()
      default:
        return next
    }
  }

  #group(): string {
    if (this.#take('?')) {
      const named = /^<[A-Za-z_]\w*>/.exec(this.#pattern.slice(this.#at))
      if (named !== null) this.#at += named[0].length
      else if (!this.#take(':')) this.#failed = true
    }
    const text = this.alternatives()
    if (!this.#take(')')) this.#failed = true
    return text
  }

  #class(): string {
    const negated = this.#take('^')
    const chars: string[] = []
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== ']') {
      const from = this.#classMember()
      const ranges =
        this.#pattern[this.#at] === '-' && this.#pattern[this.#at + 1] !== ']' && from.length === 1
      if (!ranges) {
        chars.push(...from)
        continue
      }
      this.#at++
      const [to = ''] = this.#classMember()
      for (
        let code = from[0]!.codePointAt(0)!;
        code <= (to.codePointAt(0) ?? 0) && chars.length < 500;
        code++
      )
        chars.push(String.fromCodePoint(code))
    }
    if (!this.#take(']')) this.#failed = true
    if (!negated) return this.#choose(chars)
    const taken = new Set(chars)
    return this.#choose([...letters, ...digits, ...printable].filter((char) => !taken.has(char)))
  }

  #classMember(): readonly string[] {
    const next = this.#pattern[this.#at++] ?? ''
    if (next !== '\\') return [next]
    const escaped = this.#pattern[this.#at] ?? ''
    const set = classes[escaped]
    if (set !== undefined) {
      this.#at++
      return set
    }
    return [this.#escape()]
  }

  #escape(): string {
    const next = this.#pattern[this.#at++] ?? ''
    const set = classes[next]
    if (set !== undefined) return this.#choose(set)
    if (next === 'b' || next === 'B') return ''
    const code = /^(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2}))/.exec(
      this.#pattern.slice(this.#at - 1),
    )
    if (code !== null) {
      this.#at += code[0].length - 1
      return String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16))
    }
    if (next === 'p' || next === 'P') {
      const name = /^\{[^}]*\}/.exec(this.#pattern.slice(this.#at))
      this.#at += name?.[0].length ?? 0
      return this.#choose(letters)
    }
    if (/[1-9k]/.test(next)) this.#failed = true
    return controls[next] ?? next
  }

  #quantifier(): readonly [number, number] {
    const [min, max] = this.#bounds()
    this.#take('?')
    return [min, max]
  }

  #bounds(): readonly [number, number] {
    if (this.#take('*')) return [0, 3]
    if (this.#take('+')) return [1, 4]
    if (this.#take('?')) return [0, 1]
    const braces = /^\{(\d+)(,(\d*))?\}/.exec(this.#pattern.slice(this.#at))
    if (braces === null) return [1, 1]
    this.#at += braces[0].length
    const min = Number(braces[1])
    if (min > 1000) this.#failed = true
    return [min, braces[2] === undefined ? min : braces[3] === '' ? min + 3 : Number(braces[3])]
  }

  #take(char: string): boolean {
    if (this.#pattern[this.#at] !== char) return false
    this.#at++
    return true
  }

  #choose<T extends string>(from: readonly T[]): string {
    return from[Math.floor(this.#chance.random() * from.length)] ?? ''
  }
}
