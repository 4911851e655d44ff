/** `$actualFormat`: `unix` (seconds), `epoch` (milliseconds), or a pattern of Java's letters, as WireMock takes it. */
import { SpecError } from '../core/matcher.ts'
import { monthOf, offsetOf, parseDate, utc } from './date-text.ts'
import { wrongOperand } from './spec.ts'

export type DateReader = (text: string) => number | undefined

export const dateReader = (format: unknown): DateReader => {
  if (format === undefined) return parseDate
  if (typeof format !== 'string') throw wrongOperand('a date format as text', format)
  if (format === 'unix') return (text) => (/^-?\d{1,12}$/.test(text) ? Number(text) * 1000 : undefined)
  if (format === 'epoch') return (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined)
  return patternReader(format)
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'zone'

const letters: Readonly<Record<string, readonly [part: Part, shape: string]>> = {
  yyyy: ['year', '\\d{4}'],
  uuuu: ['year', '\\d{4}'],
  yy: ['year', '\\d\\d'],
  MMMM: ['month', '[A-Za-z]{3,9}'],
  MMM: ['month', '[A-Za-z]{3}'],
  MM: ['month', '\\d\\d'],
  M: ['month', '\\d{1,2}'],
  dd: ['day', '\\d\\d'],
  d: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d\\d'],
  H: ['hour', '\\d{1,2}'],
  hh: ['hour', '\\d\\d'],
  h: ['hour', '\\d{1,2}'],
  a: ['half', '[AaPp][Mm]'],
  mm: ['minute', '\\d\\d'],
  m: ['minute', '\\d{1,2}'],
  ss: ['second', '\\d\\d'],
  s: ['second', '\\d{1,2}'],
  S: ['fraction', '\\d'],
  SS: ['fraction', '\\d\\d'],
  SSS: ['fraction', '\\d{3}'],
  XXX: ['zone', 'Z|[+-]\\d\\d:\\d\\d'],
  XX: ['zone', 'Z|[+-]\\d{4}'],
  X: ['zone', 'Z|[+-]\\d\\d'],
  Z: ['zone', '[+-]\\d{4}'],
}

const patternReader = (format: string): DateReader => {
  const parts: Part[] = []
  let shape = ''
  for (const [piece, quoted] of format.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[\s\S]/g)) {
    const letter = Object.hasOwn(letters, piece) ? letters[piece] : undefined
    if (letter !== undefined) {
      parts.push(letter[0])
      shape += `(${letter[1]})`
    } else if (quoted === undefined && /[A-Za-z]/.test(piece)) throw unknownLetters(piece)
    else shape += RegExp.escape(quoted === '' ? "'" : (quoted?.replaceAll("''", "'") ?? piece))
  }
  const regex = new RegExp(`^${shape}$`)
  return (text) => {
    const match = regex.exec(text)
    return match === null ? undefined : assemble(new Map(parts.map((part, i) => [part, match[i + 1]!])))
  }
}

const unknownLetters = (piece: string): SpecError =>
  new SpecError(
    `the date format has ${piece}, which is not known`,
    [],
    `known are unix, epoch, and ${Object.keys(letters).join(' ')}`,
  )

const assemble = (found: ReadonlyMap<Part, string>): number | undefined => {
  const number = (part: Part, otherwise: number): number => Number(found.get(part) ?? otherwise)
  const year = number('year', 1970)
  const month = found.get('month') ?? '1'
  const half = found.get('half')?.toLowerCase()
  const hour = number('hour', 0)
  const at = utc({
    year: year < 100 ? 2000 + year : year,
    month: /\d/.test(month) ? Number(month) : monthOf(month),
    day: number('day', 1),
    hour: half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0),
    minute: number('minute', 0),
    second: number('second', 0),
    millisecond: Number(`0.${found.get('fraction') ?? 0}`) * 1000,
  })
  return at === undefined ? undefined : at - offsetOf(found.get('zone') ?? '')
}
