/** Looks for values of all kinds in one text. What cannot be there is ruled out by the kinds of its characters. */

import type { Detector } from './detectors/detector.ts'
import { entropy } from './detectors/entropy.ts'
import { detectors } from './detectors/index.ts'
import { normalText } from './text/normal-text.ts'
import { Ranges } from './text/ranges.ts'
import { has, isAscii, type Traits, traitsOf } from './text/traits.ts'
import { candidatesAt, type Word, wordsOf } from './text/words.ts'

/** Offsets of the original text. */
export interface Found {
  readonly start: number
  readonly end: number
  readonly detector: Detector
  /** As in the normal form. */
  readonly text: string
}

const longest = 64
const byLength = (kind: 'number' | 'word'): readonly (readonly Detector[])[] =>
  Array.from({ length: longest }, (_none, length) =>
    detectors.filter((detector) => detector[kind]?.lengths.includes(length) === true),
  )
const numbers = byLength('number')
const words = byLength('word')
const patterns = detectors.filter(({ pattern }) => pattern !== undefined)
const rank = new Map(detectors.map((detector, place) => [detector, place]))
const wordsAtLeast = Math.min(...words.flatMap((list, length) => (list.length > 0 ? [length] : [])))

/** Words without digits, and short things, have nothing in them. What has colons may be an address of letters mostly: `de:ad:be:ef:ca:fe`. */
const cannotHold = ({ seen, digits, longest }: Traits): boolean =>
  (seen & (has.cjk | has.other | has.at | has.star | has.colon)) === 0 && digits < 4 && longest < 12

export const findIn = (original: string, traits: Traits): readonly Found[] => {
  if (cannotHold(traits)) return []
  const normal = normalText(original, isAscii(traits))
  const { text } = normal
  const own = text === original ? traits : traitsOf(text)
  const found: Found[] = []
  const take = (detector: Detector, start: number, end: number): void => {
    if (end > start)
      found.push({ start: normal.start(start), end: normal.end(end), detector, text: text.slice(start, end) })
  }
  if (own.digits >= 7) findWords(text, own, take)
  for (const detector of patterns) {
    const { needs, longest: least = 0, find } = detector.pattern!
    if ((own.seen & needs) === needs && own.longest >= least)
      find(text, (start, end) => take(detector, start, end), own)
  }
  return found.length < 2 ? found : withoutOverlap(found)
}

const findWords = (
  text: string,
  traits: Traits,
  take: (detector: Detector, start: number, end: number) => void,
): void => {
  const mixed = traits.longestWord >= wordsAtLeast && (traits.seen & (has.upper | has.lower)) !== 0
  const all = wordsOf(text)
  for (let i = 0; i < all.length; i++) {
    const word = all[i]!
    if (word.digits === 0) continue
    // An identity number that ends with X is a word as well, and may pass another checksum by chance.
    const number = findNumber(text, all, i)
    if (number !== undefined) {
      take(number.detector, number.start, number.end)
      while (i + 1 < all.length && all[i + 1]!.start < number.end) i++
    } else if (mixed && word.digits < word.end - word.start && word.end - word.start < longest) {
      const value = text.slice(word.start, word.end)
      const detector = words[value.length]!.find((one) => one.word!.accepts(value))
      if (detector !== undefined) take(detector, word.start, word.end)
    }
  }
}

const findNumber = (text: string, all: readonly Word[], index: number): Omit<Found, 'text'> | undefined => {
  for (const { start, end, compact, groups } of candidatesAt(text, all, index)) {
    const detector = numbers[compact.length]?.find((one) => one.number!.accepts(compact, groups))
    if (detector !== undefined) return { start, end, detector }
  }
  return undefined
}

/** What is only likely gives way, then the longer one wins, then the one asked first. */
const withoutOverlap = (found: readonly Found[]): readonly Found[] => {
  const sorted = [...found].sort(
    (a, b) =>
      Number(a.detector === entropy) - Number(b.detector === entropy) ||
      b.end - b.start - (a.end - a.start) ||
      rank.get(a.detector)! - rank.get(b.detector)!,
  )
  const taken = new Ranges()
  return sorted.filter(({ start, end }) => taken.add(start, end)).sort((a, b) => a.start - b.start)
}
