/** The letters-and-digits words of a text, and the numbers that are written in groups of them: `138-0013 8000`. */

export interface Word {
  readonly start: number
  readonly end: number
  readonly digits: number
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

export const wordsOf = (text: string): Word[] => {
  const words: Word[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!isDigit(code) && !isLetter(code)) continue
    const start = at
    let digits = 0
    for (; at < text.length; at++) {
      const inner = text.charCodeAt(at)
      if (isDigit(inner)) digits++
      else if (!isLetter(inner)) break
    }
    words.push({ start, end: at, digits })
  }
  return words
}

/** A number as it may be meant: one word of digits, or several with one separator between them. */
export interface Candidate {
  readonly start: number
  readonly end: number
  /** Without separators; a last `x` is upper case. */
  readonly compact: string
  /** How long its groups are: one entry for an unbroken number. */
  readonly groups: readonly number[]
}

/** The longest number that any detector knows. */
const digitsAtMost = 21
const separators = ' .-·'

/** Words that a number can consist of: digits, and at the end an X (ISO 7064). */
const isNumeric = ({ start, end, digits }: Word, text: string): boolean =>
  digits > 0 && (digits === end - start || (digits === end - start - 1 && /[xX]/.test(text[end - 1]!)))

/**
 * All numbers that begin with the word at `index`, the longest first. Each is bounded by something that is neither
 * letter nor digit, which keeps numbers out of hashes.
 */
export const candidatesAt = (text: string, words: readonly Word[], index: number): Candidate[] => {
  const first = words[index]!
  if (!isNumeric(first, text) || first.end - first.start > digitsAtMost) return []
  const found: Candidate[] = []
  let compact = text.slice(first.start, first.end).toUpperCase()
  const groups = [compact.length]
  found.push({ start: first.start, end: first.end, compact, groups: [compact.length] })
  let separator = ''
  for (let next = index + 1; next < words.length; next++) {
    const word = words[next]!
    const before = words[next - 1]!
    const between = text[before.end]!
    if (word.start !== before.end + 1 || !separators.includes(between)) break
    if (!isNumeric(word, text) || compact.endsWith('X')) break
    // `+86 138-0013-8000`: the country code may be set apart in another way.
    const afterCountry = groups.length === 1 && (compact === '86' || compact === '0086')
    if (separator !== '' && separator !== between && !(groups.length === 2 && /^(?:00)?86/.test(compact)))
      break
    if (!afterCountry) separator = between
    compact += text.slice(word.start, word.end).toUpperCase()
    if (compact.length > digitsAtMost) break
    groups.push(word.end - word.start)
    if (plausible(groups, between)) {
      found.push({ start: first.start, end: word.end, compact, groups: [...groups] })
    }
  }
  return found.reverse()
}

/** Amounts, dates and addresses of the internet are groups too: `12.5 8.3`. Lone digits count if all are alone. */
const plausible = (groups: readonly number[], separator: string): boolean => {
  if (groups.every((size) => size === 1)) return groups.length >= 8
  const least = separator === '.' ? 3 : 2
  return groups.every((size) => size >= least)
}
